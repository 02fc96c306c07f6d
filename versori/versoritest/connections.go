package versoritest

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// connection is a connection as it is stored, with its secrets.
type connection struct {
	number int64
	versori.Connection
	user string // id of the end user whose connection it is; empty for a static one
}

// PutConnection stores a connection made for a connection template, see PutConnectionTemplate, a new one or in place of
// the one that has its ID, and returns what is stored, with the real secrets. With the external id of an end user it is
// a dynamic one of theirs; with an empty one it is static, and the one that the template uses. The credentials are stored
// as they are, whatever the schemes of the template. What is zero is filled in: ids with new ones, the times with now.
// SystemID is always the template's.
//
// A ConnectionTemplateID or an external id that names nothing and a masked secret are problems; nothing is stored then,
// and the zero value returned.
func (s *Server) PutConnection(organisation, externalID string, c versori.Connection) versori.Connection {
	stored, err := s.putConnection(organisation, externalID, c)
	if err != nil {
		s.Report("PutConnection: %s", reason(err))
		return versori.Connection{}
	}
	return stored
}

func (s *Server) putConnection(org, externalID string, given versori.Connection) (versori.Connection, error) {
	given, err := fake.Copy(given)
	if err != nil {
		return given, err
	}
	c := &s.connectionState
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.templates.get(org, given.ConnectionTemplateID.Or(""))
	if !ok {
		return given, fmt.Errorf("there is no connection template %q", given.ConnectionTemplateID.Or(""))
	}
	user, ok := s.endUserOutside(org, externalID)
	if !ok && externalID != "" {
		return given, fmt.Errorf("there is no end user with the external id %q", externalID)
	}
	for i := range given.Credentials {
		if err := checkNoMasks(index("credentials", i), &given.Credentials[i]); err != nil {
			return given, err
		}
		s.completePair(org, &given.Credentials[i])
	}
	given.ID = cmp.Or(given.ID, s.IDs.ULID())
	given.CreatedAt = cmp.Or(given.CreatedAt, s.stamp())
	given.UpdatedAt = cmp.Or(given.UpdatedAt, s.stamp())
	s.storeConnection(org, t, connection{Connection: given, user: user.ID})
	return fake.Copy(given)
}

// completePair gives a pair of scheme and credential the ids that it lacks.
func (s *Server) completePair(org string, pair *versori.ConnectionCredential) {
	pair.ID = cmp.Or(assigned(pair.ID), s.IDs.ULID())
	if credential := pair.Credential.Ptr(); credential != nil {
		credential.ID = cmp.Or(assigned(credential.ID), s.IDs.ULID())
		credential.OrganisationID = cmp.Or(assigned(credential.OrganisationID), org)
	}
}

// storeConnection stores a connection made for a template, which uses it if it is static.
func (s *Server) storeConnection(org string, t template, row connection) connection {
	c := &s.connectionState
	old, _ := c.connections.get(org, row.ID)
	row.number = cmp.Or(old.number, s.IDs.Number("connection"))
	row.ConnectionTemplateID, row.SystemID = sdk.Some(t.id), sdk.Some(t.system)
	c.connections.put(row, org, row.ID)
	if row.user == "" {
		t.connection = row.ID
		c.templates.put(t, org, t.id)
	}
	return row
}

// Connection is a connection as the platform has it, with the real secrets of its credentials, for checking what the
// code under test did; false if the organisation has none of that id.
func (s *Server) Connection(organisation, id string) (versori.Connection, bool) {
	found, ok := s.connectionState.connections.get(organisation, id)
	if !ok {
		return versori.Connection{}, false
	}
	copied, err := fake.Copy(found.Connection)
	return copied, err == nil
}

func (s *Server) createConnection(r *fake.Request) (fake.Response, error) {
	body, err := bodyOf[versori.ConnectionCreate](r)
	if err != nil {
		return fake.Response{}, err
	}
	org := r.Path("organisation_id")
	c := &s.connectionState
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.templates.get(org, body.ConnectionTemplateID)
	if !ok {
		return fake.Response{}, misfit("connectionTemplateId", "names no connection template")
	}
	user, ok := s.endUserOutside(org, body.ExternalID.Or(""))
	if !ok && body.ExternalID.Or("") != "" {
		return fake.Response{}, misfit("externalId", "names no end user")
	}
	d := s.newIntake(org)
	row, err := d.connection("connection", t, user.ID, body.Connection)
	if err != nil {
		return fake.Response{}, err
	}
	d.settle()
	return fake.JSON(http.StatusCreated, hideConnection(s.storeConnection(org, t, row).Connection)), nil
}

