package transport_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/transport"
)

// params and page are those of a list by cursor.
type params struct {
	Cursor string
	Tags   []string
}

type page struct {
	Items []string
	Next  string
	More  bool
}

func nextPage(p *params, r *page) (string, bool) {
	p.Cursor = r.Next
	return r.Next, r.More
}

// from makes the beginning of a walk at a position, as generated code does.
func from[P, R any](position P, fetch func(context.Context, P) (R, error), next func(*P, R) (string, bool)) func() (func(context.Context) (R, error), func(R) (string, bool)) {
	return func() (func(context.Context) (R, error), func(R) (string, bool)) {
		position := position
		return func(ctx context.Context) (R, error) { return fetch(ctx, position) },
			func(page R) (string, bool) { return next(&position, page) }
	}
}

// book answers with pages by cursor.
type book struct {
	pages map[string]page
	fails map[string]error
	asked atomic.Int64
	delay time.Duration
}

func (b *book) fetch(ctx context.Context, p params) (*page, error) {
	b.asked.Add(1)
	select {
	case <-time.After(b.delay):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := b.fails[p.Cursor]; err != nil {
		return nil, err
	}
	r := b.pages[p.Cursor]
	return &r, nil
}

func numbered(n int) *book {
	b := &book{pages: make(map[string]page)}
	for i := range n {
		key := ""
		if i > 0 {
			key = strconv.Itoa(i)
		}
		b.pages[key] = page{[]string{fmt.Sprint(i, "a"), fmt.Sprint(i, "b")}, strconv.Itoa(i + 1), i < n-1}
	}
	return b
}

func walkBook(t *testing.T, b *book, at params, opts ...sdk.Option) iter.Seq2[*page, error] {
	t.Helper()
	return transport.Pages(context.Background(), newClient(t), opts, from(at, b.fetch, nextPage))
}

// bothWays runs a test without and with fetching ahead, each in a bubble that no goroutine may outlive.
func bothWays(t *testing.T, f func(t *testing.T, opts ...sdk.Option)) {
	t.Helper()
	for name, opts := range map[string][]sdk.Option{"plain": nil, "prefetch": {sdk.WithPrefetch()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { f(t, opts...) })
		})
	}
}

func all(seq iter.Seq2[string, error]) (items []string, errs []error) {
	for item, err := range seq {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		items = append(items, item)
	}
	return items, errs
}

func items(pages iter.Seq2[*page, error]) iter.Seq2[string, error] {
	return transport.Items(pages, func(p *page) []string { return p.Items })
}

func TestAllPagesInOrder(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, opts ...sdk.Option) {
		b := numbered(5)
		from := params{Tags: []string{"x"}}
		seq := items(walkBook(t, b, from, opts...))
		for range 2 { // the walk can be begun again
			got, errs := all(seq)
			if len(got) != 10 || !slices.IsSorted(got) || errs != nil {
				t.Errorf("%v, %v", got, errs)
			}
		}
		if b.asked.Load() != 10 || from.Cursor != "" {
			t.Errorf("%d requests, from %+v", b.asked.Load(), from)
		}
		got, _ := all(items(walkBook(t, b, params{Cursor: "3"}, opts...)))
		if len(got) != 4 {
			t.Errorf("from the third page on: %v", got)
		}
	})
}

func TestEmptyPagesInBetween(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, opts ...sdk.Option) {
		b := numbered(4)
		b.pages["1"] = page{nil, "2", true}
		b.pages["2"] = page{nil, "3", true}
		if got, errs := all(items(walkBook(t, b, params{}, opts...))); len(got) != 4 || errs != nil {
			t.Errorf("%v, %v", got, errs)
		}
	})
}

func TestPaginationLoops(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, opts ...sdk.Option) {
		for name, c := range map[string]struct {
			pages map[string]page
			max   int64
		}{
			"same cursor":         {map[string]page{"": {[]string{"a"}, "x", true}, "x": {[]string{"b"}, "x", true}}, 2},
			"same from the start": {map[string]page{"": {[]string{"a"}, "", true}}, 2},
			"there and back":      {map[string]page{"": {nil, "x", true}, "x": {nil, "y", true}, "y": {nil, "x", true}}, 3},
		} {
			b := &book{pages: c.pages}
			_, errs := all(items(walkBook(t, b, params{}, opts...)))
			if len(errs) != 1 || b.asked.Load() > c.max {
				t.Fatalf("%s: %d requests, %v", name, b.asked.Load(), errs)
			}
			assert.Is(t, errs[0], sdk.ErrPaginationLoop)
			if e := assert.APIError(t, errs[0]); e.Service != "port" {
				t.Error(e)
			}
		}
	})
}

