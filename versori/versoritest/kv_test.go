package versoritest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// everyKVOperation calls each operation on stores and their entries once.
func everyKVOperation(t *testing.T, s *versoritest.Server) {
	t.Helper()
	ctx, client := t.Context(), s.Client()
	created, err := client.KVStores.Create(ctx, versori.KVStoreCreate{Name: sdk.Some("exchange-rates")})
	must(t, err)
	stores, err := client.KVStores.List(ctx)
	must(t, err)
	last := stores.Stores[len(stores.Stores)-1]
	assert.Equal(t, "store", [3]string{last.Name, last.OrgID, last.ID}, [3]string{"exchange-rates", organisation, created.ID})
	store := created.ID

	set, err := client.KV.Set(ctx, store, "rates/eur", versori.KVSet{Value: map[string]any{"usd": json.Number("1.08")}})
	must(t, err)
	assert.Equal(t, "set", set.OK && set.Committed, true)
	value, err := client.KV.Get(ctx, store, "rates/eur")
	must(t, err)
	assert.Equal(t, "value", string(value.Value), `{"usd":1.08}`)
	assert.Equal(t, "versionstamp", value.Versionstamp, set.Versionstamp)
	batch, err := client.KV.BatchSet(ctx, store, versori.KVBatchSet{Entries: []versori.KVBatchSetEntry{
		{Key: []string{"rates", "gbp"}, Value: 0.86}, {Key: []string{"a/b", "c"}, Value: nil},
	}})
	must(t, err)
	assert.Equal(t, "successes", len(batch.Successes), 2)
	got, err := client.KV.BatchGet(ctx, store, versori.KVBatchGet{Keys: [][]string{{"a/b", "c"}, {"nothing"}, {"rates", "gbp"}}})
	must(t, err)
	wantKeys(t, got.Entries, "a/b|c", "rates|gbp")
	assert.Equal(t, "null", string(got.Entries[0].Value), "null")
	count, err := client.KV.Count(ctx, store, versori.KVCountQuery{})
	must(t, err)
	assert.Equal(t, "count", count.Count, 3)
	page, err := client.KV.List(ctx, store, versori.KVListQuery{})
	must(t, err)
	wantKeys(t, page.Data, "a/b|c", "rates|gbp", "rates|eur")
	deletion, err := client.KV.Delete(ctx, store, "rates/eur", versori.KVDelete{})
	must(t, err)
	assert.Equal(t, "status", deletion.Status, sdk.Some("ok"))
	_, err = client.KV.BatchDelete(ctx, store, versori.KVBatchDelete{Keys: [][]string{{"rates", "gbp"}, {"nothing"}}})
	must(t, err)
	wantStored(t, s, store, "a/b|c")
}

func TestConditionsOfASet(t *testing.T) {
	t.Parallel()
	const old = "01J00000000000000000000ABC"
	tests := []struct {
		name    string
		key     string
		options versori.KVSetOptions
		reason  string // in a batch; empty: committed
	}{
		{"none, of a new key", "new", versori.KVSetOptions{}, ""},
		{"none, of a key that is there", "old", versori.KVSetOptions{}, ""},
		{"the versionstamp, which fits", "old", versori.KVSetOptions{IfVersionstamp: sdk.Some(old)}, ""},
		{
			"the versionstamp, which is another", "old", versori.KVSetOptions{IfVersionstamp: sdk.Some("01J")},
			"the versionstamp has changed",
		},
		{
			"the versionstamp, of a key that isn't there", "new", versori.KVSetOptions{IfVersionstamp: sdk.Some(old)},
			"the versionstamp has changed",
		},
		{"not exists, of a new key", "new", versori.KVSetOptions{IfNotExists: sdk.Some(true)}, ""},
		{"not exists, of a key that is there", "old", versori.KVSetOptions{IfNotExists: sdk.Some(true)}, "the key exists already"},
		{"not exists, switched off", "old", versori.KVSetOptions{IfNotExists: sdk.Some(false)}, ""},
		{"no overwriting of a key that is there", "old", versori.KVSetOptions{Overwrite: sdk.Some(false)}, "the key exists already"},
		{"no overwriting of a new key", "new", versori.KVSetOptions{Overwrite: sdk.Some(false)}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, store := newStore(t)
			s.PutKVEntry(store, versori.KVEntry{Key: []string{"old"}, Value: []byte("1"), Versionstamp: old})
			before, _ := s.KVEntry(store, test.key)
			commit, err := s.Client().KV.Set(t.Context(), store, test.key, versori.KVSet{Value: 2, Options: sdk.Some(test.options)})
			must(t, err)
			after, _ := s.KVEntry(store, test.key)
			assert.Equal(t, "committed", commit.Committed, test.reason == "")
			assert.Equal(t, "ok", commit.OK, test.reason == "")
			if test.reason == "" {
				assert.Equal(t, "value", string(after.Value), "2")
				assert.Equal(t, "versionstamp", commit.Versionstamp, after.Versionstamp)
				assert.Equal(t, "versionstamp is the old one", after.Versionstamp == old, false)
			} else {
				assert.Equal(t, "value", string(after.Value), string(before.Value))
				assert.Equal(t, "versionstamp", commit.Versionstamp, "")
			}
		})
		t.Run(test.name+", in a batch", func(t *testing.T) {
			t.Parallel()
			s, store := newStore(t)
			s.PutKVEntry(store, versori.KVEntry{Key: []string{"old"}, Value: []byte("1"), Versionstamp: old})
			result, err := s.Client().KV.BatchSet(t.Context(), store, versori.KVBatchSet{Entries: []versori.KVBatchSetEntry{
				{Key: []string{test.key}, Value: 2, Options: sdk.Some(test.options)}, {Key: []string{"other"}, Value: 3},
			}})
			must(t, err)
			_, ok := s.KVEntry(store, "other")
			assert.Equal(t, "the other one is set", ok, true)
			if test.reason == "" {
				assert.Equal(t, "successes", len(result.Successes), 2)
				return
			}
			assert.Equal(t, "successes", len(result.Successes), 1)
			assert.Equal(t, "failures", fmt.Sprint(result.Failures[0].Key, result.Failures[0].Error), "["+test.key+"]"+test.reason)
		})
	}
}

