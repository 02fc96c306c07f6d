package faults_test

import (
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
)

// signedToken has three parts, for which versori has a scheme of its own.
const signedToken = "eyJhbGciOiJub25l.eyJzdWIiOiJ3aGFyZiJ9.c2lnbmF0dXJl"

func redirectStatuses() []int { return []int{301, 302, 303, 307, 308} }

// anyCall is a platform and its client, for Do.
type anyCall struct {
	platform string
	anyDo
}

func (c *clients) anyCalls() []anyCall {
	return []anyCall{{"cargo", c.cargo}, {"releases", c.releases}, {"versori", c.versori}, {"licensing", c.licensing}}
}

// pair is a platform that redirects everything to the same path of another origin, which notes what arrives.
func pair(t *testing.T, status int) (home, other *server) {
	t.Helper()
	other = serve(t, success())
	home = serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.base+r.URL.RequestURI(), status)
	})
	return home, other
}

// wantRedirectRefused checks the error of a redirect that wasn't followed.
func wantRedirectRefused(t *testing.T, what string, err error, status int) {
	t.Helper()
	if !errors.Is(err, sdk.ErrRedirect) {
		t.Errorf("%s, %d: want sdk.ErrRedirect, got %v", what, status, err)
		return
	}
	if e := assert.APIError(t, err); e.Status != status || e.Attempts != 1 {
		t.Errorf("%s: want status %d after one attempt, got %d after %d", what, status, e.Status, e.Attempts)
	}
}

func redirectsElsewhereAreRefused(t *testing.T) {
	for _, status := range redirectStatuses() {
		home, other := pair(t, status)
		c := home.clients(t)
		for _, o := range operations() {
			wantRedirectRefused(t, o.name, o.call(t.Context(), c), status)
		}
		if home.count() != len(operations()) || other.connections() != 0 {
			t.Errorf("%d: %d requests at home, %d connections elsewhere", status, home.count(), other.connections())
		}
	}
}

// redirectsElsewhereCarryNothing looks at every byte that another origin gets when a redirect to it is allowed.
func redirectsElsewhereCarryNothing(t *testing.T) {
	for _, status := range redirectStatuses() {
		home, other := pair(t, status)
		for _, secret := range []string{token, signedToken} {
			jar, _ := cookiejar.New(nil)
			at, _ := url.Parse(home.base + "/")
			jar.SetCookies(at, []*http.Cookie{{Name: "session", Value: "hunter2", Path: "/", Secure: true}})
			c := home.clients(t, sdk.WithToken(secret), sdk.WithCrossOriginRedirects(), sdk.WithHeader("X-Api-Key", "hunter2"),
				sdk.WithHTTPClient(&http.Client{Jar: jar}), sdk.WithHeader("Proxy-Authorization", "hunter2"))
			for _, a := range c.anyCalls() {
				for _, method := range []string{"GET", "HEAD"} {
					query := url.Values{"api_key": {"hunter2"}, "q": {"hunter2 & more"}}
					if err := a.Do(t.Context(), method, "/files/1", query, map[string]string{"k": "hunter2"}, nil); err != nil {
						t.Errorf("%s %s, %d: %v", a.platform, method, status, err)
					}
				}
			}
		}
		if want := 2 * 2 * 4; home.count() != want || other.count() != want {
			t.Fatalf("%d: %d requests at home and %d elsewhere, want %d", status, home.count(), other.count(), want)
		}
		for _, got := range home.arrivals() {
			auth := got.header.Get("Authorization")
			if !strings.HasSuffix(auth, token) && !strings.HasSuffix(auth, signedToken) || !strings.Contains(got.body, "hunter2") {
				t.Fatalf("%d: the platform itself got %+v", status, got)
			}
		}
		for _, got := range other.arrivals() {
			wantNothingOfTheCall(t, got)
		}
	}
}

// wantNothingOfTheCall lists what a request to another origin may have.
func wantNothingOfTheCall(t *testing.T, got arrival) {
	t.Helper()
	if _, query, _ := strings.Cut(got.uri, "?"); query != "" || got.body != "" || got.length > 0 {
		t.Errorf("another origin got %s %s with %d bytes of body: %q", got.method, got.uri, got.length, got.body)
	}
	for name, values := range got.header {
		if !slices.Contains([]string{"User-Agent", "Accept", "Accept-Encoding"}, name) {
			t.Errorf("another origin got %s: %q", name, values)
		}
		for _, secret := range []string{token, signedToken, "hunter2"} {
			if strings.Contains(strings.Join(values, "\n"), secret) {
				t.Errorf("another origin got a secret in %s: %q", name, values)
			}
		}
	}
}

func credentialsStayAwayAfterADetour(t *testing.T) {
	var home *server
	other := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, home.base+"/admin", http.StatusFound)
	})
	home = serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.base+"/x", http.StatusFound)
	}, success())
	if err := get(t.Context(), home.clients(t, sdk.WithCrossOriginRedirects())); err != nil {
		t.Fatal(err)
	}
	if got := home.arrivals(); len(got) != 2 || got[1].uri != "/admin" {
		t.Fatalf("the platform got %+v", got)
	}
	wantNothingOfTheCall(t, home.arrivals()[1])
}

