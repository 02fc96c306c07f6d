package releasestest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

// live takes two releases through their life, a minute between the steps: v1 is created and activated, v2 too, the app
// is rolled back to v1, and v2 is deleted. In between there are steps that change nothing.
func live(t *testing.T, s *releasestest.Server) {
	t.Helper()
	app := s.Client().App(shop).Releases
	step := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		s.Advance(time.Minute)
	}
	step(second(app.Create(t.Context(), releases.ReleaseCreate{ReleaseTag: "v1", Description: sdk.Some("First.")})))
	step(second(app.Activate(t.Context(), "rel_000001")))
	step(second(app.Activate(t.Context(), "rel_000001")))
	step(second(app.Create(t.Context(), releases.ReleaseCreate{ReleaseTag: "v2"})))
	step(second(app.Activate(t.Context(), "rel_000002")))
	step(second(app.Rollback(t.Context(), "rel_000001")))
	step(second(app.Archive(t.Context(), "rel_000001")))
	step(second(app.Archive(t.Context(), "rel_000001")))
	step(app.Delete(t.Context(), "rel_000002"))
	step(second(app.Get(t.Context(), "rel_000001")))
}

func TestTimelineTellsTheLifeOfReleases(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	releasestest.PutInWorkspace(s, mainWorkspace,
		releases.Environment{EnvironmentID: "env_1", Name: "Staging", Slug: "staging"},
		releases.Environment{EnvironmentID: "env_2", Name: "Production", Slug: "production", IsDefault: sdk.Some(true)})
	releasestest.PutInApp(s, shop, releases.TimelineEvent{Commit: sdk.Some(releases.TimelineCommit{CommitID: "c_1"})})
	live(t, s)
	var got []string
	for e, err := range s.Client().App(shop).TimelineEvents.All(t.Context(), releases.TimelineEventListParams{Limit: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprint(int(e.Timestamp.Sub(midnight).Minutes()), " ", e.Type)
		if r, ok := e.Release.Get(); ok {
			line += fmt.Sprint(" ", r.ReleaseTag, " ", r.ReleaseNumber, " ", r.Status, " ", r.Description)
		}
		if d, ok := e.Deployment.Get(); ok {
			line += fmt.Sprint(" ", d.DeploymentID, " ", d.Action, " ", d.ReleaseTag, " before ", d.PreviousReleaseID, " in ", d.EnvironmentName)
		}
		got = append(got, line)
	}
	assert.Lines(t, got, []string{
		"6 release v1 1 archived First.",
		"5 deployment dep_000003 rollback v1 before rel_000002 in Production",
		"4 deployment dep_000002 deploy v2 before rel_000001 in Production",
		"3 release v2 2 draft null",
		"1 deployment dep_000001 deploy v1 before null in Production",
		"0 release v1 1 draft First.",
		"0 commit",
	})
}

func TestActivitiesTellWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	live(t, s)
	c := s.Client()
	_ = second(c.App(shop).Releases.Activate(t.Context(), "rel_000002")) // is gone
	_ = second(c.App(shop).Releases.Create(t.Context(), releases.ReleaseCreate{ReleaseTag: "v1"}))
	_ = second(c.Workspace(mainWorkspace).Environments.Create(t.Context(), releases.EnvironmentCreate{Name: "Test", Slug: "test"}))
	_ = second(c.Workspace(mainWorkspace).ModelEntitlements.Create(t.Context(), releases.ModelEntitlementCreate{LogicalModelID: "m"}))
	_ = second(c.Workspace(mainWorkspace).Events.JoinPresence(t.Context()))
	var got []string
	for e, err := range c.Organization("acme").Activities.All(t.Context(), releases.ActivityListParams{Limit: 4}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(e.Action, " ", e.ResourceType, " ", e.ResourceID, " ", e.AppID, " ", e.StatusCode, " ", e.Success, " ", e.ErrorCode))
		assert.Equal(t, "user", e.UserID, sdk.Some(releasestest.User))
		assert.Equal(t, "workspace", e.WorkspaceID, sdk.Some("main"))
	}
	assert.Lines(t, got, []string{
		"join_presence workspace main null 200 true null",
		"create model_entitlement ent_000001 null 200 true null",
		"create environment env_000001 null 200 true null",
		"create release null shop 422 false null",
		"activate release rel_000002 shop 404 false RESOURCE_NOT_FOUND",
		"delete release rel_000002 shop 200 true null",
		"archive release rel_000001 shop 200 true null",
		"archive release rel_000001 shop 200 true null",
		"rollback release rel_000001 shop 200 true null",
		"activate release rel_000002 shop 200 true null",
		"create release rel_000002 shop 200 true null",
		"activate release rel_000001 shop 200 true null",
		"activate release rel_000001 shop 200 true null",
		"create release rel_000001 shop 200 true null",
	})
}

