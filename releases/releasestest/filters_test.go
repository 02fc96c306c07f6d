package releasestest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

// names joins what each item is called.
func names[T any](items []T, name func(T) string) string {
	var list []string
	for _, item := range items {
		list = append(list, name(item))
	}
	return strings.Join(list, " ")
}

// filter is a list with a parameter that narrows it, and what is left.
type filter struct {
	name string
	list func(context.Context, *releases.Client) (string, error)
	want string
}

func runFilters(t *testing.T, s *releasestest.Server, filters []filter) {
	t.Helper()
	for _, f := range filters {
		got, err := f.list(t.Context(), s.Client())
		if err != nil || got != f.want {
			t.Errorf("%s: got %q, %v, want %q", f.name, got, err, f.want)
		}
	}
}

func TestSearchFindsNamesAndDescriptions(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	some := sdk.Some[string]
	releasestest.PutInApp(s, shop, releases.Branch{BranchID: "b1", Name: "Main"}, releases.Branch{BranchID: "b2", Name: "feature"})
	releasestest.PutInApp(s, shop, releases.Namespace{NamespaceID: "n1", Name: "Support"}, releases.Namespace{NamespaceID: "n2", Name: "x", Description: some("for support")}, releases.Namespace{NamespaceID: "n3", Name: "y"})
	releasestest.PutInApp(s, shop, releases.Action{ActionID: "a1", Name: "Nightly"}, releases.Action{ActionID: "a2", Name: "x", Description: some("each night")})
	releasestest.PutInWorkspace(s, mainWorkspace, releases.App{AppID: "p1", Name: "Shop"}, releases.App{AppID: "p2", Name: "x", Description: some("a shop")})
	releasestest.PutInWorkspace(s, mainWorkspace, releases.User{UserID: "u1", Email: some("ann@example.com")}, releases.User{UserID: "u2", Username: some("bob")}, releases.User{UserID: "u3", FullName: some("Ann B.")})
	releasestest.PutInOrganization(s, "acme", releases.ApprovalPolicy{PolicyID: "q1", Name: "Deploys"}, releases.ApprovalPolicy{PolicyID: "q2", Name: "x", Description: some("deploys too")})
	releasestest.PutForCaller(s, releases.Organization{OrganizationID: "o1", Name: "Acme Ltd"}, releases.Organization{OrganizationID: "o2", Name: "Other"})
	runFilters(t, s, []filter{
		{"branches by name", func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.App(shop).Branches.List(ctx, releases.BranchListParams{Search: "MAI"})
			return names(l.Branches, func(b releases.Branch) string { return b.BranchID }), err
		}, "b1"},
		{"namespaces", func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.App(shop).Namespaces.List(ctx, releases.NamespaceListParams{Search: "support"})
			return names(l.Namespaces, func(n releases.Namespace) string { return n.NamespaceID }), err
		}, "n1 n2"},
		{"actions", func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.App(shop).Actions.List(ctx, releases.ActionListParams{Search: "night"})
			return names(l.Actions, func(a releases.Action) string { return a.ActionID }), err
		}, "a1 a2"},
		{"apps", func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.Workspace(mainWorkspace).Apps.List(ctx, releases.AppListParams{Search: "a shop"})
			return names(l.Apps, func(a releases.App) string { return a.AppID }), err
		}, "p2"},
		{"users", func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.Users.List(ctx, releases.UserListParams{WorkspaceID: "main", Search: "ann"})
			return names(l.Users, func(u releases.User) string { return u.UserID }), err
		}, "u1 u3"},
		{"approval policies", func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.Organization("acme").ApprovalPolicies.List(ctx, releases.ApprovalPolicyListParams{Search: "deploys"})
			return names(l.Policies, func(p releases.ApprovalPolicy) string { return p.PolicyID }), err
		}, "q1 q2"},
		{"organizations", func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.Organizations.List(ctx, releases.OrganizationListParams{Search: "ltd"})
			return names(l.Organizations, func(o releases.Organization) string { return o.OrganizationID }), err
		}, "o1"},
	})
}

