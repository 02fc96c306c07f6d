package sdk

import (
	"context"
	"time"
)

// Hooks are told what a client does, such as for metrics. Each may be nil. They run on the calling goroutine and hold the
// call up while they run; they must be safe for concurrent use. An [Event] never holds a token, a query value or a body.
type Hooks struct {
	// Attempt is called after each attempt: Status or Err is set, Elapsed is the attempt's own time.
	Attempt func(ctx context.Context, e Event)
	// Wait is called before each wait for a repeat: Wait says how long, Reason why.
	Wait func(ctx context.Context, e Event)
	// Outcome is called once, at the end of each call that sent something or was refused: Elapsed is the whole call's time.
	// That of a stream is called when the loop over it ends; Err then says why the stream broke off, if it did.
	Outcome func(ctx context.Context, e Event)
}

// Event is something that happened within a call.
type Event struct {
	// Service names the platform, such as "licensing".
	Service string
	// Operation names the method, such as "Releases.Activate".
	Operation string
	// Method is the request's, such as "POST".
	Method string
	// Path is the template, such as "/v3/releases/{id}": safe as a metric's label.
	Path string
	// Attempt counts from 1; in an outcome it is the number of attempts made.
	Attempt int
	// Status is the answer's, 0 if there was none.
	Status int
	// Err is what went wrong: an *[Error], or nil.
	Err error
	// Wait is how long the client is about to wait, in a wait event.
	Wait time.Duration
	// Reason says why a request is repeated, or why not: a few words, such as "status 503" or "retry budget is spent".
	Reason string
	// Elapsed is how long the attempt, or in an outcome the whole call, took.
	Elapsed time.Duration
}
