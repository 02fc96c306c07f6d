package faults_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
)

func pages() []check {
	return []check{
		{70, "a cursor that stays the same ends the list with an error after one repeat", sameCursorForever},
		{71, "a cursor that comes back later ends the list with an error", cursorsInACircle},
		{71, "empty pages with a cursor are walked and the walk is bounded by the context", emptyPagesAreWalked},
		{71, "a page without a cursor or without more is the last", lastPages},
		{72, "an error on the way is yielded once behind what came before it", errorOnTheWay},
		{72, "a list goes on from the cursor of the last good page", listsGoOn},
		{73, "leaving the loop stops requests and waits for none", leavingTheLoop},
		{73, "leaving the loop ends the request for the next page and leaves nothing behind", leavingWhileFetching},
		{74, "a context that ends between two pages stops before the next request", contextsBetweenPages},
		{75, "only the page that was refused is asked for again", refusedPages},
		{76, "an iterator can be used twice and at the same time", iteratorsUsedTwice},
		{76, "parameters and options stay as they were given", parametersStay},
	}
}

func sameCursorForever(t *testing.T) {
	bothWays(t, func(t *testing.T, _ int, opts ...sdk.Option) {
		for _, start := range []string{"", "x"} {
			s := pipe(t, patient(func(*http.Request) string { return "x" }))
			ids, errs := walked(t.Context(), s.clients(t), start, opts...)
			if s.count() != 2 || len(ids) != 2 || len(errs) != 1 {
				t.Fatalf("%d requests, releases %v, errors %v", s.count(), ids, errs)
			}
			assert.Is(t, errs[0], sdk.ErrPaginationLoop)
			if e := assert.APIError(t, errs[0]); e.Service != "releases" {
				t.Errorf("the error of the service %q: %v", e.Service, e)
			}
		}
	})
}

func cursorsInACircle(t *testing.T) {
	bothWays(t, func(t *testing.T, _ int, opts ...sdk.Option) {
		for _, start := range []string{"", "a", "c"} {
			following := map[string]string{"": "a", "a": "b", "b": "c", "c": "a"}
			s := pipe(t, patient(func(r *http.Request) string { return following[r.URL.Query().Get("cursor")] }))
			ids, errs := walked(t.Context(), s.clients(t), start, opts...)
			if len(errs) != 1 || s.count() != 4 || len(ids) != 4 {
				t.Fatalf("from %q: %d requests, releases %v, errors %v", start, s.count(), ids, errs)
			}
			assert.Is(t, errs[0], sdk.ErrPaginationLoop)
		}
	})
}

func emptyPagesAreWalked(t *testing.T) {
	bothWays(t, func(t *testing.T, _ int, opts ...sdk.Option) {
		s := pipe(t, func(w http.ResponseWriter, r *http.Request) {
			at, _ := strconv.Atoi(r.URL.Query().Get("cursor"))
			if at < 100 {
				page(w, strconv.Itoa(at+1), true)
				return
			}
			page(w, nil, false, "at last")
		})
		if ids, errs := walked(t.Context(), s.clients(t), "", opts...); errs != nil || !slices.Equal(ids, []string{"at last"}) || s.count() != 101 {
			t.Errorf("%d requests, releases %v, errors %v", s.count(), ids, errs)
		}
		endless := pipe(t, func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Second)
			page(w, r.URL.Query().Get("cursor")+"x", true)
		})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second+time.Millisecond)
		defer cancel()
		began := time.Now()
		ids, errs := walked(ctx, endless.clients(t), "", opts...)
		if took := time.Since(began); len(ids) != 0 || len(errs) != 1 || endless.count() != 11 || took != 10*time.Second+time.Millisecond {
			t.Fatalf("%d requests in %v, releases %v, errors %v", endless.count(), took, ids, errs)
		}
		assert.Is(t, errs[0], context.DeadlineExceeded)
	})
}

func lastPages(t *testing.T) {
	bothWays(t, func(t *testing.T, _ int, opts ...sdk.Option) {
		for name, last := range map[string]http.HandlerFunc{
			"null":            func(w http.ResponseWriter, _ *http.Request) { page(w, nil, true, "a") },
			"empty":           func(w http.ResponseWriter, _ *http.Request) { page(w, "", true, "a") },
			"no more":         func(w http.ResponseWriter, _ *http.Request) { page(w, "x", false, "a") },
			"nothing is said": answer(200, `{"releases":[{"release_id":"a"}]}`),
		} {
			s := pipe(t, last)
			if ids, errs := walked(t.Context(), s.clients(t), "", opts...); errs != nil || len(ids) != 1 || s.count() != 1 {
				t.Errorf("%s: %d requests, releases %v, errors %v", name, s.count(), ids, errs)
			}
		}
	})
}

