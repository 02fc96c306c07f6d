package versoritest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// endUser finds an end user by the ULID or by the external id.
func (s *Server) endUser(org, idOrExternalID string) (versori.EndUser, bool) {
	users := &s.connectionState.users
	if user, ok := users.get(org, idOrExternalID); ok {
		return user, true
	}
	return s.endUserOutside(org, idOrExternalID)
}

// endUserOutside finds an end user by the external id alone.
func (s *Server) endUserOutside(org, externalID string) (versori.EndUser, bool) {
	found := s.connectionState.users.where(func(u versori.EndUser) bool { return u.ExternalID == externalID }, org)
	if len(found) == 0 {
		return versori.EndUser{}, false
	}
	return found[0], true
}

// PutEndUser stores an end user of an organisation, a new one or in place of the one that has its ID, and returns what
// is stored. What is zero is filled in: ID with a new one, the times with now. OrganisationID is always the organisation.
//
// An end user without an ExternalID, or with that of another one, and an organisation that isn't a ULID are problems;
// nothing is stored then, and the zero value returned.
func (s *Server) PutEndUser(organisation string, user versori.EndUser) versori.EndUser {
	s.connectionState.mu.Lock()
	defer s.connectionState.mu.Unlock()
	other, taken := s.endUserOutside(organisation, user.ExternalID)
	switch {
	case !ulid(organisation):
		s.Report("PutEndUser: the organisation %q must be a ULID", organisation)
		return versori.EndUser{}
	case user.ExternalID == "":
		s.Report("PutEndUser: the end user has no external id")
		return versori.EndUser{}
	case taken && fold(other.ID) != fold(user.ID):
		s.Report("PutEndUser: the end user %s has the external id %q", other.ID, user.ExternalID)
		return versori.EndUser{}
	}
	s.completeUser(organisation, &user)
	s.connectionState.users.put(user, organisation, user.ID)
	return user
}

func (s *Server) completeUser(organisation string, user *versori.EndUser) {
	user.ID = cmp.Or(user.ID, s.IDs.ULID())
	user.OrganisationID = organisation
	user.CreatedAt = cmp.Or(user.CreatedAt, s.stamp())
	user.UpdatedAt = cmp.Or(user.UpdatedAt, s.stamp())
}

func (s *Server) createEndUser(r *fake.Request) (fake.Response, error) {
	body, err := bodyOf[versori.EndUserCreate](r)
	if err != nil {
		return fake.Response{}, err
	}
	org := r.Path("organisation_id")
	s.connectionState.mu.Lock()
	defer s.connectionState.mu.Unlock()
	if _, taken := s.endUserOutside(org, body.ExternalID); taken {
		details := "There is an end user with the external id " + body.ExternalID
		return fake.Response{}, refuse(http.StatusConflict, "The end user exists", details)
	}
	user := versori.EndUser{ExternalID: body.ExternalID, DisplayName: body.DisplayName.Or("")}
	s.completeUser(org, &user)
	s.connectionState.users.put(user, org, user.ID)
	return fake.JSON(http.StatusCreated, user), nil
}

func (s *Server) getEndUser(r *fake.Request) (fake.Response, error) {
	user, ok := s.endUser(r.Path("organisation_id"), r.Path("user_id"))
	if !ok {
		return missing("end user", r.Path("user_id")), nil
	}
	return fake.JSON(http.StatusOK, user), nil
}

// deleteEndUser takes the end user's activations and connections along.
func (s *Server) deleteEndUser(r *fake.Request) (fake.Response, error) {
	org := r.Path("organisation_id")
	c := &s.connectionState
	c.mu.Lock()
	defer c.mu.Unlock()
	user, ok := s.endUser(org, r.Path("user_id"))
	if !ok {
		return missing("end user", r.Path("user_id")), nil
	}
	for _, a := range c.activations.where(func(a activation) bool { return a.user == user.ID }, org) {
		c.activations.delete(org, a.id)
	}
	for _, owned := range c.connections.where(func(o connection) bool { return o.user == user.ID }, org) {
		c.connections.delete(org, owned.ID)
	}
	c.users.delete(org, user.ID)
	return fake.NoContent(), nil
}

func (s *Server) listEndUsers(r *fake.Request) (fake.Response, error) {
	org := r.Path("organisation_id")
	if r.Has("activated") != r.Has("environment_id") {
		return fake.Response{}, invalidRequest("activated and environment_id go together")
	}
	keep := func(user versori.EndUser) bool {
		return matches(r.Query("search"), user.ID, user.ExternalID, user.DisplayName)
	}
	if r.Has("activated") {
		environment, ok := s.environment(org, r.Query("environment_id"))
		if !ok {
			return missing("environment", r.Query("environment_id")), nil
		}
		searched, active := keep, s.activeUsers(org, environment.ID)
		keep = func(user versori.EndUser) bool {
			return searched(user) && slices.Contains(active, user.ID) == r.Bool("activated", false)
		}
	}
	users := s.connectionState.users.where(keep, org)
	return fake.JSON(http.StatusOK, versori.EndUserPage{TotalCount: len(users), Users: users}), nil
}

// activeUsers are the ids of the end users who have an activation in an environment.
func (s *Server) activeUsers(org, environment string) []string {
	var ids []string
	for _, a := range s.connectionState.activations.below(org) {
		if a.environment == environment {
			ids = append(ids, a.user)
		}
	}
	return ids
}

// matches says whether one of the texts has what is looked for in it, in capitals or small letters.
func matches(search string, texts ...string) bool {
	return slices.ContainsFunc(texts, func(text string) bool {
		return strings.Contains(strings.ToLower(text), strings.ToLower(search))
	})
}
