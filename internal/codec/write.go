package codec

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"reflect"
	"time"

	"github.com/oapi-codegen/runtime/types"

	"github.com/wharfinger/sdk"
)

// A writer of members writes name and value. While the value is zero, what the
// server sent in its place comes first: see [sdk.Extra.Deviate].

// PutString writes a string.
func PutString(e *Encoder, name, v string, x *sdk.Extra, r Rule) {
	if v == "" && e.unset(name, x, r) {
		return
	}
	e.member(name)
	e.buf = appendString(e.buf, v)
}

// PutBool writes a boolean.
func PutBool(e *Encoder, name string, v bool, x *sdk.Extra, r Rule) {
	if !v && e.unset(name, x, r&^NonEmpty) {
		return
	}
	e.member(name)
	BoolOut(&v, e)
}

// PutInt writes an integer.
func PutInt[I ~int | ~int32 | ~int64](e *Encoder, name string, v I, x *sdk.Extra, r Rule) {
	if v == 0 && e.unset(name, x, r) {
		return
	}
	e.member(name)
	e.int(int64(v))
}

// PutFloat writes a number; NaN and the infinities are refused.
func PutFloat(e *Encoder, name string, v float64, x *sdk.Extra, r Rule) {
	if v == 0 && !math.Signbit(v) && e.unset(name, x, r) {
		return
	}
	e.member(name)
	FloatOut(&v, e)
}

// PutTime writes a time in its own zone, to the nanosecond. A year beyond 9999
// is refused.
func PutTime(e *Encoder, name string, v time.Time, x *sdk.Extra, r Rule) {
	if v.IsZero() && e.unset(name, x, r) {
		return
	}
	e.member(name)
	e.time(v)
}

// PutDate writes a date.
func PutDate(e *Encoder, name string, v types.Date, x *sdk.Extra, r Rule) {
	if v.IsZero() && e.unset(name, x, r) {
		return
	}
	e.member(name)
	DateOut(&v, e)
}

// PutBytes writes bytes as standard base64.
func PutBytes(e *Encoder, name string, v []byte, x *sdk.Extra, r Rule) {
	if v == nil && e.unset(name, x, r) {
		return
	}
	e.member(name)
	BytesOut(&v, e)
}

// PutAny writes a free-form value.
func PutAny(e *Encoder, name string, v any, x *sdk.Extra, r Rule) {
	if v == nil && e.unset(name, x, r) {
		return
	}
	e.member(name)
	e.any(v)
}

// PutRaw writes JSON as it is, nil as null. What isn't JSON is refused.
func PutRaw(e *Encoder, name string, v json.RawMessage, x *sdk.Extra, r Rule) {
	if len(v) == 0 && e.unset(name, x, r) {
		return
	}
	e.member(name)
	e.raw(v)
}

// PutSecret writes the text of a secret. A strict encoder refuses a mask, see [Masked].
func PutSecret(e *Encoder, name string, v sdk.Secret, x *sdk.Extra, r Rule) {
	if e.strict && Masked(v.Reveal()) {
		e.refuse(name, maskReason)
		return
	}
	e.secret(v)
	PutString(e, name, v.Reveal(), x, r)
}

// PutObject writes a nested object with its own encoder.
func PutObject[T any](e *Encoder, name string, v *T, x *sdk.Extra, r Rule, encode func(*T, *Encoder)) {
	if e.err != nil {
		return
	}
	// Whether a struct is zero is asked only where the answer makes a difference.
	if (r&OmitZero != 0 || e.strict && r&NonEmpty != 0 || !x.IsZero()) &&
		reflect.ValueOf(v).Elem().IsZero() && e.unset(name, x, r) {
		return
	}
	e.member(name)
	encode(v, e)
}

// PutSlice writes an array.
func PutSlice[T any](e *Encoder, name string, v []T, x *sdk.Extra, r Rule, elem func(*T, *Encoder)) {
	if e.err != nil || v == nil && e.unset(name, x, r) {
		return
	}
	e.member(name)
	begin := e.array()
	for i := range v {
		e.item(i, len(v), begin)
		if elem(&v[i], e); e.err != nil {
			break
		}
	}
	e.pop(']')
}

// PutMap writes an object whose names are data, sorted by name.
func PutMap[T any](e *Encoder, name string, v map[string]T, x *sdk.Extra, r Rule, elem func(*T, *Encoder)) {
	if e.err != nil || v == nil && e.unset(name, x, r) {
		return
	}
	e.member(name)
	writeMap(e, v, elem)
}

// PutOpt writes an optional member with the writer of its value.
func PutOpt[T any](e *Encoder, name string, v *sdk.Optional[T], x *sdk.Extra, r Rule, elem func(*T, *Encoder)) {
	if e.err != nil {
		return
	}
	if p := v.Ptr(); p != nil {
		e.member(name)
		elem(p, e)
		return
	}
	e.none(name, v.IsNull(), x, r)
}

// none deals with an Optional that holds no value.
func (e *Encoder) none(name string, isNull bool, x *sdk.Extra, r Rule) {
	switch {
	case !isNull:
		e.unset(name, x, r)
	case e.strict && r&Nullable == 0:
		e.refuse(name, "must not be null")
	default:
		e.member(name)
		e.null()
	}
}

// PutOptString writes an optional string.
func PutOptString(e *Encoder, name string, v sdk.Optional[string], x *sdk.Extra, r Rule) {
	if s, ok := v.Get(); ok {
		e.member(name)
		e.buf = appendString(e.buf, s)
		return
	}
	e.none(name, v.IsNull(), x, r)
}

// PutOptBool writes an optional boolean.
func PutOptBool(e *Encoder, name string, v sdk.Optional[bool], x *sdk.Extra, r Rule) {
	if b, ok := v.Get(); ok {
		e.member(name)
		BoolOut(&b, e)
		return
	}
	e.none(name, v.IsNull(), x, r)
}

// PutOptInt writes an optional integer.
func PutOptInt[I ~int | ~int32 | ~int64](e *Encoder, name string, v sdk.Optional[I], x *sdk.Extra, r Rule) {
	if n, ok := v.Get(); ok {
		e.member(name)
		e.int(int64(n))
		return
	}
	e.none(name, v.IsNull(), x, r)
}

// PutOptFloat writes an optional number, as [PutFloat] does.
func PutOptFloat(e *Encoder, name string, v sdk.Optional[float64], x *sdk.Extra, r Rule) {
	if f, ok := v.Get(); ok {
		e.member(name)
		FloatOut(&f, e)
		return
	}
	e.none(name, v.IsNull(), x, r)
}

// PutOptTime writes an optional time, as [PutTime] does.
func PutOptTime(e *Encoder, name string, v sdk.Optional[time.Time], x *sdk.Extra, r Rule) {
	if t, ok := v.Get(); ok {
		e.member(name)
		e.time(t)
		return
	}
	e.none(name, v.IsNull(), x, r)
}

// PutOptEnum writes an optional enum value.
func PutOptEnum[E ~string](e *Encoder, name string, v sdk.Optional[E], x *sdk.Extra, r Rule) {
	if s, ok := v.Get(); ok {
		e.member(name)
		e.buf = appendString(e.buf, string(s))
		return
	}
	e.none(name, v.IsNull(), x, r)
}

func (e *Encoder) time(t time.Time) {
	b, ok := appendTime(e.buf, t)
	e.buf = b
	if !ok {
		e.fail("is a time beyond what RFC 3339 can say", nil)
	}
}

func writeBase64(b, v []byte) []byte {
	return append(base64.StdEncoding.AppendEncode(append(b, '"'), v), '"')
}
