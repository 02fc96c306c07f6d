package versoritest

import (
	"maps"
	"net/http"
	"slices"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// activation is an activation as it is stored.
type activation struct {
	id, environment string
	user            string            // id of the end user; empty for the environment's static user
	static          versori.EndUser   // the static user
	connections     map[string]string // ids of connections by those of templates; never changed
	variables       map[string]any    // never changed
}

// uses says whether a connection belongs to the activation.
func (a activation) uses(connection string) bool {
	return slices.Contains(slices.Collect(maps.Values(a.connections)), connection)
}

// connectionFor is the id of the connection to the system of a template: the end user's, or for the static user the
// template's.
func (a activation) connectionFor(t template) string {
	if a.user == "" {
		return t.connection
	}
	return a.connections[t.id]
}

// activationView is an activation as it is answered, in its environment.
func (s *Server) activationView(org string, a activation, environment versori.ProjectEnvironment) versori.Activation {
	user := a.static
	if a.user != "" {
		user, _ = s.connectionState.users.get(org, a.user) // is there: its activations go with it
	}
	view := versori.Activation{
		ID: a.id, User: user, Environment: sdk.Some(environment), Connections: []versori.Connection{}, DynamicVariables: a.variables,
	}
	for _, t := range s.templatesOf(org, a.environment) {
		if c, ok := s.connectionState.connections.get(org, a.connectionFor(t)); ok {
			view.Connections = append(view.Connections, hideConnection(c.Connection))
		}
	}
	return view
}

// environmentInPath finds the environment that the path names.
func (s *Server) environmentInPath(r *fake.Request) (versori.ProjectEnvironment, error) {
	found, ok := s.environment(r.Path("organisation_id"), r.Path("environment_id"))
	if !ok {
		return versori.ProjectEnvironment{}, absent("environment", r.Path("environment_id"))
	}
	return found, nil
}

// activationInPath finds the activation that the path names, and its environment.
func (s *Server) activationInPath(r *fake.Request) (activation, versori.ProjectEnvironment, error) {
	environment, err := s.environmentInPath(r)
	if err != nil {
		return activation{}, environment, err
	}
	found, ok := s.connectionState.activations.get(r.Path("organisation_id"), r.Path("activation_id"))
	if !ok || found.environment != environment.ID {
		return activation{}, environment, absent("activation", r.Path("activation_id"))
	}
	return found, environment, nil
}

// staticActivation is the activation of the static user of an environment, which is there as soon as it is asked for.
func (s *Server) staticActivation(org, environmentID string) activation {
	c := &s.connectionState
	c.mu.Lock()
	defer c.mu.Unlock()
	found := c.activations.where(func(a activation) bool { return a.user == "" && a.environment == environmentID }, org)
	if len(found) > 0 {
		return found[0]
	}
	made := activation{id: s.IDs.ULID(), environment: environmentID, variables: map[string]any{}}
	made.static = versori.EndUser{ExternalID: "static", DisplayName: "Static user"}
	s.completeUser(org, &made.static)
	c.activations.put(made, org, made.id)
	return made
}

func (s *Server) createActivation(r *fake.Request) (fake.Response, error) {
	body, err := bodyOf[versori.ActivationCreate](r)
	if err != nil {
		return fake.Response{}, err
	}
	org := r.Path("organisation_id")
	environment, ok := s.environment(org, body.EnvironmentID)
	if !ok {
		return fake.Response{}, misfit("environmentId", "names no environment")
	}
	if err := checkVariables("dynamicVariables", s.variablesSchema(org, environment.ID), body.DynamicVariables, true); err != nil {
		return fake.Response{}, err
	}
	c := &s.connectionState
	c.mu.Lock()
	defer c.mu.Unlock()
	user, ok := s.endUser(org, body.UserID)
	switch {
	case !ok:
		return fake.Response{}, misfit("userId", "names no end user")
	case slices.Contains(s.activeUsers(org, environment.ID), user.ID):
		details := "The end user " + user.ExternalID + " is activated in the environment"
		return fake.Response{}, refuse(http.StatusConflict, "The activation exists", details)
	}
	made := activation{id: s.IDs.ULID(), environment: environment.ID, user: user.ID, variables: body.DynamicVariables}
	if made.variables == nil {
		made.variables = map[string]any{}
	}
	if made.connections, err = s.connect(org, environment.ID, user.ID, body.Connections); err != nil {
		return fake.Response{}, err
	}
	c.activations.put(made, org, made.id)
	return fake.JSON(http.StatusOK, s.activationView(org, made, environment)), nil
}

// connect finds or makes the connections of an activation, one for each template of the environment, and gives their ids
// by those of the templates. Nothing is made where one of them doesn't do.
func (s *Server) connect(org, environmentID, user string, entries []versori.ActivationConnection) (map[string]string, error) {
	d, ids, made := s.newIntake(org), map[string]string{}, map[string]connection{}
	for i, entry := range entries {
		at := index("connections", i)
		t, ok := s.connectionState.templates.get(org, entry.ConnectionTemplateID)
		switch {
		case !ok || t.environment != environmentID:
			return nil, misfit(within(at, "connectionTemplateId"), "names no connection template of the environment")
		case ids[t.id] != "":
			return nil, misfit(within(at, "connectionTemplateId"), "is there twice")
		}
		var err error
		if spec, ok := entry.Connection.Get(); ok {
			var row connection
			if row, err = d.connection(within(at, "connection"), t, user, spec); err == nil {
				ids[t.id], made[t.id] = row.ID, row
			}
		} else {
			ids[t.id], err = s.existing(within(at, "existingConnectionId"), org, t, user, entry.ExistingConnectionID.Or(""))
		}
		if err != nil {
			return nil, err
		}
	}
	templates := s.templatesOf(org, environmentID)
	for _, t := range templates {
		if ids[t.id] == "" {
			return nil, misfit("connections", "has none for the connection template "+t.name)
		}
	}
	d.settle()
	for _, t := range templates {
		if row, ok := made[t.id]; ok {
			s.storeConnection(org, t, row)
		}
	}
	return ids, nil
}

// existing finds a connection to the system of a template that the end user may use: an own one, or a static one.
func (s *Server) existing(at, org string, t template, user, id string) (string, error) {
	found, ok := s.connectionState.connections.get(org, id)
	switch {
	case id == "":
		return "", misfit(at, "is missing, and so is connection")
	case !ok || found.user != "" && found.user != user:
		return "", misfit(at, "names no connection of the end user")
	case found.SystemID.Or("") != t.system:
		return "", misfit(at, "names a connection to another system")
	}
	return found.ID, nil
}

func (s *Server) getActivation(r *fake.Request) (fake.Response, error) {
	found, environment, err := s.activationInPath(r)
	if err != nil {
		return fake.Response{}, err
	}
	return fake.JSON(http.StatusOK, s.activationView(r.Path("organisation_id"), found, environment)), nil
}

func (s *Server) listActivations(r *fake.Request) (fake.Response, error) {
	environment, err := s.environmentInPath(r)
	if err != nil {
		return fake.Response{}, err
	}
	org := r.Path("organisation_id")
	found := s.connectionState.activations.where(func(a activation) bool {
		return a.user != "" && a.environment == environment.ID
	}, org)
	if r.Bool("static", false) {
		found = []activation{s.staticActivation(org, environment.ID)}
	}
	return fake.JSON(http.StatusOK, s.activationViews(org, found, environment)), nil
}

func (s *Server) activationViews(org string, list []activation, environment versori.ProjectEnvironment) []versori.Activation {
	views := []versori.Activation{}
	for _, a := range list {
		views = append(views, s.activationView(org, a, environment))
	}
	return views
}

// listUserActivations knows the end user by the external id alone. One that isn't there has no activations.
func (s *Server) listUserActivations(r *fake.Request) (fake.Response, error) {
	environment, err := s.environmentInPath(r)
	if err != nil {
		return fake.Response{}, err
	}
	org := r.Path("organisation_id")
	user, ok := s.endUserOutside(org, r.Path("external_user_id"))
	found := s.connectionState.activations.where(func(a activation) bool {
		return ok && a.user == user.ID && a.environment == environment.ID
	}, org)
	return fake.JSON(http.StatusOK, s.activationViews(org, found, environment)), nil
}

// deleteActivation leaves the end user and the connections.
func (s *Server) deleteActivation(r *fake.Request) (fake.Response, error) {
	found, _, err := s.activationInPath(r)
	if err != nil {
		return fake.Response{}, err
	}
	if found.user == "" {
		return fake.Response{}, refuse(http.StatusConflict, "The activation can't be deleted", "It is the static user's")
	}
	s.connectionState.activations.delete(r.Path("organisation_id"), found.id)
	return fake.NoContent(), nil
}

// getActivationConnection finds an activation by its id alone.
func (s *Server) getActivationConnection(r *fake.Request) (fake.Response, error) {
	org := r.Path("organisation_id")
	a, ok := s.connectionState.activations.get(org, r.Path("activation_id"))
	if !ok {
		return missing("activation", r.Path("activation_id")), nil
	}
	t, ok := s.connectionState.templates.get(org, r.Path("env_system_id"))
	if !ok || t.environment != a.environment {
		return missing("connection template", r.Path("env_system_id")), nil
	}
	c, ok := s.connectionState.connections.get(org, a.connectionFor(t))
	if !ok {
		return missing("connection for the connection template", t.id), nil
	}
	return fake.JSON(http.StatusOK, hideConnection(c.Connection)), nil
}
