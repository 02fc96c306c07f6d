package faults_test

import (
	"context"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
	"time"
)

// label marks the goroutines that something starts, so that they can be told from those of tests at the same time.
type label struct {
	t    *testing.T
	name string
}

func newLabel(t *testing.T) label { return label{t, t.Name()} }

// do runs what is to be watched.
func (l label) do(run func()) {
	pprof.Do(context.Background(), pprof.Labels("fault", l.name), func(context.Context) { run() })
}

// left are the stacks of the goroutines that are still running.
func (l label) left() []string {
	var profile strings.Builder
	if err := pprof.Lookup("goroutine").WriteTo(&profile, 1); err != nil {
		l.t.Fatal(err)
	}
	var left []string
	for stack := range strings.SplitSeq(profile.String(), "\n\n") {
		if strings.Contains(stack, `"`+l.name+`"`) {
			left = append(left, stack)
		}
	}
	return left
}

// wantNone waits for the goroutines to end.
func (l label) wantNone() {
	l.t.Helper()
	var left []string
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); runtime.Gosched() {
		if left = l.left(); len(left) == 0 {
			return
		}
	}
	l.t.Errorf("goroutines are left:\n%s", strings.Join(left, "\n\n"))
}