func redirectsWithinTheOriginKeepTheToken(t *testing.T) {
	for _, status := range redirectStatuses() {
		home := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/moved") {
				success()(w, r)
				return
			}
			http.Redirect(w, r, "/moved"+r.URL.RequestURI(), status)
		})
		for _, secret := range []string{token, signedToken} {
			for _, a := range home.clients(t, sdk.WithToken(secret)).anyCalls() {
				before := home.count()
				if err := a.Do(t.Context(), "GET", "/files/1", url.Values{"q": {"x"}}, nil, nil); err != nil {
					t.Errorf("%s, %d: %v", a.platform, status, err)
				}
				got := home.arrivals()[before:]
				if len(got) != 2 || got[1].uri != "/moved/files/1?q=x" || got[1].header.Get("Authorization") != got[0].header.Get("Authorization") ||
					!strings.HasSuffix(got[1].header.Get("Authorization"), " "+secret) || got[1].header.Get("Referer") != "" {
					t.Errorf("%s, %d: the platform got %+v", a.platform, status, got)
				}
			}
		}
	}
}

// bodiesGoNowhereElse has the redirects followed by those who ask for it: a request with an effect is refused all the same.
func bodiesGoNowhereElse(t *testing.T) {
	for _, status := range redirectStatuses() {
		home, other := pair(t, status)
		c := home.clients(t, sdk.WithCrossOriginRedirects())
		for _, o := range operations() {
			if o.method != "GET" {
				wantRedirectRefused(t, o.name, o.call(t.Context(), c), status)
			}
		}
		for _, a := range c.anyCalls() {
			for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
				err := a.Do(t.Context(), method, "/files/1", nil, map[string]string{"k": "hunter2"}, nil)
				wantRedirectRefused(t, a.platform+" "+method, err, status)
			}
		}
		if other.connections() != 0 {
			t.Errorf("%d: another origin got %+v", status, other.arrivals())
		}
	}
}

func downgradesAreRefused(t *testing.T) {
	plain := serve(t, success())
	for _, status := range redirectStatuses() {
		var n atomic.Int64
		home := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n.Add(1)
			http.Redirect(w, r, plain.base+"/x", status)
		}))
		t.Cleanup(home.Close)
		c := newClients(t, sdk.WithBaseURL(home.URL), sdk.WithToken(token), sdk.WithTransport(home.Client().Transport),
			sdk.WithCrossOriginRedirects(), sdk.WithPlainHTTP())
		for _, o := range operations() {
			wantRedirectRefused(t, o.name, o.call(t.Context(), c), status)
		}
		if plain.connections() != 0 || n.Load() != int64(len(operations())) {
			t.Errorf("%d: %d requests over https, %d connections over http", status, n.Load(), plain.connections())
		}
	}
}

func redirectsEndAfterTen(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
	})
	for _, o := range operations() {
		before := s.count()
		wantRedirectRefused(t, o.name, o.call(t.Context(), s.clients(t)), http.StatusTemporaryRedirect)
		if n := s.count() - before; n != 10 {
			t.Errorf("%s: %d requests", o.name, n)
		}
	}
}

// onlySeeOtherMakesAGet holds 301 and 302, with which browsers do otherwise, to what HTTP says.
func onlySeeOtherMakesAGet(t *testing.T) {
	for _, status := range redirectStatuses() {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/moved" {
				success()(w, r)
				return
			}
			http.Redirect(w, r, "/moved", status)
		})
		err := create(t.Context(), s.clients(t))
		got := s.arrivals()
		switch status {
		case 301, 302:
			wantRedirectRefused(t, "POST", err, status)
			if len(got) != 1 {
				t.Errorf("%d: the platform got %+v", status, got)
			}
		case 303:
			if err != nil || len(got) != 2 || got[1].method != "GET" || got[1].body != "" || got[1].header.Get("Content-Type") != "" {
				t.Errorf("%d: %v, the platform got %+v", status, err, got)
			}
		default:
			if err != nil || len(got) != 2 || got[1].method != "POST" || got[1].body != got[0].body || got[0].body == "" {
				t.Errorf("%d: %v, the platform got %+v", status, err, got)
			}
		}
	}
}

// addressesAreNoPaths gives Do what a page's link to the next one could be.
func addressesAreNoPaths(t *testing.T) {
	home, other := serve(t, success()), serve(t, success())
	host := strings.TrimPrefix(other.base, "http://")
	for _, a := range home.clients(t, sdk.WithCrossOriginRedirects()).anyCalls() {
		for _, path := range []string{other.base + "/next?cursor=2", "//" + host + "/next", "http:" + host, "http:///next", "//u:p@" + host + "/",
			"/next?cursor=2", "/../next", "/a/%2e%2e/next", "javascript:alert(1)"} {
			err := a.Do(t.Context(), "GET", path, nil, nil, nil)
			if !errors.Is(err, sdk.ErrInvalidRequest) || assert.APIError(t, err).Attempts != 0 {
				t.Errorf("%s took %q as a path: %v", a.platform, path, err)
			}
		}
	}
	if home.count() != 0 || other.connections() != 0 {
		t.Errorf("%d requests at home, %d connections elsewhere", home.count(), other.connections())
	}
}

func cursorsAreNoAddresses(t *testing.T) {
	other := serve(t, success())
	next := other.base + "/next?cursor=2&limit=1"
	home := serve(t, answer(200, `{"releases":[],"has_more":true,"next_cursor":"`+next+`"}`), answer(200, `{"releases":[],"has_more":false}`))
	n := 0
	for _, err := range home.clients(t).app.Releases.Pages(t.Context(), listParams("")) {
		if n++; err != nil {
			t.Error(err)
		}
	}
	got := home.arrivals()
	if n != 2 || len(got) != 2 || !strings.HasSuffix(got[1].uri, "&cursor="+url.QueryEscape(next)) || other.connections() != 0 {
		t.Errorf("%d pages, the platform got %+v, %d connections elsewhere", n, got, other.connections())
	}
}
