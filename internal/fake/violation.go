package fake

import (
	"fmt"
	"slices"
	"strings"
)

// Violation is one way in which a request, or an answer, breaks the document.
type Violation struct {
	// In is where: path, query, header, cookie or body; for an answer also status.
	In string
	// Path leads to the value: the parameter's name, then members and indexes as text. For the body it starts at the
	// top; empty is the body as a whole.
	Path []string
	// Kind says what is wrong: one of the constants below, or the keyword of the schema that isn't met, such as type,
	// enum, format, pattern, minimum or maxLength.
	Kind string
	// Message is for people. It never holds the value that was sent.
	Message string
}

// Kinds of violations that are not keywords of a schema.
const (
	Undeclared = "undeclared" // the document has no such parameter, member, header, status or body
	Missing    = "missing"    // something required is absent
	Repeated   = "repeated"   // a parameter or a member is there twice
	Blank      = "blank"      // a parameter is there and empty
	Malformed  = "malformed"  // the query or the body can't be read
	MediaType  = "mediaType"  // the content type isn't one of the document's
	Null       = "null"       // null where the document doesn't allow it
	Variant    = "variant"    // no variant of a union fits, or several do
	Direction  = "direction"  // a read-only member in a request, or a write-only one in an answer
)

// String is the violation on one line, as it is reported for a request.
func (v Violation) String() string {
	switch {
	case v.In != "body" && len(v.Path) == 0:
		return v.join(v.In)
	case v.In == "header":
		return v.join(`header "` + v.Path[0] + `"` + pointer(v.Path[1:]))
	case v.In != "body":
		return v.join(v.In + ` parameter "` + v.Path[0] + `"` + pointer(v.Path[1:]))
	case len(v.Path) > 0:
		return v.join("body " + pointer(v.Path))
	}
	return v.join("body")
}

// inAnswer is the violation as it is reported for an answer, where most are of the body.
func (v Violation) inAnswer() string {
	switch {
	case v.In == "status":
		return v.Message
	case v.In == "body" && len(v.Path) > 0:
		return v.join(pointer(v.Path))
	}
	return v.String()
}

// join puts what is wrong behind where: "x is missing", "x: value must be an integer".
func (v Violation) join(where string) string {
	if strings.HasPrefix(v.Message, "is ") || strings.HasPrefix(v.Message, "has ") {
		return oneLine(where + " " + v.Message)
	}
	return oneLine(where + ": " + v.Message)
}

// maxLines bounds what is reported about one request or answer: a list can be wrong in each of its entries.
const maxLines = 20

func lines(violations []Violation, text func(Violation) string) []string {
	var list []string
	for i, v := range violations {
		if i == maxLines {
			return append(list, fmt.Sprintf("and %d more", len(violations)-i))
		}
		list = append(list, text(v))
	}
	return list
}

// pointer is a JSON pointer; empty for no path.
func pointer(path []string) string {
	var b strings.Builder
	for _, step := range path {
		b.WriteByte('/')
		b.WriteString(strings.ReplaceAll(strings.ReplaceAll(step, "~", "~0"), "/", "~1"))
	}
	return b.String()
}

// place is where a value stands, as a list from the inside out, so that going down costs nothing until it is needed.
type place struct {
	in   string
	up   *place
	step string
}

func (p *place) down(step string) *place { return &place{in: p.in, up: p, step: step} }

func (p *place) violation(kind, message string) Violation {
	v := Violation{In: p.in, Kind: kind, Message: message}
	for ; p.up != nil; p = p.up {
		v.Path = append(v.Path, p.step)
	}
	slices.Reverse(v.Path)
	return v
}

// param is the place of a parameter.
func param(in, name string) *place { return (&place{in: in}).down(name) }

// bodyPlace is the place of a body as a whole.
func bodyPlace() *place { return &place{in: "body"} }
