package versoritest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// everyAutomationOperation calls each operation on automations, their runs and their recordings once.
func everyAutomationOperation(t *testing.T, s *versoritest.Server) {
	t.Helper()
	ctx, client := t.Context(), s.Client()
	made, err := client.Automations.Create(ctx, versori.AutomationCreate{Name: "download-invoices"})
	must(t, err)
	assert.Equal(t, "template", made.PromptTemplate, "")
	changed, err := client.Automations.Update(ctx, made.ID, versori.AutomationUpdate{
		PromptTemplate: sdk.Some("Download the invoices."),
		Secrets:        []versori.AutomationSecret{{Name: "portal", Value: sdk.Some(sdk.NewSecret("horse"))}},
	})
	must(t, err)
	assert.Equal(t, "name", changed.Name, "download-invoices")
	got, err := client.Automations.Get(ctx, made.ID)
	must(t, err)
	assert.Equal(t, "template", got.PromptTemplate, "Download the invoices.")
	assert.Equal(t, "secrets", strings.Join(got.SecretNames, " "), "portal")
	list, err := client.Automations.List(ctx)
	must(t, err)
	assert.Equal(t, "automation", list[len(list)-1].ID, made.ID)

	started, err := client.Automations.Run(ctx, made.ID, versori.AutomationRunCreate{Prompt: "Those of February."})
	must(t, err)
	run, err := client.AutomationRuns.Get(ctx, made.ID, started.RunID)
	must(t, err)
	assert.Equal(t, "prompt", run.Prompt, "Those of February.")
	runs, err := client.AutomationRuns.List(ctx, made.ID)
	must(t, err)
	assert.Equal(t, "run", runs[0].ID, started.RunID)

	upload, err := client.AutomationRecordings.Create(ctx, made.ID, versori.AutomationRecordingCreate{
		FileName: "invoices.webm", ContentType: "video/webm",
	})
	must(t, err)
	_, err = client.AutomationRecordings.Transcribe(ctx, made.ID, upload.ID, versori.TranscriptionCreate{RecordingID: upload.ID})
	must(t, err)
	recording, err := client.AutomationRecordings.Get(ctx, made.ID, upload.ID)
	must(t, err)
	assert.Equal(t, "status", recording.Status, versori.AutomationJobStatusRunning)
	recordings, err := client.AutomationRecordings.List(ctx, made.ID)
	must(t, err)
	assert.Equal(t, "recording", recordings[0].ID, upload.ID)
}

func TestSecretsOfAnAutomationAreKeptByName(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	a := s.PutAutomation(organisation, versori.Automation{Name: "a", SecretNames: []string{"one", "two"}})
	changed, err := s.Client().Automations.Update(t.Context(), a.ID, versori.AutomationUpdate{
		Name: sdk.Some("b"), Secrets: []versori.AutomationSecret{{Name: "two"}, {Name: "three"}},
	})
	must(t, err)
	assert.Equal(t, "name", changed.Name, "b")
	assert.Equal(t, "secrets", strings.Join(changed.SecretNames, " "), "one two three")
}

func TestAnEmptyUpdateOfAnAutomationIsRefused(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	a := s.PutAutomation(organisation, versori.Automation{Name: "a"})
	s.ExpectInvalid("Automations.Update")
	_, err := s.Client().Automations.Update(t.Context(), a.ID, versori.AutomationUpdate{})
	assert.Equal(t, "status", assert.APIError(t, err).Status, 400)
}

func TestRunsGoOn(t *testing.T) {
	t.Parallel()
	file := versori.AutomationRunArtifact{Name: sdk.Some("invoices.zip")}
	tests := []struct {
		name string
		plan versori.AutomationJobStatus // empty: none
		end  versori.AutomationJobStatus
	}{
		{"to completion without a plan", "", versori.AutomationJobStatusCompleted},
		{"to completion", versori.AutomationJobStatusCompleted, versori.AutomationJobStatusCompleted},
		{"to failure", versori.AutomationJobStatusFailed, versori.AutomationJobStatusFailed},
	}
	for _, test := range tests {
		start := func(t *testing.T) (*versoritest.Server, string, string) {
			s := versoritest.NewServer(t)
			now := time.Date(2026, 3, 2, 9, 15, 27, 0, time.UTC)
			s.SetClock(func() time.Time { return now })
			a := s.PutAutomation(organisation, versori.Automation{Name: "a"})
			if test.plan != "" {
				s.PlanAutomationRuns(organisation, a.ID, test.plan, file)
			}
			started, err := s.Client().Automations.Run(t.Context(), a.ID, versori.AutomationRunCreate{Prompt: "go"})
			must(t, err)
			return s, a.ID, started.RunID
		}
		files := 0
		if test.plan != "" {
			files = 1
		}
		t.Run(test.name+", by looking at them", func(t *testing.T) {
			t.Parallel()
			s, a, id := start(t)
			for range 2 { // lists don't count
				wantRun(t, s, a, id, versori.AutomationJobStatusPending, 0, false)
			}
			wantRun(t, s, a, id, versori.AutomationJobStatusRunning, 0, true)
			wantRun(t, s, a, id, test.end, files, true)
			wantRun(t, s, a, id, test.end, files, true)
			wantRun(t, s, a, id, test.end, files, false)
		})
		t.Run(test.name+", by the clock", func(t *testing.T) {
			t.Parallel()
			s, a, id := start(t)
			s.Advance(2 * time.Second)
			wantRun(t, s, a, id, versori.AutomationJobStatusRunning, 0, false)
			s.Advance(8 * time.Second)
			wantRun(t, s, a, id, test.end, files, true)
			s.Advance(-10 * time.Second)
			wantRun(t, s, a, id, test.end, files, false)
		})
	}
}

