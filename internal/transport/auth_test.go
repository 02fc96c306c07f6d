package transport_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/transport"
)

func TestTokenIsSentInThePlatformsWay(t *testing.T) {
	t.Parallel()
	s := play(answer(200, oneThing))
	_ = getOnly(context.Background(), newClient(t, sdk.WithTransport(s)))
	p := platform()
	p.Authorize = func(h http.Header, token string) { h.Set("X-Key", "JWT "+token) }
	c, err := transport.New(p, sdk.WithToken(testToken), sdk.WithTransport(s), sdk.WithHeader("X-Key", "mine"))
	if err != nil {
		t.Fatal(err)
	}
	_ = getOnly(context.Background(), c)
	_ = getOnly(context.Background(), c, sdk.WithToken("other"))
	_ = getOnly(context.Background(), c, sdk.WithoutToken())
	r := s.requests()
	for i, want := range []string{"", "JWT " + testToken, "JWT other", "mine"} {
		if got := r[i].Header.Get("X-Key"); got != want {
			t.Errorf("request %d: X-Key %q, want %q", i, got, want)
		}
	}
	if got := r[0].Header.Get("Authorization"); got != "Bearer "+testToken {
		t.Errorf("Authorization %q", got)
	}
	if got := r[1].Header.Get("Authorization"); got != "" {
		t.Errorf("Authorization %q", got)
	}
}

func TestTokenGoesOverPlainHTTPToLoopbackAlone(t *testing.T) {
	t.Parallel()
	for base, ok := range map[string]bool{
		"http://localhost:1": true, "http://LOCALHOST.": true, "http://a.localhost": true, "http://127.0.0.1": true, "http://127.8.8.8:1": true,
		"http://[::1]:1": true, "http://[::ffff:127.0.0.1]": true, "https://api.example.com": true,
		"http://api.example.com": false, "http://10.0.0.1": false, "http://localhost.example.com": false, "http://0.0.0.0": false, "http://[::2]": false,
	} {
		_, err := transport.New(platform(), sdk.WithToken(testToken), sdk.WithBaseURL(base))
		if ok != (err == nil) {
			t.Errorf("%s: %v", base, err)
		}
		for name, opt := range map[string]sdk.Option{"asked for": sdk.WithPlainHTTP(), "no token": sdk.WithoutToken()} {
			opts := []sdk.Option{sdk.WithBaseURL(base), opt}
			if name == "asked for" {
				opts = append(opts, sdk.WithToken(testToken))
			}
			if _, err := transport.New(platform(), opts...); err != nil {
				t.Errorf("%s, %s: %v", base, name, err)
			}
		}
	}
	c := newClient(t, sdk.WithTransport(play(answer(200, oneThing))))
	assert.Is(t, getOnly(context.Background(), c, sdk.WithBaseURL("http://api.example.com")), sdk.ErrInvalidRequest)
}

func TestHeadersThatWouldEndTheLineAreRefused(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]sdk.Option{
		"token":       sdk.WithToken("hunter2\r\nX: y"),
		"value":       sdk.WithHeader("X-A", "hunter2\nX: y"),
		"name":        sdk.WithHeader("X-A: hunter2", "x"),
		"empty name":  sdk.WithHeader("", "x"),
		"NUL":         sdk.WithHeader("X-A", "hunter2\x00"),
		"agent":       sdk.WithUserAgent("hunter2\r\n"),
		"own token":   func(c *sdk.Config) error { c.Token = sdk.NewSecret("hunter2\n"); return nil },
		"own header":  func(c *sdk.Config) error { c.Header = http.Header{"X": {"hunter2\r"}}; return nil },
		"own name":    func(c *sdk.Config) error { c.Header = http.Header{"hunter2 ": {"x"}}; return nil },
		"own agent":   func(c *sdk.Config) error { c.UserAgent = "hunter2\r\n"; return nil },
		"host":        sdk.WithHeader("host", "x"),
		"length":      sdk.WithHeader("Content-Length", "1"),
		"empty token": sdk.WithToken(""),
	} {
		s := play(answer(200, oneThing))
		_, err := transport.New(platform(), sdk.WithTransport(s), sdk.WithToken(testToken), opt)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: New gave %v", name, err)
		}
		err = getOnly(context.Background(), newClient(t, sdk.WithTransport(s)), opt)
		assert.Is(t, err, sdk.ErrInvalidRequest)
		if strings.Contains(err.Error(), "hunter2") || s.count() != 0 {
			t.Errorf("%s: a call gave %v", name, err)
		}
	}
	s := play(answer(200, oneThing))
	err := exec(newClient(t, sdk.WithTransport(s)), transport.Call{Path: "/x", Header: http.Header{"X-Org": {"a\r\nX: y"}}})
	assert.Is(t, err, sdk.ErrInvalidRequest)
	if !strings.Contains(err.Error(), "X-Org") || s.count() != 0 {
		t.Error(err)
	}
}

// rotating is a source whose tokens are t1, t2, t3 and so on.
type rotating struct {
	asked atomic.Int64
	delay time.Duration
	err   error
}

func (r *rotating) Token(ctx context.Context) (sdk.Secret, error) {
	n := r.asked.Add(1)
	select {
	case <-time.After(r.delay):
	case <-ctx.Done():
		return sdk.Secret{}, ctx.Err()
	}
	if r.err != nil {
		return sdk.Secret{}, r.err
	}
	return sdk.NewSecret("t" + strconv.FormatInt(n, 10)), nil
}

