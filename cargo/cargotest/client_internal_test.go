package cargotest

import (
	"errors"
	"net"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/internal/fake"
)

// A test goes on after a report, so that there must be a client even then.
func TestTheClientOfAServerThatCouldNotStart(t *testing.T) {
	t.Parallel()
	client := (&Server{Server: &fake.Server{}}).Client(sdk.WithMaxAttempts(1))
	_, err := client.Plays.Create(t.Context(), cargo.PlayCreate{
		Name: "n", ModelUUID: "m", ChangeKinds: []cargo.ChangeKind{}, RunCreationRule: cargo.RunCreationRuleOnce,
	})
	var refused *net.OpError
	if !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
}
