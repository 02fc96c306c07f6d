package codec

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
	"time"
	"unicode/utf8"
)

// appendString appends s as a JSON string. Only what JSON asks for is escaped;
// bytes that aren't UTF-8 become U+FFFD, as in encoding/json.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := plainEndString(s, 0); i < len(s); i = plainEndString(s, i) {
		if c := s[i]; c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(b, s[start:i]...)
				b = utf8.AppendRune(b, r)
				start = i + 1
			}
			i += size
			continue
		}
		b = appendEscaped(append(b, s[start:i]...), s[i])
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}

// appendEscaped appends a character that can't stand in a string as it is.
func appendEscaped(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\b':
		return append(b, '\\', 'b')
	case '\f':
		return append(b, '\\', 'f')
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	const hex = "0123456789abcdef"
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}

// plainEndString is plainEnd for a string.
func plainEndString(s string, i int) int {
	for i+8 <= len(s) {
		var eight [8]byte
		copy(eight[:], s[i:i+8])
		if m := notPlain(binary.LittleEndian.Uint64(eight[:])); m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
		i += 8
	}
	for i < len(s) && s[i] < utf8.RuneSelf && !isSpecial(s[i]) {
		i++
	}
	return i
}

// appendFloat appends a finite number the way encoding/json does: as short as
// possible without losing a bit, with an exponent only where that is shorter.
func appendFloat(b []byte, f float64) []byte {
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	b = strconv.AppendFloat(b, f, format, -1, 64)
	if n := len(b); format == 'e' && n >= 4 && b[n-4] == 'e' && b[n-3] == '-' && b[n-2] == '0' {
		b[n-2] = b[n-1] // e-09 becomes e-9
		b = b[:n-1]
	}
	return b
}

// appendTime appends a time in its own zone, as RFC 3339 with as many fractional
// digits as it has. ok is false when RFC 3339 has no way to say it.
func appendTime(b []byte, t time.Time) (_ []byte, ok bool) {
	if _, offset := t.Zone(); offset%60 != 0 {
		t = t.UTC() // RFC 3339 would cut the seconds of the zone off
	}
	out, err := t.AppendText(append(b, '"'))
	if err != nil {
		return b, false
	}
	return append(out, '"'), true
}