func TestOneOfManyGetsTheLock(t *testing.T) {
	t.Parallel()
	s, store := newStore(t)
	client := s.Client()
	var winners atomic.Int32
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			commit, err := client.KV.Set(t.Context(), store, "lock", versori.KVSet{
				Value: "worker", Options: sdk.Some(versori.KVSetOptions{IfNotExists: sdk.Some(true)}),
			})
			if err != nil {
				t.Error(err)
			} else if commit.Committed {
				winners.Add(1)
			}
		})
	}
	group.Wait()
	assert.Equal(t, "winners", winners.Load(), 1)
}

func TestASetKeepsWhenAnEntryWasMade(t *testing.T) {
	t.Parallel()
	s, store := newStore(t)
	client := s.Client()
	setKV(t, client, store, "a", versori.KVSetOptions{})
	setKV(t, client, store, "b", versori.KVSetOptions{})
	first, _ := s.KVEntry(store, "a")
	s.Advance(time.Hour)
	setKV(t, client, store, "a", versori.KVSetOptions{})
	second, _ := s.KVEntry(store, "a")
	assert.Equal(t, "createdAt", second.CreatedAt, first.CreatedAt)
	wantStored(t, s, store, "b", "a")
}

func TestEntriesGoAwayByThePlatformsClock(t *testing.T) {
	t.Parallel()
	s, store := newStore(t)
	now := time.Date(2026, 3, 2, 9, 15, 27, 0, time.UTC)
	s.SetClock(func() time.Time { return now })
	client := s.Client()
	setKV(t, client, store, "stays", versori.KVSetOptions{})
	setKV(t, client, store, "in", versori.KVSetOptions{ExpireIn: sdk.Some(60_000.0)})
	setKV(t, client, store, "at", versori.KVSetOptions{ExpireAt: sdk.Some(now.Add(2 * time.Minute))})
	setKV(t, client, store, "both", versori.KVSetOptions{ExpireIn: sdk.Some(1.0), ExpireAt: sdk.Some(now.Add(2 * time.Minute))})
	setKV(t, client, store, "used", versori.KVSetOptions{ExpireIn: sdk.Some(90_000.0), RefreshOnAccess: sdk.Some(true)})
	setKV(t, client, store, "long", versori.KVSetOptions{ExpireIn: sdk.Some(1e300)})
	s.PutKVEntry(store, versori.KVEntry{Key: []string{"put"}, ExpiresAt: sdk.Some(now.Add(time.Second))})
	value, err := client.KV.Get(t.Context(), store, "in")
	must(t, err)
	assert.Equal(t, "expiresAt", value.ExpiresAt, sdk.Some(now.Add(time.Minute)))
	value, err = client.KV.Get(t.Context(), store, "stays")
	must(t, err)
	assert.Equal(t, "expiresAt", value.ExpiresAt.IsZero(), true)

	s.Advance(time.Minute)
	wantStored(t, s, store, "long", "used", "both", "at", "stays")
	_, err = client.KV.Get(t.Context(), store, "in")
	wantAnswer(t, err, 404, `{"code":"404001","message":"No such key","details":"There is no key in"}`)
	_, err = client.KV.Get(t.Context(), store, "used") // its time begins anew
	must(t, err)
	s.Advance(time.Minute)
	wantStored(t, s, store, "long", "used", "stays")
	s.Advance(time.Minute)
	wantStored(t, s, store, "long", "stays")

	commit, err := client.KV.Set(t.Context(), store, "in", versori.KVSet{
		Value: 1, Options: sdk.Some(versori.KVSetOptions{IfNotExists: sdk.Some(true)}),
	})
	must(t, err)
	assert.Equal(t, "committed where one has expired", commit.Committed, true)
	setKV(t, client, store, "long", versori.KVSetOptions{})
	entry, _ := s.KVEntry(store, "long")
	assert.Equal(t, "expiresAt after a set without one", entry.ExpiresAt, sdk.Null[time.Time]())
}