// connection makes a new connection of what is sent, without storing it.
func (d *intake) connection(at string, t template, user string, spec versori.ConnectionSpec) (connection, error) {
	if err := d.checkName(t.system, spec.Name, ""); err != nil {
		return connection{}, err
	}
	credentials, err := d.credentials(within(at, "credentials"), t, spec.Name, spec.Credentials, nil)
	if err != nil {
		return connection{}, err
	}
	base, err := baseURL(within(at, "baseUrl"), spec.BaseURL.Or(""))
	if err != nil {
		return connection{}, err
	}
	now := d.stamp()
	return connection{user: user, Connection: versori.Connection{
		ID: d.IDs.ULID(), Name: spec.Name, Credentials: credentials, BaseURL: sdk.Some(base), CreatedAt: now, UpdatedAt: now,
	}}, nil
}

// checkName refuses the name of another connection to the system.
func (d *intake) checkName(system, name, id string) error {
	others := d.connectionState.connections.where(func(c connection) bool {
		return c.SystemID.Or("") == system && c.Name == name && c.ID != id
	}, d.org)
	if len(others) == 0 && !d.names[system+name] {
		d.names[system+name] = true
		return nil
	}
	return refuse(http.StatusConflict, "The connection exists", "There is a connection to the system with the name "+name)
}

// baseURL is what the platform keeps of a base URL: scheme and host, with https where there is no scheme.
func baseURL(at, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return "", misfit(at, "must be a URL")
	}
	return u.Scheme + "://" + u.Host, nil
}

// connectionInPath finds the connection that the path names.
func (s *Server) connectionInPath(r *fake.Request) (connection, error) {
	found, ok := s.connectionState.connections.get(r.Path("organisation_id"), r.Path("connection_id"))
	if !ok {
		return connection{}, absent("connection", r.Path("connection_id"))
	}
	return found, nil
}

func (s *Server) getConnection(r *fake.Request) (fake.Response, error) {
	found, err := s.connectionInPath(r)
	return fake.JSON(http.StatusOK, hideConnection(found.Connection)), err
}

func (s *Server) listConnections(r *fake.Request) (fake.Response, error) {
	for _, filter := range []string{"end_user_id", "system_id"} {
		if r.Has(filter) && !ulid(r.Query(filter)) {
			return fake.Response{}, invalidRequest(filter + " is not a valid ULID")
		}
	}
	found := s.connectionState.connections.where(func(c connection) bool {
		return (!r.Has("end_user_id") || fold(c.user) == fold(r.Query("end_user_id"))) &&
			(!r.Has("system_id") || fold(c.SystemID.Or("")) == fold(r.Query("system_id")))
	}, r.Path("organisation_id"))
	p, err := paged(r, found, func(c connection) int64 { return c.number }, false)
	answer := versori.ConnectionPage{TotalCount: p.total, Next: p.next, Prev: p.prev, Items: hideAll(p.items)}
	return fake.JSON(http.StatusOK, answer), err
}

func hideAll(list []connection) []versori.Connection {
	hidden := []versori.Connection{}
	for _, c := range list {
		hidden = append(hidden, hideConnection(c.Connection))
	}
	return hidden
}

// listStaticConnections answers those that the templates of the environment use.
func (s *Server) listStaticConnections(r *fake.Request) (fake.Response, error) {
	environments, err := s.environmentsAsked(r)
	if err != nil {
		return fake.Response{}, err
	}
	org := r.Path("organisation_id")
	var found []connection
	for _, t := range s.templatesOf(org, environments...) {
		c, ok := s.connectionState.connections.get(org, t.connection)
		if ok && !slices.ContainsFunc(found, func(other connection) bool { return other.ID == c.ID }) {
			found = append(found, c)
		}
	}
	return fake.JSON(http.StatusOK, versori.ConnectionPage{TotalCount: len(found), Items: hideAll(found)}), nil
}

