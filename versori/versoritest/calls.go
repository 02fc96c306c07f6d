package versoritest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// The kinds of triggers that the fake knows.
const (
	kindScheduler = "scheduler"
	kindWebhook   = "webhook"
)

// callEnvironment is Environments.Call.
func (s *Server) callEnvironment(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.EnvironmentCall](r)
	if err != nil {
		return refused(err)
	}
	target, err := s.target(r)
	if err != nil {
		return refused(err)
	}
	address, err := s.reach(target)
	if err != nil {
		return refused(err)
	}
	path := strings.TrimPrefix(body.URLPath, "/")
	address += "/" + path
	if len(body.Query) > 0 {
		address += separator(path) + url.Values(body.Query).Encode()
	}
	name, _, _ := strings.Cut(path, "?")
	answer, err := s.run(r, target, trigger{
		kind: kindWebhook, name: name, address: address, method: string(body.Method), header: headerOf(body.Headers), body: body.Body.Or(nil),
	})
	if err != nil {
		return refused(err)
	}
	return fake.JSON(http.StatusOK, versori.EnvironmentCallResult{
		Status: answer.status, Headers: answer.sent, Body: answer.body.Bytes(),
	})
}

// reach is the address of an environment; an error where nothing runs.
func (s *Server) reach(target place) (address string, err error) {
	err = s.atPlace(target, func(_ *projectRow, e *environmentRow) error {
		if e.record.Status != versori.EnvironmentStatusRunning {
			return refuse(http.StatusConflict, "The environment is not running", "Its status is "+string(e.record.Status))
		}
		address = e.record.PublicURL
		return nil
	})
	return address, err
}

func separator(path string) string {
	if strings.Contains(path, "?") {
		return "&"
	}
	return "?"
}

// headerOf gives headers the form of their names that Go wants.
func headerOf(given map[string][]string) http.Header {
	header := http.Header{}
	for name, values := range given {
		for _, value := range values {
			header.Add(name, value)
		}
	}
	return header
}

// startTest is TestContainers.Start.
func (s *Server) startTest(p *projectRow, _ *fake.Request) (any, error) {
	p.testing = true
	return versori.TestContainer{ContainerRunning: true, Triggers: p.triggers}, nil
}

// triggerTest is TestContainers.Trigger.
func (s *Server) triggerTest(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.TestTrigger](r)
	if err != nil {
		return refused(err)
	}
	at := place{organisation: r.Path("organisation_id"), project: r.Path("project_id")}
	var found versori.ProjectTrigger
	err = s.withProject(at.organisation, at.project, func(p *projectRow) error {
		if !p.testing {
			return refuse(http.StatusConflict, "The test container is not running", "Start it first")
		}
		i := slices.IndexFunc(p.triggers, func(t versori.ProjectTrigger) bool { return t.Name == r.Path("trigger_name") })
		if i < 0 {
			return absent("trigger", r.Path("trigger_name"))
		}
		found = p.triggers[i]
		return nil
	})
	if err != nil {
		return refused(err)
	}
	begin := trigger{
		kind: found.Type, name: found.Name, address: "http://test/" + url.PathEscape(found.Name), method: found.Method,
		header: headerOf(body.Headers), body: []byte(body.Payload.Or("")), fields: map[string]any{},
	}
	if contentType := body.ContentType.Or(""); contentType != "" {
		begin.header.Set("Content-Type", contentType)
	}
	if id := body.ActivationID.Or(""); id != "" {
		begin.fields["activationId"] = id
	}
	answer, err := s.run(r, at, begin)
	if err != nil {
		return refused(err)
	}
	return fake.JSON(http.StatusOK, versori.TestResult{
		Status: statusText(answer.status), Headers: answer.sent, Body: answer.body.Bytes(),
	})
}

// schedule gives an environment that is deployed the schedulers of its project. One that was there keeps its id. The
// lock is held.
func (s *Server) schedule(p *projectRow, e *environmentRow) {
	if e.record.Status != versori.EnvironmentStatusRunning {
		return
	}
	before := e.schedulers
	e.schedulers = nil
	for _, t := range p.triggers {
		if t.CronExpr.Or("") == "" {
			continue
		}
		one := versori.Scheduler{
			Name: t.Name, Schedule: t.CronExpr.Or(""), URL: e.record.PublicURL + "/" + url.PathEscape(t.Name), EnvironmentID: e.record.ID,
		}
		if i := slices.IndexFunc(before, func(s versori.Scheduler) bool { return s.Name == t.Name }); i >= 0 {
			one.ID = before[i].ID
		}
		one.ID = s.or(one.ID)
		e.schedulers = append(e.schedulers, one)
	}
}

// listSchedulers is Schedulers.List.
func (s *Server) listSchedulers(r *fake.Request) fake.Response {
	var list []versori.Scheduler
	err := s.withEnvironment(r.Path("organisation_id"), r.Path("environment_id"), func(_ *projectRow, e *environmentRow) error {
		list = append([]versori.Scheduler{}, e.schedulers...)
		return nil
	})
	return answered(list, err)
}

// getScheduler is Schedulers.Get.
func (s *Server) getScheduler(r *fake.Request) fake.Response {
	one, _, err := s.scheduler(r)
	return answered(one, err)
}

// triggerScheduler is Schedulers.Trigger.
func (s *Server) triggerScheduler(r *fake.Request) fake.Response {
	one, at, err := s.scheduler(r)
	if err == nil {
		_, err = s.reach(at)
	}
	if err == nil {
		_, err = s.run(r, at, trigger{kind: kindScheduler, name: one.Name, address: one.URL, method: http.MethodPost, header: http.Header{}})
	}
	return answered(nil, err)
}

// scheduler is the scheduler that the path names, and where it is.
func (s *Server) scheduler(r *fake.Request) (found versori.Scheduler, at place, err error) {
	err = s.withEnvironment(r.Path("organisation_id"), r.Path("environment_id"), func(p *projectRow, e *environmentRow) error {
		i := slices.IndexFunc(e.schedulers, func(one versori.Scheduler) bool { return fold(one.ID) == fold(r.Path("scheduler_id")) })
		if i < 0 {
			return absent("scheduler", r.Path("scheduler_id"))
		}
		found, at = e.schedulers[i], p.place(e)
		return nil
	})
	return found, at, err
}
