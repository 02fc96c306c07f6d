package versoritest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// template is a connection template. All that it shows of its system is looked up there.
type template struct {
	id, environment, system, name string
	dynamic                       bool
	schemes                       []string // ids of the system's schemes that connections may use; nil for all
	connection                    string   // id of the static connection; empty for none
}

// schemesOf are the schemes of the system that connections of a template may use.
func (t template) schemesOf(sys system) []versori.AuthSchemeConfig {
	list := []versori.AuthSchemeConfig{}
	for i, scheme := range sys.AuthSchemeConfigs {
		if t.schemes == nil || slices.Contains(t.schemes, sys.schemeIDs[i]) {
			list = append(list, scheme)
		}
	}
	return list
}

// templatesOf are the templates of some environments.
func (s *Server) templatesOf(org string, environments ...string) []template {
	return s.connectionState.templates.where(func(t template) bool {
		return slices.ContainsFunc(environments, func(id string) bool { return fold(id) == fold(t.environment) })
	}, org)
}

// templateView is a template as it is answered.
func (s *Server) templateView(org string, t template) versori.ConnectionTemplate {
	sys, _ := s.connectionState.systems.get(org, t.system) // is there: a system in use can't be deleted
	view := versori.ConnectionTemplate{
		ID: t.system, Name: t.name, Domain: sys.Domain, Dynamic: t.dynamic, AuthSchemeConfigs: hideSchemes(t.schemesOf(sys)),
		TemplateBaseURL: sys.TemplateBaseURL,
	}
	view.ConnectionTemplateID = sdk.Some(t.id)
	return view
}

// PutConnectionTemplate stores a connection template of an environment, a new one or in place of the one that has its
// ConnectionTemplateID, and returns it as the platform answers it. The ID is the system's, which must be there, see
// PutSystem; an absent ConnectionTemplateID is filled in with a new one, an empty Name with the system's. The schemes
// that connections may use are those whose ids are in AuthSchemeConfigs, all of the system's if it is empty. Domain and
// TemplateBaseURL are always the system's.
//
// An environment that the project doesn't have, a system that the organisation doesn't and a scheme that the system
// doesn't are problems; nothing is stored then, and the zero value returned.
func (s *Server) PutConnectionTemplate(
	organisation, project, environmentID string, t versori.ConnectionTemplate,
) versori.ConnectionTemplate {
	stored, err := s.putTemplate(organisation, project, environmentID, t)
	if err != nil {
		s.Report("PutConnectionTemplate: %v", err)
		return versori.ConnectionTemplate{}
	}
	view, _ := fake.Copy(s.templateView(organisation, stored)) // has been copied before
	return view
}

func (s *Server) putTemplate(org, project, environmentID string, t versori.ConnectionTemplate) (template, error) {
	environment, ok := s.environmentOf(org, project, environmentID)
	if !ok {
		return template{}, fmt.Errorf("the project %s has no environment %s", project, environmentID)
	}
	c := &s.connectionState
	c.mu.Lock()
	defer c.mu.Unlock()
	sys, ok := c.systems.get(org, t.ID)
	if !ok {
		return template{}, fmt.Errorf("the organisation has no system %q", t.ID)
	}
	var schemes []string
	for i := range t.AuthSchemeConfigs {
		id := schemeID(&t.AuthSchemeConfigs[i])
		if !slices.Contains(sys.schemeIDs, id) {
			return template{}, fmt.Errorf("the system has no scheme %q", id)
		}
		schemes = append(schemes, id)
	}
	row := template{
		id: t.ConnectionTemplateID.Or(""), environment: environment.ID, system: sys.ID, name: cmp.Or(t.Name, sys.Name),
		dynamic: t.Dynamic, schemes: schemes,
	}
	row.id = cmp.Or(row.id, s.IDs.ULID())
	if old, ok := c.templates.get(org, row.id); ok {
		row.connection = old.connection
	}
	c.templates.put(row, org, row.id)
	return row, nil
}

// environmentOf finds an environment of a project by its id; an empty id is the only environment.
func (s *Server) environmentOf(org, project, id string) (versori.ProjectEnvironment, bool) {
	found, ok := s.project(org, project)
	if ok && id == "" && len(found.Environments) == 1 {
		return found.Environments[0], true
	}
	for _, environment := range found.Environments {
		if ok && fold(environment.ID) == fold(id) {
			return environment, true
		}
	}
	return versori.ProjectEnvironment{}, false
}

// environmentsAsked are the ids of the environments that env_id asks for: one of the project's, or without it all.
func (s *Server) environmentsAsked(r *fake.Request) ([]string, error) {
	project, ok := s.project(r.Path("organisation_id"), r.Path("project_id"))
	if !ok {
		return nil, absent("project", r.Path("project_id"))
	}
	var ids []string
	for _, environment := range project.Environments {
		ids = append(ids, environment.ID)
	}
	asked := r.Query("env_id")
	switch i := slices.IndexFunc(ids, func(id string) bool { return fold(id) == fold(asked) }); {
	case asked == "":
		return ids, nil
	case !ulid(asked):
		return nil, invalidRequest("env_id is not a valid ULID")
	case i < 0:
		return nil, absent("environment", asked)
	default:
		return ids[i : i+1], nil
	}
}

