package transport_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/transport"
)

// attempts makes a call that always ends the same, and counts.
func attempts(t *testing.T, method string, repeat transport.Repeat, s step) (int, *sdk.Error) {
	t.Helper()
	script := play(s)
	c := newClient(t, sdk.WithTransport(script), quick())
	call := transport.Call{Operation: "Things.X", Method: method, Path: "/v1/things", Repeat: repeat}
	if method == http.MethodPost || method == http.MethodPut || method == http.MethodPatch {
		call.Body = encodeThing(&thing{ID: "a"})
	}
	e := assert.APIError(t, exec(c, call))
	if e.Attempts != script.count() {
		t.Errorf("%s: the error counts %d attempts, the server %d", method, e.Attempts, script.count())
	}
	return script.count(), e
}

func TestWhichStatusIsRepeated(t *testing.T) {
	t.Parallel()
	const all, once = 4, 1
	for status, want := range map[int]struct{ get, post int }{
		400: {once, once}, 401: {once, once}, 403: {once, once}, 404: {once, once}, 405: {once, once},
		408: {all, once}, 409: {once, once}, 410: {once, once}, 413: {once, once}, 418: {once, once}, 422: {once, once},
		423: {once, once}, 425: {all, once}, 429: {all, all}, 500: {all, once}, 501: {once, once}, 502: {all, once},
		503: {all, once}, 504: {all, once}, 505: {once, once}, 507: {once, once}, 511: {once, once}, 304: {once, once}, 599: {once, once},
	} {
		for method, n := range map[string]int{
			"GET": want.get, "HEAD": want.get, "PUT": want.get, "DELETE": want.get, "OPTIONS": want.get, "POST": want.post, "PATCH": want.post,
		} {
			got, e := attempts(t, method, transport.ByMethod, answer(status, `{"message":"no"}`))
			if got != n || e.Status != status {
				t.Errorf("%s %d: %d attempts, want %d; error %v", method, status, got, n, e)
			}
		}
	}
}

func TestOperationsSayWhatIsSafe(t *testing.T) {
	t.Parallel()
	if n, _ := attempts(t, "POST", transport.Safe, answer(500, "")); n != 4 {
		t.Errorf("a safe POST was sent %d times", n)
	}
	for _, s := range []step{answer(500, ""), fail(errReset)} {
		if n, _ := attempts(t, "GET", transport.Never, s); n != 1 {
			t.Errorf("a GET that must not be repeated was sent %d times", n)
		}
	}
}

func TestPostIsRepeatedWhenTheServerAsksForIt(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]int{"0": 4, "0.001": 4, "banana": 1, "-1": 1, "": 1} {
		if n, _ := attempts(t, "POST", transport.ByMethod, answer(503, "", "Retry-After", header)); n != want {
			t.Errorf("Retry-After %q: %d attempts, want %d", header, n, want)
		}
	}
	// A header that the platform sends with every answer invites nothing.
	reset := time.Now().Add(time.Second).Format(time.RFC3339)
	if n, _ := attempts(t, "POST", transport.ByMethod, answer(503, "", "X-Rate-Limit-Reset", reset)); n != 1 {
		t.Errorf("%d attempts", n)
	}
}

func TestServerVetoWins(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 503} {
		if n, _ := attempts(t, "GET", transport.ByMethod, answer(status, "", "X-Should-Retry", "false", "Retry-After", "0")); n != 1 {
			t.Errorf("%d: %d attempts", status, n)
		}
	}
}

