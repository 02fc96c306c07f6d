package versori_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

const storeID = "01JTESTST0RE00000000000000"

func TestKeyPath(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key  versori.Key
		want string
		says string
	}{
		"segments are joined":                         {versori.Key{"cursor", "orders"}, "cursor/orders", ""},
		"what must be escaped is left to the call":    {versori.Key{"a b", "c?d", "é"}, "a b/c?d/é", ""},
		"batch among others is a key":                 {versori.Key{"batch", "1"}, "batch/1", ""},
		"batch alone is another call":                 {versori.Key{"batch"}, "", `"batch" has the address of another call`},
		"so is list":                                  {versori.Key{"list"}, "", `"list" has`},
		"so is count":                                 {versori.Key{"count"}, "", `"count" has`},
		"in capitals it isn't":                        {versori.Key{"Batch"}, "Batch", ""},
		"no segments":                                 {nil, "", "no segments"},
		"an empty segment":                            {versori.Key{"a", ""}, "", "segment 2 of the key is empty"},
		"a slash would be two segments":               {versori.Key{"a", "b/c"}, "", "segment 2 of the key holds a slash"},
		"a dot would be left out by whoever reads it": {versori.Key{".", "a"}, "", `segment 1 of the key is "."`},
		"two dots would be another key":               {versori.Key{"a", ".."}, "", `segment 2 of the key is ".."`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := c.key.Path()
			assert.Equal(t, "path", got, c.want)
			if c.says == "" {
				assert.Equal(t, "error", err, nil)
				return
			}
			assert.Is(t, err, sdk.ErrInvalidRequest)
			if err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q in it", err, c.says)
			}
		})
	}
}

func TestKeysShareNothing(t *testing.T) {
	t.Parallel()
	scope := append(make(versori.Key, 0, 8), "org", "project")
	a, b := scope.With("a"), scope.With("b", "c")
	assert.Equal(t, "a", a.String(), "org/project/a")
	assert.Equal(t, "b", b.String(), "org/project/b/c")
	assert.Equal(t, "scope", scope.String(), "org/project")
	assert.Equal(t, "odd segments", versori.Key{"a/b", "", "ü", "x y", "\n"}.String(), `"a/b"/""/ü/"x y"/"\n"`)
}

// The expected value is the one that the platform's own tool sends for merchant-42.
func TestEndUserSegment(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "segment", versori.EndUserSegment("merchant-42"), "d7122804afc4755f03767f28f7b228aa100fd5bc6e4aaa1b0a006ffb8652ca4d")
}

