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
		return refuse(releases.ValidationIssue{
			Loc:   []any{"body", "release_tag"},
			Msg:   "Another release of the app has this tag",
			Type:  "value_error",
			Input: sdk.Some[any](body.ReleaseTag),
			Ctx:   map[string]any{},
		})
	}
	release := releases.ReleaseDetail{ReleaseTag: body.ReleaseTag, Description: body.Description}
	a.complete(&release, s.newID, s.Now())
	a.store(release)
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
	return s.takeOver(a, r, "Release activated")
}

func (s *Server) rollback(a *app, r *fake.Request) fake.Response {
	return s.takeOver(a, r, "Rolled back")
}

// takeOver makes the release that the path names the active one, in one step.
func (s *Server) takeOver(a *app, r *fake.Request, message string) fake.Response {
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
	release.Status = releases.ReleaseStatusArchived
	return fake.JSON(http.StatusOK, summary(release))
}
