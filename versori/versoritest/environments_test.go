package versoritest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// everyEnvironmentOperation calls each operation on environments.
func everyEnvironmentOperation(t *testing.T, s *versoritest.Server) {
	t.Helper()
	s.SetRollout(0, 0)
	ctx, client := t.Context(), s.Client()
	must(t, client.Environments.UpdateConfig(ctx, versoritest.Environment, replicas(2)))
	staged, err := client.Environments.Clone(ctx, project, versori.EnvironmentClone{OldEnvName: "production", NewEnvName: "staging"})
	must(t, err)
	assert.Equal(t, "environments", len(staged.Environments), 2)
	_, err = client.Projects.Deploy(ctx, project, release("v1"), versori.ProjectDeployParams{Environment: "staging"})
	must(t, err)
	synced, err := client.Environments.Sync(ctx, project, versori.EnvironmentSync{SourceEnvName: "staging", TargetEnvName: "production"})
	must(t, err)
	wantRunning(t, synced.Environments[0], "v1")
	result, err := client.Environments.Call(ctx, project, versori.EnvironmentCall{
		URLPath: "/orders", Method: versori.HTTPMethodPOST, Body: sdk.Some([]byte("{}")),
	}, versori.EnvironmentCallParams{Environment: "production"})
	must(t, err)
	assert.Equal(t, "status", result.Status, 200)
	moved, err := client.Environments.ChangeExecutionPool(ctx, project,
		versori.ExecutionPoolChange{ExecutionPool: "gcp-us1-1"}, versori.EnvironmentChangeExecutionPoolParams{Environment: "production"})
	must(t, err)
	assert.Equal(t, "status", moved.Status, versori.EnvironmentStatusSuspended)
	stopped, err := client.Environments.Suspend(ctx, project, versori.EnvironmentSuspendParams{Environment: "staging"})
	must(t, err)
	assert.Equal(t, "status", stopped.Environments[1].Status, versori.EnvironmentStatusSuspended)
	left, err := client.Environments.Delete(ctx, project, staged.Environments[1].ID)
	must(t, err)
	assert.Equal(t, "environments", len(left.Environments), 1)
}

func replicas(n int) versori.EnvironmentConfig {
	return versori.EnvironmentConfig{DeploymentSpec: sdk.Some(versori.DeploymentSpec{Replicas: sdk.Some(n)})}
}

func wantRunning(t *testing.T, e versori.ProjectEnvironment, version string) {
	t.Helper()
	deployed, _ := e.DeployedVersion.Get()
	if e.Status != versori.EnvironmentStatusRunning || deployed.Name != version {
		t.Errorf("environment %s is %s with version %q, want it running with %q", e.Name, e.Status, deployed.Name, version)
	}
}

// production is the environment production of the first project, without a call.
func production(t *testing.T, s *versoritest.Server) versori.ProjectEnvironment {
	t.Helper()
	found, ok := s.Project(organisation, project)
	if !ok || len(found.Environments) == 0 {
		t.Fatal("the project is gone")
	}
	return found.Environments[0]
}

func deploy(t *testing.T, s *versoritest.Server, version string) versori.ProjectEnvironment {
	t.Helper()
	answer, err := s.Client().Projects.Deploy(t.Context(), project, release(version), versori.ProjectDeployParams{Environment: "production"})
	must(t, err)
	return answer.Environments[0]
}

func TestADeploymentIsWaitedForByPolling(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	poll := func() versori.ProjectEnvironment {
		found, err := s.Client().Projects.Get(t.Context(), project)
		must(t, err)
		return found.Environments[0]
	}
	e := deploy(t, s, "v1")
	assert.Equal(t, "status at first", e.Status, versori.EnvironmentStatusDraft)
	assert.Equal(t, "URL at first", e.PublicURL, "")
	assert.Equal(t, "status then", poll().Status, versori.EnvironmentStatusDraft)
	e = poll()
	wantRunning(t, e, "v1")
	assert.Equal(t, "label", e.Labels["commit"], "c-v1")
	assert.Equal(t, "URL", e.PublicURL, "https://01jtestenv1r0nment00000000-1.gcp-eu4-1.versori.run")

	// One that runs goes on running what it has.
	wantRunning(t, deploy(t, s, "v2"), "v1")
	wantRunning(t, poll(), "v1")
	wantRunning(t, production(t, s), "v1") // looking at it isn't polling
	wantRunning(t, poll(), "v2")
	assert.Equal(t, "URL", production(t, s).PublicURL, e.PublicURL)
}

