package samples

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Compare returns the first place where again differs from original, "" where nothing does. Numbers are equal when their
// values are, exactly; texts also when both are the same instant.
func Compare(original, again []byte) string {
	a, err := parse(original)
	if err != nil {
		return "the original: " + err.Error()
	}
	b, err := parse(again)
	if err != nil {
		return "encoded again: " + err.Error()
	}
	return compare("", a, b, func(any, any, any) bool { return false })
}

func parse(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("there is more after the JSON")
	}
	return v, nil
}

// compare walks both values. It asks of each member and element whether it may differ, given what it is in.
func compare(at string, a, b any, allowed func(parent, a, b any) bool) string {
	switch a := a.(type) {
	case map[string]any:
		other, ok := b.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s: was an object, is %T", place(at), b)
		}
		for _, name := range keys(a) {
			if _, ok := other[name]; !ok {
				return at + "/" + name + ": is lost"
			}
			if allowed(a, a[name], other[name]) {
				continue
			}
			if diff := compare(at+"/"+name, a[name], other[name], allowed); diff != "" {
				return diff
			}
		}
		for _, name := range keys(other) {
			if _, ok := a[name]; !ok {
				return at + "/" + name + ": was not there"
			}
		}
		return ""
	case []any:
		other, ok := b.([]any)
		if !ok || len(a) != len(other) {
			return fmt.Sprintf("%s: the array changed", place(at))
		}
		for i := range a {
			if allowed(a, a[i], other[i]) {
				continue
			}
			if diff := compare(fmt.Sprintf("%s/%d", at, i), a[i], other[i], allowed); diff != "" {
				return diff
			}
		}
		return ""
	case json.Number:
		if other, ok := b.(json.Number); ok && sameNumber(a, other) {
			return ""
		}
	case string:
		if other, ok := b.(string); ok && (a == other || sameInstant(a, other)) {
			return ""
		}
	default:
		if a == b {
			return ""
		}
	}
	return fmt.Sprintf("%s: was %v, is %v", place(at), a, b)
}

func place(at string) string {
	if at == "" {
		return "the whole"
	}
	return at
}

func keys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// sameNumber compares values, however they are written. Exponents may be beyond all that can be calculated with.
func sameNumber(a, b json.Number) bool {
	x, ok := normal(a.String())
	y, ok2 := normal(b.String())
	return a == b || ok && ok2 && x == y
}

// decimal is 0.digits times ten to the power of exponent, without zeros at either end of the digits.
type decimal struct {
	negative bool
	digits   string
	exponent int64
}

func normal(number string) (decimal, bool) {
	var d decimal
	number, d.negative = strings.CutPrefix(number, "-")
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(number), "e")
	if scientific {
		var err error
		if d.exponent, err = strconv.ParseInt(exponent, 10, 32); err != nil {
			return d, false
		}
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	d.digits = strings.TrimLeft(whole+fraction, "0")
	d.exponent += int64(len(whole) - (len(whole+fraction) - len(d.digits)))
	if d.digits = strings.TrimRight(d.digits, "0"); d.digits == "" {
		return decimal{}, true // zero, of either sign
	}
	return d, true
}

// sameInstant reads times as the SDK does: without a zone they are UTC, and beyond nanoseconds they are cut off.
func sameInstant(a, b string) bool {
	x, ok := instant(a)
	y, ok2 := instant(b)
	return ok && ok2 && x.Equal(y)
}

func instant(s string) (time.Time, bool) {
	if len(s) < 19 {
		return time.Time{}, false
	}
	clock := strings.Replace(strings.ToUpper(s[11:]), ",", ".", 1)
	if point := strings.IndexByte(clock, '.'); point >= 0 {
		end := point + 1
		for end < len(clock) && '0' <= clock[end] && clock[end] <= '9' {
			end++
		}
		clock = clock[:min(end, point+10)] + clock[end:]
	}
	for _, zone := range []string{"Z07:00", "Z0700", "Z07", ""} {
		if t, err := time.Parse("2006-01-02T15:04:05"+zone, s[:10]+"T"+clock); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
