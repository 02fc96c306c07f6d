package codec_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/wharfinger/sdk"
)

// strip makes two samples comparable: times in UTC, and what is kept in Extra
// taken out, in the order in which the samples hold it.
func strip(v *sample) []map[string]string {
	var extras []map[string]string
	take := func(x *sdk.Extra, declared []string) {
		m := map[string]string{}
		for name, raw := range x.All() {
			m["member "+name] = string(raw)
		}
		for _, name := range declared {
			if raw, ok := x.Deviation(name); ok {
				m["deviation "+name] = string(raw)
			}
		}
		extras = append(extras, m)
		*x = sdk.Extra{}
	}
	var stripChild func(c *child)
	stripChild = func(c *child) {
		c.Seen = c.Seen.UTC()
		take(&c.Extra, []string{"slug", "size", "seen", "note", "under"})
		for i := range c.Under {
			stripChild(&c.Under[i])
		}
	}
	// A null array in an array is an empty one when it comes back.
	for i := range v.Grid {
		v.Grid[i] = slices.Concat([]int64{}, v.Grid[i])
	}
	for name := range v.Counts {
		v.Counts[name] = slices.Concat([]int64{}, v.Counts[name])
	}
	take(&v.Extra, slices.Sorted(maps.Keys(oracleFields(v))))
	v.At = v.At.UTC()
	for i := range v.Times {
		v.Times[i] = v.Times[i].UTC()
	}
	if t := v.OptTime.Ptr(); t != nil {
		*t = t.UTC()
	}
	stripChild(&v.Child)
	if c := v.OptChild.Ptr(); c != nil {
		stripChild(c)
	}
	for i := range v.Nodes {
		stripChild(&v.Nodes[i])
	}
	for _, name := range slices.Sorted(maps.Keys(v.Byname)) {
		c := v.Byname[name]
		stripChild(&c)
		v.Byname[name] = c
	}
	return extras
}

// requireSame fails when the two samples differ. It changes both.
func requireSame(t *testing.T, what string, got, want *sample) {
	t.Helper()
	gotExtras, wantExtras := strip(got), strip(want)
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s:\n got %+v\nwant %+v", what, got, want)
	}
	if !reflect.DeepEqual(gotExtras, wantExtras) {
		t.Fatalf("%s: kept\n got %v\nwant %v", what, gotExtras, wantExtras)
	}
}

// checkSample holds one document against the oracle and takes it round. It
// returns the error of decoding.
func checkSample(t *testing.T, doc string) error {
	t.Helper()
	got, err := decodeSample(doc)
	want, wantErr := oracleSample([]byte(doc))
	if (err == nil) != (wantErr == nil) && !(err != nil && hasDuplicates([]byte(doc))) {
		t.Fatalf("%q: error %v, encoding/json %v", doc, err, wantErr)
	}
	if err != nil {
		return err
	}
	out, err := encodeSample(got)
	if err != nil {
		t.Fatalf("%q: encoding again: %v", doc, err)
	}
	checkMembers(t, doc, out)
	again, err := decodeSample(out)
	if err != nil {
		t.Fatalf("%q: decoding %q: %v", doc, out, err)
	}
	if twice, err := encodeSample(again); err != nil || twice != out {
		t.Fatalf("%q: encoded as %q and then as %q, %v", doc, out, twice, err)
	}
	var viaStd sample
	if err := json.Unmarshal([]byte(doc), &viaStd); err != nil {
		t.Fatalf("%q: json.Unmarshal: %v", doc, err)
	}
	if b, err := json.Marshal(viaStd); err != nil || !json.Valid(b) {
		t.Fatalf("%q: json.Marshal: %q, %v", doc, b, err)
	}
	requireSame(t, doc, got, want)
	strip(again)
	if !reflect.DeepEqual(got, again) {
		t.Fatalf("%q: round trip through %q:\n got %+v\nwant %+v", doc, out, again, got)
	}
	return nil
}

// checkMembers fails unless both documents have the same members.
func checkMembers(t *testing.T, in, out string) {
	t.Helper()
	before, err1 := oracleMembers([]byte(in))
	after, err2 := oracleMembers([]byte(out))
	if err1 != nil || err2 != nil {
		t.Fatalf("%q became %q: %v, %v", in, out, err1, err2)
	}
	b, a := slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after))
	if !slices.Equal(a, b) {
		t.Fatalf("%q became %q: members %q, want %q", in, out, a, b)
	}
}
