// Package fault says what a fake platform can do wrong. Tests give faults to a fake with its Inject method, by operation:
//
//	platform.Inject("Releases.List", fault.Status(503), fault.Reset())
//
// Each fault spoils one request, in order; the requests after them are answered as usual.
package fault

import (
	"net/http"
	"time"
)

// Fault is one way for the platform to misbehave. The zero value is no fault: a request that takes it is answered as
// usual, which makes room between faults.
//
// A fault that names an answer (Status, Body, HTML, Garbage, Redirect, Flood, GzipBomb, Stall) stands in for the
// platform: the request is checked against the document, but nothing is done and nothing is stored. Every other fault
// spoils the platform's real answer on its way to the client, after the request has had its effect. Both kinds combine:
// Status(500).After(time.Second) is a late 500.
type Fault struct {
	// Status of the answer. Without a Body it carries the platform's own error body.
	Status int
	// Body is sent as it is. Nil: the platform's.
	Body []byte
	// ContentType replaces that of the answer, which is application/json for a Body. Empty: as it is.
	ContentType string
	// HTML answers with the page of a proxy, as text/html: with Status, or with 200 as a captive portal does.
	HTML bool
	// Garbage answers with something that says it is JSON and isn't.
	Garbage bool
	// Redirect answers with this Location and Status, or 307.
	Redirect string
	// Flood answers with a valid JSON string of this many bytes.
	Flood int64
	// GzipBomb answers with a valid JSON string of this many bytes, compressed to about a thousandth, whether the
	// client accepts gzip or not.
	GzipBomb int64
	// Stall never answers: the connection stays open until the client gives up or the server is closed.
	Stall bool

	// RetryAfter adds the header Retry-After in whole seconds, rounded up. Zero: no header. For its other forms set
	// Header.
	RetryAfter time.Duration
	// Header is added to the answer, in place of what it has under the same names.
	Header http.Header
	// EmptyBody sends the status and the headers and no body.
	EmptyBody bool
	// Trailing is sent after the body, as part of it: valid JSON followed by junk.
	Trailing string
	// Delay is how long the answer is held back. It ends early when the client gives up or the server is closed.
	Delay time.Duration
	// SlowBytes and SlowEvery send the body so many bytes at a time, with such a pause before each. Zero: at once.
	SlowBytes int
	SlowEvery time.Duration
	// CutBody declares the full length of the body, sends half of it and closes the connection. With NoLength nothing
	// tells the client that half is missing.
	CutBody bool
	// NoLength sends the body without its length and not in chunks: it ends where the connection does.
	NoLength bool
	// Drop closes the connection after the answer without having announced it, as a server does whose idle timeout
	// strikes just before the next request.
	Drop bool
	// Reset resets the connection instead of answering.
	Reset ResetPoint

	// Times is how many requests take this fault, one after the other. Zero: one. Forever: all of them, so that what is
	// queued after it waits until ClearFaults.
	Times int
}

// Forever is the number of Times of a fault that never goes away.
const Forever = -1

// ResetPoint says how far the server gets before it resets the connection.
type ResetPoint int

// The points at which a connection can be reset.
const (
	// Never is the zero value: the connection is not reset.
	Never ResetPoint = iota
	// BeforeBody resets when the request's headers have arrived. The request is recorded without its body and isn't
	// checked.
	BeforeBody
	// AfterBody resets when the whole request has arrived and has been checked. Nothing is done.
	AfterBody
	// AfterHandling resets when the request has had its effect; only the answer is lost.
	AfterHandling
)

// Pass is no fault: the next request is answered as usual. Pass().Repeat(2) lets two through.
func Pass() Fault { return Fault{} }

// Status answers with a status and the platform's own error body.
func Status(status int) Fault { return Fault{Status: status} }

// RetryAfter answers with a status, the platform's own error body and the header Retry-After in whole seconds.
func RetryAfter(status int, wait time.Duration) Fault {
	return Fault{Status: status, RetryAfter: wait}
}

// Answer answers with a status and a body of the caller's, which nobody checks. A nil body sends the platform's own.
func Answer(status int, contentType string, body []byte) Fault {
	return Fault{Status: status, ContentType: contentType, Body: body}
}

// HTML answers with a status and the page of a proxy.
func HTML(status int) Fault { return Fault{Status: status, HTML: true} }

// Garbage answers 200 with something that says it is JSON and isn't.
func Garbage() Fault { return Fault{Garbage: true} }

// TrailingGarbage sends the real answer followed by something that doesn't belong there.
func TrailingGarbage() Fault {
	return Fault{Trailing: "\n<script src=\"https://ads.example/x.js\"></script>"}
}

// Empty answers with a status and no body at all.
func Empty(status int) Fault { return Fault{Status: status, EmptyBody: true} }

// Delay holds the real answer back.
func Delay(wait time.Duration) Fault { return Fault{Delay: wait} }

// Stall accepts the request and never answers.
func Stall() Fault { return Fault{Stall: true} }

// Slow sends the body of the real answer a few bytes at a time, with a pause before each.
func Slow(bytes int, every time.Duration) Fault {
	return Fault{SlowBytes: bytes, SlowEvery: every}
}

// CutBody declares the full length of the real answer, sends half of it and closes the connection.
func CutBody() Fault { return Fault{CutBody: true} }

// CutSilently sends half of the real answer with nothing that says how long it should have been.
func CutSilently() Fault { return Fault{CutBody: true, NoLength: true} }

// Drop sends the real answer and then closes the connection without having announced it.
func Drop() Fault { return Fault{Drop: true} }

// Reset resets the connection when the whole request has arrived, before anything is done.
func Reset() Fault { return Fault{Reset: AfterBody} }

// ResetBeforeBody resets the connection when the request's headers have arrived.
func ResetBeforeBody() Fault { return Fault{Reset: BeforeBody} }

// ResetAfterHandling resets the connection when the request has had its effect: only the answer is lost.
func ResetAfterHandling() Fault { return Fault{Reset: AfterHandling} }

// Redirect answers with a redirect status and a Location.
func Redirect(status int, location string) Fault {
	return Fault{Status: status, Redirect: location}
}

// Flood answers 200 with a JSON string of so many bytes.
func Flood(bytes int64) Fault { return Fault{Flood: bytes} }

// GzipBomb answers 200 with a JSON string of so many bytes, compressed to about a thousandth.
func GzipBomb(bytes int64) Fault { return Fault{GzipBomb: bytes} }

// Repeat gives the fault to n requests, one after the other.
func (f Fault) Repeat(n int) Fault {
	f.Times = n
	return f
}

// Forever gives the fault to every request from then on.
func (f Fault) Forever() Fault { return f.Repeat(Forever) }

// After holds the answer back as well.
func (f Fault) After(wait time.Duration) Fault {
	f.Delay = wait
	return f
}

// With adds a header to the answer as well.
func (f Fault) With(name, value string) Fault {
	f.Header = f.Header.Clone()
	if f.Header == nil {
		f.Header = http.Header{}
	}
	f.Header.Add(name, value)
	return f
}