func TestSet(t *testing.T) {
	t.Parallel()
	ttl := versori.KVSetOptions{ExpireIn: sdk.Some(1000.0)}
	key := versori.Key{"a b", "c"}
	set := func(body versori.KVSet) func(versori.Store, *testing.T) (*versori.KVCommit, error) {
		return func(s versori.Store, t *testing.T) (*versori.KVCommit, error) { return s.Set(t.Context(), key, body) }
	}
	cas := func(version string, body versori.KVSet) func(versori.Store, *testing.T) (*versori.KVCommit, error) {
		return func(s versori.Store, t *testing.T) (*versori.KVCommit, error) {
			return s.CompareAndSet(t.Context(), key, version, body)
		}
	}
	for name, c := range map[string]struct {
		call func(versori.Store, *testing.T) (*versori.KVCommit, error)
		sent string
	}{
		"overwrites":                           {set(versori.KVSet{Value: 42}), `{"value":42,"options":{"overwrite":true}}`},
		"and keeps other options":              {set(versori.KVSet{Value: nil, Options: sdk.Some(ttl)}), `{"value":null,"options":{"expireIn":1000,"overwrite":true}}`},
		"doesn't overwrite if told":            {set(versori.KVSet{Value: 1, Options: sdk.Some(versori.KVSetOptions{Overwrite: sdk.Some(false)})}), `{"value":1,"options":{"overwrite":false}}`},
		"leaves conditions alone":              {set(versori.KVSet{Value: 1, Options: sdk.Some(versori.KVSetOptions{IfNotExists: sdk.Some(true)})}), `{"value":1,"options":{"ifNotExists":true}}`},
		"compares with a version":              {cas("v7", versori.KVSet{Value: "x", Options: sdk.Some(ttl)}), `{"value":"x","options":{"expireIn":1000,"ifVersionstamp":"v7"}}`},
		"compares with nothing":                {cas("", versori.KVSet{Value: "x"}), `{"value":"x","options":{"ifNotExists":true}}`},
		"compares with what is asked for last": {cas("v7", versori.KVSet{Value: 1, Options: sdk.Some(versori.KVSetOptions{IfVersionstamp: sdk.Some("v1"), IfNotExists: sdk.Some(true)})}), `{"value":1,"options":{"ifVersionstamp":"v7"}}`},
	} {
		for _, committed := range []bool{true, false} {
			t.Run(name+map[bool]string{true: "", false: ", and notices that it was not committed"}[committed], func(t *testing.T) {
				t.Parallel()
				s, client := serve(t)
				s.Handle("KV.Set", func(*fake.Request) fake.Response {
					return fake.JSON(200, map[string]any{"ok": true, "committed": committed, "versionstamp": "v8"})
				})
				commit, err := c.call(client.KV.Store(storeID), t)
				if committed {
					if err != nil || commit.Versionstamp != "v8" {
						t.Errorf("got %+v, %v", commit, err)
					}
				} else {
					assert.Is(t, err, versori.ErrKVConflict)
					assert.Is(t, err, sdk.ErrConflict)
				}
				if got := bodies(s, "KV.Set"); !slices.Equal(got, []string{c.sent}) {
					t.Errorf("sent %s\nwant %s", got, c.sent)
				}
				assert.Equal(t, "path", strings.HasSuffix(s.Requests()[0].Path, "/store/"+storeID+"/kv/a%20b/c"), true)
			})
		}
	}
}

