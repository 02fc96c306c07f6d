package faults_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
)

func waiting() []check {
	checks := slices.Concat(retryAfters(), backoffs(), cancellations(), stalling())
	slices.SortStableFunc(checks, func(a, b check) int { return a.number - b.number })
	return checks
}

func backoffs() []check {
	return []check{
		{17, "a wait that the server asks for beyond the deadline is not begun", askedWaitBeyondDeadline},
		{18, "a wait of the client's own beyond the deadline is not begun", ownWaitBeyondDeadline},
		{21, "clients that failed together come back apart", waitsAreSpread},
		{21, "clients that were told when to come back come later and never earlier", askedWaitsAreSpread},
		{22, "the wait grows up to its bound and never overflows", waitsGrowToTheirBound},
		{23, "the limit of a whole call ends its repeats", maxElapsedEndsRepeats},
		{23, "the limit of a whole call ends an attempt under way", maxElapsedEndsAnAttempt},
	}
}

func askedWaitBeyondDeadline(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, o := range operations() {
			for text, opt := range map[string]sdk.Option{"3600": sdk.WithMaxRetryAfter(-1), "30": sdk.WithMaxRetryAfter(time.Minute)} {
				s := pipe(t, failure(503, "Retry-After", text), success())
				c := s.clients(t, opt)
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
				began := time.Now()
				err := o.call(ctx, c)
				cancel()
				wantTrouble(t, err, 503, 1)
				if took := time.Since(began); took != 0 || errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%s, Retry-After %s: after %v: %v", o.name, text, took, err)
				}
				s = pipe(t, failure(503, "Retry-After", text), success())
				began = time.Now()
				wantTrouble(t, o.call(t.Context(), s.clients(t, opt, sdk.WithMaxElapsed(2*time.Second))), 503, 1)
				if took := time.Since(began); took != 0 {
					t.Errorf("%s, Retry-After %s and a limit of the call: after %v", o.name, text, took)
				}
			}
		}
	})
}

func ownWaitBeyondDeadline(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, o := range operations() {
			// Any wait up to an hour is longer than a microsecond.
			s := pipe(t, failure(429), success())
			c := s.clients(t, sdk.WithBackoff(time.Hour, time.Hour))
			ctx, cancel := context.WithTimeout(t.Context(), time.Microsecond)
			began := time.Now()
			err := o.call(ctx, c)
			cancel()
			wantTrouble(t, err, 429, 1)
			if took := time.Since(began); took != 0 || errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: after %v: %v", o.name, took, err)
			}
			s = pipe(t, failure(429), success())
			wantTrouble(t, o.call(t.Context(), s.clients(t, sdk.WithBackoff(time.Hour, time.Hour), sdk.WithMaxElapsed(time.Microsecond))), 429, 1)
		}
	})
}

// firstWaits are how long 100 clients wait for their repeat after the same failure.
func firstWaits(t *testing.T, header ...string) []time.Duration {
	t.Helper()
	waits := make([]time.Duration, 100)
	for i := range waits {
		waits[i] = failingOnce(t, operations()[0], failure(503, header...), sdk.WithBackoff(10*time.Second, time.Minute))
	}
	slices.Sort(waits)
	return waits
}

func waitsAreSpread(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		waits := firstWaits(t)
		low, high := waits[0], waits[99]
		if low <= 0 || high > 10*time.Second || high-low < 5*time.Second {
			t.Errorf("waits from %v to %v", low, high)
		}
		gap := time.Duration(0)
		for i := 1; i < len(waits); i++ {
			gap = max(gap, waits[i]-waits[i-1])
		}
		if gap > 2500*time.Millisecond {
			t.Errorf("nobody came back for %v", gap)
		}
	})
}

func askedWaitsAreSpread(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		waits := firstWaits(t, "Retry-After", "20")
		low, high := waits[0], waits[99]
		if low < 20*time.Second || high > 21*time.Second || high-low < 500*time.Millisecond {
			t.Errorf("waits from %v to %v", low, high)
		}
	})
}

