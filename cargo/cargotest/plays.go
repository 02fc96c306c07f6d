package cargotest

import (
	"net/http"
	"strings"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/internal/fake"
)

// healthThreshold is what the platform gives a new play, in percent.
const healthThreshold = 80

// createPlay is Plays.Create.
func (s *Server) createPlay(r *fake.Request) fake.Response {
	var body cargo.PlayCreate
	if err := r.Decode(&body); err != nil {
		return refusal(http.StatusBadRequest, "", err.Error())
	}
	var found misfits
	if schedule, ok := r.Object()["schedule"].(map[string]any); ok {
		found.schedule(schedule, "schedule")
	}
	if !found.none() {
		return refusal(http.StatusBadRequest, "", found.message())
	}
	if err := s.acceptable(&body); err != nil {
		return refuse(err)
	}
	play := s.newPlay(&body)
	s.PutWorkflow(play.WorkflowUUID) // before the play, so that a play that is seen has its draft
	s.plays.Put(play.UUID, play)
	return fake.JSON(http.StatusOK, cargo.PlayResult{Play: play})
}

// acceptable says why a play can't be made: because what it points to doesn't exist.
func (s *Server) acceptable(body *cargo.PlayCreate) error {
	if _, ok := s.models.Get(body.ModelUUID); !ok {
		return reason(cargo.CodeModelNotFound)
	}
	if folder, given := body.FolderUUID.Get(); given {
		if _, ok := s.folders.Get(folder); !ok {
			return reason(cargo.CodeFolderNotFound)
		}
	}
	schedule, _ := body.Schedule.Get()
	if cron, given := schedule.Cron.Get(); given && len(strings.Fields(cron)) != 5 {
		return reason(cargo.CodeFailedToSchedule)
	}
	if earlier, given := schedule.PlayUUID.Get(); given {
		if _, ok := s.plays.Get(earlier); !ok {
			return reason(cargo.CodeFailedToSchedule)
		}
	}
	return nil
}

func (s *Server) newPlay(body *cargo.PlayCreate) cargo.Play {
	now := s.stamp(time.Time{})
	return cargo.Play{
		UUID:               s.IDs.UUID(),
		WorkspaceUUID:      workspaceUUID,
		WorkflowUUID:       s.IDs.UUID(),
		UserUUID:           userUUID,
		ModelUUID:          body.ModelUUID,
		SegmentUUID:        s.IDs.UUID(),
		ChangeKinds:        body.ChangeKinds,
		RunCreationRule:    body.RunCreationRule,
		Name:               body.Name,
		Description:        orNull(body.Description),
		Schedule:           s.kept(body.Schedule),
		HealthThreshold:    sdk.Some[float64](healthThreshold),
		HealthAlertActions: []cargo.HealthAlertAction{},
		FolderUUID:         orNull(body.FolderUUID),
		CreatedAt:          now,
		UpdatedAt:          now,
		DeletedAt:          sdk.Null[time.Time](),
	}
}

// kept is a schedule as the platform keeps and answers it: with its own handle where the platform itself starts the play.
func (s *Server) kept(given sdk.Optional[cargo.PlayScheduleSettings]) sdk.Optional[cargo.PlaySchedule] {
	settings, ok := given.Get()
	if !ok {
		return sdk.Null[cargo.PlaySchedule]()
	}
	schedule := cargo.PlaySchedule{
		Type: settings.Type, Cron: settings.Cron, JobID: settings.JobID, PlayUUID: settings.PlayUUID,
	}
	switch settings.Type {
	case cargo.PlayScheduleTypeCron:
		schedule.TemporalScheduleWorkflowID = sdk.Some(s.IDs.Prefixed("schedule-"))
	case cargo.PlayScheduleTypeWatch:
		schedule.TemporalScheduleWorkflowID = sdk.Some(s.IDs.Prefixed("schedule-"))
		schedule.Meta = map[string]any{}
	}
	return sdk.Some(schedule)
}
