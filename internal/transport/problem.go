package transport

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
)

// Problem reads the body of an error member by member, so that one member of an unexpected type does not cost the
// others. The zero value is a body that is no JSON object.
type Problem map[string]json.RawMessage

// ParseProblem reads body, with or without a byte order mark; it is empty if body is no JSON object.
func ParseProblem(body []byte) Problem {
	var p Problem
	if json.Unmarshal(bytes.TrimPrefix(body, []byte(byteOrderMark)), &p) != nil {
		return nil
	}
	return p
}

// Has reports whether the body has the member.
func (p Problem) Has(name string) bool {
	_, ok := p[name]
	return ok
}

// Text is the member as text: a string as it is, a number or a boolean as it is written, "" for anything else.
func (p Problem) Text(name string) string {
	raw := p[name]
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	if len(raw) > 0 && raw[0] != '{' && raw[0] != '[' {
		return string(raw)
	}
	return ""
}

// Number is the member as a number, infinite if it is too large for one, 0 for anything else.
func (p Problem) Number(name string) float64 {
	n, _ := strconv.ParseFloat(string(p[name]), 64) // JSON has no words for numbers, so anything else is 0
	return n
}

// Seconds is the member as a wait, 0 if it is none. One beyond all bounds is cut to what a duration can hold.
func (p Problem) Seconds(name string) time.Duration {
	wait, _ := secondsToWait(p.Number(name))
	return wait
}

// Object is the member as a body of its own.
func (p Problem) Object(name string) Problem { return ParseProblem(p[name]) }

// Objects are the objects of an array.
func (p Problem) Objects(name string) []Problem {
	var out []Problem
	for _, raw := range p.List(name) {
		if o := ParseProblem(raw); o != nil {
			out = append(out, o)
		}
	}
	return out
}

// List are the elements of an array.
func (p Problem) List(name string) []json.RawMessage {
	var out []json.RawMessage
	if json.Unmarshal(p[name], &out) != nil {
		return nil
	}
	return out
}
