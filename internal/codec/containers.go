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

// Slice reads an array. An empty one gives an empty slice, null a nil one.
func Slice[T any](d *Decoder, dst *[]T, x *sdk.Extra, elem func(*T, *Decoder)) {
	if d.isNull(x) {
		*dst = nil
		return
	}
	*dst = readSlice(d, elem)
}

// Map reads an object whose names are data. An empty one gives an empty map,
// null a nil one.
func Map[T any](d *Decoder, dst *map[string]T, x *sdk.Extra, elem func(*T, *Decoder)) {
	if d.isNull(x) {
		*dst = nil
		return
	}
	*dst = readMap(d, elem)
}

func readSlice[T any](d *Decoder, elem func(*T, *Decoder)) []T {
	begin := d.pos
	if !d.enter('[', "an array") {
		return nil
	}
	d.space()
	if d.pos < len(d.data) && d.data[d.pos] == ']' {
		d.leave()
		return []T{}
	}
	s := make([]T, 0, d.firstCap())
	for {
		if len(s) == cap(s) {
			s = append(make([]T, 0, d.nextCap(len(s), begin)), s...)
		}
		s = s[:len(s)+1]
		readElem(d, &s[len(s)-1], elem)
		if !d.more() {
			return s
		}
	}
}

// firstCap is how many elements an array gets room for: scalars are small and
// come together, objects are large.
func (d *Decoder) firstCap() int {
	if d.pos < len(d.data) && d.data[d.pos] == '{' {
		return 1
	}
	return 4
}

// nextCap is how many elements an array that began at begin and is full with n
// gets room for: as many as the rest of the document can hold, if they are like
// those so far, but not more than four times as many, for the rest may be
// something else.
func (d *Decoder) nextCap(n, begin int) int {
	each := max(1, (d.pos-begin)/n)
	return min(4*n, n+1+(len(d.data)-d.pos)/each)
}

// more goes from the end of an element to the next one, and returns false at the
// end of the array, which it consumes, or after an error.
func (d *Decoder) more() bool {
	d.space()
	if d.pos >= len(d.data) {
		return d.fail(d.pos, endOfDocument)
	}
	switch d.data[d.pos] {
	case ',':
		d.pos++
		d.space()
		return true
	case ']':
		d.leave()
		return false
	}
	return d.fail(d.pos, "expected a comma or the end of the array")
}

// leave consumes the bracket that closes a container.
func (d *Decoder) leave() {
	d.pos++
	d.depth--
}

// readElem reads an element. The decoder of an object doesn't know whether it is
// asked for an element, where null is the zero value: it is told.
func readElem[T any](d *Decoder, dst *T, elem func(*T, *Decoder)) {
	if d.pos < len(d.data) && d.data[d.pos] == 'n' {
		d.nullElem = true
		elem(dst, d)
		d.nullElem = false
		return
	}
	elem(dst, d)
}

func readMap[T any](d *Decoder, elem func(*T, *Decoder)) map[string]T {
	begin := d.pos
	if !d.Object() {
		return nil
	}
	m := map[string]T{}
	var zero, v T
	for d.Member() {
		key := d.keep(d.key)
		v = zero
		readElem(d, &v, elem)
		m[key] = v
	}
	if d.err != nil {
		d.err.maps = append(d.err.maps, begin)
	}
	return m
}