// updateConnection replaces all that can be changed; an empty base URL is ignored.
func (s *Server) updateConnection(r *fake.Request) (fake.Response, error) {
	body, err := bodyOf[versori.ConnectionUpdate](r)
	if err != nil {
		return fake.Response{}, err
	}
	org := r.Path("organisation_id")
	c := &s.connectionState
	c.mu.Lock()
	defer c.mu.Unlock()
	row, err := s.connectionInPath(r)
	if err != nil {
		return fake.Response{}, err
	}
	t, ok := c.templates.get(org, row.ConnectionTemplateID.Or(""))
	if !ok {
		t = template{system: row.SystemID.Or("")} // gone: all schemes of the system do
	}
	d := s.newIntake(org)
	if err := d.checkName(t.system, body.Name, row.ID); err != nil {
		return fake.Response{}, err
	}
	base, err := baseURL("baseUrl", body.BaseURL)
	if err != nil {
		return fake.Response{}, err
	}
	if row.Credentials, err = d.credentials("credentials", t, body.Name, body.Credentials, row.Credentials); err != nil {
		return fake.Response{}, err
	}
	d.settle()
	row.Name, row.UpdatedAt = body.Name, s.stamp()
	row.BaseURL = sdk.Some(cmp.Or(base, row.BaseURL.Or("")))
	c.connections.put(row, org, row.ID)
	return fake.JSON(http.StatusOK, hideConnection(row.Connection)), nil
}

// deleteConnection refuses those of end users that an activation uses; static ones go in any case.
func (s *Server) deleteConnection(r *fake.Request) (fake.Response, error) {
	org := r.Path("organisation_id")
	c := &s.connectionState
	c.mu.Lock()
	defer c.mu.Unlock()
	row, err := s.connectionInPath(r)
	if err != nil {
		return fake.Response{}, err
	}
	users := c.activations.where(func(a activation) bool { return row.user != "" && a.uses(row.ID) }, org)
	if len(users) > 0 {
		return fake.Response{}, refuse(http.StatusConflict, "The connection is in use", "The activation "+users[0].id+" uses it")
	}
	c.connections.delete(org, row.ID)
	for _, t := range c.templates.where(func(t template) bool { return t.connection == row.ID }, org) {
		t.connection = ""
		c.templates.put(t, org, t.id)
	}
	return fake.NoContent(), nil
}

// linkConnection makes a static connection the one that a template uses, in place of the one before it.
func (s *Server) linkConnection(r *fake.Request) (fake.Response, error) {
	org := r.Path("organisation_id")
	s.connectionState.mu.Lock()
	defer s.connectionState.mu.Unlock()
	row, t, err := s.linkInBody(r)
	switch {
	case err != nil:
		return fake.Response{}, err
	case row.SystemID.Or("") != t.system:
		return fake.Response{}, misfit("connectionTemplateId", "is for another system than the connection")
	case row.user != "":
		return fake.Response{}, invalidRequest("The connection is an end user's")
	}
	t.connection = row.ID
	s.connectionState.templates.put(t, org, t.id)
	return fake.Response{Status: http.StatusCreated}, nil
}

func (s *Server) unlinkConnection(r *fake.Request) (fake.Response, error) {
	s.connectionState.mu.Lock()
	defer s.connectionState.mu.Unlock()
	row, t, err := s.linkInBody(r)
	switch {
	case err != nil:
		return fake.Response{}, err
	case t.connection != row.ID:
		details := "The connection isn't linked to the connection template " + t.id
		return fake.Response{}, refuse(http.StatusNotFound, "No such link", details)
	}
	t.connection = ""
	s.connectionState.templates.put(t, r.Path("organisation_id"), t.id)
	return fake.NoContent(), nil
}

// linkInBody finds the connection in the path and the template in the body.
func (s *Server) linkInBody(r *fake.Request) (connection, template, error) {
	body, err := bodyOf[versori.ConnectionLink](r)
	if err != nil {
		return connection{}, template{}, err
	}
	row, err := s.connectionInPath(r)
	if err != nil {
		return connection{}, template{}, err
	}
	t, ok := s.connectionState.templates.get(r.Path("organisation_id"), body.ConnectionTemplateID)
	if !ok {
		return connection{}, template{}, misfit("connectionTemplateId", "names no connection template")
	}
	return row, t, nil
}
