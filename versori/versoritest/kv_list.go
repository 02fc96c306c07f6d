package versoritest

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"

	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// listKV answers one page. It begins behind an entry and not at a position, so that entries which come or go in between
// move nothing from one page to another.
func (s *Server) listKV(store *kvStore, r *fake.Request) fake.Response {
	query, err := bodyOf[versori.KVListQuery](r)
	if err != nil {
		return refused(err)
	}
	selector := query.Selector.Or(versori.KVSelector{})
	after, ok := parseKVCursor(selector.After.Or(""))
	before, fits := parseKVCursor(selector.Before.Or(""))
	if !ok || !fits { // the platform answers so, misleading as it is
		return failure(http.StatusInternalServerError, "Something went wrong with a downstream service", "")
	}
	options := query.Options.Or(versori.KVListOptions{})
	oldestFirst := options.Reverse.Or(false)
	entries := store.entries.Select(func(e kvEntry) bool {
		return under(e.Key, selector.Prefix) && passes(e, selector.Filter.Or(versori.KVFilter{}))
	})
	if !oldestFirst {
		slices.Reverse(entries)
	}
	from, to := between(entries, after, before, oldestFirst)
	return fake.JSON(http.StatusOK, pageOf(entries, from, to, options.Limit.Or(100), before != "" && after == ""))
}

// between gives the part of the entries that lies behind one entry and in front of another, where they are named.
func between(entries []kvEntry, after, before string, oldestFirst bool) (from, to int) {
	precedes := func(a, b string) bool { return a < b == oldestFirst && a != b }
	to = len(entries)
	for i, e := range entries {
		if after != "" && !precedes(after, e.id) {
			from = i + 1
		}
		if before != "" && !precedes(e.id, before) {
			to = min(to, i)
		}
	}
	return from, max(from, to)
}

// pageOf is a page of the entries from one position to another: the first of them, or the last when going back.
func pageOf(entries []kvEntry, from, to, limit int, back bool) versori.KVPage {
	if back {
		from = max(from, to-limit)
	} else {
		to = min(to, from+limit)
	}
	page := versori.KVPage{Data: []versori.KVEntry{}}
	for _, e := range entries[from:to] {
		page.Data = append(page.Data, e.KVEntry)
	}
	if from < to && from > 0 {
		page.Pagination.PrevCursor = makeKVCursor(entries[from].id)
	}
	if from < to && to < len(entries) {
		page.Pagination.NextCursor = makeKVCursor(entries[to-1].id)
	}
	return page
}

// passes says whether a filter lets an entry through.
func passes(e kvEntry, filter versori.KVFilter) bool {
	if at, ok := filter.CreatedAfter.Get(); ok && !e.CreatedAt.After(at) {
		return false
	}
	if at, ok := filter.CreatedBefore.Get(); ok && !e.CreatedAt.Before(at) {
		return false
	}
	for name, want := range filter.Metadata {
		if got, ok := e.metadata[name]; !ok || !reflect.DeepEqual(got, want) {
			return false
		}
	}
	return true
}

// countKV counts by the prefix alone.
func (s *Server) countKV(store *kvStore, r *fake.Request) fake.Response {
	query, err := bodyOf[versori.KVCountQuery](r)
	if err != nil {
		return refused(err)
	}
	prefix := query.Selector.Or(versori.KVCountSelector{}).Prefix
	entries := store.entries.Select(func(e kvEntry) bool { return under(e.Key, prefix) })
	return fake.JSON(http.StatusOK, versori.KVCount{Count: float64(len(entries))})
}

// kvCursor is what a cursor of KV.List holds.
type kvCursor struct {
	ID string `json:"id"` // of the entry at the edge of the page
}

func makeKVCursor(id string) string {
	text, _ := json.Marshal(kvCursor{id}) // a string can always be encoded
	return base64.RawURLEncoding.EncodeToString(text)
}

// parseKVCursor takes only what makeKVCursor makes, and nothing for none.
func parseKVCursor(text string) (id string, ok bool) {
	if text == "" {
		return "", true
	}
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return "", false
	}
	var c kvCursor
	if err := json.Unmarshal(plain, &c); err != nil {
		return "", false
	}
	return c.ID, c.ID != "" && makeKVCursor(c.ID) == text
}
