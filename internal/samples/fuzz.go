package samples

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Fuzz decodes JSON as each type of the package, beginning with the examples of its document. What is accepted must be
// the same when it is encoded again, as encoding/json sees it, and must not change any more after that. Two losses are
// known and allowed: a number is rounded to the float64 that its field holds, and a null in an array or a map becomes the
// zero value of its element.
func Fuzz(f *testing.F, p Package) {
	codecs, examples := p.codecs(), examples(f, p.Name)
	for i, c := range codecs {
		f.Add(uint16(i), plain()[i%len(plain())], uint64(i))
		for _, doc := range examples[c.example] {
			f.Add(uint16(i), doc, uint64(i))
		}
	}
	f.Fuzz(func(t *testing.T, which uint16, doc string, seed uint64) {
		c := codecs[int(which)%len(codecs)]
		c.check(t, doc)
		r := rand.New(rand.NewPCG(seed, 0))
		for range 16 {
			c.check(t, mutate(doc, r))
		}
	})
}

// check requires of a document that is accepted that it is the same again.
func (c fuzzed) check(t *testing.T, doc string) {
	t.Helper()
	if !json.Valid([]byte(doc)) || doubled([]byte(doc)) {
		return // of members with the same name the last one counts, and encoding/json would merge them
	}
	again, err := c.codec([]byte(doc))
	if err != nil || strings.TrimSpace(doc) == "null" { // which leaves what is decoded into as it is
		return
	}
	if diff := c.compare(doc, again); diff != "" {
		t.Fatalf("%s: %s\nwas %s\nis  %s", c.name, diff, doc, again)
	}
	last, err := c.codec(again)
	if err != nil || !bytes.Equal(again, last) {
		t.Fatalf("%s: what was encoded isn't stable: %v\nwas %s\nis  %s", c.name, err, again, last)
	}
}

// plain are documents that fit no type, or every one.
func plain() []string {
	return []string{
		`{}`, `null`, `[]`, `""`, `{"future":{"a":[1.50,null,"\ud800"]}}`,
		`{"id":null,"name":null,"createdAt":"yesterday","release":null,"items":[null,{}]}`,
	}
}

// fuzzed is a codec with what it is for.
type fuzzed struct {
	name    string
	example string // whose examples are for it
	codec   Codec
}

// codecs are all of the package, in a fixed order.
func (p Package) codecs() []fuzzed {
	var all []fuzzed
	add := func(name, example string, codec Codec) {
		if codec != nil {
			all = append(all, fuzzed{name, example, codec})
		}
	}
	for _, op := range p.Operations {
		add("the request of "+op.ID, op.ID+" request", op.Request)
		add("the answer of "+op.ID, op.ID+" answer", op.Response)
	}
	for _, op := range p.Operations {
		for status := range 600 {
			add(fmt.Sprintf("error %d of %s", status, op.ID), op.ID+" error", op.Errors[status])
		}
		if len(op.Errors) > 0 {
			break // the others have the same
		}
	}
	for event, codec := range p.Events {
		add("the event "+event, "", codec)
	}
	slices.SortFunc(all, func(a, b fuzzed) int { return strings.Compare(a.name, b.name) })
	return all
}

// compare is Compare with what the types can't hold left out.
func (c fuzzed) compare(doc string, again []byte) string {
	a, err := parse([]byte(doc))
	if err != nil {
		return "accepted, but not JSON: " + err.Error()
	}
	b, err := parse(again)
	if err != nil {
		return "not JSON: " + err.Error()
	}
	return compare("", a, b, func(parent, was, is any) bool {
		switch was := was.(type) {
		case json.Number:
			is, ok := is.(json.Number)
			return ok && rounded(was, is)
		case nil:
			members, ok := parent.(map[string]any)
			return is != nil && (!ok || c.isMap(a, members))
		}
		return false
	})
}

// rounded tells whether b is the float64 nearest to a.
func rounded(a, b json.Number) bool {
	x, err := a.Float64()
	y, err2 := b.Float64()
	return err == nil && err2 == nil && x == y
}

// isMap tells whether an object of a document is read as a map, by another name for a member that is null: under a name
// that isn't declared an object with declared members keeps the null.
func (c fuzzed) isMap(doc any, object map[string]any) bool {
	const other = "a name that no document declares"
	object[other] = nil
	defer delete(object, other)
	text, err := json.Marshal(doc)
	if err != nil {
		return false
	}
	if text, err = c.codec(text); err != nil {
		return false
	}
	again, err := parse(text)
	if err != nil {
		return false
	}
	value, ok := find(again, other)
	return ok && value != nil
}

// find looks for a member anywhere in a document.
func find(doc any, name string) (any, bool) {
	switch v := doc.(type) {
	case map[string]any:
		if value, ok := v[name]; ok {
			return value, true
		}
		for _, member := range v {
			if value, ok := find(member, name); ok {
				return value, true
			}
		}
	case []any:
		for _, element := range v {
			if value, ok := find(element, name); ok {
				return value, true
			}
		}
	}
	return nil, false
}

// doubled tells whether an object of a document has two members of the same name.
func doubled(doc []byte) bool {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	return doubledIn(d)
}

func doubledIn(d *json.Decoder) bool {
	token, err := d.Token()
	if err != nil {
		return true
	}
	opening, ok := token.(json.Delim)
	if !ok {
		return false
	}
	names := map[any]bool{}
	for d.More() {
		if opening == '{' {
			name, err := d.Token()
			if err != nil || names[name] {
				return true
			}
			names[name] = true
		}
		if doubledIn(d) {
			return true
		}
	}
	_, err = d.Token()
	return err != nil
}
