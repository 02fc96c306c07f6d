package samples_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wharfinger/sdk/internal/samples"
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
		"another instant":         {`"2020-01-01T00:00:00Z"`, `"2020-01-01T00:00:01Z"`, "the whole: was 2020-01-01T00:00:00Z, is 2020-01-01T00:00:01Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := samples.Compare([]byte(c.a), []byte(c.b)); diff != c.diff {
				t.Errorf("got %q, want %q", diff, c.diff)
			}
		})
	}
}

func TestRunCountsAndFindsLosses(t *testing.T) {
	root := t.TempDir()
	folder := filepath.Join(root, "demo", "samples")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("manifest.json", `[{"file":"a.json","method":"GET","path":"/x/{other}","role":"response"},
		{"file":"b.json","method":"GET","path":"/y","role":"response"},
		{"file":"c.json","event":"made","role":"webhook"},
		{"file":"d.json","method":"PUT","path":"/x/{id}","role":"request"}]`)
	write("d.json", `{"method":"PUT","target":"/x/1","headers":{},"body":{"n":1}}`)
	write("a.json", `{"n":12345678901234567890}`)
	write("c.json", `{"data":{"k":null}}`)
	t.Setenv("SDK_SAMPLES", root)
	samples.Run(t, samples.Package{
		Name: "demo",
		Operations: []samples.Operation{{ID: "X.Get", Method: "GET", Path: "/x/{id}", Response: samples.RoundTrip[any]}, {
			ID: "X.Put", Method: "PUT", Path: "/x/{id}", Request: func(body []byte) ([]byte, error) {
				if string(body) != `{"n":1}` {
					t.Errorf("a captured request gave %s", body)
				}
				return body, nil
			},
		}},
		Events: map[string]samples.Codec{"made": samples.RoundTripEvent[map[string]json.RawMessage, map[string]any]},
	})
	if _, err := samples.RoundTrip[struct{ A int }]([]byte(`{"A":"x"}`)); err == nil || !strings.Contains(err.Error(), "decoding as") {
		t.Errorf("a payload of another type: %v", err)
	}
}
