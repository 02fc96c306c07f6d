package fake

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

// Table is what a platform stores of one kind: rows by key, in the order in which they were entered. The zero value is
// empty and ready, and safe for concurrent use. Rows are copied in and out as Go copies them: what a row points to is
// shared, so replace it instead of changing it.
type Table[T any] struct {
	mu   sync.RWMutex
	keys []string
	rows map[string]T
}

// Get is the row of a key; false if there is none.
func (t *Table[T]) Get(key string) (T, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	row, ok := t.rows[key]
	return row, ok
}

// Put enters a row at the end, or replaces the one that has the key where it is.
func (t *Table[T]) Put(key string, row T) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.put(key, row)
}

// Insert enters a row at the end; false, and nothing changed, if there is one of that key.
func (t *Table[T]) Insert(key string, row T) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.rows[key]; ok {
		return false
	}
	t.put(key, row)
	return true
}

func (t *Table[T]) put(key string, row T) {
	if t.rows == nil {
		t.rows = map[string]T{}
	}
	if _, ok := t.rows[key]; !ok {
		t.keys = append(t.keys, key)
	}
	t.rows[key] = row
}

// Update changes the row of a key and gives what it became; false if there is none. When change returns an error the
// row stays as it was, and is given back as it was with that error. The table must not be used within change.
func (t *Table[T]) Update(key string, change func(row *T) error) (T, bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	old, ok := t.rows[key]
	if !ok {
		return old, false, nil
	}
	row := old
	if err := change(&row); err != nil {
		return old, true, err
	}
	t.rows[key] = row
	return row, true, nil
}

// Delete removes the row of a key and gives it back; false if there is none.
func (t *Table[T]) Delete(key string) (T, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	row, ok := t.rows[key]
	if ok {
		delete(t.rows, key)
		i := slices.Index(t.keys, key)
		t.keys = slices.Delete(t.keys, i, i+1)
	}
	return row, ok
}

// List is all rows, in order.
func (t *Table[T]) List() []T { return t.Select(func(T) bool { return true }) }

// Select is the rows for which keep is true, in order. It is never nil.
func (t *Table[T]) Select(keep func(T) bool) []T {
	t.mu.RLock()
	defer t.mu.RUnlock()
	rows := make([]T, 0, len(t.keys))
	for _, key := range t.keys {
		if row := t.rows[key]; keep(row) {
			rows = append(rows, row)
		}
	}
	return rows
}

// Keys is all keys, in order.
func (t *Table[T]) Keys() []string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return slices.Clone(t.keys)
}

// Len is the number of rows.
func (t *Table[T]) Len() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.keys)
}

// Window is the part of a list that starts at offset and has at most limit entries, and whether there is more after it.
// An offset behind the end, or a limit of zero or less, gives an empty window.
func Window[T any](list []T, offset, limit int) (page []T, more bool) {
	from := min(max(offset, 0), len(list))
	to := min(from+max(limit, 0), len(list))
	return list[from:to:to], to < len(list)
}

// Copy gives a value that shares nothing with v, as it is after a way over the wire. Tables keep such copies, so that what
// a test does to its own value changes nothing.
func Copy[T any](v T) (T, error) {
	var own T
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &own)
	}
	if err != nil {
		var none T
		return none, fmt.Errorf("the value can't be encoded: %w", err)
	}
	return own, nil
}
