package cargotest_test

import (
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/cargo/cargotest"
	"github.com/wharfinger/sdk/internal/assert"
)

func TestWithoutATestProblemsAreCollected(t *testing.T) {
	t.Parallel()
	s := cargotest.NewServer(nil)
	client := s.Client(sdk.WithMaxAttempts(1))
	if err := client.Do(t.Context(), "GET", "/orchestration/moons", nil, nil, nil); err == nil {
		t.Error("no error")
	}
	if got := s.Problems(); len(got) != 1 {
		t.Errorf("problems: %q", got)
	}
	s.Close()
	s.Close()
	if _, err := client.Plays.Create(t.Context(), play(nil)); err == nil {
		t.Error("a closed server answers")
	}
}

func TestAWrongOptionIsReportedAndTheClientWorks(t *testing.T) {
	t.Parallel()
	tb := &assert.Recorder{}
	s := cargotest.NewServer(tb)
	defer tb.Finish()
	s.PutModel(modelUUID)
	client := s.Client(sdk.WithMaxAttempts(0))
	if got := tb.Reported(); len(got) != 1 || !strings.HasPrefix(got[0], "cargotest: Client: ") {
		t.Errorf("reported %q", got)
	}
	if _, err := client.Plays.Create(t.Context(), play(nil)); err != nil {
		t.Error(err)
	}
	program := cargotest.NewServer(nil)
	defer program.Close()
	program.Client(sdk.WithMaxAttempts(0))
	if got := program.Problems(); len(got) != 1 {
		t.Errorf("problems: %q", got)
	}
}

func TestOptionsAreLaidOverTheClients(t *testing.T) {
	t.Parallel()
	s, _ := withModel(t)
	client := s.Client(sdk.WithHeader("X-Run", "42"))
	if _, err := client.Plays.Create(t.Context(), play(nil)); err != nil {
		t.Fatal(err)
	}
	if err := s.Await(t.Context(), "Plays.Create", 1); err != nil {
		t.Fatal(err)
	}
	header := s.Requests()[0].Header
	if header.Get("X-Run") != "42" || header.Get("Authorization") != "Bearer [redacted]" {
		t.Errorf("got %v", header)
	}
}

func TestPutWorkflow(t *testing.T) {
	t.Parallel()
	s := cargotest.NewServer(t)
	made := s.PutWorkflow("")
	if made.WorkflowUUID == "" || made.UUID == "" || made.Status != cargo.ReleaseStatusDraft || made.Nodes == nil {
		t.Errorf("got %+v", made)
	}
	if again := s.PutWorkflow(made.WorkflowUUID); again.UUID != made.UUID {
		t.Errorf("another draft: %s, then %s", made.UUID, again.UUID)
	}
	live := s.PutRelease(cargo.Release{WorkflowUUID: "w", Status: cargo.ReleaseStatusDeployed})
	if at, ok := live.DeployedAt.Get(); !ok || !at.Equal(live.CreatedAt) {
		t.Errorf("deployed at %v", live.DeployedAt)
	}
	if draft := s.PutWorkflow("w"); draft.ParentUUID.Or("") != live.UUID {
		t.Errorf("the parent is %v, want %s", draft.ParentUUID, live.UUID)
	}
}

