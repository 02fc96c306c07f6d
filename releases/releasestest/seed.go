package releasestest

import (
	"fmt"

	"github.com/wharfinger/sdk/releases"
)

// Seed adds n drafts to an app, as n calls of Create would, and returns them, the oldest first. They are tagged v1.0.
// and their number: v1.0.1 to v1.0.n in an app that was empty. Unlike Create, it leaves no trace in the timeline.
func (s *Server) Seed(ref releases.AppRef, n int) []releases.Release {
	if !s.validRef("Seed", ref) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a, now := s.app(ref), s.Now()
	list := make([]releases.Release, 0, max(n, 0))
	for range n {
		var release releases.ReleaseDetail
		a.complete(&release, s.newID, now)
		a.store(release)
		list = append(list, summary(&release))
		s.declare(ref)
	}
	return list
}

// Put stores a release as it is, a new one or in place of the one that has its ReleaseID, and returns what is stored.
//
// What is zero is filled in as Create would: ReleaseID, ReleaseNumber (the next), ReleaseTag (v1.0. and the number),
// Status (draft), CreatedAt (now), CreatedBy (User), PreviousReleaseID, and the two counts by what Endpoints and
// Augmentations hold. AppID, WorkspaceID and OrgID are always those of ref. An active release gets ActivatedAt and
// ActivatedBy, and the one that was active is archived.
//
// A tag or a number that another release of the app has is a problem; nothing is stored then, and the zero value
// returned. A status that the document doesn't have is a problem when it is answered.
func (s *Server) Put(ref releases.AppRef, release releases.ReleaseDetail) releases.ReleaseDetail {
	if !s.validRef("Put", ref) {
		return releases.ReleaseDetail{}
	}
	stored, problem := s.put(ref, release)
	if problem != "" {
		s.Report("Put: %s", problem)
	}
	return stored
}

func (s *Server) put(ref releases.AppRef, release releases.ReleaseDetail) (stored releases.ReleaseDetail, problem string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.app(ref)
	a.complete(&release, s.newID, s.Now())
	other := a.find(func(r *releases.ReleaseDetail) bool {
		return r.ReleaseID != release.ReleaseID &&
			(r.ReleaseNumber == release.ReleaseNumber || r.ReleaseTag == release.ReleaseTag)
	})
	switch {
	case release.ReleaseNumber < 1:
		return stored, fmt.Sprintf("%d can't be the number of a release", release.ReleaseNumber)
	case other != nil && other.ReleaseNumber == release.ReleaseNumber:
		return stored, fmt.Sprintf("release %s has the number %d", other.ReleaseID, other.ReleaseNumber)
	case other != nil:
		return stored, fmt.Sprintf("release %s has the tag %q", other.ReleaseID, other.ReleaseTag)
	}
	a.store(release)
	s.declare(ref)
	return copyOf(&release), ""
}

// Release is a release as the platform has it, for checking what the code under test did; false if the app has none of
// that id.
func (s *Server) Release(ref releases.AppRef, id string) (releases.ReleaseDetail, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	release := s.app(ref).release(id)
	if release == nil {
		return releases.ReleaseDetail{}, false
	}
	return copyOf(release), true
}

func (s *Server) newID() string { return s.IDs.Prefixed("rel_") }

// validRef refuses an app that no path can name.
func (s *Server) validRef(method string, ref releases.AppRef) bool {
	if ref.Org == "" || ref.Workspace == "" || ref.App == "" {
		s.Report("%s: the app %+v has an empty id", method, ref)
		return false
	}
	return true
}
