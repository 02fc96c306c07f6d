package versoritest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
)

// TestPathsOfKeys is about keys whose path is, or looks like, that of another operation.
func TestPathsOfKeys(t *testing.T) {
	t.Parallel()
	t.Run("a key may be called like a sibling that has another method", func(t *testing.T) {
		t.Parallel()
		s, store := newStore(t)
		for _, key := range []string{"list", "count", "batch/of/two", "a b/c?d/é", "..."} {
			setKV(t, s.Client(), store, key, versori.KVSetOptions{})
			if _, err := s.Client().KV.Get(t.Context(), store, key); err != nil {
				t.Errorf("%s: %v", key, err)
			}
		}
		wantStored(t, s, store, "...", "a b|c?d|é", "batch|of|two", "count", "list")
		assert.Equal(t, "path", strings.TrimPrefix(s.Requests("KV.Set")[3].Path, "/api/v2/store/"+store), "/kv/a%20b/c%3Fd/%C3%A9")
	})
	t.Run("the key batch can only be read by its path", func(t *testing.T) {
		t.Parallel()
		s, store := newStore(t)
		s.PutKVEntry(store, versori.KVEntry{Key: []string{"batch"}})
		_, err := s.Client().KV.Get(t.Context(), store, "batch")
		must(t, err)
		s.ExpectInvalid("KV.BatchSet", "KV.BatchDelete")
		_, err = s.Client().KV.Set(t.Context(), store, "batch", versori.KVSet{Value: 1})
		assert.Equal(t, "set", errors.Is(err, sdk.ErrValidation), true)
		_, err = s.Client().KV.Delete(t.Context(), store, "batch", versori.KVDelete{})
		assert.Equal(t, "delete", errors.Is(err, sdk.ErrValidation), true)
		wantStored(t, s, store, "batch")
	})
	t.Run("a segment with a slash is only reached by a batch", func(t *testing.T) {
		t.Parallel()
		s, store := newStore(t)
		s.PutKVEntry(store, versori.KVEntry{Key: []string{"a/b"}})
		_, err := s.Client().KV.Get(t.Context(), store, "a/b")
		assert.Equal(t, "get", errors.Is(err, sdk.ErrNotFound), true)
		batch, err := s.Client().KV.BatchGet(t.Context(), store, versori.KVBatchGet{Keys: [][]string{{"a/b"}, {"a", "b"}}})
		must(t, err)
		wantKeys(t, batch.Entries, "a/b")
	})
	t.Run("an empty segment is refused", func(t *testing.T) {
		t.Parallel()
		s, store := newStore(t)
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			body := map[string]map[string]any{"PUT": {"value": 1}, "DELETE": {}}[method]
			var in any
			if body != nil {
				in = body
			}
			err := s.Client().Do(t.Context(), method, "/store/"+store+"/kv/a//b", nil, in, nil)
			wantAnswer(t, err, 400, `{"code":"400001","message":"The request is not valid","details":"A segment of the key is empty"}`)
		}
	})
	t.Run("a batch refuses a key without segments, which would mean the whole store", func(t *testing.T) {
		t.Parallel()
		s, store := newStore(t)
		s.PutKVEntry(store, versori.KVEntry{Key: []string{"a"}})
		s.ExpectInvalid("KV.BatchDelete")
		err := s.Client().Do(t.Context(), "DELETE", "/store/"+store+"/kv/batch", nil,
			map[string]any{"keys": [][]string{{}}, "options": map[string]any{"cascade": true}}, nil)
		assert.Equal(t, "status", assert.APIError(t, err).Status, 400)
		wantStored(t, s, store, "a")
	})
}
