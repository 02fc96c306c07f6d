package versoritest_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

func TestPagesOfEntries(t *testing.T) {
	t.Parallel()
	s, store := newStore(t)
	for i := range 5 {
		s.PutKVEntry(store, versori.KVEntry{Key: []string{"k", fmt.Sprint(i)}})
	}
	for _, reverse := range []bool{false, true} {
		t.Run(fmt.Sprintf("reverse %v", reverse), func(t *testing.T) {
			t.Parallel()
			order := []string{"k|4", "k|3", "k|2", "k|1", "k|0"}
			if reverse {
				order = []string{"k|0", "k|1", "k|2", "k|3", "k|4"}
			}
			first := listKV(t, s, store, twoEntries("", "", reverse))
			wantKeys(t, first.Data, order[:2]...)
			assert.Equal(t, "nothing before the first page", first.Pagination.PrevCursor, "")
			second := listKV(t, s, store, twoEntries(first.Pagination.NextCursor, "", reverse))
			wantKeys(t, second.Data, order[2:4]...)
			third := listKV(t, s, store, twoEntries(second.Pagination.NextCursor, "", reverse))
			wantKeys(t, third.Data, order[4:]...)
			assert.Equal(t, "nothing behind the last page", third.Pagination.NextCursor, "")
			back := listKV(t, s, store, twoEntries("", third.Pagination.PrevCursor, reverse))
			wantKeys(t, back.Data, order[2:4]...)
			assert.Equal(t, "going on again", back.Pagination.NextCursor, second.Pagination.NextCursor)
			back = listKV(t, s, store, twoEntries("", back.Pagination.PrevCursor, reverse))
			wantKeys(t, back.Data, order[:2]...)
			assert.Equal(t, "nothing before the first page, going back", back.Pagination.PrevCursor, "")
			middle := listKV(t, s, store, twoEntries(first.Pagination.NextCursor, third.Pagination.PrevCursor, reverse))
			wantKeys(t, middle.Data, order[2:4]...)
		})
	}
}

func TestPagesOfEntriesWhileTheyChange(t *testing.T) {
	t.Parallel()
	s, store := newStore(t)
	for i := range 6 {
		s.PutKVEntry(store, versori.KVEntry{Key: []string{fmt.Sprint(i)}})
	}
	var seen []string
	for page, err := range s.Client().KV.Pages(t.Context(), store, twoEntries("", "", false)) {
		must(t, err)
		for _, e := range page.Data {
			seen = append(seen, e.Key[0])
		}
		s.PutKVEntry(store, versori.KVEntry{Key: []string{"later", fmt.Sprint(len(seen))}})
		_, err := s.Client().KV.Delete(t.Context(), store, seen[len(seen)-1], versori.KVDelete{}) // where the cursor is
		must(t, err)
	}
	assert.Equal(t, "seen", strings.Join(seen, " "), "5 4 3 2 1 0")
}

func TestAPageHasAtMost100Entries(t *testing.T) {
	t.Parallel()
	s, store := newStore(t)
	for i := range 101 {
		s.PutKVEntry(store, versori.KVEntry{Key: []string{fmt.Sprint(i)}})
	}
	page := listKV(t, s, store, versori.KVListQuery{})
	assert.Equal(t, "entries without a limit", len(page.Data), 100)
	assert.Equal(t, "there are more", page.Pagination.NextCursor != "", true)
	for _, limit := range []int{0, 101} {
		s.ExpectInvalid("KV.List")
		_, err := s.Client().KV.List(t.Context(), store, versori.KVListQuery{
			Options: sdk.Some(versori.KVListOptions{Limit: sdk.Some(limit)}),
		})
		assert.Equal(t, "status", assert.APIError(t, err).Status, 400)
	}
}

