package sdk

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// Option sets something on a client (given to New) or on a single call (given to a method, laid over the client's).
// An error that it returns comes back from New, or from the call before anything is sent.
//
// The With… functions of this package make options. A vendor package, or a user, can write others:
//
//	func WithTrace(id string) sdk.Option { return sdk.WithHeader("X-Trace-Id", id) }
type Option func(*Config) error

// Config is what options write to. In every field the zero value means "not given": a call then takes the client's
// value, and a client takes the default that the field's comment names. Where a limit can be lifted, a negative value
// lifts it.
//
// A Config never shows its token or its headers' values when formatted.
type Config struct {
	// Token is sent with every request to the base URL's origin. Default: the platform's environment variable.
	Token Secret
	// TokenSource gives tokens when they aren't known beforehand. It and Token exclude each other: the later option wins.
	TokenSource TokenSource
	// NoToken sends no token at all, for the operations that need none.
	NoToken bool

	// BaseURL replaces the platform's own: scheme, host and an optional path prefix, without user, query or fragment.
	// Default: the platform's environment variable, then its public address.
	BaseURL string
	// Scope holds path parameters that are given once instead of with every call, by their names in the path template.
	Scope map[string]string
	// PlainHTTP allows sending the token over http to hosts other than loopback.
	PlainHTTP bool
	// CrossOriginRedirects follows redirects to another origin, without credentials, body or query, and only for
	// GET and HEAD. Default: a redirect to another origin is an error.
	CrossOriginRedirects bool

	// HTTPClient gives the transport, the cookie jar, the timeout and the redirect policy. It is copied, never changed.
	// Default: a client of this project's own, with up to 64 connections per host, which it keeps; more calls at once wait
	// for one over HTTP/1.1. Streams have connections of their own.
	HTTPClient *http.Client
	// Transport replaces HTTPClient's transport.
	Transport http.RoundTripper
	// Middleware wraps the transport, the first one outermost. Each sees every attempt, with its credentials.
	Middleware []func(http.RoundTripper) http.RoundTripper

	// Header holds header fields for every request. They replace those that the client would send itself, except
	// for those that carry the token.
	Header http.Header
	// UserAgent is the name of the program, added after the client's own in the User-Agent header.
	UserAgent string

	// MaxAttempts bounds how often a request is sent, the first time included. Default 4.
	MaxAttempts int
	// BackoffMin is the base of the exponential wait before a repeat. Default 500 ms.
	BackoffMin time.Duration
	// BackoffMax bounds that wait. Default 30 s.
	BackoffMax time.Duration
	// MaxRetryAfter is the longest wait that a server can ask for. Above it the call gives up at once with the
	// server's error, whose RetryAfter says how long it would have been. Default 1 min; negative: no bound.
	MaxRetryAfter time.Duration
	// MaxElapsed bounds a whole call, attempts and waits together. Default and negative: no bound but the context's.
	MaxElapsed time.Duration
	// AttemptTimeout bounds one attempt, from the connection to the last byte of the answer. A download or a stream
	// is bounded by it only up to the headers. Default 2 min; negative: no bound.
	AttemptTimeout time.Duration
	// ReadTimeout bounds the wait for the next bytes of an answer's body. Default 1 min; negative: no bound.
	ReadTimeout time.Duration
	// RetryBudget is how many repeats all calls of a client may make in a row; every ten answers at the first
	// attempt give one back, and so does a repeat that succeeds. Default 100; negative: no bound.
	RetryBudget int

	// Limiter is waited for before each attempt. Default: none.
	Limiter Limiter
	// MaxBodySize bounds an answer's body in bytes, before and after decompression. Default 64 MiB; negative: no bound.
	MaxBodySize int64

	// Logger gets one line at debug level for each attempt and for each wait. Default: none.
	Logger *slog.Logger
	// Hooks are told about attempts, waits and outcomes. Several add up.
	Hooks []Hooks
	// Prefetch fetches the next page of a list while the present one is used.
	Prefetch bool
	// Response is filled with what the last answer of a call carried besides its body.
	Response *Response
}

// Limiter spreads requests over time. *rate.Limiter of golang.org/x/time/rate is one, and can be shared by several
// clients. Wait blocks until a request may be sent; it returns an error when ctx ends first, or would.
type Limiter interface {
	Wait(ctx context.Context) error
}

// TokenSource gives the token for requests. A client keeps the token that it got and asks again after the server has
// answered 401: once, however many calls wait for it. An implementation must be safe for concurrent use.
//
// A source that also has the method
//
//	Valid(token Secret) bool
//
// is asked before each attempt whether the token is still good, and for a new one if it isn't, so that a token with a
// known end is replaced before it ends.
type TokenSource interface {
	Token(ctx context.Context) (Secret, error)
}

// TokenSourceFunc makes a [TokenSource] of a function.
type TokenSourceFunc func(ctx context.Context) (Secret, error)

// Token calls f.
func (f TokenSourceFunc) Token(ctx context.Context) (Secret, error) { return f(ctx) }

// Response tells what came with the answer of a call besides its body; see [WithResponse]. Formatted, logged or encoded
// as JSON it doesn't show Header, in which servers hand out sessions and signed addresses.
type Response struct {
	// Status is the last answer's, 0 if there was none.
	Status int
	// Header is the last answer's.
	Header http.Header
	// RequestID is the server's name for the exchange, empty if it gave none.
	RequestID string
	// Attempts is how often the request was sent.
	Attempts int
	// Duration is how long the call took, attempts and waits together.
	Duration time.Duration
}

// Format shows everything but the header.
func (r Response) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "status %d, request id %q, %d attempts in %v", r.Status, r.RequestID, r.Attempts, r.Duration)
}

// LogValue is a group of everything but the header.
func (r Response) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("status", r.Status), slog.String("request_id", r.RequestID),
		slog.Int("attempts", r.Attempts), slog.Duration("duration", r.Duration))
}

// MarshalJSON gives everything but the header; duration is in seconds.
func (r Response) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Status    int     `json:"status"`
		RequestID string  `json:"request_id,omitempty"`
		Attempts  int     `json:"attempts"`
		Duration  float64 `json:"duration"`
	}{r.Status, r.RequestID, r.Attempts, r.Duration.Seconds()})
}

// Format shows neither the token nor any header.
func (c Config) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.summary())) }

// LogValue shows neither the token nor any header.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.summary()) }

// MarshalJSON shows neither the token nor any header.
func (c Config) MarshalJSON() ([]byte, error) { return []byte(`"` + c.summary() + `"`), nil }

func (c Config) summary() string {
	if c.Token.IsZero() && c.TokenSource == nil {
		return "sdk.Config{}"
	}
	return "sdk.Config{Token: [redacted]}"
}
