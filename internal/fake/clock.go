package fake

import (
	"sync/atomic"
	"time"
)

// clock is the platform's clock: a function, moved by an offset.
type clock struct {
	source atomic.Pointer[func() time.Time]
	offset atomic.Int64
}

func (c *clock) set(now func() time.Time) {
	if now == nil {
		now = time.Now
	}
	c.source.Store(&now)
	c.offset.Store(0)
}

func (c *clock) advance(d time.Duration) { c.offset.Add(int64(d)) }

func (c *clock) now() time.Time {
	return (*c.source.Load())().Add(time.Duration(c.offset.Load())).UTC()
}