func TestDeletions(t *testing.T) {
	t.Parallel()
	keys := []string{"users", "users/42", "users/42/sync", "users/421", "orders"}
	cascade := versori.KVDeleteOptions{Cascade: sdk.Some(true)}
	tests := []struct {
		name, key string
		options   versori.KVDeleteOptions
		left      []string
	}{
		{"this key alone", "users/42", versori.KVDeleteOptions{}, []string{"orders", "users|421", "users|42|sync", "users"}},
		{"everything under it, in whole segments", "users/42", cascade, []string{"orders", "users|421", "users"}},
		{"everything under a key that isn't there itself", "users/42/sync/deeper", cascade, []string{"orders", "users|421", "users|42|sync", "users|42", "users"}},
		{
			"nothing for another versionstamp", "users/42",
			versori.KVDeleteOptions{Cascade: sdk.Some(true), IfVersionstamp: sdk.Some("01J")},
			[]string{"orders", "users|421", "users|42|sync", "users|42", "users"},
		},
		{"nothing for a key that isn't there", "user", cascade, []string{"orders", "users|421", "users|42|sync", "users|42", "users"}},
	}
	for _, test := range tests {
		for _, batch := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, batch %v", test.name, batch), func(t *testing.T) {
				t.Parallel()
				s, store := newStore(t)
				for _, key := range keys {
					s.PutKVEntry(store, versori.KVEntry{Key: strings.Split(key, "/")})
				}
				var deletion *versori.KVDeletion
				var err error
				if batch {
					deletion, err = s.Client().KV.BatchDelete(t.Context(), store, versori.KVBatchDelete{
						Keys: [][]string{strings.Split(test.key, "/")}, Options: sdk.Some(test.options),
					})
				} else {
					deletion, err = s.Client().KV.Delete(t.Context(), store, test.key, versori.KVDelete{Options: sdk.Some(test.options)})
				}
				must(t, err)
				assert.Equal(t, "status", deletion.Status, sdk.Some("ok"))
				wantStored(t, s, store, test.left...)
			})
		}
	}
}

func TestADeletionWithTheRightVersionstamp(t *testing.T) {
	t.Parallel()
	s, store := newStore(t)
	entry := s.PutKVEntry(store, versori.KVEntry{Key: []string{"a"}})
	_, err := s.Client().KV.Delete(t.Context(), store, "a", versori.KVDelete{
		Options: sdk.Some(versori.KVDeleteOptions{IfVersionstamp: sdk.Some(entry.Versionstamp)}),
	})
	must(t, err)
	wantStored(t, s, store)
}

func TestStoresAreKeptApart(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	mine := s.PutKVStore(versori.KVStore{Name: "PROJECT_" + project}).ID
	theirs := s.PutKVStore(versori.KVStore{Name: "PROJECT_" + project, OrgID: other}).ID
	setKV(t, s.Client(), mine, "a", versori.KVSetOptions{})
	wantStored(t, s, mine, "a")
	wantStored(t, s, theirs)
	list, err := s.Client().KVStores.List(t.Context())
	must(t, err)
	assert.Equal(t, "stores", len(list.Stores), 1)
	s.PutKVStore(versori.KVStore{ID: strings.ToLower(mine), Name: "renamed"})
	wantStored(t, s, mine, "a")

	_, err = s.Client().KV.Count(t.Context(), other, versori.KVCountQuery{})
	wantAnswer(t, err, 404, `{"code":"404001","message":"No such store","details":"There is no store `+other+`"}`)
	if _, ok := s.KVEntry(other, "a"); ok {
		t.Error("there is an entry in a store that isn't there")
	}
}