func errorOnTheWay(t *testing.T) {
	bothWays(t, func(t *testing.T, _ int, opts ...sdk.Option) {
		for name, c := range map[string]struct {
			fault http.HandlerFunc
			want  error
		}{
			"404":          {failure(404), sdk.ErrNotFound},
			"HTML":         {answer(200, "<html>", "Content-Type", "text/html"), sdk.ErrInvalidResponse},
			"another JSON": {answer(200, `[]`), sdk.ErrInvalidResponse},
			"no body":      {answer(200, ""), sdk.ErrEmptyBody},
		} {
			s := pipe(t, book(5, map[int]http.HandlerFunc{3: c.fault}))
			ids, errs := walked(t.Context(), s.clients(t), "", opts...)
			if !slices.Equal(ids, bookIDs(1, 2)) || len(errs) != 1 || s.count() != 3 {
				t.Fatalf("%s: %d requests, releases %v, errors %v", name, s.count(), ids, errs)
			}
			assert.Is(t, errs[0], c.want)
			if e := assert.APIError(t, errs[0]); e.Operation != "Releases.List" {
				t.Errorf("%s: %v", name, e)
			}
		}
	})
}

func listsGoOn(t *testing.T) {
	bothWays(t, func(t *testing.T, _ int, opts ...sdk.Option) {
		s := pipe(t, book(5, map[int]http.HandlerFunc{4: failure(404)}))
		c := s.clients(t)
		var ids []string
		cursor, failed := "", 0
		for failed < 2 {
			done := true
			for p, err := range c.app.Releases.Pages(t.Context(), listParams(cursor), opts...) {
				if err != nil {
					failed, done = failed+1, false
					continue
				}
				for _, r := range p.Releases {
					ids = append(ids, r.ReleaseID)
				}
				cursor = p.NextCursor.Or("")
			}
			if done {
				break
			}
		}
		if !slices.Equal(ids, bookIDs(1, 5)) || failed != 1 || !slices.Equal(s.cursors(), []string{"", "2", "3", "4", "4", "5"}) {
			t.Errorf("after %d failures the releases %v, by the cursors %q", failed, ids, s.cursors())
		}
	})
}

func leavingTheLoop(t *testing.T) {
	bothWays(t, func(t *testing.T, ahead int, opts ...sdk.Option) {
		s := pipe(t, book(5, nil))
		c := s.clients(t)
		for pages := 1; pages <= 3; pages++ {
			before := s.count()
			items := 0
			for range c.app.Releases.All(t.Context(), listParams(""), opts...) {
				if items++; items == 2*pages {
					break
				}
			}
			time.Sleep(time.Hour)
			if n := s.count() - before; n > pages+ahead {
				t.Errorf("%d requests for %d pages", n, pages)
			}
		}
		func() {
			defer func() { _ = recover() }()
			for range c.app.Releases.All(t.Context(), listParams(""), opts...) {
				panic("in the loop")
			}
		}()
		before := s.count()
		if ids, errs := walked(t.Context(), c, "", opts...); len(ids) != 10 || errs != nil || s.count() != before+5 {
			t.Errorf("after a panic: releases %v, errors %v, %d requests", ids, errs, s.count()-before)
		}
	})
}

// leavingWhileFetching has the next page under way when the loop is left. The bubble ends only when no goroutine is left.
func leavingWhileFetching(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		gone := make(chan struct{})
		s := pipe(t, book(5, map[int]http.HandlerFunc{2: func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			close(gone)
		}}))
		c := s.clients(t)
		began := time.Now()
		for range c.app.Releases.Pages(t.Context(), listParams(""), sdk.WithPrefetch()) {
			time.Sleep(time.Minute) // long enough for the next page to be asked for
			break
		}
		if took := time.Since(began); took != time.Minute || s.count() != 2 {
			t.Errorf("%d requests, left after %v", s.count(), took)
		}
		<-gone
		time.Sleep(time.Hour)
		if s.count() != 2 {
			t.Errorf("%d requests", s.count())
		}
	})
}

