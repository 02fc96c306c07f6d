package codec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Error says why and where a document couldn't be read. It never holds content
// of the document: names in Path are shown only where they can be told from
// data, and neither is any value.
type Error struct {
	// Offset is the number of bytes before the place, from 0.
	Offset int
	// Path leads to the value, as in "nodes[3].slug". A key of a map is shown as
	// "*", and a value without a fixed shape has no path inside. It is empty for
	// the document as a whole.
	Path string
	// Msg says what is wrong there.
	Msg string
}

// Error returns one line with all three.
func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("json: %s at offset %d", e.Msg, e.Offset)
	}
	return fmt.Sprintf("json: %s: %s at offset %d", e.Path, e.Msg, e.Offset)
}

const endOfDocument = "unexpected end of the document"

// failure is an error before anybody asked for it. Its path is found by going
// through the document once more: keeping one would cost every document that is
// all right.
type failure struct {
	offset int
	msg    string
	// free is where the free-form value begins that the error is in, or offset.
	free int
	// maps are the offsets where the maps around it begin.
	maps []int
}

// fail notes the first error and returns false.
func (d *Decoder) fail(offset int, msg string) bool {
	if d.err == nil {
		d.err = &failure{offset: offset, free: offset, msg: msg}
	}
	d.data, d.pos = nil, 0
	return false
}

// mismatch notes that something else stands here than was wanted.
func (d *Decoder) mismatch(want string) {
	if d.pos >= len(d.data) {
		d.fail(d.pos, endOfDocument)
		return
	}
	got := "something that isn't JSON"
	switch c := d.data[d.pos]; {
	case c == '"':
		got = "a string"
	case c == '{':
		got = "an object"
	case c == '[':
		got = "an array"
	case c == 't' || c == 'f':
		got = "a boolean"
	case c == 'n':
		got = "null"
	case c == '-' || '0' <= c && c <= '9':
		got = "a number"
	}
	d.fail(d.pos, "expected "+want+", not "+got)
}

// freeForm notes that an error, if there was one since, lies inside a free-form
// value that begins at start.
func (d *Decoder) freeForm(start int) {
	if d.err != nil {
		d.err.free = min(d.err.free, start)
	}
}

// describe makes the error that users see.
func (f *failure) describe(doc []byte) *Error {
	return &Error{Offset: f.offset, Path: pathTo(doc, f.free, f.maps), Msg: f.msg}
}

// place is one open object or array on the way to an error.
type place struct {
	array, isMap bool
	index        int
	name         []byte // nil as long as no name has been read
	named        bool   // the name is complete: what follows is the value
}

// pathTo finds which value of doc stands at offset. doc is known to be well
// formed up to there.
func pathTo(doc []byte, offset int, maps []int) string {
	var open []place
	for i := 0; i < offset; i++ {
		switch doc[i] {
		case '{':
			open = append(open, place{isMap: slices.Contains(maps, i)})
		case '[':
			open = append(open, place{array: true})
		case '}', ']':
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case ',':
			if n := len(open); n > 0 {
				open[n-1].index++
				open[n-1].name, open[n-1].named = nil, false
			}
		case '"':
			start := i + 1
			for i++; i < offset && doc[i] != '"'; i++ {
				if doc[i] == '\\' {
					i++
				}
			}
			if n := len(open); n > 0 && i < offset && !open[n-1].array && !open[n-1].named {
				open[n-1].name, open[n-1].named = doc[start:i], true
			}
		}
	}
	return render(open)
}

// maxPath is how many steps of a path are shown.
const maxPath = 32

func render(open []place) string {
	var b strings.Builder
	for i, p := range open {
		switch {
		case i == maxPath:
			b.WriteString("…")
			return b.String()
		case p.array:
			b.WriteByte('[')
			b.WriteString(strconv.Itoa(p.index))
			b.WriteByte(']')
		case p.named:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(shownName(string(p.name), p.isMap))
		}
	}
	return b.String()
}

// shownName returns the name of a member as it may stand in an error: data that
// was used as a name is hidden.
func shownName(name string, isMap bool) string {
	if isMap || name == "" || len(name) > 64 {
		return "*"
	}
	for _, c := range []byte(name) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_', c == '-', c == '$', c == '.', c == ':', c == '@':
		default:
			return "*"
		}
	}
	return name
}
