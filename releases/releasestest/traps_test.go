package releasestest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

// TestIrregularPaths checks what is on the wire where a path is built unlike the others.
func TestIrregularPaths(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"Augmentations.List":       "/v1/orgs/acme/augmentations/?workspace_id=main",
		"AppTokens.List":           "/v1/orgs/acme/apps/shop/tokens",
		"ApprovalPolicies.List":    "/v1/organizations/acme/approval-policies",
		"Commands.List":            "/v1/orgs/acme/api/commands",
		"Threads.List":             "/v1/orgs/acme/workspaces/main/namespaces/ns/threads",
		"Artifacts.List":           "/v1/orgs/acme/workspaces/main/namespaces/ns/artifacts",
		"Messages.List":            "/v1/orgs/acme/workspaces/main/apps/shop/namespaces/ns/threads/thr/messages",
		"Memories.List":            "/v1/orgs/acme/workspaces/main/apps/shop/namespaces/ns/memories",
		"TimelineEvents.List":      "/v1/orgs/acme/workspaces/main/apps/shop/timeline",
		"ModelEntitlements.List":   "/v1/orgs/acme/workspaces/main/model-entitlements",
		"Users.List":               "/v1/users?workspace_id=main",
		"Notifications.List":       "/v1/notifications",
		"Organizations.List":       "/v1/orgs",
		"Admins.CheckAccess":       "/v1/admin/access?organization_id=acme",
		"Events.Stream":            "/v1/orgs/acme/workspaces/main/sync/stream",
		"Events.JoinPresence":      "/v1/orgs/acme/workspaces/main/sync/presence/join",
		"Analytics.Get":            "/v1/orgs/acme/workspaces/main/analytics",
		"AnalyticsRollups.Get":     "/v1/orgs/acme/analytics",
		"Activities.List":          "/v1/orgs/acme/activity",
		"Permissions.GetSchema":    "/v1/orgs/acme/iam/permissions/schema",
		"AppTokenPolicies.List":    "/v1/orgs/acme/app-token-policies",
		"ToolConfigProfiles.List":  "/v1/orgs/acme/workspaces/main/tool-instances/ti/config-profiles",
		"Collections.List":         "/v1/orgs/acme/workspaces/main/volumes/vol/collections",
		"Registrations.GetConfig":  "/v1/auth/config",
		"Environments.Create":      "/v1/orgs/acme/workspaces/main/environments",
		"ProviderAccounts.List":    "/v1/orgs/acme/provider-accounts",
		"RouterPolicies.List":      "/v1/orgs/acme/router-policies",
		"Admins.CleanUpTokens":     "/v1/admin/cleanup-tokens",
		"ModelEntitlements.Create": "/v1/orgs/acme/workspaces/main/model-entitlements",
	}
	s := newFull(t)
	for _, call := range everyCall() {
		if want[call.operation] == "" {
			continue
		}
		s.ForgetRequests()
		if err := call.do(t.Context(), s.Client()); err != nil {
			t.Errorf("%s: %v", call.operation, err)
		}
		r := s.Requests()[0]
		got := r.Path
		if query := r.Query.Encode(); query != "" {
			got += "?" + query
		}
		assert.Equal(t, call.operation, got, want[call.operation])
		delete(want, call.operation)
	}
	assert.Equal(t, "operations that nobody calls", len(want), 0)
}

