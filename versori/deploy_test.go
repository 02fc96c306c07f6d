package versori_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

const (
	oldVersionID = "01JTESTVERS10N000000000001"
	newVersionID = "01JTESTVERS10N000000000002"
)

var longAgo = time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC) // before the clock of testing/synctest begins

// environment is production with a status and a version; updated says how often it has changed.
func environment(status versori.EnvironmentStatus, version string, updated int) versori.ProjectEnvironment {
	e := versori.ProjectEnvironment{
		ID: productionID, Name: "production", Status: status, CreatedAt: longAgo, UpdatedAt: longAgo.Add(time.Duration(updated) * time.Minute),
		PublicURL: "https://production.example.com",
	}
	switch version {
	case "v1":
		e.DeployedVersion = sdk.Some(versori.ProjectVersion{ID: oldVersionID, Name: "v1", State: versori.VersionStateReady, CreatedAt: longAgo})
	case "v2":
		e.DeployedVersion = sdk.Some(versori.ProjectVersion{ID: newVersionID, Name: "v2", State: versori.VersionStateReady, CreatedAt: longAgo})
	}
	return e
}

// failedVersion is an environment whose version couldn't be built.
func failedVersion(e versori.ProjectEnvironment) versori.ProjectEnvironment {
	v := e.DeployedVersion.Or(versori.ProjectVersion{})
	v.State = versori.VersionStateFailed
	e.DeployedVersion = sdk.Some(v)
	return e
}

func projectWith(environments ...versori.ProjectEnvironment) versori.Project {
	return versori.Project{
		ID: projectID, Name: "Orders", CreatedAt: longAgo, UpdatedAt: longAgo, Environments: environments,
		CurrentFiles: versori.FileSet{Files: []versori.File{}, Labels: map[string]string{}},
	}
}

// deployments is a platform that shows an environment in one state after the other: the first before the deployment, the
// second in the answer to it, the others at each look, the last again and again.
type deployments struct {
	*fake.Server
	client *versori.Client

	mu     sync.Mutex
	states []versori.ProjectEnvironment
	looks  []time.Time
}

func serveDeployments(t *testing.T, states ...versori.ProjectEnvironment) *deployments {
	s, client := serve(t)
	d := &deployments{Server: s, client: client, states: states}
	show := func(*fake.Request) fake.Response { return fake.JSON(200, projectWith(d.next())) }
	s.Handle("Projects.Get", show)
	s.Handle("Projects.Deploy", show)
	s.Handle("Versions.Deploy", show)
	s.Handle("Issues.List", func(*fake.Request) fake.Response { return fake.JSON(200, []any{}) })
	return d
}

func (d *deployments) next() versori.ProjectEnvironment {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.looks = append(d.looks, time.Now())
	state := d.states[0]
	if len(d.states) > 1 {
		d.states = d.states[1:]
	}
	return state
}

// pauses are the times between the answer to the deployment and the looks after it.
func (d *deployments) pauses() []time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	var pauses []time.Duration
	for i := 2; i < len(d.looks); i++ {
		pauses = append(pauses, d.looks[i].Sub(d.looks[i-1]))
	}
	return pauses
}

func v2() versori.ProjectDeploy {
	return versori.ProjectDeploy{
		VersionName: "v2", Files: []versori.File{{Filename: "src/index.ts", Content: "export {}"}}, Labels: map[string]string{},
	}
}

