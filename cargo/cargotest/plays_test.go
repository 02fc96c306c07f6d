package cargotest_test

import (
	"encoding/json"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/cargo/cargotest"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/samples"
)

// documentedPlay is the body of the platform's own page, with real values in place of its placeholders.
const documentedPlay = `{
	"name": "Brief account owners",
	"modelUuid": "` + modelUUID + `",
	"changeKinds": ["added"],
	"runCreationRule": "always",
	"description": "Sends a short brief.",
	"filter": {"conjonction": "or", "groups": [{}]},
	"sort": [{"columnSlug": "employee_count", "kind": "asc"}],
	"limit": 123,
	"trackingColumnSlugs": ["tier"],
	"schedule": {"type": "dbt", "jobId": "job-7"},
	"folderUuid": "` + folderUUID + `"
}`

const documentedPlayAnswer = `{
	"play": {
		"uuid": "00000000-0000-4000-8000-000000000001",
		"workspaceUuid": "6e5d4c3b-2a19-4f08-9e7d-6c5b4a392807",
		"workflowUuid": "00000000-0000-4000-8000-000000000002",
		"userUuid": "1c2d3e4f-5a6b-4c7d-8e9f-0a1b2c3d4e08",
		"modelUuid": "` + modelUUID + `",
		"segmentUuid": "00000000-0000-4000-8000-000000000003",
		"changeKinds": ["added"],
		"runCreationRule": "always",
		"name": "Brief account owners",
		"description": "Sends a short brief.",
		"schedule": {"type": "dbt", "jobId": "job-7"},
		"isEnabled": false,
		"healthThreshold": 80,
		"healthAlertActions": [],
		"folderUuid": "` + folderUUID + `",
		"createdAt": "2026-03-02T09:15:27.312Z",
		"updatedAt": "2026-03-02T09:15:27.312Z",
		"deletedAt": null
	}
}`

// withModel gives a server that has a model and a folder.
func withModel(t *testing.T) (*cargotest.Server, *cargo.Client) {
	t.Helper()
	s := cargotest.NewServer(t)
	s.PutModel(modelUUID)
	s.PutFolder(folderUUID)
	return s, s.Client()
}

func play(change func(*cargo.PlayCreate)) cargo.PlayCreate {
	body := cargo.PlayCreate{
		Name: "Welcome", ModelUUID: modelUUID, RunCreationRule: cargo.RunCreationRuleOnce,
		ChangeKinds: []cargo.ChangeKind{cargo.ChangeKindAdded},
	}
	if change != nil {
		change(&body)
	}
	return body
}

func TestTheDocumentedPlayIsAnsweredAsDocumented(t *testing.T) {
	t.Parallel()
	s, client := withModel(t)
	stopClock(s)
	result, err := client.Plays.Create(t.Context(), assert.Decoded[cargo.PlayCreate](t, documentedPlay))
	if err != nil {
		t.Fatal(err)
	}
	assert.JSON(t, "answer", result, documentedPlayAnswer)
	kept, ok := s.Play(result.Play.UUID)
	if !ok {
		t.Fatal("the play isn't kept")
	}
	assert.JSON(t, "what is kept", kept, assert.Encoded(t, result.Play))
	sent := s.Requests("Plays.Create")
	if len(sent) != 1 || sent[0].Method != "POST" || sent[0].Path != "/v1/orchestration/plays" {
		t.Fatalf("got %+v", sent)
	}
	if diff := samples.Compare([]byte(documentedPlay), sent[0].Body); diff != "" {
		t.Errorf("request: %s", diff)
	}
}

func TestAPlayHasAWorkflowWhoseDraftCanBeFilled(t *testing.T) {
	t.Parallel()
	s, client := withModel(t)
	made, err := client.Plays.Create(t.Context(), play(nil))
	if err != nil {
		t.Fatal(err)
	}
	draft, ok := s.Draft(made.Play.WorkflowUUID)
	if !ok || len(draft.Nodes) != 0 || draft.Status != cargo.ReleaseStatusDraft || !draft.ParentUUID.IsNull() {
		t.Fatalf("got %+v, %v", draft, ok)
	}
	filled, err := client.Releases.UpdateDraft(t.Context(), cargo.ReleaseUpdateDraft{
		WorkflowUUID: made.Play.WorkflowUUID, Nodes: []cargo.Node{node(startUUID, "start")},
	})
	if err != nil || filled.Release.UUID != draft.UUID || len(filled.Release.Nodes) != 1 {
		t.Errorf("got %+v, %v", filled, err)
	}
}