// The tokens of an app are found without its workspace, and those of a namesake in another workspace with them.
func TestAppTokensGoWithoutTheWorkspace(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	namesake := releases.AppRef{Org: "acme", Workspace: "other", App: "shop"}
	releasestest.PutInApp(s, shop, releases.AppToken{TokenID: "t1"})
	releasestest.PutInApp(s, namesake, releases.AppToken{TokenID: "t2"})
	releasestest.PutInApp(s, releases.AppRef{Org: "acme", Workspace: "main", App: "blog"}, releases.AppToken{TokenID: "t3"})
	for _, ref := range []releases.AppRef{shop, namesake, {Org: "acme", App: "shop"}} {
		list, err := s.Client().App(ref).AppTokens.List(t.Context())
		if err != nil {
			t.Errorf("%+v: %v", ref, err)
			continue
		}
		assert.Equal(t, "tokens", names(list.Tokens, func(t releases.AppToken) string { return t.TokenID }), "t1 t2")
	}
	_, err := s.Client().App(releases.AppRef{Org: "acme", App: "shop"}).Releases.List(t.Context(), releases.ReleaseListParams{})
	if !errors.Is(err, sdk.ErrInvalidRequest) {
		t.Errorf("the releases of an app without a workspace: %v", err)
	}
}

func TestAugmentationsKeepTheSlashAtTheEnd(t *testing.T) {
	t.Parallel()
	s, r := newRecorded(t)
	releasestest.PutInWorkspace(s, mainWorkspace, releases.Augmentation{ID: "a1", AppID: sdk.Some("shop")}, releases.Augmentation{ID: "a2"})
	releasestest.PutInWorkspace(s, releases.WorkspaceRef{Org: "acme", Workspace: "other"}, releases.Augmentation{ID: "a3"})
	for _, test := range []struct{ workspace, app, want string }{{"main", "", "a1 a2"}, {"main", "shop", "a1"}, {"other", "", "a3"}, {"none", "", ""}} {
		list := must[*releases.AugmentationList](t)(s.Client().Organization("acme").Augmentations.List(t.Context(),
			releases.AugmentationListParams{WorkspaceID: test.workspace, AppID: test.app}))
		assert.Equal(t, "augmentations", names(list.Augmentations, func(a releases.Augmentation) string { return a.ID }), test.want)
	}
	assert.Lines(t, r.Reported(), nil)
	err := s.Client().Do(t.Context(), "GET", "/v1/orgs/acme/augmentations", nil, nil, nil)
	if !errors.Is(err, sdk.ErrNotFound) {
		t.Errorf("without the slash: %v", err)
	}
	assert.Lines(t, r.Reported(), []string{"releasestest: GET /v1/orgs/acme/augmentations: the document has no such path"})
}

func TestUsersAreThoseOfTheWorkspaceAskedFor(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	releasestest.PutInWorkspace(s, mainWorkspace, releases.User{UserID: "u1"})
	releasestest.PutInWorkspace(s, releases.WorkspaceRef{Org: "acme", Workspace: "other"}, releases.User{UserID: "u2"})
	list := must[*releases.UserList](t)(s.Client().Users.List(t.Context(), releases.UserListParams{WorkspaceID: "other"}))
	assert.Equal(t, "users", names(list.Users, func(u releases.User) string { return u.UserID }), "u2")
}

func TestTriggerPathsKeepTheirSegments(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	for path, wire := range map[string]string{
		"chat":         "/v1/trigger/chat",
		"support/chat": "/v1/trigger/support/chat",
		"a b/ü/c?d#e":  "/v1/trigger/a%20b/%C3%BC/c%3Fd%23e",
		"50%/x":        "/v1/trigger/50%25/x",
	} {
		s.HandleEndpoint(path, func(any) (any, error) { return path, nil })
		s.ForgetRequests()
		answer, err := s.Client().Endpoints.Trigger(t.Context(), path, nil)
		if want, _ := json.Marshal(path); err != nil || string(answer) != string(want) {
			t.Errorf("%s: got %s, %v", path, answer, err)
		}
		if events, err := streamed(t, s.Client(), path, nil); err != nil || len(events) != 1 {
			t.Errorf("%s as a stream: got %q, %v", path, events, err)
		}
		for _, r := range s.Requests() {
			assert.Equal(t, "path", r.Path, wire)
		}
	}
	s.ForgetRequests()
	for _, path := range []string{"", "/chat", "chat/", "a//b", ".", "..", "a/../b"} {
		if _, err := s.Client().Endpoints.Trigger(t.Context(), path, nil); !errors.Is(err, sdk.ErrInvalidRequest) {
			t.Errorf("%q: %v", path, err)
		}
		if _, err := streamed(t, s.Client(), path, nil); !errors.Is(err, sdk.ErrInvalidRequest) {
			t.Errorf("%q as a stream: %v", path, err)
		}
	}
	assert.Equal(t, "requests", len(s.Requests()), 0)
}

