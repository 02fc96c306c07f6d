package versoritest_test

import (
	"net/http"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
)

func templateNames(list []versori.ConnectionTemplate) []string {
	return ids(list, func(t versori.ConnectionTemplate) string { return t.Name })
}

func (s shop) templates(environmentID string) []versori.ConnectionTemplate {
	s.t.Helper()
	page, err := s.client.ConnectionTemplates.List(s.t.Context(), project, versori.ConnectionTemplateListParams{EnvironmentID: environmentID})
	must(s.t, err)
	assert.Equal(s.t, "total", page.TotalCount, len(page.Items))
	return page.Items
}

func TestATemplateShowsItsSystem(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	made, err := s.client.ConnectionTemplates.Create(t.Context(), project, versori.ConnectionTemplateCreate{
		SystemID: s.system.ID, Name: "shop", EnvironmentID: sdk.Some(s.environment),
	})
	must(t, err)
	assert.Equal(t, "id is the system's", made.ID, s.system.ID)
	assert.Equal(t, "dynamic", made.Dynamic, false)
	_, err = s.client.Systems.Update(t.Context(), s.system.ID, versori.SystemUpdate{Domain: sdk.Some("new.example")})
	must(t, err)
	_, err = s.client.AuthSchemes.Upsert(t.Context(), s.system.ID, "oauth2-code", consentScheme("s3cret"))
	must(t, err)
	got := s.templates(s.environment)[0]
	assert.Equal(t, "template", got.ConnectionTemplateID, made.ConnectionTemplateID)
	assert.Equal(t, "domain", got.Domain, "new.example")
	assert.Equal(t, "secret", grantOf(t, got.AuthSchemeConfigs[2]).ClientSecret.Or(sdk.Secret{}).Reveal(), "******")
}

func TestTheSystemsIDIsNotTheTemplates(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	template := s.template("shop", false)
	ctx, client := t.Context(), s.client
	_, err := client.ConnectionTemplates.Update(ctx, project, s.system.ID, versori.ConnectionTemplateUpdate{Name: sdk.Some("x")})
	wantMissing(t, err, "There is no connection template "+s.system.ID)
	wantMissing(t, client.ConnectionTemplates.Delete(ctx, project, s.system.ID), "There is no connection template "+s.system.ID)
	_, err = client.Connections.Create(ctx, versori.ConnectionCreate{
		ConnectionTemplateID: s.system.ID, Connection: versori.ConnectionSpec{Name: "x", Credentials: keyCredentials("k")},
	})
	wantMisfit(t, err, "connectionTemplateId names no connection template")
	p := s.PutProject(organisation, versori.Project{})
	wantMissing(t, client.ConnectionTemplates.Delete(ctx, p.ID, template), "There is no connection template "+template)
	wantMissing(t, client.ConnectionTemplates.Delete(ctx, unknown, template), "There is no project "+unknown)
}

func TestTemplatesOfAnEnvironment(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	p := s.PutProject(organisation, versori.Project{ID: project, Environments: []versori.ProjectEnvironment{
		{ID: s.environment, Name: "production"}, {Name: "staging"},
	}})
	s.template("shop", false)
	create := func(environment string) error {
		body := versori.ConnectionTemplateCreate{SystemID: s.system.ID, Name: "shop-" + environment}
		if environment != "" {
			body.EnvironmentID = sdk.Some(environment)
		}
		_, err := s.client.ConnectionTemplates.Create(t.Context(), project, body)
		return err
	}
	must(t, create(p.Environments[1].ID))
	wantList(t, "production", templateNames(s.templates(s.environment)), "shop")
	wantList(t, "staging", templateNames(s.templates(p.Environments[1].ID)), "shop-"+p.Environments[1].ID)
	wantList(t, "both", templateNames(s.templates("")), "shop", "shop-"+p.Environments[1].ID)

	wantMisfit(t, create(""), "environmentId names no environment of the project")
	wantMisfit(t, create("production"), "environmentId names no environment of the project")
	_, err := s.client.ConnectionTemplates.List(t.Context(), project, versori.ConnectionTemplateListParams{EnvironmentID: "production"})
	wantMisfit(t, err, "env_id is not a valid ULID")
	_, err = s.client.ConnectionTemplates.List(t.Context(), project, versori.ConnectionTemplateListParams{EnvironmentID: unknown})
	wantMissing(t, err, "There is no environment "+unknown)
	_, err = s.client.ConnectionTemplates.Create(t.Context(), project, versori.ConnectionTemplateCreate{
		SystemID: unknown, Name: "x", EnvironmentID: sdk.Some(s.environment),
	})
	wantMisfit(t, err, "systemId names no system of the organisation")
}

func TestTheOnlyEnvironmentNeedNotBeNamed(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, err := s.client.ConnectionTemplates.Create(t.Context(), project, versori.ConnectionTemplateCreate{SystemID: s.system.ID, Name: "shop"})
	must(t, err)
	wantList(t, "templates", templateNames(s.templates(s.environment)), "shop")
}

