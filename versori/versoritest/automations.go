package versoritest

import (
	"net/http"
	"slices"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// automation is an automation and what its next runs come to.
type automation struct {
	versori.Automation
	end       versori.AutomationJobStatus
	artifacts []versori.AutomationRunArtifact
}

// automationRun is a run of an automation. It has its files at its end.
type automationRun struct {
	versori.AutomationRun
	job job
}

func (s *Server) handleAutomations() {
	s.Handle("Automations.List", s.listAutomations)
	s.Handle("Automations.Create", s.createAutomation)
	s.Handle("Automations.Get", s.getAutomation)
	s.Handle("Automations.Update", s.updateAutomation)
	s.Handle("Automations.Run", s.runAutomation)
	s.Handle("AutomationRuns.List", s.listRuns)
	s.Handle("AutomationRuns.Get", s.getRun)
	s.handleRecordings()
}

// PutAutomation stores an automation under its ID, a new one or in place of the one that has it, and returns what is
// stored. An empty ID is a new one, an absent CreatedAt is now.
func (s *Server) PutAutomation(organisation string, a versori.Automation) versori.Automation {
	a.ID = s.or(a.ID)
	if a.CreatedAt.IsZero() {
		a.CreatedAt = sdk.Some(s.stamp())
	}
	if !s.areULIDs("PutAutomation", organisation, a.ID) {
		return versori.Automation{}
	}
	a.SecretNames = slices.Clone(a.SecretNames)
	s.automations.put(automation{Automation: a, end: versori.AutomationJobStatusCompleted}, organisation, a.ID)
	a.SecretNames = slices.Clone(a.SecretNames)
	return a
}

// PlanAutomationRuns says what the runs come to that are started from now on: completed or failed, and the files they
// leave. Without a plan they complete and leave none.
func (s *Server) PlanAutomationRuns(organisation, automationID string, end versori.AutomationJobStatus, artifacts ...versori.AutomationRunArtifact) {
	if end != versori.AutomationJobStatusCompleted && end != versori.AutomationJobStatusFailed {
		s.Report("PlanAutomationRuns: %q isn't the end of a run", end)
		return
	}
	_, ok, _ := s.automations.update(func(a *automation) error {
		a.end, a.artifacts = end, slices.Clone(artifacts)
		return nil
	}, organisation, automationID)
	if !ok {
		s.Report("PlanAutomationRuns: there is no automation %s", automationID)
	}
}

// listAutomations answers them in the order in which they were made.
func (s *Server) listAutomations(r *fake.Request) fake.Response {
	list := []versori.Automation{}
	for _, a := range s.automations.below(r.Path("organisation_id")) {
		list = append(list, a.Automation)
	}
	return fake.JSON(http.StatusOK, list)
}

func (s *Server) createAutomation(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.AutomationCreate](r)
	if err != nil {
		return refused(err)
	}
	return fake.JSON(http.StatusCreated, s.PutAutomation(r.Path("organisation_id"), versori.Automation{
		Name: body.Name, PromptTemplate: body.PromptTemplate.Or(""), SecretNames: []string{},
	}))
}

func (s *Server) getAutomation(r *fake.Request) fake.Response {
	a, ok := s.automationOf(r)
	if !ok {
		return missing("automation", r.Path("automation_id"))
	}
	return fake.JSON(http.StatusOK, a.Automation)
}

// automationOf is the automation that the path names.
func (s *Server) automationOf(r *fake.Request) (automation, bool) {
	return s.automations.get(r.Path("organisation_id"), r.Path("automation_id"))
}

// updateAutomation keeps what is left out, and secrets that aren't in the list.
func (s *Server) updateAutomation(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.AutomationUpdate](r)
	if err != nil {
		return refused(err)
	}
	a, ok, _ := s.automations.update(func(a *automation) error {
		a.Name = body.Name.Or(a.Name)
		a.PromptTemplate = body.PromptTemplate.Or(a.PromptTemplate)
		names := slices.Clone(a.SecretNames)
		for _, secret := range body.Secrets {
			if !slices.Contains(names, secret.Name) {
				names = append(names, secret.Name)
			}
		}
		a.SecretNames = names
		return nil
	}, r.Path("organisation_id"), r.Path("automation_id"))
	if !ok {
		return missing("automation", r.Path("automation_id"))
	}
	return fake.JSON(http.StatusOK, a.Automation)
}

// runAutomation starts a run, which goes on by itself. Its webhook is not called: what the platform sends there isn't
// known.
func (s *Server) runAutomation(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.AutomationRunCreate](r)
	if err != nil {
		return refused(err)
	}
	a, ok := s.automationOf(r)
	if !ok {
		return missing("automation", r.Path("automation_id"))
	}
	started := automationRun{
		AutomationRun: versori.AutomationRun{
			ID: s.IDs.ULID(), Prompt: body.Prompt, ExecutionID: s.IDs.ULID(), Artifacts: a.artifacts,
		},
		job: startJob(s.stamp(), a.end),
	}
	s.runs.put(started, r.Path("organisation_id"), a.ID, started.ID)
	return fake.JSON(http.StatusAccepted, versori.AutomationRunRef{RunID: started.ID})
}

// listRuns answers the newest first. It moves nothing on.
func (s *Server) listRuns(r *fake.Request) fake.Response {
	if _, ok := s.automationOf(r); !ok {
		return missing("automation", r.Path("automation_id"))
	}
	list := []versori.AutomationRun{}
	for _, found := range slices.Backward(s.runs.below(inPath(r, "organisation_id", "automation_id")...)) {
		list = append(list, found.answer(s))
	}
	return fake.JSON(http.StatusOK, list)
}

func (s *Server) getRun(r *fake.Request) fake.Response {
	var answer versori.AutomationRun
	_, ok, _ := s.runs.update(func(found *automationRun) error {
		found.job.look()
		answer = found.answer(s)
		return nil
	}, inPath(r, "organisation_id", "automation_id", "run_id")...)
	if !ok {
		return missing("run", r.Path("run_id"))
	}
	return fake.JSON(http.StatusOK, answer)
}

// answer is the run as it is now.
func (r *automationRun) answer(s *Server) versori.AutomationRun {
	answer := r.AutomationRun
	answer.Status = r.job.status(s.stamp())
	if !r.job.ended {
		answer.Artifacts = nil
	}
	return answer
}
