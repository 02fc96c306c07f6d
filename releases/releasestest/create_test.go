package releasestest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

func TestCreatedEnvironmentsAreListed(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	w := s.Client().Workspace(mainWorkspace)
	result := must[*releases.EnvironmentResult](t)(w.Environments.Create(t.Context(), releases.EnvironmentCreate{Name: "Test", Slug: "test"}))
	made := result.Environment
	assert.Equal(t, "environment", fmt.Sprint(made.EnvironmentID, made.OrgID, made.WorkspaceID, made.Name, made.Slug), "env_000001acmemainTesttest")
	assert.Equal(t, "status", made.Status, sdk.Some(releases.EnvironmentStatusActive))
	assert.Equal(t, "created by", made.CreatedBy, sdk.Some(releasestest.User))
	assert.Equal(t, "created at", made.CreatedAt, sdk.Some(midnight))
	list := must[*releases.EnvironmentList](t)(w.Environments.List(t.Context()))
	assert.Equal(t, "listed", names(list.Environments, func(e releases.Environment) string { return e.EnvironmentID }), "env_000001")

	_, err := w.Environments.Create(t.Context(), releases.EnvironmentCreate{Name: "Again", Slug: "test"})
	wantAnswer(t, err, 422, `{"detail":[{"loc":["body","slug"],"msg":"Another environment of the workspace has this slug",`+
		`"type":"value_error","input":"test","ctx":{}}]}`)
	other := s.Client().Workspace(releases.WorkspaceRef{Org: "acme", Workspace: "other"})
	must[*releases.EnvironmentResult](t)(other.Environments.Create(t.Context(), releases.EnvironmentCreate{Name: "Test", Slug: "test"}))
}

func TestCreatedEntitlementsAreListed(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	w := s.Client().Workspace(mainWorkspace)
	made := must[*releases.ModelEntitlement](t)(w.ModelEntitlements.Create(t.Context(), releases.ModelEntitlementCreate{LogicalModelID: "model_large"}))
	assert.Equal(t, "entitlement", fmt.Sprint(made.EntitlementID, made.OrgID, made.WorkspaceID, made.LogicalModelID), "ent_000001acmemainmodel_large")
	list := must[*releases.ModelEntitlementList](t)(w.ModelEntitlements.List(t.Context(), releases.ModelEntitlementListParams{EnabledOnly: true}))
	assert.Equal(t, "listed", names(list.Entitlements, func(e releases.ModelEntitlement) string { return e.EntitlementID }), "ent_000001")

	_, err := w.ModelEntitlements.Create(t.Context(), releases.ModelEntitlementCreate{LogicalModelID: "model_large"})
	assert.Equal(t, "fields", fmt.Sprint(assert.APIError(t, err).Fields), "[{body.logical_model_id value_error The workspace may use this model already}]")
}

func TestOneEnvironmentForManyCreatesAtOnce(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	w := s.Client().Workspace(mainWorkspace)
	var made atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			err := second(w.Environments.Create(t.Context(), releases.EnvironmentCreate{Name: "Test", Slug: "test"}))
			if err == nil {
				made.Add(1)
			} else if !errors.Is(err, sdk.ErrValidation) {
				t.Error(err)
			}
			if err := second(w.Environments.List(t.Context())); err != nil {
				t.Error(err)
			}
			releasestest.PutInApp(s, shop, releases.Branch{Name: "b"})
		})
	}
	wg.Wait()
	assert.Equal(t, "creates that succeeded", made.Load(), 1)
	assert.Equal(t, "environments", must[*releases.EnvironmentList](t)(w.Environments.List(t.Context())).Total, 1)
}

func TestInvitations(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	token := s.Invite("ann@example.com")
	c := s.Client(sdk.WithoutToken())
	known := must[*releases.Invitation](t)(c.Registrations.GetInvitation(t.Context(), releases.RegistrationGetInvitationParams{Token: token}))
	assert.Equal(t, "invitation", fmt.Sprint(known.Valid, known.Email), "true ann@example.com")
	unknown := must[*releases.Invitation](t)(c.Registrations.GetInvitation(t.Context(), releases.RegistrationGetInvitationParams{Token: token + "x"}))
	assert.Equal(t, "unknown invitation", fmt.Sprint(unknown.Valid, unknown.Email), "false null")
}