// accepting answers 401 to every token but one.
func accepting(token string) step {
	return func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("Authorization") != "Bearer "+token {
			return answer(401, `{"code":"expired"}`)(r)
		}
		return answer(200, oneThing)(r)
	}
}

func withSource(t *testing.T, source sdk.TokenSource, opts ...sdk.Option) *transport.Client {
	t.Helper()
	return newClient(t, append([]sdk.Option{sdk.WithTokenSource(source)}, opts...)...)
}

func TestRefusedTokenIsRefreshedOnceForAllCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := &rotating{delay: time.Second}
		valid := "t1"
		s := play(func(r *http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			return accepting(valid)(r)
		})
		c := withSource(t, source, sdk.WithTransport(s), sdk.WithMaxAttempts(1))
		if err := getOnly(context.Background(), c); err != nil {
			t.Fatal(err)
		}
		valid = "t2"
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if err := postOnly(context.Background(), c); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := source.asked.Load(); n != 2 || s.count() != 1+40 {
			t.Errorf("the source was asked %d times, the server %d times", n, s.count())
		}
	})
}

func TestTokenThatStaysRefusedIsAnError(t *testing.T) {
	t.Parallel()
	source := &rotating{}
	s := play(answer(401, `{"code":"expired"}`))
	err := getOnly(context.Background(), withSource(t, source, sdk.WithTransport(s)))
	assert.Is(t, err, sdk.ErrUnauthorized)
	if s.count() != 2 || source.asked.Load() != 2 || assert.APIError(t, err).Code != "expired" {
		t.Errorf("%d requests, %d tokens, %v", s.count(), source.asked.Load(), err)
	}
	s = play(answer(401, ""))
	_ = getOnly(context.Background(), newClient(t, sdk.WithTransport(s)))
	if s.count() != 1 {
		t.Errorf("a token that can't be refreshed was sent %d times", s.count())
	}
}

func TestSourceThatFails(t *testing.T) {
	t.Parallel()
	source := &rotating{err: errors.New("login is down")}
	s := play(answer(200, oneThing))
	err := getOnly(context.Background(), withSource(t, source, sdk.WithTransport(s)))
	assert.Is(t, err, source.err)
	if e := assert.APIError(t, err); s.count() != 0 || e.Attempts != 0 || e.Status != 0 || source.asked.Load() != 1 {
		t.Errorf("%d requests, %v", s.count(), err)
	}
	// After a 401 both errors are there.
	source = &rotating{}
	s = play(func(r *http.Request) (*http.Response, error) {
		source.err = errors.New("login is down")
		return answer(401, `{"code":"expired"}`)(r)
	})
	err = getOnly(context.Background(), withSource(t, source, sdk.WithTransport(s)))
	assert.Is(t, err, sdk.ErrUnauthorized, source.err)
	if e := assert.APIError(t, err); e.Code != "expired" || s.count() != 1 {
		t.Errorf("%d requests, %v", s.count(), err)
	}
	for name, token := range map[string]string{"empty": "", "invalid": "a\r\nb"} {
		f := sdk.TokenSourceFunc(func(context.Context) (sdk.Secret, error) { return sdk.NewSecret(token), nil })
		if err := getOnly(context.Background(), withSource(t, f, sdk.WithTransport(s))); err == nil || s.count() != 1 {
			t.Errorf("%s token: %v", name, err)
		}
	}
}

func TestOneCallGivingUpDoesNotEndTheRefreshOfOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := &rotating{delay: 10 * time.Second}
		c := withSource(t, source, sdk.WithTransport(play(accepting("t1"))))
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() { assert.Is(t, getOnly(ctx, c), context.DeadlineExceeded) })
		wg.Go(func() {
			time.Sleep(time.Millisecond)
			if err := getOnly(context.Background(), c); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		if source.asked.Load() != 1 {
			t.Errorf("asked %d times", source.asked.Load())
		}
		// When nobody waits any more, the question ends; the bubble would wait for it otherwise.
		other := withSource(t, &rotating{delay: 1000 * time.Hour}, sdk.WithTransport(play(accepting("t1"))))
		assert.Is(t, getOnly(context.Background(), other, sdk.WithMaxElapsed(time.Second)), context.DeadlineExceeded)
	})
}

// expiring is a source that knows when its tokens end.
type expiring struct {
	rotating
	good atomic.Pointer[string]
}

func (e *expiring) Valid(token sdk.Secret) bool {
	good := e.good.Load()
	return good == nil || token.Reveal() == *good
}

func TestSourceThatKnowsTheEndOfItsTokenIsAskedBefore(t *testing.T) {
	t.Parallel()
	source := &expiring{}
	valid := "t1"
	s := play(func(r *http.Request) (*http.Response, error) { return accepting(valid)(r) })
	c := withSource(t, source, sdk.WithTransport(s))
	_ = getOnly(context.Background(), c)
	valid = "t2"
	source.good.Store(&valid)
	if err := getOnly(context.Background(), c); err != nil || s.count() != 2 {
		t.Errorf("%d requests, %v", s.count(), err)
	}
}
