package releasestest_test

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

// mainWorkspace is the workspace of shop.
var mainWorkspace = releases.WorkspaceRef{Org: shop.Org, Workspace: shop.Workspace}

// call makes one call of an operation.
type call struct {
	operation string
	do        func(ctx context.Context, c *releases.Client) error
}

// second drops the result of a call.
func second[T any](_ T, err error) error { return err }

// drain reads a sequence to its end or to its first error.
func drain[T any](seq iter.Seq2[T, error]) error {
	for _, err := range seq {
		if err != nil {
			return err
		}
	}
	return nil
}

// everyCall calls every operation but those of releases, which have a list of their own.
func everyCall() []call {
	calls := []call{
		{"Organizations.List", func(ctx context.Context, c *releases.Client) error {
			return second(c.Organizations.List(ctx, releases.OrganizationListParams{}))
		}},
		{"Users.List", func(ctx context.Context, c *releases.Client) error {
			return second(c.Users.List(ctx, releases.UserListParams{WorkspaceID: "main"}))
		}},
		{"Notifications.List", func(ctx context.Context, c *releases.Client) error {
			return second(c.Notifications.List(ctx, releases.NotificationListParams{}))
		}},
		{"Registrations.GetConfig", func(ctx context.Context, c *releases.Client) error {
			return second(c.Registrations.GetConfig(ctx))
		}},
		{"Registrations.GetInvitation", func(ctx context.Context, c *releases.Client) error {
			return second(c.Registrations.GetInvitation(ctx, releases.RegistrationGetInvitationParams{Token: "invite_none"}))
		}},
		{"Admins.CheckAccess", func(ctx context.Context, c *releases.Client) error {
			return second(c.Admins.CheckAccess(ctx, releases.AdminCheckAccessParams{OrganizationID: "acme"}))
		}},
		{"Admins.CleanUpTokens", func(ctx context.Context, c *releases.Client) error {
			return second(c.Admins.CleanUpTokens(ctx))
		}},
		{"Endpoints.Trigger", func(ctx context.Context, c *releases.Client) error {
			return second(c.Endpoints.Trigger(ctx, "echo", map[string]any{"a": 1}))
		}},
		{"Endpoints.Trigger", func(ctx context.Context, c *releases.Client) error {
			return drain(c.Endpoints.TriggerStream(ctx, "echo", nil))
		}},
	}
	calls = append(calls, organizationCalls()...)
	calls = append(calls, workspaceCalls()...)
	return append(calls, appCalls()...)
}

func organizationCalls() []call {
	type org = *releases.OrganizationServices
	in := func(operation string, do func(context.Context, org) error) call {
		return call{operation, func(ctx context.Context, c *releases.Client) error { return do(ctx, c.Organization("acme")) }}
	}
	return []call{
		in("Workspaces.List", func(ctx context.Context, o org) error {
			return second(o.Workspaces.List(ctx, releases.WorkspaceListParams{}))
		}),
		in("Augmentations.List", func(ctx context.Context, o org) error {
			return second(o.Augmentations.List(ctx, releases.AugmentationListParams{WorkspaceID: "main"}))
		}),
		in("Recipes.List", func(ctx context.Context, o org) error {
			return second(o.Recipes.List(ctx, releases.RecipeListParams{}))
		}),
		in("Recipes.Get", func(ctx context.Context, o org) error { return second(o.Recipes.Get(ctx, "recipe_1")) }),
		in("ProviderAccounts.List", func(ctx context.Context, o org) error {
			return second(o.ProviderAccounts.List(ctx, releases.ProviderAccountListParams{}))
		}),
		in("RouterPolicies.List", func(ctx context.Context, o org) error {
			return second(o.RouterPolicies.List(ctx, releases.RouterPolicyListParams{}))
		}),
		in("AppTokenPolicies.List", func(ctx context.Context, o org) error { return second(o.AppTokenPolicies.List(ctx)) }),
		in("ApprovalPolicies.List", func(ctx context.Context, o org) error {
			return second(o.ApprovalPolicies.List(ctx, releases.ApprovalPolicyListParams{}))
		}),
		in("Permissions.GetSchema", func(ctx context.Context, o org) error { return second(o.Permissions.GetSchema(ctx)) }),
		in("Permissions.ListResources", func(ctx context.Context, o org) error {
			return second(o.Permissions.ListResources(ctx, releases.PermissionListResourcesParams{ResourceType: "apps"}))
		}),
		in("Activities.List", func(ctx context.Context, o org) error {
			return second(o.Activities.List(ctx, releases.ActivityListParams{}))
		}),
		in("AnalyticsRollups.Get", func(ctx context.Context, o org) error {
			return second(o.AnalyticsRollups.Get(ctx, releases.AnalyticsRollupGetParams{}))
		}),
		in("Commands.List", func(ctx context.Context, o org) error {
			return second(o.Commands.List(ctx, releases.CommandListParams{}))
		}),
	}
}

