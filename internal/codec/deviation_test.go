package codec_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/codec"
)

// mustDecode decodes a document that must be accepted.
func mustDecode(t *testing.T, doc string) *sample {
	t.Helper()
	v, err := decodeSample(doc)
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return v
}

// requireEncoded fails unless v is encoded leniently as want.
func requireEncoded(t *testing.T, v *sample, want string) {
	t.Helper()
	if got, err := encodeSample(v); err != nil || got != want {
		t.Fatalf("got  %s, %v\nwant %s", got, err, want)
	}
}

func TestNullOfAPlainMemberComesBackUntilItIsSet(t *testing.T) {
	t.Parallel()
	const doc = `{"id":null,"count":null,"at":null,"child":null,"tags":null}`
	v := mustDecode(t, doc)
	requireEncoded(t, v, `{"id":null,"count":null,"at":null,"child":null,"tags":null}`)
	v.ID, v.Count, v.Tags, v.Child.Size = "r", 1, []string{}, 2
	v.At = time.Unix(0, 0).UTC()
	requireEncoded(t, v, `{"id":"r","count":1,"at":"1970-01-01T00:00:00Z","child":{"slug":"","size":2,"seen":"0001-01-01T00:00:00Z"},"tags":[]}`)
}

func TestAbsentRequiredMemberStaysAbsentUntilItIsSet(t *testing.T) {
	t.Parallel()
	v := mustDecode(t, `{}`)
	requireEncoded(t, v, `{}`)
	v.Kind, v.Tags = kindDraft, []string{"a"}
	requireEncoded(t, v, `{"kind":"draft","tags":["a"]}`)
}

func TestNewModelWritesEveryRequiredMember(t *testing.T) {
	t.Parallel()
	var c child
	out, err := marshal(&c, (*child).encode)
	if err != nil || string(out) != `{"slug":"","size":0,"seen":"0001-01-01T00:00:00Z"}` {
		t.Errorf("%s, %v", out, err)
	}
}

func TestUnreadableTimeIsKeptAndSaid(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{`""`, `"0000-00-00"`, `1709281800`, `{"seconds":1}`, `false`, `["x"]`, `"\u0020"`} {
		v := mustDecode(t, `{"at":`+raw+`,"day":`+raw+`,"opt_time":`+raw+`,"opt_date":`+raw+`}`)
		if !v.At.IsZero() || !v.Day.IsZero() || !v.OptTime.IsZero() || !v.OptDate.IsZero() {
			t.Errorf("%s was read as %v %v %v %v", raw, v.At, v.Day, v.OptTime, v.OptDate)
		}
		for _, name := range []string{"at", "day", "opt_time", "opt_date"} {
			if got, ok := v.Extra.Deviation(name); !ok || string(got) != raw {
				t.Errorf("%s: deviation %s, %v, want %s", name, got, ok, raw)
			}
		}
		requireEncoded(t, v, `{"at":`+raw+`,"day":`+raw+`,"opt_time":`+raw+`,"opt_date":`+raw+`}`)
		v.OptTime = sdk.Null[time.Time]()
		v.OptDate = sdk.Optional[dateType]{}
		v.At = time.Unix(1, 0).UTC()
		requireEncoded(t, v, `{"at":"1970-01-01T00:00:01Z","day":`+raw+`,"opt_time":null,"opt_date":`+raw+`}`)
	}
}

func TestBytesThatAreNoBase64AreKeptAndSaid(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{`"plain text"`, `"AQI"`, `"-_-_"`, `[1,2]`, `{"type":"Buffer","data":[1,2]}`, `7`} {
		v := mustDecode(t, `{"blob":`+raw+`}`)
		if got, ok := v.Extra.Deviation("blob"); v.Blob != nil || !ok || string(got) != raw {
			t.Errorf("%s was read as %q, deviation %s", raw, v.Blob, got)
		}
		requireEncoded(t, v, `{"blob":`+raw+`}`)
		v.Blob = []byte("sent")
		requireEncoded(t, v, `{"blob":"c2VudA=="}`)
	}
}

func TestOneUnreadableTimeDoesntFailAPage(t *testing.T) {
	t.Parallel()
	v := mustDecode(t, `{"times":["2024-03-01T08:30:00Z","soon",17,null],"nodes":[{"seen":"soon"},{"slug":"b"}]}`)
	if len(v.Times) != 4 || v.Times[0].IsZero() || !v.Times[1].IsZero() || len(v.Nodes) != 2 || v.Nodes[1].Slug != "b" {
		t.Errorf("%+v", v)
	}
}