func (s *Server) createTemplate(r *fake.Request) (fake.Response, error) {
	body, err := bodyOf[versori.ConnectionTemplateCreate](r)
	if err != nil {
		return fake.Response{}, err
	}
	org := r.Path("organisation_id")
	if _, ok := s.project(org, r.Path("project_id")); !ok {
		return missing("project", r.Path("project_id")), nil
	}
	environment, ok := s.environmentOf(org, r.Path("project_id"), body.EnvironmentID.Or(""))
	if !ok {
		return fake.Response{}, misfit("environmentId", "names no environment of the project")
	}
	c := &s.connectionState
	c.mu.Lock()
	defer c.mu.Unlock()
	sys, ok := c.systems.get(org, body.SystemID)
	if !ok {
		return fake.Response{}, misfit("systemId", "names no system of the organisation")
	}
	row := template{
		id: s.IDs.ULID(), environment: environment.ID, system: sys.ID, name: body.Name, dynamic: body.Dynamic.Or(false),
	}
	c.templates.put(row, org, row.id)
	return fake.JSON(http.StatusOK, s.templateView(org, row)), nil
}

func (s *Server) listTemplates(r *fake.Request) (fake.Response, error) {
	environments, err := s.environmentsAsked(r)
	if err != nil {
		return fake.Response{}, err
	}
	org := r.Path("organisation_id")
	found := s.templatesOf(org, environments...)
	answer := versori.ConnectionTemplatePage{TotalCount: len(found)}
	for _, t := range found {
		answer.Items = append(answer.Items, s.templateView(org, t))
	}
	return fake.JSON(http.StatusOK, answer), nil
}

// onTemplate does something with the template that the path names, by its own id and within the project.
func (s *Server) onTemplate(r *fake.Request, do func(org string, t template) (fake.Response, error)) (fake.Response, error) {
	org := r.Path("organisation_id")
	project, ok := s.project(org, r.Path("project_id"))
	if !ok {
		return missing("project", r.Path("project_id")), nil
	}
	s.connectionState.mu.Lock()
	defer s.connectionState.mu.Unlock()
	found, ok := s.connectionState.templates.get(org, r.Path("template_id"))
	here := func(e versori.ProjectEnvironment) bool { return e.ID == found.environment }
	if !ok || !slices.ContainsFunc(project.Environments, here) {
		return missing("connection template", r.Path("template_id")), nil
	}
	return do(org, found)
}

// updateTemplate leaves what isn't sent as it is.
func (s *Server) updateTemplate(r *fake.Request) (fake.Response, error) {
	body, err := bodyOf[versori.ConnectionTemplateUpdate](r)
	if err != nil {
		return fake.Response{}, err
	}
	return s.onTemplate(r, func(org string, row template) (fake.Response, error) {
		sys, _ := s.connectionState.systems.get(org, row.system)
		for i, id := range body.AuthSchemeConfigIDs {
			if !slices.Contains(sys.schemeIDs, id) {
				return fake.Response{}, misfit(index("authSchemeConfigIds", i), "names no scheme of the system")
			}
		}
		row.name, row.dynamic = body.Name.Or(row.name), body.Dynamic.Or(row.dynamic)
		if body.AuthSchemeConfigIDs != nil {
			row.schemes = body.AuthSchemeConfigIDs
		}
		s.connectionState.templates.put(row, org, row.id)
		return fake.JSON(http.StatusOK, s.templateView(org, row)), nil
	})
}

// deleteTemplate leaves the connections of the template.
func (s *Server) deleteTemplate(r *fake.Request) (fake.Response, error) {
	return s.onTemplate(r, func(org string, row template) (fake.Response, error) {
		s.connectionState.templates.delete(org, row.id)
		return fake.NoContent(), nil
	})
}

// missingConnections are the names of an environment's templates that need a static connection and have none.
func (s *Server) missingConnections(org, environmentID string) []string {
	var names []string
	for _, t := range s.templatesOf(org, environmentID) {
		if !t.dynamic && t.connection == "" {
			names = append(names, t.name)
		}
	}
	return names
}

// copyTemplates gives an environment the templates of another one, without their connections.
func (s *Server) copyTemplates(org, fromEnvironment, toEnvironment string) {
	s.connectionState.mu.Lock()
	defer s.connectionState.mu.Unlock()
	for _, t := range s.templatesOf(org, fromEnvironment) {
		t.id, t.environment, t.connection = s.IDs.ULID(), toEnvironment, ""
		s.connectionState.templates.put(t, org, t.id)
	}
}

// forgetEnvironment removes the templates and the activations of an environment that is gone.
func (s *Server) forgetEnvironment(org, environmentID string) {
	c := &s.connectionState
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range s.templatesOf(org, environmentID) {
		c.templates.delete(org, t.id)
	}
	for _, a := range c.activations.where(func(a activation) bool { return fold(a.environment) == fold(environmentID) }, org) {
		c.activations.delete(org, a.id)
	}
}
