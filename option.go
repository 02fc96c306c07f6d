package sdk

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// WithToken sends token with every request, in the way of the platform. The empty string is refused, because it mostly
// comes from an environment variable that isn't set; see [WithoutToken] for operations that need no token.
func WithToken(token string) Option {
	return func(c *Config) error {
		if token == "" {
			return errors.New("sdk.WithToken: the token is empty")
		}
		if !validHeaderValue(token) {
			return errors.New("sdk.WithToken: the token holds a character that no header can carry")
		}
		c.Token, c.TokenSource, c.NoToken = NewSecret(token), nil, false
		return nil
	}
}

// WithTokenSource asks source for the token, first when one is needed and again after the server has answered 401.
// Calls that wait for a new token share one request for it, and each repeats its own request once.
func WithTokenSource(source TokenSource) Option {
	return func(c *Config) error {
		if source == nil {
			return errors.New("sdk.WithTokenSource: the source is nil")
		}
		c.Token, c.TokenSource, c.NoToken = Secret{}, source, false
		return nil
	}
}

// WithoutToken sends no token, for the operations that need none.
func WithoutToken() Option {
	return func(c *Config) error {
		c.Token, c.TokenSource, c.NoToken = Secret{}, nil, true
		return nil
	}
}

// WithBaseURL replaces the platform's address, such as for a region, a host of one's own or a test server. It has a
// scheme, a host and perhaps a path prefix; one with user, query or fragment is refused.
func WithBaseURL(base string) Option {
	return func(c *Config) error {
		if base == "" {
			return errors.New("sdk.WithBaseURL: the URL is empty")
		}
		c.BaseURL = base
		return nil
	}
}

// WithScope gives the value of a path parameter that a client's calls share, by its name in the path template. Vendor
// packages have named options for theirs.
func WithScope(name, value string) Option {
	return func(c *Config) error {
		if name == "" || value == "" {
			return fmt.Errorf("sdk.WithScope: name and value of %q must not be empty", name)
		}
		scope := maps.Clone(c.Scope)
		if scope == nil {
			scope = make(map[string]string, 1)
		}
		scope[name] = value
		c.Scope = scope
		return nil
	}
}

// WithHTTPClient takes transport, cookie jar, timeout and redirect policy from client, which is copied and left as it is.
// Its timeout bounds each attempt.
func WithHTTPClient(client *http.Client) Option {
	return func(c *Config) error {
		if client == nil {
			return errors.New("sdk.WithHTTPClient: the client is nil")
		}
		c.HTTPClient = client
		return nil
	}
}

// WithTransport sends requests through transport.
func WithTransport(transport http.RoundTripper) Option {
	return func(c *Config) error {
		if transport == nil {
			return errors.New("sdk.WithTransport: the transport is nil")
		}
		c.Transport = transport
		return nil
	}
}

// WithMiddleware wraps the transport, such as with otelhttp.NewTransport. A middleware sees every attempt as it is sent,
// credentials included. Given several times, the first is outermost. Requests of its own need a context other than that
// of the request it was given, which watches over that one alone.
func WithMiddleware(wrap func(http.RoundTripper) http.RoundTripper) Option {
	return func(c *Config) error {
		if wrap == nil {
			return errors.New("sdk.WithMiddleware: the function is nil")
		}
		c.Middleware = append(c.Middleware[:len(c.Middleware):len(c.Middleware)], wrap)
		return nil
	}
}

// WithHeader sends a header field with every request, in place of what the client would send under that name; the field
// that carries the token stays what it is. Fields that frame a message (Host, Content-Length, Transfer-Encoding, Connection
// and the like) are refused, and so are names and values that no header can carry.
func WithHeader(name, value string) Option {
	return func(c *Config) error {
		key := http.CanonicalHeaderKey(name)
		switch {
		case !validHeaderName(name):
			return errors.New("sdk.WithHeader: the name is not one of a header field")
		case !validHeaderValue(value):
			return fmt.Errorf("sdk.WithHeader: the value of %s holds a character that no header can carry", key)
		case framing(key):
			return fmt.Errorf("sdk.WithHeader: %s is set by the client alone", key)
		}
		h := c.Header.Clone()
		if h == nil {
			h = make(http.Header, 1)
		}
		h[key] = []string{value}
		c.Header = h
		return nil
	}
}

