package samples

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Compare is what decides whether a type lost something, so it must see every kind of loss.
func TestCompareSees(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ a, b, diff string }{
		"nothing":                 {`{"a":[1,null,"x"],"b":{}}`, `{"b":{},"a":[1.0,null,"x"]}`, ""},
		"a lost member":           {`{"a":1}`, `{}`, "/a: is lost"},
		"a lost null":             {`{"a":null}`, `{}`, "/a: is lost"},
		"an added member":         {`{}`, `{"a":null}`, "/a: was not there"},
		"a null that became text": {`{"a":null}`, `{"a":""}`, "/a: was <nil>, is "},
		"a rounded number":        {`9007199254740993`, `9007199254740992`, "the whole: was 9007199254740993, is 9007199254740992"},
		"a shorter array":         {`[1,2]`, `[1]`, "the whole: the array changed"},
		"a text for a number":     {`{"a":1}`, `{"a":"1"}`, "/a: was 1, is 1"},
		"the same instant":        {`"2020-01-01T00:00:00.500"`, `"2020-01-01T01:00:00.5+01:00"`, ""},
		"a second value":          {`{"a":1} {"a":2}`, `{"a":1}`, "the original: there is more after the JSON"},
		"another instant":         {`"2020-01-01T00:00:00Z"`, `"2020-01-01T00:00:01Z"`, "the whole: was 2020-01-01T00:00:00Z, is 2020-01-01T00:00:01Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := Compare([]byte(c.a), []byte(c.b)); diff != c.diff {
				t.Errorf("got %q, want %q", diff, c.diff)
			}
		})
	}
}

func TestRunCountsAndFindsLosses(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	folder := filepath.Join(root, "demo", "samples")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"manifest.json": `[{"file":"a.json","method":"GET","path":"/x/{other}","role":"response"},
			{"file":"b.json","method":"GET","path":"/y","role":"response"},
			{"file":"c.json","event":"made","role":"webhook"},
			{"file":"d.json","method":"PUT","path":"/x/{id}","role":"request"},
			{"file":"e.json","method":"PUT","path":"/x/{id}","role":"response"},
			{"file":"f.json","method":"PUT","path":"/x/{id}","role":"error","status":409},
			{"file":"g.json","method":"GET","path":"/x/{id}","role":"response"},
			{"file":"a.json","method":"GET","path":"/x/{id}","role":"respones"}]`,
		"a.json": `{"n":12345678901234567890}`,
		"c.json": `{"data":{"k":null}}`,
		"d.json": `{"method":"PUT","target":"/x/1","headers":{},"body":{"n":1}}`,
		"e.json": `{"n":1,"future":2}`,
		"f.json": `{"n":"x"}`,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	type model struct {
		N int `json:"n"`
	}
	p := Package{
		Name: "demo",
		Operations: []Operation{{ID: "X.Get", Method: "GET", Path: "/x/{id}", Response: RoundTrip[any]}, {
			ID: "X.Put", Method: "PUT", Path: "/x/{id}", Request: RoundTrip[model], Response: RoundTrip[model],
			Errors: map[int]Codec{404: RoundTrip[model]},
		}},
		Events: map[string]Codec{"made": RoundTripEvent[map[string]json.RawMessage, map[string]any]},
	}
	var out strings.Builder
	var losses []string
	if err := p.run(root, &out, func(loss string) { losses = append(losses, loss) }); err != nil {
		t.Fatal(err)
	}
	if want := `a.json: response of GET /x/{other}: kept whole
b.json: no operation: GET /y is not in the document
c.json: webhook made: kept whole
d.json: request of PUT /x/{id}: kept whole
samples: 4 decoded, 3 kept whole, 1 without an operation
`; out.String() != want {
		t.Errorf("printed\n%s", out.String())
	}
	want := []string{
		"e.json: response of PUT /x/{id}: /future: is lost",
		"f.json: error of PUT /x/{id}: decoding as samples.model: ",
		"open " + filepath.Join(folder, "g.json"),
		`a.json: the role "respones" is unknown`,
	}
	if !slices.EqualFunc(losses, want, strings.HasPrefix) {
		t.Errorf("lost %q", losses)
	}
	p.Name = "other"
	if err := p.run(root, io.Discard, func(string) {}); err == nil {
		t.Error("a package without samples passes")
	}
}
