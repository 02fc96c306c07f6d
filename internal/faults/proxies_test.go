package faults_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
)

// through is a client of http that sends everything by way of a proxy.
func through(t *testing.T, proxy *server) sdk.Option {
	t.Helper()
	at, err := url.Parse(proxy.base)
	if err != nil {
		t.Fatal(err)
	}
	at.User = url.UserPassword("wharf", secretUser)
	tr := &http.Transport{Proxy: http.ProxyURL(at)}
	t.Cleanup(tr.CloseIdleConnections)
	return sdk.WithHTTPClient(&http.Client{Transport: tr})
}

func proxiesCarryRequests(t *testing.T) {
	proxy := serve(t, success())
	c := newClients(t, sdk.WithBaseURL("http://api.localhost/base"), sdk.WithToken(token), through(t, proxy))
	for _, o := range operations() {
		before := proxy.count()
		if err := o.call(t.Context(), c); err != nil {
			t.Errorf("%s: %v", o.name, err)
			continue
		}
		got := proxy.arrivals()[before:]
		if len(got) != 1 || !strings.HasPrefix(got[0].uri, "http://api.localhost/base/") || !strings.HasSuffix(got[0].header.Get("Authorization"), token) ||
			!strings.HasPrefix(got[0].header.Get("Proxy-Authorization"), "Basic ") {
			t.Errorf("%s: the proxy got %+v", o.name, got)
		}
	}
}

// refusingProxy answers each CONNECT and each request with a status of its own.
func refusingProxy(t *testing.T, status int) *server {
	t.Helper()
	return serve(t, answer(status, "<h1>Sign in to the proxy</h1>", "Content-Type", "text/html", "Proxy-Authenticate", "Basic"))
}

func proxiesThatRefuse(t *testing.T) {
	proxy := refusingProxy(t, 407)
	for _, base := range []string{"http://api.localhost", "https://api.example.test"} {
		c := newClients(t, sdk.WithBaseURL(base), sdk.WithToken(token), through(t, proxy))
		for _, o := range operations() {
			before := proxy.count()
			err := o.call(t.Context(), c, sdk.WithBackoff(1, 1))
			e := assert.APIError(t, err)
			if !strings.Contains(err.Error(), "Proxy Authentication Required") || e.Attempts != 1 || proxy.count() != before+1 {
				t.Errorf("%s of %s: %d attempts, %v", o.name, base, e.Attempts, err)
			}
			if base == "http://api.localhost" && (e.Status != 407 || !strings.Contains(string(e.Body), "Sign in") || e.Header.Get("Proxy-Authenticate") == "") {
				t.Errorf("%s: status %d, header %v, body %q", o.name, e.Status, e.Header, e.Body)
			}
			wantQuietError(t, o.name, err)
		}
	}
	for _, got := range proxy.arrivals() {
		if got.method == "CONNECT" && got.header.Get("Authorization") != "" {
			t.Errorf("a CONNECT carries the token: %v", got.header)
		}
	}
}

// childOfTheTest marks the process in which the environment names a proxy: it is read once by a process, and nothing else
// of this package must go by it.
const childOfTheTest = "WHARFINGER_TEST_PROXY_CHILD"

func proxiesOfTheEnvironment(t *testing.T) {
	if os.Getenv(childOfTheTest) != "" {
		callByTheEnvironment(t)
		return
	}
	for status, attempts := range map[int]int{407: 1, 403: 1, 503: 4} {
		proxy := refusingProxy(t, status)
		names := strings.Split(t.Name(), "/")
		for i, name := range names {
			names[i] = "^" + regexp.QuoteMeta(name) + "$"
		}
		child := exec.Command(os.Args[0], "-test.count=1", "-test.run", strings.Join(names, "/"))
		child.Env = append(os.Environ(), childOfTheTest+"=1", "HTTPS_PROXY="+proxy.base, "HTTP_PROXY="+proxy.base, "NO_PROXY=")
		if out, err := child.CombinedOutput(); err != nil {
			t.Fatalf("%d: %v\n%s", status, err, out)
		}
		got := proxy.arrivals()
		if len(got) != 4*(1+attempts) {
			t.Errorf("%d: the proxy got %d requests", status, len(got))
		}
		for _, a := range got {
			switch {
			case a.method == "CONNECT" && a.uri == "api.example.test:443" && a.header.Get("Authorization") == "":
			case a.method == "POST" && a.uri == "http://api.example.test/x" && a.header.Get("Authorization") == "":
			default:
				t.Errorf("%d: the proxy got %+v", status, a)
			}
		}
	}
}

// callByTheEnvironment makes calls whose proxy refuses them. With the client's own transport that is a typed error, also
// where the proxy refuses to connect.
func callByTheEnvironment(t *testing.T) {
	once := sdk.WithMaxAttempts(1)
	quick := sdk.WithBackoff(1, 1)
	for _, a := range newClients(t, sdk.WithBaseURL("https://api.example.test"), sdk.WithToken(token), quick).anyCalls() {
		e := assert.APIError(t, a.Do(context.Background(), "POST", "/x", nil, nil, nil))
		if e.Status != 407 && e.Status != 403 && e.Status != 503 || e.Header == nil {
			t.Errorf("%s over https: %v", a.platform, e)
		}
		e = assert.APIError(t, a.Do(context.Background(), "POST", "/x", nil, nil, nil, sdk.WithBaseURL("http://api.example.test"), sdk.WithoutToken(), once))
		if e.Status != 407 && e.Status != 403 && e.Status != 503 {
			t.Errorf("%s over http: %v", a.platform, e)
		}
	}
}