func TestStoreRefusesBeforeItSends(t *testing.T) {
	t.Parallel()
	s, client := serve(t)
	store, ctx := client.KV.Store(storeID), t.Context()
	_, get := store.Get(ctx, versori.Key{"list"})
	_, set := store.Set(ctx, versori.Key{"batch"}, versori.KVSet{Value: 1})
	_, cas := store.CompareAndSet(ctx, nil, "v1", versori.KVSet{Value: 1})
	var all error
	for _, err := range store.All(ctx, versori.Key{"a", ""}) {
		all = errors.Join(all, err)
	}
	for name, err := range map[string]error{
		"get what is a call":                 get,
		"set what is a call":                 set,
		"compare and set nothing":            cas,
		"list under an empty segment":        all,
		"delete what is a call":              store.Delete(ctx, versori.Key{"batch"}),
		"delete no key":                      store.Delete(ctx, versori.Key{}),
		"delete an empty key":                store.Delete(ctx, versori.Key{""}),
		"delete several with one empty":      store.DeleteKeys(ctx, []versori.Key{{"a"}, {}}),
		"delete several with an empty piece": store.DeleteKeys(ctx, []versori.Key{{"a", ""}}),
		"delete under nothing":               store.DeleteUnder(ctx, nil),
		"delete under an empty segment":      store.DeleteUnder(ctx, versori.Key{""}),
	} {
		if !errors.Is(err, sdk.ErrInvalidRequest) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	assert.Equal(t, "deleting no keys", store.DeleteKeys(ctx, nil), nil)
	assert.Equal(t, "requests", len(s.Requests()), 0)
}

func TestGetAndDeleteOne(t *testing.T) {
	t.Parallel()
	s, client := serve(t)
	s.Handle("KV.Get", func(*fake.Request) fake.Response { return problem(404, "no such key") })
	s.Handle("KV.Delete", func(*fake.Request) fake.Response { return fake.JSON(200, map[string]any{"status": "ok"}) })
	store := client.KV.Store(storeID)
	_, err := store.Get(t.Context(), versori.Key{"cursor", "orders"})
	assert.Is(t, err, sdk.ErrNotFound)
	assert.Equal(t, "error", store.Delete(t.Context(), versori.Key{"cursor", "orders"}), nil)
	if got := bodies(s, "KV.Delete"); !slices.Equal(got, []string{"{}"}) { // no cascade
		t.Errorf("sent %s", got)
	}
}

// entries is a store that lists and deletes, two entries to a page.
type entries struct {
	*fake.Server
	store versori.Store
	keys  []versori.Key
	stuck bool // deletions are accepted and not done
}

func serveEntries(t *testing.T, keys ...versori.Key) *entries {
	s, client := serve(t)
	e := &entries{Server: s, store: client.KV.Store(storeID), keys: keys}
	s.Handle("KV.List", func(r *fake.Request) fake.Response {
		var query versori.KVListQuery
		if err := r.Decode(&query); err != nil {
			return problem(400, err.Error())
		}
		selector := query.Selector.Or(versori.KVSelector{})
		var listed []versori.KVEntry
		for _, key := range e.keys {
			if len(key) >= len(selector.Prefix) && slices.Equal(key[:len(selector.Prefix)], versori.Key(selector.Prefix)) {
				listed = append(listed, versori.KVEntry{Key: key, Value: json.RawMessage(`"1"`), Versionstamp: "v1", CreatedAt: longAgo})
			}
		}
		offset := len(selector.After.Or(""))
		page, more := fake.Window(listed, offset, 2)
		cursor := ""
		if more {
			cursor = strings.Repeat("c", offset+2)
		}
		return fake.JSON(200, versori.KVPage{Data: page, Pagination: versori.KVPagination{NextCursor: cursor}})
	})
	s.Handle("KV.BatchDelete", func(r *fake.Request) fake.Response {
		var body versori.KVBatchDelete
		if err := r.Decode(&body); err != nil || !body.Options.IsZero() {
			return problem(400, "options")
		}
		if !e.stuck {
			e.keys = slices.DeleteFunc(e.keys, func(key versori.Key) bool {
				return slices.ContainsFunc(body.Keys, func(k []string) bool { return slices.Equal(k, key) })
			})
		}
		return fake.JSON(200, map[string]any{"status": "ok"})
	})
	return e
}

func (e *entries) left() string {
	names := []string{}
	for _, key := range e.keys {
		names = append(names, key.String())
	}
	return strings.Join(names, " ")
}

func keys() []versori.Key {
	return []versori.Key{{"order"}, {"order", "1"}, {"order", "2"}, {"order", "a/b"}, {"order", "3", "x"}, {"orders"}, {"order_1"}, {"other", "1"}}
}

func TestAllListsEveryPage(t *testing.T) {
	t.Parallel()
	for prefix, want := range map[string]string{
		"order": `order order/1 order/2 order/"a/b" order/3/x`,
		"":      `order order/1 order/2 order/"a/b" order/3/x orders order_1 other/1`,
		"none":  "",
	} {
		t.Run(prefix, func(t *testing.T) {
			t.Parallel()
			e := serveEntries(t, keys()...)
			var key versori.Key
			if prefix != "" {
				key = versori.Key{prefix}
			}
			var got []string
			for entry, err := range e.store.All(t.Context(), key) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, versori.Key(entry.Key).String())
			}
			assert.Equal(t, "keys", strings.Join(got, " "), want)
		})
	}
}

func TestDeleteUnderTakesWholeSegmentsAlone(t *testing.T) {
	t.Parallel()
	e := serveEntries(t, keys()...)
	assert.Equal(t, "error", e.store.DeleteUnder(t.Context(), versori.Key{"order"}), nil)
	assert.Equal(t, "left", e.left(), "orders order_1 other/1")
	if got := operations(e.Server); slices.Contains(got, "KV.Delete") {
		t.Errorf("sent %v", got)
	}
}

