package faults_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/releases"
)

func addresses() []check {
	return []check{
		{56, "ids are escaped in every method that takes one", idsAreEscaped},
		{56, "what a call without a method asks for arrives as it is written", literalPathsArrive},
		{57, "an id that would name another resource is refused by every method", idsThatClimbAreRefused},
		{57, "a scope that would name another resource is refused by every method", scopesThatClimbAreRefused},
		{57, "a path that would leave the base URL is refused", pathsThatClimbAreRefused},
		{58, "a cursor comes back byte for byte", cursorsSurvive},
		{59, "a base URL joins with paths whatever its form", baseURLsJoin},
		{59, "a base URL that would lose or leak something is refused", baseURLsAreRefused},
		{60, "query parameters go out in the style that the document names", queriesHaveTheirStyle},
		{60, "every query parameter of every method goes out as documented", everyParameterIsSent},
		{60, "what isn't given isn't sent", absentParametersAreNotSent},
	}
}

// hostile are ids with everything in them that means something in an address, and how they stand in one.
func hostile() map[string]string {
	return map[string]string{
		"a/b":               "a%2Fb",
		"a b?c=d#e":         "a%20b%3Fc%3Dd%23e",
		"100%":              "100%25",
		"%2e%2e%2f":         "%252e%252e%252f",
		"../../admin":       "..%2F..%2Fadmin",
		`..\..\x`:           "..%5C..%5Cx",
		"a+b;c,d:e@f&g=h":   "a%2Bb%3Bc%2Cd%3Ae%40f%26g%3Dh",
		"ü\u202e\U0001F6A2": "%C3%BC%E2%80%AE%F0%9F%9A%A2",
		"x\r\nHost: y":      "x%0D%0AHost%3A%20y",
		"\x00\xff":          "%00%FF",
		"...":               "...",
		"{id}":              "%7Bid%7D",
		"plain-1._~":        "plain-1._~",
	}
}

func idsAreEscaped(t *testing.T) {
	s := serve(t, success())
	c, documents := s.clients(t), readCatalog(t)
	methods := 0
	for id, escaped := range hostile() {
		in, escapedIn := scope{}, scope{}
		for _, name := range []string{"org_id", "workspace_id", "app_id", "organisation_id"} {
			in[name], escapedIn[name] = id+name, escaped+name
		}
		for _, m := range c.methods(t, documents, in) {
			if m.ids != len(m.arguments()) {
				t.Fatalf("%s takes %d ids for %s", m.name, m.ids, m.path)
			}
			if m.ids+len(m.scope) == 0 {
				continue
			}
			methods++
			var ids, want []string
			for i, name := range m.arguments() {
				n := fmt.Sprint(i)
				ids = append(ids, id+n)
				if name == m.segments { // which are escaped one by one
					n = strings.ReplaceAll(escaped, "%2F", "/") + n
				} else {
					n = escaped + n
				}
				want = append(want, n)
			}
			if m.segments != "" && strings.Contains(id, "..") {
				continue // has a segment that is refused
			}
			before := s.count()
			err := m.call(t, ids, sdk.WithMaxAttempts(1)) // what the answer is good for isn't the matter
			got := s.arrivals()[before:]
			if len(got) != 1 {
				t.Errorf("%s with %q: %d requests: %v", m.name, ids, len(got), err)
				continue
			}
			path, _, _ := strings.Cut(got[0].uri, "?")
			if got[0].method != m.verb || path != m.uri(escapedIn, want) {
				t.Errorf("%s with %q: sent %s %s, want %s %s", m.name, ids, got[0].method, path, m.verb, m.uri(escapedIn, want))
			}
		}
	}
	if methods == 0 {
		t.Error("no method was found")
	}
}