func TestFiltersOfANamespace(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	memory := func(id, ns, thread string, expires sdk.Optional[time.Time]) releases.Memory {
		return releases.Memory{MemoryID: id, NamespaceID: ns, ThreadID: sdk.Some(thread), MemoryType: sdk.Some(releases.MemoryTypeFact), ExpiresAt: expires}
	}
	in := func(d time.Duration) sdk.Optional[time.Time] { return sdk.Some(midnight.Add(d)) }
	releasestest.PutInApp(s, shop,
		memory("m1", "ns", "t1", sdk.Null[time.Time]()), memory("m2", "ns", "t2", in(time.Hour)),
		memory("m3", "ns", "t1", in(0)), memory("m4", "other", "t1", sdk.Null[time.Time]()))
	releasestest.PutInWorkspace(s, mainWorkspace,
		releases.Artifact{ArtifactID: "a1", NamespaceID: "ns", ThreadID: sdk.Some("t1"), ArtifactType: sdk.Some("text")},
		releases.Artifact{ArtifactID: "a2", NamespaceID: "ns", ArtifactType: sdk.Some("image")},
		releases.Artifact{ArtifactID: "a3", NamespaceID: "ns", ArtifactType: sdk.Some("table"), ExpiresAt: in(time.Hour)},
		releases.Artifact{ArtifactID: "a4", NamespaceID: "ns", IsExpired: sdk.Some(true)},
		releases.Artifact{ArtifactID: "a5", NamespaceID: "other"})
	releasestest.PutInWorkspace(s, mainWorkspace,
		releases.Thread{ThreadID: "t1", NamespaceID: "ns"}, releases.Thread{ThreadID: "t2", NamespaceID: "other"})
	memories := func(params releases.MemoryListParams) func(context.Context, *releases.Client) (string, error) {
		return func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.App(shop).Memories.List(ctx, "ns", params)
			return names(l.Memories, func(m releases.Memory) string { return m.MemoryID }), err
		}
	}
	artifacts := func(params releases.ArtifactListParams) func(context.Context, *releases.Client) (string, error) {
		return func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.Workspace(mainWorkspace).Artifacts.List(ctx, "ns", params)
			return names(l.Artifacts, func(a releases.Artifact) string { return fmt.Sprint(a.ArtifactID, a.IsExpired.Or(false)) }), err
		}
	}
	runFilters(t, s, []filter{
		{"memories without those whose time is over", memories(releases.MemoryListParams{}), "m1 m2"},
		{"memories with them", memories(releases.MemoryListParams{IncludeExpired: true}), "m1 m2 m3"},
		{"memories of a thread", memories(releases.MemoryListParams{ThreadID: "t1"}), "m1"},
		{"memories of a type", memories(releases.MemoryListParams{MemoryType: "fact"}), "m1 m2"},
		{"memories of a type that is none", memories(releases.MemoryListParams{MemoryType: "feeling"}), ""},
		{"artifacts without those whose time is over", artifacts(releases.ArtifactListParams{}), "a1false a2false a3false"},
		{"artifacts with them", artifacts(releases.ArtifactListParams{IncludeExpired: true}), "a1false a2false a3false a4true"},
		{"artifacts of types", artifacts(releases.ArtifactListParams{ArtifactTypes: []string{"text", "table"}}), "a1false a3false"},
		{"artifacts of a thread", artifacts(releases.ArtifactListParams{ThreadID: "t1"}), "a1false"},
		{"threads", func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.Workspace(mainWorkspace).Threads.List(ctx, "ns", releases.ThreadListParams{})
			return names(l.Threads, func(t releases.Thread) string { return t.ThreadID }), err
		}, "t1"},
	})
	s.Advance(time.Hour)
	runFilters(t, s, []filter{
		{"memories later", memories(releases.MemoryListParams{}), "m1"},
		{"artifacts later", artifacts(releases.ArtifactListParams{IncludeExpired: true}), "a1false a2false a3true a4true"},
	})
}

func TestFiltersOfSources(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	source := func(id, ns string, tags ...string) releases.Source {
		v := releases.Source{SourceID: id, Name: id, Tags: tags, ProcessingStatus: sdk.Some(releases.ProcessingStatusCreated)}
		if ns != "" {
			v.NamespaceID = sdk.Some(ns)
		} else {
			v.SourceScope = sdk.Some(releases.SourceScopeWorkspace)
		}
		return v
	}
	releasestest.PutInWorkspace(s, mainWorkspace,
		source("s1", "", "a", "b"), source("s2", "ns", "a"), source("s3", "ns", "b", "a"), source("s4", "other"))
	sources := func(params releases.SourceListParams) func(context.Context, *releases.Client) (string, error) {
		return func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.Workspace(mainWorkspace).Sources.List(ctx, params)
			return names(l.Sources, func(s releases.Source) string { return s.SourceID }), err
		}
	}
	runFilters(t, s, []filter{
		{"none", sources(releases.SourceListParams{}), "s1 s2 s3 s4"},
		{"a namespace", sources(releases.SourceListParams{NamespaceID: "ns"}), "s2 s3"},
		{"a namespace and its workspace", sources(releases.SourceListParams{NamespaceID: "ns", IncludeParentScopes: true}), "s1 s2 s3"},
		{"a scope", sources(releases.SourceListParams{Scope: "workspace"}), "s1"},
		{"a status", sources(releases.SourceListParams{Status: "created"}), "s1 s2 s3 s4"},
		{"a status that is none", sources(releases.SourceListParams{Status: "ready"}), ""},
		{"one tag", sources(releases.SourceListParams{Tags: []string{"a"}}), "s1 s2 s3"},
		{"both tags", sources(releases.SourceListParams{Tags: []string{"a", "b"}}), "s1 s3"},
		{"both at once", sources(releases.SourceListParams{NamespaceID: "ns", Tags: []string{"b"}}), "s3"},
	})
}

