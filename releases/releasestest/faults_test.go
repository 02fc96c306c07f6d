package releasestest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/releases"
)

// TestFaultsThatNameAStatusCarryThePlatformsBody checks the body of each status that the document has, and of some that
// only what stands before the platform answers.
func TestFaultsThatNameAStatusCarryThePlatformsBody(t *testing.T) {
	t.Parallel()
	envelope := func(status int, code, message, details string) string {
		return fmt.Sprintf(`{"error":%q,"message":%q,"details":%s,"timestamp":"2025-01-01T00:00:00.000000","status_code":%d}`,
			code, message, details, status)
	}
	tests := map[int]string{
		401: unauthenticated,
		403: forbidden,
		404: envelope(404, "RESOURCE_NOT_FOUND", "The requested resource was not found", `{"resource_id":"rel_1","resource_type":"release"}`),
		409: envelope(409, "CONFLICT", "Conflict", "{}"),
		422: `{"detail":[{"loc":["body"],"msg":"This request was refused","type":"value_error","input":null,"ctx":{}}]}`,
		429: envelope(429, "RATE_LIMIT_EXCEEDED", "Too Many Requests", "{}"),
		500: envelope(500, "INTERNAL_SERVER_ERROR", "An unexpected error occurred", "{}"),
		503: envelope(503, "SERVICE_UNAVAILABLE", "Service Unavailable", "{}"),
	}
	for status, want := range tests {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			s, _ := newApp(t)
			s.Inject("Releases.Get", fault.Status(status))
			_, err := s.Client(sdk.WithMaxAttempts(1)).App(shop).Releases.Get(t.Context(), "rel_1")
			wantAnswer(t, err, status, want)
		})
	}
}

func TestFaultsDoNothingToReleases(t *testing.T) {
	t.Parallel()
	s, app := newApp(t)
	id := s.Seed(shop, 1)[0].ReleaseID
	s.Inject("Releases.Activate", fault.Status(500), fault.RetryAfter(429, time.Nanosecond))
	if _, err := app.Activate(t.Context(), id, sdk.WithMaxAttempts(1)); assert.APIError(t, err).Status != 500 {
		t.Errorf("got %v, want 500", err)
	}
	stored, _ := s.Release(shop, id)
	assert.Equal(t, "status", stored.Status, draft)

	_, err := app.Activate(t.Context(), id, sdk.WithMaxAttempts(1))
	assert.Equal(t, "wait that was asked for", assert.APIError(t, err).RetryAfter, time.Second)

	must[*releases.ReleaseAction](t)(app.Activate(t.Context(), id))
	assert.Equal(t, "faults left", s.PendingFaults(), 0)
}

func TestListGoesOnAfterFaults(t *testing.T) {
	t.Parallel()
	s, app := newApp(t)
	s.Seed(shop, 5)
	s.Inject("Releases.List", fault.Status(503), fault.Pass(), fault.HTML(502), fault.Reset())
	got := numbers(t, app, releases.ReleaseListParams{Limit: 2}, func() {})
	assert.Equal(t, "releases", fmt.Sprint(got), "[5 4 3 2 1]")
	assert.Equal(t, "requests", len(s.Requests("Releases.List")), 6)
}
