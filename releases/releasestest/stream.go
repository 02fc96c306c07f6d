package releasestest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
)

const eventStream = "text/event-stream"

// streamEvents answers what has happened in a workspace so far, and ends.
func (s *Server) streamEvents(r *fake.Request) fake.Response {
	return s.streamed(s.stream.in(refOf(r)))
}

func (s *Server) joinPresence(r *fake.Request) fake.Response {
	s.declare(refOf(r))
	s.emit(refOf(r), "presence.joined", map[string]any{"user_id": User})
	return fake.JSON(http.StatusOK, map[string]any{"user_id": User})
}

// streamed writes server-sent events. What can't be written as one is a problem, and left out.
func (s *Server) streamed(events []sdk.StreamEvent) fake.Response {
	var b bytes.Buffer
	b.WriteString(": the stream begins\n\n")
	for _, event := range events {
		if problem := unfit(event); problem != "" {
			s.Report("an event of a stream can't be sent: %q %q %s", event.ID, event.Name, problem)
			continue
		}
		if event.ID != "" {
			b.WriteString("id: " + event.ID + "\n")
		}
		if event.Name != "" {
			b.WriteString("event: " + event.Name + "\n")
		}
		for line := range bytes.SplitSeq(event.Data, []byte("\n")) {
			b.WriteString("data: ")
			b.Write(line)
			b.WriteByte('\n')
		}
		b.WriteByte('\n')
	}
	return fake.Bytes(http.StatusOK, eventStream, b.Bytes())
}

// unfit says why the format can't hold an event; empty if it can.
func unfit(event sdk.StreamEvent) string {
	switch {
	case strings.ContainsAny(event.ID+event.Name, "\r\n\x00"):
		return "has more than one line"
	case bytes.IndexByte(event.Data, '\r') >= 0:
		return "has a carriage return in its data"
	}
	return ""
}

// eventsOf is what an endpoint returned as events: those themselves, or one that holds it.
func eventsOf(result any) ([]sdk.StreamEvent, error) {
	if events, ok := result.([]sdk.StreamEvent); ok {
		return events, nil
	}
	data, err := json.Marshal(result)
	return []sdk.StreamEvent{{Data: data}}, err
}

// jsonOf is what an endpoint returned as JSON: of events a list of what they hold.
func jsonOf(result any) (json.RawMessage, error) {
	events, ok := result.([]sdk.StreamEvent)
	if !ok {
		return json.Marshal(result)
	}
	list := []any{}
	for _, event := range events {
		if json.Valid(event.Data) {
			list = append(list, json.RawMessage(event.Data))
		} else {
			list = append(list, string(event.Data))
		}
	}
	return json.Marshal(list)
}
