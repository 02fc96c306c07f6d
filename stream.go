package sdk

import "encoding/json"

// StreamEvent is one server-sent event of an answer that is read while it arrives.
type StreamEvent struct {
	// Name is the kind of event; "message" if the platform gave none.
	Name string
	// ID is the platform's name for the position after this event, empty if it gave none so far.
	ID string
	// Data is the payload: mostly JSON, see Decode. Several lines are joined by line feeds.
	Data []byte
}

// Decode reads the payload as JSON into v.
func (e StreamEvent) Decode(v any) error { return json.Unmarshal(e.Data, v) }