func TestFiltersOfAnOrganization(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	some, yes, no := sdk.Some[string], sdk.Some(true), sdk.Some(false)
	releasestest.PutInOrganization(s, "acme",
		releases.ProviderAccount{ProviderAccountID: "p1", ProviderType: some("x"), Status: some("ok"), Enabled: yes},
		releases.ProviderAccount{ProviderAccountID: "p2", ProviderType: some("y"), Status: some("ok"), Enabled: no},
		releases.ProviderAccount{ProviderAccountID: "p3", ProviderType: some("x")})
	releasestest.PutInOrganization(s, "acme",
		releases.RouterPolicy{PolicyID: "r1", Status: some("on"), Enabled: yes}, releases.RouterPolicy{PolicyID: "r2", Status: some("off"), Enabled: no})
	releasestest.PutInOrganization(s, "acme",
		releases.Recipe{ID: "e1", Category: sdk.Some(releases.RecipeCategoryStarter)}, releases.Recipe{ID: "e2", Category: sdk.Some(releases.RecipeCategoryAdvanced)})
	releasestest.PutInOrganization(s, "acme",
		releases.Command{ID: "c1", Category: sdk.Some(releases.CommandCategoryNavigation)}, releases.Command{ID: "c2", RequiresWorkspace: yes})
	releasestest.PutInOrganization(s, "acme",
		releases.ActivityEntry{ID: "v1", Timestamp: sdk.Some(midnight)}, releases.ActivityEntry{ID: "v2", Timestamp: sdk.Some(midnight.Add(time.Hour))}, releases.ActivityEntry{ID: "v3"})
	releasestest.PutInWorkspace(s, mainWorkspace,
		releases.ModelEntitlement{EntitlementID: "m1", Enabled: yes}, releases.ModelEntitlement{EntitlementID: "m2"})
	releasestest.PutInWorkspace(s, mainWorkspace,
		releases.Volume{VolumeID: "o1", EnvironmentID: some("env")}, releases.Volume{VolumeID: "o2"})
	accounts := func(params releases.ProviderAccountListParams) func(context.Context, *releases.Client) (string, error) {
		return func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.Organization("acme").ProviderAccounts.List(ctx, params)
			return names(l.Accounts, func(a releases.ProviderAccount) string { return a.ProviderAccountID }), err
		}
	}
	policies := func(params releases.RouterPolicyListParams) func(context.Context, *releases.Client) (string, error) {
		return func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.Organization("acme").RouterPolicies.List(ctx, params)
			return names(l.Policies, func(p releases.RouterPolicy) string { return p.PolicyID }), err
		}
	}
	commands := func(params releases.CommandListParams) func(context.Context, *releases.Client) (string, error) {
		return func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.Organization("acme").Commands.List(ctx, params)
			return names(l.Commands, func(x releases.Command) string { return x.ID }), err
		}
	}
	activities := func(params releases.ActivityListParams) func(context.Context, *releases.Client) (string, error) {
		return func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.Organization("acme").Activities.List(ctx, params)
			return names(l.Activities, func(e releases.ActivityEntry) string { return e.ID }), err
		}
	}
	entitlements := func(enabledOnly bool) func(context.Context, *releases.Client) (string, error) {
		return func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.Workspace(mainWorkspace).ModelEntitlements.List(ctx, releases.ModelEntitlementListParams{EnabledOnly: enabledOnly})
			return names(l.Entitlements, func(e releases.ModelEntitlement) string { return e.EntitlementID }), err
		}
	}
	workspaces := func(org string) func(context.Context, *releases.Client) (string, error) {
		return func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.Organization("acme").Workspaces.List(ctx, releases.WorkspaceListParams{OrganizationID: org})
			return names(l.Workspaces, func(w releases.Workspace) string { return w.WorkspaceID }), err
		}
	}
	runFilters(t, s, []filter{
		{"all accounts", accounts(releases.ProviderAccountListParams{}), "p1 p2 p3"},
		{"accounts of a provider", accounts(releases.ProviderAccountListParams{ProviderType: "x"}), "p1 p3"},
		{"accounts in a state", accounts(releases.ProviderAccountListParams{Status: "ok"}), "p1 p2"},
		{"accounts in force", accounts(releases.ProviderAccountListParams{EnabledOnly: true}), "p1"},
		{"policies in a state", policies(releases.RouterPolicyListParams{Status: "off"}), "r2"},
		{"policies in force", policies(releases.RouterPolicyListParams{EnabledOnly: true}), "r1"},
		{"recipes of a level", func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.Organization("acme").Recipes.List(ctx, releases.RecipeListParams{Category: releases.RecipeCategoryAdvanced})
			return names(l.Recipes, func(r releases.Recipe) string { return r.ID }), err
		}, "e2"},
		{"commands without a workspace", commands(releases.CommandListParams{}), "c1"},
		{"commands in a workspace", commands(releases.CommandListParams{WorkspaceID: "main"}), "c1 c2"},
		{"commands of a category", commands(releases.CommandListParams{WorkspaceID: "main", Category: "navigation"}), "c1"},
		{"all activities, the newest first", activities(releases.ActivityListParams{}), "v3 v2 v1"},
		{"activities from a time on", activities(releases.ActivityListParams{StartTime: midnight.Add(time.Minute)}), "v2"},
		{"activities up to a time", activities(releases.ActivityListParams{EndTime: midnight}), "v1"},
		{"activities of a moment", activities(releases.ActivityListParams{StartTime: midnight, EndTime: midnight}), "v1"},
		{"all entitlements", entitlements(false), "m1 m2"},
		{"entitlements in force", entitlements(true), "m1"},
		{"workspaces", workspaces(""), "main"},
		{"workspaces of the organization", workspaces("acme"), "main"},
		{"workspaces of another", workspaces("other"), ""},
		{"volumes of an environment", func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.Workspace(mainWorkspace).Volumes.List(ctx, releases.VolumeListParams{EnvironmentID: "env"})
			return names(l.Volumes, func(v releases.Volume) string { return v.VolumeID }), err
		}, "o1"},
	})
}

