package transport_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
)

// waited is how long a client waits between a failure and its repeat.
func waited(t *testing.T, first step, opts ...sdk.Option) time.Duration {
	t.Helper()
	s := play(first, answer(200, oneThing))
	c := newClient(t, append([]sdk.Option{sdk.WithTransport(s), sdk.WithMaxRetryAfter(-1)}, opts...)...)
	if err := getOnly(context.Background(), c); err != nil {
		t.Error(err)
	}
	if s.count() != 2 {
		t.Fatalf("%d requests", s.count())
	}
	return s.times[1].Sub(s.times[0])
}

func TestRetryAfterInEveryForm(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const asc = time.ANSIC
		rfc850 := "Monday, 02-Jan-06 15:04:05 GMT"
		own := 500 * time.Millisecond // the client's own wait is at most this
		in := func(d time.Duration, layout string) string { return time.Now().UTC().Add(d).Format(layout) }
		for name, c := range map[string]struct {
			value     func() []string
			low, high time.Duration
		}{
			"seconds":       {func() []string { return []string{"3"} }, 3 * time.Second, 3300 * time.Millisecond},
			"an hour":       {func() []string { return []string{"3600"} }, time.Hour, time.Hour + time.Second},
			"fraction":      {func() []string { return []string{"1.5"} }, 1500 * time.Millisecond, 1650 * time.Millisecond},
			"spaces":        {func() []string { return []string{"  2 "} }, 2 * time.Second, 2200 * time.Millisecond},
			"two values":    {func() []string { return []string{"1", "4"} }, 4 * time.Second, 4400 * time.Millisecond},
			"joined values": {func() []string { return []string{"1, 4"} }, 4 * time.Second, 4400 * time.Millisecond},
			"IMF date":      {func() []string { return []string{in(5*time.Second, http.TimeFormat)} }, 4 * time.Second, 6 * time.Second},
			"RFC 850 date":  {func() []string { return []string{in(5*time.Second, rfc850)} }, 4 * time.Second, 6 * time.Second},
			"asctime date":  {func() []string { return []string{in(5*time.Second, asc)} }, 4 * time.Second, 6 * time.Second},
			"date past":     {func() []string { return []string{in(-time.Hour, http.TimeFormat)} }, 0, own},
			"zero":          {func() []string { return []string{"0"} }, 0, own},
			"negative":      {func() []string { return []string{"-5"} }, 0, own},
			"not a number":  {func() []string { return []string{"NaN"} }, 0, own},
			"word":          {func() []string { return []string{"soon"} }, 0, own},
			"empty":         {func() []string { return []string{""} }, 0, own},
		} {
			var header []string
			for _, v := range c.value() {
				header = append(header, "Retry-After", v)
			}
			if got := waited(t, answer(429, "", header...)); got < c.low || got > c.high {
				t.Errorf("%s: waited %v, want %v to %v", name, got, c.low, c.high)
			}
		}
	})
}

func TestAbsurdRetryAfterIsNoTightLoop(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"9999999999999", "1e309", "Inf", "99999999999999999999999999", "3601", "Fri, 31 Dec 9999 23:59:59 GMT"} {
		s := play(answer(429, `{"code":"slow"}`, "Retry-After", value))
		e := assert.APIError(t, getOnly(context.Background(), newClient(t, sdk.WithTransport(s), sdk.WithMaxRetryAfter(time.Hour))))
		if s.count() != 1 || e.Status != 429 || e.Code != "slow" || e.RetryAfter <= time.Hour {
			t.Errorf("%s: %d requests, error %v, RetryAfter %v", value, s.count(), e, e.RetryAfter)
		}
	}
}

func TestPlatformsOwnWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		reset := func(status int, d time.Duration) step {
			return func(r *http.Request) (*http.Response, error) {
				return answer(status, "", "X-Rate-Limit-Reset", time.Now().Add(d).Format(time.RFC3339))(r)
			}
		}
		for name, c := range map[string]struct {
			step      step
			low, high time.Duration
		}{
			"header":             {reset(429, 5*time.Second), 4 * time.Second, 6 * time.Second},
			"header past":        {reset(429, -time.Hour), 0, time.Second},
			"body":               {answer(429, `{"retry_after":7}`), 7 * time.Second, 7700 * time.Millisecond},
			"body of 503":        {answer(503, `{"retry_after":7}`), 7 * time.Second, 7700 * time.Millisecond},
			"Retry-After first":  {answer(429, `{"retry_after":70}`, "Retry-After", "2"), 2 * time.Second, 2200 * time.Millisecond},
			"negative in a body": {answer(429, `{"retry_after":-70}`), 0, time.Second},
			"header of 500":      {reset(500, time.Hour), 0, time.Second},
		} {
			if got := waited(t, c.step); got < c.low || got > c.high {
				t.Errorf("%s: waited %v, want %v to %v", name, got, c.low, c.high)
			}
		}
	})
}

