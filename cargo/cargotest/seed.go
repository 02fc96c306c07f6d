package cargotest

import (
	"cmp"
	"slices"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/internal/fake"
)

// Whose everything is that the fake makes.
const (
	workspaceUUID = "6e5d4c3b-2a19-4f08-9e7d-6c5b4a392807"
	userUUID      = "1c2d3e4f-5a6b-4c7d-8e9f-0a1b2c3d4e08"
)

// PutModel enters a model, which plays and the options of drafts may name from then on.
func (s *Server) PutModel(uuid string) { s.models.Put(uuid, struct{}{}) }

// PutFolder enters a folder, which plays may be filed in from then on.
func (s *Server) PutFolder(uuid string) { s.folders.Put(uuid, struct{}{}) }

// PutWorkflow enters a workflow with an empty draft, and gives that draft. An empty uuid makes one, which is in the
// draft's WorkflowUUID. A workflow that has a draft keeps it; one without gets a new draft, derived from the release that
// is deployed.
func (s *Server) PutWorkflow(uuid string) cargo.Release {
	if uuid == "" {
		uuid = s.IDs.UUID()
	}
	s.workflows.Insert(uuid, nil)
	releases, _, _ := s.workflows.Update(uuid, func(releases *[]cargo.Release) error {
		if at(*releases, cargo.ReleaseStatusDraft) >= 0 {
			return nil
		}
		draft := cargo.Release{WorkflowUUID: uuid}
		if i := at(*releases, cargo.ReleaseStatusDeployed); i >= 0 {
			draft.ParentUUID = sdk.Some((*releases)[i].UUID)
		}
		*releases = append(slices.Clip(*releases), s.complete(draft))
		return nil
	})
	draft, _ := s.draftOf(releases)
	return draft
}

// PutRelease enters a release as it is and gives it back with what was missing filled in: ids, times, the status draft
// and the workspace, and null for what has no value. Its workflow is entered with it, so a release that isn't a draft
// makes a workflow without one. An earlier release of the same UUID is replaced, and so is the draft of the workflow by
// another draft; a deployed release archives the one before.
func (s *Server) PutRelease(release cargo.Release) cargo.Release {
	release = s.complete(release)
	kept, err := fake.Copy(release)
	if err != nil {
		s.Report("PutRelease: %v", err)
		return release
	}
	s.workflows.Insert(release.WorkflowUUID, nil)
	_, _, _ = s.workflows.Update(release.WorkflowUUID, func(releases *[]cargo.Release) error {
		*releases = enter(*releases, kept)
		return nil
	})
	return release
}

// Draft gives the draft of a workflow; false if there is none, or no such workflow. It is the caller's own: changing it
// changes nothing in the fake.
func (s *Server) Draft(workflowUUID string) (cargo.Release, bool) {
	releases, _ := s.workflows.Get(workflowUUID)
	return s.draftOf(releases)
}

// Play gives a play that was created; false if there is none of that UUID. It is the caller's own.
func (s *Server) Play(uuid string) (cargo.Play, bool) {
	play, ok := s.plays.Get(uuid)
	if !ok {
		return cargo.Play{}, false
	}
	own, err := fake.Copy(play)
	if err != nil {
		s.Report("Play: %v", err)
	}
	return own, err == nil
}

func (s *Server) draftOf(releases []cargo.Release) (cargo.Release, bool) {
	i := at(releases, cargo.ReleaseStatusDraft)
	if i < 0 {
		return cargo.Release{}, false
	}
	own, err := fake.Copy(releases[i])
	if err != nil {
		s.Report("Draft: %v", err)
	}
	return own, err == nil
}

// complete fills in what a release lacks.
func (s *Server) complete(r cargo.Release) cargo.Release {
	if r.UUID == "" {
		r.UUID = s.IDs.UUID()
	}
	if r.WorkflowUUID == "" {
		r.WorkflowUUID = s.IDs.UUID()
	}
	r.WorkspaceUUID = cmp.Or(r.WorkspaceUUID, workspaceUUID)
	r.UserUUID = cmp.Or(r.UserUUID, userUUID)
	r.Status = cmp.Or(r.Status, cargo.ReleaseStatusDraft)
	if r.CreatedAt.IsZero() {
		r.CreatedAt = s.stamp(time.Time{})
	}
	if r.UpdatedAt.IsZero() {
		r.UpdatedAt = r.CreatedAt
	}
	if r.DeployedAt.IsZero() && r.Status != cargo.ReleaseStatusDraft {
		r.DeployedAt = sdk.Some(r.UpdatedAt)
	}
	r.ParentUUID = orNull(r.ParentUUID)
	r.Description = orNull(r.Description)
	r.Version = orNull(r.Version)
	r.TemplateSlug = orNull(r.TemplateSlug)
	r.FormFields = orNull(r.FormFields)
	r.DeployedAt = orNull(r.DeployedAt)
	r.DeletedAt = orNull(r.DeletedAt)
	if r.Nodes == nil {
		r.Nodes = []cargo.Node{}
	}
	if r.TestRecords == nil {
		r.TestRecords = []cargo.TestRecord{}
	}
	return r
}

// enter gives the releases of a workflow with one more.
func enter(releases []cargo.Release, one cargo.Release) []cargo.Release {
	entered := make([]cargo.Release, 0, len(releases)+1)
	for _, r := range releases {
		switch {
		case r.UUID == one.UUID, r.Status == cargo.ReleaseStatusDraft && one.Status == cargo.ReleaseStatusDraft:
			continue
		case r.Status == cargo.ReleaseStatusDeployed && one.Status == cargo.ReleaseStatusDeployed:
			r.Status = cargo.ReleaseStatusArchived
		}
		entered = append(entered, r)
	}
	return append(entered, one)
}

// at is the index of the release in a state that only one can be in; -1 if there is none.
func at(releases []cargo.Release, status cargo.ReleaseStatus) int {
	return slices.IndexFunc(releases, func(r cargo.Release) bool { return r.Status == status })
}

// stamp is the platform's time, in milliseconds as the platform counts, and in any case later than before.
func (s *Server) stamp(before time.Time) time.Time {
	now := s.Now().Truncate(time.Millisecond)
	if !now.After(before) {
		now = before.UTC().Truncate(time.Millisecond).Add(time.Millisecond)
	}
	return now
}

// orNull gives null for a member that would be absent.
func orNull[T any](v sdk.Optional[T]) sdk.Optional[T] {
	if v.IsZero() {
		return sdk.Null[T]()
	}
	return v
}
