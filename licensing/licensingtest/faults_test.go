package licensingtest_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/licensing"
)

func TestFaultsThatNameAStatusCarryThePlatformsBody(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		401: `{"message":"The token is not valid.","code":"AUTHENTICATION_FAILED"}`,
		403: `{"message":"The token lacks the permission release:write."}`,
		429: `{"message":"Too Many Requests"}`,
		503: `{"message":"Service Unavailable"}`,
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			s, client := start(t)
			s.Inject("Releases.Update", fault.Status(status))
			_, err := client.Releases.Update(t.Context(), releaseID, licensing.ReleaseUpdate{}, sdk.WithMaxAttempts(1))
			var e *sdk.Error
			if !errors.As(err, &e) || e.Status != status || string(e.Body) != want {
				t.Errorf("got %v, want %d with %s", err, status, want)
			}
		})
	}
}

// The header of the platform's own reaches the client: one that asks for more patience than it has ends the call at once.
func TestTheRateLimitOfThePlatformIsHeeded(t *testing.T) {
	t.Parallel()
	s, client := start(t)
	reset := time.Now().UTC().Add(24 * time.Hour).Format("2006-01-02T15:04:05.0000000Z")
	s.Inject("Releases.Update", fault.Status(429).With("X-Rate-Limit-Reset", reset))
	_, err := client.Releases.Update(t.Context(), releaseID, licensing.ReleaseUpdate{})
	var e *sdk.Error
	if !errors.As(err, &e) || e.Status != 429 || e.RetryAfter < 12*time.Hour {
		t.Errorf("got %v, want 429 and a wait of a day", err)
	}
	if n := len(s.Requests("Releases.Update")); n != 1 {
		t.Errorf("sent %d times", n)
	}
}

// The update has happened and its event is sent, whatever becomes of the answer; and it isn't made again.
func TestAnUpdateWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	s, client := start(t)
	url, _ := listen(t, 200)
	s.PutWebhook(url, secret)
	s.Inject("Releases.Update", fault.ResetAfterHandling())
	if _, err := client.Releases.Update(t.Context(), releaseID, licensing.ReleaseUpdate{Channel: sdk.Some("beta")}); err == nil {
		t.Error("no error")
	}
	await(t, s, 1)
	if release, _ := s.Release(releaseID); release.Channel != "beta" {
		t.Errorf("got %+v", release)
	}
	if n := len(s.Requests("Releases.Update")); n != 1 {
		t.Errorf("sent %d times", n)
	}
}