func TestDeleteUnderBearsThatTheKeyIsNotThere(t *testing.T) {
	t.Parallel()
	s, client := serve(t)
	status := 404
	s.Handle("KV.List", func(*fake.Request) fake.Response { return fake.JSON(200, versori.KVPage{Data: []versori.KVEntry{}}) })
	s.Handle("KV.BatchDelete", func(*fake.Request) fake.Response { return problem(status, "no such key") })
	store := client.KV.Store(storeID)
	assert.Equal(t, "error", store.DeleteUnder(t.Context(), versori.Key{"order"}), nil)
	status = 403
	assert.Is(t, store.DeleteUnder(t.Context(), versori.Key{"order"}), sdk.ErrForbidden)
}

func TestDeleteEverything(t *testing.T) {
	t.Parallel()
	e := serveEntries(t, keys()...)
	assert.Equal(t, "error", e.store.DeleteEverything(t.Context()), nil)
	assert.Equal(t, "left", e.left(), "")
	for _, body := range bodies(e.Server, "KV.BatchDelete") {
		if strings.Contains(body, "[]") || strings.Contains(body, "cascade") {
			t.Errorf("sent %s", body)
		}
	}
}

func TestDeletionsThatAreNotDoneEnd(t *testing.T) {
	t.Parallel()
	e := serveEntries(t, keys()...)
	e.stuck = true
	if err := e.store.DeleteEverything(t.Context()); err == nil || !strings.Contains(err.Error(), "still lists an entry that was deleted") {
		t.Errorf("got %v", err)
	}
	assert.Equal(t, "requests", len(e.Requests()), 3)
}

func TestWorkflowValues(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		value      any
		text, wire string
	}{
		"a number":          {42.0, `42`, `"42"`},
		"a text of digits":  {"42", `"42"`, `"\"42\""`},
		"null":              {nil, `null`, `"null"`},
		"an object":         {map[string]any{"a": []any{true, "<&>"}}, `{"a":[true,"<&>"]}`, `"{\"a\":[true,\"<&>\"]}"`},
		"letters and lines": {"ü\n", `"ü\n"`, `"\"ü\\n\""`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := versori.EncodeWorkflowValue(c.value)
			assert.Equal(t, "error", err, nil)
			assert.Equal(t, "text", text, c.text)
			var got any
			assert.Equal(t, "error", versori.DecodeWorkflowValue(json.RawMessage(c.wire), &got), nil)
			a, _ := json.Marshal(got)
			b, _ := json.Marshal(c.value)
			assert.Equal(t, "value", string(a), string(b))

			s, client := serve(t)
			s.Handle("KV.Set", func(*fake.Request) fake.Response {
				return fake.JSON(200, map[string]any{"ok": true, "committed": true, "versionstamp": "v1"})
			})
			if _, err := client.KV.Store(storeID).Set(t.Context(), versori.Key{"k"}, versori.KVSet{Value: text}); err != nil {
				t.Fatal(err)
			}
			assert.Equal(t, "wire", bodies(s, "KV.Set")[0], `{"value":`+c.wire+`,"options":{"overwrite":true}}`)
		})
	}
	for name, wire := range map[string]string{
		"a plain number": `42`, "a plain object": `{"a":1}`, "null": `null`, "nothing": ``, "plain text": `"hello secret"`, "two values": `"1 2"`, "half a string": `"1`,
	} {
		var got any
		if err := versori.DecodeWorkflowValue(json.RawMessage(wire), &got); err == nil || strings.Contains(err.Error(), "hello") {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	var wrong int
	if err := versori.DecodeWorkflowValue(json.RawMessage(`"\"text\""`), &wrong); err == nil {
		t.Error("a text was read as a number")
	}
	if _, err := versori.EncodeWorkflowValue(func() {}); err == nil {
		t.Error("a function was encoded")
	}
}
