package versoritest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// rollout is a version on its way into an environment.
type rollout struct {
	version string // id
	polls   int    // how often the project is read until it is there
	due     time.Time
	fault   error // why it won't get there; nil if it will
}

// SetRollout says how long deployments take, from the next one on: until the project has been read by Projects.Get this
// often, or until so much time has passed on the platform's clock, whichever comes first. With no polls the call that
// deploys answers when all is done. A new server takes 2 polls or 30 seconds.
func (s *Server) SetRollout(polls int, wait time.Duration) {
	s.projects.mu.Lock()
	defer s.projects.mu.Unlock()
	s.projects.polls, s.projects.wait = polls, wait
}

// OnBuild sets what builds files: Files.Validate answers what it finds wrong with them, and a deployment of such files
// fails with its error. It gets the files as they were sent, and may be called by several requests at once. Nil, as in
// the beginning, builds whatever it gets.
func (s *Server) OnBuild(build func(files []versori.File) error) {
	s.projects.mu.Lock()
	defer s.projects.mu.Unlock()
	s.projects.build = build
}

// builds says what is wrong with files. No lock may be held.
func (s *Server) builds(files []versori.File) error {
	s.projects.mu.Lock()
	build := s.projects.build
	s.projects.mu.Unlock()
	if build == nil {
		return nil
	}
	return build(slices.Clone(files))
}

// deployProject is Projects.Deploy.
func (s *Server) deployProject(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.ProjectDeploy](r)
	if err != nil {
		return refused(err)
	}
	target, err := s.target(r)
	if err != nil {
		return refused(err)
	}
	made, err := s.snapshot(target, versori.VersionCreate{
		Name: body.VersionName, Description: body.VersionDescription, Labels: body.Labels, Files: body.Files,
	})
	if err != nil {
		return refused(err)
	}
	return s.deploy(target, made.ID)
}

// deployVersion is Versions.Deploy.
func (s *Server) deployVersion(r *fake.Request) fake.Response {
	target, err := s.target(r)
	if err != nil {
		return refused(err)
	}
	return s.deploy(target, r.Path("version_id"))
}

// target is the environment that project_env names.
func (s *Server) target(r *fake.Request) (place, error) {
	var target place
	err := s.withProject(r.Path("organisation_id"), r.Path("project_id"), func(p *projectRow) error {
		e, err := p.named(r.Query("project_env"))
		if err == nil {
			target = p.place(e)
		}
		return err
	})
	return target, err
}

// deploy sends a version on its way and answers the project.
func (s *Server) deploy(target place, versionID string) fake.Response {
	var v versionRow
	err := s.withProject(target.organisation, target.project, func(p *projectRow) error {
		found := p.version(versionID)
		if found == nil {
			return absent("version", versionID)
		}
		v = *found
		return nil
	})
	if err != nil {
		return refused(err)
	}
	if systems := s.missingConnections(target.organisation, target.environment); len(systems) > 0 {
		message := "Failed to build config json: missing connections for the following systems: " + strings.Join(systems, ", ")
		problem := versori.Log{Severity: versori.LogSeverityError, Message: message}
		_ = s.putLog(target.organisation, target.project, target.environment, problem) // what is gone by now has no log
		s.deployFailed(target, message)
		return failure(http.StatusBadRequest, message, "")
	}
	fault := s.builds(v.files)
	failed := false
	err = s.atPlace(target, func(p *projectRow, e *environmentRow) error {
		if p.version(versionID) == nil { // the project has been put anew meanwhile
			return absent("version", versionID)
		}
		s.depart(p, e, v, fault)
		if s.projects.polls <= 0 {
			failed = s.arrive(p, e)
		}
		return nil
	})
	if failed {
		s.deployFailed(target, fault.Error())
	}
	if err != nil {
		return refused(err)
	}
	return s.answerProject(target)
}

// depart begins to deploy a version. An environment that runs goes on running what it has.
func (s *Server) depart(p *projectRow, e *environmentRow, v versionRow, fault error) {
	now := s.stamp()
	e.rollout = &rollout{version: v.record.ID, polls: s.projects.polls, due: now.Add(s.projects.wait), fault: fault}
	if e.record.Status != versori.EnvironmentStatusRunning {
		e.record.Status = versori.EnvironmentStatusDraft
	}
	e.record.UpdatedAt = now
	s.write(p, entry{
		at: now, environment: e.record.Name, version: v.record.ID, build: true,
		log: versori.Log{Severity: versori.LogSeverityInfo, Message: "Building version " + v.record.Name},
	})
}

