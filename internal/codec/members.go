package codec

import (
	"encoding/json"
	"time"

	"github.com/oapi-codegen/runtime/types"

	"github.com/wharfinger/sdk"
)

// A reader of members is called with the Decoder on the value of the current
// member, and reads exactly that. Null leaves the zero value and is kept in x.

// isNull consumes a null and keeps in x that the current member was one; x is nil
// for a value that is no member. It is small enough to be inlined.
func (d *Decoder) isNull(x *sdk.Extra) bool {
	return d.pos < len(d.data) && (d.data[d.pos] == 'n' || d.deviated) && d.keepNull(x)
}

func (d *Decoder) keepNull(x *sdk.Extra) bool {
	d.settle(x)
	start := d.pos
	if d.data[start] != 'n' {
		return false
	}
	if d.literal("null") && x != nil {
		x.Deviate(d.keep(d.key), d.data[start:d.pos])
		d.deviated = true
	}
	return true
}

// deviate keeps what the current member held in place of a value.
func (d *Decoder) deviate(x *sdk.Extra, raw []byte) {
	x.Deviate(d.keep(d.key), d.keepRaw(raw))
	d.deviated = true
}

// settle forgets what an earlier member of the same name left in x.
func (d *Decoder) settle(x *sdk.Extra) {
	if d.deviated && !x.IsZero() {
		x.Delete(string(d.key))
	}
}

// String reads a string.
func String(d *Decoder, dst *string, x *sdk.Extra) {
	if d.isNull(x) {
		*dst = ""
		return
	}
	if b, ok := d.text(); ok {
		*dst = d.keep(b)
	}
}

// Bool reads a boolean.
func Bool(d *Decoder, dst *bool, x *sdk.Extra) {
	if d.isNull(x) {
		*dst = false
		return
	}
	setBool(d, dst)
}

// Int reads an integer; one that doesn't fit, or was written with a fraction or
// an exponent, is an error.
func Int[I ~int | ~int32 | ~int64](d *Decoder, dst *I, x *sdk.Extra) {
	if d.isNull(x) {
		*dst = 0
		return
	}
	setInt(d, dst)
}

// Float reads a number, rounded once; one beyond the range is an error.
func Float(d *Decoder, dst *float64, x *sdk.Extra) {
	if d.isNull(x) {
		*dst = 0
		return
	}
	setFloat(d, dst)
}

// Time reads a time. What can't be read as one gives the zero time and is kept
// in x.
func Time(d *Decoder, dst *time.Time, x *sdk.Extra) {
	if d.isNull(x) {
		*dst = time.Time{}
		return
	}
	t, unread := d.instant()
	*dst = t
	if unread != nil {
		d.deviate(x, unread)
	}
}

// Date reads a date. What can't be read as one gives the zero date and is kept
// in x.
func Date(d *Decoder, dst *types.Date, x *sdk.Extra) {
	if d.isNull(x) {
		*dst = types.Date{}
		return
	}
	date, unread := d.day()
	*dst = date
	if unread != nil {
		d.deviate(x, unread)
	}
}

// Bytes reads a string of standard base64. What isn't one gives nil and is kept in
// x.
func Bytes(d *Decoder, dst *[]byte, x *sdk.Extra) {
	if d.isNull(x) {
		*dst = nil
		return
	}
	b, unread := d.bytes()
	*dst = b
	if unread != nil {
		d.deviate(x, unread)
	}
}

// Any reads any value: an object as map[string]any, an array as []any, a number
// as json.Number.
func Any(d *Decoder, dst *any, x *sdk.Extra) {
	if d.isNull(x) {
		*dst = nil
		return
	}
	AnyElem(dst, d)
}

// Raw copies any value as it is. A null is a value here: *dst becomes null.
func Raw(d *Decoder, dst *json.RawMessage, _ *sdk.Extra) { RawElem(dst, d) }

// Secret reads a string that must not be shown.
func Secret(d *Decoder, dst *sdk.Secret, x *sdk.Extra) {
	if d.isNull(x) {
		*dst = sdk.Secret{}
		return
	}
	setSecret(d, dst)
}

// setSecret gives the text memory of its own: packed with others it would live
// as long as they do.
func setSecret(d *Decoder, dst *sdk.Secret) {
	if b, ok := d.text(); ok {
		*dst = sdk.NewSecret(string(b))
	}
}

// Known returns the constant for a value of an enum, if the document lists it, so
// that reading one takes no memory.
type Known func(wire []byte) (constant string, ok bool)

// Enum reads a string. A value that isn't known is kept as it is.
func Enum(d *Decoder, x *sdk.Extra, known Known) string {
	if d.isNull(x) {
		return ""
	}
	v, _ := d.enum(known)
	return v
}

func (d *Decoder) enum(known Known) (string, bool) {
	b, ok := d.text()
	if !ok {
		return "", false
	}
	if v, ok := known(b); ok {
		return v, true
	}
	return d.keep(b), true
}

// Unknown keeps the current member, whatever it is, in x.
func Unknown(d *Decoder, x *sdk.Extra) {
	if d.depth == 1 {
		d.strange = true
	}
	if raw := d.Value(); raw != nil {
		x.Set(d.keep(d.key), d.keepRaw(raw))
	}
}
