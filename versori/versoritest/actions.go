package versoritest

import (
	"net/http"
	"regexp"
	"slices"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// inBraces finds the parameters in the path of an action.
var inBraces = regexp.MustCompile(`\{([^{}]+)\}`)

func (s *Server) createActions(r *fake.Request) (fake.Response, error) {
	body, err := bodyOf[versori.SystemActionCreate](r)
	if err != nil {
		return fake.Response{}, err
	}
	found, err := s.systemInPath(r)
	if err != nil {
		return fake.Response{}, err
	}
	link, err := s.projectToLink(r, body.ProjectID)
	if err != nil {
		return fake.Response{}, err
	}
	created := []versori.SystemAction{}
	for _, spec := range body.Actions {
		action := versori.SystemAction{
			ID: s.IDs.ULID(), SystemID: found.ID, Type: spec.Type, Name: spec.Name, ContentType: spec.ContentType, Summary: spec.Summary,
			Description: spec.Description, Method: spec.Method, Path: spec.Path, Parameters: withPathParameters(spec.Path, spec.Parameters),
			GraphQLQuery: spec.GraphQLQuery, Request: spec.Request, Response: spec.Response,
		}
		s.connectionState.actions.put(action, r.Path("organisation_id"), found.ID, action.ID)
		link(action.ID)
		created = append(created, action)
	}
	return fake.JSON(http.StatusOK, created), nil
}

// withPathParameters adds a parameter for each name in braces that has none.
func withPathParameters(path string, parameters []versori.SystemParameter) []versori.SystemParameter {
	all := slices.Clone(parameters)
	for _, match := range inBraces.FindAllStringSubmatch(path, -1) {
		has := func(p versori.SystemParameter) bool {
			return p.In == versori.SystemParameterLocationPath && p.Name == match[1]
		}
		if !slices.ContainsFunc(all, has) {
			all = append(all, versori.SystemParameter{
				Name: match[1], In: versori.SystemParameterLocationPath, Required: true, Type: versori.SystemParameterTypeString,
			})
		}
	}
	return all
}

// projectToLink finds the project that new actions or triggers are linked to, and gives what links one. Without a
// project that does nothing.
func (s *Server) projectToLink(r *fake.Request, id sdk.Optional[string]) (link func(id string), err error) {
	name, ok := id.Get()
	if !ok {
		return func(string) {}, nil
	}
	org := r.Path("organisation_id")
	project, ok := s.project(org, name)
	if !ok {
		return nil, misfit("projectId", "names no project")
	}
	return func(id string) { s.connectionState.linked.put(struct{}{}, org, project.ID, id) }, nil
}

func (s *Server) getAction(r *fake.Request) (fake.Response, error) {
	if _, err := s.systemInPath(r); err != nil {
		return fake.Response{}, err
	}
	found, ok := s.connectionState.actions.get(inPath(r, "organisation_id", "system_id", "action_id")...)
	if !ok {
		return missing("action", r.Path("action_id")), nil
	}
	return fake.JSON(http.StatusOK, found), nil
}

func (s *Server) listActions(r *fake.Request) (fake.Response, error) {
	found, err := s.systemInPath(r)
	if err != nil {
		return fake.Response{}, err
	}
	linked, err := s.linkedTo(r)
	if err != nil {
		return fake.Response{}, err
	}
	keep := func(a versori.SystemAction) bool { return linked(a.ID) }
	actions := s.connectionState.actions.where(keep, r.Path("organisation_id"), found.ID)
	return fake.JSON(http.StatusOK, versori.SystemActionPage{TotalCount: len(actions), Actions: actions}), nil
}

// linkedTo tells of actions and triggers whether they are linked to the project that the query asks for; without one all
// of them are.
func (s *Server) linkedTo(r *fake.Request) (func(id string) bool, error) {
	if r.Query("project_id") == "" {
		return func(string) bool { return true }, nil
	}
	org := r.Path("organisation_id")
	project, ok := s.project(org, r.Query("project_id"))
	if !ok {
		return nil, absent("project", r.Query("project_id"))
	}
	return func(id string) bool {
		_, ok := s.connectionState.linked.get(org, project.ID, id)
		return ok
	}, nil
}

// updateAction takes the whole action, with the ids of the path.
func (s *Server) updateAction(r *fake.Request) (fake.Response, error) {
	body, err := bodyOf[versori.SystemAction](r)
	if err != nil {
		return fake.Response{}, err
	}
	changed, ok, err := s.connectionState.actions.update(func(action *versori.SystemAction) error {
		switch {
		case fold(body.ID) != fold(action.ID):
			return misfit("id", "is not the id in the path")
		case fold(body.SystemID) != fold(action.SystemID):
			return misfit("systemId", "is not the system in the path")
		}
		*action = body
		return nil
	}, inPath(r, "organisation_id", "system_id", "action_id")...)
	if !ok {
		return missing("action", r.Path("action_id")), nil
	}
	return fake.JSON(http.StatusOK, changed), err
}

func (s *Server) deleteAction(r *fake.Request) (fake.Response, error) {
	if _, ok := s.connectionState.actions.delete(inPath(r, "organisation_id", "system_id", "action_id")...); !ok {
		return missing("action", r.Path("action_id")), nil
	}
	return fake.NoContent(), nil
}

func (s *Server) linkActions(r *fake.Request) (fake.Response, error) {
	return s.link(r, "action", func(org, system, id string) bool {
		_, ok := s.connectionState.actions.get(org, system, id)
		return ok
	})
}

func (s *Server) linkTriggers(r *fake.Request) (fake.Response, error) {
	return s.link(r, "trigger", func(org, system, id string) bool {
		_, ok := s.connectionState.triggers.get(org, system, id)
		return ok
	})
}

// link adds the ids in the body to those that are linked already, all or none of them.
func (s *Server) link(r *fake.Request, what string, known func(org, system, id string) bool) (fake.Response, error) {
	ids, err := bodyOf[[]string](r)
	if err != nil {
		return fake.Response{}, err
	}
	org := r.Path("organisation_id")
	found, err := s.systemInPath(r)
	if err != nil {
		return fake.Response{}, err
	}
	project, ok := s.project(org, r.Path("project_id"))
	if !ok {
		return missing("project", r.Path("project_id")), nil
	}
	for i, id := range ids {
		if !known(org, found.ID, id) {
			return fake.Response{}, misfit(index("", i), "names no "+what+" of the system")
		}
	}
	for _, id := range ids {
		s.connectionState.linked.put(struct{}{}, org, project.ID, id)
	}
	return fake.Response{Status: http.StatusCreated}, nil
}

func (s *Server) createTriggers(r *fake.Request) (fake.Response, error) {
	body, err := bodyOf[versori.SystemTriggerCreate](r)
	if err != nil {
		return fake.Response{}, err
	}
	found, err := s.systemInPath(r)
	if err != nil {
		return fake.Response{}, err
	}
	link, err := s.projectToLink(r, body.ProjectID)
	if err != nil {
		return fake.Response{}, err
	}
	created := []versori.SystemTrigger{}
	for _, spec := range body.Triggers {
		trigger := versori.SystemTrigger{
			ID: s.IDs.ULID(), SystemID: found.ID, Name: spec.Name, Description: spec.Description.Or(""), Summary: spec.Summary.Or(""),
			Type: versori.SystemTriggerTypeHTTP, Method: spec.Method, Parameters: spec.Parameters,
		}
		s.connectionState.triggers.put(trigger, r.Path("organisation_id"), found.ID, trigger.ID)
		link(trigger.ID)
		created = append(created, trigger)
	}
	return fake.JSON(http.StatusOK, created), nil
}

func (s *Server) listTriggers(r *fake.Request) (fake.Response, error) {
	found, err := s.systemInPath(r)
	if err != nil {
		return fake.Response{}, err
	}
	linked, err := s.linkedTo(r)
	if err != nil {
		return fake.Response{}, err
	}
	keep := func(t versori.SystemTrigger) bool { return linked(t.ID) }
	triggers := s.connectionState.triggers.where(keep, r.Path("organisation_id"), found.ID)
	return fake.JSON(http.StatusOK, versori.SystemTriggerPage{TotalCount: len(triggers), Triggers: triggers}), nil
}