func TestCreatingTwiceMakesTwoPlays(t *testing.T) {
	t.Parallel()
	_, client := withModel(t)
	one, err := client.Plays.Create(t.Context(), play(nil))
	if err != nil {
		t.Fatal(err)
	}
	two, err := client.Plays.Create(t.Context(), play(nil))
	if err != nil {
		t.Fatal(err)
	}
	a, b := one.Play, two.Play
	if a.UUID == b.UUID || a.WorkflowUUID == b.WorkflowUUID || a.SegmentUUID == b.SegmentUUID {
		t.Errorf("shared: %+v and %+v", a, b)
	}
}

func TestAbsentValuesOfAPlayAreNull(t *testing.T) {
	t.Parallel()
	_, client := withModel(t)
	var answer struct{ Play map[string]json.RawMessage }
	if err := client.Do(t.Context(), "POST", "/orchestration/plays", nil, play(nil), &answer); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"description", "schedule", "folderUuid", "deletedAt"} {
		if got := string(answer.Play[name]); got != "null" {
			t.Errorf("%s is %q", name, got)
		}
	}
}

func TestSchedulesInTheFormOfTheAnswer(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		`{"type":"cron","cron":"0 7 * * 1-5"}`: `{"type":"cron","cron":"0 7 * * 1-5","temporalScheduleWorkflowId":"schedule-000001"}`,
		`{"type":"watch"}`:                     `{"type":"watch","temporalScheduleWorkflowId":"schedule-000001","meta":{}}`,
		`{"type":"dbt","jobId":"job-7"}`:       `{"type":"dbt","jobId":"job-7"}`,
		`{"type":"realtime"}`:                  `{"type":"realtime"}`,
		`{"type":"dependency","playUuid":"00000000-0000-4000-8000-000000000001"}`: `{"type":"dependency","playUuid":"00000000-0000-4000-8000-000000000001"}`,
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			_, client := withModel(t)
			if _, err := client.Plays.Create(t.Context(), play(nil)); err != nil { // the play to depend on
				t.Fatal(err)
			}
			result, err := client.Plays.Create(t.Context(), play(func(b *cargo.PlayCreate) {
				b.Schedule = sdk.Some(assert.Decoded[cargo.PlayScheduleSettings](t, given))
			}))
			if err != nil {
				t.Fatal(err)
			}
			assert.JSON(t, "schedule", result.Play.Schedule, want)
		})
	}
}

func TestPlaysThatAreRefused(t *testing.T) {
	t.Parallel()
	scheduled := func(settings cargo.PlayScheduleSettings) func(*cargo.PlayCreate) {
		return func(b *cargo.PlayCreate) { b.Schedule = sdk.Some(settings) }
	}
	for name, c := range map[string]struct {
		change        func(*cargo.PlayCreate)
		code, message string
	}{
		"an unknown model":  {func(b *cargo.PlayCreate) { b.ModelUUID = "nope" }, cargo.CodeModelNotFound, "PutModel"},
		"an unknown folder": {func(b *cargo.PlayCreate) { b.FolderUUID = sdk.Some("nope") }, cargo.CodeFolderNotFound, "PutFolder"},
		"a cron expression of four fields": {
			scheduled(cargo.PlayScheduleSettings{Type: cargo.PlayScheduleTypeCron, Cron: sdk.Some("0 7 * *")}),
			cargo.CodeFailedToSchedule, "",
		},
		"an unknown play to depend on": {
			scheduled(cargo.PlayScheduleSettings{Type: cargo.PlayScheduleTypeDependency, PlayUUID: sdk.Some("nope")}),
			cargo.CodeFailedToSchedule, "",
		},
		"a schedule that lacks what its type needs": {
			scheduled(cargo.PlayScheduleSettings{Type: cargo.PlayScheduleTypeDbt}), "", "schedule.jobId: Required",
		},
		"a schedule with what another type needs": {
			scheduled(cargo.PlayScheduleSettings{Type: cargo.PlayScheduleTypeRealtime, JobID: sdk.Some("job-7")}),
			"", "unrecognized_keys: jobId",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, client := withModel(t)
			_, err := client.Plays.Create(t.Context(), play(c.change))
			assert.Refusal(t, err, 400, c.code, c.message)
			if n := len(s.Requests("Plays.Create")); n != 1 {
				t.Errorf("sent %d times", n)
			}
			if _, ok := s.Play("00000000-0000-4000-8000-000000000001"); ok {
				t.Error("a play was made nevertheless")
			}
		})
	}
}