func TestWhichFailureIsRepeated(t *testing.T) {
	t.Parallel()
	const all, once = 4, 1
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	for name, c := range map[string]struct {
		err       error
		get, post int
	}{
		"connection reset":       {errReset, all, once},
		"unexpected EOF":         {io.ErrUnexpectedEOF, all, once},
		"EOF":                    {io.EOF, all, once},
		"unknown":                {errors.New("middleware says no"), all, once},
		"dial refused":           {dial(syscall.ECONNREFUSED), all, all},
		"dial timed out":         {dial(syscall.ETIMEDOUT), all, all},
		"bare refusal":           {fmt.Errorf("x: %w", syscall.ECONNREFUSED), all, all},
		"proxy not reached":      {&net.OpError{Op: "proxyconnect", Err: dial(syscall.ECONNREFUSED)}, all, all},
		"DNS temporary":          {dial(&net.DNSError{Err: "server misbehaving", IsTemporary: true}), all, all},
		"DNS timeout":            {dial(&net.DNSError{Err: "i/o timeout", IsTimeout: true}), all, all},
		"no such host":           {dial(&net.DNSError{Err: "no such host", IsNotFound: true}), once, once},
		"TLS handshake timeout":  {errors.New("net/http: TLS handshake timeout"), all, all},
		"unknown authority":      {x509.UnknownAuthorityError{}, once, once},
		"wrong host":             {fmt.Errorf("x: %w", x509.HostnameError{Certificate: &x509.Certificate{}, Host: "h"}), once, once},
		"expired certificate":    {x509.CertificateInvalidError{Reason: x509.Expired}, once, once},
		"unsupported scheme":     {errors.New("unsupported protocol scheme \"x\""), once, once},
		"invalid header":         {errors.New("net/http: invalid header field value for \"X\""), once, once},
		"http answered to https": {http.ErrSchemeMismatch, once, once},
	} {
		for method, want := range map[string]int{"GET": c.get, "PUT": c.get, "POST": c.post, "PATCH": c.post} {
			n, e := attempts(t, method, transport.ByMethod, fail(c.err))
			if n != want {
				t.Errorf("%s, %s: %d attempts, want %d", name, method, n, want)
			}
			if e.Status != 0 || !errors.Is(e, c.err) {
				t.Errorf("%s, %s: error %v", name, method, e)
			}
		}
	}
}

func TestPostThatNeverLeftIsSentWhenTheServerComesUp(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	var server *http.Server
	posts := 0
	hooks := sdk.Hooks{Wait: func(context.Context, sdk.Event) {
		if server != nil {
			return
		}
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Error(err)
			return
		}
		server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			posts++
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, oneThing)
		})}
		go func() { _ = server.Serve(l) }()
	}}
	c := newClient(t, sdk.WithBaseURL("http://"+address), quick(), sdk.WithHooks(hooks))
	if _, err := postThing(context.Background(), c, thing{ID: "a"}); err != nil {
		t.Error(err)
	}
	if server == nil {
		t.Fatal("nothing was refused")
	}
	_ = server.Close()
	if posts != 1 {
		t.Errorf("%d posts arrived", posts)
	}
}

func TestBodyAndHeadersAreTheSameOnEachAttempt(t *testing.T) {
	t.Parallel()
	type seen struct {
		body, header string
		length       int64
		encoding     []string
	}
	var all []seen
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		all = append(all, seen{string(body), fmt.Sprint(r.Header), r.ContentLength, r.TransferEncoding})
		w.WriteHeader(429)
	}, sdk.WithHeader("X-One", "1"))
	err := exec(c, transport.Call{
		Method: "POST", Path: "/things", Body: encodeThing(&thing{ID: "a", Count: 3}), Header: http.Header{"X-Two": {"2"}},
	})
	if assert.APIError(t, err).Attempts != 4 || len(all) != 4 {
		t.Fatalf("%d requests, error %v", len(all), err)
	}
	for _, s := range all {
		if fmt.Sprint(s) != fmt.Sprint(all[0]) || s.body != `{"id":"a","count":3}` || s.length != 20 || s.encoding != nil {
			t.Errorf("got %+v, want %+v", s, all[0])
		}
	}
}

func TestSuccessAfterFailures(t *testing.T) {
	t.Parallel()
	s := play(answer(500, ""), fail(errReset), answer(200, oneThing))
	var r sdk.Response
	v, err := getThing(context.Background(), newClient(t, sdk.WithTransport(s), quick()), "a", sdk.WithResponse(&r))
	if err != nil || v.Count != 42 || r.Attempts != 3 || r.Status != 200 {
		t.Errorf("got %+v, %v, %+v", v, err, r)
	}
}

