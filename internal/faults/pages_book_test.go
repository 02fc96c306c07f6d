package faults_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/releases"
)

func listParams(cursor string) releases.ReleaseListParams {
	return releases.ReleaseListParams{Cursor: cursor, Limit: 2}
}

// bothWays runs a test with pages fetched one after the other and ahead, on fake time.
func bothWays(t *testing.T, run func(t *testing.T, ahead int, opts ...sdk.Option)) {
	t.Helper()
	inBubble(t, func(t *testing.T) { run(t, 0) })
	inBubble(t, func(t *testing.T) { run(t, 1, sdk.WithPrefetch()) })
}

// page writes a page of a list with these releases; no cursor is null.
func page(w http.ResponseWriter, cursor any, more bool, ids ...string) {
	list := []any{}
	for _, id := range ids {
		list = append(list, map[string]any{"release_id": id})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"releases": list, "total": len(list), "has_more": more, "next_cursor": cursor})
}

// book is a list of n pages with two releases each, named after the page. Its cursors are pages' numbers; the first page
// has none. What is in the way of a page takes its place once.
func book(n int, inTheWay map[int]http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		at, _ := strconv.Atoi(r.URL.Query().Get("cursor"))
		at = max(at, 1)
		mu.Lock()
		obstacle := inTheWay[at]
		delete(inTheWay, at)
		mu.Unlock()
		if obstacle != nil {
			obstacle(w, r)
			return
		}
		var next any
		if at < n {
			next = strconv.Itoa(at + 1)
		}
		page(w, next, at < n, fmt.Sprintf("%da", at), fmt.Sprintf("%db", at))
	}
}

// patient is a list of one release a page whose cursors lead nowhere, until it has had enough.
func patient(next func(*http.Request) string) http.HandlerFunc {
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
		if n++; n > 20 {
			failure(404)(w, r)
			return
		}
		page(w, next(r), true, "a")
	}
}

// walked are the ids and the errors of a whole list.
func walked(ctx context.Context, c *clients, cursor string, opts ...sdk.Option) (ids []string, errs []error) {
	for release, err := range c.app.Releases.All(ctx, listParams(cursor), opts...) {
		if err != nil {
			if release.ReleaseID != "" {
				err = fmt.Errorf("with the release %s: %w", release.ReleaseID, err)
			}
			errs = append(errs, err)
			continue
		}
		ids = append(ids, release.ReleaseID)
	}
	return ids, errs
}

// bookIDs are the releases of the pages from first to last.
func bookIDs(first, last int) (ids []string) {
	for i := first; i <= last; i++ {
		ids = append(ids, fmt.Sprintf("%da", i), fmt.Sprintf("%db", i))
	}
	return ids
}

// cursors are what the requests asked for.
func (s *server) cursors() (all []string) {
	for _, a := range s.arrivals() {
		at, _ := url.Parse(a.uri)
		all = append(all, at.Query().Get("cursor"))
	}
	return all
}