func TestListsInAQueryAreJoinedByCommas(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	w := s.Client().Workspace(mainWorkspace)
	must[*releases.SourceList](t)(w.Sources.List(t.Context(), releases.SourceListParams{Tags: []string{"a", "b c", "d&e"}}))
	must[*releases.ArtifactList](t)(w.Artifacts.List(t.Context(), "ns", releases.ArtifactListParams{ArtifactTypes: []string{"text", "image"}}))
	must[*releases.SourceList](t)(w.Sources.List(t.Context(), releases.SourceListParams{Tags: []string{}}))
	requests := s.Requests()
	assert.Equal(t, "tags", fmt.Sprintf("%q", requests[0].Query["tags"]), `["a,b c,d&e"]`)
	assert.Equal(t, "types", fmt.Sprintf("%q", requests[1].Query["artifact_types"]), `["text,image"]`)
	assert.Equal(t, "no tags", requests[2].Query.Has("tags"), false)
}

func TestIDsInTheQueryThatAreRequiredAreRefusedWhenEmpty(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	for name, call := range map[string]func(context.Context, *releases.Client) error{
		"workspace_id of Users.List": func(ctx context.Context, c *releases.Client) error {
			return second(c.Users.List(ctx, releases.UserListParams{}))
		},
		"workspace_id of Users.All": func(ctx context.Context, c *releases.Client) error {
			return drain(c.Users.All(ctx, releases.UserListParams{}))
		},
		"workspace_id of Augmentations.List": func(ctx context.Context, c *releases.Client) error {
			return second(c.Organization("acme").Augmentations.List(ctx, releases.AugmentationListParams{}))
		},
		"organization_id": func(ctx context.Context, c *releases.Client) error {
			return second(c.Admins.CheckAccess(ctx, releases.AdminCheckAccessParams{}))
		},
		"token": func(ctx context.Context, c *releases.Client) error {
			return second(c.Registrations.GetInvitation(ctx, releases.RegistrationGetInvitationParams{}))
		},
		"resource_type": func(ctx context.Context, c *releases.Client) error {
			return second(c.Organization("acme").Permissions.ListResources(ctx, releases.PermissionListResourcesParams{}))
		},
	} {
		parameter, _, _ := strings.Cut(name, " ")
		if err := call(t.Context(), s.Client()); !errors.Is(err, sdk.ErrInvalidRequest) || !strings.Contains(err.Error(), parameter+" is required") {
			t.Errorf("%s: %v", name, err)
		}
	}
	assert.Equal(t, "requests", len(s.Requests()), 0)
}

// What other clients leave out, the platform refuses.
func TestRequiredIDsThatAreMissingAreRefusedByThePlatform(t *testing.T) {
	t.Parallel()
	s, r := newRecorded(t)
	err := s.Client().Do(t.Context(), "GET", "/v1/users", nil, nil, nil)
	wantAnswer(t, err, 422, `{"detail":[{"loc":["query","workspace_id"],"msg":"This parameter must be given","type":"missing","input":null,"ctx":{}}]}`)
	err = s.Client().Do(t.Context(), "GET", "/v1/orgs/acme/workspaces/main/sources", map[string][]string{"tags": {"a,,b"}}, nil, nil)
	wantAnswer(t, err, 422, `{"detail":[{"loc":["query","tags"],"msg":"Must be a list without empty entries","type":"list_type","input":"a,,b","ctx":{}}]}`)
	err = s.Client().Do(t.Context(), "GET", "/v1/notifications", map[string][]string{"status": {"new"}}, nil, nil)
	wantAnswer(t, err, 422, `{"detail":[{"loc":["query","status"],"msg":"Must be one of the values that the platform knows",`+
		`"type":"enum","input":"new","ctx":{"expected":["unread","read","archived"]}}]}`)
	err = s.Client().Do(t.Context(), "GET", "/v1/orgs//workspaces/main/sources", nil, nil, nil)
	wantAnswer(t, err, 422, `{"detail":[{"loc":["path","org_id"],"msg":"Must have 1 characters or more","type":"string_too_short","input":"","ctx":{"min_length":1}}]}`)
	assert.Equal(t, "problems", len(r.Reported()), 4)
}

