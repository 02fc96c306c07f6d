package versoritest_test

import (
	"testing"

	"github.com/wharfinger/sdk/versori/versoritest"
)

// TestEveryOperationIsCalled fails for each operation of the document that isn't handled, or that none of the functions
// here calls with success.
func TestEveryOperationIsCalled(t *testing.T) {
	t.Parallel()
	called := map[string]bool{}
	for _, every := range []func(*testing.T, *versoritest.Server){
		everyProjectOperation, everyDraftOperation, everyEnvironmentOperation, everyExecutionOperation,
		everyIssueOperation, everyKVOperation, everyNotificationOperation, everyAutomationOperation, everyConnectionOperation,
	} {
		s := versoritest.NewServer(t)
		every(t, s)
		for _, exchange := range s.Requests() {
			if exchange.Status >= 200 && exchange.Status < 300 {
				called[exchange.Operation] = true
			}
		}
	}
	s := versoritest.NewServer(t)
	for _, o := range s.Document().Operations() {
		switch {
		case !s.Handled(o.ID):
			t.Errorf("%s is not handled", o.ID)
		case !called[o.ID]:
			t.Errorf("%s is never called", o.ID)
		}
	}
}