func TestSelectionOfEntries(t *testing.T) {
	t.Parallel()
	s, store := newStore(t)
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s.SetClock(func() time.Time { return now })
	for _, key := range []string{"users/42/sync", "users/42", "users/421", "user", "a%/b_"} {
		metadata := map[string]any{"status": "failed", "tries": 3}
		if key == "users/42" {
			metadata = nil
		}
		setKV(t, s.Client(), store, key, versori.KVSetOptions{Metadata: metadata})
		s.Advance(time.Hour)
	}
	at := func(hour int) sdk.Optional[time.Time] { return sdk.Some(now.Add(time.Duration(hour) * time.Hour)) }
	tests := []struct {
		name   string
		prefix []string
		filter versori.KVFilter
		want   []string
	}{
		{"a prefix in whole segments", []string{"users", "42"}, versori.KVFilter{}, []string{"users|42", "users|42|sync"}},
		{"a prefix that is part of a segment", []string{"use"}, versori.KVFilter{}, nil},
		{"a prefix with signs that searches use", []string{"%"}, versori.KVFilter{}, nil},
		{"a prefix that has them", []string{"a%"}, versori.KVFilter{}, []string{"a%|b_"}},
		{"an empty prefix", []string{}, versori.KVFilter{}, []string{"a%|b_", "user", "users|421", "users|42", "users|42|sync"}},
		{"after a time", nil, versori.KVFilter{CreatedAfter: at(2)}, []string{"a%|b_", "user"}},
		{"before a time", nil, versori.KVFilter{CreatedBefore: at(1)}, []string{"users|42|sync"}},
		{
			"metadata", []string{"users"}, versori.KVFilter{Metadata: map[string]any{"status": "failed", "tries": 3}},
			[]string{"users|421", "users|42|sync"},
		},
		{"metadata of another value", nil, versori.KVFilter{Metadata: map[string]any{"status": "done"}}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			page := listKV(t, s, store, versori.KVListQuery{Selector: sdk.Some(versori.KVSelector{
				Prefix: test.prefix, Filter: sdk.Some(test.filter),
			})})
			wantKeys(t, page.Data, test.want...)
			if !test.filter.CreatedAfter.IsZero() || !test.filter.CreatedBefore.IsZero() || test.filter.Metadata != nil {
				return
			}
			count, err := s.Client().KV.Count(t.Context(), store, versori.KVCountQuery{
				Selector: sdk.Some(versori.KVCountSelector{Prefix: test.prefix}),
			})
			must(t, err)
			assert.Equal(t, "count", int(count.Count), len(test.want))
		})
	}
}

// TestAKeyIsNoCursor: the answer looks like a fault of the platform.
func TestAKeyIsNoCursor(t *testing.T) {
	t.Parallel()
	s, store := newStore(t)
	client := s.Client(sdk.WithMaxAttempts(1))
	for _, text := range []string{"users/42", "k", base64.RawURLEncoding.EncodeToString([]byte(`{"id":""}`)), "eyJpZCI6IkEifQ=="} {
		for _, q := range []versori.KVListQuery{twoEntries(text, "", false), twoEntries("", text, false)} {
			_, err := client.KV.List(t.Context(), store, q)
			wantAnswer(t, err, 500, `{"code":"500001","message":"Something went wrong with a downstream service"}`)
		}
	}
}

// twoEntries asks for a page of two entries.
func twoEntries(after, before string, reverse bool) versori.KVListQuery {
	var selector versori.KVSelector
	if after != "" {
		selector.After = sdk.Some(after)
	}
	if before != "" {
		selector.Before = sdk.Some(before)
	}
	return versori.KVListQuery{
		Options:  sdk.Some(versori.KVListOptions{Limit: sdk.Some(2), Reverse: sdk.Some(reverse)}),
		Selector: sdk.Some(selector),
	}
}

func listKV(t *testing.T, s *versoritest.Server, store string, q versori.KVListQuery) *versori.KVPage {
	t.Helper()
	page, err := s.Client().KV.List(t.Context(), store, q)
	must(t, err)
	return page
}
