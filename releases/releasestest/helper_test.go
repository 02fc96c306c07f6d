package releasestest_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

var shop = releases.AppRef{Org: "acme", Workspace: "main", App: "shop"}

// midnight is where the platform's clock of newApp starts.
var midnight = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// newApp starts a server whose clock stands still, and gives the services of one app.
func newApp(t *testing.T) (*releasestest.Server, *releases.ReleasesService) {
	t.Helper()
	s := releasestest.NewServer(t)
	s.SetClock(func() time.Time { return midnight })
	return s, s.Client().App(shop).Releases
}

// recorder is a test that only notes what is reported to it.
type recorder struct {
	mu       sync.Mutex
	lines    []string
	cleanups []func()
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}

func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recorder) reported() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.lines)
}

// newRecorded starts a server whose problems the test looks at itself.
func newRecorded(t *testing.T) (*releasestest.Server, *recorder) {
	t.Helper()
	r := &recorder{}
	t.Cleanup(func() {
		for _, f := range slices.Backward(r.cleanups) {
			f()
		}
	})
	return releasestest.NewServer(r), r
}

// must gives a value that came without an error.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// answered gives the platform's answer that a call failed with.
func answered(t *testing.T, err error) *sdk.Error {
	t.Helper()
	var answer *sdk.Error
	if !errors.As(err, &answer) {
		t.Fatalf("got %v, want an *sdk.Error", err)
	}
	return answer
}

func wantEqual[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func wantLines(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got problems\n%q\nwant\n%q", got, want)
	}
}
