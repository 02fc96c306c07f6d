package releases_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/releases"
)

// walk goes through a list whose pages take 20 ms each and are worked on for 15.
func walk(t *testing.T, pages, leave int, opts ...sdk.Option) (took time.Duration, b *book) {
	t.Helper()
	b = newBook(pages)
	b.delay = 20 * time.Millisecond
	began, n := time.Now(), 0
	for _, err := range b.read(t, opts...).Pages(t.Context(), releases.ReleaseListParams{Limit: pageSize}) {
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(15 * time.Millisecond)
		if n++; n == leave {
			break
		}
	}
	return time.Since(began), b
}

func TestPrefetchSavesTheWaitForPages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const pages = 20
		plain, _ := walk(t, pages, 0)
		ahead, b := walk(t, pages, 0, sdk.WithPrefetch())
		if b.asked != pages || plain < ahead*16/10 {
			t.Errorf("%v with %d requests, %v without prefetch", ahead, b.asked, plain)
		}
	})
}

func TestLeavingAListCostsOneRequestAtMost(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]sdk.Option{"plain": nil, "ahead": {sdk.WithPrefetch()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { // which fails if a goroutine is left
				_, b := walk(t, 20, 3, opts...)
				if b.asked > 3+len(opts) || b.open != 0 {
					t.Errorf("%d requests for 3 pages, %d of them still under way", b.asked, b.open)
				}
			})
		})
	}
}
