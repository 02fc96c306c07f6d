package codec

import (
	"reflect"
	"strings"

	"github.com/wharfinger/sdk"
)

// maxDepth is how many objects and arrays may stand inside one another, as in
// encoding/json.
const maxDepth = 10000

// maxScratch is how much room for strings with escapes a Decoder takes along to
// the next document.
const maxScratch = 64 << 10

// Decoder reads one JSON document that is in memory as a whole. It keeps no
// reference to the document in what it decodes, so a buffer may be reused as
// soon as decoding has ended.
//
// The first error sticks: everything after it does nothing, so that generated
// code asks once, at the end. A Decoder must not be used by several goroutines
// at a time.
type Decoder struct {
	// data is the document until an error occurs and empty from then on. That
	// spares every reader a look at err: an empty document has nothing to read.
	data []byte
	pos  int
	// depth counts the objects and arrays that are open.
	depth int
	// fresh is true from the opening of an object or array to what comes first in it.
	fresh bool
	// nullElem is true while an element reader is asked to read a null.
	nullElem bool
	// deviated is true once any deviation has been kept.
	deviated bool
	// strange is true once the outermost object had a member that its type doesn't declare.
	strange bool
	// unread is where the last date, time or base64 that couldn't be read ended.
	unread int

	key     []byte // the current member's name, in the document or in keyBuf
	keyBuf  []byte // room for names with escapes
	textBuf []byte // room for strings with escapes
	nesting []byte // the open brackets of a value that is skipped

	chunk    strings.Builder // strings that were decoded, packed
	rawChunk []byte          // raw values that were kept, packed

	doc []byte // the whole document, for telling where an error was
	err *failure
}

// NewDecoder returns a Decoder at the beginning of data.
//
//go:noinline
func NewDecoder(data []byte) *Decoder {
	d := &Decoder{}
	d.Reset(data)
	return d
}

// Reset makes the Decoder ready for another document; what it decoded so far
// stays valid.
func (d *Decoder) Reset(data []byte) {
	d.data, d.doc = data, data
	d.pos, d.depth, d.unread = 0, 0, 0
	d.fresh, d.nullElem, d.deviated, d.strange = false, false, false, false
	d.key, d.err = nil, nil
	if cap(d.textBuf) > maxScratch || cap(d.keyBuf) > maxScratch {
		d.textBuf, d.keyBuf = nil, nil
	}
	d.space()
}

// Strange reports whether the outermost object had a member that its type doesn't declare.
func (d *Decoder) Strange() bool { return d.strange }

// Err returns the first error, a *[Error], or nil.
func (d *Decoder) Err() error {
	if d.err == nil {
		return nil
	}
	return d.err.describe(d.doc)
}

// End returns the first error, or one that says that something other than white
// space follows the value read.
//
//go:noinline
func (d *Decoder) End() error {
	if d.err == nil {
		d.space()
		if d.pos < len(d.data) {
			d.fail(d.pos, "data after the end of the document")
		}
	}
	return d.Err()
}

// Unmarshal decodes a whole document into what dst points to, beginning from its
// zero value; anything but white space after it is refused. After an error dst
// holds what was read before it.
//
// P is the pointer and not the type behind it, because the compiler makes one
// function for all pointers, but one for each struct.
func Unmarshal[P any](data []byte, dst P, decode func(P, *Decoder)) error {
	reflect.ValueOf(dst).Elem().SetZero()
	d := NewDecoder(data)
	decode(dst, d)
	return d.End()
}

// space skips white space.
func (d *Decoder) space() {
	d.pos = skipSpace(d.data, d.pos)
}

func skipSpace(data []byte, i int) int {
	for i < len(data) {
		switch data[i] {
		case ' ', '\t', '\n', '\r':
			i++
		default:
			return i
		}
	}
	return i
}

