package transport_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/transport"
)

func TestEnvironmentIsReadWhereNoOptionSaysOtherwise(t *testing.T) {
	s := play(answer(200, oneThing))
	try := func(opts ...sdk.Option) (string, string) {
		t.Helper()
		c, err := transport.New(platform(), append(opts, sdk.WithTransport(s))...)
		if err != nil {
			t.Fatal(err)
		}
		_ = getOnly(context.Background(), c)
		all := s.requests()
		r := all[len(all)-1]
		return r.URL.Host, r.Header.Get("Authorization")
	}
	t.Setenv("WHARFINGER_TEST_TOKEN", "from-env")
	t.Setenv("WHARFINGER_TEST_BASE_URL", "https://env.example")
	if host, auth := try(); host != "env.example" || auth != "Bearer from-env" {
		t.Errorf("%s %s", host, auth)
	}
	if host, auth := try(sdk.WithToken("given"), sdk.WithBaseURL("https://given.example")); host != "given.example" || auth != "Bearer given" {
		t.Errorf("%s %s", host, auth)
	}
	if _, auth := try(sdk.WithoutToken()); auth != "" {
		t.Errorf("%s", auth)
	}
	t.Setenv("WHARFINGER_TEST_BASE_URL", "")
	if host, _ := try(); host != "api.example.com" {
		t.Errorf("%s", host)
	}
	t.Setenv("WHARFINGER_TEST_TOKEN", "")
	_, err := transport.New(platform())
	if err == nil || !strings.Contains(err.Error(), "WHARFINGER_TEST_TOKEN") || !strings.Contains(err.Error(), "sdk.WithToken") {
		t.Error(err)
	}
	if _, err := transport.New(transport.Platform{Name: "x", BaseURL: "https://x.example"}); err == nil {
		t.Error("a client without a token was made")
	}
	t.Setenv("WHARFINGER_TEST_TOKEN", "line\n")
	if _, err := transport.New(platform()); err == nil {
		t.Error("a token with a line break was taken")
	}
}

func TestOptionsOfACallHoldForThatCallAlone(t *testing.T) {
	t.Parallel()
	s := play(answer(200, oneThing))
	c := newClient(t, sdk.WithTransport(s), sdk.WithHeader("X-A", "client"), sdk.WithUserAgent("app/1"))
	other := play(answer(200, oneThing))
	_ = getOnly(context.Background(), c, sdk.WithHeader("x-a", "call"), sdk.WithHeader("X-B", "b"), sdk.WithToken("t2"), nil)
	_ = getOnly(context.Background(), c)
	_ = getOnly(context.Background(), c, sdk.WithTransport(other), sdk.WithBaseURL("https://eu.example/x"))
	_ = getOnly(context.Background(), c, sdk.WithHeader("User-Agent", "mine"), sdk.WithHeader("Accept", "application/vnd.x+json"))
	for i, want := range []struct{ a, b, auth, agent string }{
		{"call", "b", "Bearer t2", "wharfinger-go/" + sdk.Version + " (port) app/1"},
		{"client", "", "Bearer " + testToken, "wharfinger-go/" + sdk.Version + " (port) app/1"},
		{"client", "", "Bearer " + testToken, "mine"},
	} {
		h := s.requests()[i].Header
		if h.Get("X-A") != want.a || h.Get("X-B") != want.b || h.Get("Authorization") != want.auth || h.Get("User-Agent") != want.agent {
			t.Errorf("request %d: %v", i, h)
		}
	}
	if s.requests()[2].Header.Get("Accept") != "application/vnd.x+json" {
		t.Errorf("%v", s.requests()[2].Header)
	}
	if other.count() != 1 || other.requests()[0].URL.String() != "https://eu.example/x/v1/things/a" {
		t.Errorf("%v", other.requests())
	}
}

