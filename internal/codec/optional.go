package codec

import (
	"time"

	"github.com/wharfinger/sdk"
)

// Opt reads an optional member with the reader of its value. A date, a time or
// base64 that can't be read leaves it absent and is kept in x.
func Opt[T any](d *Decoder, dst *sdk.Optional[T], x *sdk.Extra, elem func(*T, *Decoder)) {
	d.settle(x)
	if d.Null() {
		*dst = sdk.Null[T]()
		return
	}
	start := d.pos
	var zero T
	*dst = sdk.Some(zero)
	d.unread = 0
	elem(dst.Ptr(), d)
	if d.unread > 0 && d.unread == d.pos && d.err == nil {
		*dst = sdk.Optional[T]{}
		d.deviate(x, d.data[start:d.pos])
	}
}

// OptString reads an optional string.
func OptString(d *Decoder, dst *sdk.Optional[string], _ *sdk.Extra) {
	if d.null() {
		*dst = sdk.Null[string]()
		return
	}
	if b, ok := d.text(); ok {
		*dst = sdk.Some(d.keep(b))
	}
}

// OptBool reads an optional boolean.
func OptBool(d *Decoder, dst *sdk.Optional[bool], _ *sdk.Extra) {
	if d.null() {
		*dst = sdk.Null[bool]()
		return
	}
	var v bool
	if setBool(d, &v) {
		*dst = sdk.Some(v)
	}
}

// OptInt reads an optional integer, as [Int] does.
func OptInt[I ~int | ~int32 | ~int64](d *Decoder, dst *sdk.Optional[I], _ *sdk.Extra) {
	if d.null() {
		*dst = sdk.Null[I]()
		return
	}
	var v I
	if setInt(d, &v) {
		*dst = sdk.Some(v)
	}
}

// OptFloat reads an optional number, as [Float] does.
func OptFloat(d *Decoder, dst *sdk.Optional[float64], _ *sdk.Extra) {
	if d.null() {
		*dst = sdk.Null[float64]()
		return
	}
	var v float64
	if setFloat(d, &v) {
		*dst = sdk.Some(v)
	}
}

// OptTime reads an optional time. What can't be read as one leaves it absent and
// is kept in x.
func OptTime(d *Decoder, dst *sdk.Optional[time.Time], x *sdk.Extra) {
	d.settle(x)
	if d.null() {
		*dst = sdk.Null[time.Time]()
		return
	}
	t, unread := d.instant()
	if unread != nil {
		*dst = sdk.Optional[time.Time]{}
		d.deviate(x, unread)
		return
	}
	*dst = sdk.Some(t)
}

// OptEnum reads an optional enum value, as [Enum] does.
func OptEnum[E ~string](d *Decoder, dst *sdk.Optional[E], _ *sdk.Extra, known Known) {
	if d.null() {
		*dst = sdk.Null[E]()
		return
	}
	if v, ok := d.enum(known); ok {
		*dst = sdk.Some(E(v))
	}
}