func TestUntypedAnswersComeAsTheyAre(t *testing.T) {
	t.Parallel()
	s := newFull(t)
	calls := map[string]func(context.Context, *releases.Client) (json.RawMessage, error){
		"Recipes.Get": func(ctx context.Context, c *releases.Client) (json.RawMessage, error) {
			return c.Organization("acme").Recipes.Get(ctx, "recipe_1")
		},
		"AnalyticsRollups.Get": func(ctx context.Context, c *releases.Client) (json.RawMessage, error) {
			return c.Organization("acme").AnalyticsRollups.Get(ctx, releases.AnalyticsRollupGetParams{})
		},
		"Events.JoinPresence": func(ctx context.Context, c *releases.Client) (json.RawMessage, error) {
			return c.Workspace(mainWorkspace).Events.JoinPresence(ctx)
		},
		"Admins.CleanUpTokens": func(ctx context.Context, c *releases.Client) (json.RawMessage, error) {
			return c.Admins.CleanUpTokens(ctx)
		},
		"Endpoints.Trigger": func(ctx context.Context, c *releases.Client) (json.RawMessage, error) {
			return c.Endpoints.Trigger(ctx, "echo", nil)
		},
	}
	for operation, call := range calls {
		for _, answer := range []string{`null`, `"done"`, `""`, `[1,null,{"a":[]}]`, `[]`, `{}`, `false`, `0`, `1.50`, `{"b":1,"a":"é"}`} {
			s.Answer(operation, json.RawMessage(answer))
			if got, err := call(t.Context(), s.Client()); err != nil || string(got) != answer {
				t.Errorf("%s: got %s, %v, want %s", operation, got, err, answer)
			}
		}
	}
}

func TestRecipesThatAreNotThere(t *testing.T) {
	t.Parallel()
	s := newFull(t)
	answer := must[json.RawMessage](t)(s.Client().Organization("acme").Recipes.Get(t.Context(), "recipe_1"))
	assert.Equal(t, "recipe", string(answer), `{"id":"recipe_1","name":"Summary"}`)
	for _, org := range []string{"acme", "other"} {
		id := map[string]string{"acme": "recipe_2", "other": "recipe_1"}[org]
		_, err := s.Client().Organization(org).Recipes.Get(t.Context(), id)
		wantAnswer(t, err, 404, strings.NewReplacer("ID", id, "release", "recipe").Replace(notFound))
	}
}

// The values of an app's parameters can be secrets: the fake keeps them, and nothing prints them.
func TestSecretsOfAnAppAreKept(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	releasestest.PutInWorkspace(s, mainWorkspace, releases.App{AppID: "shop", Parameters: []releases.AppParameter{
		{Name: "key", DefaultValue: sdk.Some(sdk.NewSecret("hush-hush"))},
	}})
	list := must[*releases.AppList](t)(s.Client().Workspace(mainWorkspace).Apps.List(t.Context(), releases.AppListParams{}))
	value, _ := list.Apps[0].Parameters[0].DefaultValue.Get()
	assert.Equal(t, "value", value.Reveal(), "hush-hush")
	if text := fmt.Sprintf("%+v", list); strings.Contains(text, "hush-hush") {
		t.Errorf("the secret shows: %s", text)
	}
}