func TestAWorkflowHasOneDraftAndOneDeployedRelease(t *testing.T) {
	t.Parallel()
	s, client := start(t)
	s.PutRelease(cargo.Release{UUID: "v1", WorkflowUUID: workflowUUID, Status: cargo.ReleaseStatusDeployed})
	s.PutRelease(cargo.Release{UUID: "v2", WorkflowUUID: workflowUUID, Status: cargo.ReleaseStatusDeployed})
	s.PutRelease(cargo.Release{UUID: "next", WorkflowUUID: workflowUUID})
	draft, _ := s.Draft(workflowUUID)
	if draft.UUID != "next" {
		t.Errorf("the draft is %s", draft.UUID)
	}
	for _, parent := range []string{"v1", "v2"} { // archived or not, both are releases of the workflow
		_, err := client.Releases.UpdateDraft(t.Context(), cargo.ReleaseUpdateDraft{
			WorkflowUUID: workflowUUID, ParentUUID: sdk.Some(parent),
		})
		if err != nil {
			t.Error(err)
		}
	}
	s.PutRelease(cargo.Release{UUID: "next", WorkflowUUID: workflowUUID, Status: cargo.ReleaseStatusDeployed})
	if draft, ok := s.Draft(workflowUUID); ok {
		t.Errorf("there is still a draft: %s", draft.UUID)
	}
	if fresh := s.PutWorkflow(workflowUUID); fresh.ParentUUID.Or("") != "next" {
		t.Errorf("the parent is %v", fresh.ParentUUID)
	}
}

func TestWhatIsGivenOutIsTheCallersOwn(t *testing.T) {
	t.Parallel()
	s, client := withModel(t)
	seeded := cargo.Release{WorkflowUUID: workflowUUID, Nodes: []cargo.Node{node(startUUID, "start")}}
	s.PutRelease(seeded)
	seeded.Nodes[0].Slug = "changed"
	draft, _ := s.Draft(workflowUUID)
	draft.Nodes[0].Config["changed"] = true
	if kept, _ := s.Draft(workflowUUID); kept.Nodes[0].Slug != "start" || len(kept.Nodes[0].Config) != 0 {
		t.Errorf("the draft changed: %s", assert.Encoded(t, kept))
	}
	made, err := client.Plays.Create(t.Context(), play(nil))
	if err != nil {
		t.Fatal(err)
	}
	mine, _ := s.Play(made.Play.UUID)
	mine.ChangeKinds[0] = cargo.ChangeKindRemoved
	if kept, _ := s.Play(made.Play.UUID); kept.ChangeKinds[0] != cargo.ChangeKindAdded {
		t.Errorf("the play changed: %s", assert.Encoded(t, kept))
	}
	if _, ok := s.Play("nope"); ok {
		t.Error("a play that nobody made")
	}
	if _, ok := s.Draft("nope"); ok {
		t.Error("a draft of no workflow")
	}
}

func TestAReleaseThatCanNotBeSentIsReported(t *testing.T) {
	t.Parallel()
	tb := &assert.Recorder{}
	s := cargotest.NewServer(tb)
	defer tb.Finish()
	bad := node(startUUID, "start")
	bad.Config["x"] = math.NaN()
	s.PutRelease(cargo.Release{WorkflowUUID: workflowUUID, Nodes: []cargo.Node{bad}})
	if got := tb.Reported(); len(got) != 1 || !strings.HasPrefix(got[0], "cargotest: PutRelease: ") {
		t.Errorf("reported %q", got)
	}
}

func TestCallsAtTheSameTime(t *testing.T) {
	t.Parallel()
	s, client := withModel(t)
	s.PutWorkflow(workflowUUID)
	before, _ := s.Draft(workflowUUID)
	const n = 8
	var group sync.WaitGroup
	for range n {
		group.Go(func() {
			if _, err := client.Plays.Create(t.Context(), play(nil)); err != nil {
				t.Error(err)
			}
			_, err := client.Releases.UpdateDraft(t.Context(), cargo.ReleaseUpdateDraft{
				WorkflowUUID: workflowUUID, Nodes: []cargo.Node{node(startUUID, "start")},
			})
			if err != nil {
				t.Error(err)
			}
			s.Draft(workflowUUID)
		})
	}
	group.Wait()
	after, _ := s.Draft(workflowUUID)
	if after.UUID != before.UUID || !after.UpdatedAt.After(before.UpdatedAt) {
		t.Errorf("was %+v, is %+v", before, after)
	}
	if got := len(s.Requests()); got != 2*n {
		t.Errorf("%d requests", got)
	}
}
