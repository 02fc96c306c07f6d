package releasestest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

// streamed reads the stream of an endpoint: each event as "id name data".
func streamed(t *testing.T, c *releases.Client, path string, body any) (events []string, err error) {
	t.Helper()
	for e, failure := range c.Endpoints.TriggerStream(t.Context(), path, body) {
		if err = failure; err == nil {
			events = append(events, fmt.Sprintf("%s %s %s", e.ID, e.Name, e.Data))
		}
	}
	return events, err
}

func TestTrigger(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	c := s.Client()
	for name, test := range map[string]struct {
		result any
		json   string
		stream []string
	}{
		"an object":    {map[string]any{"answer": "yes\nno"}, `{"answer":"yes\nno"}`, []string{` message {"answer":"yes\nno"}`}},
		"null":         {nil, `null`, []string{` message null`}},
		"a text":       {"Hello.", `"Hello."`, []string{` message "Hello."`}},
		"a list":       {[]any{1, "x", nil}, `[1,"x",null]`, []string{` message [1,"x",null]`}},
		"a model":      {releases.Invitation{Valid: true}, `{"valid":true}`, []string{` message {"valid":true}`}},
		"JSON as such": {json.RawMessage(`{"a": 1.50}`), `{"a":1.50}`, []string{` message {"a":1.50}`}},
		"events": {[]sdk.StreamEvent{
			{Name: "token", ID: "1", Data: []byte(`"He"`)}, {Data: []byte("not JSON\n")}, {Name: "end"},
		}, `["He","not JSON\n",""]`, []string{`1 token "He"`, "1 message not JSON\n", "1 end "}},
		"no events": {[]sdk.StreamEvent{}, `[]`, nil},
	} {
		path := strings.ReplaceAll(name, " ", "/")
		s.HandleEndpoint(path, func(any) (any, error) { return test.result, nil })
		answer, err := c.Endpoints.Trigger(t.Context(), path, nil)
		if err != nil || string(answer) != test.json {
			t.Errorf("%s: got %s, %v, want %s", name, answer, err, test.json)
		}
		events, err := streamed(t, c, path, nil)
		if err != nil || fmt.Sprintf("%q", events) != fmt.Sprintf("%q", test.stream) {
			t.Errorf("%s: got %q, %v, want %q", name, events, err, test.stream)
		}
	}
}

func TestTriggerGivesTheEndpointItsBody(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	var got []string
	s.HandleEndpoint("/chat/", func(body any) (any, error) {
		got = append(got, fmt.Sprintf("%T %v", body, body))
		return nil, nil
	})
	for _, body := range []any{nil, "text", 1.5, []string{"a"}, map[string]any{"n": 10}} {
		if _, err := s.Client().Endpoints.Trigger(t.Context(), "chat", body); err != nil {
			t.Fatal(err)
		}
	}
	assert.Lines(t, got, []string{"<nil> <nil>", "string text", "json.Number 1.5", "[]interface {} [a]", "map[string]interface {} map[n:10]"})
}

func TestTriggerThatFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err  error
		is   error
		want string // in the error
	}{
		"input that doesn't fit":      {&sdk.Error{Status: 400, Message: "query is missing"}, sdk.ErrValidation, "400 Bad Request: BAD_REQUEST: query is missing"},
		"what isn't there":            {&sdk.Error{Status: 404}, sdk.ErrNotFound, "RESOURCE_NOT_FOUND"},
		"members that don't fit":      {&sdk.Error{Status: 422, Fields: []sdk.FieldError{{Path: "a.b", Message: "no"}}}, sdk.ErrValidation, "body.a.b"},
		"why nothing is there":        {&sdk.Error{Status: 404, Message: "no such order"}, sdk.ErrNotFound, "no such order"},
		"why all of it doesn't fit":   {&sdk.Error{Status: 422, Message: "too late"}, sdk.ErrValidation, "too late"},
		"why it broke":                {&sdk.Error{Status: 500, Message: "out of ink"}, sdk.ErrServer, "out of ink"},
		"anything else":               {errors.New("out of paper"), sdk.ErrServer, "500"},
		"a failure of its own client": {&sdk.Error{Message: "no connection"}, sdk.ErrServer, "500"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := newApp(t)
			s.HandleEndpoint("e", func(any) (any, error) { return nil, test.err })
			_, err := s.Client().Endpoints.Trigger(t.Context(), "e", nil)
			if !errors.Is(err, test.is) || !strings.Contains(err.Error()+fmt.Sprint(assert.APIError(t, err).Fields), test.want) {
				t.Errorf("as JSON: %v", err)
			}
			if events, err := streamed(t, s.Client(), "e", nil); !errors.Is(err, test.is) || len(events) > 0 {
				t.Errorf("as a stream: %q, %v", events, err)
			}
			assert.Equal(t, "requests", len(s.Requests()), 2)
		})
	}
}