func TestFiltersOfNotifications(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	put := func(id, category string, status releases.NotificationStatus) {
		releasestest.PutForCaller(s, releases.Notification{NotificationID: id, Category: sdk.Some(category), Status: sdk.Some(status)})
	}
	put("n1", "deploys", releases.NotificationStatusUnread)
	put("n2", "deploys", releases.NotificationStatusRead)
	put("n3", "billing", releases.NotificationStatusUnread)
	notifications := func(params releases.NotificationListParams) func(context.Context, *releases.Client) (string, error) {
		return func(ctx context.Context, c *releases.Client) (string, error) {
			l, err := c.Notifications.List(ctx, params)
			return fmt.Sprint(l.UnreadCount.Or(-1), " ", names(l.Notifications, func(n releases.Notification) string { return n.NotificationID })), err
		}
	}
	runFilters(t, s, []filter{
		{"all, the newest first, and how many are unread", notifications(releases.NotificationListParams{}), "2 n3 n2 n1"},
		{"a state", notifications(releases.NotificationListParams{Status: releases.NotificationStatusRead}), "2 n2"},
		{"a category", notifications(releases.NotificationListParams{Category: "deploys"}), "2 n2 n1"},
	})
}

func TestOrderOfMessages(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	for _, id := range []string{"m1", "m2", "m3"} {
		releasestest.PutInApp(s, shop, releases.Message{MessageID: id, NamespaceID: sdk.Some("ns"), ThreadID: "thr"})
	}
	releasestest.PutInApp(s, shop, releases.Message{MessageID: "m4", NamespaceID: sdk.Some("ns"), ThreadID: "other"})
	for want, ascending := range map[string]sdk.Optional[bool]{
		"m1 m2 m3": {}, " m1 m2 m3": sdk.Some(true), "m3 m2 m1": sdk.Some(false),
	} {
		var got []string
		for m, err := range s.Client().App(shop).Messages.All(t.Context(), "ns", "thr", releases.MessageListParams{Ascending: ascending, Limit: 1}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, m.MessageID)
		}
		assert.Equal(t, "messages", strings.Join(got, " "), strings.TrimSpace(want))
	}
}
