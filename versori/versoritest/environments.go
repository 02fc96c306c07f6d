package versoritest

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// maxEnvironments is how many environments a project can have.
const maxEnvironments = 5

// updateConfig is Environments.UpdateConfig: what isn't sent is reset.
func (s *Server) updateConfig(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.EnvironmentConfig](r)
	if err != nil {
		return refused(err)
	}
	err = s.withEnvironment(r.Path("organisation_id"), r.Path("environment_id"), func(_ *projectRow, e *environmentRow) error {
		if spec, ok := body.DeploymentSpec.Get(); ok && spec.ServiceAccountName.Or("none") == "" {
			spec.ServiceAccountName = sdk.Optional[string]{} // that is how it is taken away
			body.DeploymentSpec = sdk.Some(spec)
		}
		e.record.Config, e.record.UpdatedAt = body, s.stamp()
		return nil
	})
	return answered(nil, err)
}

// cloneEnvironment is Environments.Clone.
func (s *Server) cloneEnvironment(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.EnvironmentClone](r)
	if err != nil {
		return refused(err)
	}
	pool := body.ExecutionPool.Or("")
	if pool != "" && !s.hasPool(pool) {
		return refused(misfit("executionPool", "is not an execution pool"))
	}
	var from, to place
	err = s.withProject(r.Path("organisation_id"), r.Path("project_id"), func(p *projectRow) error {
		old, err := p.named(body.OldEnvName)
		if err != nil {
			return err
		}
		if _, err := p.named(body.NewEnvName); err == nil {
			return refuse(http.StatusConflict, "The environment exists", "Another environment of the project is named "+body.NewEnvName)
		}
		if len(p.environments) >= maxEnvironments {
			return refuse(http.StatusForbidden, "The limit of the plan is reached", "A project can have five environments")
		}
		made := s.copyEnvironment(old, body.NewEnvName, pool)
		p.environments = append(p.environments, made)
		from, to = p.place(old), p.place(made)
		return nil
	})
	if err != nil {
		return refused(err)
	}
	if body.CloneSystems.Or(false) {
		s.copyTemplates(from.organisation, from.environment, to.environment)
	}
	if body.CopyStaticUserVariables.Or(false) {
		s.copyStaticVariables(from.organisation, from.environment, to.environment)
	}
	return s.answerProject(to)
}

// copyEnvironment makes an environment from another one. Nothing is deployed there.
func (s *Server) copyEnvironment(old *environmentRow, name, pool string) *environmentRow {
	now := s.stamp()
	return &environmentRow{record: versori.ProjectEnvironment{
		ID: s.IDs.ULID(), Name: name, Status: versori.EnvironmentStatusDraft, CreatedAt: now, UpdatedAt: now,
		ExecutionPool: sdk.Some(cmp.Or(pool, old.record.ExecutionPool.Or(""))), Config: old.record.Config,
	}}
}

// changePool is Environments.ChangeExecutionPool.
func (s *Server) changePool(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.ExecutionPoolChange](r)
	if err != nil {
		return refused(err)
	}
	if !s.hasPool(body.ExecutionPool) {
		return refused(misfit("executionPool", "is not an execution pool"))
	}
	target, err := s.target(r)
	if err != nil {
		return refused(err)
	}
	var answer versori.ProjectEnvironment
	err = s.atPlace(target, func(p *projectRow, e *environmentRow) error {
		if e.record.Status == versori.EnvironmentStatusRunning || e.rollout != nil {
			s.stop(p, e)
		}
		e.record.ExecutionPool = sdk.Some(body.ExecutionPool)
		e.record.PublicURL = s.address(e.record.ID, body.ExecutionPool)
		e.record.UpdatedAt = s.stamp()
		answer = p.viewOf(e)
		return nil
	})
	return answered(answer, err)
}

