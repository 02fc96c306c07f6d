package constructs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/fake"
)

func TestAnswersThatAreNoStream(t *testing.T) {
	t.Parallel()
	for _, contentType := range []string{"application/json", "text/html; charset=utf-8", "text/event-streams", ""} {
		body := &closing{Reader: strings.NewReader(`{"id":"1"}`)}
		s := inMemory(t, func(r *http.Request) (*http.Response, error) { return answer(r, contentType, body), nil })
		events, err := read(t, s.Streams.RunStream(t.Context(), "t1", Entry{ID: "1"}))
		var e *sdk.Error
		if len(events) != 0 || !errors.Is(err, sdk.ErrInvalidResponse) || !errors.As(err, &e) || e.Status != 200 || body.closed.Load() == 0 {
			t.Errorf("%q: got %s, %v, closed %d times", contentType, text(events), err, body.closed.Load())
		}
	}
	for _, contentType := range []string{"text/event-stream; charset=utf-8", "Text/Event-Stream"} {
		body := io.NopCloser(strings.NewReader("data: 1\n\n"))
		s := inMemory(t, func(r *http.Request) (*http.Response, error) { return answer(r, contentType, body), nil })
		if events, err := read(t, s.Streams.RunStream(t.Context(), "t1", Entry{ID: "1"})); err != nil || len(events) != 1 {
			t.Errorf("%q: got %s, %v", contentType, text(events), err)
		}
	}
}

func TestErrorsBeforeAStream(t *testing.T) {
	t.Parallel()
	s, services := serve(t, sdk.WithBackoff(time.Nanosecond, time.Nanosecond))
	streams := services.Streams
	stream := func(*fake.Request) fake.Response { return fake.Bytes(200, "text/event-stream", []byte("data: 1\n\n")) }
	s.Handle("Streams.Watch", stream)
	s.Handle("Streams.Run", stream)

	s.Inject("Streams.Watch", fault.Answer(401, "application/json", []byte(`{"message":"who are you?"}`)))
	events, err := read(t, streams.Watch(t.Context(), StreamWatchParams{}))
	var e *sdk.Error
	if len(events) != 0 || !errors.Is(err, sdk.ErrUnauthorized) || !errors.As(err, &e) || string(e.Body) != `{"message":"who are you?"}` {
		t.Errorf("an error's answer: got %s, %+v", text(events), err)
	}
	s.ForgetRequests()
	s.Inject("Streams.Watch", fault.Status(503), fault.Reset())
	if events, err = read(t, streams.Watch(t.Context(), StreamWatchParams{})); err != nil || len(events) != 1 || len(s.Requests()) != 3 {
		t.Errorf("failures that may be repeated: got %s, %v after %d requests", text(events), err, len(s.Requests()))
	}
	s.ForgetRequests()
	s.Inject("Streams.Run", fault.Status(500))
	if events, err = read(t, streams.RunStream(t.Context(), "t1", Entry{ID: "1"})); !errors.Is(err, sdk.ErrServer) || len(s.Requests()) != 1 {
		t.Errorf("one that may not: got %s, %v after %d requests", text(events), err, len(s.Requests()))
	}
	s.ForgetRequests()
	if events, err = read(t, streams.RunStream(t.Context(), "", Entry{ID: "1"})); !errors.Is(err, sdk.ErrInvalidRequest) || len(s.Requests()) != 0 {
		t.Errorf("an empty id: got %s, %v", text(events), err)
	}
	if events, err = read(t, streams.RunStream(t.Context(), "t1", Entry{})); !errors.Is(err, sdk.ErrInvalidRequest) || len(s.Requests()) != 0 {
		t.Errorf("a body that can't be right: got %s, %v", text(events), err)
	}
}

// One operation that can answer in two ways is two methods, which ask for one each.
func TestStreamsAreAskedFor(t *testing.T) {
	t.Parallel()
	s, services := serve(t)
	streams := services.Streams
	s.Handle("Streams.Run", func(r *fake.Request) fake.Response {
		if strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
			return fake.Bytes(200, "text/event-stream", []byte("data: {\"id\":\"e\"}\n\n"))
		}
		return fake.JSON(200, map[string]any{"id": "j"})
	})
	s.Handle("Streams.Watch", func(*fake.Request) fake.Response { return fake.Bytes(200, "text/event-stream", nil) })
	entry, err := streams.Run(t.Context(), "t 1", Entry{ID: "1"})
	if err != nil || entry.ID != "j" {
		t.Errorf("as JSON: got %+v, %v", entry, err)
	}
	stream := streams.RunStream(t.Context(), "t 1", Entry{ID: "1"})
	if n := len(s.Requests()); n != 1 {
		t.Errorf("%d requests before the loop begins", n)
	}
	for range 2 { // each loop is a call of its own
		events, err := read(t, stream)
		var decoded Entry
		if err != nil || len(events) != 1 || events[0].Decode(&decoded) != nil || decoded.ID != "e" {
			t.Errorf("as a stream: got %s, %v", text(events), err)
		}
	}
	if events, err := read(t, streams.Watch(t.Context(), StreamWatchParams{Topic: "a b"})); err != nil || len(events) != 0 {
		t.Errorf("an empty stream: got %s, %v", text(events), err)
	}
	var got []string
	for _, r := range s.Requests() {
		got = append(got, r.Method+" "+r.Path+" "+r.Query.Encode()+" "+r.Header.Get("Accept")+" "+string(r.Body))
	}
	want := []string{
		`POST /v1/things/t%201/run  application/json {"id":"1"}`,
		`POST /v1/things/t%201/run  text/event-stream {"id":"1"}`,
		`POST /v1/things/t%201/run  text/event-stream {"id":"1"}`,
		`GET /v1/events topic=a+b text/event-stream `,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestUntypedAnswersMayBeEmpty(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, anything, raw string }{
		"nothing":     {"", "<nil>", ""},
		"white space": {" \n", "<nil>", ""},
		"null":        {"null", "<nil>", "null"},
		"a text":      {`"x"`, "x", `"x"`},
		"a list":      {"[1,null]", "[1 <nil>]", "[1,null]"},
	} {
		s := inMemory(t, func(r *http.Request) (*http.Response, error) {
			return answer(r, "application/json", io.NopCloser(strings.NewReader(c.body))), nil
		})
		if got, err := s.Things.Status(t.Context()); err != nil || fmt.Sprint(got) != c.anything {
			t.Errorf("%s as anything: got %v, %v", name, got, err)
		}
		if got, err := s.Things.Notes(t.Context(), "t1"); err != nil || !bytes.Equal(got, []byte(c.raw)) {
			t.Errorf("%s as raw JSON: got %s, %v", name, got, err)
		}
	}
	s, services := serve(t)
	s.Inject("", fault.Empty(204), fault.Empty(200))
	for _, status := range []int{204, 200} {
		if got, err := services.Things.Notes(t.Context(), "t1"); err != nil || got != nil {
			t.Errorf("%d without a body: got %s, %v", status, got, err)
		}
	}
	typed := inMemory(t, func(r *http.Request) (*http.Response, error) { return answer(r, "application/json", http.NoBody), nil })
	if _, err := typed.Streams.Run(t.Context(), "t1", Entry{ID: "1"}); !errors.Is(err, sdk.ErrEmptyBody) {
		t.Errorf("an answer that has a type: %v", err)
	}
}
