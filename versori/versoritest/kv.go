package versoritest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// kvState is what the platform has beside projects and connections: KV stores, issues, notifications and automations.
type kvState struct {
	kvMu   sync.Mutex // guards the entries of the stores, so that a condition and what depends on it are one step
	stores fake.Table[*kvStore]

	issueMu       sync.Mutex // guards notifications, and makes one step of what changes issues or links
	issues        rows[versori.Issue]
	channels      rows[versori.NotificationChannel]
	channelLinks  rows[channelLink]
	notifications []Notification

	automations rows[automation]
	runs        rows[automationRun]
	recordings  rows[recording]
}

// handleKV registers what concerns KV stores, issues, notifications and automations.
func (s *Server) handleKV() {
	s.Handle("KVStores.List", s.listStores)
	s.Handle("KVStores.Create", s.createStore)
	s.Handle("KV.Get", s.inStore(s.getKV))
	s.Handle("KV.Set", s.inStore(s.setKV))
	s.Handle("KV.Delete", s.inStore(s.deleteKV))
	s.Handle("KV.BatchGet", s.inStore(s.batchGetKV))
	s.Handle("KV.BatchSet", s.inStore(s.batchSetKV))
	s.Handle("KV.BatchDelete", s.inStore(s.batchDeleteKV))
	s.Handle("KV.List", s.inStore(s.listKV))
	s.Handle("KV.Count", s.inStore(s.countKV))
	s.handleIssues()
	s.handleNotifications()
	s.handleAutomations()
}

// PutKVStore stores a KV store under its ID, a new one or in place of the one that has it (whose entries stay), and
// returns what is stored. An empty ID is a new one, an empty OrgID is Organisation. Workflows name their stores ORG_,
// PROJECT_ or EXECUTION_ and an id. Ids that aren't ULIDs are a problem; nothing is stored then.
func (s *Server) PutKVStore(store versori.KVStore) versori.KVStore {
	store.ID = s.or(store.ID)
	store.OrgID = cmp.Or(store.OrgID, Organisation)
	if !s.areULIDs("PutKVStore", store.ID, store.OrgID) {
		return versori.KVStore{}
	}
	s.kvMu.Lock()
	defer s.kvMu.Unlock()
	if old, ok := s.stores.Get(fold(store.ID)); ok {
		old.KVStore = store
	} else {
		s.stores.Put(fold(store.ID), &kvStore{KVStore: store})
	}
	return store
}

// PutKVEntry stores an entry under its Key, as the newest unless the key is there, and returns what is stored. An empty
// Versionstamp is a new one, a zero CreatedAt is now, an empty Value is null; an entry with ExpiresAt goes away by the
// platform's clock. A store that isn't there, an entry without a key and a value that isn't JSON are problems; nothing is
// stored then.
func (s *Server) PutKVEntry(storeID string, entry versori.KVEntry) versori.KVEntry {
	if len(entry.Value) == 0 {
		entry.Value = []byte("null")
	}
	entry, err := fake.Copy(entry)
	if err != nil {
		s.Report("PutKVEntry: %v", err)
		return versori.KVEntry{}
	}
	s.kvMu.Lock()
	defer s.kvMu.Unlock()
	store, ok := s.stores.Get(fold(storeID))
	if !ok || len(entry.Key) == 0 {
		s.Report("PutKVEntry: there must be a store %q and a key", storeID)
		return versori.KVEntry{}
	}
	if entry.Versionstamp == "" {
		entry.Versionstamp = s.IDs.ULID()
	}
	if entry.CreatedAt.IsZero() {
		entry.CreatedAt = s.stamp()
	}
	old, ok := store.entries.Get(kvKey(entry.Key))
	if !ok {
		old.id = s.IDs.ULID()
	}
	store.entries.Put(kvKey(entry.Key), kvEntry{KVEntry: entry, id: old.id})
	return copyOfEntry(entry)
}

// KVEntry is the entry under a key, given in segments, for checking what the code under test did; false if the store has
// none. It isn't an access: the time that an entry stays goes on.
func (s *Server) KVEntry(storeID string, key ...string) (versori.KVEntry, bool) {
	s.kvMu.Lock()
	defer s.kvMu.Unlock()
	store, ok := s.stores.Get(fold(storeID))
	if !ok {
		return versori.KVEntry{}, false
	}
	store.sweep(s.stamp())
	entry, ok := store.entries.Get(kvKey(key))
	return copyOfEntry(entry.KVEntry), ok
}

// areULIDs says whether ids are ones that paths can name; others are a problem of the method.
func (s *Server) areULIDs(method string, ids ...string) bool {
	for _, id := range ids {
		if !ulid(id) {
			s.Report("%s: %q isn't a ULID", method, id)
			return false
		}
	}
	return true
}

func copyOfEntry(entry versori.KVEntry) versori.KVEntry {
	entry.Key, entry.Value = slices.Clone(entry.Key), slices.Clone(entry.Value)
	return entry
}