// syncEnvironments is Environments.Sync: what is deployed in one environment is deployed to another.
func (s *Server) syncEnvironments(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.EnvironmentSync](r)
	if err != nil {
		return refused(err)
	}
	var target place
	var versionID string
	err = s.withProject(r.Path("organisation_id"), r.Path("project_id"), func(p *projectRow) error {
		from, err := p.named(body.SourceEnvName)
		if err != nil {
			return err
		}
		to, err := p.named(body.TargetEnvName)
		switch {
		case err != nil:
			return err
		case from == to:
			return misfit("targetEnvName", "must be another environment than sourceEnvName")
		case from.deployed == "":
			return refuse(http.StatusConflict, "Nothing is deployed", "The environment "+body.SourceEnvName+" has no version to copy")
		}
		target, versionID = p.place(to), from.deployed
		return nil
	})
	if err != nil {
		return refused(err)
	}
	return s.deploy(target, versionID)
}

// deleteEnvironment is Environments.Delete.
func (s *Server) deleteEnvironment(r *fake.Request) fake.Response {
	var gone place
	err := s.withProject(r.Path("organisation_id"), r.Path("project_id"), func(p *projectRow) error {
		e := p.byID(r.Path("environment_id"))
		if e == nil {
			return absent("environment", r.Path("environment_id"))
		}
		gone = p.place(e)
		p.environments = slices.DeleteFunc(p.environments, func(other *environmentRow) bool { return other == e })
		p.supersede(e.deployed)
		return nil
	})
	if err != nil {
		return refused(err)
	}
	s.environmentGone(gone)
	return s.answerProject(gone)
}

// environmentGone tells the other parts of the platform what was deleted. No lock may be held.
func (s *Server) environmentGone(gone place) {
	s.forgetEnvironment(gone.organisation, gone.environment)
	s.unlinkEnvironment(gone.environment)
}

// suspendEnvironment is Environments.Suspend.
func (s *Server) suspendEnvironment(p *projectRow, r *fake.Request) (any, error) {
	e, err := p.named(r.Query("environment"))
	if err != nil {
		return nil, err
	}
	if e.record.Status == versori.EnvironmentStatusDraft && e.rollout == nil {
		return nil, refuse(http.StatusConflict, "The environment is not deployed", "There is nothing to suspend in "+e.record.Name)
	}
	if e.record.Status != versori.EnvironmentStatusSuspended {
		s.stop(p, e)
	}
	return p.view(), nil
}

// stop takes down what an environment runs, and what was on its way there.
func (s *Server) stop(p *projectRow, e *environmentRow) {
	e.rollout, e.deployed = nil, ""
	e.record.Status, e.record.UpdatedAt = versori.EnvironmentStatusSuspended, s.stamp()
	e.record.Files, e.record.Labels = nil, nil
	s.write(p, entry{
		at: s.Now(), environment: e.record.Name,
		log: versori.Log{Severity: versori.LogSeverityInfo, Message: "The environment " + e.record.Name + " is suspended"},
	})
}

// SetExecutionPools says which execution pools there are, in place of those that a new server has: gcp-eu4-1 and
// gcp-us1-1. The first is the one that projects are in where none is named.
func (s *Server) SetExecutionPools(names ...string) {
	if len(names) == 0 {
		s.Report("SetExecutionPools: the platform needs one")
		return
	}
	s.projects.mu.Lock()
	defer s.projects.mu.Unlock()
	s.projects.pools = slices.Clone(names)
}

// listPools is ExecutionPools.List.
func (s *Server) listPools(*fake.Request) fake.Response {
	s.projects.mu.Lock()
	defer s.projects.mu.Unlock()
	list := versori.ExecutionPoolList{}
	for _, name := range s.projects.pools {
		list.ExecutionPools = append(list.ExecutionPools, versori.ExecutionPool{Name: name})
	}
	return fake.JSON(http.StatusOK, list)
}

func (s *Server) hasPool(name string) bool {
	s.projects.mu.Lock()
	defer s.projects.mu.Unlock()
	return slices.Contains(s.projects.pools, name)
}

// pool is the one where none is named.
func (s *Server) pool() string {
	s.projects.mu.Lock()
	defer s.projects.mu.Unlock()
	return s.projects.pools[0]
}
