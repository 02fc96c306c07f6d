package transport_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/transport"
)

// leaf is a page of a list made up by the fuzzer.
type leaf struct {
	items []int
	next  string
	more  bool
	fails bool
}

// leaves makes a list of data: three bytes are a page, with how many items it has, which page follows, and what else is to
// be said of it.
func leaves(data []byte) []leaf {
	var list []leaf
	for item := 0; len(data) >= 3; data = data[3:] {
		l := leaf{more: data[2]&1 == 0, fails: data[2]&14 == 14}
		for range data[0] % 4 {
			l.items = append(l.items, item)
			item++
		}
		if data[1] != 0 {
			l.next = strconv.Itoa(int(data[1]))
		}
		list = append(list, l)
	}
	return list
}

var errPage = errors.New("the page fails")

// FuzzPages walks lists whose pages point to each other in any way. The walk must end, with what a plain walk of the same
// list finds, whether the next page is fetched ahead or not.
func FuzzPages(f *testing.F) {
	for _, s := range [][]byte{
		nil, {1, 0, 0}, {2, 1, 0, 2, 2, 0, 2, 0, 1}, {1, 1, 0, 1, 1, 0}, {1, 1, 0, 1, 2, 0, 1, 1, 0}, {0, 1, 0, 0, 2, 0, 3, 0, 0}, {1, 1, 0, 1, 2, 14},
		{1, 9, 0, 1, 0, 0}, {1, 1, 1, 1, 0, 0}, {3, 2, 0, 3, 3, 0, 3, 1, 0, 1, 1, 0},
	} {
		f.Add(s, uint8(255))
		f.Add(s, uint8(2))
	}
	f.Fuzz(func(t *testing.T, data []byte, patience uint8) {
		list := leaves(data)
		for _, prefetch := range []bool{false, true} {
			walkLeaves(t, list, prefetch, int(patience))
		}
	})
}

func walkLeaves(t *testing.T, list []leaf, prefetch bool, patience int) {
	t.Helper()
	fetched := map[string]int{}
	fetch := func(ctx context.Context, token string) (leaf, error) {
		if fetched[token]++; fetched[token] > 1 {
			return leaf{}, errors.New("fetched again") // or a walk without a guard would never end
		}
		if err := ctx.Err(); err != nil {
			return leaf{}, err
		}
		at := 0
		if token != "" {
			at, _ = strconv.Atoi(token)
		}
		if at >= len(list) || list[at].fails {
			return leaf{}, errPage
		}
		return list[at], nil
	}
	next := func(token *string, page leaf) (string, bool) {
		*token = page.next
		return page.next, page.next != "" && page.more
	}
	var opts []sdk.Option
	if prefetch {
		opts = append(opts, sdk.WithPrefetch())
	}
	pages := transport.Pages(t.Context(), newClient(t), opts, from("", fetch, next))
	want, wantErr := plainWalk(list)
	for range 2 { // a walk can be begun again
		clear(fetched)
		var got []int
		var err error
		ended := false
		for item, e := range transport.Items(pages, func(l leaf) []int { return l.items }) {
			if err != nil || ended {
				t.Fatalf("something follows the error %v", err)
			}
			if err = e; err == nil {
				got = append(got, item)
			}
			if len(got) == patience {
				ended = true
				break
			}
		}
		for token, n := range fetched {
			if n != 1 {
				t.Fatalf("page %q was fetched %d times: %+v", token, n, list)
			}
		}
		if len(fetched) > len(list)+1 {
			t.Fatalf("%d pages of %d were fetched", len(fetched), len(list))
		}
		if ended {
			if !slices.Equal(got, want[:patience]) {
				t.Fatalf("got %v, want the beginning of %v: %+v", got, want, list)
			}
			continue
		}
		if !slices.Equal(got, want) || !errors.Is(err, wantErr) || (err == nil) != (wantErr == nil) {
			t.Fatalf("got %v and %v, want %v and %v: %+v", got, err, want, wantErr, list)
		}
	}
}

// plainWalk is what there is to find: pages are followed until one comes up for the second time.
func plainWalk(list []leaf) (items []int, err error) {
	seen := map[string]bool{}
	for at := 0; ; {
		if at >= len(list) || list[at].fails {
			return items, errPage
		}
		items = append(items, list[at].items...)
		token := list[at].next
		if token == "" || !list[at].more {
			return items, nil
		}
		if seen[token] {
			return items, sdk.ErrPaginationLoop
		}
		seen[token] = true
		at, _ = strconv.Atoi(token)
	}
}
