package codec

import (
	"encoding/json"
	"time"

	"github.com/oapi-codegen/runtime/types"

	"github.com/wharfinger/sdk"
)

// A reader of elements reads one value of an array or a map, or a whole
// document. Null leaves the zero value, and so does a date or time that can't be
// read.

// StringElem reads a string.
func StringElem(dst *string, d *Decoder) {
	if d.null() {
		return
	}
	if b, ok := d.text(); ok {
		*dst = d.keep(b)
	}
}

// BoolElem reads a boolean.
func BoolElem(dst *bool, d *Decoder) {
	if !d.null() {
		setBool(d, dst)
	}
}

// IntElem reads an integer, as [Int] does.
func IntElem[I ~int | ~int32 | ~int64](dst *I, d *Decoder) {
	if !d.null() {
		setInt(d, dst)
	}
}

// FloatElem reads a number, as [Float] does.
func FloatElem(dst *float64, d *Decoder) {
	if !d.null() {
		setFloat(d, dst)
	}
}

// TimeElem reads a time.
func TimeElem(dst *time.Time, d *Decoder) {
	if !d.null() {
		*dst, _ = d.instant()
	}
}

// DateElem reads a date.
func DateElem(dst *types.Date, d *Decoder) {
	if !d.null() {
		*dst, _ = d.day()
	}
}

// BytesElem reads a string of standard base64.
func BytesElem(dst *[]byte, d *Decoder) {
	if !d.null() {
		*dst, _ = d.bytes()
	}
}

// AnyElem reads any value, as [Any] does.
func AnyElem(dst *any, d *Decoder) {
	if d.err != nil {
		return
	}
	start := d.pos
	*dst = d.anyValue()
	d.freeForm(start)
}

// RawElem copies any value, null included, as it is.
func RawElem(dst *json.RawMessage, d *Decoder) {
	if raw := d.Value(); raw != nil {
		*dst = d.keepRaw(raw)
	}
}

// SecretElem reads a string that must not be shown.
func SecretElem(dst *sdk.Secret, d *Decoder) {
	if !d.null() {
		setSecret(d, dst)
	}
}

// EnumElem reads an enum value.
func EnumElem[E ~string](dst *E, d *Decoder) {
	if d.null() {
		return
	}
	if b, ok := d.text(); ok {
		*dst = E(d.keep(b))
	}
}

// SliceElem returns the reader of an array whose elements elem reads. Null gives
// a nil slice.
func SliceElem[T any](elem func(*T, *Decoder)) func(*[]T, *Decoder) {
	return func(dst *[]T, d *Decoder) { Slice(d, dst, nil, elem) }
}

// MapElem returns the reader of a map whose values elem reads. Null gives a nil
// map.
func MapElem[T any](elem func(*T, *Decoder)) func(*map[string]T, *Decoder) {
	return func(dst *map[string]T, d *Decoder) { Map(d, dst, nil, elem) }
}

// OptElem returns the reader of an element that may be null.
func OptElem[T any](elem func(*T, *Decoder)) func(*sdk.Optional[T], *Decoder) {
	return func(dst *sdk.Optional[T], d *Decoder) {
		if d.null() {
			*dst = sdk.Null[T]()
			return
		}
		var zero T
		*dst = sdk.Some(zero)
		elem(dst.Ptr(), d)
	}
}

// anyValue reads a value without a fixed shape. It calls itself for each level,
// of which there are maxDepth at most.
func (d *Decoder) anyValue() any {
	if d.pos >= len(d.data) {
		d.fail(d.pos, endOfDocument)
		return nil
	}
	switch d.data[d.pos] {
	case '{':
		return d.anyObject()
	case '[':
		return d.anyArray()
	case '"':
		if b, ok := d.text(); ok {
			return d.keep(b)
		}
		return nil
	case 't', 'f':
		var v bool
		setBool(d, &v)
		return v
	case 'n':
		d.literal("null")
		return nil
	}
	if b, ok := d.number(); ok {
		return json.Number(d.keep(b))
	}
	return nil
}

func (d *Decoder) anyObject() any {
	m := map[string]any{}
	d.Object()
	for d.Member() {
		key := d.keep(d.key)
		m[key] = d.anyValue()
	}
	return m
}

func (d *Decoder) anyArray() any {
	if !d.array() {
		return nil
	}
	s := []any{}
	for d.element() {
		s = append(s, d.anyValue())
	}
	return s
}
