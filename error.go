package sdk

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What errors.Is can ask of an [*Error]. The first seven go by its status.
var (
	ErrUnauthorized = errors.New("unauthorized")         // 401
	ErrForbidden    = errors.New("forbidden")            // 403
	ErrNotFound     = errors.New("not found")            // 404
	ErrConflict     = errors.New("conflict")             // 409
	ErrValidation   = errors.New("validation failed")    // 400 and 422
	ErrRateLimited  = errors.New("rate limited")         // 429
	ErrServer       = errors.New("server error")         // 500 to 599
	ErrOtherVariant = errors.New("another variant")      // a union holds another variant than the one asked for
	ErrTimeout      = errors.New("time limit exceeded")  // a limit of the client's own ran out: attempt, read or whole call
	ErrRedirect     = errors.New("redirect not allowed") // a redirect that the client doesn't follow

	// ErrInvalidRequest is a call that was refused before anything was sent: a missing argument, an option or a body that
	// can't be right. Attempts is 0.
	ErrInvalidRequest = errors.New("invalid request")
	// ErrInvalidResponse is an answer of success that isn't what was promised: not JSON, cut off, of another shape.
	ErrInvalidResponse = errors.New("invalid response")
	// ErrEmptyBody is an ErrInvalidResponse: an answer of success without the body that was promised.
	ErrEmptyBody = errors.New("empty body")
	// ErrTooLarge is an answer whose body exceeds the limit; see [WithMaxBodySize].
	ErrTooLarge = errors.New("body too large")
	// ErrPaginationLoop is a list whose next page is one that was seen before.
	ErrPaginationLoop = errors.New("pagination loop")
)

// Error is what every failed call returns. It holds the server's answer, or, with Status 0, what kept the call from
// getting one; a status of success means an answer that couldn't be used.
//
// Formatted, logged or encoded as JSON it shows neither Header nor Body, nor a token, nor a query.
type Error struct {
	// Service names the platform, such as "licensing".
	Service string
	// Operation names the method, such as "Releases.Activate".
	Operation string
	// Method is the request's, such as "POST".
	Method string
	// Path is the template, such as "/v3/releases/{id}".
	Path string
	// Status is the answer's, 0 if there was none.
	Status int
	// Code is the platform's machine-readable reason, empty if it gave none.
	Code string
	// Message is the platform's own, or says what went wrong on this side.
	Message string
	// Fields are the members of the request that the platform found fault with.
	Fields []FieldError
	// RequestID is the server's name for the exchange, empty if it gave none.
	RequestID string
	// RetryAfter is how long the server asked to wait, 0 if it didn't.
	RetryAfter time.Duration
	// Attempts is how often the request was sent, 0 if it was refused before.
	Attempts int
	// Header is the answer's.
	Header http.Header
	// Body is the beginning of the answer's body, at most 64 KiB.
	Body []byte

	cause error
}

// FieldError is one fault that a platform found with a request.
type FieldError struct {
	// Path names the member, such as "nodes[3].slug"; empty if the platform didn't say.
	Path string `json:"path,omitempty"`
	// Code is the machine-readable reason, empty if there is none.
	Code string `json:"code,omitempty"`
	// Message is the platform's own.
	Message string `json:"message,omitempty"`
}

// Wrap sets what errors.Is and errors.As find inside e, and returns e. It is for whoever makes an Error: clients, fakes, tests.
func (e *Error) Wrap(cause error) *Error {
	e.cause = cause
	return e
}

// Unwrap gives the cause, such as a [context.Canceled], an [io.ErrUnexpectedEOF] or a *[net.OpError]; nil for a plain answer
// of the server.
func (e *Error) Unwrap() error { return e.cause }

// Is answers for the sentinels that go by status.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrUnauthorized:
		return e.Status == http.StatusUnauthorized
	case ErrForbidden:
		return e.Status == http.StatusForbidden
	case ErrNotFound:
		return e.Status == http.StatusNotFound
	case ErrConflict:
		return e.Status == http.StatusConflict
	case ErrValidation:
		return e.Status == http.StatusBadRequest || e.Status == http.StatusUnprocessableEntity
	case ErrRateLimited:
		return e.Status == http.StatusTooManyRequests
	case ErrServer:
		return e.Status >= 500 && e.Status <= 599
	}
	return false
}

