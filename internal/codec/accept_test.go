package codec_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wharfinger/sdk/internal/codec"
)

// acceptance says what a decoder takes and what it refuses. id is what the
// member of that name must read as.
var acceptance = []struct {
	name string
	doc  string
	ok   bool
	id   string
}{
	{"valid", `{"id":"r","kind":"draft","count":1,"at":"2024-03-01T08:30:00Z"}`, true, "r"},
	{"unknown field", `{"id":"r","nobody":{"knows":[1,"it"]}}`, true, "r"},
	{"unknown enum", `{"id":"r","kind":"obsolete"}`, true, "r"},
	{"missing required", `{"id":"r"}`, true, "r"},
	{"null for non-nullable", `{"id":"r","count":null,"at":null,"tags":null}`, true, "r"},
	{"wrong type", `{"id":"r","count":"1"}`, false, ""},
	{"1.0 into int64", `{"id":"r","count":1.0}`, false, ""},
	{"1e2 into int64", `{"id":"r","count":1e2}`, false, ""},
	{"int64 overflow", `{"id":"r","count":9223372036854775808}`, false, ""},
	{"leading zero", `{"id":"r","count":01}`, false, ""},
	{"leading zero in unknown", `{"id":"r","x":01}`, false, ""},
	{"bad literal in unknown", `{"id":"r","x":nul}`, false, ""},
	{"garbage in unknown object", `{"id":"r","x":{"a":1 "b":2}}`, false, ""},
	{"garbage in unknown array", `{"id":"r","x":[1 2]}`, false, ""},
	{"bad escape in unknown", `{"id":"r","x":"\q"}`, false, ""},
	{"trailing comma", `{"id":"r",}`, false, ""},
	{"trailing data", `{"id":"r"}{"id":"s"}`, false, ""},
	{"trailing html", `{"id":"r"}<html>`, false, ""},
	{"trailing white space", "\r\n\t {\"id\" : \"r\" } \n", true, "r"},
	{"control char", "{\"id\":\"r\n\"}", false, ""},
	{"bad escape", `{"id":"\x72"}`, false, ""},
	{"bad unicode escape", `{"id":"\u12g4"}`, false, ""},
	{"invalid utf8", "{\"id\":\"r\xff\"}", true, "r\ufffd"},
	{"lone surrogate", `{"id":"r\ud800"}`, true, "r\ufffd"},
	{"duplicate name", `{"id":"r","id":"r2"}`, true, "r2"},
	{"case-folded name", `{"ID":"r"}`, true, ""},
	{"truncated", `{"id":"r"`, false, ""},
	{"BOM", "\ufeff" + `{"id":"r"}`, false, ""},
	{"bad date", `{"id":"r","at":"yesterday","day":"31.12.2024"}`, true, "r"},
	{"date with comma", `{"id":"r","at":"2024-03-01T08:30:00,5Z"}`, true, "r"},
	{"nest 9000 in unknown", `{"id":"r","x":` + nest(9000) + `}`, true, "r"},
	{"nest 20000 in unknown", `{"id":"r","x":` + nest(20000) + `}`, false, ""},
	{"nest 9000 in free-form", `{"id":"r","any":` + nest(9000) + `}`, true, "r"},
	{"nest 20000 in free-form", `{"id":"r","any":` + nest(20000) + `}`, false, ""},
	{"null document", `null`, false, ""},
	{"array document", `[]`, false, ""},
	{"empty document", ``, false, ""},
	{"white space", `  `, false, ""},
	{"single quotes", `{'id':'r'}`, false, ""},
	{"comment", `{"id":"r"/* no */}`, false, ""},
	{"no colon", `{"id" "r"}`, false, ""},
	{"two commas", `{"id":"r",,"count":1}`, false, ""},
	{"leading comma", `{,"id":"r"}`, false, ""},
	{"name without quotes", `{id:"r"}`, false, ""},
	{"NaN", `{"id":"r","ratio":NaN}`, false, ""},
	{"1e400", `{"id":"r","ratio":1e400}`, false, ""},
	{"1e400 in free-form", `{"id":"r","any":1e400}`, true, "r"},
	{"int32 overflow", `{"id":"r","small":2147483648}`, false, ""},
	{"plus sign", `{"id":"r","count":+1}`, false, ""},
	{"point without digits", `{"id":"r","ratio":1.}`, false, ""},
	{"digits without point", `{"id":"r","ratio":.5}`, false, ""},
	{"exponent without digits", `{"id":"r","ratio":1e}`, false, ""},
	{"only a minus", `{"id":"r","count":-}`, false, ""},
	{"number then letters", `{"id":"r","count":1x}`, false, ""},
	{"object for string", `{"id":{}}`, false, ""},
	{"string for bool", `{"id":"r","active":"true"}`, false, ""},
	{"object for array", `{"id":"r","tags":{}}`, false, ""},
	{"array for object", `{"id":"r","child":[]}`, false, ""},
	{"not base64", `{"id":"r","blob":"?"}`, true, "r"},
	{"array for base64", `{"id":"r","blob":[1,2]}`, true, "r"},
	{"string without an end for base64", `{"id":"r","blob":"AQID}`, false, ""},
	{"name with an escape", `{"\u0069d":"r"}`, true, "r"},
	{"null character in a string", "{\"id\":\"\x00\"}", false, ""},
	{"escaped null character", `{"id":"\u0000"}`, true, "\x00"},
	{"delete character", "{\"id\":\"\x7f\"}", true, "\x7f"},
	{"line separators", "{\"id\":\"\u2028\u2029\"}", true, "\u2028\u2029"},
}

