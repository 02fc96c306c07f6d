package faults_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"weak"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
)

func cancellations() []check {
	return []check{
		{19, "a cancelled wait ends at once with the context's error and the server's", cancelledWait},
		{19, "a wait that is cancelled after a failure of the network has both errors", cancelledWaitAfterFailure},
		{19, "a deadline during a later attempt keeps what the server said before", deadlineInALaterAttempt},
		{24, "1000 failing calls cost no more than 1000 requests and the budget", budgetBoundsRepeats},
		{24, "the budget is shared by all services and derived clients", budgetIsShared},
		{24, "successes fill the budget again", budgetIsFilled},
		{25, "1000 cancelled calls leave no goroutine", cancelledCallsLeaveNoGoroutine},
		{25, "1000 cancelled calls leave no timer and nothing of theirs in memory", cancelledCallsLeaveNoMemory},
		{25, "1000 calls leave nothing in a context that outlives them", longContextKeepsNothing},
	}
}

func cancelledWait(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, o := range operations() {
			for name, step := range map[string]http.HandlerFunc{
				"the server's wait":     failure(503, "Retry-After", "30"),
				"the client's own wait": failure(429),
			} {
				reason := errors.New("the user went away")
				ctx, cancel := context.WithCancelCause(t.Context())
				s := pipe(t, step)
				began := time.Now()
				hooks := sdk.Hooks{Wait: func(context.Context, sdk.Event) { time.AfterFunc(time.Second, func() { cancel(reason) }) }}
				err := o.call(ctx, s.clients(t, sdk.WithHooks(hooks), sdk.WithBackoff(1000*time.Hour, 1000*time.Hour)))
				assert.Is(t, err, context.Canceled, reason)
				status := 503
				if name == "the client's own wait" {
					status = 429
				}
				wantTrouble(t, err, status, 1)
				if took := time.Since(began); took != time.Second || s.count() != 1 {
					t.Errorf("%s, %s: %d requests, after %v", o.name, name, s.count(), took)
				}
			}
		}
	})
}

func cancelledWaitAfterFailure(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, o := range operations() {
			if !o.safe() {
				continue
			}
			ctx, cancel := context.WithCancel(t.Context())
			s := pipe(t, cuts)
			hooks := sdk.Hooks{Wait: func(context.Context, sdk.Event) { time.AfterFunc(time.Second, cancel) }}
			err := o.call(ctx, s.clients(t, sdk.WithHooks(hooks), sdk.WithBackoff(1000*time.Hour, 1000*time.Hour)))
			assert.Is(t, err, context.Canceled, io.ErrUnexpectedEOF)
			if e := assert.APIError(t, err); e.Attempts != 1 || s.count() != 1 {
				t.Errorf("%s: %d requests: %v", o.name, s.count(), err)
			}
		}
	})
}

func deadlineInALaterAttempt(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, o := range operations() {
			s := pipe(t, failure(429), stalls)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			began := time.Now()
			err := o.call(ctx, s.clients(t))
			cancel()
			wantTrouble(t, err, 429, 2)
			assert.Is(t, err, context.DeadlineExceeded, sdk.ErrRateLimited)
			if took := time.Since(began); took != 10*time.Second || !assert.APIError(t, err).Timeout() {
				t.Errorf("%s: after %v: %v", o.name, took, err)
			}
		}
	})
}

