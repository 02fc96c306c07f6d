package releasestest

import (
	"net/http"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/releases"
)

func (s *Server) create(a *app, r *fake.Request) fake.Response {
	var body releases.ReleaseCreate
	if err := r.Decode(&body); err != nil { // can't be: the body has been checked
		return s.failure(http.StatusInternalServerError, nil)
	}
	if a.find(func(r *releases.ReleaseDetail) bool { return r.ReleaseTag == body.ReleaseTag }) != nil {
		return taken("release_tag", body.ReleaseTag, "Another release of the app has this tag")
	}
	release := releases.ReleaseDetail{ReleaseTag: body.ReleaseTag, Description: body.Description}
	a.complete(&release, s.newID, s.Now())
	a.store(release)
	s.declare(a.ref)
	s.released(a, &release, "created")
	return fake.JSON(http.StatusOK, copyOf(&release))
}

func (s *Server) get(a *app, r *fake.Request) fake.Response {
	release := a.release(r.Path("release_id"))
	if release == nil {
		return s.notFound(r)
	}
	return fake.JSON(http.StatusOK, copyOf(release))
}

func (s *Server) getActive(a *app, r *fake.Request) fake.Response {
	release := a.active()
	if release == nil {
		return s.notFound(r)
	}
	return fake.JSON(http.StatusOK, copyOf(release))
}

func (s *Server) delete(a *app, r *fake.Request) fake.Response {
	if !a.remove(r.Path("release_id")) {
		return s.notFound(r)
	}
	return fake.JSON(http.StatusOK, map[string]any{})
}

func (s *Server) activate(a *app, r *fake.Request) fake.Response {
	return s.takeOver(a, r, "Release activated", "deploy", "activated")
}

func (s *Server) rollback(a *app, r *fake.Request) fake.Response {
	return s.takeOver(a, r, "Rolled back", "rollback", "rolled_back")
}

// takeOver makes the release that the path names the active one, in one step.
func (s *Server) takeOver(a *app, r *fake.Request, message, action, what string) fake.Response {
	release := a.release(r.Path("release_id"))
	if release == nil {
		return s.notFound(r)
	}
	previous, previousID := a.active(), a.activeID()
	if previous != release {
		if previous != nil {
			previous.Status = releases.ReleaseStatusArchived
		}
		release.Status = releases.ReleaseStatusActive
		release.ActivatedAt = sdk.Some(wireTime(s.Now()))
		release.ActivatedBy = sdk.Some(User)
		s.deployed(a, release, previousID, action, what)
	}
	return fake.JSON(http.StatusOK, releases.ReleaseAction{
		Message: message, Release: summary(release), PreviousActiveReleaseID: previousID,
	})
}

func (s *Server) archive(a *app, r *fake.Request) fake.Response {
	release := a.release(r.Path("release_id"))
	if release == nil {
		return s.notFound(r)
	}
	if release.Status != releases.ReleaseStatusArchived {
		release.Status = releases.ReleaseStatusArchived
		s.released(a, release, "archived")
	}
	return fake.JSON(http.StatusOK, summary(release))
}