func TestRunsAreOfTheirAutomation(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	client := s.Client()
	a := s.PutAutomation(organisation, versori.Automation{Name: "a"})
	b := s.PutAutomation(organisation, versori.Automation{Name: "b"})
	var ids []string
	for range 2 {
		started, err := client.Automations.Run(t.Context(), a.ID, versori.AutomationRunCreate{Prompt: "go"})
		must(t, err)
		ids = append(ids, started.RunID)
	}
	runs, err := client.AutomationRuns.List(t.Context(), a.ID)
	must(t, err)
	assert.Equal(t, "the newest first", runs[0].ID+" "+runs[1].ID, ids[1]+" "+ids[0])
	runs, err = client.AutomationRuns.List(t.Context(), b.ID)
	must(t, err)
	assert.Equal(t, "runs of the other", len(runs), 0)
	_, err = client.AutomationRuns.Get(t.Context(), b.ID, ids[0])
	wantAnswer(t, err, 404, `{"code":"404001","message":"No such run","details":"There is no run `+ids[0]+`"}`)
}

func TestAnAutomationThatIsNotThere(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.PutAutomation(other, versori.Automation{ID: other, Name: "of another organisation"})
	ctx, client := t.Context(), s.Client()
	calls := map[string]func() error{
		"get": func() error { _, err := client.Automations.Get(ctx, other); return err },
		"update": func() error {
			_, err := client.Automations.Update(ctx, other, versori.AutomationUpdate{Name: sdk.Some("b")})
			return err
		},
		"run": func() error {
			_, err := client.Automations.Run(ctx, other, versori.AutomationRunCreate{Prompt: "go"})
			return err
		},
		"runs":       func() error { _, err := client.AutomationRuns.List(ctx, other); return err },
		"recordings": func() error { _, err := client.AutomationRecordings.List(ctx, other); return err },
		"record": func() error {
			_, err := client.AutomationRecordings.Create(ctx, other, versori.AutomationRecordingCreate{FileName: "a", ContentType: "b"})
			return err
		},
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			wantAnswer(t, call(), http.StatusNotFound,
				`{"code":"404001","message":"No such automation","details":"There is no automation `+other+`"}`)
		})
	}
}

func TestSeedingOfAutomationsThatCannotBeIsReported(t *testing.T) {
	t.Parallel()
	s, r := newRecorded(t)
	s.PutAutomation("acme", versori.Automation{})
	s.PutAutomationRecording(organisation, other, versori.AutomationRecording{})
	a := s.PutAutomation(organisation, versori.Automation{Name: "a"})
	s.PutAutomationRecording(organisation, a.ID, versori.AutomationRecording{ID: "1"})
	s.PlanAutomationRuns(organisation, a.ID, versori.AutomationJobStatusRunning)
	s.PlanAutomationRuns(organisation, other, versori.AutomationJobStatusFailed)
	assert.Lines(t, r.Reported(), []string{
		`versoritest: PutAutomation: "acme" isn't a ULID`,
		"versoritest: PutAutomationRecording: there is no automation " + other,
		`versoritest: PutAutomationRecording: "1" isn't a ULID`,
		`versoritest: PlanAutomationRuns: "running" isn't the end of a run`,
		"versoritest: PlanAutomationRuns: there is no automation " + other,
	})
}

// wantRun checks a run, got by itself or out of the list.
func wantRun(t *testing.T, s *versoritest.Server, automation, id string, status versori.AutomationJobStatus, files int, get bool) {
	t.Helper()
	var run versori.AutomationRun
	if get {
		got, err := s.Client().AutomationRuns.Get(t.Context(), automation, id)
		must(t, err)
		run = *got
	} else {
		list, err := s.Client().AutomationRuns.List(t.Context(), automation)
		must(t, err)
		run = list[0]
	}
	assert.Equal(t, "status", run.Status, status)
	assert.Equal(t, "files", len(run.Artifacts), files)
}
