package transport

import "sync/atomic"

const (
	repeatCost    = 10 // what a repeat takes
	successReturn = 1  // what an answer at the first attempt gives back
)

// budget bounds repeats over all calls of a client, so that an outage doesn't multiply its load. Nil has no bound.
type budget struct {
	size int64
	left atomic.Int64
}

func newBudget(repeats int) *budget {
	if repeats < 0 {
		return nil
	}
	b := &budget{size: int64(repeats) * repeatCost}
	b.left.Store(b.size)
	return b
}

// take pays for a repeat, or reports that there is nothing left.
func (b *budget) take() bool {
	if b == nil {
		return true
	}
	for {
		left := b.left.Load()
		if left < repeatCost {
			return false
		}
		if b.left.CompareAndSwap(left, left-repeatCost) {
			return true
		}
	}
}

// succeeded gives back a little, or, after a repeat, what that cost.
func (b *budget) succeeded(repeated bool) {
	if b == nil || b.left.Load() >= b.size {
		return
	}
	n := int64(successReturn)
	if repeated {
		n = repeatCost
	}
	for {
		left := b.left.Load()
		if b.left.CompareAndSwap(left, min(left+n, b.size)) {
			return
		}
	}
}
