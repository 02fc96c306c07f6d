package transport_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/transport"
)

func exec(c *transport.Client, call transport.Call, opts ...sdk.Option) error {
	if call.Method == "" {
		call.Method = http.MethodGet
	}
	return transport.Exec(context.Background(), c, &call, opts)
}

func TestPathParametersAreEscaped(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"plain-1._~":     "/v1/things/plain-1._~/parts",
		"a/b":            "/v1/things/a%2Fb/parts",
		"a b?c#d%e":      "/v1/things/a%20b%3Fc%23d%25e/parts",
		"../../admin":    "/v1/things/..%2F..%2Fadmin/parts",
		"%2e%2e":         "/v1/things/%252e%252e/parts",
		"ünï":            "/v1/things/%C3%BCn%C3%AF/parts",
		"a+b:c@d&e=f,g;": "/v1/things/a%2Bb%3Ac%40d%26e%3Df%2Cg%3B/parts",
		"a\r\nHost: x":   "/v1/things/a%0D%0AHost%3A%20x/parts",
		"...":            "/v1/things/.../parts",
		"{id}":           "/v1/things/%7Bid%7D/parts",
	} {
		s := play(answer(200, `{}`))
		c := newClient(t, sdk.WithTransport(s))
		if err := exec(c, transport.Call{Path: "/v1/things/{id}/parts", Args: []string{value}}); err != nil {
			t.Fatalf("%q: %v", value, err)
		}
		if got := s.requests()[0].URL.RequestURI(); got != want {
			t.Errorf("%q: sent %s, want %s", value, got, want)
		}
	}
}

func TestEscapedPathArrivesAsWritten(t *testing.T) {
	t.Parallel()
	var got string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) { got = r.RequestURI })
	if err := exec(c, transport.Call{Path: "/v1/things/{id}", Args: []string{"a/b c%"}}); err != nil {
		t.Fatal(err)
	}
	if got != "/v1/things/a%2Fb%20c%25" {
		t.Errorf("the server saw %s", got)
	}
}

func TestPathParametersThatWouldNameAnotherResourceAreRefused(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"", ".", ".."} {
		s := play(answer(200, `{}`))
		c := newClient(t, sdk.WithTransport(s))
		err := exec(c, transport.Call{Method: http.MethodDelete, Path: "/v1/things/{thing_id}", Args: []string{value}})
		e := assert.APIError(t, err)
		assert.Is(t, err, sdk.ErrInvalidRequest)
		if e.Attempts != 0 || s.count() != 0 || !strings.Contains(e.Message, "thing_id") {
			t.Errorf("%q: %d requests, error %v", value, s.count(), err)
		}
	}
}

func TestMissingArgumentIsRefused(t *testing.T) {
	t.Parallel()
	c := newClient(t, sdk.WithTransport(play(answer(200, `{}`))))
	err := exec(c, transport.Call{Path: "/v1/{a}/{b}", Args: []string{"x"}})
	assert.Is(t, err, sdk.ErrInvalidRequest)
	if !strings.Contains(err.Error(), "b is missing") {
		t.Error(err)
	}
	assert.Is(t, exec(c, transport.Call{Path: "/v1/{a", Args: []string{"x"}}), sdk.ErrInvalidRequest)
}

func TestScopeFillsPathParameters(t *testing.T) {
	t.Parallel()
	s := play(answer(200, `{}`))
	c := newClient(t, sdk.WithTransport(s), sdk.WithScope("org_id", "o1"))
	call := transport.Call{Path: "/v1/orgs/{org_id}/things/{id}", Args: []string{"a"}}
	if err := exec(c, call); err != nil {
		t.Fatal(err)
	}
	if err := exec(c.Scoped("org_id", "o/2"), call); err != nil {
		t.Fatal(err)
	}
	if err := exec(c, call, sdk.WithScope("org_id", "o3")); err != nil {
		t.Fatal(err)
	}
	if err := exec(c, call); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range s.requests() {
		got = append(got, r.URL.RequestURI())
	}
	want := "/v1/orgs/o1/things/a /v1/orgs/o%2F2/things/a /v1/orgs/o3/things/a /v1/orgs/o1/things/a"
	if strings.Join(got, " ") != want {
		t.Errorf("sent %v", got)
	}
	if c.Scope("org_id") != "o1" {
		t.Errorf("the client's scope became %q", c.Scope("org_id"))
	}
}

func TestMissingScopeSaysWhatToSet(t *testing.T) {
	t.Parallel()
	c := newClient(t, sdk.WithTransport(play(answer(200, `{}`))))
	for _, c := range []*transport.Client{c, c.Scoped("organisation_id", ""), c.Scoped("organisation_id")} {
		err := exec(c, transport.Call{Path: "/o/{organisation_id}/projects"})
		assert.Is(t, err, sdk.ErrInvalidRequest)
		if !strings.Contains(err.Error(), "organisation_id is not set (use ") {
			t.Error(err)
		}
	}
	err := exec(c.Scoped("organisation_id", ".."), transport.Call{Path: "/o/{organisation_id}/projects"})
	assert.Is(t, err, sdk.ErrInvalidRequest)
}

func TestBaseURLsJoinWithPaths(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"https://api.example.com":             "https://api.example.com/v1/things/a",
		"https://api.example.com/":            "https://api.example.com/v1/things/a",
		"https://api.example.com/api/v2":      "https://api.example.com/api/v2/v1/things/a",
		"https://api.example.com/api/v2///":   "https://api.example.com/api/v2/v1/things/a",
		"https://api.example.com/a%2Fb":       "https://api.example.com/a%2Fb/v1/things/a",
		"https://[2001:db8::1]:8443/x":        "https://[2001:db8::1]:8443/x/v1/things/a",
		"HTTPS://API.Example.com:8443":        "https://api.example.com:8443/v1/things/a",
		"http://localhost:8901":               "http://localhost:8901/v1/things/a",
		"http://127.0.0.1:1/prefix with room": "http://127.0.0.1:1/prefix%20with%20room/v1/things/a",
	} {
		s := play(answer(200, `{}`))
		c := newClient(t, sdk.WithTransport(s), sdk.WithBaseURL(base))
		if err := exec(c, transport.Call{Path: "/v1/things/{id}", Args: []string{"a"}}); err != nil {
			t.Fatalf("%s: %v", base, err)
		}
		if got := s.requests()[0].URL.String(); got != want {
			t.Errorf("%s: sent to %s, want %s", base, got, want)
		}
		if err := exec(c, transport.Call{Path: "/v1/ready"}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBaseURLsThatCantWorkAreRefused(t *testing.T) {
	t.Parallel()
	for _, base := range []string{
		"api.example.com", "/v1", "ftp://api.example.com", "https://", "https:///v1", "https:api.example.com",
		"https://user:hunter2@api.example.com", "https://api.example.com?key=hunter2", "https://api.example.com/?",
		"https://api.example.com#hunter2", "https://api.example.com/a/../b", "https://api.example.com:hunter2", "https://a b/",
	} {
		_, err := transport.New(platform(), sdk.WithToken(testToken), sdk.WithBaseURL(base))
		if err == nil {
			t.Errorf("%s was taken", base)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error shows what may be a secret: %v", err)
		}
	}
}
