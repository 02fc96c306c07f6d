package versoritest

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// How long deployments take in a new server.
const (
	rolloutPolls = 2
	rolloutTime  = 30 * time.Second
)

// handleProjects registers what is done with projects and what belongs to them, and enters the first one.
func (s *Server) handleProjects() {
	s.projects.pools = []string{"gcp-eu4-1", "gcp-us1-1"}
	s.SetRollout(rolloutPolls, rolloutTime)
	for id, handler := range map[string]fake.Handler{
		"Projects.List": s.listProjects, "Projects.Create": s.createProject, "Projects.Get": s.getProject,
		"Projects.Delete": s.removeProject, "Projects.Clone": s.cloneProject, "Projects.Deploy": s.deployProject,
		"Environments.UpdateConfig": s.updateConfig, "Environments.Call": s.callEnvironment,
		"Environments.Clone": s.cloneEnvironment, "Environments.ChangeExecutionPool": s.changePool,
		"Environments.Sync": s.syncEnvironments, "Environments.Delete": s.deleteEnvironment,
		"Files.Validate": s.validateFiles, "Versions.Create": s.createVersion, "Versions.Deploy": s.deployVersion,
		"TestContainers.Trigger": s.triggerTest, "Schedulers.List": s.listSchedulers, "Schedulers.Get": s.getScheduler,
		"Schedulers.Trigger": s.triggerScheduler, "ExecutionPools.List": s.listPools,
		"Metrics.GetOrganisation": s.organisationMetrics, "Metrics.GetProjects": s.projectMetrics,
	} {
		s.Handle(id, handler)
	}
	for id, do := range map[string]func(*projectRow, *fake.Request) (any, error){
		"Projects.Update": s.updateProject, "Projects.AddSentiment": s.addSentiment,
		"Projects.Star": s.star(true), "Projects.Unstar": s.star(false), "Environments.Suspend": s.suspendEnvironment,
		"Files.Get": s.getFiles, "Files.Update": s.updateFiles, "Files.Patch": s.patchFiles,
		"Versions.List": s.listVersions, "Versions.GetFiles": s.versionFiles,
		"Variables.GetSchema": s.getSchema, "Variables.SetSchema": s.setSchema, "Variables.PatchSchema": s.patchSchema,
		"Flows.List": s.listFlows, "Flows.Get": s.getFlow, "Flows.Update": s.updateFlow, "Flows.Delete": s.deleteFlow,
		"Logs.List": s.listLogs, "Logs.Search": s.searchLogs, "Traces.List": s.listTraces, "Traces.Get": s.getTrace,
		"TestContainers.Start": s.startTest,
	} {
		s.Handle(id, s.onProject(do))
	}
	s.PutProject(Organisation, versori.Project{
		ID: Project, Name: "Orders", Environments: []versori.ProjectEnvironment{{ID: Environment, Name: production}},
	})
}

// listProjects is Projects.List. What false asks for isn't documented; here it is the projects without a star.
func (s *Server) listProjects(r *fake.Request) fake.Response {
	s.projects.mu.Lock()
	defer s.projects.mu.Unlock()
	list := versori.ProjectList{Projects: []versori.ProjectSummary{}}
	for _, p := range s.projects.all.below(r.Path("organisation_id")) {
		if r.Has("starred") && r.Bool("starred", false) != p.record.Starred {
			continue
		}
		list.Projects = append(list.Projects, versori.ProjectSummary{
			ID: p.record.ID, Name: p.record.Name, CreatedAt: p.record.CreatedAt, UpdatedAt: p.record.UpdatedAt,
			Environments: p.viewAll(), Starred: p.record.Starred,
		})
	}
	return fake.JSON(http.StatusOK, list)
}

// createProject is Projects.Create.
func (s *Server) createProject(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.ProjectCreate](r)
	if err != nil {
		return refused(err)
	}
	pool := cmp.Or(body.ExecutionPool.Or(""), s.pool())
	if !s.hasPool(pool) {
		return refused(misfit("executionPool", "is not an execution pool"))
	}
	made, err := s.putProject(r.Path("organisation_id"), versori.Project{
		Name: body.Name, Environments: []versori.ProjectEnvironment{{Name: production, ExecutionPool: sdk.Some(pool)}},
	})
	return answered(made, err)
}