func TestMiddlewareSeesEveryAttemptInOrder(t *testing.T) {
	t.Parallel()
	var order []string
	wrap := func(name string) sdk.Option {
		return sdk.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return rt(func(r *http.Request) (*http.Response, error) {
				order = append(order, name+" "+r.Header.Get("Authorization"))
				r.Header.Add("X-Seen", name) // against the rules, and harmless to others
				return next.RoundTrip(r)
			})
		})
	}
	s := play(answer(500, ""), answer(200, oneThing))
	c := newClient(t, sdk.WithTransport(s), quick(), wrap("outer"), wrap("inner"))
	if err := getOnly(context.Background(), c, wrap("call")); err != nil {
		t.Fatal(err)
	}
	a := " Bearer " + testToken
	if want := "outer" + a + ",inner" + a + ",call" + a; strings.Join(order, ",") != want+","+want {
		t.Errorf("%v", order)
	}
	for _, r := range s.requests() {
		if len(r.Header["X-Seen"]) != 3 {
			t.Errorf("%v", r.Header)
		}
	}
	order = nil
	_ = getOnly(context.Background(), c)
	if len(order) != 2 {
		t.Errorf("%v", order)
	}
}

type rt func(*http.Request) (*http.Response, error)

func (f rt) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestUsersHTTPClientIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	s := play(answer(200, oneThing, "Set-Cookie", "a=1; Path=/"), answer(200, oneThing))
	jar := &jar{}
	own := &http.Client{Transport: s, Jar: jar, Timeout: time.Minute}
	c := newClient(t, sdk.WithHTTPClient(own))
	for range 2 {
		if err := getOnly(context.Background(), c); err != nil {
			t.Fatal(err)
		}
	}
	if own.Transport != s || own.CheckRedirect != nil || own.Timeout != time.Minute || own.Jar != jar {
		t.Errorf("%+v", own)
	}
	if got := s.requests()[1].Header.Get("Cookie"); got != "a=1" {
		t.Errorf("sent the cookie %q", got)
	}
}

// jar keeps all cookies.
type jar struct{ all []*http.Cookie }

func (j *jar) SetCookies(_ *url.URL, cookies []*http.Cookie) { j.all = append(j.all, cookies...) }
func (j *jar) Cookies(*url.URL) []*http.Cookie               { return j.all }

func TestCookiesAreSentOnceWithEachAttempt(t *testing.T) {
	t.Parallel()
	s := play(answer(503, ""), answer(503, "", "Set-Cookie", "b=2; Path=/"), answer(200, oneThing))
	own := &http.Client{Transport: s, Jar: &jar{all: []*http.Cookie{{Name: "a", Value: "1"}}}}
	if err := getOnly(context.Background(), newClient(t, sdk.WithHTTPClient(own), quick())); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"a=1", "a=1", "a=1; b=2"} {
		if got := s.requests()[i].Header.Get("Cookie"); got != want {
			t.Errorf("attempt %d sent the cookies %q, want %q", i+1, got, want)
		}
	}
}

