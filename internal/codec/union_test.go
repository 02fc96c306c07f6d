package codec_test

import (
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/codec"
)

func TestDiscriminator(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		doc, want string
		ok        bool
	}{
		{`{"type":"circle","radius":1}`, "circle", true},
		{` { "radius" : {"type":"no"} , "type" : "sq\u0075are" } `, "square", true},
		{`{"type":""}`, "", true},
		{`{"type":"a","type":"b"}`, "b", true},
		{`{"type":"a","type":1}`, "", false},
		{`{"type":1,"type":"a"}`, "a", true},
		{`{"Type":"a"}`, "", false},
		{`{"type":null}`, "", false},
		{`{}`, "", false},
		{`null`, "", false},
		{`["type"]`, "", false},
		{`"type"`, "", false},
		{``, "", false},
		{`{"type":"a"`, "", false},
		{`{"type":"a","x":}`, "", false},
		{`{"type":"a"} x`, "", false},
	} {
		if got, ok := codec.Discriminator([]byte(c.doc), "type"); got != c.want || ok != c.ok {
			t.Errorf("%s: %q, %v", c.doc, got, ok)
		}
	}
}

func TestValueIsExactlyTheBytesOfTheValue(t *testing.T) {
	t.Parallel()
	d := codec.NewDecoder([]byte(` { "a" : {"b" : [ ]} , "c" : "\u00e9" , "d" : -1.5e3 , "e" : null } `))
	if !d.Object() {
		t.Fatal(d.Err())
	}
	var got []string
	for d.Member() {
		got = append(got, string(d.Key())+"="+string(d.Value()))
	}
	if s := strings.Join(got, ";"); s != `a={"b" : [ ]};c="\u00e9";d=-1.5e3;e=null` || d.End() != nil {
		t.Errorf("%s, %v", s, d.Err())
	}
}

func TestMissingNotesWhatWasNotSeen(t *testing.T) {
	t.Parallel()
	var seen codec.Seen
	seen.Add(0)
	seen.Add(2)
	seen.Add(63)
	names := make([]string, 70)
	for i := range names {
		names[i] = strings.Repeat("n", i+1)
	}
	var x sdk.Extra
	codec.Missing(&x, seen, names...)
	for i, name := range names {
		raw, ok := x.Deviation(name)
		if want := i != 0 && i != 2 && i < 63; ok != want || raw != nil {
			t.Errorf("member %d: %s, %v", i, raw, ok)
		}
	}
}

func TestMapsAndSlicesKeepEmptyAndNullApart(t *testing.T) {
	t.Parallel()
	v := mustDecode(t, `{"tags":[],"labels":{},"opt_tags":[]}`)
	if v.Tags == nil || v.Labels == nil {
		t.Errorf("empty became nil: %#v %#v", v.Tags, v.Labels)
	}
	if tags, ok := v.OptTags.Get(); !ok || tags == nil {
		t.Errorf("empty became nil: %#v, %v", tags, ok)
	}
	v = mustDecode(t, `{"tags":null,"labels":null,"opt_tags":null}`)
	if v.Tags != nil || v.Labels != nil || !v.OptTags.IsNull() {
		t.Errorf("null became %#v %#v %v", v.Tags, v.Labels, v.OptTags)
	}
}

func TestElementsOfEverySort(t *testing.T) {
	t.Parallel()
	type everything struct {
		secrets []sdk.Secret
		raws    []any
	}
	var v everything
	doc := `[["s3cret",null,""],[{"a":1},null,"x"]]`
	i := 0
	err := codec.Unmarshal([]byte(doc), &v, func(v *everything, d *codec.Decoder) {
		var rows []struct{}
		var x sdk.Extra
		codec.Slice(d, &rows, &x, func(_ *struct{}, d *codec.Decoder) {
			if i++; i == 1 {
				codec.SliceElem(codec.SecretElem)(&v.secrets, d)
			} else {
				codec.SliceElem(codec.AnyElem)(&v.raws, d)
			}
		})
	})
	if err != nil || len(v.secrets) != 3 || v.secrets[0].Reveal() != "s3cret" || !v.secrets[1].IsZero() || len(v.raws) != 3 || v.raws[1] != nil {
		t.Errorf("%+v, %v", v, err)
	}
	secrets, err := marshal(&v.secrets, codec.SliceOut(codec.SecretOut))
	if err != nil || string(secrets) != `["s3cret","",""]` {
		t.Errorf("%s, %v", secrets, err)
	}
	var m map[string]map[string][]bool
	nested := codec.MapElem(codec.MapElem(codec.SliceElem(codec.BoolElem)))
	if err := codec.Unmarshal([]byte(`{"a":{"b":[true,null]},"c":null}`), &m, nested); err != nil || !m["a"]["b"][0] || m["a"]["b"][1] || m["c"] != nil {
		t.Errorf("%v, %v", m, err)
	}
	out, err := marshal(&m, codec.MapOut(codec.MapOut(codec.SliceOut(codec.BoolOut))))
	if err != nil || string(out) != `{"a":{"b":[true,false]},"c":{}}` {
		t.Errorf("%s, %v", out, err)
	}
}