func waitsGrowToTheirBound(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		const calls, attempts = 40, 80
		longest := make([]time.Duration, attempts)
		s := pipe(t, failure(500))
		c := s.clients(t, sdk.WithBackoff(time.Second, 10*time.Second), sdk.WithMaxAttempts(attempts), sdk.WithRetryBudget(-1))
		for range calls {
			before := s.count()
			wantTrouble(t, get(t.Context(), c), 500, attempts)
			for i, wait := range s.waits()[before:] {
				if wait <= 0 || wait > 10*time.Second {
					t.Fatalf("wait %d is %v", i+1, wait)
				}
				longest[i] = max(longest[i], wait)
			}
		}
		for i, ceiling := range map[int]time.Duration{0: 1e9, 1: 2e9, 2: 4e9, 3: 8e9, 4: 10e9, 30: 10e9, 31: 10e9, 32: 10e9, 62: 10e9, 63: 10e9, 64: 10e9, 78: 10e9} {
			if longest[i] > ceiling || longest[i] < ceiling/2 {
				t.Errorf("wait %d was at most %v, want up to %v", i+1, longest[i], ceiling)
			}
		}
		// The greatest bounds there are don't overflow either.
		const most = time.Duration(1<<63 - 1)
		var waits []time.Duration
		hooks := sdk.Hooks{Wait: func(_ context.Context, e sdk.Event) { waits = append(waits, e.Wait) }}
		for range 20 {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Nanosecond, cancel)
			_ = get(ctx, c, sdk.WithBackoff(most, most), sdk.WithHooks(hooks))
			cancel()
		}
		if slices.Min(waits) <= 0 || len(waits) != 20 {
			t.Errorf("waits %v", waits)
		}
	})
}

func maxElapsedEndsRepeats(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, o := range operations() {
			s := pipe(t, failure(503, "Retry-After", "10"))
			began := time.Now()
			err := o.call(t.Context(), s.clients(t, sdk.WithMaxElapsed(35*time.Second), sdk.WithMaxAttempts(1000)))
			wantTrouble(t, err, 503, 4)
			if took := time.Since(began); took < 30*time.Second || took > 33*time.Second || s.count() != 4 {
				t.Errorf("%s: %d requests in %v", o.name, s.count(), took)
			}
		}
		s := pipe(t, failure(500))
		began := time.Now()
		err := get(t.Context(), s.clients(t, sdk.WithMaxElapsed(10*time.Minute), sdk.WithMaxAttempts(1e6), sdk.WithRetryBudget(-1)))
		if e, took := assert.APIError(t, err), time.Since(began); took < 5*time.Minute || took > 10*time.Minute || e.Attempts != s.count() || e.Attempts < 10 {
			t.Errorf("%d requests in %v: %v", s.count(), took, err)
		}
	})
}

func maxElapsedEndsAnAttempt(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, o := range operations() {
			s := pipe(t, stalls)
			began := time.Now()
			err := o.call(t.Context(), s.clients(t, sdk.WithMaxElapsed(5*time.Second)))
			assert.Is(t, err, sdk.ErrTimeout, context.DeadlineExceeded)
			if e, took := assert.APIError(t, err), time.Since(began); took != 5*time.Second || e.Attempts != 1 || e.Status != 0 || !e.Timeout() {
				t.Errorf("%s: after %v: %v", o.name, took, err)
			}
			// What the server said before stays with it.
			s = pipe(t, failure(429, "Retry-After", "10"), stalls)
			began = time.Now()
			err = o.call(t.Context(), s.clients(t, sdk.WithMaxElapsed(15*time.Second)))
			wantTrouble(t, err, 429, 2)
			assert.Is(t, err, sdk.ErrTimeout, context.DeadlineExceeded, sdk.ErrRateLimited)
			if took := time.Since(began); took != 15*time.Second || !assert.APIError(t, err).Timeout() {
				t.Errorf("%s: after %v: %v", o.name, took, err)
			}
		}
	})
}