// WithUserAgent adds the name of the program, such as "invoicer/1.4", to the User-Agent header.
func WithUserAgent(app string) Option {
	return func(c *Config) error {
		if strings.TrimSpace(app) == "" || !validHeaderValue(app) {
			return errors.New("sdk.WithUserAgent: the name is empty or holds a character that no header can carry")
		}
		c.UserAgent = app
		return nil
	}
}

// WithMaxAttempts bounds how often a request is sent, the first time included: 1 never repeats. Default 4.
func WithMaxAttempts(n int) Option {
	return func(c *Config) error {
		if n < 1 {
			return fmt.Errorf("sdk.WithMaxAttempts: %d is less than 1", n)
		}
		c.MaxAttempts = n
		return nil
	}
}

// WithBackoff bounds the wait before a repeat that the server gave no time for: a random part of minimum, doubled with
// each further attempt, up to maximum. Default 500 ms and 30 s.
func WithBackoff(minimum, maximum time.Duration) Option {
	return func(c *Config) error {
		if minimum <= 0 || maximum < minimum {
			return fmt.Errorf("sdk.WithBackoff: %v to %v is not a range of waits", minimum, maximum)
		}
		c.BackoffMin, c.BackoffMax = minimum, maximum
		return nil
	}
}

// WithMaxRetryAfter bounds the wait that a server can ask for by Retry-After and the like. If it asks for more, the call
// ends at once with the server's error. Default 1 min; negative: no bound.
func WithMaxRetryAfter(d time.Duration) Option {
	return duration("sdk.WithMaxRetryAfter", d, func(c *Config) *time.Duration { return &c.MaxRetryAfter })
}

// WithMaxElapsed bounds a whole call, attempts and waits together. Negative: no bound, which is the default.
func WithMaxElapsed(d time.Duration) Option {
	return duration("sdk.WithMaxElapsed", d, func(c *Config) *time.Duration { return &c.MaxElapsed })
}

// WithAttemptTimeout bounds one attempt, so that one that stalls is given up and repeated where that can do no harm.
// Downloads and streams are bounded by it only up to their headers. Default 2 min; negative: no bound.
func WithAttemptTimeout(d time.Duration) Option {
	return duration("sdk.WithAttemptTimeout", d, func(c *Config) *time.Duration { return &c.AttemptTimeout })
}

// WithReadTimeout bounds the wait for the next bytes of an answer's body. Default 1 min; negative: no bound.
func WithReadTimeout(d time.Duration) Option {
	return duration("sdk.WithReadTimeout", d, func(c *Config) *time.Duration { return &c.ReadTimeout })
}

// WithRetryBudget bounds how many repeats all calls of a client may make in a row, so that an outage doesn't multiply the
// load on whoever suffers it. Every ten answers at the first attempt give one back, and so does a repeat that
// succeeds. Default 100; negative: no bound.
func WithRetryBudget(n int) Option {
	return func(c *Config) error {
		if n == 0 {
			return errors.New("sdk.WithRetryBudget: 0 is no budget; use sdk.WithMaxAttempts(1) to never repeat")
		}
		c.RetryBudget = n
		return nil
	}
}

