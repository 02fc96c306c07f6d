package fake_test

import (
	"errors"
	"reflect"
	"sync"
	"testing"

	"github.com/wharfinger/sdk/internal/fake"
)

func TestTableKeepsTheOrderOfEntry(t *testing.T) {
	t.Parallel()
	var table fake.Table[int]
	if list := table.List(); list == nil || len(list) != 0 {
		t.Errorf("empty table: %v", list)
	}
	for i, key := range []string{"c", "a", "b"} {
		table.Put(key, i)
	}
	table.Put("c", 9)
	if table.Insert("a", 5) || !table.Insert("d", 3) {
		t.Error("Insert")
	}
	if got := table.List(); !reflect.DeepEqual(got, []int{9, 1, 2, 3}) {
		t.Errorf("got %v", got)
	}
	if row, ok := table.Delete("a"); row != 1 || !ok {
		t.Errorf("deleted %d, %t", row, ok)
	}
	if _, ok := table.Delete("a"); ok {
		t.Error("deleted twice")
	}
	if got := table.Keys(); !reflect.DeepEqual(got, []string{"c", "b", "d"}) || table.Len() != 3 {
		t.Errorf("got %v", got)
	}
	if got := table.Select(func(row int) bool { return row < 9 }); !reflect.DeepEqual(got, []int{2, 3}) {
		t.Errorf("got %v", got)
	}
}

func TestTableUpdateIsAllOrNothing(t *testing.T) {
	t.Parallel()
	var table fake.Table[int]
	table.Put("a", 1)
	refusal := errors.New("no")
	if row, ok, err := table.Update("a", func(row *int) error { *row = 2; return refusal }); row != 1 || !ok || !errors.Is(err, refusal) {
		t.Errorf("got %d, %t, %v", row, ok, err)
	}
	if row, ok, err := table.Update("a", func(row *int) error { *row = 3; return nil }); row != 3 || !ok || err != nil {
		t.Errorf("got %d, %t, %v", row, ok, err)
	}
	if _, ok, _ := table.Update("b", func(*int) error { return nil }); ok {
		t.Error("updated what isn't there")
	}
	if row, _ := table.Get("a"); row != 3 {
		t.Errorf("got %d", row)
	}
}

func TestTableIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	var table fake.Table[int]
	table.Put("n", 0)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				_, _, _ = table.Update("n", func(n *int) error { *n++; return nil })
				_ = table.List()
			}
		})
	}
	all.Wait()
	if n, _ := table.Get("n"); n != 800 {
		t.Errorf("got %d", n)
	}
}

func TestWindow(t *testing.T) {
	t.Parallel()
	list := []int{1, 2, 3}
	tests := []struct {
		name          string
		offset, limit int
		want          []int
		more          bool
	}{
		{"first", 0, 2, []int{1, 2}, true},
		{"last", 2, 2, []int{3}, false},
		{"all", 0, 3, []int{1, 2, 3}, false},
		{"behind the end", 5, 2, []int{}, false},
		{"negative", -1, 1, []int{1}, true},
		{"no limit", 0, 0, []int{}, true},
	}
	for _, test := range tests {
		if page, more := fake.Window(list, test.offset, test.limit); !reflect.DeepEqual(page, test.want) || more != test.more {
			t.Errorf("%s: got %v, %t", test.name, page, more)
		}
	}
}

func TestIDsAreTheSameInEveryRun(t *testing.T) {
	t.Parallel()
	var ids fake.IDs
	var got []string
	for range 2 {
		got = append(got, ids.UUID(), ids.ULID(), ids.Prefixed("rel_"), ids.Prefixed("app_"))
	}
	want := []string{
		"00000000-0000-4000-8000-000000000001", "01J00000000000000000000001", "rel_000001", "app_000001",
		"00000000-0000-4000-8000-000000000002", "01J00000000000000000000002", "rel_000002", "app_000002",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
	if n := ids.Number("x") + ids.Number("x") + ids.Number("y"); n != 4 {
		t.Errorf("numbers add up to %d", n)
	}
	seen := map[string]bool{}
	last := ""
	for range 2000 {
		ulid, uuid := ids.ULID(), ids.UUID()
		if len(ulid) != 26 || len(uuid) != 36 || seen[ulid] || seen[uuid] || ulid <= last {
			t.Fatalf("%s %s", ulid, uuid)
		}
		seen[ulid], seen[uuid], last = true, true, ulid
	}
}