// nest returns n arrays inside one another.
func nest(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

func TestAcceptsAndRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range acceptance {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := checkSample(t, c.doc)
			if (err == nil) != c.ok {
				t.Fatalf("error %v, want accepted %v", err, c.ok)
			}
			if err == nil {
				v, _ := decodeSample(c.doc)
				if v.ID != c.id {
					t.Errorf("id %q, want %q", v.ID, c.id)
				}
				return
			}
			if e := (*codec.Error)(nil); !errors.As(err, &e) || e.Msg == "" || e.Offset < 0 || e.Offset > len(c.doc) {
				t.Errorf("error %#v", err)
			}
		})
	}
}

func TestDepthLimitIsThatOfEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, member := range []string{"x", "any", "raw"} {
		for _, n := range []int{9998, 9999, 10000, 10001} {
			_ = checkSample(t, `{"`+member+`":`+nest(n)+`}`)
		}
	}
	for n, want := range map[int]bool{4900: true, 5100: false} {
		doc := strings.Repeat(`{"under":[`, n) + strings.Repeat("]}", n)
		var c child
		if err := codec.Unmarshal([]byte(doc), &c, (*child).decode); (err == nil) != want {
			t.Errorf("%d levels of a model: %v", n, err)
		}
	}
}

func TestDocumentCutOffAnywhereIsRefused(t *testing.T) {
	t.Parallel()
	for _, doc := range sampleDocuments {
		doc = strings.TrimSpace(doc)
		for n := range len(doc) {
			if _, err := decodeSample(doc[:n]); err == nil {
				t.Fatalf("%q was accepted", doc[:n])
			}
		}
	}
}

func TestDocumentChangedAnywhereIsReadAsEncodingJSONDoes(t *testing.T) {
	t.Parallel()
	const bytes = "\"\\{}[],:0-.eEntf \x00\x1f\x7f\xff"
	for n, doc := range sampleDocuments {
		for i := range len(doc) {
			for j := range 5 { // not the same five everywhere, and not all: there are many places
				changed := []byte(doc)
				changed[i] = bytes[(n+5*i+j)%len(bytes)]
				_ = checkSample(t, string(changed))
			}
		}
	}
}

func TestDocumentsAreTakenRound(t *testing.T) {
	t.Parallel()
	for _, doc := range sampleDocuments {
		if err := checkSample(t, doc); err != nil {
			t.Errorf("%q: %v", doc, err)
		}
	}
}
