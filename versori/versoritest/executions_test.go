package versoritest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// everyExecutionOperation calls each operation on what runs workflows, and on what is known of that.
func everyExecutionOperation(t *testing.T, s *versoritest.Server) {
	t.Helper()
	s.SetRollout(0, 0)
	s.PutTriggers(organisation, project, triggers()...)
	deploy(t, s, "v1")
	ctx, client := t.Context(), s.Client()
	container, err := client.TestContainers.Start(ctx, project)
	must(t, err)
	assert.Equal(t, "running", container.ContainerRunning, true)
	assert.Equal(t, "triggers", len(container.Triggers), 2)
	result, err := client.TestContainers.Trigger(ctx, project, "orders", versori.TestTrigger{Payload: sdk.Some(`{"order":42}`)})
	must(t, err)
	assert.Equal(t, "status", result.Status, "200 OK")
	assert.Equal(t, "body", string(result.Body), `{"order":42}`)

	list, err := client.Schedulers.List(ctx, versoritest.Environment)
	must(t, err)
	assert.Equal(t, "schedulers", len(list), 1)
	one, err := client.Schedulers.Get(ctx, versoritest.Environment, list[0].ID)
	must(t, err)
	assert.Equal(t, "schedule", one.Schedule, "0 2 * * *")
	must(t, client.Schedulers.Trigger(ctx, versoritest.Environment, one.ID))

	page, err := client.Logs.List(ctx, project, versori.LogListParams{Environment: "production"})
	must(t, err)
	assert.Equal(t, "entries", len(page.Logs), 3)
	assert.Equal(t, "next token", page.NextToken, sdk.Some(""))
	page, err = client.Logs.Search(ctx, project, versori.LogQuery{Filters: []versori.LogFilter{
		{Value: "/nightly", Match: versori.LogMatchSearch},
	}}, versori.LogSearchParams{})
	must(t, err)
	assert.Equal(t, "entries", len(page.Logs), 1)
	traces, err := client.Traces.List(ctx, project, versori.TraceListParams{})
	must(t, err)
	assert.Equal(t, "traces", len(traces.Items), 2)
	trace, err := client.Traces.Get(ctx, project, traces.Items[0].TraceID)
	must(t, err)
	assert.Equal(t, "span", trace.Spans[0].SpanID, traces.Items[0].SpanID)
	total, err := client.Metrics.GetOrganisation(ctx)
	must(t, err)
	assert.Equal(t, "executions", total.TotalExecutions.Current, 1)
	assert.Equal(t, "deployed", total.DeployedProjects.Current, 1)
	each, err := client.Metrics.GetProjects(ctx)
	must(t, err)
	assert.Equal(t, "executions", each.Items[project].TotalExecutions.Current, 1)
}

func triggers() []versori.ProjectTrigger {
	return []versori.ProjectTrigger{{Name: "orders"}, {Name: "nightly", CronExpr: sdk.Some("0 2 * * *")}}
}

func TestWorkflowsGetTheRequestAndGiveTheAnswer(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.SetRollout(0, 0)
	e := deploy(t, s, "v1")
	s.OnWorkflow(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Seen", fmt.Sprint(r.Method, " https://", r.Host, r.RequestURI, " ", r.Header["X-Shop"], " ", string(body)))
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write([]byte{0, 0xff})
		w.Header().Set("X-Late", "yes")
	}))
	result, err := s.Client().Environments.Call(t.Context(), project, versori.EnvironmentCall{
		URLPath: "/orders?a=1", Method: versori.HTTPMethodPUT, Headers: map[string][]string{"x-shop": {"acme", "b"}},
		Query: map[string][]string{"tag": {"new", "paid"}}, Body: sdk.Some([]byte{'b', 'o', 'd', 'y'}),
	}, versori.EnvironmentCallParams{})
	must(t, err)
	assert.Equal(t, "status", result.Status, 202)
	assert.Equal(t, "body", string(result.Body), "\x00\xff")
	assert.Equal(t, "seen", result.Headers["X-Seen"][0], "PUT "+e.PublicURL+"/orders?a=1&tag=new&tag=paid [acme b] body")
	assert.Equal(t, "header behind the body", len(result.Headers["X-Late"]), 0)
	bad := versori.EnvironmentCall{URLPath: "\x7f", Method: versori.HTTPMethodGET}
	_, err = s.Client().Environments.Call(t.Context(), project, bad, versori.EnvironmentCallParams{})
	wantStatus(t, err, 400)
}

