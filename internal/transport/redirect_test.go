package transport_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/transport"
)

func TestRedirectWithinTheOriginKeepsTheToken(t *testing.T) {
	t.Parallel()
	var got []string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization")+" "+r.Header.Get("X-Two"))
		switch r.URL.Path {
		case "/v1/things/a":
			http.Redirect(w, r, "/moved", http.StatusFound)
		case "/v1/things":
			http.Redirect(w, r, "/kept", http.StatusTemporaryRedirect)
		case "/see":
			http.Redirect(w, r, "/moved", http.StatusSeeOther)
		default:
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(oneThing))
		}
	}, sdk.WithHeader("X-Two", "2"))
	if err := getOnly(context.Background(), c); err != nil {
		t.Error(err)
	}
	if err := postOnly(context.Background(), c); err != nil {
		t.Error(err)
	}
	if err := exec(c, transport.Call{Method: "POST", Path: "/see"}); err != nil {
		t.Error(err)
	}
	a := " Bearer " + testToken + " 2"
	want := []string{"GET /v1/things/a" + a, "GET /moved" + a, "POST /v1/things" + a, "POST /kept" + a, "POST /see" + a, "GET /moved" + a}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the server saw\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRedirectsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method   string
		status   int
		location string
		n        int
	}{
		"another host":       {"GET", 302, "https://evil.example/v1", 1},
		"another port":       {"GET", 302, "https://api.example.com:444/v1", 1},
		"https to http":      {"GET", 301, "http://api.example.com/v1", 1},
		"another scheme":     {"GET", 301, "ftp://api.example.com/v1", 1},
		"a user in it":       {"GET", 301, "https://u:p@api.example.com/v1", 1},
		"POST elsewhere":     {"POST", 307, "https://evil.example/v1", 1},
		"POST made a GET":    {"POST", 302, "/other", 1},
		"DELETE made a GET":  {"DELETE", 301, "/other", 1},
		"a circle":           {"GET", 302, "/v1/things/a", 10},
		"not an address":     {"GET", 302, "https://[::1", 1},
		"schemeless address": {"GET", 302, "//evil.example/v1", 1},
	} {
		s := play(answer(c.status, "", "Location", c.location))
		err := exec(newClient(t, sdk.WithTransport(s), quick()), transport.Call{Method: c.method, Path: "/v1/things/a"})
		e := assert.APIError(t, err)
		assert.Is(t, err, sdk.ErrRedirect)
		if e.Status != c.status {
			t.Errorf("%s: status %d", name, e.Status)
		}
		if s.count() != c.n || e.Attempts != 1 {
			t.Errorf("%s: %d requests, %v", name, s.count(), err)
		}
	}
	// The scheme's own port is the same origin.
	s := play(answer(302, "", "Location", "https://API.example.com:443/v1"), answer(200, oneThing))
	if err := getOnly(context.Background(), newClient(t, sdk.WithTransport(s))); err != nil || s.requests()[1].Header.Get("Authorization") == "" {
		t.Error(err)
	}
}

func TestRedirectWithoutLocationIsTheAnswer(t *testing.T) {
	t.Parallel()
	e := assert.APIError(t, getOnly(context.Background(), newClient(t, sdk.WithTransport(play(answer(302, "{}"))))))
	if e.Status != 302 || e.Attempts != 1 {
		t.Error(e)
	}
}

func TestCrossOriginRedirectCarriesNothingOfTheCall(t *testing.T) {
	t.Parallel()
	var got *http.Request
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(oneThing))
	}))
	t.Cleanup(other.Close)
	s := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+r.URL.RequestURI()+"&signature=s1", http.StatusTemporaryRedirect)
	}
	c := serve(t, s, sdk.WithCrossOriginRedirects(), sdk.WithHeader("X-Api-Key", "secret"))
	var q transport.Query
	q.Add("key", "se cret")
	call := transport.Call{Path: "/v1/file", Query: q, Header: http.Header{"X-Org": {"o1"}}}
	if err := exec(c, call); err != nil {
		t.Fatal(err)
	}
	if got.URL.RawQuery != "signature=s1" {
		t.Errorf("the other host saw the query %s", got.URL.RawQuery)
	}
	for name := range got.Header {
		switch name {
		case "User-Agent", "Accept", "Accept-Encoding":
		default:
			t.Errorf("the other host saw %s: %q", name, got.Header[name])
		}
	}
	got = nil
	err := exec(c, transport.Call{Method: "PUT", Path: "/v1/file", Body: encodeThing(&thing{ID: "a"})})
	assert.Is(t, err, sdk.ErrRedirect)
	if got != nil {
		t.Error("a body went to another host")
	}
}

func TestCredentialsDoNotComeBackAfterADetour(t *testing.T) {
	t.Parallel()
	s := play(
		answer(302, "", "Location", "https://other.example/x"),
		answer(302, "", "Location", "https://api.example.com/v1/admin"), answer(200, oneThing))
	if err := getOnly(context.Background(), newClient(t, sdk.WithTransport(s), sdk.WithCrossOriginRedirects())); err != nil {
		t.Fatal(err)
	}
	if got := s.requests()[2].Header.Get("Authorization"); got != "" {
		t.Errorf("sent %q", got)
	}
}

func TestUsersOwnRedirectPolicyHolds(t *testing.T) {
	t.Parallel()
	no := errors.New("no redirects here")
	s := play(answer(302, "", "Location", "/b"))
	own := &http.Client{Transport: s, CheckRedirect: func(*http.Request, []*http.Request) error { return no }}
	err := getOnly(context.Background(), newClient(t, sdk.WithHTTPClient(own)))
	assert.Is(t, err, no, sdk.ErrRedirect)
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if e := assert.APIError(t, getOnly(context.Background(), newClient(t, sdk.WithHTTPClient(own)))); e.Status != 302 {
		t.Error(e)
	}
}
