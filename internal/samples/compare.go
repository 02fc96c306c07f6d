package samples

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
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
	return compare("", a, b)
}

func parse(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}

func compare(at string, a, b any) string {
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
			if diff := compare(at+"/"+name, a[name], other[name]); diff != "" {
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
			if diff := compare(fmt.Sprintf("%s/%d", at, i), a[i], other[i]); diff != "" {
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

func keys(m map[string]any) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func sameNumber(a, b json.Number) bool {
	x, ok := new(big.Rat).SetString(a.String())
	y, ok2 := new(big.Rat).SetString(b.String())
	return ok && ok2 && x.Cmp(y) == 0
}

// sameInstant reads times as the SDK does: without a zone they are UTC.
func sameInstant(a, b string) bool {
	x, ok := instant(a)
	y, ok2 := instant(b)
	return ok && ok2 && x.Equal(y)
}

func instant(s string) (time.Time, bool) {
	s = strings.Replace(s, " ", "T", 1)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