func TestEventsTellWhatHappenedInAWorkspace(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	live(t, s)
	c := s.Client()
	if err := second(c.Workspace(mainWorkspace).Events.JoinPresence(t.Context())); err != nil {
		t.Fatal(err)
	}
	releasestest.PutInWorkspace(s, mainWorkspace, sdk.StreamEvent{ID: "mine", Name: "note", Data: []byte("two\nlines")})
	var got []string
	for e, err := range c.Workspace(mainWorkspace).Events.Stream(t.Context(), releases.EventStreamParams{Timeout: 60}) {
		if err != nil {
			t.Fatal(err)
		}
		var data map[string]string
		_ = json.Unmarshal(e.Data, &data)
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", e.ID, e.Name, data["release_id"], data["status"])))
	}
	assert.Lines(t, got, []string{
		"evt_000001 release.created rel_000001 draft",
		"evt_000002 release.activated rel_000001 active",
		"evt_000003 release.created rel_000002 draft",
		"evt_000004 release.activated rel_000002 active",
		"evt_000005 release.rolled_back rel_000001 active",
		"evt_000006 release.archived rel_000001 archived",
		"evt_000007 presence.joined",
		"mine note",
	})
	for range c.Workspace(releases.WorkspaceRef{Org: "acme", Workspace: "other"}).Events.Stream(t.Context(), releases.EventStreamParams{}) {
		t.Error("another workspace has the events too")
	}
}

func TestAppsFollowTheirReleases(t *testing.T) {
	t.Parallel()
	s, app := newApp(t)
	releasestest.PutInWorkspace(s, mainWorkspace,
		releases.App{AppID: "shop", Name: "Shop", TotalReleases: sdk.Some(99), ActiveReleaseID: sdk.Some("rel_none")},
		releases.App{AppID: "empty", Name: "Empty"})
	s.Put(shop, releases.ReleaseDetail{ReleaseID: "r1"})
	s.Advance(time.Hour)
	s.Put(shop, releases.ReleaseDetail{ReleaseID: "r2"})
	s.Put(shop, releases.ReleaseDetail{ReleaseID: "r3", Status: archived, CreatedAt: midnight})
	s.Put(releases.AppRef{Org: "acme", Workspace: "main", App: "blog"}, releases.ReleaseDetail{ReleaseID: "b1", Status: active})
	want := func(when string, lines ...string) {
		t.Helper()
		list := must[*releases.AppList](t)(s.Client().Workspace(mainWorkspace).Apps.List(t.Context(), releases.AppListParams{}))
		var got []string
		for _, a := range list.Apps {
			hours := -1
			if at, ok := a.LastReleaseAt.Get(); ok {
				hours = int(at.Sub(midnight).Hours())
			}
			got = append(got, fmt.Sprint(a.AppID, " ", a.Name, " ", a.ActiveReleaseID, " ", a.TotalReleases, " ", hours))
		}
		if fmt.Sprint(got) != fmt.Sprint(lines) {
			t.Errorf("%s: got %q, want %q", when, got, lines)
		}
	}
	want("at first", "shop Shop null 3 1", "empty Empty null 0 -1", "blog blog b1 1 1")
	must[*releases.ReleaseAction](t)(app.Activate(t.Context(), "r1"))
	want("after activating", "shop Shop r1 3 1", "empty Empty null 0 -1", "blog blog b1 1 1")
	if err := app.Delete(t.Context(), "r2"); err != nil {
		t.Fatal(err)
	}
	must[*releases.Release](t)(app.Archive(t.Context(), "r1"))
	want("after deleting and archiving", "shop Shop null 2 0", "empty Empty null 0 -1", "blog blog b1 1 1")
}