// getProject is Projects.Get: deployments are waited for with it.
func (s *Server) getProject(r *fake.Request) fake.Response {
	at := place{organisation: r.Path("organisation_id"), project: r.Path("project_id")}
	s.polled(at.organisation, at.project)
	return s.answerProject(at)
}

// updateProject is Projects.Update: what is sent replaces what is there, whole.
func (s *Server) updateProject(p *projectRow, r *fake.Request) (any, error) {
	body, err := bodyOf[versori.ProjectUpdate](r)
	if err != nil {
		return nil, err
	}
	p.record.Name = body.Name.Or(p.record.Name)
	p.record.Settings = body.Settings.Or(p.record.Settings)
	p.record.Metadata = body.Metadata.Or(p.record.Metadata)
	p.record.UpdatedAt = s.stamp()
	return p.view(), nil
}

// removeProject is Projects.Delete.
func (s *Server) removeProject(r *fake.Request) fake.Response {
	return answered(nil, s.deleteProject(r.Path("organisation_id"), r.Path("project_id")))
}

// deleteProject removes a project, and tells the other parts.
func (s *Server) deleteProject(organisation, id string) error {
	var environments []place
	err := s.withProject(organisation, id, func(p *projectRow) error {
		for _, e := range p.environments {
			environments = append(environments, p.place(e))
		}
		s.projects.all.delete(organisation, id)
		return nil
	})
	if err != nil {
		return err
	}
	for _, gone := range environments {
		s.environmentGone(gone)
	}
	return nil
}

// cloneProject is Projects.Clone: files, configuration and connection templates, and nothing that runs.
func (s *Server) cloneProject(r *fake.Request) fake.Response {
	old, ok := s.project(r.Path("organisation_id"), r.Path("project_id"))
	if !ok {
		return missing("project", r.Path("project_id"))
	}
	made := versori.Project{
		Name: old.Name + " (copy)", CurrentFiles: old.CurrentFiles, DynamicVariablesSchema: old.DynamicVariablesSchema,
		Settings: old.Settings, Environments: []versori.ProjectEnvironment{},
	}
	for _, e := range old.Environments {
		made.Environments = append(made.Environments, versori.ProjectEnvironment{
			Name: e.Name, ExecutionPool: e.ExecutionPool, Config: e.Config,
		})
	}
	made, err := s.putProject(r.Path("organisation_id"), made)
	if err != nil {
		return refused(err)
	}
	s.copyTriggers(r.Path("organisation_id"), old.ID, made.ID)
	for i, e := range old.Environments {
		s.copyTemplates(r.Path("organisation_id"), e.ID, made.Environments[i].ID)
	}
	return fake.JSON(http.StatusOK, made)
}

// copyTriggers gives a project the triggers of another one, whose code it has.
func (s *Server) copyTriggers(organisation, from, to string) {
	_ = s.withProject(organisation, from, func(old *projectRow) error {
		if made, ok := s.projects.all.get(organisation, to); ok {
			made.triggers = old.triggers
		}
		return nil
	}) // one of them may have been deleted in between
}

// star is Projects.Star, and Projects.Unstar.
func (s *Server) star(starred bool) func(*projectRow, *fake.Request) (any, error) {
	return func(p *projectRow, _ *fake.Request) (any, error) {
		p.record.Starred = starred
		return nil, nil
	}
}

// addSentiment is Projects.AddSentiment.
func (s *Server) addSentiment(p *projectRow, r *fake.Request) (any, error) {
	body, err := bodyOf[versori.SentimentCreate](r)
	if err != nil {
		return nil, err
	}
	p.record.Metadata.SentimentHistory = append(slices.Clip(p.record.Metadata.SentimentHistory), versori.Sentiment{
		Timestamp: s.stamp(), SentimentScore: body.SentimentScore, MessageID: body.MessageID,
	})
	return p.view(), nil
}