func TestLastOfSeveralMembersWinsWhole(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		`{"id":"a","id":"b"}`:                           `{"id":"b"}`,
		`{"id":"a","id":null}`:                          `{"id":null}`,
		`{"id":null,"id":""}`:                           `{"id":""}`,
		`{"at":"soon","at":"0001-01-01T00:00:00Z"}`:     `{"at":"0001-01-01T00:00:00Z"}`,
		`{"child":{"slug":"a","x":1},"child":{"y":2}}`:  `{"child":{"y":2}}`,
		`{"tags":["a","b"],"tags":["c"]}`:               `{"tags":["c"]}`,
		`{"labels":{"a":"1"},"labels":{"b":"2"}}`:       `{"labels":{"b":"2"}}`,
		`{"labels":{"a":"1","a":null}}`:                 `{"labels":{"a":""}}`,
		`{"x":1,"x":2}`:                                 `{"x":2}`,
		`{"opt_string":"a","opt_string":null}`:          `{"opt_string":null}`,
		`{"opt_child":{"x":1},"opt_child":{"slug":""}}`: `{"opt_child":{"slug":""}}`,
		`{"opt_time":"soon","opt_time":null}`:           `{"opt_time":null}`,
		`{"opt_time":null,"opt_time":"soon"}`:           `{"opt_time":"soon"}`,
		`{"any":{"a":1},"any":null}`:                    `{"any":null}`,
		`{"blob":"AQI=","blob":null}`:                   `{"blob":null}`,
	} {
		requireEncoded(t, mustDecode(t, doc), want)
	}
}

func TestUnmarshalBeginsFromNothing(t *testing.T) {
	t.Parallel()
	v := mustDecode(t, `{"id":"a","x":1,"opt_bool":true}`)
	if err := json.Unmarshal([]byte(`{"kind":"draft"}`), v); err != nil {
		t.Fatal(err)
	}
	requireEncoded(t, v, `{"kind":"draft"}`)
	if err := json.Unmarshal([]byte(`null`), v); err != nil {
		t.Fatal(err)
	}
	requireEncoded(t, v, `{"kind":"draft"}`)
}

func TestUnknownMembersComeBackUnchanged(t *testing.T) {
	t.Parallel()
	const doc = `{"x": { "deep" : [1.50, 12345678901234567890, "\u00e9"] },"child":{"y":null},"nodes":[{"z":"\ud800"}],"\n":1}`
	v := mustDecode(t, doc)
	requireEncoded(t, v, `{"child":{"y":null},"nodes":[{"z":"\ud800"}],"x":{ "deep" : [1.50, 12345678901234567890, "\u00e9"] },"\n":1}`)
}

func TestUnknownMemberThatTakesADeclaredNameIsNotWrittenTwice(t *testing.T) {
	t.Parallel()
	v := mustDecode(t, `{"id":"r","x":1}`)
	v.Extra.Set("id", json.RawMessage(`"other"`))
	v.Extra.Set("opt_string", json.RawMessage(`"extra"`))
	requireEncoded(t, v, `{"id":"r","x":1,"opt_string":"extra"}`)
	v.OptString = sdk.Some("field")
	requireEncoded(t, v, `{"id":"r","opt_string":"field","x":1}`)
	v.Extra.Delete("x")
	requireEncoded(t, v, `{"id":"r","opt_string":"field"}`)
}

func TestSetOfWhatIsNotJSONIsRefusedWhenEncoding(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"{", "x", "1 2", `"`, "\xef\xbb\xbf1"} {
		var v sample
		v.Child.Extra.Set("x", json.RawMessage(raw))
		out, err := encodeSample(&v)
		var e *codec.RequestError
		if !errors.As(err, &e) || e.Path != "child.x" || out != "" {
			t.Errorf("%s: %s, %v", raw, out, err)
		}
	}
	var v child
	v.Extra.Set("x", nil)
	if out, err := marshal(&v, (*child).encode); err != nil || !strings.HasSuffix(string(out), `"x":null}`) {
		t.Errorf("%s, %v", out, err)
	}
}

func TestCopiesOfAModelDontShareChanges(t *testing.T) {
	t.Parallel()
	v := mustDecode(t, `{"x":1,"y":2}`)
	before := *v
	v.Extra.Set("x", json.RawMessage("3"))
	after := *v
	v.Extra.Delete("y")
	requireEncoded(t, &before, `{"x":1,"y":2}`)
	requireEncoded(t, &after, `{"y":2,"x":3}`)
	requireEncoded(t, v, `{"x":3}`)
}

func TestDecodedModelDoesntNeedTheDocument(t *testing.T) {
	t.Parallel()
	for _, doc := range sampleDocuments {
		want := mustDecode(t, doc)
		data := []byte(doc)
		var got sample
		d := codec.NewDecoder(data)
		if got.decode(d); d.End() != nil {
			t.Fatal(d.Err())
		}
		for i := range data {
			data[i] = 'x'
		}
		d.Reset([]byte(`{"id":"` + strings.Repeat("y", 600) + `","tags":["zzzzzzzzzz"],"at":"y","y":["y"]}`))
		var other sample
		if other.decode(d); d.End() != nil {
			t.Fatal(d.Err())
		}
		requireSame(t, doc, &got, want)
	}
}
