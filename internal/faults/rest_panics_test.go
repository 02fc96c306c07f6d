package faults_test

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk"
)

const boom = "a panic of the user's"

// recovered is what a call panics with.
func recovered(call func()) (value any) {
	defer func() { value = recover() }()
	call()
	return nil
}

// now panics where it is called for the nth time.
func now(n int64) func() {
	var calls atomic.Int64
	return func() {
		if calls.Add(1) == n {
			panic(boom)
		}
	}
}

// panicsLeaveNothing has every hook of the user's panic in turn. The bubble ends only when no goroutine is left.
func panicsLeaveNothing(t *testing.T) {
	before := func(f func()) sdk.Option {
		return sdk.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return tripper(func(r *http.Request) (*http.Response, error) {
				f()
				return next.RoundTrip(r)
			})
		})
	}
	after := func(f func()) sdk.Option {
		return sdk.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return tripper(func(r *http.Request) (*http.Response, error) {
				resp, err := next.RoundTrip(r)
				f() // holds the answer's body, which nobody else will close
				return resp, err
			})
		})
	}
	event := func(f func()) func(context.Context, sdk.Event) { return func(context.Context, sdk.Event) { f() } }
	for name, place := range map[string]struct {
		option func(func()) sdk.Option
		holds  bool // the answer's body, when it panics
	}{
		"attempt":           {func(f func()) sdk.Option { return sdk.WithHooks(sdk.Hooks{Attempt: event(f)}) }, false},
		"wait":              {func(f func()) sdk.Option { return sdk.WithHooks(sdk.Hooks{Wait: event(f)}) }, false},
		"outcome":           {func(f func()) sdk.Option { return sdk.WithHooks(sdk.Hooks{Outcome: event(f)}) }, false},
		"middleware before": {before, false},
		"middleware after":  {after, true},
		"limiter": {func(f func()) sdk.Option {
			return sdk.WithLimiter(limiterFunc(func(context.Context) error { f(); return nil }))
		}, false},
	} {
		inBubble(t, func(t *testing.T) {
			s := watched(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if r.Header.Get("X-Attempt") == "fail" {
					w.WriteHeader(503)
				}
				_, _ = io.WriteString(w, strings.Repeat(" ", 10_000)+anything) // more than a connection buffers
			})
			var bodies tracking
			tr := dialing(t, map[string]*watchedServer{"127.0.0.1:80": s})
			c := newClients(t, sdk.WithBaseURL("http://127.0.0.1"), sdk.WithToken(token), sdk.WithTransport(tr))
			calls, panics := 0, 0
			for _, fail := range []string{"no", "fail"} {
				for n := range int64(3) {
					for _, o := range operations() {
						calls++
						opts := []sdk.Option{sdk.WithHeader("X-Attempt", fail), place.option(now(n + 1)), sdk.WithMiddleware(bodies.wrap)}
						switch got := recovered(func() { _ = o.call(t.Context(), c, opts...) }); got {
						case nil: // it wasn't called as often
						case boom:
							panics++
						default:
							t.Fatalf("%s: %s panics with %v", name, o.name, got)
						}
						if !place.holds && bodies.open.Load() != 0 {
							t.Fatalf("%s: %d bodies are open after %s", name, bodies.open.Load(), o.name)
						}
						bodies.open.Store(0)
					}
				}
			}
			if panics < len(operations()) {
				t.Errorf("%s: %d panics came of %d calls", name, panics, calls)
			}
			synctest.Wait()
			if s.active.Load() != 0 {
				t.Errorf("%s: %d requests are still under way", name, s.active.Load())
			}
			if opened := s.opened.Load(); !place.holds && opened != 1 {
				t.Errorf("%s: %d connections for %d calls", name, opened, calls)
			}
			if err := get(t.Context(), c); err != nil {
				t.Errorf("%s: after the panics: %v", name, err)
			}
		})
	}
}

// sourceOf is a token source that does what a test wants.
type sourceOf struct {
	token  func() (sdk.Secret, error)
	valid  func() bool
	panics bool
}

func (s sourceOf) Token(context.Context) (sdk.Secret, error) { return s.token() }
func (s sourceOf) Valid(sdk.Secret) bool                     { return s.valid() }

func panicsOfATokenSource(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := pipe(t, success())
		secret, yes := sdk.NewSecret(token), func() bool { return true }
		asking, judging, leaving := now(1), now(2), true
		for name, source := range map[string]sourceOf{
			"asked": {func() (sdk.Secret, error) {
				time.Sleep(time.Second)
				asking()
				return secret, nil
			}, yes, true},
			"asked whether it is good": {func() (sdk.Secret, error) { return secret, nil }, func() bool {
				judging()
				return true
			}, true},
			"asked and gone": {func() (sdk.Secret, error) {
				if leaving {
					leaving = false
					runtime.Goexit()
				}
				return secret, nil
			}, yes, false},
		} {
			c := s.clients(t, sdk.WithTokenSource(source))
			var panics, failures atomic.Int64
			var wg sync.WaitGroup
			for range 10 { // all wait for the same question
				wg.Go(func() {
					for range 3 {
						if got := recovered(func() {
							if err := get(t.Context(), c); err != nil {
								failures.Add(1)
							}
						}); got == boom {
							panics.Add(1)
						} else if got != nil {
							t.Errorf("%s: panics with %v", name, got)
						}
					}
				})
			}
			wg.Wait()
			if source.panics != (panics.Load() > 0) || source.panics == (failures.Load() > 0) {
				t.Errorf("%s: %d panics and %d failures", name, panics.Load(), failures.Load())
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			if err := get(ctx, c); err != nil {
				t.Errorf("%s: after that: %v", name, err)
			}
			cancel()
		}
	})
}