func TestAWorkflowThatFailsIsNoError(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.SetRollout(0, 0)
	deploy(t, s, "v1")
	s.OnWorkflow(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Advance(250 * time.Millisecond)
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	ctx, client := t.Context(), s.Client()
	call := versori.EnvironmentCall{URLPath: "orders", Method: versori.HTTPMethodPOST}
	result, err := client.Environments.Call(ctx, project, call, versori.EnvironmentCallParams{})
	must(t, err)
	assert.Equal(t, "status", result.Status, 503)
	s.OnWorkflow(nil)
	_, err = client.Environments.Call(ctx, project, call, versori.EnvironmentCallParams{})
	must(t, err)

	page, err := client.Logs.List(ctx, project, versori.LogListParams{Order: versori.LogOrderAsc})
	must(t, err)
	entry := page.Logs[1]
	assert.Equal(t, "severity", entry.Severity, versori.LogSeverityError)
	assert.Equal(t, "message", entry.Message, "POST /orders: 503 Service Unavailable")
	assert.Equal(t, "error", entry.Error, sdk.Some("status 503 Service Unavailable"))
	assert.Equal(t, "request", string(entry.HTTPRequest), `{"method":"POST","path":"/orders","status":503}`)
	traces, err := client.Traces.List(ctx, project, versori.TraceListParams{Error: sdk.Some(true)})
	must(t, err)
	assert.Equal(t, "failed traces", len(traces.Items), 1)
	assert.Equal(t, "execution", traces.Items[0].ExecutionID, fmt.Sprint(entry.Fields["executionId"]))
	metrics, err := client.Metrics.GetProjects(ctx)
	must(t, err)
	assert.Equal(t, "errors", metrics.Items[project].TotalErrors.Current, 1)
	assert.Equal(t, "executions", metrics.Items[project].TotalExecutions.Current, 2)
	if latency := metrics.Items[project].AverageLatency.Current; latency < 125 {
		t.Errorf("the average latency is %v, want at least 125 ms", latency)
	}
}

func TestTheTestContainer(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.PutTriggers(organisation, project, triggers()...)
	ctx, client := t.Context(), s.Client()
	s.OnWorkflow(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.Method, " ", r.Host, r.URL.Path, " ", r.Header.Get("Content-Type"), " ", r.Header["X-Shop"])
	}))
	trigger := versori.TestTrigger{
		Payload: sdk.Some("<order/>"), ContentType: sdk.Some("text/xml"), Headers: map[string][]string{"X-Shop": {"acme"}},
		ActivationID: sdk.Some(other),
	}
	_, err := client.TestContainers.Trigger(ctx, project, "orders", trigger)
	wantStatus(t, err, 409) // it isn't started
	started, err := client.TestContainers.Start(ctx, project)
	must(t, err)
	assert.Equal(t, "type", started.Triggers[0].Type+" "+started.Triggers[1].Type, "webhook scheduler")
	result, err := client.TestContainers.Trigger(ctx, project, "orders", trigger)
	must(t, err)
	assert.Equal(t, "answer", string(result.Body), "POST test/orders text/xml [acme]")
	_, err = client.TestContainers.Trigger(ctx, project, "nothing", trigger)
	wantStatus(t, err, 404)
	page, err := client.Logs.Search(ctx, project, versori.LogQuery{Filters: []versori.LogFilter{
		{Field: sdk.Some("activationId"), Value: other, Match: versori.LogMatchEq},
	}}, versori.LogSearchParams{})
	must(t, err)
	assert.Equal(t, "entries", len(page.Logs), 1)
	metrics, err := client.Metrics.GetOrganisation(ctx)
	must(t, err)
	assert.Equal(t, "executions in environments", metrics.TotalExecutions.Current, 0)
}

func TestSchedulersComeWithADeployment(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.SetRollout(0, 0)
	s.PutTriggers(organisation, project, triggers()...)
	ctx, client := t.Context(), s.Client()
	list, err := client.Schedulers.List(ctx, versoritest.Environment)
	must(t, err)
	assert.Equal(t, "schedulers", len(list), 0)
	e := deploy(t, s, "v1")
	list, err = client.Schedulers.List(ctx, versoritest.Environment)
	must(t, err)
	assert.Equal(t, "URL", list[0].URL, e.PublicURL+"/nightly")
	deploy(t, s, "v2")
	again, err := client.Schedulers.Get(ctx, versoritest.Environment, list[0].ID)
	must(t, err)
	assert.Equal(t, "name", again.Name, "nightly")
	_, err = client.Schedulers.Get(ctx, versoritest.Environment, other)
	wantStatus(t, err, 404)
	_, err = client.Schedulers.List(ctx, other)
	wantStatus(t, err, 404)
	must(t, client.Schedulers.Trigger(ctx, versoritest.Environment, list[0].ID))
	traces, err := client.Traces.List(ctx, project, versori.TraceListParams{Filter: "schedule:nightly"})
	must(t, err)
	assert.Equal(t, "traces", len(traces.Items), 1)
	_, err = client.Environments.Suspend(ctx, project, versori.EnvironmentSuspendParams{Environment: "production"})
	must(t, err)
	wantStatus(t, client.Schedulers.Trigger(ctx, versoritest.Environment, list[0].ID), 409)
}

