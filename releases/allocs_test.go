//go:build !race

// The race detector empties pools at random, so these budgets hold without it alone.

package releases_test

import (
	"context"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/releases"
)

// TestAllocationsOfAPage must not run beside other tests. A page of 200 releases has 1,400 texts and 400 times.
func TestAllocationsOfAPage(t *testing.T) {
	ctx := context.Background()
	b := newBook(1_000_000)
	list := b.read(t)
	params := releases.ReleaseListParams{Limit: pageSize}
	got := testing.AllocsPerRun(50, func() {
		if _, err := list.List(ctx, params); err != nil {
			t.Fatal(err)
		}
	})
	if got > 35 {
		t.Errorf("a page: %.0f allocations, want 35 at most", got)
	}
	got = testing.AllocsPerRun(5, func() {
		b.asked, b.pages = 0, 50
		n := 0
		for _, err := range list.All(ctx, params) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if n != 50*pageSize {
			t.Fatalf("%d items", n)
		}
	})
	if got > 50*35 {
		t.Errorf("10,000 items: %.0f allocations, want %d at most", got, 50*35)
	}
}

func TestAllocationsOfAPost(t *testing.T) {
	b := newBook(1_000_000)
	b.head, b.tail = `{"release_id":"rel_`, `","app_id":"app_5d7e11c0","release_tag":"v1.3.0","release_number":13,"created_at":"2026-02-19T17:42:03Z"}`
	list := b.read(t)
	body := releases.ReleaseCreate{ReleaseTag: "v1.3.0", Description: sdk.Some("Adds the translate endpoint.")}
	got := testing.AllocsPerRun(100, func() {
		if _, err := list.Create(context.Background(), body); err != nil {
			t.Fatal(err)
		}
	})
	if got > 32 {
		t.Errorf("a post: %.0f allocations, want 32 at most", got)
	}
}
