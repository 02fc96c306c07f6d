package releasestest_test

import (
	"testing"
	"time"

	"github.com/wharfinger/sdk/internal/assert"
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

// newRecorded starts a server whose problems the test looks at itself.
func newRecorded(t *testing.T) (*releasestest.Server, *assert.Recorder) {
	t.Helper()
	r := assert.NewRecorder(t)
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
