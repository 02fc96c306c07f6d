package licensingtest_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/licensing"
	"github.com/wharfinger/sdk/licensing/licensingtest"
)

func TestWithoutATestProblemsAreCollected(t *testing.T) {
	t.Parallel()
	s := licensingtest.NewServer(nil)
	client := s.Client(sdk.WithMaxAttempts(1))
	if err := client.Do(t.Context(), "GET", "/v3/moons", nil, nil, nil); err == nil {
		t.Error("no error")
	}
	if got := s.Problems(); len(got) != 1 {
		t.Errorf("problems: %q", got)
	}
	s.Close()
	s.Close()
	if _, err := client.Releases.Update(t.Context(), releaseID, licensing.ReleaseUpdate{}); err == nil {
		t.Error("a closed server answers")
	}
}

func TestAWrongOptionIsReportedAndTheClientWorks(t *testing.T) {
	t.Parallel()
	tb := &assert.Recorder{}
	s := licensingtest.NewServer(tb)
	defer tb.Finish()
	s.PutRelease(licensing.Release{ID: releaseID})
	client := s.Client(sdk.WithMaxAttempts(0))
	if got := tb.Reported(); len(got) != 1 || !strings.HasPrefix(got[0], "licensingtest: Client: ") {
		t.Errorf("reported %q", got)
	}
	rename(t, client, "Planner 2.3")
	program := licensingtest.NewServer(nil)
	defer program.Close()
	program.Client(sdk.WithMaxAttempts(0))
	if got := program.Problems(); len(got) != 1 {
		t.Errorf("problems: %q", got)
	}
}

func TestOptionsAreLaidOverTheClients(t *testing.T) {
	t.Parallel()
	s, _ := start(t)
	rename(t, s.Client(sdk.WithHeader("X-Run", "42")), "Planner 2.3")
	if err := s.Await(t.Context(), "Releases.Update", 1); err != nil {
		t.Fatal(err)
	}
	header := s.Requests()[0].Header
	if header.Get("X-Run") != "42" || header.Get("Authorization") != "Bearer [redacted]" {
		t.Errorf("got %v", header)
	}
}

func TestWhatIsGivenOutIsTheCallersOwn(t *testing.T) {
	t.Parallel()
	s := licensingtest.NewServer(t)
	seeded := licensing.Release{ID: releaseID, Platforms: []string{"linux"}, Files: []licensing.ReleaseFile{{Name: "a"}}}
	given := s.PutRelease(seeded)
	seeded.Platforms[0], given.Files[0].Name = "changed", "changed"
	got, _ := s.Release(releaseID)
	got.Platforms[0], got.Files[0].Name = "changed", "changed"
	if kept, _ := s.Release(releaseID); kept.Platforms[0] != "linux" || kept.Files[0].Name != "a" {
		t.Errorf("the release changed: %s", assert.Encoded(t, kept))
	}
	if _, ok := s.Release("nope"); ok {
		t.Error("a release that nobody put there")
	}
}

func TestAReleaseThatCanNotBeSentIsReported(t *testing.T) {
	t.Parallel()
	tb := &assert.Recorder{}
	s := licensingtest.NewServer(tb)
	defer tb.Finish()
	s.PutRelease(licensing.Release{ID: releaseID, CreatedAt: time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)})
	if got := tb.Reported(); len(got) != 1 || !strings.HasPrefix(got[0], "licensingtest: PutRelease: ") {
		t.Errorf("reported %q", got)
	}
	if _, ok := s.Release(releaseID); ok {
		t.Error("it was entered nevertheless")
	}
}

func TestUpdatesAtTheSameTime(t *testing.T) {
	t.Parallel()
	s, client := start(t)
	s.PutRelease(licensing.Release{ID: releaseID, Files: []licensing.ReleaseFile{{Name: "planner.exe"}}})
	url, _ := listen(t, 200)
	s.PutWebhook(url, secret)
	const n = 8
	var group sync.WaitGroup
	for range n {
		group.Go(func() {
			if _, err := client.Releases.Update(t.Context(), releaseID, licensing.ReleaseUpdate{Name: sdk.Some("x")}); err != nil {
				t.Error(err)
			}
			s.Deliveries()
			s.Release(releaseID)
		})
	}
	group.Wait()
	var last time.Time
	for _, d := range await(t, s, n) {
		release, err := assert.Decoded[licensing.WebhookEvent](t, string(d.Body)).Release()
		if err != nil || !release.UpdatedAt.After(last) {
			t.Fatalf("%v after %v: %v", release, last, err)
		}
		last = release.UpdatedAt
	}
}

// Every request that the document gives as an example is one that the fake takes.
func TestTheExamplesOfTheDocumentAreTaken(t *testing.T) {
	t.Parallel()
	s, client := start(t)
	for _, operation := range s.Document().Operations() {
		if !s.Handled(operation.ID) {
			t.Errorf("%s does nothing", operation.ID)
		}
		examples := operation.Spec.RequestBody.Value.Content["application/json"].Examples
		if len(examples) == 0 {
			t.Errorf("%s has no examples", operation.ID)
		}
		for name, example := range examples {
			path := strings.Replace(operation.Path, "{id}", releaseID, 1)
			var answer map[string]any
			if err := client.Do(t.Context(), operation.Method, path, nil, example.Value.Value, &answer); err != nil {
				t.Errorf("%s %s: %v", operation.ID, name, err)
			}
		}
	}
}