func TestErrorMidwayIsYieldedOnce(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, opts ...sdk.Option) {
		b := numbered(5)
		b.fails = map[string]error{"2": errors.New("broken")}
		got, errs := all(items(walkBook(t, b, params{}, opts...)))
		if len(got) != 4 || len(errs) != 1 || !errors.Is(errs[0], b.fails["2"]) || b.asked.Load() != 3 {
			t.Errorf("%v, %v after %d requests", got, errs, b.asked.Load())
		}
	})
}

func TestBreakStopsRequests(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, opts ...sdk.Option) {
		b := numbered(5)
		b.delay = time.Second
		for range items(walkBook(t, b, params{}, opts...)) {
			break
		}
		if n := b.asked.Load(); n > 1+int64(len(opts)) {
			t.Errorf("%d requests", n)
		}
		time.Sleep(time.Hour)
		if n := b.asked.Load(); n > 1+int64(len(opts)) {
			t.Errorf("%d requests", n)
		}
	})
}

func TestPrefetchOverlapsUseAndFetch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := numbered(5)
		b.delay = time.Second
		began := time.Now()
		for _, err := range walkBook(t, b, params{}, sdk.WithPrefetch()) {
			if err != nil {
				t.Error(err)
			}
			time.Sleep(time.Second)
		}
		if took := time.Since(began); took != 6*time.Second || b.asked.Load() != 5 {
			t.Errorf("%d requests in %v", b.asked.Load(), took)
		}
		c := newClient(t, sdk.WithPrefetch())
		began = time.Now()
		for range transport.Pages(context.Background(), c, nil, from(params{}, b.fetch, nextPage)) {
			time.Sleep(time.Second)
		}
		if took := time.Since(began); took != 6*time.Second {
			t.Errorf("as the client's option: %v", took)
		}
	})
}

func TestPanicWhileFetchingAheadReachesTheCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		defer func() {
			if r := recover(); r != "fetch" {
				t.Errorf("recovered %v", r)
			}
		}()
		n := 0
		fetch := func(context.Context, params) (*page, error) {
			if n++; n == 2 {
				panic("fetch")
			}
			return &page{nil, "x", true}, nil
		}
		for range transport.Pages(context.Background(), newClient(t, sdk.WithPrefetch()), nil, from(params{}, fetch, nextPage)) {
			continue
		}
	})
}

// listed fetches pages over HTTP, one number each.
func listed(c *transport.Client, opts ...sdk.Option) func(context.Context, int64) (*thing, error) {
	return func(ctx context.Context, n int64) (*thing, error) {
		var q transport.Query
		q.Int("page", n)
		return doThing(ctx, c, &transport.Call{Operation: "Things.List", Method: http.MethodGet, Path: "/v1/things", Query: q}, opts)
	}
}

func nextNumber(p *int64, r *thing) (string, bool) {
	*p++
	return strconv.FormatInt(*p, 10), r.Count > *p
}

func TestOnlyThePageThatFailedIsRepeated(t *testing.T) {
	t.Parallel()
	var seen []string
	failed := false
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := r.URL.Query().Get("page")
		seen = append(seen, n)
		if n == "2" && !failed {
			failed = true
			w.WriteHeader(429)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"id":"x","count":5}`))
	})
	n := 0
	for _, err := range transport.Pages(context.Background(), c, nil, from(int64(0), listed(c), nextNumber)) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 5 || !slices.Equal(seen, []string{"0", "1", "2", "2", "3", "4"}) {
		t.Errorf("%d pages by %v", n, seen)
	}
}

func TestNoRequestAfterTheContextIsDone(t *testing.T) {
	t.Parallel()
	for _, opts := range [][]sdk.Option{nil, {sdk.WithPrefetch()}} {
		s := play(answer(200, `{"id":"x","count":100}`))
		c := newClient(t, sdk.WithTransport(s))
		ctx, cancel := context.WithCancel(context.Background())
		var errs []error
		n := 0
		for _, err := range transport.Pages(ctx, c, opts, from(int64(0), listed(c), nextNumber)) {
			if err != nil {
				errs = append(errs, err)
			}
			if n++; n == 3 {
				cancel()
			}
		}
		cancel()
		if len(errs) > 1 || s.count() > 3+len(opts) {
			t.Fatalf("%d requests, %v", s.count(), errs)
		}
		if len(opts) == 0 {
			assert.Is(t, errs[0], context.Canceled)
			if e := assert.APIError(t, errs[0]); e.Attempts != 0 || e.Operation != "Things.List" {
				t.Error(e)
			}
		}
	}
}

func TestWrongOptionIsTheFirstPagesError(t *testing.T) {
	t.Parallel()
	c := newClient(t, sdk.WithTransport(play(answer(200, oneThing))))
	opts := []sdk.Option{sdk.WithMaxAttempts(-1), sdk.WithPrefetch()}
	n := 0
	for _, err := range transport.Pages(context.Background(), c, opts, from(int64(0), listed(c, opts...), nextNumber)) {
		n++
		assert.Is(t, err, sdk.ErrInvalidRequest)
	}
	if n != 1 {
		t.Errorf("%d pages", n)
	}
}
