package openapi_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
)

// finding is one fault of a document.
type finding struct {
	file    string // name of the file
	place   string // the operation or schema, and where in it
	problem string
}

func (f finding) String() string { return f.file + ": " + f.place + ": " + f.problem }

// linter checks one document against the conventions of this project. It gathers every fault instead of stopping at
// the first.
type linter struct {
	file     string
	doc      *openapi3.T
	findings []finding
}

// lint returns the faults of a document, in a stable order.
func lint(file string, text []byte) []finding {
	l := &linter{file: file}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		l.add("document", "can't be read: %s", firstLine(err))
		return l.findings
	}
	l.doc = doc
	l.standard()
	l.root()
	l.webhooks()
	l.operations()
	l.schemas()
	l.unused()
	return l.findings
}

func (l *linter) add(place, format string, args ...any) {
	l.findings = append(l.findings, finding{l.file, place, fmt.Sprintf(format, args...)})
}

// standard reports what kin-openapi's own validator finds, with examples validated.
func (l *linter) standard() {
	err := l.doc.Validate(context.Background(), openapi3.EnableExamplesValidation(), openapi3.EnableMultiError())
	for _, err := range flatten(err) {
		l.add("document", "%s", firstLine(err))
	}
}

// root checks what stands outside the paths and components.
func (l *linter) root() {
	if l.doc.OpenAPI != "3.0.3" {
		l.add("openapi", "is %s, want 3.0.3", l.doc.OpenAPI)
	}
	l.text("info.description", l.doc.Info.Description)
	if len(l.doc.Servers) == 0 {
		l.add("servers", "there is none")
	}
	for i, server := range l.doc.Servers {
		place := fmt.Sprintf("servers[%d]", i)
		if !strings.HasPrefix(server.URL, "https://") || strings.HasSuffix(server.URL, "/") {
			l.add(place, "url %q must be https and have no slash at its end", server.URL)
		}
		l.text(place+".description", server.Description)
	}
	if len(l.doc.Security) == 0 {
		l.add("security", "there is none")
	}
	for _, tag := range l.doc.Tags {
		l.text("tag "+tag.Name, tag.Description)
		l.extensions("tag "+tag.Name, tag.Extensions, "x-level")
		acronym := tag.Name == strings.ToUpper(tag.Name) // such as KV
		if !exported(tag.Name) || !acronym && !strings.HasSuffix(tag.Name, "s") {
			l.add("tag "+tag.Name, "must be a plural in Go case, such as Releases")
		}
	}
	l.extensions("document", l.doc.Extensions, "x-client", "x-error-codes", "x-webhooks")
	l.client()
	l.errorCodes("document", l.doc.Extensions)
}

// text checks prose that stands for itself: a description of a tag, an operation, an answer.
func (l *linter) text(place, text string) {
	switch text = strings.TrimSpace(text); {
	case text == "":
		l.add(place, "has no description")
	case !strings.HasSuffix(text, "."):
		l.add(place, "description must end with a full stop")
	}
}

// clause checks the description of something named: in Go it is read after the name ("Limit is the largest number…").
func (l *linter) clause(place, text string) {
	l.text(place, text)
	first, _ := utf8.DecodeRuneInString(text)
	if unicode.IsUpper(first) {
		l.add(place, "description must go on after the name, and so begin in lower case")
	}
}

// flatten returns the single errors of a tree of them.
func flatten(err error) []error {
	if err == nil {
		return nil
	}
	// Not errors.As: what wraps a list of errors says where they are.
	many, ok := err.(openapi3.MultiError)
	if !ok {
		return []error{err}
	}
	var all []error
	for _, one := range many {
		all = append(all, flatten(one)...)
	}
	return all
}

// firstLine keeps findings to one line: kin-openapi adds the schema and the value on the lines after it.
func firstLine(err error) string {
	line, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	return line
}

// exported tells whether a name is an exported Go identifier without underscores.
func exported(name string) bool {
	for i, r := range name {
		if i == 0 && !unicode.IsUpper(r) || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return name != ""
}

// sorted returns the keys of a map in order, so that findings come in the same order each time.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