// Timeout reports whether time ran out, as net.Error has it.
func (e *Error) Timeout() bool {
	var t interface{ Timeout() bool }
	return errors.Is(e.cause, ErrTimeout) || errors.As(e.cause, &t) && t.Timeout()
}

// Error is one line: service, operation, method and path template, status, code, message, and where they say
// something the request id and the number of attempts.
func (e *Error) Error() string {
	if e == nil {
		return "<nil>"
	}
	var b strings.Builder
	for _, part := range []string{e.Service, e.Operation} {
		if part != "" {
			b.WriteString(part)
			b.WriteString(": ")
		}
	}
	if e.Method != "" {
		b.WriteString(e.Method + " " + e.Path + ": ")
	}
	b.WriteString(e.what())
	e.writeContext(&b)
	return b.String()
}

// what says what went wrong: "404 Not Found: RESOURCE_NOT_FOUND: no such release".
func (e *Error) what() string {
	var parts []string
	if e.Status != 0 {
		parts = append(parts, strings.TrimSpace(strconv.Itoa(e.Status)+" "+http.StatusText(e.Status)))
	}
	if e.Code != "" {
		parts = append(parts, line(e.Code))
	}
	if e.Message != "" {
		parts = append(parts, line(e.Message))
	}
	for i, f := range e.Fields {
		if i == maxFieldsShown {
			parts = append(parts, "and "+strconv.Itoa(len(e.Fields)-i)+" more")
			break
		}
		parts = append(parts, strings.TrimSpace(line(f.Path)+" "+line(first(f.Message, f.Code))))
	}
	if len(parts) == 0 {
		return "failed"
	}
	return strings.Join(parts, ": ")
}

func (e *Error) writeContext(b *strings.Builder) {
	var parts []string
	if e.RequestID != "" {
		parts = append(parts, "request id "+line(e.RequestID))
	}
	if e.Attempts > 1 {
		parts = append(parts, strconv.Itoa(e.Attempts)+" attempts")
	}
	if len(parts) > 0 {
		b.WriteString(" (" + strings.Join(parts, ", ") + ")")
	}
}

// Format writes what Error gives for every verb, so that %+v and %#v show no more than %v. It is a method of the value
// too, for those who print *e.
func (e Error) Format(f fmt.State, verb rune) {
	text := e.Error()
	if verb == 'q' {
		text = strconv.Quote(text)
	}
	_, _ = io.WriteString(f, text)
}

// GoString is what Error gives.
func (e Error) GoString() string { return e.Error() }

// LogValue is a group of the members that are safe to log.
func (e Error) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.String("service", e.Service), slog.String("operation", e.Operation),
		slog.String("method", e.Method), slog.String("path", e.Path),
		slog.Int("status", e.Status), slog.String("message", e.Message), slog.Int("attempts", e.Attempts),
	}
	if e.Code != "" {
		attrs = append(attrs, slog.String("code", e.Code))
	}
	if e.RequestID != "" {
		attrs = append(attrs, slog.String("request_id", e.RequestID))
	}
	if e.RetryAfter != 0 {
		attrs = append(attrs, slog.Duration("retry_after", e.RetryAfter))
	}
	return slog.GroupValue(attrs...)
}

// MarshalJSON gives the members that are safe to show; retry_after is in seconds.
func (e Error) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Service    string       `json:"service,omitempty"`
		Operation  string       `json:"operation,omitempty"`
		Method     string       `json:"method,omitempty"`
		Path       string       `json:"path,omitempty"`
		Status     int          `json:"status"`
		Code       string       `json:"code,omitempty"`
		Message    string       `json:"message,omitempty"`
		Fields     []FieldError `json:"fields,omitempty"`
		RequestID  string       `json:"request_id,omitempty"`
		RetryAfter float64      `json:"retry_after,omitempty"`
		Attempts   int          `json:"attempts"`
	}{e.Service, e.Operation, e.Method, e.Path, e.Status, e.Code, e.Message, e.Fields, e.RequestID,
		e.RetryAfter.Seconds(), e.Attempts})
}

const (
	maxFieldsShown = 3
	maxTextShown   = 512
)

// line keeps a text of the server's from breaking or filling a log.
func line(s string) string {
	if len(s) > maxTextShown {
		s = strings.ToValidUTF8(s[:maxTextShown], "") + "…"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