func TestDefaultEnvironmentHasTheActiveReleases(t *testing.T) {
	t.Parallel()
	s, app := newApp(t)
	releasestest.PutInWorkspace(s, mainWorkspace,
		releases.Environment{EnvironmentID: "e1", Name: "Production", Slug: "production", IsDefault: sdk.Some(true), ActiveDeployments: map[string]string{"old": "rel_old"}},
		releases.Environment{EnvironmentID: "e2", Name: "Staging", Slug: "staging", ActiveDeployments: map[string]string{"shop": "rel_test"}})
	s.Put(releases.AppRef{Org: "acme", Workspace: "other", App: "far"}, releases.ReleaseDetail{Status: active})
	want := func(production, staging string) {
		t.Helper()
		list := must[*releases.EnvironmentList](t)(s.Client().Workspace(mainWorkspace).Environments.List(t.Context()))
		assert.Equal(t, "production", fmt.Sprint(list.Environments[0].ActiveDeployments), production)
		assert.Equal(t, "staging", fmt.Sprint(list.Environments[1].ActiveDeployments), staging)
	}
	want("map[old:rel_old]", "map[shop:rel_test]")
	id := s.Seed(shop, 1)[0].ReleaseID
	must[*releases.ReleaseAction](t)(app.Activate(t.Context(), id))
	want("map[old:rel_old shop:"+id+"]", "map[shop:rel_test]")
	must[*releases.Release](t)(app.Archive(t.Context(), id))
	want("map[old:rel_old]", "map[shop:rel_test]")
}

func TestWhatIsNamedIsListed(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	c := s.Client()
	must[*releases.ReleaseList](t)(c.App(shop).Releases.List(t.Context(), releases.ReleaseListParams{})) // names, and adds nothing
	assert.Equal(t, "organizations", must[*releases.OrganizationList](t)(c.Organizations.List(t.Context(), releases.OrganizationListParams{})).Total, 0)
	must[*releases.ReleaseDetail](t)(c.App(shop).Releases.Create(t.Context(), releases.ReleaseCreate{ReleaseTag: "v1"}))
	must[*releases.ReleaseDetail](t)(c.App(shop).Releases.Create(t.Context(), releases.ReleaseCreate{ReleaseTag: "v2"}))
	must[*releases.EnvironmentResult](t)(c.Workspace(releases.WorkspaceRef{Org: "acme", Workspace: "second"}).Environments.Create(t.Context(), releases.EnvironmentCreate{Name: "e", Slug: "e"}))
	releasestest.PutInOrganization(s, "other", releases.Recipe{Name: "r"})
	organizations := must[*releases.OrganizationList](t)(c.Organizations.List(t.Context(), releases.OrganizationListParams{}))
	assert.Equal(t, "organizations", names(organizations.Organizations, func(o releases.Organization) string { return o.OrganizationID + "=" + o.Name }), "acme=acme other=other")
	workspaces := must[*releases.WorkspaceList](t)(c.Organization("acme").Workspaces.List(t.Context(), releases.WorkspaceListParams{}))
	assert.Equal(t, "workspaces", names(workspaces.Workspaces, func(w releases.Workspace) string { return w.WorkspaceID }), "main second")
	apps := must[*releases.AppList](t)(c.Workspace(mainWorkspace).Apps.List(t.Context(), releases.AppListParams{}))
	assert.Equal(t, "apps", names(apps.Apps, func(a releases.App) string { return a.AppID }), "shop")

	analytics := must[*releases.WorkspaceAnalytics](t)(c.Workspace(mainWorkspace).Analytics.Get(t.Context()))
	releasestest.PutInApp(s, shop, releases.Action{Name: "a"}, releases.Action{Name: "b"})
	assert.Equal(t, "apps and actions before", fmt.Sprint(analytics.Resources.Or(releases.ResourceCounts{}).Apps, analytics.Resources.Or(releases.ResourceCounts{}).Actions), "1 0")
	analytics = must[*releases.WorkspaceAnalytics](t)(c.Workspace(mainWorkspace).Analytics.Get(t.Context()))
	assert.Equal(t, "actions", analytics.Resources.Or(releases.ResourceCounts{}).Actions, sdk.Some(2))
	rollup := must[json.RawMessage](t)(c.Organization("acme").AnalyticsRollups.Get(t.Context(), releases.AnalyticsRollupGetParams{WorkspaceID: "second"}))
	if text := string(rollup); !strings.Contains(text, `"workspace_id":"second"`) || strings.Contains(text, `"main"`) {
		t.Errorf("the figures of one workspace: %s", text)
	}
}
