package versoritest

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// projectState is what the fake knows of projects. The lock is held while one is looked at or changed, and nothing
// outside is called meanwhile: no other part of the platform, no function of the test.
type projectState struct {
	mu       sync.Mutex
	all      rows[*projectRow] // by organisation and id
	pools    []string
	polls    int           // that a deployment takes
	wait     time.Duration // that it takes at most
	workflow http.Handler
	build    func([]versori.File) error
}

// projectRow is one project. Models in it are replaced and never changed in place, so that answers may share them.
type projectRow struct {
	organisation string // folded, as the id is; neither ever changes
	id           string
	record       versori.Project // without environments
	environments []*environmentRow
	versions     []versionRow              // the oldest first
	flows        *fake.Table[versori.Flow] // by the name in the path
	log          []entry                   // by time
	executions   []execution               // the oldest first
	triggers     []versori.ProjectTrigger
	testing      bool // whether the test container runs
}

// environmentRow is one environment of a project.
type environmentRow struct {
	record     versori.ProjectEnvironment // without the deployed version
	deployed   string                     // id of that version; empty for none
	rollout    *rollout                   // what is being deployed; nil for nothing
	schedulers []versori.Scheduler
}

// versionRow is a version with its files.
type versionRow struct {
	number int64 // they are counted
	record versori.ProjectVersion
	files  []versori.File
}

// place is an environment of a project, by ids.
type place struct{ organisation, project, environment string }

// withProject lets a function look at a project, or change it; an error if there is none. Functions refuse by an error
// of refuse.
func (s *Server) withProject(organisation, id string, do func(*projectRow) error) error {
	s.projects.mu.Lock()
	defer s.projects.mu.Unlock()
	p, ok := s.projects.all.get(organisation, id)
	if !ok {
		return absent("project", id)
	}
	return do(p)
}

// withEnvironment does the same with an environment, by its id.
func (s *Server) withEnvironment(organisation, id string, do func(*projectRow, *environmentRow) error) error {
	s.projects.mu.Lock()
	defer s.projects.mu.Unlock()
	for _, p := range s.projects.all.below(organisation) {
		if e := p.byID(id); e != nil {
			return do(p, e)
		}
	}
	return absent("environment", id)
}

// onProject is a handler of the project that the path names. What it gives is answered with 200, nothing with 204.
func (s *Server) onProject(do func(*projectRow, *fake.Request) (any, error)) fake.Handler {
	return func(r *fake.Request) fake.Response {
		var answer any
		err := s.withProject(r.Path("organisation_id"), r.Path("project_id"), func(p *projectRow) (err error) {
			answer, err = do(p, r)
			return err
		})
		return answered(answer, err)
	}
}

func answered(answer any, err error) fake.Response {
	switch {
	case err != nil:
		return refused(err)
	case answer == nil:
		return fake.NoContent()
	}
	return fake.JSON(http.StatusOK, answer)
}

// project is a project as it is now; false if there is none.
func (s *Server) project(organisation, id string) (versori.Project, bool) {
	var found versori.Project
	err := s.withProject(organisation, id, func(p *projectRow) error {
		found = p.view()
		return nil
	})
	return found, err == nil
}

// environment is an environment by its id, as it is now; false if there is none.
func (s *Server) environment(organisation, id string) (versori.ProjectEnvironment, bool) {
	var found versori.ProjectEnvironment
	err := s.withEnvironment(organisation, id, func(p *projectRow, e *environmentRow) error {
		found = p.viewOf(e)
		return nil
	})
	return found, err == nil
}

// projectOf is the project that an environment belongs to; false if there is no such environment.
func (s *Server) projectOf(organisation, environmentID string) (versori.Project, bool) {
	var found versori.Project
	err := s.withEnvironment(organisation, environmentID, func(p *projectRow, _ *environmentRow) error {
		found = p.view()
		return nil
	})
	return found, err == nil
}

// view is the project as it is answered.
func (p *projectRow) view() versori.Project {
	v := p.record
	v.Environments = p.viewAll()
	return v
}

func (p *projectRow) viewAll() []versori.ProjectEnvironment {
	all := make([]versori.ProjectEnvironment, len(p.environments))
	for i, e := range p.environments {
		all[i] = p.viewOf(e)
	}
	return all
}

func (p *projectRow) viewOf(e *environmentRow) versori.ProjectEnvironment {
	v := e.record
	if deployed := p.version(e.deployed); deployed != nil {
		v.DeployedVersion = sdk.Some(deployed.record)
	}
	return v
}

// named finds an environment by its name. Without a name it is the only one.
func (p *projectRow) named(name string) (*environmentRow, error) {
	if name == "" {
		if len(p.environments) == 1 {
			return p.environments[0], nil
		}
		return nil, refuse(http.StatusBadRequest, "The environment is missing", "The project has more than one: name it in project_env")
	}
	for _, e := range p.environments {
		if e.record.Name == name {
			return e, nil
		}
	}
	return nil, absent("environment", name)
}

func (p *projectRow) byID(id string) *environmentRow {
	for _, e := range p.environments {
		if fold(e.record.ID) == fold(id) {
			return e
		}
	}
	return nil
}

func (p *projectRow) version(id string) *versionRow {
	i := slices.IndexFunc(p.versions, func(v versionRow) bool { return fold(v.record.ID) == fold(id) })
	if i < 0 || id == "" {
		return nil
	}
	return &p.versions[i]
}

// place is where an environment is.
func (p *projectRow) place(e *environmentRow) place {
	return place{p.organisation, p.id, e.record.ID}
}
