package transport

import (
	"log/slog"
	"time"

	"github.com/wharfinger/sdk"
)

// event names the call and where it stands, for hooks and logs: never a query, a header or a body.
func (x *exchange) event(e *sdk.Error) sdk.Event {
	event := sdk.Event{
		Service: x.s.platform.Name, Operation: x.call.Operation, Method: x.call.Method, Path: x.call.Path,
		Attempt: x.attempts, Status: x.status,
	}
	if e != nil {
		event.Err, event.Status = e, e.Status
	}
	return event
}

// tellAttempt is called after each attempt. The reason says why another follows, or not.
func (x *exchange) tellAttempt(reason string) {
	event := x.event(x.failure)
	event.Reason = reason
	event.Elapsed = time.Since(x.attemptAt)
	for _, h := range x.s.hooks {
		if h.Attempt != nil {
			h.Attempt(x.ctx, event)
		}
	}
	x.log("attempt", event)
}

// tellWait is called before each wait.
func (x *exchange) tellWait(reason string) {
	event := x.event(x.failure)
	event.Reason, event.Wait = reason, x.wait
	for _, h := range x.s.hooks {
		if h.Wait != nil {
			h.Wait(x.ctx, event)
		}
	}
	x.log("wait", event)
}

// tellResponse fills what a user gave for the answer's details, and says how long the call has taken.
func (x *exchange) tellResponse(e *sdk.Error) time.Duration {
	elapsed := time.Since(x.began)
	if r := x.s.response; r != nil {
		*r = sdk.Response{Status: x.status, Header: x.header, RequestID: requestID(x.header), Attempts: x.attempts, Duration: elapsed}
		if e != nil && e.Status != 0 {
			r.Status, r.Header, r.RequestID = e.Status, e.Header, e.RequestID
		}
	}
	return elapsed
}

// tellOutcome is called at the end of each call.
func (x *exchange) tellOutcome(e *sdk.Error) {
	elapsed := x.tellResponse(e)
	if x.s.hooks == nil {
		return
	}
	event := x.event(e)
	event.Elapsed = elapsed
	for _, h := range x.s.hooks {
		if h.Outcome != nil {
			h.Outcome(x.ctx, event)
		}
	}
}

// log writes one line at debug level, of members that are safe to show alone.
func (x *exchange) log(msg string, event sdk.Event) {
	logger := x.s.logger
	if logger == nil || !logger.Enabled(x.ctx, slog.LevelDebug) {
		return
	}
	attrs := make([]slog.Attr, 0, 10)
	attrs = append(attrs,
		slog.String("service", event.Service), slog.String("operation", event.Operation),
		slog.String("method", event.Method), slog.String("path", event.Path),
		slog.Int("attempt", event.Attempt), slog.Int("status", event.Status))
	if event.Elapsed > 0 {
		attrs = append(attrs, slog.Duration("elapsed", event.Elapsed))
	}
	if event.Wait > 0 {
		attrs = append(attrs, slog.Duration("wait", event.Wait))
	}
	if event.Reason != "" {
		attrs = append(attrs, slog.String("reason", event.Reason))
	}
	if event.Err != nil {
		attrs = append(attrs, slog.String("error", event.Err.Error()))
	}
	logger.LogAttrs(x.ctx, slog.LevelDebug, msg, attrs...)
}