func TestAdmins(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	for token, want := range map[string]string{releasestest.Token: "true admin acme null", releasestest.ForbiddenToken: "false viewer acme Only admins have access"} {
		a := must[*releases.AdminAccess](t)(s.Client(sdk.WithToken(token)).Admins.CheckAccess(t.Context(), releases.AdminCheckAccessParams{OrganizationID: "acme"}))
		assert.Equal(t, "access", fmt.Sprint(a.HasAccess, " ", a.Role, " ", a.OrganizationID, " ", a.Message), want)
	}
}

func TestCleaningUpRemovesTokensThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	releasestest.PutInApp(s, shop, releases.AppToken{TokenID: "lasting"},
		releases.AppToken{TokenID: "short", ExpiresAt: sdk.Some(midnight.Add(time.Hour))},
		releases.AppToken{TokenID: "revoked", RevokedAt: sdk.Some(midnight)})
	clean := func(wantAnswer, wantLeft string) {
		t.Helper()
		answer := must[json.RawMessage](t)(s.Client().Admins.CleanUpTokens(t.Context()))
		assert.Equal(t, "answer", string(answer), wantAnswer)
		list := must[*releases.AppTokenList](t)(s.Client().App(shop).AppTokens.List(t.Context()))
		assert.Equal(t, "left", names(list.Tokens, func(t releases.AppToken) string { return t.TokenID }), wantLeft)
	}
	clean(`{"message":"1 tokens removed","removed":1}`, "lasting short")
	s.Advance(time.Hour)
	clean(`{"message":"1 tokens removed","removed":1}`, "lasting")
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	o := s.Client().Organization("acme")
	schema := must[map[string]any](t)(o.Permissions.GetSchema(t.Context()))
	if _, ok := schema["resources"].(map[string]any)["apps"]; !ok {
		t.Errorf("got %v", schema)
	}
	other := releases.WorkspaceRef{Org: "acme", Workspace: "other"}
	releasestest.PutInWorkspace(s, mainWorkspace, releases.App{AppID: "shop", Name: "Shop"})
	releasestest.PutInWorkspace(s, other, releases.App{AppID: "blog", Name: "Blog"})
	releasestest.PutInWorkspace(s, other, releases.Augmentation{ID: "aug", Name: "Pipeline"})
	releasestest.PutInWorkspace(s, other, releases.ModelEntitlement{LogicalModelID: "model"})
	releasestest.PutInWorkspace(s, other, releases.ToolInstance{InstanceID: "ti", ToolID: "t", Name: "Tool"})
	for _, test := range []struct{ resource, workspace, want string }{
		{"apps", "", "shop=Shop blog=Blog"}, {"apps", "other", "blog=Blog"}, {"apps", "none", ""},
		{"workspace", "", "main=main other=other"}, {"workspace", "other", "other=other"},
		{"augmentations", "", "aug=Pipeline"}, {"models", "", "model=model"}, {"tools", "main", ""}, {"tools", "other", "ti=Tool"},
		{"secrets", "", ""},
	} {
		list := must[*releases.AssignableResourceList](t)(o.Permissions.ListResources(t.Context(),
			releases.PermissionListResourcesParams{ResourceType: test.resource, WorkspaceID: test.workspace}))
		assert.Equal(t, test.resource+" of "+test.workspace,
			names(list.Resources, func(r releases.AssignableResource) string { return r.ID + "=" + r.Name }), test.want)
	}
}

func TestAnswerReplacesWhatTheFakeAnswers(t *testing.T) {
	t.Parallel()
	s, r := newRecorded(t)
	c := s.Client()
	config := func() bool {
		return must[*releases.RegistrationConfig](t)(c.Registrations.GetConfig(t.Context())).AllowRegistration
	}
	assert.Equal(t, "at first", config(), true)
	s.Answer("Registrations.GetConfig", releases.RegistrationConfig{})
	assert.Equal(t, "replaced", config(), false)
	s.Answer("Registrations.GetConfig", nil)
	assert.Equal(t, "taken back", config(), true)
	s.Answer("Endpoints.Trigger", json.RawMessage("1"))
	assert.Equal(t, "an endpoint that isn't there", string(must[json.RawMessage](t)(c.Endpoints.Trigger(t.Context(), "x", nil))), "1")
	assert.Lines(t, r.Reported(), nil)
	s.Answer("Registrations.GetConfig", map[string]any{"allowed": true})
	_ = second(c.Registrations.GetConfig(t.Context()))
	if lines := strings.Join(r.Reported(), "\n"); !strings.Contains(lines, "/allow_registration is missing") || !strings.Contains(lines, "/allowed is not in the document") {
		t.Errorf("reported %s", lines)
	}
}
