package cargotest_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/fault"
)

func TestFaultsThatNameAStatusCarryThePlatformsBody(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		401: `{"errorMessage":"unauthorized"}`,
		403: `{"errorMessage":"forbidden"}`,
		429: `{"errorMessage":"Too Many Requests"}`,
		503: `{"errorMessage":"Service Unavailable"}`,
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			s, client := withModel(t)
			s.Inject("Plays.Create", fault.Status(status))
			_, err := client.Plays.Create(t.Context(), play(nil), sdk.WithMaxAttempts(1))
			var e *sdk.Error
			if !errors.As(err, &e) || e.Status != status || string(e.Body) != want {
				t.Errorf("got %v, want %d with %s", err, status, want)
			}
		})
	}
}

// A draft can be updated twice, a play can't be created twice.
func TestWhatIsRepeatedAfterALostAnswer(t *testing.T) {
	t.Parallel()
	s, client := withModel(t)
	s.PutWorkflow(workflowUUID)
	s.Inject("", fault.ResetAfterHandling())
	result, err := client.Releases.UpdateDraft(t.Context(), cargo.ReleaseUpdateDraft{
		WorkflowUUID: workflowUUID, Nodes: []cargo.Node{node(startUUID, "start")},
	})
	if err != nil || len(result.Release.Nodes) != 1 {
		t.Errorf("got %v, %v", result, err)
	}
	s.Inject("Plays.Create", fault.ResetAfterHandling())
	if _, err := client.Plays.Create(t.Context(), play(nil)); err == nil {
		t.Error("no error")
	}
	if updates, plays := len(s.Requests("Releases.UpdateDraft")), len(s.Requests("Plays.Create")); updates != 2 || plays != 1 {
		t.Errorf("%d updates and %d plays", updates, plays)
	}
	if n := s.PendingFaults(); n != 0 {
		t.Errorf("%d faults left", n)
	}
}
