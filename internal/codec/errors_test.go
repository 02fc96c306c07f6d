package codec_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wharfinger/sdk/internal/codec"
)

func TestErrorsSayWhere(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		`{"id":1}`:                                     "id",
		`{"nodes":[{},{},{},{"slug":1}]}`:              "nodes[3].slug",
		`{"nodes":[{"under":[{},{"size":"x"}]}]}`:      "nodes[0].under[1].size",
		`{"id":"a","child":{"slug":"b","size":{}}}`:    "child.size",
		`{"child":{"slug":"b"},"tags":[[]]}`:           "tags[0]",
		`{"grid":[[1],[2,3.5]]}`:                       "grid[1][1]",
		`{"labels":{"a@b.c":"x","d@e.f":1}}`:           "labels.*",
		`{"byname":{"d@e.f":{"slug":1}}}`:              "byname.*.slug",
		`{"any":{"inner":[1,tru]}}`:                    "any",
		`{"free":{"k":{"inner":nul}}}`:                 "free.*",
		`{"x":{"inner":nul}}`:                          "x",
		`{"x y":nul}`:                                  "*",
		`{"opt_child":{"under":[{"slug":0}]}}`:         "opt_child.under[0].slug",
		`{"count":1.5}`:                                "count",
		`{"count":99999999999999999999}`:               "count",
		`{"id":"a" "kind":"b"}`:                        "id",
		`{"id":"a","kin`:                               "",
		`[]`:                                           "",
		`{} x`:                                         "",
		`{"nodes":[{"slug":"\u12"}]}`:                  "nodes[0].slug",
		`{"a,b":1,"c":"}{][,\"","nodes":[{"slug":0}]}`: "nodes[0].slug",
	} {
		_, err := decodeSample(doc)
		var e *codec.Error
		if !errors.As(err, &e) || e.Path != want {
			t.Errorf("%s: %v, want path %q", doc, err, want)
		}
	}
}

func TestErrorsHoldNothingOfTheDocument(t *testing.T) {
	t.Parallel()
	const secret = "s3cret"
	for _, doc := range []string{
		`{"token":["` + secret + `"]}`, `{"count":"` + secret + `"}`, `{"labels":{"` + secret + `":1}}`, `{"any":{"` + secret + `":x}}`,
		`{"free":{"` + secret + `":{"` + secret + `":x}}}`, `{"x":{"` + secret + `":x}}`, `{"raw":{"` + secret + `":x}}`,
		`{"id":"` + secret, `{"byname":{"` + secret + `":{"slug":0}}}`, secret, `{"` + strings.Repeat(secret, 20) + `":x}`,
		`{"counts":{"` + secret + `":{}}}`,
	} {
		_, err := decodeSample(doc)
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", doc, err)
		}
	}
}

func TestErrorsReadWell(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		`{"nodes":[{"slug":7}]}`:    "json: nodes[0].slug: expected a string, not a number at offset 18",
		`{"id":"a"`:                 "json: id: unexpected end of the document at offset 9",
		``:                          "json: unexpected end of the document at offset 0",
		`<html>`:                    "json: expected an object, not something that isn't JSON at offset 0",
		`null`:                      "json: expected an object, not null at offset 0",
		`{"active":"yes"}`:          "json: active: expected a boolean, not a string at offset 10",
		`{"small":3000000000}`:      "json: small: number doesn't fit into an integer of 32 bits at offset 9",
		`{"ratio":1e999}`:           "json: ratio: number doesn't fit into a float of 64 bits at offset 9",
		`{"id":"a"}{}`:              "json: data after the end of the document at offset 10",
		`{"x":` + nest(20000) + `}`: "json: x: nested too deeply at offset 10004",
	} {
		if _, err := decodeSample(doc); err == nil || err.Error() != want {
			t.Errorf("%.40s: %v, want %s", doc, err, want)
		}
	}
}

func TestPathOfADeepPlaceIsShort(t *testing.T) {
	t.Parallel()
	doc := strings.Repeat(`{"under":[`, 4000) + `{"slug":0}`
	var c child
	err := codec.Unmarshal([]byte(doc), &c, (*child).decode)
	if err == nil || len(err.Error()) > 400 || !strings.Contains(err.Error(), "…") {
		t.Errorf("%v", err)
	}
}

func TestNothingHappensAfterAnError(t *testing.T) {
	t.Parallel()
	d := codec.NewDecoder([]byte(`{"a":1,"b":2}`))
	if !d.Object() || !d.Member() {
		t.Fatal(d.Err())
	}
	var s string
	codec.StringElem(&s, d)
	first := d.Err()
	var c child
	codec.Slice(d, &c.Under, &c.Extra, (*child).decode)
	codec.Unknown(d, &c.Extra)
	codec.Time(d, &c.Seen, &c.Extra)
	var v any
	codec.Any(d, &v, &c.Extra)
	if d.Member() || d.Object() || d.Value() != nil || c.Extra.Len() > 0 || len(c.Under) > 0 || v != nil || s != "" {
		t.Errorf("%+v, %v, %q", c, v, s)
	}
	if first == nil || d.Err().Error() != first.Error() || d.End().Error() != first.Error() {
		t.Errorf("%v, then %v", first, d.Err())
	}
	if d.Reset([]byte(`"x"`)); d.Err() != nil {
		t.Errorf("after Reset: %v", d.Err())
	}
	if codec.StringElem(&s, d); s != "x" || d.End() != nil {
		t.Errorf("after Reset: %q, %v", s, d.Err())
	}
}
