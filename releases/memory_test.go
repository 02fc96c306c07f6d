//go:build !race

// The race detector takes memory of its own, and makes a million items slow.

package releases_test

import (
	"runtime"
	"testing"
	"unsafe"

	"github.com/wharfinger/sdk/releases"
)

// live is how many bytes are in use. It counts what other tests hold too, so tests that ask must not run beside others.
func live() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestMillionItemsHoldAFewPages(t *testing.T) {
	const items = 1_000_000
	b := newBook(items / pageSize)
	pageText := int64(len(b.tail))
	n, begin, most := 0, int64(0), int64(0)
	for _, err := range b.read(t).All(t.Context(), releases.ReleaseListParams{Limit: pageSize}) {
		if err != nil {
			t.Fatal(err)
		}
		switch n++; {
		case n == 5*pageSize:
			begin = live()
		case n%(items/20) == 0:
			most = max(most, live()-begin)
		}
	}
	if n != items || most > 8*pageText {
		t.Errorf("after %d items there were %d bytes more than at the beginning; a page has %d", n, most, pageText)
	}
}

func TestKeptItemKeepsTwoChunksAtMost(t *testing.T) {
	const (
		pages = 400
		chunk = 4 << 10 // an item's texts can begin in one and end in the next
	)
	b := newBook(pages)
	kept := make([]releases.Release, 0, pages)
	n, begin := 0, live()
	for release, err := range b.read(t).All(t.Context(), releases.ReleaseListParams{Limit: pageSize}) {
		if err != nil {
			t.Fatal(err)
		}
		if n%pageSize == n/pageSize%pageSize { // another one of each page
			kept = append(kept, release)
		}
		n++
	}
	each := (live() - begin) / pages
	if most := int64(2*chunk + unsafe.Sizeof(kept[0])); len(kept) != pages || each > most {
		t.Errorf("each of %d releases keeps %d bytes, want %d at most; a page has %d", len(kept), each, most, len(b.tail))
	}
	runtime.KeepAlive(kept)
}
