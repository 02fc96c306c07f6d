package versoritest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// OnWorkflow sets what workflows do when they are started: by Environments.Call, Schedulers.Trigger or
// TestContainers.Trigger. The handler gets the request as the deployed code would, with the host of the environment's
// PublicURL, or test in the test container; the path there is that of the trigger's name. It may be called by several
// requests at once. A status of 500 or more is an execution that failed.
//
// Nil, as in the beginning, answers 200 with the body that was sent.
func (s *Server) OnWorkflow(handler http.Handler) {
	s.projects.mu.Lock()
	defer s.projects.mu.Unlock()
	s.projects.workflow = handler
}

// execution is one run of a workflow, with what its trace tells of it.
type execution struct {
	number          int64
	id              string
	traceID, spanID string
	environment     string // name; empty in the test container
	name            string
	start           time.Time
	took            time.Duration
	failed          bool
	attributes      []versori.TraceAttribute
}

// trigger is what a workflow is started by.
type trigger struct {
	kind    string // of the trigger
	name    string
	address string // where the request goes to
	method  string
	header  http.Header
	body    []byte
	fields  map[string]any // for the log, beside what every entry has
}

// run starts a workflow, and keeps what became of it in the log and the traces. The project has been looked at before;
// if it is deleted meanwhile nothing is kept.
func (s *Server) run(r *fake.Request, at place, begin trigger) (*recorded, error) {
	request, err := http.NewRequestWithContext(r.Context(), begin.method, begin.address, bytes.NewReader(begin.body))
	if err != nil {
		return nil, misfit("urlPath", "is not a path")
	}
	request.Header, request.RequestURI = begin.header, request.URL.RequestURI()
	s.projects.mu.Lock()
	handler := s.projects.workflow
	s.projects.mu.Unlock()
	if handler == nil {
		handler = http.HandlerFunc(echo)
	}
	answer := &recorded{header: http.Header{}}
	x := execution{
		number: s.IDs.Number("execution"), id: s.IDs.ULID(), name: begin.kind + "-" + begin.name, start: s.stamp(),
	}
	x.traceID, x.spanID = fmt.Sprintf("%032x", x.number), fmt.Sprintf("%016x", x.number)
	handler.ServeHTTP(answer, request)
	answer.WriteHeader(http.StatusOK) // unless it has been
	x.took = s.stamp().Sub(x.start)
	x.failed = answer.status >= http.StatusInternalServerError
	x.attributes = attributes(x.id, begin, request.URL, answer.status)
	_ = s.withProject(at.organisation, at.project, func(p *projectRow) error {
		done := entry{at: x.start.Add(x.took), log: executionLog(x, begin, request.URL, answer.status)}
		if e := p.byID(at.environment); e != nil {
			x.environment = e.record.Name
			done.environment, done.version = e.record.Name, e.deployed
		}
		p.executions = append(p.executions, x)
		s.write(p, done)
		return nil
	})
	return answer, nil
}

// echo is what a workflow does where the test says nothing.
func echo(w http.ResponseWriter, r *http.Request) {
	if contentType := r.Header.Get("Content-Type"); contentType != "" {
		w.Header().Set("Content-Type", contentType)
	}
	_, _ = io.Copy(w, r.Body) // neither of them fails
}

func attributes(id string, begin trigger, address *url.URL, status int) []versori.TraceAttribute {
	list := []versori.TraceAttribute{
		{Key: "executionId", Value: id},
		{Key: "taskId", Value: begin.name},
		{Key: "taskType", Value: begin.kind},
		{Key: "http.request.method", Value: begin.method},
		{Key: "http.response.status_code", Value: strconv.Itoa(status)},
		{Key: "server.address", Value: address.Hostname()},
		{Key: "url.full", Value: address.String()},
		{Key: "url.path", Value: address.Path},
		{Key: "url.query", Value: address.RawQuery},
		{Key: "url.scheme", Value: address.Scheme},
	}
	if begin.kind == kindScheduler {
		list = append(list, versori.TraceAttribute{Key: "schedule", Value: begin.name})
	}
	if status >= http.StatusInternalServerError {
		list = append(list, versori.TraceAttribute{Key: "error.message", Value: statusText(status)})
	}
	return list
}

func executionLog(x execution, begin trigger, address *url.URL, status int) versori.Log {
	l := versori.Log{
		Severity: versori.LogSeverityInfo,
		Message:  fmt.Sprintf("%s %s: %s", begin.method, address.Path, statusText(status)),
		Fields:   map[string]any{"executionId": x.id},
	}
	maps.Copy(l.Fields, begin.fields)
	l.HTTPRequest, _ = json.Marshal(map[string]any{"method": begin.method, "path": address.Path, "status": status}) // plain values
	if x.failed {
		l.Severity, l.Error = versori.LogSeverityError, sdk.Some("status "+statusText(status))
	}
	return l
}

// statusText is a status as it stands in HTTP: 200 OK.
func statusText(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}

// recorded is an answer of a workflow.
type recorded struct {
	status int
	header http.Header
	sent   http.Header // as it was when the status was written
	body   bytes.Buffer
}

func (r *recorded) Header() http.Header { return r.header }

func (r *recorded) WriteHeader(status int) {
	if r.status == 0 {
		r.status, r.sent = status, r.header.Clone()
	}
}

func (r *recorded) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(p)
}
