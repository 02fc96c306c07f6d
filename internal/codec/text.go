package codec

import (
	"unicode/utf16"
	"unicode/utf8"
)

const (
	// maxChunk is the size of the chunks that decoded strings share: a string that
	// is kept keeps at most so much alive.
	maxChunk = 4096
	// maxPacked is the length from which a string is worth an allocation of its
	// own.
	maxPacked = 512
)

// text reads a string. The bytes belong to the document or to the Decoder and
// are valid until the next string is read.
func (d *Decoder) text() ([]byte, bool) {
	data, i := d.data, d.pos+1
	if i > len(data) || data[i-1] != '"' {
		d.mismatch("a string")
		return nil, false
	}
	end := plainEnd(data, i)
	if end < len(data) && data[end] == '"' {
		d.pos = end + 1
		return data[i:end], true
	}
	b, next, ok := d.unquote(&d.textBuf, i, end)
	d.pos = next
	return b, ok
}

// unquote reads on in a string that begins at start and is not plain from i on.
// It returns the text, in buf if it had to be changed, and where the string
// ends.
func (d *Decoder) unquote(buf *[]byte, start, i int) (text []byte, next int, ok bool) {
	data := d.data
	i = textEnd(data, i)
	if i < len(data) && data[i] == '"' && utf8.Valid(data[start:i]) {
		return data[start:i], i + 1, true
	}
	b := (*buf)[:0]
	for {
		b = appendValid(b, data[start:i])
		if i >= len(data) {
			return nil, 0, d.fail(i, endOfDocument)
		}
		switch data[i] {
		case '"':
			*buf = b
			return b, i + 1, true
		case '\\':
			n, msg := escapeLen(data[i:])
			if msg != "" {
				return nil, 0, d.fail(i, msg)
			}
			b, n = appendEscape(b, data[i:], n)
			start = i + n
			i = textEnd(data, start)
		default:
			return nil, 0, d.fail(i, "control character in a string")
		}
	}
}

// appendValid appends text with each byte that isn't UTF-8 replaced by U+FFFD,
// as encoding/json does.
func appendValid(b, text []byte) []byte {
	for !utf8.Valid(text) {
		n := 0
		for {
			r, size := utf8.DecodeRune(text[n:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			n += size
		}
		b = append(b, text[:n]...)
		b = utf8.AppendRune(b, utf8.RuneError)
		text = text[n+1:]
	}
	return append(b, text...)
}

// appendEscape appends what the escape of length n at the beginning of text
// stands for, and returns how much of text it took: a pair of surrogates is two
// escapes. A surrogate alone becomes U+FFFD.
func appendEscape(b, text []byte, n int) ([]byte, int) {
	switch c := text[1]; c {
	case 'b':
		return append(b, '\b'), n
	case 'f':
		return append(b, '\f'), n
	case 'n':
		return append(b, '\n'), n
	case 'r':
		return append(b, '\r'), n
	case 't':
		return append(b, '\t'), n
	case 'u':
	default:
		return append(b, c), n
	}
	r, _ := hex4(text[2:6])
	if utf16.IsSurrogate(r) {
		var low rune
		if len(text) >= 12 && text[6] == '\\' && text[7] == 'u' {
			low, _ = hex4(text[8:12])
		}
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			n = 12
		}
	}
	return utf8.AppendRune(b, r), n
}

// keep returns a copy of b as a string, packed with others.
func (d *Decoder) keep(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	used := d.chunk.Len()
	if len(b) > d.chunk.Cap()-used {
		if len(b) >= maxPacked {
			return string(b)
		}
		d.chunk.Reset()
		// What is left of the document bounds what can still come; a good part of it
		// is names, numbers and punctuation.
		d.chunk.Grow(max(len(b), min(maxChunk, (len(d.data)-d.pos)/2)))
		used = 0
	}
	d.chunk.Write(b)
	return d.chunk.String()[used:]
}

// keepRaw returns a copy of b, packed with others.
func (d *Decoder) keepRaw(b []byte) []byte {
	if len(b) >= maxPacked {
		return append(make([]byte, 0, len(b)), b...)
	}
	if len(b) > cap(d.rawChunk)-len(d.rawChunk) {
		size := max(len(b), min(maxChunk, (len(d.data)-d.pos)/4))
		d.rawChunk = make([]byte, 0, size)
	}
	start := len(d.rawChunk)
	d.rawChunk = append(d.rawChunk, b...)
	end := len(d.rawChunk)
	return d.rawChunk[start:end:end]
}
