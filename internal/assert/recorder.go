package assert

import (
	"fmt"
	"slices"
	"sync"
	"testing"
)

// Recorder is a test, as the fakes see one, that only notes what is reported to it. Its zero value is ready.
type Recorder struct {
	mu       sync.Mutex
	lines    []string
	cleanups []func()
}

// NewRecorder gives a recorder that ends with the test.
func NewRecorder(t testing.TB) *Recorder {
	r := &Recorder{}
	t.Cleanup(r.Finish)
	return r
}

// Helper does nothing.
func (r *Recorder) Helper() {}

// Errorf notes a line.
func (r *Recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}

// Cleanup keeps f for the end.
func (r *Recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

// Finish ends the recorded test, as package testing does: what was registered last goes first.
func (r *Recorder) Finish() {
	for _, f := range slices.Backward(r.cleanups) {
		f()
	}
}

// Reported lists what was reported so far.
func (r *Recorder) Reported() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.lines)
}