func TestDeployAndWait(t *testing.T) {
	t.Parallel()
	const running, failed, suspended, draft = versori.EnvironmentStatusRunning, versori.EnvironmentStatusError,
		versori.EnvironmentStatusSuspended, versori.EnvironmentStatusDraft
	cases := []struct {
		name   string
		states []versori.ProjectEnvironment
		looks  int
		fails  bool
	}{
		{"a first deployment that is done with the call needs no look", []versori.ProjectEnvironment{
			environment(draft, "", 0), environment(running, "v2", 1)}, 0, false},
		{"an environment that runs the version before isn't done", []versori.ProjectEnvironment{
			environment(running, "v1", 0), environment(running, "v1", 0), environment(running, "v1", 1), environment(running, "v2", 2)}, 2, false},
		{"a version that is deployed but doesn't run yet isn't done", []versori.ProjectEnvironment{
			environment(draft, "", 0), environment(draft, "v2", 1), environment(draft, "v2", 1), environment(running, "v2", 2)}, 2, false},
		{"one that runs without saying what isn't done", []versori.ProjectEnvironment{
			environment(running, "", 0), environment(running, "", 0), environment(running, "v2", 1)}, 1, false},
		{"an error after the deployment is a failure", []versori.ProjectEnvironment{
			environment(running, "v1", 0), environment(draft, "v2", 1), environment(failed, "v2", 2)}, 1, true},
		{"an error in the answer is a failure at once", []versori.ProjectEnvironment{
			environment(running, "v1", 0), environment(failed, "v1", 1)}, 0, true},
		{"an error of the deployment before is waited out", []versori.ProjectEnvironment{
			environment(failed, "v1", 0), environment(failed, "v1", 0), environment(failed, "v1", 0), environment(running, "v2", 1)}, 2, false},
		{"an error after an error is a failure if the environment has changed", []versori.ProjectEnvironment{
			environment(failed, "v1", 0), environment(failed, "v1", 0), environment(failed, "v1", 1)}, 1, true},
		{"an error after an error is a failure if the deployment was seen between them", []versori.ProjectEnvironment{
			environment(failed, "v1", 0), environment(draft, "v1", 0), environment(failed, "v1", 0)}, 1, true},
		{"a suspended environment is given time to start", []versori.ProjectEnvironment{
			environment(suspended, "v1", 0), environment(suspended, "v2", 1), environment(running, "v2", 2)}, 1, false},
		{"an environment that is suspended meanwhile is a failure", []versori.ProjectEnvironment{
			environment(suspended, "v1", 0), environment(draft, "v2", 1), environment(suspended, "v2", 2)}, 1, true},
		{"a running environment that is suspended is a failure", []versori.ProjectEnvironment{
			environment(running, "v1", 0), environment(suspended, "v1", 1)}, 0, true},
		{"a version that can't be built is a failure", []versori.ProjectEnvironment{
			environment(running, "v1", 0), environment(draft, "v2", 1), failedVersion(environment(running, "v2", 2))}, 1, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := serveDeployments(t, c.states...)
				e, err := d.client.Projects.DeployAndWait(t.Context(), projectID, v2(), versori.DeployAndWaitParams{Environment: "production"})
				assert.Equal(t, "looks", len(d.pauses()), c.looks)
				assert.Equal(t, "deployments", len(d.Requests("Projects.Deploy")), 1)
				assert.Equal(t, "environment", d.Requests("Projects.Deploy")[0].Query.Get("project_env"), "production")
				var failure *versori.DeploymentError
				switch {
				case errors.As(err, &failure) != c.fails, !c.fails && err != nil:
					t.Fatalf("got error %v", err)
				case c.fails:
					assert.Equal(t, "version", failure.Version, "v2")
					assert.Equal(t, "status", failure.Environment.Status, c.states[len(c.states)-1].Status)
				default:
					assert.Equal(t, "status", e.Status, running)
					assert.Equal(t, "version", e.DeployedVersion.Or(versori.ProjectVersion{}).Name, "v2")
				}
			})
		})
	}
}

func TestStatesThatAreNotKnownAreWaitedOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		states := []string{"running", "deploying", "", "running"}
		looks := 0
		s, client := serveAnything(t)
		show := func(*fake.Request) fake.Response {
			e := environment(versori.EnvironmentStatus(states[looks]), "v1", looks)
			if looks++; looks == len(states) {
				e = environment("running", "v2", looks)
			}
			return fake.JSON(200, projectWith(e))
		}
		s.Handle("Projects.Get", show)
		s.Handle("Projects.Deploy", show)
		_, err := client.Projects.DeployAndWait(t.Context(), projectID, v2(), versori.DeployAndWaitParams{})
		assert.Equal(t, "error", err, nil)
		assert.Equal(t, "looks", looks, 4)
	})
}

func TestPausesBetweenLooksGrowGently(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		interval time.Duration
		want     []float64
	}{
		"from 2 s to 15 s":              {0, []float64{2, 3, 4.5, 6.75, 10.125, 15, 15}},
		"from an interval of one's own": {time.Second, []float64{1, 1.5, 2.25, 3.375, 5.0625, 7.59375, 11.390625}},
		"not above a long interval":     {time.Minute, []float64{60, 60, 60, 60, 60, 60, 60}},
		"nor with a negative one":       {-1, []float64{2, 3, 4.5, 6.75, 10.125, 15, 15}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				states := make([]versori.ProjectEnvironment, 8, 9)
				for i := range states {
					states[i] = environment(versori.EnvironmentStatusRunning, "v1", 0)
				}
				d := serveDeployments(t, append(states, environment(versori.EnvironmentStatusRunning, "v2", 1))...)
				_, err := d.client.Projects.DeployAndWait(t.Context(), projectID, v2(), versori.DeployAndWaitParams{Interval: c.interval})
				if err != nil {
					t.Fatal(err)
				}
				var got []float64
				for _, pause := range d.pauses() {
					got = append(got, pause.Seconds())
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("got %v, want %v", got, c.want)
				}
			})
		})
	}
}

