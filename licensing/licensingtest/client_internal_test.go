package licensingtest

import (
	"errors"
	"net"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/licensing"
)

// A test goes on after a report, so that there must be a client even then.
func TestTheClientOfAServerThatCouldNotStart(t *testing.T) {
	t.Parallel()
	client := (&Server{Server: &fake.Server{}}).Client(sdk.WithMaxAttempts(1))
	_, err := client.Releases.Update(t.Context(), "id", licensing.ReleaseUpdate{})
	var refused *net.OpError
	if !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
}
