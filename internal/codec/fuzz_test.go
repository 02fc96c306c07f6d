package codec_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk/internal/codec"
)

// FuzzSample holds decoding, encoding and the way round against encoding/json.
func FuzzSample(f *testing.F) {
	for _, c := range acceptance {
		f.Add(c.doc)
	}
	for _, doc := range sampleDocuments {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		_ = checkSample(t, doc)
	})
}

// FuzzRandomDocument does the same with documents of the right shape, which
// mutation alone seldom finds.
func FuzzRandomDocument(f *testing.F) {
	for seed := range uint64(16) {
		f.Add(seed << 32)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		_ = checkSample(t, randomDocument(seed))
	})
}

// FuzzValue holds the skipping of values, and the free-form reader, against
// encoding/json.
func FuzzValue(f *testing.F) {
	for _, c := range acceptance {
		f.Add(c.doc)
	}
	for _, doc := range valueDocuments {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		valid := json.Valid([]byte(doc))
		d := codec.NewDecoder([]byte(doc))
		raw := d.Value()
		if err := d.End(); (err == nil) != valid {
			t.Fatalf("%q: %v, valid %v", doc, err, valid)
		}
		if valid && string(raw) != strings.Trim(doc, " \t\r\n") {
			t.Fatalf("%q: value %q", doc, raw)
		}
		var v any
		if err := codec.Unmarshal([]byte(doc), &v, codec.AnyElem); (err == nil) != valid {
			t.Fatalf("%q: free-form %v, valid %v", doc, err, valid)
		}
		if !valid {
			return
		}
		out, err := marshal(&v, codec.AnyOut)
		if err != nil {
			t.Fatal(err)
		}
		if want, got := canonical(t, []byte(doc)), canonical(t, out); got != want {
			t.Fatalf("%q became %q", want, got)
		}
	})
}

// canonical encodes a document with encoding/json.
func canonical(t *testing.T, doc []byte) string {
	t.Helper()
	b, err := json.Marshal(oracleAny(doc))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// FuzzText holds strings, with and without escapes, against encoding/json.
func FuzzText(f *testing.F) {
	for _, s := range texts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out, err := marshal(&s, codec.StringOut)
		if err != nil {
			t.Fatal(err)
		}
		var want string
		if err := json.Unmarshal(out, &want); err != nil {
			t.Fatalf("%q was written as %q: %v", s, out, err)
		}
		if want != toValid(s) {
			t.Fatalf("%q was written as %q", s, out)
		}
		quoted := `"` + s + `"`
		var got string
		want = ""
		err, wantErr := codec.Unmarshal([]byte(quoted), &got, codec.StringElem), json.Unmarshal([]byte(quoted), &want)
		if (err == nil) != (wantErr == nil) || err == nil && got != want {
			t.Fatalf("%q: %q, %v; encoding/json %q, %v", quoted, got, err, want, wantErr)
		}
	})
}

// toValid replaces each byte that isn't UTF-8.
func toValid(s string) string { return string([]rune(s)) }

// FuzzTime holds times against time.Parse.
func FuzzTime(f *testing.F) {
	for _, c := range times {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, s string) {
		raw, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var got time.Time
		if err := codec.Unmarshal(raw, &got, codec.TimeElem); err != nil {
			t.Fatal(err)
		}
		want, ok := oracleTime(raw)
		if !ok {
			want = time.Time{}
		}
		if !got.Equal(want) {
			t.Fatalf("%q: %v, want %v", s, got, want)
		}
	})
}

// FuzzDiscriminator holds the discriminator against encoding/json.
func FuzzDiscriminator(f *testing.F) {
	for _, doc := range []string{`{"type":"a"}`, `{"type":1}`, `{"type":"a","type":"b"}`, `{"x":{"type":"no"}}`, `[]`, `null`, `{"type":"a"`, `{"\u0074ype":"\n"} `} {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		got, ok := codec.Discriminator([]byte(doc), "type")
		members, err := oracleMembers([]byte(doc))
		var want *string
		if err == nil && members["type"] != nil {
			if json.Unmarshal(members["type"], &want) != nil {
				want = nil
			}
		}
		if ok != (want != nil) || ok && got != *want {
			t.Fatalf("%q: %q, %v", doc, got, ok)
		}
	})
}
