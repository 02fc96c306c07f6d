package releasestest

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/releases"
)

// released notes in the timeline of an app and in the stream of its workspace that a release was created or archived.
func (s *Server) released(a *app, r *releases.ReleaseDetail, what string) {
	_, _ = s.timeline.put(s, a.ref, releases.TimelineEvent{ // what the server has made can always be encoded
		Type: releases.TimelineEventTypeRelease,
		Release: sdk.Some(releases.TimelineRelease{
			ReleaseID:         r.ReleaseID,
			ReleaseTag:        sdk.Some(r.ReleaseTag),
			ReleaseNumber:     sdk.Some(r.ReleaseNumber),
			Status:            sdk.Some(string(r.Status)),
			Description:       r.Description,
			CreatedBy:         sdk.Some(r.CreatedBy),
			EndpointCount:     sdk.Some(r.EndpointCount),
			AugmentationCount: sdk.Some(r.AugmentationCount),
		}),
	})
	s.emit(a.ref, "release."+what, map[string]any{"app_id": a.ref.App, "release_id": r.ReleaseID, "status": r.Status})
}

// deployed notes that a release took the place of another. It is deployed where the workspace's default environment is.
func (s *Server) deployed(a *app, r *releases.ReleaseDetail, previous sdk.Optional[string], action, what string) {
	event := releases.TimelineDeployment{
		DeploymentID:      s.IDs.Prefixed("dep_"),
		EnvironmentID:     sdk.Null[string](),
		EnvironmentName:   sdk.Null[string](),
		ReleaseID:         sdk.Some(r.ReleaseID),
		ReleaseTag:        sdk.Some(r.ReleaseTag),
		Action:            sdk.Some(action),
		PreviousReleaseID: previous,
		DeployedBy:        sdk.Some(User),
	}
	for _, e := range s.environments.in(releases.AppRef{Org: a.ref.Org, Workspace: a.ref.Workspace}) {
		if e.IsDefault.Or(false) {
			event.EnvironmentID, event.EnvironmentName = sdk.Some(e.EnvironmentID), sdk.Some(e.Name)
			break
		}
	}
	_, _ = s.timeline.put(s, a.ref, releases.TimelineEvent{
		Type: releases.TimelineEventTypeDeployment, Deployment: sdk.Some(event),
	})
	s.emit(a.ref, "release."+what, map[string]any{"app_id": a.ref.App, "release_id": r.ReleaseID, "status": r.Status})
}

// emit adds an event to the stream of a workspace.
func (s *Server) emit(ref releases.AppRef, name string, data map[string]any) {
	text, _ := json.Marshal(data) // texts, which can always be encoded
	_, _ = s.stream.put(s, releases.AppRef{Org: ref.Org, Workspace: ref.Workspace}, sdk.StreamEvent{Name: name, Data: text})
}

// log enters a request that wanted to change something, and how it was answered, into the activities of its
// organization.
func (s *Server) log(r *fake.Request, answer fake.Response) {
	ref := refOf(r)
	if ref.Org == "" || r.Method == http.MethodGet {
		return
	}
	kind, id := subject(r, answer)
	entry := releases.ActivityEntry{
		Timestamp:     sdk.Some(wireTime(s.Now())),
		UserID:        sdk.Some(User),
		WorkspaceID:   orNull(ref.Workspace),
		AppID:         orNull(ref.App),
		PrincipalType: sdk.Some("user"),
		PrincipalID:   sdk.Some(User),
		Method:        sdk.Some(r.Method),
		Path:          sdk.Some(r.URL.Path),
		ResourceType:  orNull(kind),
		ResourceID:    orNull(id),
		Action:        sdk.Some(action(r.Operation.ID)),
		StatusCode:    sdk.Some(answer.Status),
		Success:       sdk.Some(answer.Status < 300),
		ErrorCode:     sdk.Null[string](),
	}
	if body, ok := answer.JSON.(releases.ErrorBody); ok {
		entry.ErrorCode = sdk.Some(body.Error)
	}
	_, _ = s.activities.put(s, releases.AppRef{Org: ref.Org}, entry)
}

// subject names what a request was about: by its path, or by the answer where the path doesn't.
func subject(r *fake.Request, answer fake.Response) (kind, id string) {
	switch made := answer.JSON.(type) {
	case releases.EnvironmentResult:
		return "environment", made.Environment.EnvironmentID
	case releases.ModelEntitlement:
		return "model_entitlement", made.EntitlementID
	case releases.ReleaseDetail:
		return "release", made.ReleaseID
	}
	switch r.Operation.Tag {
	case "Environments":
		return "environment", ""
	case "ModelEntitlements":
		return "model_entitlement", ""
	case "Releases":
		return "release", r.Path("release_id")
	}
	return "workspace", r.Path("workspace_id")
}

// action is the verb of an operation, as the log has it: Events.JoinPresence is join_presence.
func action(operation string) string {
	_, verb, _ := strings.Cut(operation, ".")
	var b strings.Builder
	for i, c := range verb {
		if i > 0 && c >= 'A' && c <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(c)
	}
	return strings.ToLower(b.String())
}

// orNull is a text, or null if there is none.
func orNull(text string) sdk.Optional[string] {
	if text == "" {
		return sdk.Null[string]()
	}
	return sdk.Some(text)
}
