package sdk_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
)

func TestOptionalKeepsAbsentNullAndValueApart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name             string
		o                sdk.Optional[int]
		value, or        int
		ok, null, absent bool
		json, text       string
	}{
		{"absent", sdk.Optional[int]{}, 0, 7, false, false, true, "null", "absent"},
		{"null", sdk.Null[int](), 0, 7, false, true, false, "null", "null"},
		{"zero value", sdk.Some(0), 0, 0, true, false, false, "0", "0"},
		{"value", sdk.Some(3), 3, 3, true, false, false, "3", "3"},
	} {
		v, ok := c.o.Get()
		if v != c.value || ok != c.ok || c.o.Or(7) != c.or || c.o.IsNull() != c.null || c.o.IsZero() != c.absent {
			t.Errorf("%s: Get %d %v, Or %d, IsNull %v, IsZero %v", c.name, v, ok, c.o.Or(7), c.o.IsNull(), c.o.IsZero())
		}
		if b, err := json.Marshal(c.o); err != nil || string(b) != c.json {
			t.Errorf("%s: marshaled as %s, %v", c.name, b, err)
		}
		if s := fmt.Sprint(c.o); s != c.text {
			t.Errorf("%s: printed as %q", c.name, s)
		}
		if p := c.o.Ptr(); (p != nil) != c.ok || p != nil && *p != c.value {
			t.Errorf("%s: Ptr %v", c.name, p)
		}
	}
}

func TestOptionalChangesInPlace(t *testing.T) {
	t.Parallel()
	o := sdk.Some([]string{"a"})
	*o.Ptr() = append(*o.Ptr(), "b")
	if got := o.Or(nil); len(got) != 2 {
		t.Errorf("%v", got)
	}
}

func TestOptionalIsComparable(t *testing.T) {
	t.Parallel()
	a, b := sdk.Some("a"), sdk.Some("a")
	if a != b || sdk.Some("") == sdk.Null[string]() || sdk.Null[string]() == (sdk.Optional[string]{}) {
		t.Error("comparison is wrong")
	}
}

func TestOptionalInAStructOfTheUsersOwn(t *testing.T) {
	t.Parallel()
	type patch struct {
		Name  sdk.Optional[string] `json:"name,omitzero"`
		Size  sdk.Optional[int]    `json:"size,omitzero"`
		Ready sdk.Optional[bool]   `json:"ready,omitzero"`
	}
	in := patch{Name: sdk.Null[string](), Ready: sdk.Some(false)}
	b, err := json.Marshal(in)
	if err != nil || string(b) != `{"name":null,"ready":false}` {
		t.Fatalf("%s, %v", b, err)
	}
	var out patch
	if err := json.Unmarshal(b, &out); err != nil || out != in {
		t.Errorf("%+v, %v, want %+v", out, err, in)
	}
	if err := json.Unmarshal([]byte(`{"size":"x"}`), &out); err == nil || !out.Size.IsZero() {
		t.Errorf("a string was read as %v, %v", out.Size, err)
	}
}

func TestOptionalPrintsItsValue(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{"%v": "3", "%d": "3", "%04d": "0003", "%+v": "3", "%#v": "3", "%x": "3"} {
		if got := fmt.Sprintf(format, sdk.Some(3)); got != want {
			t.Errorf("%s: %q, want %q", format, got, want)
		}
	}
	type model struct{ A, B, C sdk.Optional[string] }
	m := model{A: sdk.Some("x"), B: sdk.Null[string]()}
	if got := fmt.Sprintf("%+v", m); got != "{A:x B:null C:absent}" {
		t.Errorf("%s", got)
	}
}

func TestOptionalSecretStaysHidden(t *testing.T) {
	t.Parallel()
	type model struct{ Token sdk.Optional[sdk.Secret] }
	m := model{sdk.Some(sdk.NewSecret("s3cret"))}
	for _, verb := range verbs {
		for _, v := range []any{m, &m, m.Token, &m.Token, []model{m}} {
			if got := fmt.Sprintf("%"+verb, v); strings.Contains(got, "s3cret") || strings.Contains(got, hexSecret) {
				t.Errorf("%%%s of %T shows %s", verb, v, got)
			}
		}
	}
	if b, err := json.Marshal(m); err != nil || strings.Contains(string(b), "s3cret") {
		t.Errorf("%s, %v", b, err)
	}
	var read model
	if err := json.Unmarshal([]byte(`{"Token":"s3cret"}`), &read); err != nil || read.Token.Or(sdk.Secret{}).Reveal() != "s3cret" {
		t.Errorf("%v, %v", read, err)
	}
}