func TestWaitThatWouldOutlastTheDeadlineIsNotBegun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, opts := range map[string][]sdk.Option{
			"Retry-After": {sdk.WithTransport(play(answer(503, `{"message":"down"}`, "Retry-After", "3600"))), sdk.WithMaxRetryAfter(-1)},
			"cap":         {sdk.WithTransport(play(answer(503, `{"message":"down"}`, "Retry-After", "61")))},
		} {
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			began := time.Now()
			e := assert.APIError(t, getOnly(ctx, newClient(t, opts...)))
			cancel()
			if took := time.Since(began); took != 0 || e.Status != 503 || e.Message != "down" || e.Attempts != 1 {
				t.Errorf("%s: after %v: %v", name, took, e)
			}
		}
		// The client's own wait, and the limit of a whole call.
		s := play(answer(500, `{"message":"down"}`))
		ctx, cancel := context.WithTimeout(context.Background(), time.Nanosecond*10)
		defer cancel()
		e := assert.APIError(t, getOnly(ctx, newClient(t, sdk.WithTransport(s), sdk.WithBackoff(time.Hour, time.Hour))))
		if e.Status != 500 || e.Message != "down" || errors.Is(e, context.DeadlineExceeded) {
			t.Error(e)
		}
	})
}

func TestMaxElapsedEndsRepeats(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := play(answer(503, "", "Retry-After", "10"))
		c := newClient(t, sdk.WithTransport(s), sdk.WithMaxElapsed(35*time.Second), sdk.WithMaxAttempts(100))
		began := time.Now()
		e := assert.APIError(t, getOnly(context.Background(), c))
		if took := time.Since(began); took < 30*time.Second || took > 35*time.Second || s.count() != 4 || e.Status != 503 {
			t.Errorf("%d requests in %v: %v", s.count(), took, e)
		}
	})
}

func TestMaxElapsedEndsAnAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, sdk.WithTransport(play(stall)), sdk.WithMaxElapsed(5*time.Second))
		began := time.Now()
		err := getOnly(context.Background(), c)
		assert.Is(t, err, sdk.ErrTimeout, context.DeadlineExceeded)
		if took := time.Since(began); took != 5*time.Second || !assert.APIError(t, err).Timeout() {
			t.Errorf("after %v: %v", took, err)
		}
	})
}

func TestCancelDuringAWaitGivesBothErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		reason := errors.New("the user went away")
		ctx, cancel := context.WithCancelCause(context.Background())
		time.AfterFunc(time.Second, func() { cancel(reason) })
		var told error
		hooks := sdk.Hooks{Attempt: func(_ context.Context, e sdk.Event) { told = e.Err }}
		c := newClient(t, sdk.WithTransport(play(answer(503, `{"code":"down","message":"maintenance"}`, "Retry-After", "30"))), sdk.WithHooks(hooks))
		began := time.Now()
		err := getOnly(ctx, c)
		e := assert.APIError(t, err)
		assert.Is(t, err, context.Canceled, sdk.ErrServer, reason)
		if took := time.Since(began); took != time.Second || e.Status != 503 || e.Code != "down" || e.Attempts != 1 {
			t.Errorf("after %v: %v", took, err)
		}
		if assert.Is(t, told, sdk.ErrServer); errors.Is(told, context.Canceled) {
			t.Errorf("what the hook was told of the attempt became %v", told)
		}
	})
}

func TestDeadlineDuringALaterAttemptKeepsWhatTheServerSaid(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		err := getOnly(ctx, newClient(t, sdk.WithTransport(play(answer(503, `{"code":"down"}`), stall))))
		e := assert.APIError(t, err)
		assert.Is(t, err, context.DeadlineExceeded)
		if e.Status != 503 || e.Code != "down" || e.Attempts != 2 || !e.Timeout() {
			t.Error(err)
		}
	})
}

func TestDoneContextSendsNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := play(answer(200, oneThing))
	err := getOnly(ctx, newClient(t, sdk.WithTransport(s)))
	assert.Is(t, err, context.Canceled)
	if e := assert.APIError(t, err); s.count() != 0 || e.Attempts != 0 || e.Status != 0 || e.Operation != "Things.Get" {
		t.Errorf("%d requests: %v", s.count(), err)
	}
}

func TestAttemptTimeoutIsPerAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := play(stall, answer(200, oneThing))
		c := newClient(t, sdk.WithTransport(s), sdk.WithAttemptTimeout(3*time.Second))
		began := time.Now()
		if err := getOnly(context.Background(), c); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took < 3*time.Second || took > 4*time.Second {
			t.Errorf("took %v", took)
		}
		err := postOnly(context.Background(), newClient(t, sdk.WithTransport(play(stall)), sdk.WithAttemptTimeout(time.Second)))
		assert.Is(t, err, sdk.ErrTimeout, context.DeadlineExceeded)
		if e := assert.APIError(t, err); e.Attempts != 1 || !e.Timeout() {
			t.Error(err)
		}
	})
}