// run calls workflows, one after the other, each a second later.
func run(t *testing.T, s *versoritest.Server, paths ...string) {
	t.Helper()
	for _, path := range paths {
		s.Advance(time.Second)
		call := versori.EnvironmentCall{URLPath: path, Method: versori.HTTPMethodPOST}
		_, err := s.Client().Environments.Call(t.Context(), project, call, versori.EnvironmentCallParams{})
		must(t, err)
	}
}

func TestTraces(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.SetRollout(0, 0)
	s.SetClock(func() time.Time { return noon })
	deploy(t, s, "v1")
	s.OnWorkflow(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/b" {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	run(t, s, "/a?x=1", "/b", "/c")
	tests := []struct {
		name   string
		params versori.TraceListParams
		want   string
	}{
		{"the newest first", versori.TraceListParams{}, "webhook-c webhook-b webhook-a"},
		{"those that have failed", versori.TraceListParams{Error: sdk.Some(true)}, "webhook-b"},
		{"those that haven't", versori.TraceListParams{Error: sdk.Some(false)}, "webhook-c webhook-a"},
		{"of one task", versori.TraceListParams{Task: "a"}, "webhook-a"},
		{"from a time on", versori.TraceListParams{Start: noon.Add(2 * time.Second)}, "webhook-c webhook-b"},
		{"up to a time", versori.TraceListParams{End: noon.Add(2 * time.Second)}, "webhook-a"},
		{"with a value that has a colon", versori.TraceListParams{Filter: "url.scheme:https url.query:x=1"}, "webhook-a"},
		{"with all attributes", versori.TraceListParams{Filter: "http.request.method:POST  http.response.status_code:500"}, "webhook-b"},
		{"with an attribute that none has", versori.TraceListParams{Filter: "connection:shop"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			page, err := s.Client().Traces.List(t.Context(), project, test.params)
			must(t, err)
			var names []string
			for _, item := range page.Items {
				names = append(names, item.Name)
			}
			assert.Equal(t, "traces", strings.Join(names, " "), test.want)
		})
	}
	_, err := s.Client().Traces.List(t.Context(), project, versori.TraceListParams{Filter: "POST"})
	wantStatus(t, err, 400)
	_, err = s.Client().Traces.List(t.Context(), project, versori.TraceListParams{NextToken: "nothing"})
	wantStatus(t, err, 400)
	_, err = s.Client().Traces.Get(t.Context(), project, "nothing")
	wantStatus(t, err, 404)
}

func TestPagesOfTraces(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.SetRollout(0, 0)
	deploy(t, s, "v1")
	for range 45 {
		run(t, s, "/orders")
	}
	seen := map[string]bool{}
	pages := 0
	for page, err := range s.Client().Traces.Pages(t.Context(), project, versori.TraceListParams{}) {
		must(t, err)
		pages++
		for _, item := range page.Items {
			seen[item.TraceID] = true
		}
		run(t, s, "/orders") // moves nothing
	}
	assert.Equal(t, "pages", pages, 3)
	assert.Equal(t, "traces", len(seen), 45)
}

func TestMetricsCountADayAndTheDayBefore(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.SetRollout(0, 0)
	deploy(t, s, "v1")
	get := func() versori.OrganisationMetrics {
		metrics, err := s.Client().Metrics.GetOrganisation(t.Context())
		must(t, err)
		return *metrics
	}
	assert.Equal(t, "past", get().TotalExecutions.Past.IsZero(), true)
	run(t, s, "/a", "/b")
	s.Advance(24 * time.Hour)
	run(t, s, "/c")
	assert.Equal(t, "current", get().TotalExecutions.Current, 1)
	assert.Equal(t, "past", get().TotalExecutions.Past, sdk.Some(2.0))
	assert.Equal(t, "past errors", get().TotalErrors.Past, sdk.Some(0.0))
	s.Advance(48 * time.Hour)
	assert.Equal(t, "current", get().TotalExecutions.Current, 0)
	_, err := s.Client().Environments.Suspend(t.Context(), project, versori.EnvironmentSuspendParams{Environment: "production"})
	must(t, err)
	assert.Equal(t, "deployed", get().DeployedProjects.Current, 0)
}