func TestVersionsAreDeployedByIDAndToldApartByIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		other := environment(versori.EnvironmentStatusRunning, "v2", 1)
		other.DeployedVersion = sdk.Some(versori.ProjectVersion{ID: oldVersionID, Name: "v2", State: versori.VersionStateReady})
		d := serveDeployments(t, environment(versori.EnvironmentStatusRunning, "v1", 0), other, environment(versori.EnvironmentStatusRunning, "v2", 1))
		e, err := d.client.Versions.DeployAndWait(t.Context(), projectID, strings.ToLower(newVersionID), versori.DeployAndWaitParams{Environment: productionID})
		if err != nil {
			t.Fatal(err)
		}
		assert.Equal(t, "version", e.DeployedVersion.Or(versori.ProjectVersion{}).ID, newVersionID)
		assert.Equal(t, "looks", len(d.pauses()), 1)
		assert.Equal(t, "environment by name", d.Requests("Versions.Deploy")[0].Query.Get("project_env"), "production")
	})
}

func TestWaitForDeploymentAlone(t *testing.T) {
	t.Parallel()
	t.Run("looks at once", func(t *testing.T) {
		t.Parallel()
		d := serveDeployments(t, environment(versori.EnvironmentStatusRunning, "v2", 1))
		_, err := d.client.Projects.WaitForDeployment(t.Context(), projectID, versori.WaitForDeploymentParams{VersionName: "v2", VersionID: newVersionID})
		if err != nil {
			t.Fatal(err)
		}
		assert.Equal(t, "requests", len(d.Requests()), 1)
	})
	t.Run("takes an error for a failure when it doesn't know how it was before", func(t *testing.T) {
		t.Parallel()
		d := serveDeployments(t, environment(versori.EnvironmentStatusError, "v1", 0))
		_, err := d.client.Projects.WaitForDeployment(t.Context(), projectID, versori.WaitForDeploymentParams{VersionName: "v2"})
		var failure *versori.DeploymentError
		if !errors.As(err, &failure) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("wants name and id to fit", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			d := serveDeployments(t, environment(versori.EnvironmentStatusRunning, "v2", 1))
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			_, err := d.client.Projects.WaitForDeployment(ctx, projectID, versori.WaitForDeploymentParams{VersionName: "v2", VersionID: oldVersionID})
			assert.Is(t, err, context.DeadlineExceeded)
		})
	})
}

func TestDeployAndWaitOnTheFakePlatform(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.SetRollout(3, time.Hour)
	s.OnBuild(func(files []versori.File) error {
		if strings.Contains(files[0].Content, "import missing") {
			return errors.New("module missing is not found")
		}
		return nil
	})
	s.PutProject(versoritest.Organisation, versori.Project{ID: versoritest.Project, Name: "Orders"})
	client, params := s.Client(), versori.DeployAndWaitParams{Environment: "production", Interval: time.Millisecond}
	deploy := func(name, content string) (string, error) {
		body := versori.ProjectDeploy{VersionName: name, Files: []versori.File{{Filename: "src/index.ts", Content: content}}, Labels: map[string]string{}}
		e, err := client.Projects.DeployAndWait(t.Context(), versoritest.Project, body, params)
		if err != nil {
			return "", err
		}
		return e.DeployedVersion.Or(versori.ProjectVersion{}).ID, nil
	}
	first, err := deploy("v1", "export {}")
	assert.Equal(t, "first", err, nil)
	second, err := deploy("v2", "export {}")
	assert.Equal(t, "second", err, nil)

	_, err = deploy("v3", "import missing")
	var failure *versori.DeploymentError
	if !errors.As(err, &failure) || failure.Message != "module missing is not found" {
		t.Errorf("got %v", err)
	}
	_, err = deploy("v3", "import missing")
	if errors.As(err, &failure) || err == nil { // the name is taken: refused, not failed
		t.Errorf("got %v", err)
	}

	e, err := client.Versions.DeployAndWait(t.Context(), versoritest.Project, first, params) // out of the error, and back
	if err != nil {
		t.Fatal(err)
	}
	assert.Equal(t, "back to", e.DeployedVersion.Or(versori.ProjectVersion{}).Name, "v1")
	assert.Equal(t, "two versions", first != second, true)
}
