package versoritest_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// shopify links a system to production that needs a static connection.
func shopify(t *testing.T, s *versoritest.Server, dynamic bool) versori.ConnectionTemplate {
	t.Helper()
	system := s.PutSystem(organisation, versori.System{Name: "shopify", Domain: "shopify.example", TemplateBaseURL: "https://shopify.example"})
	return s.PutConnectionTemplate(organisation, project, versoritest.Environment, versori.ConnectionTemplate{ID: system.ID, Name: "shopify", Dynamic: dynamic})
}

func TestADeploymentWithoutItsStaticConnections(t *testing.T) {
	t.Parallel()
	const text = "Failed to build config json: missing connections for the following systems: shopify"
	s := versoritest.NewServer(t)
	ctx, client := t.Context(), s.Client()
	shopify(t, s, false)
	_, err := client.Projects.Deploy(ctx, project, release("v1"), versori.ProjectDeployParams{})
	wantAnswer(t, err, 400, fmt.Sprintf(`{"code":"400001","message":%q}`, text))
	assert.Equal(t, "status", production(t, s).Status, versori.EnvironmentStatusDraft)
	issues := s.Issues(organisation)
	assert.Equal(t, "issues", len(issues), 1)
	assert.Equal(t, "message", issues[0].Message, text)
	page, err := client.Logs.List(ctx, project, versori.LogListParams{Search: "missing connections"})
	must(t, err)
	assert.Equal(t, "entries", len(page.Logs), 1)

	// The version is there, and no second one of its name can be made.
	versions, err := client.Versions.List(ctx, project, versori.VersionListParams{})
	must(t, err)
	assert.Equal(t, "state", versions.Items[0].State, versori.VersionStateDraft)
	_, err = client.Projects.Deploy(ctx, project, release("v1"), versori.ProjectDeployParams{})
	wantStatus(t, err, 409)
	_, err = client.Versions.Deploy(ctx, project, versions.Items[0].ID, versori.VersionDeployParams{})
	wantStatus(t, err, 400)
	_, err = client.Versions.Deploy(ctx, project, other, versori.VersionDeployParams{})
	wantStatus(t, err, 404)
}

func TestADynamicTemplateNeedsNoConnectionToBeDeployed(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.SetRollout(0, 0)
	shopify(t, s, true)
	wantRunning(t, deploy(t, s, "v1"), "v1")
}

func TestAProjectThatIsPutAnewWhileItIsBuilt(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.SetRollout(0, 0)
	s.OnBuild(func([]versori.File) error {
		s.PutProject(organisation, versori.Project{
			ID: project, Environments: []versori.ProjectEnvironment{{ID: versoritest.Environment, Name: "production"}},
		})
		return nil
	})
	_, err := s.Client().Projects.Deploy(t.Context(), project, release("v1"), versori.ProjectDeployParams{})
	wantStatus(t, err, 404) // the version has gone with the project
	assert.Equal(t, "status", production(t, s).Status, versori.EnvironmentStatusDraft)
}

// TestDeploymentsFailInTheOrderOfTheirEnvironments: ids are the same ones in every run.
func TestDeploymentsFailInTheOrderOfTheirEnvironments(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.SetRollout(100, time.Minute)
	s.OnBuild(func([]versori.File) error { return errors.New("no") })
	p := s.PutProject(organisation, versori.Project{ID: project, Environments: []versori.ProjectEnvironment{
		{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}, {Name: "e"},
	}})
	var want, got []string
	for _, e := range p.Environments {
		_, err := s.Client().Projects.Deploy(t.Context(), project, release(""), versori.ProjectDeployParams{Environment: e.Name})
		must(t, err)
		want = append(want, e.ID)
	}
	s.Advance(time.Hour)
	for _, issue := range s.Issues(organisation) {
		got = append(got, issue.EnvironmentID)
	}
	wantList(t, "issues", got, want...)
}

func TestSystemsAreClonedWhenAskedFor(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	ctx, client := t.Context(), s.Client()
	template := shopify(t, s, true)
	templates := func(project, environment string) []versori.ConnectionTemplate {
		page, err := client.ConnectionTemplates.List(ctx, project, versori.ConnectionTemplateListParams{EnvironmentID: environment})
		must(t, err)
		return page.Items
	}
	clone := func(name string, body versori.EnvironmentClone) string {
		body.OldEnvName, body.NewEnvName = "production", name
		cloned, err := client.Environments.Clone(ctx, project, body)
		must(t, err)
		return cloned.Environments[len(cloned.Environments)-1].ID
	}
	assert.Equal(t, "templates", len(templates(project, clone("bare", versori.EnvironmentClone{}))), 0)
	full := templates(project, clone("full", versori.EnvironmentClone{CloneSystems: sdk.Some(true), CopyStaticUserVariables: sdk.Some(true)}))
	assert.Equal(t, "templates", len(full), 1)
	assert.Equal(t, "name", full[0].Name, "shopify")
	assert.Equal(t, "same template", full[0].ConnectionTemplateID == template.ConnectionTemplateID, false)

	made, err := client.Projects.Clone(ctx, project)
	must(t, err)
	assert.Equal(t, "templates of the clone", len(templates(made.ID, made.Environments[0].ID)), 1)
	_, err = client.Environments.Delete(ctx, project, versoritest.Environment)
	must(t, err)
	assert.Equal(t, "templates of the clone", len(templates(made.ID, made.Environments[0].ID)), 1)
}

func TestManyDeploymentsAndLooksAtOnce(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.PutTriggers(organisation, project, triggers()...)
	s.OnBuild(func([]versori.File) error { return nil })
	s.SetRollout(0, 0)
	deploy(t, s, "first") // so that calls find something running
	s.SetRollout(2, time.Minute)
	ctx, client := t.Context(), s.Client()
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			_, err := client.Projects.Deploy(ctx, project, release(fmt.Sprint("v", i)), versori.ProjectDeployParams{})
			check(t, err)
			for range 3 {
				_, err = client.Projects.Get(ctx, project)
				check(t, err)
			}
			_, err = client.Environments.Call(ctx, project, versori.EnvironmentCall{URLPath: "/a", Method: versori.HTTPMethodGET}, versori.EnvironmentCallParams{})
			check(t, err)
			_, err = client.Versions.List(ctx, project, versori.VersionListParams{})
			check(t, err)
			_, err = client.Logs.List(ctx, project, versori.LogListParams{})
			check(t, err)
			_, err = client.Variables.SetSchema(ctx, project, channelSchema())
			check(t, err)
			s.Advance(time.Second)
			s.Project(organisation, project)
			s.PutLog(organisation, project, "", versori.Log{Message: "a"})
		})
	}
	group.Wait()
	page, err := client.Versions.List(ctx, project, versori.VersionListParams{})
	must(t, err)
	assert.Equal(t, "versions", page.TotalCount, 9)
	assert.Equal(t, "status", production(t, s).Status, versori.EnvironmentStatusRunning)
}

// check is must for goroutines of a test.
func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}