func TestDerivedClients(t *testing.T) {
	t.Parallel()
	s := play(answer(200, oneThing))
	c := newClient(t, sdk.WithTransport(s), sdk.WithScope("org_id", "o1"))
	d, err := c.With(sdk.WithScope("org_id", "o2"), sdk.WithHeader("X-A", "1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*transport.Client{d, c} {
		if err := exec(c, transport.Call{Path: "/{org_id}"}); err != nil {
			t.Fatal(err)
		}
	}
	r := s.requests()
	if r[0].URL.Path != "/o2" || r[0].Header.Get("X-A") != "1" || r[1].URL.Path != "/o1" || r[1].Header.Get("X-A") != "" {
		t.Errorf("%v %v", r[0], r[1])
	}
	if _, err := c.With(sdk.WithMaxAttempts(0)); err == nil || !strings.HasPrefix(err.Error(), "port: ") {
		t.Error(err)
	}
	failing := errors.New("no")
	if _, err := c.With(func(*sdk.Config) error { return failing }); !errors.Is(err, failing) {
		t.Error(err)
	}
}

func TestRequestsSayWhatTheyAreAndAccept(t *testing.T) {
	t.Parallel()
	s := play(answer(200, oneThing))
	c := newClient(t, sdk.WithTransport(s))
	_ = postOnly(context.Background(), c)
	_ = exec(c, transport.Call{Method: "PUT", Path: "/x", Raw: []byte("a,b"), ContentType: "text/csv"})
	_ = exec(c, transport.Call{Method: "PUT", Path: "/x", Raw: []byte("{}")})
	_ = exec(c, transport.Call{Method: "POST", Path: "/x", Raw: []byte{}})
	_ = getOnly(context.Background(), c)
	for i, want := range []struct {
		contentType, body string
		length            int64
	}{{"application/json", `{"id":"a","count":0}`, 20}, {"text/csv", "a,b", 3}, {"application/json", "{}", 2}, {"application/json", "", 0}, {"", "", 0}} {
		r := s.requests()[i]
		if r.Header.Get("Content-Type") != want.contentType || s.bodies[i] != want.body || r.ContentLength != want.length || r.Host != "api.example.com" {
			t.Errorf("request %d: %v %d %q", i, r.Header, r.ContentLength, s.bodies[i])
		}
		if r.Header.Get("Accept") != "application/json" {
			t.Errorf("request %d accepts %q", i, r.Header.Get("Accept"))
		}
	}
}

func TestAttemptSeesTheCallersContext(t *testing.T) {
	t.Parallel()
	type key struct{}
	at := time.Now().Add(time.Hour)
	ctx, cancel := context.WithDeadline(context.WithValue(context.Background(), key{}, "v"), at)
	defer cancel()
	var attempt context.Context
	s := play(func(r *http.Request) (*http.Response, error) {
		attempt = r.Context()
		if deadline, ok := attempt.Deadline(); !ok || !deadline.Equal(at) || attempt.Value(key{}) != "v" || attempt.Err() != nil {
			t.Errorf("%v %v", deadline, attempt.Err())
		}
		return answer(200, oneThing)(r)
	})
	if err := getOnly(ctx, newClient(t, sdk.WithTransport(s))); err != nil {
		t.Fatal(err)
	}
	<-attempt.Done() // whoever holds on to it is let go
	if attempt.Err() == nil || ctx.Err() != nil {
		t.Errorf("%v %v", attempt.Err(), ctx.Err())
	}
}

func TestTransportThatGivesNothing(t *testing.T) {
	t.Parallel()
	err := getOnly(context.Background(), newClient(t, sdk.WithTransport(play(fail(nil)))))
	if e := assert.APIError(t, err); e.Status != 0 || e.Attempts != 1 {
		t.Error(err)
	}
	bodyless := func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: 204}, nil }
	if err := exec(newClient(t, sdk.WithTransport(play(bodyless))), transport.Call{Path: "/x"}); err != nil {
		t.Error(err)
	}
}

func TestSegmentsOfAPathParameter(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"a/b c/d": "/files/a/b%20c/d/raw", "a": "/files/a/raw", "a//b": "", "/a": "", "a/": "", "a/../b": "", "./a": "", "": "",
	} {
		s := play(answer(200, "{}"))
		err := exec(newClient(t, sdk.WithTransport(s)), transport.Call{Path: "/files/{path}/raw", Args: []string{value}, Segments: "path"})
		if want == "" {
			assert.Is(t, err, sdk.ErrInvalidRequest)
			if s.count() != 0 {
				t.Errorf("%q was sent", value)
			}
			continue
		}
		if err != nil || s.requests()[0].URL.RequestURI() != want {
			t.Errorf("%q: %v, %v", value, s.requests()[0].URL.RequestURI(), err)
		}
	}
}