func TestClientTimeoutOfTheUsersOwnIsPerAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := play(stall, answer(200, oneThing))
		own := &http.Client{Transport: s, Timeout: 3 * time.Second}
		if err := getOnly(context.Background(), newClient(t, sdk.WithHTTPClient(own))); err != nil || s.count() != 2 {
			t.Errorf("%d requests: %v", s.count(), err)
		}
		time.Sleep(time.Hour) // nothing of the call may be left
	})
}

func TestDefaultAttemptTimeoutEndsAStall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		err := getOnly(context.Background(), newClient(t, sdk.WithTransport(play(stall)), sdk.WithMaxAttempts(1)))
		assert.Is(t, err, sdk.ErrTimeout)
		if took := time.Since(began); took != 2*time.Minute {
			t.Errorf("took %v", took)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 24*time.Hour)
		defer cancel()
		err = getOnly(ctx, newClient(t, sdk.WithTransport(play(stall)), sdk.WithAttemptTimeout(-1)))
		assert.Is(t, err, context.DeadlineExceeded)
		if errors.Is(err, sdk.ErrTimeout) {
			t.Error(err)
		}
	})
}

func TestCancelledCallsLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // which no goroutine of a call may outlive
		l := newLoad(t, func(_ int64, w http.ResponseWriter) {
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(503)
		}, sdk.WithRetryBudget(-1))
		began := time.Now()
		for range 200 {
			ctx, cancel := context.WithCancel(context.Background())
			hooks := sdk.Hooks{Wait: func(context.Context, sdk.Event) { cancel() }}
			assert.Is(t, getOnly(ctx, l.client, sdk.WithHooks(hooks)), context.Canceled)
			cancel()
		}
		if took := time.Since(began); took != 0 || l.opened.Load() != 1 {
			t.Errorf("took %v and %d connections", took, l.opened.Load())
		}
	})
}

// limiter counts and may refuse.
type limiter struct {
	n   int
	err error
}

func (l *limiter) Wait(context.Context) error {
	l.n++
	return l.err
}

func TestRateLimitSpreadsAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := play(answer(200, oneThing))
		limit := sdk.WithRateLimit(2, 1)
		c, other := newClient(t, sdk.WithTransport(s), limit), newClient(t, sdk.WithTransport(s), limit)
		began := time.Now()
		for range 5 {
			_ = getOnly(context.Background(), c)
			_ = getOnly(context.Background(), other)
		}
		if took := time.Since(began); took != 4500*time.Millisecond {
			t.Errorf("ten requests took %v", took)
		}
	})
}

func TestRateLimitFailsAtOnceWhenItsTurnComesTooLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := play(answer(200, oneThing))
		c := newClient(t, sdk.WithTransport(s), sdk.WithRateLimit(0.001, 1))
		_ = getOnly(context.Background(), c)
		began := time.Now()
		for name, try := range map[string]func() error{
			"deadline": func() error {
				ctx, cancel := context.WithTimeout(context.Background(), time.Second)
				defer cancel()
				return getOnly(ctx, c)
			},
			"whole-call limit": func() error { return getOnly(context.Background(), c, sdk.WithMaxElapsed(time.Second)) },
		} {
			if e := assert.APIError(t, try()); time.Since(began) != 0 || s.count() != 1 || e.Attempts != 0 || e.Status != 0 {
				t.Errorf("%s: after %v: %v", name, time.Since(began), e)
			}
		}
	})
}

func TestLimiterIsAskedBeforeEachAttempt(t *testing.T) {
	t.Parallel()
	l := &limiter{}
	c := newClient(t, sdk.WithTransport(play(answer(500, ""))), quick(), sdk.WithLimiter(l))
	_ = getOnly(context.Background(), c)
	if l.n != 4 {
		t.Errorf("asked %d times", l.n)
	}
	l.err = errors.New("no")
	err := getOnly(context.Background(), c)
	assert.Is(t, err, l.err)
	if l.n != 5 {
		t.Errorf("asked %d times", l.n)
	}
}

func TestLimiterThatRefusesARepeatKeepsWhatTheServerSaid(t *testing.T) {
	t.Parallel()
	l := &limiter{}
	s := play(func(r *http.Request) (*http.Response, error) {
		l.err = errors.New("no")
		return answer(503, `{"code":"down"}`)(r)
	})
	err := getOnly(context.Background(), newClient(t, sdk.WithTransport(s), quick(), sdk.WithLimiter(l)))
	assert.Is(t, err, l.err, sdk.ErrServer)
	if e := assert.APIError(t, err); e.Code != "down" || e.Attempts != 1 || s.count() != 1 {
		t.Error(err)
	}
}
