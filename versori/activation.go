package versori

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/wharfinger/sdk"
)

// UserActivation tells which end user is to be activated, where, and with what.
type UserActivation struct {
	// ProjectID is the project.
	ProjectID string
	// Environment names the environment, by its name or its id. It may be empty where the project has only one.
	Environment string
	// ExternalID is the end user, by the organisation's own id.
	ExternalID string
	// DisplayName is the name for an end user that has to be created; one that is there keeps its own.
	DisplayName string
	// Connections are the end user's connections: one for each dynamic connection template of the environment, except
	// those for which the end user has exactly one already. For a template that isn't dynamic the environment's own
	// connection is taken unless one is given here.
	Connections []UserConnection
	// Variables are the end user's variables, by name. Those that aren't named stay as they are.
	Variables map[string]any
}

// UserConnection is a connection of an end user for one connection template.
type UserConnection struct {
	// Template names the connection template, by its name in the environment or its ConnectionTemplateID.
	Template string
	// ExistingID is a connection that is there. If it is given, Connection isn't looked at.
	ExistingID string
	// Connection is a connection to create. One that the end user has for the template under the same name is used as it
	// is instead. What it leaves out is filled in as by [ConnectionTemplate.Complete].
	Connection ConnectionSpec
}

// Ensure gets an end user by the external id, or creates it. One that is there stays as it is, whatever its display name.
// When somebody else creates it at the same time, theirs is the result.
func (s *EndUsersService) Ensure(ctx context.Context, body EndUserCreate, opts ...sdk.Option) (*EndUser, error) {
	user, err := s.find(ctx, body.ExternalID, opts)
	if user != nil || err != nil {
		return user, err
	}
	created, err := s.Create(ctx, body, opts...)
	if err == nil {
		return created, nil
	}
	// With which status the platform refuses an external id that is taken isn't documented, so see whether it is.
	if user, lookErr := s.find(ctx, body.ExternalID, opts); lookErr == nil && user != nil {
		return user, nil
	}
	return nil, err
}

