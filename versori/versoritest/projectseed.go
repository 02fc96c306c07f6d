package versoritest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// production is the environment that projects begin with.
const production = "production"

// PutProject enters a project as it is, in place of the one that has its ID, and gives it back with what was missing
// filled in: ids, times, states, the URLs of environments that run, and the environment production where Environments is
// nil. The DeployedVersion of an environment is entered among the versions, with the environment's Files. What the
// project was before is gone, except for its flows, log, traces and triggers.
//
// Ids that aren't ULIDs, environments without a name or with the same one, and values that JSON can't hold are problems;
// nothing is stored then, and the zero value returned.
func (s *Server) PutProject(organisation string, project versori.Project) versori.Project {
	stored, err := s.putProject(organisation, project)
	if err != nil {
		s.Report("PutProject: %v", err)
		return versori.Project{}
	}
	return stored
}

// Project is a project as the platform has it, for checking what the code under test did; false if there is none. Unlike
// a call of Projects.Get, looking at it doesn't carry a deployment on.
func (s *Server) Project(organisation, project string) (versori.Project, bool) {
	s.carryOn()
	found, ok := s.project(organisation, project)
	if !ok {
		return found, false
	}
	found, _ = fake.Copy(found) // has been copied before
	return found, true
}

// DeleteProject removes a project with everything in it: from then on it is answered with 404, until PutProject or
// PutFlow brings it back.
func (s *Server) DeleteProject(organisation, project string) {
	_ = s.deleteProject(organisation, project) // gone is gone
}

// PutTriggers says what the workflows of a project can be started by, in place of what was said before: the test
// container answers it, and each trigger with a CronExpr is a scheduler of every environment that is deployed. Without a
// Type a trigger is a scheduler or a webhook, without a Method it is POST. A project that isn't there is a problem.
func (s *Server) PutTriggers(organisation, project string, triggers ...versori.ProjectTrigger) {
	triggers = slices.Clone(triggers)
	for i := range triggers {
		kind := kindWebhook
		if triggers[i].CronExpr.Or("") != "" {
			kind = kindScheduler
		}
		triggers[i].Type = cmp.Or(triggers[i].Type, kind)
		triggers[i].Method = cmp.Or(triggers[i].Method, "POST")
	}
	err := s.withProject(organisation, project, func(p *projectRow) error {
		p.triggers = triggers
		for _, e := range p.environments {
			s.schedule(p, e)
		}
		return nil
	})
	if err != nil {
		s.Report("PutTriggers: there is no project %q in organisation %q", project, organisation)
	}
}

func (s *Server) putProject(organisation string, record versori.Project) (versori.Project, error) {
	fresh := record.Environments == nil
	record, err := fake.Copy(record)
	if err != nil {
		return record, err
	}
	if fresh {
		record.Environments = []versori.ProjectEnvironment{{Name: production}}
	}
	s.completeProject(&record)
	if err := sound(organisation, &record); err != nil {
		return record, err
	}
	p := &projectRow{organisation: fold(organisation), id: fold(record.ID), record: record, flows: &fake.Table[versori.Flow]{}}
	p.record.Environments = nil
	for _, e := range record.Environments {
		s.enterEnvironment(p, e)
	}
	stored, gone := s.enterProject(p)
	for _, e := range gone {
		s.environmentGone(e)
	}
	return fake.Copy(stored)
}

// enterProject stores a project in place of the one that has its id, whose environments that it doesn't have are gone.
func (s *Server) enterProject(p *projectRow) (stored versori.Project, gone []place) {
	s.projects.mu.Lock()
	defer s.projects.mu.Unlock()
	if old, ok := s.projects.all.get(p.organisation, p.id); ok {
		p.flows, p.log, p.executions, p.triggers = old.flows, old.log, old.executions, old.triggers
		for _, e := range old.environments {
			if p.byID(e.record.ID) == nil {
				gone = append(gone, old.place(e))
			}
		}
	}
	for _, e := range p.environments {
		s.schedule(p, e)
	}
	s.projects.all.put(p, p.organisation, p.id)
	return p.view(), gone
}

// completeProject fills in what a project and its environments lack.
func (s *Server) completeProject(p *versori.Project) {
	now := s.stamp()
	p.ID = s.or(p.ID)
	p.Name = cmp.Or(p.Name, "Project "+p.ID)
	p.CreatedAt = cmp.Or(p.CreatedAt, now)
	p.UpdatedAt = cmp.Or(p.UpdatedAt, p.CreatedAt)
	if len(p.DynamicVariablesSchema.Or(nil)) == 0 {
		p.DynamicVariablesSchema = sdk.Null[map[string]any]()
	}
	for i := range p.Environments {
		e := &p.Environments[i]
		e.ID = s.or(e.ID)
		e.Status = cmp.Or(e.Status, versori.EnvironmentStatusDraft)
		e.CreatedAt = cmp.Or(e.CreatedAt, p.CreatedAt)
		e.UpdatedAt = cmp.Or(e.UpdatedAt, e.CreatedAt)
		if e.ExecutionPool.Or("") == "" {
			e.ExecutionPool = sdk.Some(s.pool())
		}
		if e.Status == versori.EnvironmentStatusRunning {
			e.PublicURL = cmp.Or(e.PublicURL, s.address(e.ID, e.ExecutionPool.Or("")))
		}
	}
}

// sound says what is wrong with a project.
func sound(organisation string, p *versori.Project) error {
	if !ulid(organisation) || !ulid(p.ID) {
		return fmt.Errorf("organisation %q and project %q must be ULIDs", organisation, p.ID)
	}
	names := map[string]bool{}
	for _, e := range p.Environments {
		switch {
		case e.Name == "":
			return errors.New("an environment has no name")
		case names[e.Name]:
			return fmt.Errorf("two environments are named %q", e.Name)
		case !ulid(e.ID):
			return fmt.Errorf("the id %q of environment %s must be a ULID", e.ID, e.Name)
		}
		names[e.Name] = true
	}
	return nil
}

// enterEnvironment adds an environment to a project, and what is deployed there to its versions.
func (s *Server) enterEnvironment(p *projectRow, record versori.ProjectEnvironment) {
	e := &environmentRow{record: record}
	if deployed, ok := record.DeployedVersion.Get(); ok {
		deployed.ID = s.or(deployed.ID)
		deployed.State = cmp.Or(deployed.State, versori.VersionStateReady)
		deployed.CreatedAt = cmp.Or(deployed.CreatedAt, record.UpdatedAt)
		e.deployed = deployed.ID
		if p.version(deployed.ID) == nil {
			p.versions = append(p.versions, versionRow{s.IDs.Number("version"), deployed, record.Files})
		}
	}
	e.record.DeployedVersion = sdk.Optional[versori.ProjectVersion]{}
	p.environments = append(p.environments, e)
}

// or gives an id, or a new one in place of none.
func (s *Server) or(id string) string {
	if id == "" {
		return s.IDs.ULID()
	}
	return id
}