func TestWhatAnEndpointReturnsAndJSONCannotHoldFails(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	s.HandleEndpoint("e", func(any) (any, error) { return make(chan int), nil })
	_, err := s.Client().Endpoints.Trigger(t.Context(), "e", nil)
	assert.Equal(t, "status", assert.APIError(t, err).Status, 500)
	_, err = streamed(t, s.Client(), "e", nil)
	assert.Equal(t, "status of a stream", assert.APIError(t, err).Status, 500)
}

func TestTriggerOfAnUnknownEndpointIsNotFound(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	s.HandleEndpoint("a", func(any) (any, error) { return 1, nil })
	s.HandleEndpoint("a", nil)
	for _, path := range []string{"a", "a/b"} {
		_, err := s.Client().Endpoints.Trigger(t.Context(), path, nil)
		if body := string(assert.APIError(t, err).Body); !strings.Contains(body, `"resource_id":"`+path+`","resource_type":"endpoint"`) {
			t.Errorf("%s: %s", path, body)
		}
	}
}

func TestEndpointsMayCallThePlatform(t *testing.T) {
	t.Parallel()
	s, app := newApp(t)
	s.HandleEndpoint("release", func(any) (any, error) {
		return app.Create(t.Context(), releases.ReleaseCreate{ReleaseTag: "v1"})
	})
	answer := must[json.RawMessage](t)(s.Client().Endpoints.Trigger(t.Context(), "release", nil))
	if !strings.Contains(string(answer), `"release_tag":"v1"`) {
		t.Errorf("got %s", answer)
	}
}

func TestStreamsCanBeSpoiled(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	s.HandleEndpoint("e", func(any) (any, error) { return strings.Repeat("x", 1000), nil })
	s.Inject("Endpoints.Trigger", fault.CutBody(), fault.Status(500))
	if events, err := streamed(t, s.Client(), "e", nil); err == nil || len(events) > 0 {
		t.Errorf("a stream that is cut: %q, %v", events, err)
	}
	if _, err := streamed(t, s.Client(), "e", nil); !errors.Is(err, sdk.ErrServer) {
		t.Errorf("a failure: %v", err)
	}
	if events, err := streamed(t, s.Client(), "e", nil); err != nil || len(events) != 1 {
		t.Errorf("afterwards: %q, %v", events, err)
	}
}

func TestEventsThatCannotBeSentAreReported(t *testing.T) {
	t.Parallel()
	s, r := newRecorded(t)
	releasestest.PutInWorkspace(s, mainWorkspace,
		sdk.StreamEvent{ID: "1", Name: "two\nlines"}, sdk.StreamEvent{ID: "2", Data: []byte("a\rb")}, sdk.StreamEvent{ID: "3", Data: []byte("fine")})
	var got []string
	for e, err := range s.Client().Workspace(mainWorkspace).Events.Stream(t.Context(), releases.EventStreamParams{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e.ID)
	}
	assert.Equal(t, "events", fmt.Sprint(got), "[3]")
	assert.Lines(t, r.Reported(), []string{
		`releasestest: an event of a stream can't be sent: "1" "two\nlines" has more than one line`,
		`releasestest: an event of a stream can't be sent: "2" "" has a carriage return in its data`,
	})
}