// arrive ends what depart began; true if that failed.
func (s *Server) arrive(p *projectRow, e *environmentRow) (failed bool) {
	r := e.rollout
	e.rollout = nil
	now := s.stamp()
	e.record.UpdatedAt = now
	v := p.version(r.version)
	done := entry{at: now, environment: e.record.Name, version: r.version, build: r.fault != nil}
	if r.fault != nil {
		v.record.State = versori.VersionStateFailed
		e.record.Status = versori.EnvironmentStatusError
		done.log = versori.Log{
			Severity: versori.LogSeverityError, Message: "Version " + v.record.Name + " can't be built", Error: sdk.Some(r.fault.Error()),
		}
		s.write(p, done)
		return true
	}
	before := e.deployed
	e.deployed = r.version
	v.record.State = versori.VersionStateReady
	p.supersede(before)
	e.record.Status = versori.EnvironmentStatusRunning
	e.record.Files, e.record.Labels = v.files, v.record.Labels
	e.record.PublicURL = cmp.Or(e.record.PublicURL, s.address(e.record.ID, e.record.ExecutionPool.Or("")))
	done.log = versori.Log{
		Severity: versori.LogSeverityInfo, Message: "Version " + v.record.Name + " is deployed to " + e.record.Name,
	}
	s.write(p, done)
	s.schedule(p, e)
	return false
}

// supersede marks a version that was deployed and is nowhere any more.
func (p *projectRow) supersede(id string) {
	v := p.version(id)
	if v == nil || slices.ContainsFunc(p.environments, func(e *environmentRow) bool { return e.deployed == id }) {
		return
	}
	v.record.State = versori.VersionStateSuperseded
}

// polled counts a reading of a project; its deployments come nearer to their end.
func (s *Server) polled(organisation, id string) {
	s.settle(organisation, id, func(r *rollout) bool {
		r.polls--
		return r.polls <= 0
	})
}

// carryOn does what has come due by the platform's clock. It happens before each request.
func (s *Server) carryOn() {
	now := s.stamp()
	s.projects.mu.Lock()
	all := s.projects.all.below()
	s.projects.mu.Unlock()
	for _, p := range all { // neither organisation nor id of a project changes
		s.settle(p.organisation, p.id, func(r *rollout) bool { return !now.Before(r.due) })
	}
}

// settle ends those deployments of a project that are done.
func (s *Server) settle(organisation, id string, done func(*rollout) bool) {
	// In order, so that issues get the same ids in every run.
	var failures []func()
	_ = s.withProject(organisation, id, func(p *projectRow) error { // one that is gone has none
		for _, e := range p.environments {
			if e.rollout == nil || !done(e.rollout) {
				continue
			}
			if fault := e.rollout.fault; s.arrive(p, e) {
				target := p.place(e)
				failures = append(failures, func() { s.deployFailed(target, fault.Error()) })
			}
		}
		return nil
	})
	for _, raise := range failures {
		raise()
	}
}

// deployFailed raises the platform's own issue of a deployment that came to nothing. No lock may be held.
func (s *Server) deployFailed(target place, reason string) {
	s.raiseIssue(target.organisation, target.project, target.environment, versori.IssueSeverityCritical, "Environment failed to deploy", reason)
}

// atPlace is withProject for an environment that may have been deleted in between.
func (s *Server) atPlace(target place, do func(*projectRow, *environmentRow) error) error {
	return s.withProject(target.organisation, target.project, func(p *projectRow) error {
		e := p.byID(target.environment)
		if e == nil {
			return absent("environment", target.environment)
		}
		return do(p, e)
	})
}

func (s *Server) answerProject(at place) fake.Response {
	var answer versori.Project
	err := s.withProject(at.organisation, at.project, func(p *projectRow) error {
		answer = p.view()
		return nil
	})
	return answered(answer, err)
}

// address is a public URL for an environment, never the same one twice.
func (s *Server) address(environmentID, pool string) string {
	return fmt.Sprintf("https://%s-%d.%s.versori.run", strings.ToLower(environmentID), s.IDs.Number("address"), pool)
}
