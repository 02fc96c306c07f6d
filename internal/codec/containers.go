package codec

import (
	"github.com/wharfinger/sdk"
)

// Object reads a nested object with its own decoder. Where the name comes twice,
// the last object replaces the first.
func Object[T any](d *Decoder, dst *T, x *sdk.Extra, decode func(*T, *Decoder)) {
	var zero T
	*dst = zero
	if d.isNull(x) {
		return
	}
	decode(dst, d)
}

// Slice reads an array. An empty one gives an empty slice, null a nil one. x is
// nil for an array that is no member.
func Slice[T any](d *Decoder, dst *[]T, x *sdk.Extra, elem func(*T, *Decoder)) {
	*dst = nil
	if d.isNull(x) {
		return
	}
	begin := d.pos
	if !d.array() {
		return
	}
	s := []T{}
	for d.element() {
		if len(s) == cap(s) {
			s = append(make([]T, 0, d.room(len(s), begin)), s...)
		}
		s = s[:len(s)+1]
		elem(&s[len(s)-1], d)
	}
	*dst = s
}

// Map reads an object whose names are data. An empty one gives an empty map,
// null a nil one. x is nil for a map that is no member.
func Map[T any](d *Decoder, dst *map[string]T, x *sdk.Extra, elem func(*T, *Decoder)) {
	*dst = nil
	if d.isNull(x) {
		return
	}
	begin := d.pos
	if !d.Object() {
		return
	}
	m := map[string]T{}
	var zero, v T
	for d.Member() {
		key := d.keep(d.key)
		v = zero
		d.nullElem = d.atNull()
		elem(&v, d)
		d.nullElem = false
		m[key] = v
	}
	if d.err != nil {
		d.err.maps = append(d.err.maps, begin)
	}
	*dst = m
}

// array enters an array. Anything else is an error, null as well.
func (d *Decoder) array() bool {
	d.fresh = true
	return d.enter('[', "an array")
}

// element goes to the next element of the innermost array that was entered, and
// returns false at its end, which it consumes, or after an error. The decoder of
// an object doesn't know whether it is asked for an element, where null is the
// zero value: it is told.
func (d *Decoder) element() bool {
	d.nullElem = false
	first := d.fresh
	d.fresh = false
	d.space()
	if d.pos >= len(d.data) {
		return d.fail(d.pos, endOfDocument)
	}
	switch c := d.data[d.pos]; {
	case c == ']':
		d.leave()
		return false
	case first:
	case c == ',':
		d.pos++
		d.space()
	default:
		return d.fail(d.pos, "expected a comma or the end of the array")
	}
	d.nullElem = d.atNull()
	return true
}

// atNull tells whether the next value is a null, if it is one at all.
func (d *Decoder) atNull() bool { return d.pos < len(d.data) && d.data[d.pos] == 'n' }

// room is how many elements an array that began at begin and is full with n gets
// room for: as many as the rest of the document can hold, if they are like those
// so far, but not more than four times as many, for the rest may be something
// else. At first, scalars are small and come together, and objects are large.
func (d *Decoder) room(n, begin int) int {
	if n == 0 {
		if d.data[d.pos] == '{' {
			return 1
		}
		return 4
	}
	each := max(1, (d.pos-begin)/n)
	return min(4*n, n+1+(len(d.data)-d.pos)/each)
}

// leave consumes the bracket that closes a container.
func (d *Decoder) leave() {
	d.pos++
	d.depth--
}
