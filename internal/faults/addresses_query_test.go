package faults_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oapi-codegen/runtime/types"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/constructs"
	"github.com/wharfinger/sdk/releases"
)

// cursorsSurvive has a server whose cursors hold every byte that a query could change.
func cursorsSurvive(t *testing.T) {
	cursors := []string{
		"a+b/c==", "x&limit=1000", "50%", "%2B%3D%26", "a b", "?#;,", "ü漢\U0001F6A2", `"\`, "\x00\t\r\n\x7f", "=&=", "+", "eyJuIjoxfQ", strings.Repeat("+/=&%", 500),
	}
	for _, prefetch := range []bool{false, true} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			query, err := url.ParseQuery(r.URL.RawQuery)
			if err != nil {
				t.Error(err)
			}
			at := 0
			if query.Has("cursor") {
				if at = slices.Index(cursors, query.Get("cursor")) + 1; at == 0 {
					t.Errorf("the server got the cursor %q", query.Get("cursor"))
				}
			}
			if len(query) != min(at, 1) || len(query["cursor"]) > 1 {
				t.Errorf("the server got the query %s", r.URL.RawQuery)
			}
			page := map[string]any{"releases": []any{map[string]any{"release_number": at}}, "total": 1, "has_more": at < len(cursors), "next_cursor": nil}
			if at < len(cursors) {
				page["next_cursor"] = cursors[at]
			}
			body, _ := json.Marshal(page)
			answer(200, string(body))(w, r)
		})
		var opts []sdk.Option
		if prefetch {
			opts = append(opts, sdk.WithPrefetch())
		}
		n := 0
		for release, err := range s.clients(t).app.Releases.All(t.Context(), releases.ReleaseListParams{}, opts...) {
			if err != nil {
				t.Fatal(err)
			}
			if release.ReleaseNumber != n {
				t.Errorf("release %d stands at %d", release.ReleaseNumber, n)
			}
			n++
		}
		if n != len(cursors)+1 || s.count() != n {
			t.Errorf("%d releases in %d requests, want %d", n, s.count(), len(cursors)+1)
		}
	}
}

// queriesHaveTheirStyle is golden for each style of parameters, which the vendor packages are generated in the same way
// from.
func queriesHaveTheirStyle(t *testing.T) {
	at := time.Date(2026, 5, 6, 7, 8, 9, 500, time.UTC)
	s := serve(t, answer(200, "{}"))
	client, err := constructs.New(sdk.WithBaseURL(s.base), sdk.WithToken(token), constructs.WithScope("main"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		params constructs.ThingSearchParams
		want   string
	}{
		"a text":                    {constructs.ThingSearchParams{Q: "a b&c=d+e/f%g#h"}, "q=a%20b%26c%3Dd%2Be%2Ff%25g%23h"},
		"an enum":                   {constructs.ThingSearchParams{Q: "x", Kind: "new&old"}, "q=x&kind=new%26old"},
		"a list, each by itself":    {constructs.ThingSearchParams{Q: "x", Tags: []string{"a", "b&c", "d,e", "", "f g"}}, "q=x&tags=a&tags=b%26c&tags=d%2Ce&tags=&tags=f%20g"},
		"a list, joined":            {constructs.ThingSearchParams{Q: "x", IDs: []int{3, 1, -2}}, "q=x&ids=3,1,-2"},
		"a list of one":             {constructs.ThingSearchParams{Q: "x", IDs: []int{7}, Tags: []string{"a"}}, "q=x&tags=a&ids=7"},
		"an empty list":             {constructs.ThingSearchParams{Q: "x", IDs: []int{}, Tags: []string{}}, "q=x"},
		"an object in brackets":     {constructs.ThingSearchParams{Q: "x", Filter: map[string]string{"created[gt]": "2", "a b": "c&d=e"}}, "q=x&filter%5Ba%20b%5D=c%26d%3De&filter%5Bcreated%5Bgt%5D%5D=2"},
		"an empty object":           {constructs.ThingSearchParams{Q: "x", Filter: map[string]string{}}, "q=x"},
		"false and zero, if meant":  {constructs.ThingSearchParams{Q: "x", Ascending: sdk.Some(false), Ratio: sdk.Some(0.0)}, "q=x&ascending=false&ratio=0"},
		"true":                      {constructs.ThingSearchParams{Q: "x", Ascending: sdk.Some(true), Archived: true}, "q=x&ascending=true&archived=true"},
		"a number":                  {constructs.ThingSearchParams{Q: "x", Ratio: sdk.Some(-1.5e-7)}, "q=x&ratio=-0.00000015"},
		"a time and a day":          {constructs.ThingSearchParams{Q: "x", Since: at, Day: types.Date{Time: at}}, "q=x&since=2026-05-06T07%3A08%3A09.0000005Z&day=2026-05-06"},
		"a time of another zone":    {constructs.ThingSearchParams{Q: "x", Since: at.In(time.FixedZone("", 7200))}, "q=x&since=2026-05-06T07%3A08%3A09.0000005Z"},
		"null in place of a number": {constructs.ThingSearchParams{Q: "x", Ratio: sdk.Null[float64]()}, "q=x"},
	} {
		before := s.count()
		if _, err := client.Things.Search(t.Context(), c.params); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		sent := s.arrivals()[before].uri
		_, query, _ := strings.Cut(sent, "?")
		parsed, err := url.ParseQuery(query)
		if got := readable(query); err != nil || got != readable(c.want) || parsed.Get("q") != c.params.Q {
			t.Errorf("%s: sent %s (%v), want %s", name, query, err, c.want)
		}
	}
}

// readable makes queries equal that differ only in what may be escaped or not.
func readable(query string) string {
	return strings.NewReplacer("+", "%20", "[", "%5B", "]", "%5D").Replace(query)
}

// everyParameterIsSent gives every parameter of every method a value of its own and looks for it in what is sent, in the
// style that the document gives the parameter.
func everyParameterIsSent(t *testing.T) {
	s := serve(t, success())
	in := harmless()
	sent := 0
	for _, m := range s.clients(t).methods(t, readCatalog(t), in) {
		var values [][]string
		fill := func(v reflect.Value) { values = distinct(t, v) }
		before := s.count()
		err := m.callFilled(t, m.anyIDs(), fill, sdk.WithMaxAttempts(1)) // may not like the answer
		got := s.arrivals()[before:]
		if len(got) != 1 || len(values) != len(m.query) {
			t.Errorf("%s: %d requests, %d values for %d parameters: %v", m.name, len(got), len(values), len(m.query), err)
			continue
		}
		want := url.Values{}
		for i, p := range m.query {
			switch explode := p.Value.Explode == nil || *p.Value.Explode; {
			case p.Value.In == "header":
				if got := got[0].header.Get(p.Value.Name); got != values[i][0] {
					t.Errorf("%s: the header %s is %q, want %q", m.name, p.Value.Name, got, values[i][0])
				}
			case len(values[i]) > 1 && !explode:
				want.Set(p.Value.Name, strings.Join(values[i], ","))
			default:
				want[p.Value.Name] = values[i]
			}
			sent++
		}
		_, query, has := strings.Cut(got[0].uri, "?")
		parsed, err := url.ParseQuery(query)
		if err != nil || !reflect.DeepEqual(parsed, want) || has != (len(want) > 0) {
			t.Errorf("%s: sent %s (%v), want %s", m.name, query, err, want.Encode())
		}
	}
	if sent == 0 {
		t.Error("no parameter was found")
	}
}

// distinct gives each parameter a value of its own, and returns what they are on the wire, in order.
func distinct(t *testing.T, v reflect.Value) [][]string {
	t.Helper()
	var wire [][]string
	for i := range v.NumField() {
		field, n := v.Field(i), len(wire)
		text := fmt.Sprintf("v%d+/=&%%#? ü", n)
		switch {
		case field.Kind() == reflect.String:
			field.SetString(text)
			wire = append(wire, []string{text})
		case field.Kind() == reflect.Int:
			field.SetInt(int64(100 + n))
			wire = append(wire, []string{fmt.Sprint(100 + n)})
		case field.Kind() == reflect.Bool:
			field.SetBool(true)
			wire = append(wire, []string{"true"})
		case field.Type() == reflect.TypeFor[[]string]():
			field.Set(reflect.ValueOf([]string{text, "b", ""}))
			wire = append(wire, []string{text, "b", ""})
		case field.Type() == reflect.TypeFor[time.Time]():
			field.Set(reflect.ValueOf(time.Unix(int64(n), 0).UTC()))
			wire = append(wire, []string{time.Unix(int64(n), 0).UTC().Format(time.RFC3339)})
		case field.Type() == reflect.TypeFor[sdk.Optional[bool]]():
			field.Set(reflect.ValueOf(sdk.Some(false)))
			wire = append(wire, []string{"false"})
		case field.Type() == reflect.TypeFor[sdk.Optional[int]]():
			field.Set(reflect.ValueOf(sdk.Some(0)))
			wire = append(wire, []string{"0"})
		default:
			t.Fatalf("%s has a parameter of type %s, which this test doesn't know", v.Type(), field.Type())
		}
	}
	return wire
}

func absentParametersAreNotSent(t *testing.T) {
	s := serve(t, success())
	in := harmless()
	for _, m := range s.clients(t).methods(t, readCatalog(t), in) {
		required := url.Values{}
		for _, p := range m.query {
			if p.Value.Required && p.Value.In == "query" {
				required.Set(p.Value.Name, "")
			}
		}
		before := s.count()
		err := m.callFilled(t, m.anyIDs(), func(reflect.Value) {}, sdk.WithMaxAttempts(1))
		if got := s.arrivals()[before:]; len(required) > 0 {
			if len(got) == 0 {
				assert.Is(t, err, sdk.ErrInvalidRequest)
			} else {
				t.Errorf("%s was sent without %v: %s", m.name, required, got[0].uri)
			}
		} else if len(got) != 1 || strings.Contains(got[0].uri, "?") {
			t.Errorf("%s without parameters: %d requests %+v: %v", m.name, len(got), got, err)
		}
	}
	// One by one, golden.
	app := s.clients(t).app.Releases
	for want, params := range map[string]releases.ReleaseListParams{
		"":                      {},
		"include_archived=true": {IncludeArchived: true},
		"limit=200":             {Limit: 200},
		"cursor=a%2Bb%3D":       {Cursor: "a+b="},
		"include_archived=true&limit=1&cursor=%26limit%3D2": {IncludeArchived: true, Limit: 1, Cursor: "&limit=2"},
	} {
		before := s.count()
		if _, err := app.List(t.Context(), params); err != nil {
			t.Fatal(err)
		}
		path, query, has := strings.Cut(s.arrivals()[before].uri, "?")
		if path != "/v1/orgs/acme/workspaces/main/apps/shop/releases" || query != want || has != (want != "") {
			t.Errorf("sent %s and %q, want %q", path, query, want)
		}
	}
}
