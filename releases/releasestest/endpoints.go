package releasestest

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/releases"
)

// HandleEndpoint sets what Endpoints.Trigger and TriggerStream do for a path ("support/chat"), in place of what was set
// before; nil removes it. A path without an endpoint answers 404. The function gets the body, decoded as encoding/json
// does except that numbers are json.Number, and is called by several goroutines at once if the code under test does so.
//
// What it returns is answered as JSON; to who asked for a stream, as one event that holds the JSON. An endpoint that
// streams returns []sdk.StreamEvent, which are sent as they are, in one piece; who didn't ask for a stream gets the list
// of what they hold.
//
// An error that is an *sdk.Error is answered with its Status (400 for input that doesn't fit, say) and its Message or
// Fields, any other with 500.
func (s *Server) HandleEndpoint(path string, run func(body any) (any, error)) {
	path = strings.Trim(path, "/")
	if path == "" {
		s.Report("HandleEndpoint: the path is empty")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if run == nil {
		delete(s.endpoints, path)
		return
	}
	s.endpoints[path] = run
}

// trigger runs an endpoint, without the server's lock: it is the test's own code.
func (s *Server) trigger(r *fake.Request) fake.Response {
	s.mu.Lock()
	run := s.endpoints[r.Path("endpoint_path")]
	s.mu.Unlock()
	if run == nil {
		return s.notFound(r)
	}
	result, err := run(r.Body)
	if err != nil {
		return s.failed(err)
	}
	if strings.Contains(r.Header.Get("Accept"), eventStream) {
		events, err := eventsOf(result)
		if err != nil {
			return s.failed(err)
		}
		return s.streamed(events)
	}
	text, err := jsonOf(result)
	if err != nil {
		return s.failed(err)
	}
	return fake.JSON(http.StatusOK, text)
}

// failed answers for an endpoint that returned an error.
func (s *Server) failed(err error) fake.Response {
	var answer *sdk.Error
	if !errors.As(err, &answer) || answer.Status < 400 || answer.Status > 599 {
		return s.failure(http.StatusInternalServerError, map[string]any{"reason": err.Error()})
	}
	switch {
	case answer.Status != http.StatusUnprocessableEntity:
		return s.failureWith(answer.Status, answer.Message, nil)
	case len(answer.Fields) == 0:
		return refuseBody(cmp.Or(answer.Message, http.StatusText(answer.Status)))
	}
	issues := []releases.ValidationIssue{}
	for _, field := range answer.Fields {
		loc := []any{"body"}
		for step := range strings.SplitSeq(field.Path, ".") {
			loc = append(loc, step)
		}
		issues = append(issues, releases.ValidationIssue{Loc: loc, Msg: field.Message, Type: cmp.Or(field.Code, "value_error")})
	}
	return refuse(issues...)
}
