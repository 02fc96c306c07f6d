package transport

import (
	"context"
	"sync"
	"time"

	"github.com/wharfinger/sdk"
)

// timeLimit is one of the client's own limits that ran out.
type timeLimit struct {
	what  string
	whole bool // of the call, not of an attempt
}

func (e *timeLimit) Error() string   { return e.what }
func (e *timeLimit) Timeout() bool   { return true }
func (e *timeLimit) Temporary() bool { return true }
func (e *timeLimit) Is(target error) bool {
	return target == sdk.ErrTimeout || target == context.DeadlineExceeded
}

// watch is the context of one attempt. The context that can end it, and the timer that does, are made only when someone
// asks for Done, as every transport with a network under it does: one that answers from memory pays for neither.
type watch struct {
	parent  context.Context
	timeout time.Duration // of the attempt, 0 for none
	end     time.Time     // of the whole call, zero for none
	stream  bool          // the answer may take as long as it likes

	mu      sync.Mutex
	ctx     context.Context
	cancel  context.CancelCauseFunc
	attempt *time.Timer
	stopped bool

	// Of the goroutine that reads the body alone.
	idle     *time.Timer
	patience time.Duration
	came     int
}

func (w *watch) Deadline() (time.Time, bool) { return w.parent.Deadline() }

func (w *watch) Done() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctx == nil {
		w.arm()
	}
	return w.ctx.Done()
}

func (w *watch) Err() error { return w.current().Err() }

func (w *watch) Value(key any) any {
	if key == (streamKey{}) {
		return w.stream
	}
	return w.current().Value(key)
}

func (w *watch) current() context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctx == nil {
		return w.parent
	}
	return w.ctx
}

// arm makes the context and starts the timer of the attempt, or of the call if that ends sooner.
func (w *watch) arm() {
	w.ctx, w.cancel = context.WithCancelCause(w.parent)
	if w.stopped {
		w.cancel(nil)
		return
	}
	limit, whole := w.timeout, false
	if !w.end.IsZero() {
		if left := time.Until(w.end); limit == 0 || left < limit {
			limit, whole = max(left, 1), true
		}
	}
	if limit > 0 {
		cancel := w.cancel
		w.attempt = time.AfterFunc(limit, func() {
			if whole {
				cancel(&timeLimit{"the call took longer than its limit", true})
			} else {
				cancel(&timeLimit{"the attempt took longer than " + limit.String(), false})
			}
		})
	}
}

// reading begins the wait for a body. A transport that never asked for Done can't be interrupted, so nothing is begun.
func (w *watch) reading(limit time.Duration, unbounded bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if unbounded {
		w.timeout, w.end = 0, time.Time{} // also for whoever asks for Done only now
		if w.attempt != nil {
			w.attempt.Stop()
		}
	}
	if w.ctx == nil || w.stopped {
		return
	}
	if limit > 0 {
		cancel := w.cancel
		w.patience = limit
		w.idle = time.AfterFunc(limit, func() {
			cancel(&timeLimit{"hardly a byte of the answer's body came for " + limit.String(), false})
		})
	}
}

// worthWaiting is how many bytes must come before the end of the wait for the body is put off: with a single one, a server
// that sends one a second could hold a call for ever.
const worthWaiting = 1 << 10

// progress puts off the end of the wait for the body.
func (w *watch) progress(n int) {
	if w.idle == nil {
		return
	}
	if w.came += n; w.came >= worthWaiting {
		w.came = 0
		w.idle.Reset(w.patience)
	}
}

// abort ends the attempt for a reason of the client's own.
func (w *watch) abort(reason error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctx == nil {
		w.arm()
	}
	w.cancel(reason)
}

// expired gives the client's own reason for ending the attempt, nil if there is none: it is still under way, or whoever
// made the call ended it.
func (w *watch) expired() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctx == nil {
		return nil
	}
	cause := context.Cause(w.ctx)
	if _, ok := cause.(*timeLimit); ok || cause == errMayHaveArrived {
		return cause
	}
	return nil
}

// stop lets go of everything. A later Done is closed.
func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
	if w.ctx == nil {
		return
	}
	if w.attempt != nil {
		w.attempt.Stop()
	}
	if w.idle != nil {
		w.idle.Stop()
	}
	w.cancel(nil)
}