func contextsBetweenPages(t *testing.T) {
	bothWays(t, func(t *testing.T, ahead int, opts ...sdk.Option) {
		s := pipe(t, book(10, nil))
		c := s.clients(t)
		for name, end := range map[string]error{"cancelled": context.Canceled, "too late": context.DeadlineExceeded} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			before, pages := s.count(), 0
			var errs []error
			for _, err := range c.app.Releases.Pages(ctx, listParams(""), opts...) {
				if err != nil {
					errs = append(errs, err)
					continue
				}
				if pages++; pages == 3 && end == context.Canceled {
					cancel()
				} else if pages == 3 {
					time.Sleep(2 * time.Hour)
				}
			}
			cancel()
			if n := s.count() - before; n > 3+ahead || pages > 3+ahead || len(errs) != 1 {
				t.Fatalf("%s: %d requests, %d pages, errors %v", name, n, pages, errs)
			}
			assert.Is(t, errs[0], end)
			if e := assert.APIError(t, errs[0]); e.Attempts > ahead || e.Operation != "Releases.List" {
				t.Errorf("%s: %d attempts, %v", name, e.Attempts, e)
			}
		}
	})
}

func refusedPages(t *testing.T) {
	bothWays(t, func(t *testing.T, _ int, opts ...sdk.Option) {
		s := pipe(t, book(10, map[int]http.HandlerFunc{3: failure(429, "Retry-After", "30"), 7: failure(429, "Retry-After", "0")}))
		ids, errs := walked(t.Context(), s.clients(t), "", opts...)
		if !slices.Equal(ids, bookIDs(1, 10)) || errs != nil {
			t.Errorf("releases %v, errors %v", ids, errs)
		}
		if want := []string{"", "2", "3", "3", "4", "5", "6", "7", "7", "8", "9", "10"}; !slices.Equal(s.cursors(), want) {
			t.Fatalf("asked for %q, want %q", s.cursors(), want)
		}
		for i, wait := range s.waits() {
			if i == 2 && (wait < 30*time.Second || wait > 33*time.Second) || i != 2 && wait > time.Second {
				t.Errorf("%v before request %d", wait, i+2)
			}
		}
	})
}

func iteratorsUsedTwice(t *testing.T) {
	for _, opts := range [][]sdk.Option{nil, {sdk.WithPrefetch()}} {
		s := serve(t, book(5, nil))
		pages := s.clients(t).app.Releases.Pages(t.Context(), listParams("2"), opts...)
		all := s.clients(t).app.Releases.All(t.Context(), listParams("2"), opts...)
		for range pages {
			break // one that was left counts as one that was used
		}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				n := 0
				for p, err := range pages {
					if n++; err != nil || len(p.Releases) != 2 {
						t.Errorf("page %d: %v", n, err)
					}
				}
				var ids []string
				for r, err := range all {
					if err != nil {
						t.Error(err)
					}
					ids = append(ids, r.ReleaseID)
				}
				if n != 4 || !slices.Equal(ids, bookIDs(2, 5)) {
					t.Errorf("%d pages and the releases %v", n, ids)
				}
			})
		}
		wg.Wait()
	}
}

func parametersStay(t *testing.T) {
	s := serve(t, book(5, nil))
	var seen int
	count := func(context.Context, sdk.Event) { seen++ }
	opts := make([]sdk.Option, 2, 8)
	opts[0], opts[1] = sdk.WithPrefetch(), sdk.WithHooks(sdk.Hooks{Outcome: count})
	room := opts[:3]
	behind := errors.New("behind the end of the options")
	room[2] = func(*sdk.Config) error { return behind }
	params := listParams("3")
	pages := s.clients(t).app.Releases.Pages(t.Context(), params, opts...)
	params.Cursor, params.Limit = "5", 1 // what was given counts
	for range 2 {
		n := 0
		for _, err := range pages {
			if n++; err != nil {
				t.Fatal(err)
			}
		}
		if n != 3 {
			t.Errorf("%d pages", n)
		}
	}
	if want := []string{"3", "4", "5", "3", "4", "5"}; !slices.Equal(s.cursors(), want) || seen != 6 || room[2](new(sdk.Config)) != behind {
		t.Errorf("asked for %q, want %q; %d calls were told of", s.cursors(), want, seen)
	}
}
