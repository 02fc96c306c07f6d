package versoritest

import (
	"encoding/json"
	"math"
	"slices"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// kvStore is a store and its entries, the oldest first. An entry that is set again keeps its place.
type kvStore struct {
	versori.KVStore
	entries fake.Table[kvEntry]
}

// kvEntry is an entry with what no call answers.
type kvEntry struct {
	versori.KVEntry
	id       string        // what lists go by: later entries have greater ones
	refresh  time.Duration // how long it stays from each access on; zero: it doesn't begin anew
	metadata map[string]any
}

// kvSet is the body of KV.Set, and with a key an entry of KV.BatchSet. The value is kept as it was sent.
type kvSet struct {
	Key     []string             `json:"key"`
	Value   json.RawMessage      `json:"value"`
	Options versori.KVSetOptions `json:"options"`
}

// Why a value isn't set or a key isn't deleted.
const (
	stampChanged = "the versionstamp has changed"
	keyExists    = "the key exists already"
)

// sweep drops the entries whose time is over.
func (k *kvStore) sweep(now time.Time) {
	for _, e := range k.entries.List() {
		if at, ok := e.ExpiresAt.Get(); ok && !now.Before(at) {
			k.entries.Delete(kvKey(e.Key))
		}
	}
}

// get gives an entry, whose time begins anew if it was set that way.
func (k *kvStore) get(key []string, now time.Time) (kvEntry, bool) {
	entry, ok, _ := k.entries.Update(kvKey(key), func(e *kvEntry) error {
		if e.refresh > 0 {
			e.ExpiresAt = sdk.Some(now.Add(e.refresh))
		}
		return nil
	})
	return entry, ok
}

// set makes an entry, or gives the reason why it isn't as expected. An entry that is there keeps when it was made.
func (k *kvStore) set(entry kvSet, ids *fake.IDs, now time.Time) (made kvEntry, reason string) {
	old, exists := k.entries.Get(kvKey(entry.Key))
	options := entry.Options
	if stamp, ok := options.IfVersionstamp.Get(); ok && (!exists || stamp != old.Versionstamp) {
		return old, stampChanged
	}
	if exists && (options.IfNotExists.Or(false) || !options.Overwrite.Or(true)) {
		return old, keyExists
	}
	made = kvEntry{
		KVEntry:  versori.KVEntry{Key: entry.Key, Value: entry.Value, Versionstamp: ids.ULID(), CreatedAt: now},
		id:       old.id,
		metadata: options.Metadata,
	}
	if exists {
		made.CreatedAt = old.CreatedAt
	} else {
		made.id = ids.ULID()
	}
	made.ExpiresAt = expiry(options, now)
	if at, ok := made.ExpiresAt.Get(); ok && options.RefreshOnAccess.Or(false) {
		made.refresh = at.Sub(now)
	}
	k.entries.Put(kvKey(entry.Key), made)
	return made, ""
}

// expiry is until when an entry stays. A time wins over a number of milliseconds.
func expiry(options versori.KVSetOptions, now time.Time) sdk.Optional[time.Time] {
	if at, ok := options.ExpireAt.Get(); ok {
		return sdk.Some(at.UTC())
	}
	ms, ok := options.ExpireIn.Get()
	if !ok {
		return sdk.Null[time.Time]()
	}
	const longest = math.MaxInt64 / float64(2*time.Millisecond)
	return sdk.Some(now.Add(time.Duration(min(ms, longest) * float64(time.Millisecond))))
}

// delete removes a key, and with cascade all that begin with it, unless the key's entry has another version.
func (k *kvStore) delete(key []string, options versori.KVDeleteOptions) {
	if stamp, ok := options.IfVersionstamp.Get(); ok {
		if old, exists := k.entries.Get(kvKey(key)); !exists || stamp != old.Versionstamp {
			return
		}
	}
	k.entries.Delete(kvKey(key))
	if options.Cascade.Or(false) {
		for _, e := range k.entries.Select(func(e kvEntry) bool { return under(e.Key, key) }) {
			k.entries.Delete(kvKey(e.Key))
		}
	}
}

// under says whether a key begins with the segments of another.
func under(key, prefix []string) bool {
	return len(key) >= len(prefix) && slices.Equal(key[:len(prefix)], prefix)
}

// kvKey is a key as one text. Segments may hold anything, slashes too.
func kvKey(key []string) string {
	text, _ := json.Marshal(key) // strings can always be encoded
	return string(text)
}
