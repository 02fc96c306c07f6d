package versori

import (
	"context"
	"errors"
	"iter"

	"github.com/wharfinger/sdk"
)

// ErrKVConflict is a value that wasn't set because the entry isn't as it was expected: it has another version, or is
// there, or isn't. Nothing has changed. The error matches [sdk.ErrConflict] too, although the platform answers with
// success.
var ErrKVConflict = errors.New("the entry is not as expected")

// Store is the entries of one KV store, by keys in segments. It makes the calls of [KVService], and refuses what is easily
// done by mistake there: a key that is the address of another call, a condition that wasn't met and goes unnoticed, a
// deletion of everything.
//
// A Store has no state. Make as many as you like.
type Store struct {
	kv *KVService
	id string
}

// Store gives the entries of the store with this id, which [KVStoresService.List] answers. It makes no call.
func (s *KVService) Store(storeID string) Store { return Store{s, storeID} }

// Get gets the value under a key, with its version. An unknown key is an error that matches [sdk.ErrNotFound]. What
// workflows have written is read by [DecodeWorkflowValue].
func (s Store) Get(ctx context.Context, key Key, opts ...sdk.Option) (*KVValue, error) {
	path, err := key.Path()
	if err != nil {
		return nil, err
	}
	return s.kv.Get(ctx, s.id, path, opts...)
}

// Set sets the value under a key, in place of what is there, or on the conditions in the options of body. If the platform
// says that it didn't set it, the error matches [ErrKVConflict]. The result has the new version.
//
// The call is never repeated by the client. Where it fails without an answer, the value may have been set.
func (s Store) Set(ctx context.Context, key Key, body KVSet, opts ...sdk.Option) (*KVCommit, error) {
	options := body.Options.Or(KVSetOptions{})
	if options.IfVersionstamp.IsZero() && options.IfNotExists.IsZero() && options.Overwrite.IsZero() {
		options.Overwrite = sdk.Some(true) // what the platform does without isn't published
		body.Options = sdk.Some(options)
	}
	return s.set(ctx, key, body, opts)
}

// CompareAndSet sets the value under a key if the entry still has this version: the Versionstamp of a [KVValue], a
// [KVEntry] or a [KVCommit]. The empty version means that there must be no entry yet. If it isn't so, the error matches
// [ErrKVConflict] and nothing has changed: get the value and try again.
//
// The call is never repeated by the client. Where it fails without an answer, the value may have been set.
func (s Store) CompareAndSet(ctx context.Context, key Key, versionstamp string, body KVSet, opts ...sdk.Option) (*KVCommit, error) {
	options := body.Options.Or(KVSetOptions{})
	options.IfVersionstamp, options.IfNotExists = sdk.Some(versionstamp), sdk.Optional[bool]{}
	if versionstamp == "" {
		options.IfVersionstamp, options.IfNotExists = sdk.Optional[string]{}, sdk.Some(true)
	}
	body.Options = sdk.Some(options)
	return s.set(ctx, key, body, opts)
}

func (s Store) set(ctx context.Context, key Key, body KVSet, opts []sdk.Option) (*KVCommit, error) {
	path, err := key.Path()
	if err != nil {
		return nil, err
	}
	commit, err := s.kv.Set(ctx, s.id, path, body, opts...)
	if err != nil {
		return nil, err
	}
	if !commit.Committed {
		return nil, failure("KV.Set", "the value was not set", errors.Join(ErrKVConflict, sdk.ErrConflict))
	}
	return commit, nil
}

// All iterates over the entries whose keys begin with prefix, segment by segment, the newest first; without segments over
// all of the store. It asks for the next page when the loop reaches it; see [KVService.Pages].
func (s Store) All(ctx context.Context, prefix Key, opts ...sdk.Option) iter.Seq2[KVEntry, error] {
	if err := prefix.checkPrefix("Store.All"); err != nil {
		return func(yield func(KVEntry, error) bool) { yield(KVEntry{}, err) }
	}
	return s.kv.All(ctx, s.id, under(prefix), opts...)
}

func under(prefix Key) KVListQuery {
	if len(prefix) == 0 {
		return KVListQuery{}
	}
	return KVListQuery{Selector: sdk.Some(KVSelector{Prefix: prefix})}
}

// Delete deletes the entry under a key, and nothing under it. What the platform says of a key that isn't there isn't
// documented.
func (s Store) Delete(ctx context.Context, key Key, opts ...sdk.Option) error {
	path, err := key.Path()
	if err != nil {
		return err
	}
	_, err = s.kv.Delete(ctx, s.id, path, KVDelete{}, opts...)
	return err
}

// DeleteKeys deletes the entries under several keys, and nothing under them. No key at all is no call. If one of them has
// no segments, or an empty one, all are refused: it could mean the whole store.
func (s Store) DeleteKeys(ctx context.Context, keys []Key, opts ...sdk.Option) error {
	if len(keys) == 0 {
		return nil
	}
	body := KVBatchDelete{Keys: make([][]string, len(keys))}
	for i, key := range keys {
		if err := key.check("Store.DeleteKeys"); err != nil {
			return err
		}
		body.Keys[i] = key
	}
	_, err := s.kv.BatchDelete(ctx, s.id, body, opts...)
	return err
}

// DeleteUnder deletes the entry under a key and all whose keys begin with it, segment by segment, for good. A key without
// segments would be the whole store and is refused; see [Store.DeleteEverything].
//
// It deletes just what [Store.All] lists, page by page, until that is nothing. Entries that are written meanwhile may
// stay, and if a call fails so does what it hasn't come to. A cascade of [KVService.Delete] is a single call instead, but
// which keys it takes for ones that begin alike isn't documented: going by what is known it compares text, so that order
// could take orders along.
func (s Store) DeleteUnder(ctx context.Context, key Key, opts ...sdk.Option) error {
	const operation = "Store.DeleteUnder"
	if len(key) == 0 {
		return refusal(operation, "a key without segments is the whole store; DeleteEverything is there for that")
	}
	if err := key.check(operation); err != nil {
		return err
	}
	if err := s.deleteListed(ctx, operation, key, opts); err != nil {
		return err
	}
	// Whether a key is listed under itself isn't documented.
	if err := s.DeleteKeys(ctx, []Key{key}, opts...); err != nil && !errors.Is(err, sdk.ErrNotFound) {
		return err
	}
	return nil
}

// DeleteEverything deletes all entries of the store, for good, in the way of [Store.DeleteUnder].
func (s Store) DeleteEverything(ctx context.Context, opts ...sdk.Option) error {
	return s.deleteListed(ctx, "Store.DeleteEverything", nil, opts)
}

// deleteListed deletes the first page of a list again and again: cursors could miss entries while the list shrinks.
func (s Store) deleteListed(ctx context.Context, operation string, prefix Key, opts []sdk.Option) error {
	for last := ""; ; {
		page, err := s.kv.List(ctx, s.id, under(prefix), opts...)
		if err != nil {
			return err
		}
		if len(page.Data) == 0 {
			return nil
		}
		first := page.Data[0].Versionstamp + " " + Key(page.Data[0].Key).String()
		if first == last {
			return failure(operation, "the platform still lists an entry that was deleted", nil)
		}
		last = first
		keys := make([]Key, len(page.Data))
		for i, entry := range page.Data {
			keys[i] = entry.Key
		}
		if err := s.DeleteKeys(ctx, keys, opts...); err != nil {
			return err
		}
	}
}