// enter opens a container if c stands here.
func (d *Decoder) enter(c byte, want string) bool {
	if d.pos >= len(d.data) || d.data[d.pos] != c {
		d.mismatch(want)
		return false
	}
	if d.depth >= maxDepth {
		d.fail(d.pos, "nested too deeply")
		return false
	}
	d.depth++
	d.pos++
	return true
}

// Object enters an object. Anything else is an error, null as well: the readers
// of members and elements deal with null before they come here.
func (d *Decoder) Object() bool {
	if d.nullElem && d.null() {
		return false
	}
	d.fresh = true
	return d.enter('{', "an object")
}

// Member goes to the next member of the innermost object that was entered, and
// returns false at its end, which it consumes, or after an error. Exactly one
// value must be read after each true.
func (d *Decoder) Member() bool {
	data, i := d.data, d.pos
	if i < len(data) && data[i] <= ' ' {
		i = skipSpace(data, i)
	}
	if i >= len(data) {
		return d.fail(i, endOfDocument)
	}
	c := data[i]
	if c == '}' {
		d.pos = i + 1
		d.depth--
		d.fresh = false
		return false
	}
	if d.fresh {
		d.fresh = false
	} else {
		if c != ',' {
			return d.fail(i, "expected a comma or the end of the object")
		}
		if i++; i < len(data) && data[i] <= ' ' {
			i = skipSpace(data, i)
		}
		if i >= len(data) {
			return d.fail(i, endOfDocument)
		}
		c = data[i]
	}
	if c != '"' {
		return d.fail(i, "expected the name of a member")
	}
	i++
	end := plainEnd(data, i)
	if end < len(data) && data[end] == '"' {
		d.key = data[i:end]
		i = end + 1
	} else {
		var ok bool
		if d.key, i, ok = d.unquote(&d.keyBuf, i, end); !ok {
			return false
		}
	}
	return d.colon(i)
}

// colon goes from the end of a name to the beginning of its value.
func (d *Decoder) colon(i int) bool {
	data := d.data
	if i < len(data) && data[i] <= ' ' {
		i = skipSpace(data, i)
	}
	if i >= len(data) {
		return d.fail(i, endOfDocument)
	}
	if data[i] != ':' {
		return d.fail(i, "expected a colon")
	}
	if i++; i < len(data) && data[i] <= ' ' {
		i = skipSpace(data, i)
	}
	d.pos = i
	return true
}

// Key returns the name of the current member without its escapes. It is valid
// until the next call of Member, also that of a nested object.
func (d *Decoder) Key() []byte { return d.key }

// Value skips the current value and returns its bytes, without copying them, or
// nil after an error. All of it is checked to be JSON.
func (d *Decoder) Value() []byte {
	start := d.pos
	d.skip()
	if d.err != nil {
		return nil
	}
	return d.data[start:d.pos]
}

// Null consumes a null and returns true, if one stands here.
//
//go:noinline
func (d *Decoder) Null() bool { return d.null() }

// null is Null for readers in this package, small enough to be inlined.
func (d *Decoder) null() bool {
	return d.pos < len(d.data) && d.data[d.pos] == 'n' && d.literal("null")
}

// literal consumes one of null, true and false.
func (d *Decoder) literal(word string) bool {
	rest := d.data[d.pos:]
	if len(rest) >= len(word) && string(rest[:len(word)]) == word {
		d.pos += len(word)
		return true
	}
	return d.fail(d.pos, "not a JSON value")
}

// Seen notes which required members of an object came, one bit for each. Members
// from the 65th on can't be noted and count as seen.
type Seen uint64

// Add notes that required member i came.
func (s *Seen) Add(i int) { *s |= 1 << uint(i) }

// Missing keeps in x that the required members that were not seen were absent,
// so that they stay absent when the model is encoded again. names are those of
// bits 0, 1, 2 and so on.
func Missing(x *sdk.Extra, seen Seen, names ...string) {
	for i, name := range names {
		if i < 64 && seen&(1<<uint(i)) == 0 {
			x.Deviate(name, nil)
		}
	}
}
