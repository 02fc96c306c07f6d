package cargotest_test

import (
	"encoding/json"
	"testing"

	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/cargo/cargotest"
	"github.com/wharfinger/sdk/internal/assert"
)

// Every request that the document gives as an example is one that the fake takes.
func TestTheExamplesOfTheDocumentAreTaken(t *testing.T) {
	t.Parallel()
	s := cargotest.NewServer(t)
	s.PutModel(modelUUID)
	s.PutFolder(folderUUID)
	s.PutWorkflow(workflowUUID)
	s.PutRelease(cargo.Release{UUID: parentUUID, WorkflowUUID: workflowUUID, Status: cargo.ReleaseStatusDeployed})
	client := s.Client()
	for _, operation := range s.Document().Operations() {
		if !s.Handled(operation.ID) {
			t.Errorf("%s does nothing", operation.ID)
		}
		examples := operation.Spec.RequestBody.Value.Content["application/json"].Examples
		if len(examples) == 0 {
			t.Errorf("%s has no examples", operation.ID)
		}
		for name, example := range examples {
			t.Run(operation.ID+" "+name, func(t *testing.T) {
				body := json.RawMessage(assert.Encoded(t, example.Value.Value))
				var answer map[string]any
				if err := client.Do(t.Context(), operation.Method, operation.Path, nil, body, &answer); err != nil {
					t.Error(err)
				}
			})
		}
	}
}
