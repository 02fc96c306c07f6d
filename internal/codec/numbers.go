package codec

import (
	"strconv"
)

// number reads a number of any size and returns its bytes.
func (d *Decoder) number() ([]byte, bool) {
	end, msg := numberEnd(d.data, d.pos)
	if msg != "" {
		if end == d.pos {
			d.mismatch("a value")
		} else {
			d.fail(end, msg)
		}
		return nil, false
	}
	b := d.data[d.pos:end]
	d.pos = end
	return b, true
}

// numberEnd returns where the number ends that begins at i, or where it goes
// wrong and how.
func numberEnd(data []byte, i int) (int, string) {
	start := i
	if i < len(data) && data[i] == '-' {
		i++
	}
	switch {
	case i < len(data) && data[i] == '0':
		i++
	default:
		n := digitsEnd(data, i)
		if n == i {
			if i == start && i < len(data) {
				return i, badNumber
			}
			return numberStop(data, i)
		}
		i = n
	}
	if i < len(data) && data[i] == '.' {
		n := digitsEnd(data, i+1)
		if n == i+1 {
			return numberStop(data, n)
		}
		i = n
	}
	if i < len(data) && (data[i] == 'e' || data[i] == 'E') {
		i++
		if i < len(data) && (data[i] == '+' || data[i] == '-') {
			i++
		}
		n := digitsEnd(data, i)
		if n == i {
			return numberStop(data, n)
		}
		i = n
	}
	if i < len(data) && '0' <= data[i] && data[i] <= '9' {
		return i, "number with a leading zero"
	}
	return i, ""
}

const badNumber = "not a number"

func numberStop(data []byte, i int) (int, string) {
	if i >= len(data) {
		return i, endOfDocument
	}
	return i, badNumber
}

func digitsEnd(data []byte, i int) int {
	for i < len(data) && '0' <= data[i] && data[i] <= '9' {
		i++
	}
	return i
}

// integer reads an integer. 1.0 and 1e2 are refused, as encoding/json refuses
// them: what was written as a fraction isn't counted on to be whole.
func (d *Decoder) integer() (int64, bool) {
	data, start := d.data, d.pos
	i := start
	negative := i < len(data) && data[i] == '-'
	if negative {
		i++
	}
	first, n := i, uint64(0)
	for i < len(data) && data[i]-'0' <= 9 {
		n = n*10 + uint64(data[i]-'0')
		i++
	}
	switch digits := i - first; {
	case digits == 0, digits > 1 && data[first] == '0', i < len(data) && isNumberByte(data[i]):
		return 0, d.notInteger()
	case digits > 19 || n > 1<<63 || n == 1<<63 && !negative:
		// 19 digits can't overflow a uint64.
		return 0, d.fail(start, "number doesn't fit into an integer of 64 bits")
	}
	d.pos = i
	if negative {
		return -int64(n), true
	}
	return int64(n), true
}

func isNumberByte(c byte) bool { return c == '.' || c == 'e' || c == 'E' }

// notInteger finds out what stands where an integer was expected.
func (d *Decoder) notInteger() bool {
	start := d.pos
	if start >= len(d.data) || d.data[start] != '-' && (d.data[start] < '0' || d.data[start] > '9') {
		d.mismatch("an integer")
		return false
	}
	if _, ok := d.number(); !ok {
		return false
	}
	return d.fail(start, "expected an integer, not a number with a fraction or an exponent")
}

// setFloat reads a number, rounded once.
func setFloat(d *Decoder, dst *float64) bool {
	start := d.pos
	if start >= len(d.data) || d.data[start] != '-' && (d.data[start] < '0' || d.data[start] > '9') {
		d.mismatch("a number")
		return false
	}
	b, ok := d.number()
	if !ok {
		return false
	}
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return d.fail(start, "number doesn't fit into a float of 64 bits")
	}
	*dst = f
	return true
}

// setInt reads an integer into one of any size.
func setInt[I ~int | ~int32 | ~int64](d *Decoder, dst *I) bool {
	start := d.pos
	n, ok := d.integer()
	if !ok {
		return false
	}
	if int64(I(n)) != n {
		return d.fail(start, "number doesn't fit into an integer of 32 bits")
	}
	*dst = I(n)
	return true
}

// setBool reads a boolean.
func setBool(d *Decoder, dst *bool) bool {
	if d.pos < len(d.data) && d.data[d.pos] == 't' {
		*dst = d.literal("true")
		return *dst
	}
	if d.pos < len(d.data) && d.data[d.pos] == 'f' {
		*dst = false
		return d.literal("false")
	}
	d.mismatch("a boolean")
	return false
}