func literalPathsArrive(t *testing.T) {
	s := serve(t, success())
	c := s.clients(t)
	for path, want := range map[string]string{
		"/v1/a%2Fb/c": "/v1/a%2Fb/c", "v1/a%20b": "/v1/a%20b", "/v1/ü/{x}": "/v1/%C3%BC/%7Bx%7D", "/v1/a:b@c,d;e=f": "/v1/a:b@c,d;e=f",
		"/v1/...": "/v1/...", "///v1/x": "/v1/x", "/v1//x/": "/v1//x/", "": "/", "/v1/%E2%80%AE": "/v1/%E2%80%AE",
	} {
		before := s.count()
		if err := c.cargo.Do(t.Context(), "GET", path, nil, nil, nil); err != nil {
			t.Errorf("%q: %v", path, err)
			continue
		}
		if got := s.arrivals()[before:]; len(got) != 1 || got[0].uri != want {
			t.Errorf("%q: sent %+v, want %s", path, got, want)
		}
	}
}

// wantRefused checks that a call ended before anything was sent, with an error that names what is wrong.
func wantRefused(t *testing.T, s *server, what string, err error, names string) {
	t.Helper()
	assert.Is(t, err, sdk.ErrInvalidRequest)
	if e := assert.APIError(t, err); s.count() != 0 || e.Attempts != 0 || e.Status != 0 || !strings.Contains(e.Message, names) {
		t.Errorf("%s: %d requests: %v; want one that names %s", what, s.count(), err, names)
	}
}

func idsThatClimbAreRefused(t *testing.T) {
	s := serve(t, success())
	in := harmless()
	documents, deletes := readCatalog(t), 0
	for _, m := range s.clients(t).methods(t, documents, in) {
		for i, name := range m.arguments() {
			climbing := []string{"", ".", ".."}
			if name == m.segments {
				climbing = append(climbing, "/", "a/", "/a", "a//b", "../a", "a/..", "a/./b", "a/../b")
			}
			for _, id := range climbing {
				ids := m.anyIDs()
				ids[i] = id
				wantRefused(t, s, fmt.Sprintf("%s with %q", m.name, ids), m.call(t, ids), name)
			}
			if m.verb == http.MethodDelete {
				deletes++
			}
		}
	}
	if deletes == 0 {
		t.Error("no DELETE was found")
	}
}

func scopesThatClimbAreRefused(t *testing.T) {
	documents := readCatalog(t)
	for _, name := range []string{"org_id", "workspace_id", "app_id", "organisation_id"} {
		for _, value := range []string{"", ".", ".."} {
			if name == "organisation_id" && value == "" {
				continue // refused as an option
			}
			s := serve(t, success())
			in := harmless()
			in[name] = value
			methods := 0
			for _, m := range s.clients(t).methods(t, documents, in) {
				for _, scoped := range m.scope {
					if scoped == name {
						methods++
						ids := m.anyIDs()
						wantRefused(t, s, fmt.Sprintf("%s with %s %q", m.name, name, value), m.call(t, ids), name)
					}
				}
			}
			if methods == 0 {
				t.Errorf("no method with %s was found", name)
			}
		}
	}
	s := serve(t, success())
	c := s.clients(t)
	wantRefused(t, s, "an empty reference", c.releases.App(releases.AppRef{}).Releases.Delete(t.Context(), "x"), "org_id")
	wantRefused(t, s, "an empty option", get(t.Context(), c, sdk.WithScope("org_id", "")), "org_id")
}

func pathsThatClimbAreRefused(t *testing.T) {
	s := serve(t, success())
	c := s.clients(t)
	for _, path := range []string{
		"/v1/../admin", "..", "/v1/./x", "/v1/%2e%2e/x", "/v1/%2E", "/v1/..;/x/../y", "https://other.example/x", "http:x", "/v1?limit=1", "/v1?", "/v1#x",
		"/v1/%zz", "user@other.example:x", "/v1/\x00", "/v1/a\nb", "//v1/x",
	} {
		for _, verb := range []string{"GET", "DELETE"} {
			wantRefused(t, s, verb+" "+path, c.licensing.Do(t.Context(), verb, path, nil, nil, nil), "path")
		}
	}
}