func TestUpdatingATemplateLeavesWhatIsNotSent(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	template := s.template("shop", true)
	update := func(body versori.ConnectionTemplateUpdate) (*versori.ConnectionTemplate, error) {
		return s.client.ConnectionTemplates.Update(t.Context(), project, template, body)
	}
	got, err := update(versori.ConnectionTemplateUpdate{AuthSchemeConfigIDs: []string{"basic"}})
	must(t, err)
	assert.Equal(t, "name", got.Name, "shop")
	assert.Equal(t, "dynamic", got.Dynamic, true)
	assert.Equal(t, "schemes", len(got.AuthSchemeConfigs), 1)
	got, err = update(versori.ConnectionTemplateUpdate{Name: sdk.Some("store"), Dynamic: sdk.Some(false)})
	must(t, err)
	assert.Equal(t, "name", got.Name, "store")
	assert.Equal(t, "dynamic", got.Dynamic, false)
	assert.Equal(t, "scheme", got.AuthSchemeConfigs[0].Type, versori.AuthSchemeTypeBasicAuth)
	_, err = update(versori.ConnectionTemplateUpdate{AuthSchemeConfigIDs: []string{"basic", "oauth2"}})
	wantMisfit(t, err, "authSchemeConfigIds[1] names no scheme of the system")
}

func (s shop) deploy() error {
	s.t.Helper()
	_, err := s.client.Projects.Deploy(s.t.Context(), project, versori.ProjectDeploy{
		Files: []versori.File{{Filename: "src/index.ts", Content: "export {}"}}, Labels: map[string]string{},
	}, versori.ProjectDeployParams{Environment: "production"})
	return err
}

func TestADeployNeedsAStaticConnectionForEachTemplateThatIsNotDynamic(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	template, second := s.template("shop", false), s.template("warehouse", false)
	s.template("bank", true)
	const text = "Failed to build config json: missing connections for the following systems: "
	wantRefused(t, s.deploy(), http.StatusBadRequest, text+"shop, warehouse")

	static := s.connection(template, "", "static")
	wantRefused(t, s.deploy(), http.StatusBadRequest, text+"warehouse")
	must(t, s.client.Connections.Link(t.Context(), static.ID, versori.ConnectionLink{ConnectionTemplateID: second}))
	must(t, s.deploy())
	must(t, s.client.Connections.Unlink(t.Context(), static.ID, versori.ConnectionLink{ConnectionTemplateID: template}))
	wantRefused(t, s.deploy(), http.StatusBadRequest, text+"shop")
	dynamic := versori.ConnectionTemplateUpdate{Dynamic: sdk.Some(true)}
	_, err := s.client.ConnectionTemplates.Update(t.Context(), project, template, dynamic)
	must(t, err)
	must(t, s.deploy())
}

func TestAClonedEnvironmentHasTheSystemsAndNotTheConnections(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.connection(s.template("shop", false), "", "static")
	_, err := s.client.Activations.UpdateStaticVariables(t.Context(), s.environment, map[string]any{"region": "eu"})
	must(t, err)
	p, err := s.client.Environments.Clone(t.Context(), project, versori.EnvironmentClone{
		OldEnvName: "production", NewEnvName: "staging", CloneSystems: sdk.Some(true), CopyStaticUserVariables: sdk.Some(true),
	})
	must(t, err)
	staging := p.Environments[1].ID
	wantList(t, "templates", templateNames(s.templates(staging)), "shop")
	static, err := s.client.Connections.ListStatic(t.Context(), project, versori.ConnectionListStaticParams{EnvironmentID: staging})
	must(t, err)
	assert.Equal(t, "static connections", static.TotalCount, 0)
	active, err := s.client.Activations.List(t.Context(), staging, versori.ActivationListParams{Static: true})
	must(t, err)
	assert.Equal(t, "variable", active[0].DynamicVariables["region"], any("eu"))
}

func TestSeedingTemplates(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		environment string
		template    func(system string) versori.ConnectionTemplate
		want        string
	}{
		{
			"of an environment that isn't there", unknown, func(system string) versori.ConnectionTemplate {
				return versori.ConnectionTemplate{ID: system}
			}, "the project " + project + " has no environment " + unknown,
		},
		{
			"of a system that isn't there", "", func(string) versori.ConnectionTemplate { return versori.ConnectionTemplate{ID: unknown} },
			`the organisation has no system "` + unknown + `"`,
		},
		{
			"with a scheme that the system doesn't have", "", func(system string) versori.ConnectionTemplate {
				return versori.ConnectionTemplate{ID: system, AuthSchemeConfigs: []versori.AuthSchemeConfig{keyScheme()}}
			}, `the system has no scheme "api-key"`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, r := newRecorded(t)
			system := s.PutSystem(organisation, versori.System{Name: "Shop"})
			made := s.PutConnectionTemplate(organisation, project, test.environment, test.template(system.ID))
			assert.Equal(t, "id", made.ID, "")
			assert.Lines(t, r.Reported(), []string{"versoritest: PutConnectionTemplate: " + test.want})
		})
	}
	t.Run("a template that is there keeps its connection", func(t *testing.T) {
		t.Parallel()
		s := newShop(t)
		template := s.template("shop", false)
		s.connection(template, "", "static")
		made := s.PutConnectionTemplate(organisation, project, "", versori.ConnectionTemplate{
			ID: s.system.ID, ConnectionTemplateID: sdk.Some(template), AuthSchemeConfigs: []versori.AuthSchemeConfig{keyScheme()},
		})
		assert.Equal(t, "name", made.Name, "Shop")
		assert.Equal(t, "schemes", len(made.AuthSchemeConfigs), 1)
		must(t, s.deploy())
	})
}