// find gets the end user with this external id; nil if there is none.
func (s *EndUsersService) find(ctx context.Context, externalID string, opts []sdk.Option) (*EndUser, error) {
	user, err := s.Get(ctx, externalID, opts...)
	switch {
	case errors.Is(err, sdk.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case user.ExternalID != externalID:
		return nil, nil // found by the ULID of somebody else
	}
	return user, nil
}

// ActivateUser switches an environment on for an end user, with all that it takes: it creates the end user if there is
// none, uses the connections that are there and lets the platform create those that aren't, and activates.
//
//	activation, err := client.Activations.ActivateUser(ctx, versori.UserActivation{
//		ProjectID: projectID, Environment: "production", ExternalID: "merchant-42", DisplayName: "Acme",
//		Connections: []versori.UserConnection{{
//			Template: "shopify",
//			Connection: versori.ConnectionSpec{
//				Name: "Acme shop", Credentials: []versori.ConnectionCredential{versori.APIKeyCredential(key)},
//			},
//		}},
//	})
//
// It can be repeated, also after it failed half-way. For an end user who is activated already only variables are set, if
// they differ, and the connections stay as they are, with the credentials that they have: to change those use
// [ConnectionsService.Update]. It is an error, matching [sdk.ErrConflict], if a connection is given for a template that the
// activation has none for: how to add one isn't documented, so delete the activation and activate anew.
//
// What can't be right is refused before anything is created, apart from the end user: the error matches
// [sdk.ErrInvalidRequest].
func (s *ActivationsService) ActivateUser(ctx context.Context, user UserActivation, opts ...sdk.Option) (*Activation, error) {
	if user.ExternalID == "" {
		return nil, refusal(activateUser, "the external id of the end user is empty")
	}
	a := userActivation{UserActivation: user, activations: s, connections: &ConnectionsService{s.client}, opts: opts}
	if err := a.prepare(ctx); err != nil {
		return nil, err
	}
	end := EndUserCreate{ExternalID: user.ExternalID}
	if user.DisplayName != "" {
		end.DisplayName = sdk.Some(user.DisplayName)
	}
	var err error
	if a.user, err = (&EndUsersService{s.client}).Ensure(ctx, end, opts...); err != nil {
		return nil, err
	}
	existing, err := s.ListForUser(ctx, a.environment.ID, user.ExternalID, opts...)
	if err != nil && !errors.Is(err, sdk.ErrNotFound) { // which would be a way to say that there is none
		return nil, err
	}
	if len(existing) > 0 {
		return a.update(ctx, &existing[0])
	}
	return a.create(ctx)
}

const activateUser = "Activations.ActivateUser"

// userActivation is one run of ActivateUser.
type userActivation struct {
	UserActivation
	activations *ActivationsService
	connections *ConnectionsService
	opts        []sdk.Option

	environment *ProjectEnvironment
	templates   []ConnectionTemplate
	wanted      map[string]UserConnection // by the template's ConnectionTemplateID
	user        *EndUser
}

// prepare finds out what the environment is made of, and which connection is for which template.
func (a *userActivation) prepare(ctx context.Context) (err error) {
	client := a.activations.client
	if a.environment, err = (&EnvironmentsService{client}).Find(ctx, a.ProjectID, a.Environment, a.opts...); err != nil {
		return err
	}
	page, err := (&ConnectionTemplatesService{client}).List(ctx, a.ProjectID, ConnectionTemplateListParams{EnvironmentID: a.environment.ID}, a.opts...)
	if err != nil {
		return err
	}
	a.templates, a.wanted = page.Items, map[string]UserConnection{}
	for _, connection := range a.Connections {
		template, err := a.template(connection.Template)
		if err != nil {
			return err
		}
		id := template.ConnectionTemplateID.Or("")
		if _, twice := a.wanted[id]; twice {
			return refusal(activateUser, fmt.Sprintf("there are two connections for template %q", template.Name))
		}
		if connection.ExistingID == "" {
			// The organisation isn't known yet; this is to see that all else is there.
			if _, err := template.Complete(ZeroULID, connection.Connection); err != nil {
				return err
			}
		}
		a.wanted[id] = connection
	}
	return nil
}

// template finds a template by its name or its id.
func (a *userActivation) template(name string) (*ConnectionTemplate, error) {
	names := make([]string, len(a.templates))
	for i := range a.templates {
		t := &a.templates[i]
		if name != "" && (t.Name == name || strings.EqualFold(t.ConnectionTemplateID.Or(""), name)) {
			if t.ConnectionTemplateID.Or("") == "" {
				return nil, failure(activateUser, fmt.Sprintf("the platform gave no id for template %q", t.Name), sdk.ErrInvalidResponse)
			}
			return t, nil
		}
		names[i] = strconv.Quote(t.Name)
	}
	return nil, refusal(activateUser, fmt.Sprintf("environment %q has no connection template %q; it has %s", a.environment.Name, name, strings.Join(names, ", ")))
}

// create activates an end user who isn't.
func (a *userActivation) create(ctx context.Context) (*Activation, error) {
	body := ActivationCreate{
		UserID: a.user.ID, EnvironmentID: a.environment.ID, Connections: []ActivationConnection{}, DynamicVariables: a.Variables,
	}
	own, err := a.own(ctx)
	if err != nil {
		return nil, err
	}
	shared, err := a.shared(ctx)
	if err != nil {
		return nil, err
	}
	for i := range a.templates {
		id := a.templates[i].ConnectionTemplateID.Or("")
		entry, err := a.entry(&a.templates[i], own[id], shared[id])
		if err != nil {
			return nil, err
		}
		if entry != nil {
			body.Connections = append(body.Connections, *entry)
		}
	}
	return a.activations.Create(ctx, body, a.opts...)
}

// own lists the connections that the end user has, by the template they were made for.
func (a *userActivation) own(ctx context.Context) (map[string][]Connection, error) {
	own := map[string][]Connection{}
	for connection, err := range a.connections.All(ctx, ConnectionListParams{EndUserID: a.user.ID}, a.opts...) {
		if err != nil {
			return nil, err
		}
		if id := connection.ConnectionTemplateID.Or(""); id != "" {
			own[id] = append(own[id], connection)
		}
	}
	return own, nil
}

// shared lists the static connections of the environment by their templates, if any is needed.
func (a *userActivation) shared(ctx context.Context) (map[string]string, error) {
	needed := func(t ConnectionTemplate) bool {
		_, wanted := a.wanted[t.ConnectionTemplateID.Or("")]
		return !t.Dynamic && !wanted
	}
	if !slices.ContainsFunc(a.templates, needed) {
		return nil, nil
	}
	page, err := a.connections.ListStatic(ctx, a.ProjectID, ConnectionListStaticParams{EnvironmentID: a.environment.ID}, a.opts...)
	if err != nil {
		return nil, err
	}
	shared := map[string]string{}
	for _, connection := range page.Items {
		shared[connection.ConnectionTemplateID.Or("")] = connection.ID
	}
	return shared, nil
}

// entry is the connection for one template; nil where there can be none.
func (a *userActivation) entry(t *ConnectionTemplate, own []Connection, shared string) (*ActivationConnection, error) {
	id := t.ConnectionTemplateID.Or("")
	entry := &ActivationConnection{ConnectionTemplateID: id}
	wanted, ok := a.wanted[id]
	switch {
	case ok && wanted.ExistingID != "":
		entry.ExistingConnectionID = sdk.Some(wanted.ExistingID)
		return entry, nil
	case ok:
		if i := slices.IndexFunc(own, func(c Connection) bool { return c.Name == wanted.Connection.Name }); i >= 0 {
			entry.ExistingConnectionID = sdk.Some(own[i].ID)
			return entry, nil
		}
		spec, err := t.Complete(a.user.OrganisationID, wanted.Connection)
		if err != nil {
			return nil, err
		}
		entry.Connection = sdk.Some(spec)
		return entry, nil
	case !t.Dynamic && shared == "":
		return nil, nil // nobody has one, and the platform has to say what it thinks of that
	case !t.Dynamic:
		entry.ExistingConnectionID = sdk.Some(shared)
		return entry, nil
	case len(own) == 1:
		entry.ExistingConnectionID = sdk.Some(own[0].ID)
		return entry, nil
	case len(own) > 1:
		return nil, refusal(activateUser, fmt.Sprintf("the end user has %d connections for template %q; say which", len(own), t.Name))
	}
	return nil, refusal(activateUser, fmt.Sprintf("there is no connection for template %q", t.Name))
}

// update sets what differs on an activation that is there.
func (a *userActivation) update(ctx context.Context, activation *Activation) (*Activation, error) {
	for i := range a.templates {
		if _, wanted := a.wanted[a.templates[i].ConnectionTemplateID.Or("")]; !wanted {
			continue
		}
		if err := a.connected(ctx, activation, &a.templates[i]); err != nil {
			return nil, err
		}
	}
	changes := map[string]any{}
	for name, value := range a.Variables {
		if current, ok := activation.DynamicVariables[name]; !ok || !sameJSON(current, value) {
			changes[name] = value
		}
	}
	if len(changes) == 0 {
		return activation, nil
	}
	variables, err := a.activations.UpdateVariables(ctx, a.environment.ID, activation.ID, changes, a.opts...)
	if err != nil {
		return nil, err
	}
	// Whether the answer holds the variables that weren't sent isn't documented.
	if activation.DynamicVariables == nil {
		activation.DynamicVariables = map[string]any{}
	}
	maps.Copy(activation.DynamicVariables, variables)
	return activation, nil
}

// connected makes sure that the activation has a connection for a template. The platform sometimes leaves an activation's
// connections out, so one that isn't among them is asked for.
func (a *userActivation) connected(ctx context.Context, activation *Activation, template *ConnectionTemplate) error {
	id := template.ConnectionTemplateID.Or("")
	for _, c := range activation.Connections {
		if strings.EqualFold(c.ConnectionTemplateID.Or(""), id) {
			return nil
		}
	}
	_, err := a.connections.GetForActivation(ctx, id, activation.ID, a.opts...)
	if errors.Is(err, sdk.ErrNotFound) {
		return failure(activateUser, fmt.Sprintf("the end user is activated already, but without a connection for template %q: delete activation %s and activate anew",
			template.Name, activation.ID), sdk.ErrConflict)
	}
	return err
}

// sameJSON compares values as they are on the wire, where 1 and json.Number("1") are the same.
func sameJSON(a, b any) bool {
	x, okA := canonicalJSON(a)
	y, okB := canonicalJSON(b)
	return okA && okB && bytes.Equal(x, y)
}

// canonicalJSON is the same text for the same value, however its members are ordered, with all digits of its numbers.
func canonicalJSON(v any) (text []byte, ok bool) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return nil, false
	}
	text, err = json.Marshal(value)
	return text, err == nil
}
