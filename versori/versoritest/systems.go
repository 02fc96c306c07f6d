package versoritest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// system is a system as it is stored, with the secrets of its schemes.
type system struct {
	number int64
	versori.System
	schemeIDs []string // of AuthSchemeConfigs, in their order: not every kind of scheme holds its own
}

// PutSystem stores a system of an organisation, a new one or in place of the one that has its ID, and returns what is
// stored, with the real secrets. An absent ID is filled in with a new one. The client of an OAuth 2.0 grant becomes a
// credential of the organisation, under the ids that it has or new ones.
//
// Schemes that AuthSchemes.Upsert would refuse, two of the same id, and an organisation that isn't a ULID are problems;
// nothing is stored then, and the zero value returned.
func (s *Server) PutSystem(organisation string, sys versori.System) versori.System {
	stored, err := s.putSystem(organisation, sys)
	if err != nil {
		s.Report("PutSystem: %s", reason(err))
	}
	return stored
}

func (s *Server) putSystem(organisation string, sys versori.System) (versori.System, error) {
	sys, err := fake.Copy(sys)
	if err == nil && !ulid(organisation) {
		err = fmt.Errorf("the organisation %q must be a ULID", organisation)
	}
	if err != nil {
		return versori.System{}, err
	}
	c := &s.connectionState
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range sys.AuthSchemeConfigs {
		s.seedClients(organisation, &sys.AuthSchemeConfigs[i])
	}
	sys.ID = cmp.Or(sys.ID, s.IDs.ULID())
	stored, err := s.storeSystem(organisation, sys)
	if err != nil {
		return versori.System{}, err
	}
	return fake.Copy(stored)
}

// System is a system as the platform has it, with the real secrets of its schemes, for checking what the code under test
// did; false if the organisation has none of that id.
func (s *Server) System(organisation, id string) (versori.System, bool) {
	found, ok := s.connectionState.systems.get(organisation, id)
	if !ok {
		return versori.System{}, false
	}
	copied, err := fake.Copy(found.System)
	return copied, err == nil
}

// storeSystem checks the schemes of a system and stores it.
func (s *Server) storeSystem(org string, sys versori.System) (versori.System, error) {
	old, _ := s.connectionState.systems.get(org, sys.ID)
	row := system{number: cmp.Or(old.number, s.IDs.Number("system")), System: sys}
	row.AuthSchemeConfigs = slices.Clone(sys.AuthSchemeConfigs)
	for i := range row.AuthSchemeConfigs {
		at := index("authSchemeConfigs", i)
		id, err := s.storeScheme(org, at, &row.AuthSchemeConfigs[i])
		if err != nil {
			return versori.System{}, err
		}
		if slices.Contains(row.schemeIDs, id) {
			return versori.System{}, misfit(at, "has the id of another scheme")
		}
		row.schemeIDs = append(row.schemeIDs, id)
	}
	s.connectionState.systems.put(row, org, sys.ID)
	return row.System, nil
}

func (s *Server) createSystem(r *fake.Request) (fake.Response, error) {
	body, err := bodyOf[versori.SystemCreate](r)
	if err != nil {
		return fake.Response{}, err
	}
	s.connectionState.mu.Lock()
	defer s.connectionState.mu.Unlock()
	stored, err := s.storeSystem(r.Path("organisation_id"), versori.System{
		ID: s.IDs.ULID(), Name: body.Name, Domain: body.Domain, TemplateBaseURL: body.TemplateBaseURL,
		AuthSchemeConfigs: body.AuthSchemeConfigs,
	})
	if err != nil {
		return fake.Response{}, err
	}
	return fake.JSON(http.StatusCreated, hideSystem(stored)), nil
}

func hideSystem(s versori.System) versori.System {
	s.AuthSchemeConfigs = hideSchemes(s.AuthSchemeConfigs)
	return s
}

// systemInPath finds the system that the path names.
func (s *Server) systemInPath(r *fake.Request) (system, error) {
	found, ok := s.connectionState.systems.get(r.Path("organisation_id"), r.Path("system_id"))
	if !ok {
		return system{}, absent("system", r.Path("system_id"))
	}
	return found, nil
}

func (s *Server) getSystem(r *fake.Request) (fake.Response, error) {
	found, err := s.systemInPath(r)
	return fake.JSON(http.StatusOK, hideSystem(found.System)), err
}

func (s *Server) listSystems(r *fake.Request) (fake.Response, error) {
	keep := func(s system) bool { return matches(r.Query("search"), s.ID, s.Name, s.Domain) }
	found := s.connectionState.systems.where(keep, r.Path("organisation_id"))
	p, err := paged(r, found, func(s system) int64 { return s.number }, false)
	answer := versori.SystemPage{TotalCount: p.total, Next: p.next, Prev: p.prev}
	for _, found := range p.items {
		answer.Items = append(answer.Items, hideSystem(found.System))
	}
	return fake.JSON(http.StatusOK, answer), err
}

// updateSystem leaves what isn't sent as it is.
func (s *Server) updateSystem(r *fake.Request) (fake.Response, error) {
	body, err := bodyOf[versori.SystemUpdate](r)
	if err != nil {
		return fake.Response{}, err
	}
	s.connectionState.mu.Lock()
	defer s.connectionState.mu.Unlock()
	changed, ok, _ := s.connectionState.systems.update(func(row *system) error {
		row.Name = body.Name.Or(row.Name)
		row.Domain = body.Domain.Or(row.Domain)
		row.TemplateBaseURL = body.TemplateBaseURL.Or(row.TemplateBaseURL)
		return nil
	}, r.Path("organisation_id"), r.Path("system_id"))
	if !ok {
		return missing("system", r.Path("system_id")), nil
	}
	return fake.JSON(http.StatusCreated, hideSystem(changed.System)), nil
}

func (s *Server) deleteSystem(r *fake.Request) (fake.Response, error) {
	org := r.Path("organisation_id")
	c := &s.connectionState
	c.mu.Lock()
	defer c.mu.Unlock()
	found, err := s.systemInPath(r)
	if err != nil {
		return fake.Response{}, err
	}
	if used := c.templates.where(func(t template) bool { return t.system == found.ID }, org); len(used) > 0 {
		details := "The environment " + used[0].environment + " uses it as " + used[0].name
		return fake.Response{}, refuse(http.StatusConflict, "The system is in use", details)
	}
	for _, a := range c.actions.below(org, found.ID) {
		c.actions.delete(org, found.ID, a.ID)
	}
	for _, t := range c.triggers.below(org, found.ID) {
		c.triggers.delete(org, found.ID, t.ID)
	}
	c.systems.delete(org, found.ID)
	return fake.NoContent(), nil
}