func TestADeploymentIsWaitedForByTime(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.SetRollout(1000, time.Minute)
	deploy(t, s, "v1")
	s.Advance(59 * time.Second)
	assert.Equal(t, "status", production(t, s).Status, versori.EnvironmentStatusDraft)
	s.Advance(2 * time.Second)
	list, err := s.Client().Projects.List(t.Context(), versori.ProjectListParams{})
	must(t, err)
	wantRunning(t, list.Projects[0].Environments[0], "v1")
}

func TestStatesOfVersions(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.SetRollout(0, 0)
	states := func() string {
		page, err := s.Client().Versions.List(t.Context(), project, versori.VersionListParams{})
		must(t, err)
		var list []string
		for _, v := range page.Items {
			list = append(list, v.Name+" "+string(v.State))
		}
		return strings.Join(list, ", ")
	}
	first := deploy(t, s, "v1")
	assert.Equal(t, "states", states(), "v1 ready")
	deploy(t, s, "v2")
	assert.Equal(t, "states", states(), "v2 ready, v1 superseded")
	version, _ := first.DeployedVersion.Get()
	_, err := s.Client().Versions.Deploy(t.Context(), project, version.ID, versori.VersionDeployParams{})
	must(t, err)
	assert.Equal(t, "states", states(), "v2 superseded, v1 ready")
	s.OnBuild(func([]versori.File) error { return errors.New("no") })
	deploy(t, s, "v3")
	assert.Equal(t, "states", states(), "v3 failed, v2 superseded, v1 ready")
}

func TestADeploymentThatFails(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.SetRollout(1, time.Hour)
	s.OnBuild(func(files []versori.File) error {
		if strings.Contains(files[0].Content, "v2") {
			return errors.New("TS2322: not assignable")
		}
		return nil
	})
	deploy(t, s, "v1")
	_, err := s.Client().Projects.Get(t.Context(), project)
	must(t, err)
	wantRunning(t, deploy(t, s, "v2"), "v1")
	assert.Equal(t, "issues while it lasts", len(s.Issues(organisation)), 0)
	found, err := s.Client().Projects.Get(t.Context(), project)
	must(t, err)
	e := found.Environments[0]
	assert.Equal(t, "status", e.Status, versori.EnvironmentStatusError)
	version, _ := e.DeployedVersion.Get()
	assert.Equal(t, "what was there stays", version.Name, "v1")
	issues := s.Issues(organisation)
	assert.Equal(t, "issues", len(issues), 1)
	assert.Equal(t, "title", issues[0].Title, "Environment failed to deploy")
	assert.Equal(t, "message", issues[0].Message, "TS2322: not assignable")
	assert.Equal(t, "environment", issues[0].EnvironmentID, versoritest.Environment)
	page, err := s.Client().Logs.List(t.Context(), project, versori.LogListParams{Build: sdk.Some(true)})
	must(t, err)
	assert.Equal(t, "error in the build log", page.Logs[0].Error, sdk.Some("TS2322: not assignable"))

	// Another deployment mends it, and isn't in error until then.
	assert.Equal(t, "status meanwhile", deploy(t, s, "v3").Status, versori.EnvironmentStatusDraft)
	found, err = s.Client().Projects.Get(t.Context(), project)
	must(t, err)
	wantRunning(t, found.Environments[0], "v3")
}

func TestInjectMakesADeploymentFail(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.Inject("Projects.Deploy", fault.Status(503))
	_, err := s.Client().Projects.Deploy(t.Context(), project, release("v1"), versori.ProjectDeployParams{})
	wantStatus(t, err, 503)
	assert.Equal(t, "requests", len(s.Requests()), 1) // it is never repeated
	page, err := s.Client().Versions.List(t.Context(), project, versori.VersionListParams{})
	must(t, err)
	assert.Equal(t, "versions", page.TotalCount, 0)
}

