package releasestest

import (
	"net/http"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/releases"
)

func (s *Server) createEnvironment(r *fake.Request) fake.Response {
	ref, slug := refOf(r), r.Text("slug")
	for _, e := range s.environments.in(ref) {
		if e.Slug == slug {
			return taken("slug", slug, "Another environment of the workspace has this slug")
		}
	}
	now := sdk.Some(wireTime(s.Now()))
	made, err := s.environments.put(s, ref, releases.Environment{
		Name:              r.Text("name"),
		Slug:              slug,
		Description:       sdk.Null[string](),
		IsDefault:         sdk.Some(false),
		ActiveDeployments: map[string]string{},
		Status:            sdk.Some(releases.EnvironmentStatusActive),
		CreatedBy:         sdk.Some(User),
		CreatedAt:         now,
		UpdatedAt:         now,
	})
	if err != nil { // can't be: texts can always be encoded
		return s.failure(http.StatusInternalServerError, nil)
	}
	s.declare(ref)
	s.emit(ref, "environment.created", map[string]any{"environment_id": made.EnvironmentID})
	return fake.JSON(http.StatusOK, releases.EnvironmentResult{Message: sdk.Some("Environment created"), Environment: made})
}

func (s *Server) createEntitlement(r *fake.Request) fake.Response {
	ref, model := refOf(r), r.Text("logical_model_id")
	for _, e := range s.entitlements.in(ref) {
		if e.LogicalModelID == model {
			return taken("logical_model_id", model, "The workspace may use this model already")
		}
	}
	now := sdk.Some(wireTime(s.Now()))
	made, err := s.entitlements.put(s, ref, releases.ModelEntitlement{
		LogicalModelID:   model,
		WorkspaceLimits:  map[string]any{},
		AllowedStepTypes: []string{},
		AllowedEndpoints: []string{},
		AllowedPurposes:  []string{},
		Enabled:          sdk.Some(true),
		RequestCount:     sdk.Some[int64](0),
		TotalTokens:      sdk.Some[int64](0),
		GrantedBy:        sdk.Some(User),
		CreatedAt:        now,
		UpdatedAt:        now,
	})
	if err != nil { // can't be: texts can always be encoded
		return s.failure(http.StatusInternalServerError, nil)
	}
	s.declare(ref)
	s.emit(ref, "model_entitlement.created", map[string]any{"entitlement_id": made.EntitlementID})
	return fake.JSON(http.StatusOK, made)
}

// taken refuses a member of a body whose value something else has.
func taken(member string, value any, message string) fake.Response {
	return refuse(releases.ValidationIssue{
		Loc:   []any{"body", member},
		Msg:   message,
		Type:  "value_error",
		Input: sdk.Some(value),
		Ctx:   map[string]any{},
	})
}
