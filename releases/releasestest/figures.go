package releasestest

import (
	"net/http"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/releases"
)

func (s *Server) getAnalytics(r *fake.Request) fake.Response {
	return fake.JSON(http.StatusOK, s.figures(refOf(r)))
}

// getRollup answers the figures of each workspace: the platform doesn't say what it answers, but that it is JSON.
func (s *Server) getRollup(r *fake.Request) fake.Response {
	ref, figures := refOf(r), []releases.WorkspaceAnalytics{}
	for _, w := range s.workspaces.in(ref) {
		if only := r.Query("workspace_id"); only == "" || only == w.WorkspaceID {
			figures = append(figures, s.figures(releases.AppRef{Org: ref.Org, Workspace: w.WorkspaceID}))
		}
	}
	return fake.JSON(http.StatusOK, map[string]any{"org_id": ref.Org, "workspaces": figures})
}

// figures counts what the fake has in a workspace. It doesn't know of endpoints and secrets, nor of runs: an endpoint is
// called without naming a workspace.
func (s *Server) figures(ref releases.AppRef) releases.WorkspaceAnalytics {
	return releases.WorkspaceAnalytics{
		WorkspaceID: ref.Workspace,
		Resources: sdk.Some(releases.ResourceCounts{
			Sources:       sdk.Some(len(s.sources.in(ref))),
			Augmentations: sdk.Some(len(s.augmentations.in(ref))),
			Namespaces:    sdk.Some(len(s.namespaces.in(ref))),
			Apps:          sdk.Some(len(s.apps.in(ref))),
			Threads:       sdk.Some(len(s.threads.in(ref))),
			Actions:       sdk.Some(len(s.actions.in(ref))),
			Models:        sdk.Some(len(s.entitlements.in(ref))),
		}),
	}
}
