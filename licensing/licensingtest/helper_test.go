package licensingtest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/licensing"
	"github.com/wharfinger/sdk/licensing/licensingtest"
)

const (
	releaseID = "155f79fc-2f28-40b2-afc5-3fcc6c63225a"
	secret    = "whsec-1"
)

// start gives a server with a release and a client of it.
func start(t *testing.T) (*licensingtest.Server, *licensing.Client) {
	t.Helper()
	s := licensingtest.NewServer(t)
	s.PutRelease(licensing.Release{ID: releaseID, Name: "Planner 2.2", Version: "2.2.0"})
	return s, s.Client()
}

// stopClock makes the platform's time stand still.
func stopClock(s *licensingtest.Server) time.Time {
	now := time.Date(2026, 3, 4, 16, 40, 2, 118765432, time.UTC)
	s.SetClock(func() time.Time { return now })
	return now.Truncate(100 * time.Nanosecond)
}

// listen serves a webhook that answers status, and gives its address and the requests it got; their bodies are closed.
func listen(t *testing.T, status int) (url string, got func() []*http.Request) {
	t.Helper()
	var mu sync.Mutex
	var requests []*http.Request
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		requests = append(requests, r)
		mu.Unlock()
		if status/100 == 3 {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(hook.Close)
	return hook.URL, func() []*http.Request {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(requests)
	}
}

// receive serves a webhook by the handler of package licensing, and gives its address and the events it took.
func receive(t *testing.T, verifier *licensing.WebhookVerifier) (url string, events <-chan *licensing.WebhookEvent) {
	t.Helper()
	taken := make(chan *licensing.WebhookEvent, 100)
	hook := httptest.NewServer(licensing.WebhookHandler(verifier, func(_ context.Context, e *licensing.WebhookEvent) error {
		taken <- e
		return nil
	}))
	t.Cleanup(hook.Close)
	return hook.URL, taken
}

func verifier() *licensing.WebhookVerifier {
	return &licensing.WebhookVerifier{Tokens: []sdk.Secret{sdk.NewSecret(secret)}}
}

func rename(t *testing.T, client *licensing.Client, title string) *licensing.Release {
	t.Helper()
	release, err := client.Releases.Update(t.Context(), releaseID, licensing.ReleaseUpdate{Name: sdk.Some(title)})
	if err != nil {
		t.Fatal(err)
	}
	return release
}

// await waits for n deliveries.
func await(t *testing.T, s *licensingtest.Server, n int) []licensingtest.Delivery {
	t.Helper()
	if err := s.AwaitDeliveries(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	deliveries := s.Deliveries()
	if len(deliveries) != n {
		t.Fatalf("%d deliveries, want %d", len(deliveries), n)
	}
	return deliveries
}
