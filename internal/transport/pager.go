package transport

import (
	"context"
	"hash/maphash"
	"iter"

	"github.com/wharfinger/sdk"
)

// Pages walks a list page by page. begin starts a walk at the position that the caller gave, however often: fetch gets the
// page at the walk's position, and next moves the position behind a page and gives it as a token too. A token that was seen
// before ends the walk with sdk.ErrPaginationLoop. The first error is yielded, alone, and ends the walk.
//
// The position is begin's own, and R a pointer wherever it can be, because the compiler makes a function anew for each type
// that isn't one.
func Pages[R any](ctx context.Context, c *Client, opts []sdk.Option,
	begin func() (fetch func(context.Context) (R, error), next func(R) (token string, more bool)),
) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		w := walk[R]{service: c.s.platform.Name}
		w.fetch, w.next = begin()
		if c.prefetch(opts) {
			w.ahead(ctx, yield)
		} else {
			w.plain(ctx, yield)
		}
	}
}

// prefetch tells whether the next page is to be fetched ahead. An option that is wrong is the first fetch's to report.
func (c *Client) prefetch(opts []sdk.Option) bool {
	if c.s.prefetch || len(opts) == 0 {
		return c.s.prefetch
	}
	over, err := collect(opts)
	return err == nil && over.Prefetch
}

// walk is one way through a list.
type walk[R any] struct {
	fetch   func(context.Context) (R, error)
	next    func(R) (string, bool)
	service string

	seed maphash.Seed
	seen map[uint64]struct{}
}

// plain fetches a page when the one before has been used.
func (w *walk[R]) plain(ctx context.Context, yield func(R, error) bool) {
	var none R
	for {
		page, err := w.fetch(ctx)
		if err != nil {
			yield(none, err)
			return
		}
		more, err := w.advance(page)
		if !yield(page, nil) {
			return
		}
		if err != nil {
			yield(none, err)
			return
		}
		if !more {
			return
		}
	}
}

// fetched is what came of fetching a page.
type fetched[R any] struct {
	page     R
	err      error
	panicked any
}

// ahead fetches a page while the one before is used. Whoever breaks off waits for that fetch to end, which is cancelled.
func (w *walk[R]) ahead(ctx context.Context, yield func(R, error) bool) {
	var none R
	ctx, cancel := context.WithCancel(ctx)
	var coming chan fetched[R]
	defer func() {
		cancel()
		if coming != nil {
			<-coming
		}
	}()
	page, err := w.fetch(ctx)
	for {
		if err != nil {
			yield(none, err)
			return
		}
		more, loop := w.advance(page)
		if more {
			coming = make(chan fetched[R], 1)
			go func(to chan<- fetched[R]) {
				var f fetched[R]
				defer func() {
					f.panicked = recover()
					to <- f
				}()
				f.page, f.err = w.fetch(ctx)
			}(coming)
		}
		if !yield(page, nil) {
			return
		}
		if loop != nil {
			yield(none, loop)
			return
		}
		if !more {
			return
		}
		f := <-coming
		coming = nil
		if f.panicked != nil {
			panic(f.panicked) // here, where the caller can recover from it
		}
		page, err = f.page, f.err
	}
}

// advance moves on to the page after page. There is none after one whose token was seen before.
func (w *walk[R]) advance(page R) (more bool, err error) {
	token, more := w.next(page)
	if !more {
		return false, nil
	}
	if w.seen == nil {
		w.seed, w.seen = maphash.MakeSeed(), make(map[uint64]struct{})
	}
	// A hash of 64 bits for each token keeps long walks small; that two of a walk collide is out of the question.
	sum := maphash.String(w.seed, token)
	if _, again := w.seen[sum]; again {
		e := &sdk.Error{Service: w.service, Message: "the list's next page is one that was seen before"}
		return false, e.Wrap(sdk.ErrPaginationLoop)
	}
	w.seen[sum] = struct{}{}
	return true, nil
}

// Items walks the items of pages. It stops at the first error, which it yields with a zero item.
func Items[R, T any](pages iter.Seq2[R, error], items func(R) []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for page, err := range pages {
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items(page) {
				if !yield(item, nil) {
					return
				}
			}
		}
	}
}