func TestSuspending(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	ctx, client := t.Context(), s.Client()
	suspend := func() error {
		_, err := client.Environments.Suspend(ctx, project, versori.EnvironmentSuspendParams{Environment: "production"})
		return err
	}
	wantStatus(t, suspend(), 409) // nothing was deployed yet
	s.SetRollout(0, 0)
	deploy(t, s, "v1")
	must(t, suspend())
	must(t, suspend())
	e := production(t, s)
	assert.Equal(t, "status", e.Status, versori.EnvironmentStatusSuspended)
	assert.Equal(t, "deployed", e.DeployedVersion.IsZero(), true)
	assert.Equal(t, "files", len(e.Files), 0)
	_, err := client.Environments.Call(ctx, project, versori.EnvironmentCall{URLPath: "/", Method: versori.HTTPMethodGET}, versori.EnvironmentCallParams{})
	wantStatus(t, err, 409)
	s.SetRollout(5, time.Minute)
	deploy(t, s, "v2")
	must(t, suspend())
	s.Advance(time.Hour)
	assert.Equal(t, "what was on its way", production(t, s).Status, versori.EnvironmentStatusSuspended)
}

func TestEnvironmentsAreNamedInSomeCallsAndIdentifiedInOthers(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	ctx, client := t.Context(), s.Client()
	deploy := func(environment string) error {
		_, err := client.Projects.Deploy(ctx, project, release(""), versori.ProjectDeployParams{Environment: environment})
		return err
	}
	must(t, deploy("")) // there is only one
	wantStatus(t, deploy(versoritest.Environment), 404)
	wantStatus(t, deploy("staging"), 404)
	_, err := client.Environments.Clone(ctx, project, versori.EnvironmentClone{OldEnvName: "production", NewEnvName: "staging"})
	must(t, err)
	wantStatus(t, deploy(""), 400)
	must(t, deploy("staging"))
	_, err = client.Logs.List(ctx, project, versori.LogListParams{})
	wantStatus(t, err, 400)
	wantStatus(t, client.Environments.UpdateConfig(ctx, other, versori.EnvironmentConfig{}), 404)
	must(t, client.Environments.UpdateConfig(ctx, strings.ToLower(versoritest.Environment), replicas(1)))
}

func TestTheConfigurationIsReplacedAsAWhole(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	update := func(config versori.EnvironmentConfig) string {
		must(t, s.Client().Environments.UpdateConfig(t.Context(), versoritest.Environment, config))
		spec, ok := production(t, s).Config.DeploymentSpec.Get()
		return fmt.Sprint(ok, " ", spec.Replicas, " ", spec.ServiceAccountName)
	}
	assert.Equal(t, "config", update(replicas(2)), "true 2 absent")
	account := versori.DeploymentSpec{ServiceAccountName: sdk.Some("orders")}
	assert.Equal(t, "config", update(versori.EnvironmentConfig{DeploymentSpec: sdk.Some(account)}), "true absent orders")
	account.ServiceAccountName = sdk.Some("")
	assert.Equal(t, "config", update(versori.EnvironmentConfig{DeploymentSpec: sdk.Some(account)}), "true absent absent")
	assert.Equal(t, "config", update(versori.EnvironmentConfig{}), "false absent absent")
}

func TestAClonedEnvironment(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.SetRollout(0, 0)
	ctx, client := t.Context(), s.Client()
	must(t, client.Environments.UpdateConfig(ctx, versoritest.Environment, replicas(3)))
	deploy(t, s, "v1")
	clone := func(name, pool string) (*versori.Project, error) {
		body := versori.EnvironmentClone{OldEnvName: "production", NewEnvName: name}
		if pool != "" {
			body.ExecutionPool = sdk.Some(pool)
		}
		return client.Environments.Clone(ctx, project, body)
	}
	cloned, err := clone("staging", "gcp-us1-1")
	must(t, err)
	e := cloned.Environments[1]
	spec, _ := e.Config.DeploymentSpec.Get()
	assert.Equal(t, "replicas", spec.Replicas, sdk.Some(3))
	assert.Equal(t, "pool", e.ExecutionPool, sdk.Some("gcp-us1-1"))
	assert.Equal(t, "status", e.Status, versori.EnvironmentStatusDraft)
	assert.Equal(t, "deployed", e.DeployedVersion.IsZero(), true)
	_, err = clone("staging", "")
	wantStatus(t, err, 409)
	_, err = clone("testing", "moon")
	wantStatus(t, err, 400)
	for _, name := range []string{"a", "b", "c"} {
		_, err = clone(name, "")
		must(t, err)
	}
	_, err = clone("one too many", "")
	wantStatus(t, err, 403)
	_, err = client.Environments.Clone(ctx, project, versori.EnvironmentClone{OldEnvName: "nothing", NewEnvName: "x"})
	wantStatus(t, err, 404)
}