func TestASetIsNotRepeated(t *testing.T) {
	t.Parallel()
	s, store := newStore(t)
	s.Inject("KV.Set", fault.ResetAfterHandling())
	_, err := s.Client().KV.Set(t.Context(), store, "a", versori.KVSet{Value: 1})
	assert.Equal(t, "failed", err != nil, true)
	assert.Equal(t, "requests", len(s.Requests("KV.Set")), 1)
	wantStored(t, s, store, "a")
}

func TestAReadOnlyTokenReadsWhatIsAskedForByPOST(t *testing.T) {
	t.Parallel()
	s, store := newStore(t)
	client := s.Client(sdk.WithToken(versoritest.ForbiddenToken))
	_, err := client.KV.List(t.Context(), store, versori.KVListQuery{})
	must(t, err)
	_, err = client.KV.Count(t.Context(), store, versori.KVCountQuery{})
	must(t, err)
	_, err = client.KV.BatchGet(t.Context(), store, versori.KVBatchGet{Keys: [][]string{{"a"}}})
	must(t, err)
	_, err = client.KV.Set(t.Context(), store, "list", versori.KVSet{Value: 1})
	assert.Equal(t, "set", assert.APIError(t, err).Status, http.StatusForbidden)
	_, err = client.KVStores.Create(t.Context(), versori.KVStoreCreate{})
	assert.Equal(t, "create", assert.APIError(t, err).Status, http.StatusForbidden)
}

func TestSeedingOfKVThatCannotBeIsReported(t *testing.T) {
	t.Parallel()
	s, r := newRecorded(t)
	s.PutKVStore(versori.KVStore{ID: "cache"})
	s.PutKVEntry(other, versori.KVEntry{Key: []string{"a"}})
	store := s.PutKVStore(versori.KVStore{}).ID
	s.PutKVEntry(store, versori.KVEntry{})
	s.PutKVEntry(store, versori.KVEntry{Key: []string{"a"}, Value: []byte("{")})
	lines := r.Reported()
	assert.Equal(t, "lines", len(lines), 4)
	assert.Lines(t, lines[:3], []string{
		`versoritest: PutKVStore: "cache" isn't a ULID`,
		`versoritest: PutKVEntry: there must be a store "` + other + `" and a key`,
		`versoritest: PutKVEntry: there must be a store "` + store + `" and a key`,
	})
	assert.Equal(t, "value", strings.HasPrefix(lines[3], "versoritest: PutKVEntry: the value can't be encoded: "), true)
	wantStored(t, s, store)
}

func TestASeededEntrySharesNothing(t *testing.T) {
	t.Parallel()
	s, store := newStore(t)
	given := versori.KVEntry{Key: []string{"a"}, Value: []byte(`"text"`)}
	returned := s.PutKVEntry(store, given)
	stored, _ := s.KVEntry(store, "a")
	given.Value[1], returned.Value[1], stored.Value[1] = 'x', 'y', 'z'
	given.Key[0], returned.Key[0], stored.Key[0] = "x", "y", "z"
	stored, ok := s.KVEntry(store, "a")
	assert.Equal(t, "entry", fmt.Sprint(stored.Key, string(stored.Value), ok), `[a]"text"true`)
}

// newStore starts a server with one empty store, and gives its id.
func newStore(t *testing.T) (*versoritest.Server, string) {
	t.Helper()
	s := versoritest.NewServer(t)
	return s, s.PutKVStore(versori.KVStore{Name: "PROJECT_" + project}).ID
}

func setKV(t *testing.T, client *versori.Client, store, key string, options versori.KVSetOptions) {
	t.Helper()
	commit, err := client.KV.Set(t.Context(), store, key, versori.KVSet{Value: key, Options: sdk.Some(options)})
	must(t, err)
	assert.Equal(t, "committed "+key, commit.Committed, true)
}

// wantStored checks the keys of a store, the newest first, with | between their segments.
func wantStored(t *testing.T, s *versoritest.Server, store string, want ...string) {
	t.Helper()
	page, err := s.Client().KV.List(t.Context(), store, versori.KVListQuery{})
	must(t, err)
	wantKeys(t, page.Data, want...)
}

func wantKeys(t *testing.T, entries []versori.KVEntry, want ...string) {
	t.Helper()
	var got []string
	for _, e := range entries {
		got = append(got, strings.Join(e.Key, "|"))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got keys %q, want %q", got, want)
	}
}
