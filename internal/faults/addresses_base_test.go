package faults_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
)

// reaching is a transport that reaches the server whatever the address says, and tells which one it was to dial.
func (s *server) reaching(t *testing.T, dialed chan<- string) http.RoundTripper {
	tr := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		dialed <- address
		return (&net.Dialer{}).DialContext(ctx, network, strings.TrimPrefix(s.base, "http://"))
	}}
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

func baseURLsJoin(t *testing.T) {
	const path = "/v1/orgs/acme/workspaces/main/apps/shop/releases"
	for base, want := range map[string]struct{ address, host, uri string }{
		"http://127.0.0.1:7070":               {"127.0.0.1:7070", "127.0.0.1:7070", path},
		"http://127.0.0.1:7070/":              {"127.0.0.1:7070", "127.0.0.1:7070", path},
		"http://127.0.0.1:7070///":            {"127.0.0.1:7070", "127.0.0.1:7070", path},
		"http://localhost/api/v2":             {"localhost:80", "localhost", "/api/v2" + path},
		"http://localhost/api/v2/":            {"localhost:80", "localhost", "/api/v2" + path},
		"http://LOCALHOST:80/a%2Fb/c%20d/":    {"localhost:80", "localhost:80", "/a%2Fb/c%20d" + path},
		"http://localhost/ü":                  {"localhost:80", "localhost", "/%C3%BC" + path},
		"http://[::1]:7070/x":                 {"[::1]:7070", "[::1]:7070", "/x" + path},
		"http://[::1]":                        {"[::1]:80", "[::1]", path},
		"http://sub.localhost./x":             {"sub.localhost.:80", "sub.localhost.", "/x" + path},
		"http://[::ffff:127.0.0.1]:80/x//y//": {"[::ffff:127.0.0.1]:80", "[::ffff:127.0.0.1]:80", "/x//y" + path},
	} {
		s := serve(t, success())
		dialed := make(chan string, 10)
		c := s.clients(t, sdk.WithBaseURL(base), sdk.WithTransport(s.reaching(t, dialed)))
		for _, call := range []struct {
			uri  string
			call func() error
		}{
			{want.uri + "/rel_1", func() error { return get(t.Context(), c) }},
			{want.uri + "/a%2Fb", func() error { return c.app.Releases.Delete(t.Context(), "a/b") }},
			{want.uri, func() error { return list(t.Context(), c) }},
			{strings.TrimSuffix(want.uri, path) + "/x/a%2Fb?q=1", func() error {
				return c.cargo.Do(t.Context(), "GET", "/x/a%2Fb", map[string][]string{"q": {"1"}}, nil, nil)
			}},
		} {
			before := s.count()
			if err := call.call(); err != nil {
				t.Errorf("%s: %v", base, err)
				continue
			}
			if got := s.arrivals()[before]; got.uri != call.uri || got.host != want.host || got.header.Get("Authorization") == "" {
				t.Errorf("%s: sent %s to %s, want %s to %s", base, got.uri, got.host, call.uri, want.host)
			}
		}
		for range s.connections() {
			if address := <-dialed; address != want.address {
				t.Errorf("%s: dialed %s, want %s", base, address, want.address)
			}
		}
	}
}

func baseURLsAreRefused(t *testing.T) {
	const secret = "hunter2"
	for base, why := range map[string]string{
		"https://user:hunter2@api.example.com":       "user",
		"https://hunter2@api.example.com/v1":         "user",
		"https://@api.example.com":                   "user",
		"https://api.example.com?api_key=hunter2":    "query",
		"https://api.example.com/v1?":                "query",
		"https://api.example.com/v1#hunter2":         "fragment",
		"https://api.example.com/a/../hunter2":       `".."`,
		"https://api.example.com/%2e%2e/hunter2":     `".."`,
		"https://api.example.com/./hunter2":          `"."`,
		"api.example.com/hunter2":                    "https://",
		"//api.example.com/hunter2":                  "https://",
		"/hunter2":                                   "https://",
		"ftp://api.example.com/hunter2":              "https://",
		"https:///hunter2":                           "host",
		"https://:443/hunter2":                       "host",
		"https:hunter2":                              "host",
		"https://api.example.com:hunter2":            "parsed",
		"https://[::1/hunter2":                       "parsed",
		"https://api.example.com/%zz/hunter2":        "parsed",
		"https://api.exa mple.com/hunter2":           "parsed",
		"https://api.example.com/hunter2\r\nX-A: b":  "parsed",
		" https://api.example.com/hunter2":           "parsed",
		"https://api.example.com\x00.other/hunter2":  "parsed",
		"https://user:hunter2@api.example.com?a=b#c": "user",
	} {
		opts := []sdk.Option{sdk.WithToken(token), sdk.WithBaseURL(base)}
		for platform, make := range makers() {
			_, err := make(opts...)
			if err == nil || !strings.Contains(err.Error(), why) || strings.Contains(err.Error(), secret) {
				t.Errorf("%s, %q: got %v, want one that names %s", platform, base, err, why)
			}
		}
		// The same with the call.
		s := serve(t, success())
		c := s.clients(t)
		for _, o := range operations() {
			err := o.call(t.Context(), c, sdk.WithBaseURL(base))
			wantRefused(t, s, o.name+" with "+base, err, why)
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error shows a secret: %v", err)
			}
		}
	}
}