func TestSyncCopiesWhatRunsAndNotTheDraft(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	ctx, client := t.Context(), s.Client()
	_, err := client.Environments.Clone(ctx, project, versori.EnvironmentClone{OldEnvName: "production", NewEnvName: "staging"})
	must(t, err)
	sync := func(from, to string) error {
		_, err := client.Environments.Sync(ctx, project, versori.EnvironmentSync{SourceEnvName: from, TargetEnvName: to})
		return err
	}
	wantStatus(t, sync("production", "staging"), 409) // nothing runs there
	wantStatus(t, sync("production", "production"), 400)
	wantStatus(t, sync("nothing", "production"), 404)
	wantStatus(t, sync("production", "nothing"), 404)
	s.SetRollout(0, 0)
	deploy(t, s, "v1")
	must(t, sync("production", "staging"))
	found, _ := s.Project(organisation, project)
	wantRunning(t, found.Environments[1], "v1")
	deploy(t, s, "v2")
	page, err := client.Versions.List(ctx, project, versori.VersionListParams{})
	must(t, err)
	assert.Equal(t, "still deployed to staging", page.Items[1].State, versori.VersionStateReady)
}

func TestAnotherPoolMeansAnotherURL(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.SetExecutionPools("north", "south")
	s.SetRollout(0, 0)
	before := deploy(t, s, "v1")
	change := func(pool string) (*versori.ProjectEnvironment, error) {
		return s.Client().Environments.ChangeExecutionPool(t.Context(), project,
			versori.ExecutionPoolChange{ExecutionPool: pool}, versori.EnvironmentChangeExecutionPoolParams{})
	}
	after, err := change("south")
	must(t, err)
	assert.Equal(t, "pool", after.ExecutionPool, sdk.Some("south"))
	assert.Equal(t, "status", after.Status, versori.EnvironmentStatusSuspended)
	assert.Equal(t, "same URL", after.PublicURL == before.PublicURL, false)
	again := deploy(t, s, "v2")
	wantRunning(t, again, "v2")
	assert.Equal(t, "URL", again.PublicURL, after.PublicURL)
	_, err = change("gcp-us1-1")
	wantStatus(t, err, 400)
	_, err = s.Client().Projects.Create(t.Context(), versori.ProjectCreate{Name: "x", ExecutionPool: sdk.Some("east")})
	wantStatus(t, err, 400)
}

// A POST to a path below environments that isn't one of the known words is taken for an id, and deletes.
func TestStaticPathsWinOverIDs(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	ctx, client := t.Context(), s.Client()
	const environments = "/o/" + organisation + "/projects/" + project + "/environments/"
	must(t, client.Do(ctx, "POST", environments+"clone", nil, map[string]any{"oldEnvName": "production", "newEnvName": "sync"}, nil))
	assert.Equal(t, "operation", s.Requests()[0].Operation, "Environments.Clone")
	var metrics versori.MetricsByProject
	must(t, client.Do(ctx, "GET", "/o/"+organisation+"/projects/metricssummary", nil, nil, &metrics))
	assert.Equal(t, "operation", s.Requests()[1].Operation, "Metrics.GetProjects")
	assert.Equal(t, "projects", len(metrics.Items), 1)
	must(t, client.Do(ctx, "POST", environments+versoritest.Environment, nil, nil, nil))
	assert.Equal(t, "operation", s.Requests()[2].Operation, "Environments.Delete")
	found, _ := s.Project(organisation, project)
	assert.Equal(t, "environments", len(found.Environments), 1)
	assert.Equal(t, "what is left", found.Environments[0].Name, "sync")

	s.ExpectInvalid("Environments.Delete") // a word that isn't known is an id that isn't a ULID
	err := client.Do(ctx, "POST", environments+"clones", nil, nil, nil)
	wantStatus(t, err, 400)
	found, _ = s.Project(organisation, project)
	assert.Equal(t, "environments", len(found.Environments), 1)
}