func workspaceCalls() []call {
	type ws = *releases.WorkspaceServices
	in := func(operation string, do func(context.Context, ws) error) call {
		return call{operation, func(ctx context.Context, c *releases.Client) error { return do(ctx, c.Workspace(mainWorkspace)) }}
	}
	return []call{
		in("Apps.List", func(ctx context.Context, w ws) error { return second(w.Apps.List(ctx, releases.AppListParams{})) }),
		in("Members.List", func(ctx context.Context, w ws) error { return second(w.Members.List(ctx)) }),
		in("Environments.List", func(ctx context.Context, w ws) error { return second(w.Environments.List(ctx)) }),
		in("Environments.Create", func(ctx context.Context, w ws) error {
			return second(w.Environments.Create(ctx, releases.EnvironmentCreate{Name: "Staging", Slug: "staging"}))
		}),
		in("Threads.List", func(ctx context.Context, w ws) error {
			return second(w.Threads.List(ctx, "ns", releases.ThreadListParams{}))
		}),
		in("Artifacts.List", func(ctx context.Context, w ws) error {
			return second(w.Artifacts.List(ctx, "ns", releases.ArtifactListParams{}))
		}),
		in("Sources.List", func(ctx context.Context, w ws) error {
			return second(w.Sources.List(ctx, releases.SourceListParams{}))
		}),
		in("Volumes.List", func(ctx context.Context, w ws) error {
			return second(w.Volumes.List(ctx, releases.VolumeListParams{}))
		}),
		in("Collections.List", func(ctx context.Context, w ws) error { return second(w.Collections.List(ctx, "vol")) }),
		in("ToolInstances.List", func(ctx context.Context, w ws) error {
			return second(w.ToolInstances.List(ctx, releases.ToolInstanceListParams{}))
		}),
		in("ToolConfigProfiles.List", func(ctx context.Context, w ws) error { return second(w.ToolConfigProfiles.List(ctx, "ti")) }),
		in("ModelEntitlements.List", func(ctx context.Context, w ws) error {
			return second(w.ModelEntitlements.List(ctx, releases.ModelEntitlementListParams{}))
		}),
		in("ModelEntitlements.Create", func(ctx context.Context, w ws) error {
			return second(w.ModelEntitlements.Create(ctx, releases.ModelEntitlementCreate{LogicalModelID: "model_large"}))
		}),
		in("Analytics.Get", func(ctx context.Context, w ws) error { return second(w.Analytics.Get(ctx)) }),
		in("Events.Stream", func(ctx context.Context, w ws) error {
			return drain(w.Events.Stream(ctx, releases.EventStreamParams{}))
		}),
		in("Events.JoinPresence", func(ctx context.Context, w ws) error { return second(w.Events.JoinPresence(ctx)) }),
	}
}

func appCalls() []call {
	type app = *releases.AppServices
	in := func(operation string, do func(context.Context, app) error) call {
		return call{operation, func(ctx context.Context, c *releases.Client) error { return do(ctx, c.App(shop)) }}
	}
	return []call{
		in("Branches.List", func(ctx context.Context, a app) error {
			return second(a.Branches.List(ctx, releases.BranchListParams{}))
		}),
		in("TimelineEvents.List", func(ctx context.Context, a app) error {
			return second(a.TimelineEvents.List(ctx, releases.TimelineEventListParams{}))
		}),
		in("Namespaces.List", func(ctx context.Context, a app) error {
			return second(a.Namespaces.List(ctx, releases.NamespaceListParams{}))
		}),
		in("Messages.List", func(ctx context.Context, a app) error {
			return second(a.Messages.List(ctx, "ns", "thr", releases.MessageListParams{}))
		}),
		in("Memories.List", func(ctx context.Context, a app) error {
			return second(a.Memories.List(ctx, "ns", releases.MemoryListParams{}))
		}),
		in("Actions.List", func(ctx context.Context, a app) error {
			return second(a.Actions.List(ctx, releases.ActionListParams{}))
		}),
		in("AppTokens.List", func(ctx context.Context, a app) error { return second(a.AppTokens.List(ctx)) }),
	}
}

// newFull starts a server that has what everyCall needs.
func newFull(t *testing.T) *releasestest.Server {
	t.Helper()
	s, _ := newApp(t)
	releasestest.PutInOrganization(s, "acme", releases.Recipe{ID: "recipe_1", Name: "Summary"})
	s.HandleEndpoint("echo", func(body any) (any, error) { return body, nil })
	return s
}

// TestEveryOperationIsCalled fails when an operation of the document is called by nobody, or handled by nobody.
func TestEveryOperationIsCalled(t *testing.T) {
	t.Parallel()
	s := newFull(t)
	c := s.Client()
	for _, o := range operations() {
		id := s.Put(shop, releases.ReleaseDetail{Status: active}).ReleaseID
		if err := o.call(t.Context(), c.App(shop).Releases, id); err != nil {
			t.Errorf("%s: %v", o.name, err)
		}
	}
	for _, call := range everyCall() {
		if err := call.do(t.Context(), c); err != nil {
			t.Errorf("%s: %v", call.operation, err)
		}
	}
	called := map[string]bool{}
	for _, request := range s.Requests() {
		called[request.Operation] = true
	}
	for _, o := range s.Document().Operations() {
		if !called[o.ID] {
			t.Errorf("%s is never called", o.ID)
		}
	}
}

func TestEveryOperationAsksForAToken(t *testing.T) {
	t.Parallel()
	s := newFull(t)
	public := map[string]bool{"Registrations.GetConfig": true, "Registrations.GetInvitation": true}
	for _, call := range everyCall() {
		err := call.do(t.Context(), s.Client(sdk.WithToken("mm_tok_unknown")))
		if public[call.operation] != (err == nil) || err != nil && !errors.Is(err, sdk.ErrUnauthorized) {
			t.Errorf("%s with an unknown token: %v", call.operation, err)
		}
	}
}

func TestForbiddenTokenMayReadEverything(t *testing.T) {
	t.Parallel()
	s := newFull(t)
	methods := map[string]string{}
	for _, o := range s.Document().Operations() {
		methods[o.ID] = o.Method
	}
	for _, call := range everyCall() {
		err := call.do(t.Context(), s.Client(sdk.WithToken(releasestest.ForbiddenToken)))
		if reads := methods[call.operation] == http.MethodGet; reads != (err == nil) || err != nil && !errors.Is(err, sdk.ErrForbidden) {
			t.Errorf("%s: %v", call.operation, err)
		}
	}
}