func TestMaxAttemptsIsForEachCall(t *testing.T) {
	t.Parallel()
	s := play(answer(500, ""))
	c := newClient(t, sdk.WithTransport(s), quick(), sdk.WithMaxAttempts(2))
	_ = getOnly(context.Background(), c)
	_ = getOnly(context.Background(), c, sdk.WithMaxAttempts(7))
	_ = getOnly(context.Background(), c, sdk.WithMaxAttempts(1))
	if s.count() != 2+7+1 {
		t.Errorf("%d requests", s.count())
	}
}

func TestRetryBudgetBoundsAllCallsOfAClient(t *testing.T) {
	t.Parallel()
	s := play(answer(500, ""))
	c := newClient(t, sdk.WithTransport(s), quick(), sdk.WithRetryBudget(20))
	derived, err := c.With(sdk.WithUserAgent("x"))
	if err != nil {
		t.Fatal(err)
	}
	for range 500 {
		_ = getOnly(context.Background(), c)
		_ = getOnly(context.Background(), derived)
	}
	if s.count() != 1000+20 {
		t.Errorf("1000 failing calls made %d requests", s.count())
	}
	// Ten answers at once pay for one repeat.
	s.steps = []step{answer(200, oneThing)}
	for range 10 {
		_ = getOnly(context.Background(), c)
	}
	before := s.count()
	s.steps = []step{answer(500, "")}
	_ = getOnly(context.Background(), c)
	if n := s.count() - before; n != 2 {
		t.Errorf("after ten successes a failing call made %d requests", n)
	}
}

func TestNoRetryBudget(t *testing.T) {
	t.Parallel()
	s := play(answer(500, ""))
	c := newClient(t, sdk.WithTransport(s), quick(), sdk.WithRetryBudget(-1))
	for range 100 {
		_ = getOnly(context.Background(), c)
	}
	if s.count() != 400 {
		t.Errorf("%d requests", s.count())
	}
}

func TestBackoffGrowsAndIsSpread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		waits := make(map[int][]time.Duration)
		hooks := sdk.Hooks{Wait: func(_ context.Context, e sdk.Event) { waits[e.Attempt] = append(waits[e.Attempt], e.Wait) }}
		c := newClient(t, sdk.WithTransport(play(answer(500, ""))), sdk.WithHooks(hooks), sdk.WithRetryBudget(-1),
			sdk.WithBackoff(time.Second, 10*time.Second), sdk.WithMaxAttempts(80))
		for range 100 {
			_ = getOnly(context.Background(), c)
		}
		for attempt, ceiling := range map[int]time.Duration{1: 1e9, 2: 2e9, 3: 4e9, 4: 8e9, 5: 10e9, 31: 10e9, 70: 10e9} {
			low, high := time.Hour, time.Duration(0)
			for _, w := range waits[attempt] {
				low, high = min(low, w), max(high, w)
			}
			if len(waits[attempt]) != 100 || low <= 0 || high > ceiling || high-low < ceiling/4 {
				t.Errorf("attempt %d: waits from %v to %v, want them spread up to %v", attempt, low, high, ceiling)
			}
		}
	})
}

func TestTheReasonForNotRepeatingIsTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		step step
		want string
	}{
		"final":   {answer(404, ""), "the answer is final"},
		"veto":    {answer(503, "", "X-Should-Retry", "false"), "the server forbids it"},
		"too far": {answer(503, "", "Retry-After", "3600"), "the server asks for a longer wait than allowed"},
		"spent":   {answer(500, ""), "no attempt is left"},
	} {
		var last string
		hooks := sdk.Hooks{Attempt: func(_ context.Context, e sdk.Event) { last = e.Reason }}
		_ = getOnly(context.Background(), newClient(t, sdk.WithTransport(play(c.step)), sdk.WithHooks(hooks), quick()))
		if !strings.Contains(last, c.want) {
			t.Errorf("%s: %q", name, last)
		}
	}
}
