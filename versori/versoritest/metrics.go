package versoritest

import (
	"net/http"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// metricSpan is the time over which metrics are counted; the time before is as long.
const metricSpan = 24 * time.Hour

// tally counts the executions of a time.
type tally struct {
	executions, errors int
	latency            time.Duration // of all together
}

func (t *tally) add(x *execution) {
	t.executions++
	t.latency += x.took
	if x.failed {
		t.errors++
	}
}

// average is how long an execution took, in milliseconds.
func (t *tally) average() float64 {
	return float64(t.latency) / float64(time.Millisecond) / float64(max(t.executions, 1))
}

// count adds the executions of a project's environments to those of now and of the time before.
func (p *projectRow) count(now time.Time, current, past *tally) {
	for i := range p.executions {
		x := &p.executions[i]
		switch age := now.Sub(x.start); {
		case x.environment == "": // in the test container
		case age < metricSpan:
			current.add(x)
		case age < 2*metricSpan:
			past.add(x)
		}
	}
}

// metric is a number beside that of the time before, which is absent where nothing happened then.
func metric(current, past *tally, number func(*tally) float64) versori.Metric {
	m := versori.Metric{Current: number(current)}
	if past.executions > 0 {
		m.Past = sdk.Some(number(past))
	}
	return m
}

func executed(t *tally) float64 { return float64(t.executions) }

func failed(t *tally) float64 { return float64(t.errors) }

// organisationMetrics is Metrics.GetOrganisation.
func (s *Server) organisationMetrics(r *fake.Request) fake.Response {
	var current, past tally
	deployed := 0
	now := s.Now()
	s.projects.mu.Lock()
	defer s.projects.mu.Unlock()
	for _, p := range s.projects.all.below(r.Path("organisation_id")) {
		p.count(now, &current, &past)
		if p.runs() {
			deployed++
		}
	}
	return fake.JSON(http.StatusOK, versori.OrganisationMetrics{
		DeployedProjects: versori.Metric{Current: float64(deployed)},
		TotalExecutions:  metric(&current, &past, executed),
		TotalErrors:      metric(&current, &past, failed),
	})
}

// projectMetrics is Metrics.GetProjects.
func (s *Server) projectMetrics(r *fake.Request) fake.Response {
	now := s.Now()
	items := map[string]versori.ProjectMetrics{}
	s.projects.mu.Lock()
	defer s.projects.mu.Unlock()
	for _, p := range s.projects.all.below(r.Path("organisation_id")) {
		var current, past tally
		p.count(now, &current, &past)
		items[p.record.ID] = versori.ProjectMetrics{
			TotalExecutions: metric(&current, &past, executed),
			TotalErrors:     metric(&current, &past, failed),
			AverageLatency:  metric(&current, &past, (*tally).average),
		}
	}
	return fake.JSON(http.StatusOK, versori.MetricsByProject{Items: items})
}

// runs says whether the project runs anywhere.
func (p *projectRow) runs() bool {
	for _, e := range p.environments {
		if e.record.Status == versori.EnvironmentStatusRunning {
			return true
		}
	}
	return false
}