// WithRateLimit sends at most perSecond requests a second, after burst at once. Attempts count, not calls. A call whose turn
// would come after its deadline fails at once. Clients derived from one with this option share the limit.
func WithRateLimit(perSecond float64, burst int) Option {
	// Made here, so that an option that is given to several clients is one limit for all of them.
	limiter := rate.NewLimiter(rate.Limit(perSecond), burst)
	return func(c *Config) error {
		if perSecond <= 0 || math.IsNaN(perSecond) || math.IsInf(perSecond, 0) || burst < 1 {
			return fmt.Errorf("sdk.WithRateLimit: %v a second with bursts of %d is no limit", perSecond, burst)
		}
		c.Limiter = limiter
		return nil
	}
}

// WithLimiter waits for limiter before each attempt. Several clients can share one.
func WithLimiter(limiter Limiter) Option {
	return func(c *Config) error {
		if limiter == nil {
			return errors.New("sdk.WithLimiter: the limiter is nil")
		}
		c.Limiter = limiter
		return nil
	}
}

// WithMaxBodySize bounds an answer's body in bytes, before and after decompression; a larger one is an error that
// errors.Is [ErrTooLarge]. Default 64 MiB; negative: no bound.
func WithMaxBodySize(n int64) Option {
	return func(c *Config) error {
		if n == 0 {
			return errors.New("sdk.WithMaxBodySize: 0 would refuse every body")
		}
		c.MaxBodySize = n
		return nil
	}
}

// WithLogger writes one line at debug level for each attempt and each wait: operation, path template, status, time. Never
// a token, a query value, a body or a header.
func WithLogger(logger *slog.Logger) Option {
	return func(c *Config) error {
		if logger == nil {
			return errors.New("sdk.WithLogger: the logger is nil")
		}
		c.Logger = logger
		return nil
	}
}

// WithHooks tells hooks about attempts, waits and outcomes. Given several times, all are told.
func WithHooks(hooks Hooks) Option {
	return func(c *Config) error {
		c.Hooks = append(c.Hooks[:len(c.Hooks):len(c.Hooks)], hooks)
		return nil
	}
}

// WithPrefetch fetches the next page of a list while the present one is used. Breaking off early then costs at most
// one request more.
func WithPrefetch() Option {
	return func(c *Config) error {
		c.Prefetch = true
		return nil
	}
}

// WithResponse fills r with the status, the header, the request id, the attempts and the duration of a call, whether it
// succeeds or fails; for a stream when it begins, and again when it ends. It is for single calls: calls at the same time
// must not share r.
func WithResponse(r *Response) Option {
	return func(c *Config) error {
		if r == nil {
			return errors.New("sdk.WithResponse: the target is nil")
		}
		c.Response = r
		return nil
	}
}

// WithPlainHTTP allows sending the token over http to hosts other than loopback, where everyone on the way can read it.
func WithPlainHTTP() Option {
	return func(c *Config) error {
		c.PlainHTTP = true
		return nil
	}
}

// WithCrossOriginRedirects follows redirects of GET and HEAD to another origin, without credentials, body or query. Without
// it such a redirect is an error.
func WithCrossOriginRedirects() Option {
	return func(c *Config) error {
		c.CrossOriginRedirects = true
		return nil
	}
}

// duration makes the option of a limit in time: any value but 0, which would mean "not given".
func duration(name string, d time.Duration, field func(*Config) *time.Duration) Option {
	return func(c *Config) error {
		if d == 0 {
			return fmt.Errorf("%s: 0 is no limit; a negative value lifts it", name)
		}
		*field(c) = d
		return nil
	}
}

// framing tells the header fields that net/http or the client must have in hand.
func framing(key string) bool {
	switch key {
	case "Host", "Content-Length", "Transfer-Encoding", "Connection", "Trailer", "Upgrade", "Te", "Keep-Alive",
		"Proxy-Connection", "Accept-Encoding":
		return true
	}
	return false
}

// validHeaderName is the token of RFC 9110.
func validHeaderName(name string) bool {
	for i := range len(name) {
		c := name[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0:
		default:
			return false
		}
	}
	return name != ""
}

// validHeaderValue refuses what would end the line or hide in it.
func validHeaderValue(value string) bool {
	for i := range len(value) {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
