package faults_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
)

func refreshes() []check {
	return []check{
		{9, "one refresh serves all callers whose token was refused and each repeats once", oneRefreshForAll},
		{9, "a late refusal of an old token refreshes nothing", lateRefusal},
		{9, "a token that stays refused is asked for twice and not in a loop", staysRefused},
		{9, "a refresh that fails leaves the refusal and its own error", refreshFails},
		{9, "a fixed token that is refused is not sent again", fixedToken},
	}
}

// source gives the tokens token-1, token-2 and so on, a second after each question.
type source struct {
	asked atomic.Int64
	err   atomic.Pointer[error]
}

func (s *source) Token(ctx context.Context) (sdk.Secret, error) {
	n := s.asked.Add(1)
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return sdk.Secret{}, ctx.Err()
	}
	if err := s.err.Load(); err != nil {
		return sdk.Secret{}, *err
	}
	return sdk.NewSecret("token-" + strconv.FormatInt(n, 10)), nil
}

// from is a step that refuses tokens of a lower number.
func from(lowest *atomic.Int64) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Second)
		_, number, _ := strings.Cut(r.Header.Get("Authorization"), "token-")
		if n, err := strconv.ParseInt(number, 10, 64); err != nil || n < lowest.Load() {
			failure(http.StatusUnauthorized)(w, r)
			return
		}
		success()(w, r)
	}
}

func oneRefreshForAll(t *testing.T) {
	for _, o := range operations() {
		inBubble(t, func(t *testing.T) {
			var lowest atomic.Int64
			var tokens source
			s := pipe(t, from(&lowest))
			// Even a call that may make one attempt alone repeats after a refresh.
			c := s.clients(t, sdk.WithTokenSource(&tokens), sdk.WithMaxAttempts(1))
			if err := o.call(t.Context(), c); err != nil || tokens.asked.Load() != 1 {
				t.Fatal(err)
			}
			lowest.Store(2)
			var wg sync.WaitGroup
			for range 20 {
				wg.Go(func() {
					var r sdk.Response
					if err := o.call(t.Context(), c, sdk.WithResponse(&r)); err != nil || r.Attempts != 2 {
						t.Errorf("%s: %d attempts: %v", o.name, r.Attempts, err)
					}
				})
			}
			wg.Wait()
			if tokens.asked.Load() != 2 || s.count() != 1+20+20 {
				t.Errorf("%s: %d tokens, %d requests", o.name, tokens.asked.Load(), s.count())
			}
			for _, a := range s.arrivals() {
				if a.body != s.arrivals()[0].body {
					t.Errorf("%s: the body became %q", o.name, a.body)
				}
			}
		})
	}
}

func lateRefusal(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var tokens source
		s := pipe(t, success(), func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Minute) // meanwhile another call is refused and gets a new token
			failure(http.StatusUnauthorized)(w, r)
		}, failure(http.StatusUnauthorized), success())
		c := s.clients(t, sdk.WithTokenSource(&tokens))
		if err := get(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for i := range 2 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * time.Second)
				if err := get(t.Context(), c); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if tokens.asked.Load() != 2 || s.count() != 5 {
			t.Errorf("%d tokens, %d requests", tokens.asked.Load(), s.count())
		}
	})
}

func staysRefused(t *testing.T) {
	for _, o := range operations() {
		inBubble(t, func(t *testing.T) {
			var tokens source
			s := pipe(t, failure(http.StatusUnauthorized))
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // which ends a loop
			defer cancel()
			err := o.call(ctx, s.clients(t, sdk.WithTokenSource(&tokens), sdk.WithMaxAttempts(10)))
			wantTrouble(t, err, http.StatusUnauthorized, 2)
			assert.Is(t, err, sdk.ErrUnauthorized)
			if tokens.asked.Load() != 2 || s.count() != 2 {
				t.Errorf("%s: %d tokens, %d requests", o.name, tokens.asked.Load(), s.count())
			}
		})
	}
}

func refreshFails(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var tokens source
		down := errors.New("the login is down")
		s := pipe(t, success(), func(w http.ResponseWriter, r *http.Request) {
			tokens.err.Store(&down)
			failure(http.StatusUnauthorized)(w, r)
		})
		c := s.clients(t, sdk.WithTokenSource(&tokens))
		if err := get(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		err := get(t.Context(), c)
		wantTrouble(t, err, http.StatusUnauthorized, 1)
		assert.Is(t, err, sdk.ErrUnauthorized, down)
		// A call that finds no token sends nothing.
		err = create(t.Context(), c)
		assert.Is(t, err, down)
		if e := assert.APIError(t, err); e.Attempts != 0 || e.Status != 0 || s.count() != 2 || tokens.asked.Load() != 3 {
			t.Errorf("%d requests, %d tokens: %v", s.count(), tokens.asked.Load(), err)
		}
	})
}

func fixedToken(t *testing.T) {
	for _, o := range operations() {
		s := serve(t, failure(http.StatusUnauthorized))
		wantTrouble(t, o.call(t.Context(), s.clients(t)), http.StatusUnauthorized, 1)
		if s.count() != 1 {
			t.Errorf("%s: %d requests", o.name, s.count())
		}
	}
}