func budgetBoundsRepeats(t *testing.T) {
	for name, parallel := range map[string]int{"one after the other": 1, "20 at a time": 20} {
		s := serve(t, failure(500))
		c := s.clients(t)
		var wg sync.WaitGroup
		for range parallel {
			wg.Go(func() {
				for range 1000 / parallel {
					if err := get(t.Context(), c); !errors.Is(err, sdk.ErrServer) {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if s.count() != 1000+100 {
			t.Errorf("1000 failing calls, %s: %d requests", name, s.count())
		}
	}
	// The same where the server asks for the repeat.
	s := serve(t, failure(429, "Retry-After", "0"))
	c := s.clients(t, sdk.WithRetryBudget(7))
	for range 100 {
		_ = create(t.Context(), c)
	}
	if s.count() != 100+7 {
		t.Errorf("100 calls that were turned away: %d requests", s.count())
	}
}

func budgetIsShared(t *testing.T) {
	s := serve(t, failure(500))
	c := s.clients(t, sdk.WithRetryBudget(10))
	derived, err := c.releases.With(sdk.WithUserAgent("derived"))
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		_ = get(t.Context(), c)
		_ = remove(t.Context(), c)
		_, _ = derived.App(shop()).Releases.Get(t.Context(), "rel_1")
		_ = c.releases.Do(t.Context(), http.MethodGet, "/v1/orgs", nil, nil, nil)
	}
	if s.count() != 4*50+10 {
		t.Errorf("200 failing calls with a budget of 10: %d requests", s.count())
	}
}

func budgetIsFilled(t *testing.T) {
	s := serve(t)
	c := s.clients(t, sdk.WithRetryBudget(10))
	cost := func(step http.HandlerFunc, calls int) int {
		s.steps = []http.HandlerFunc{step}
		before := s.count()
		for range calls {
			_ = get(t.Context(), c)
		}
		return s.count() - before
	}
	if n := cost(failure(500), 20); n != 20+10 {
		t.Errorf("20 failures made %d requests", n)
	}
	cost(success(), 9)
	if n := cost(failure(500), 1); n != 1 {
		t.Errorf("after 9 successes a failure made %d requests", n)
	}
	cost(success(), 31)
	if n := cost(failure(500), 2); n != 2+4 {
		t.Errorf("after 40 successes two failures made %d requests", n)
	}
	cost(success(), 150)
	if n := cost(failure(500), 20); n != 20+10 {
		t.Errorf("after 150 successes 20 failures made %d requests", n)
	}
}

// cancelWaits makes calls that are cancelled while they wait for their repeat.
func cancelWaits(t *testing.T, c *clients, calls int, within func(context.Context) context.Context) {
	t.Helper()
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			for i := range calls / 10 {
				ctx, cancel := context.WithCancel(within(t.Context()))
				hooks := sdk.Hooks{Wait: func(context.Context, sdk.Event) {
					if i%2 == 0 {
						cancel()
						return
					}
					go cancel()
				}}
				assert.Is(t, get(ctx, c, sdk.WithHooks(hooks)), context.Canceled, sdk.ErrServer)
				cancel()
			}
		})
	}
	wg.Wait()
}

func cancelledCallsLeaveNoGoroutine(t *testing.T) {
	label := newLabel(t)
	s := serve(t, failure(503, "Retry-After", "30"))
	tr := &http.Transport{MaxIdleConnsPerHost: 64}
	label.do(func() {
		c := s.clients(t, sdk.WithTransport(tr), sdk.WithRetryBudget(-1))
		cancelWaits(t, c, 1000, func(ctx context.Context) context.Context { return ctx })
	})
	tr.CloseIdleConnections()
	label.wantNone()
}

// values are what the contexts of calls carry. Whatever holds a context, such as a timer that isn't stopped, holds its
// value.
type values struct {
	mu  sync.Mutex
	all []weak.Pointer[[1 << 10]byte]
}

type valueKey struct{}

func (v *values) within(ctx context.Context) context.Context {
	value := new([1 << 10]byte)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.all = append(v.all, weak.Make(value))
	return context.WithValue(ctx, valueKey{}, value)
}

// wantGone waits until the values are gone, but for those of the last requests over connections that are closing.
func (v *values) wantGone(t *testing.T) {
	t.Helper()
	kept := 0
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); runtime.Gosched() {
		runtime.GC()
		kept = 0
		for _, p := range v.all {
			if p.Value() != nil {
				kept++
			}
		}
		if kept <= len(v.all)/100 {
			return
		}
	}
	t.Errorf("%d of %d calls are still in memory", kept, len(v.all))
}

func cancelledCallsLeaveNoMemory(t *testing.T) {
	var v values
	s := serve(t, failure(503, "Retry-After", "30"))
	tr := &http.Transport{MaxIdleConnsPerHost: 64}
	cancelWaits(t, s.clients(t, sdk.WithTransport(tr), sdk.WithRetryBudget(-1)), 1000, v.within)
	tr.CloseIdleConnections()
	v.wantGone(t)
}

func longContextKeepsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var v values
	var n atomic.Int64
	endings := []http.HandlerFunc{success(), failure(404), failure(500), cuts}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { endings[n.Add(1)%4](w, r) })
	tr := &http.Transport{MaxIdleConnsPerHost: 64}
	c := s.clients(t, sdk.WithTransport(tr), sdk.WithMaxAttempts(1))
	for range 1000 {
		_ = get(v.within(ctx), c)
	}
	tr.CloseIdleConnections()
	v.wantGone(t)
}