func (s *Server) listStores(r *fake.Request) fake.Response {
	s.kvMu.Lock()
	defer s.kvMu.Unlock()
	list := versori.KVStoreList{Stores: []versori.KVStore{}}
	for _, store := range s.stores.List() {
		if fold(store.OrgID) == fold(r.Path("organisation_id")) {
			list.Stores = append(list.Stores, store.KVStore)
		}
	}
	return fake.JSON(http.StatusOK, list)
}

// createStore makes another store even if there is one of that name.
func (s *Server) createStore(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.KVStoreCreate](r)
	if err != nil {
		return refused(err)
	}
	store := s.PutKVStore(versori.KVStore{Name: body.Name.Or(""), OrgID: r.Path("organisation_id")})
	return fake.JSON(http.StatusOK, versori.KVStoreRef{ID: store.ID})
}

// inStore finds the store of the path, without the entries whose time is over.
func (s *Server) inStore(handle func(*kvStore, *fake.Request) fake.Response) fake.Handler {
	return func(r *fake.Request) fake.Response {
		s.kvMu.Lock()
		defer s.kvMu.Unlock()
		store, ok := s.stores.Get(fold(r.Path("store")))
		if !ok {
			return missing("store", r.Path("store"))
		}
		store.sweep(s.stamp())
		return handle(store, r)
	}
}

// keyInPath is the key that the path names; it must not have empty segments.
func keyInPath(r *fake.Request) ([]string, error) {
	key := strings.Split(r.Path("key"), "/")
	if slices.Contains(key, "") {
		return nil, invalidRequest("A segment of the key is empty")
	}
	return key, nil
}

func (s *Server) getKV(store *kvStore, r *fake.Request) fake.Response {
	key, err := keyInPath(r)
	if err != nil {
		return refused(err)
	}
	entry, ok := store.get(key, s.stamp())
	if !ok {
		return missing("key", r.Path("key"))
	}
	value := versori.KVValue{Value: entry.Value, Versionstamp: entry.Versionstamp, CreatedAt: entry.CreatedAt}
	if !entry.ExpiresAt.IsNull() {
		value.ExpiresAt = entry.ExpiresAt
	}
	return fake.JSON(http.StatusOK, value)
}

func (s *Server) setKV(store *kvStore, r *fake.Request) fake.Response {
	key, err := keyInPath(r)
	if err != nil {
		return refused(err)
	}
	entry, err := bodyOf[kvSet](r)
	if err != nil {
		return refused(err)
	}
	entry.Key = key
	made, reason := store.set(entry, &s.IDs, s.stamp())
	if reason != "" {
		return fake.JSON(http.StatusOK, versori.KVCommit{})
	}
	return fake.JSON(http.StatusOK, versori.KVCommit{OK: true, Versionstamp: made.Versionstamp, Committed: true})
}

func (s *Server) deleteKV(store *kvStore, r *fake.Request) fake.Response {
	key, err := keyInPath(r)
	if err != nil {
		return refused(err)
	}
	body, err := bodyOf[versori.KVDelete](r)
	if err != nil {
		return refused(err)
	}
	store.delete(key, body.Options.Or(versori.KVDeleteOptions{}))
	return deleted()
}

// deleted is the answer to a deletion, whether or not there was something to delete.
func deleted() fake.Response {
	return fake.JSON(http.StatusOK, versori.KVDeletion{Status: sdk.Some("ok")})
}

// batchGetKV answers the entries that are there, in the order in which they are asked for.
func (s *Server) batchGetKV(store *kvStore, r *fake.Request) fake.Response {
	body, err := bodyOf[versori.KVBatchGet](r)
	if err != nil {
		return refused(err)
	}
	found := versori.KVBatchEntries{Entries: []versori.KVEntry{}}
	for _, key := range body.Keys {
		if entry, ok := store.get(key, s.stamp()); ok {
			found.Entries = append(found.Entries, entry.KVEntry)
		}
	}
	return fake.JSON(http.StatusOK, found)
}

// batchSetKV sets one entry after the other; what isn't as one of them expects is a failure of that one.
func (s *Server) batchSetKV(store *kvStore, r *fake.Request) fake.Response {
	body, err := bodyOf[struct{ Entries []kvSet }](r)
	if err != nil {
		return refused(err)
	}
	result := versori.KVBatchResult{Successes: []versori.KVCommit{}, Failures: []versori.KVBatchFailure{}}
	for _, entry := range body.Entries {
		made, reason := store.set(entry, &s.IDs, s.stamp())
		if reason != "" {
			result.Failures = append(result.Failures, versori.KVBatchFailure{Key: entry.Key, Error: reason})
			continue
		}
		result.Successes = append(result.Successes, versori.KVCommit{OK: true, Versionstamp: made.Versionstamp, Committed: true})
	}
	return fake.JSON(http.StatusOK, result)
}

func (s *Server) batchDeleteKV(store *kvStore, r *fake.Request) fake.Response {
	body, err := bodyOf[versori.KVBatchDelete](r)
	if err != nil {
		return refused(err)
	}
	for _, key := range body.Keys {
		store.delete(key, body.Options.Or(versori.KVDeleteOptions{}))
	}
	return deleted()
}
