package codec

import (
	"encoding/binary"
	"math/bits"
)

// Eight bytes at a time: the constants repeat one byte, so that a single
// operation treats eight of them.
const (
	ones      = 0x0101010101010101
	highs     = 0x8080808080808080
	quotes    = '"' * ones
	slashes   = '\\' * ones
	printable = ' ' * ones
)

// special returns a word whose lowest set bit marks the first byte of w that
// ends a run of ordinary text: a quote, a backslash or a control character.
// (Higher bits may be wrong: a borrow can only come from a byte that is marked.)
func special(w uint64) uint64 {
	q, s := w^quotes, w^slashes
	return ((q-ones)&^q | (s-ones)&^s | (w-printable)&^w) & highs
}

// notPlain is special that also marks bytes beyond ASCII, which makes it simpler.
func notPlain(w uint64) uint64 {
	return (((w ^ quotes) - ones) | ((w ^ slashes) - ones) | (w - printable) | w) & highs
}

// plainEnd returns where the run of printable ASCII ends that begins at i: at a
// quote, a backslash, a control character, a byte beyond ASCII or the end.
func plainEnd(data []byte, i int) int {
	for i+8 <= len(data) {
		if m := notPlain(binary.LittleEndian.Uint64(data[i : i+8])); m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
		i += 8
	}
	for i < len(data) && data[i] < 0x80 && !isSpecial(data[i]) {
		i++
	}
	return i
}

// textEnd is plainEnd for text that goes beyond ASCII.
func textEnd(data []byte, i int) int {
	for i+8 <= len(data) {
		if m := special(binary.LittleEndian.Uint64(data[i : i+8])); m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
		i += 8
	}
	for i < len(data) && !isSpecial(data[i]) {
		i++
	}
	return i
}

func isSpecial(c byte) bool { return c < ' ' || c == '"' || c == '\\' }

// skip goes past one value and checks all of it. It doesn't call itself: how
// deeply a hostile document nests costs a byte a level.
func (d *Decoder) skip() {
	if d.err != nil {
		return
	}
	start, base := d.pos, len(d.nesting)
	d.skipValue(base)
	d.nesting = d.nesting[:base]
	d.freeForm(start)
}

func (d *Decoder) skipValue(base int) {
	for {
		if d.pos >= len(d.data) {
			d.fail(d.pos, endOfDocument)
			return
		}
		opened := false
		switch c := d.data[d.pos]; c {
		case '"':
			d.skipString()
		case '{', '[':
			if !d.enter(c, "") {
				return
			}
			d.nesting = append(d.nesting, c+2) // '{'+2 is '}' and '['+2 is ']'
			opened = true
		case 'n':
			d.literal("null")
		case 't':
			d.literal("true")
		case 'f':
			d.literal("false")
		default:
			d.number()
		}
		if d.err != nil || !d.skipSeparators(base, opened) {
			return
		}
	}
}

// skipSeparators goes from the end of a value, or the opening of a container, to
// the next value, and returns false when the outermost value is complete or
// after an error.
func (d *Decoder) skipSeparators(base int, opened bool) bool {
	for {
		n := len(d.nesting)
		if n == base {
			return false
		}
		d.space()
		if d.pos >= len(d.data) {
			return d.fail(d.pos, endOfDocument)
		}
		closing, c := d.nesting[n-1], d.data[d.pos]
		if c == closing {
			d.pos++
			d.depth--
			d.nesting = d.nesting[:n-1]
			opened = false
			continue
		}
		if !opened {
			if c != ',' {
				return d.fail(d.pos, "expected a comma or the end of the value")
			}
			d.pos++
			d.space()
		}
		if closing == '}' {
			return d.skipName()
		}
		return true
	}
}

func (d *Decoder) skipName() bool {
	if d.pos >= len(d.data) {
		return d.fail(d.pos, endOfDocument)
	}
	if d.data[d.pos] != '"' {
		return d.fail(d.pos, "expected the name of a member")
	}
	d.skipString()
	return d.err == nil && d.colon(d.pos)
}

// skipString goes past a string and checks it; its bytes beyond ASCII may be
// anything.
func (d *Decoder) skipString() {
	data, i := d.data, d.pos+1
	for {
		i = textEnd(data, i)
		if i >= len(data) {
			d.fail(i, endOfDocument)
			return
		}
		switch data[i] {
		case '"':
			d.pos = i + 1
			return
		case '\\':
			n, msg := escapeLen(data[i:])
			if msg != "" {
				d.fail(i, msg)
				return
			}
			i += n
		default:
			d.fail(i, "control character in a string")
			return
		}
	}
}

// escapeLen returns the length of the escape that begins b, or what is wrong
// with it.
func escapeLen(b []byte) (int, string) {
	if len(b) < 2 {
		return 0, endOfDocument
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2, ""
	case 'u':
		if len(b) < 6 {
			return 0, endOfDocument
		}
		if _, ok := hex4(b[2:6]); ok {
			return 6, ""
		}
	}
	return 0, "bad escape in a string"
}

func hex4(b []byte) (rune, bool) {
	var r rune
	for _, c := range b {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
