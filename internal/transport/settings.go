package transport

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/wharfinger/sdk"
)

// The defaults that package sdk documents.
const (
	defaultMaxAttempts    = 4
	defaultBackoffMin     = 500 * time.Millisecond
	defaultBackoffMax     = 30 * time.Second
	defaultMaxRetryAfter  = time.Minute
	defaultAttemptTimeout = 2 * time.Minute
	slowTimeout           = 10 * time.Minute // of an attempt of a slow operation, whatever is set
	defaultReadTimeout    = time.Minute
	defaultRetryBudget    = 100
	defaultMaxBodySize    = 64 << 20
)

// settings is what a call goes by: the client's, or a copy with the call's own options laid over. It is never changed
// once it is in use. Negative limits have become none.
type settings struct {
	platform *Platform
	shared   *shared

	base        baseURL
	scope       scope
	plainHTTP   bool
	crossOrigin bool

	client     http.Client // Jar, Timeout and CheckRedirect
	transport  http.RoundTripper
	middleware []func(http.RoundTripper) http.RoundTripper
	next       http.RoundTripper // the transport within the middleware

	token       sdk.Secret
	tokens      *tokens
	noToken     bool
	extra       http.Header // as the options gave them
	app         string
	header      http.Header // of every request to the base URL's origin, the token included if it is known
	plainHeader http.Header // of a request to anywhere else

	maxAttempts    int
	backoffMin     time.Duration
	backoffMax     time.Duration
	maxRetryAfter  time.Duration
	maxElapsed     time.Duration
	attemptTimeout time.Duration
	readTimeout    time.Duration
	budget         *budget
	limiter        sdk.Limiter
	maxBodySize    int64

	logger   *slog.Logger
	hooks    []sdk.Hooks
	prefetch bool
	response *sdk.Response
}

func newSettings(p *Platform) *settings {
	return &settings{
		platform:       p,
		shared:         newShared(),
		maxAttempts:    defaultMaxAttempts,
		backoffMin:     defaultBackoffMin,
		backoffMax:     defaultBackoffMax,
		maxRetryAfter:  defaultMaxRetryAfter,
		attemptTimeout: defaultAttemptTimeout,
		readTimeout:    defaultReadTimeout,
		budget:         newBudget(defaultRetryBudget),
		maxBodySize:    defaultMaxBodySize,
	}
}

// collect runs opts on an empty Config, so that a field with its zero value is one that they didn't give.
func collect(opts []sdk.Option) (*sdk.Config, error) {
	var c sdk.Config
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt(&c); err != nil {
			return nil, err
		}
	}
	return &c, nil
}

func (s *settings) withOptions(opts []sdk.Option) (*settings, error) {
	if len(opts) == 0 {
		return s, nil
	}
	over, err := collect(opts)
	if err != nil {
		return nil, err
	}
	return s.with(over)
}

// with lays over what c gives. What s shares with others stays shared.
func (s *settings) with(c *sdk.Config) (*settings, error) {
	n := *s
	if err := n.setAddress(c); err != nil {
		return nil, err
	}
	n.setTransport(c)
	n.setLimits(c)
	n.setTelling(c)
	if err := n.setCredentials(c); err != nil {
		return nil, err
	}
	return &n, n.setHeaders(c)
}

func (s *settings) setAddress(c *sdk.Config) error {
	if c.BaseURL != "" {
		base, err := parseBaseURL(c.BaseURL)
		if err != nil {
			return err
		}
		s.base = base
	}
	for name, value := range c.Scope {
		s.scope = s.scope.with(name, value)
	}
	s.plainHTTP = s.plainHTTP || c.PlainHTTP
	s.crossOrigin = s.crossOrigin || c.CrossOriginRedirects
	return nil
}

func (s *settings) setTransport(c *sdk.Config) {
	if s.next != nil && c.HTTPClient == nil && c.Transport == nil && len(c.Middleware) == 0 {
		return
	}
	if c.HTTPClient != nil {
		s.client = *c.HTTPClient
		s.transport = c.HTTPClient.Transport
		if s.transport == nil {
			s.transport = http.DefaultTransport
		}
	}
	if c.Transport != nil {
		s.transport = c.Transport
	}
	if s.transport == nil {
		s.transport = newTransport()
	}
	s.middleware = append(s.middleware[:len(s.middleware):len(s.middleware)], c.Middleware...)
	s.next = s.transport
	for i := len(s.middleware) - 1; i >= 0; i-- {
		s.next = s.middleware[i](s.next)
	}
}

func (s *settings) setLimits(c *sdk.Config) {
	if c.MaxAttempts != 0 {
		s.maxAttempts = c.MaxAttempts
	}
	setDuration(&s.backoffMin, c.BackoffMin)
	setDuration(&s.backoffMax, c.BackoffMax)
	setDuration(&s.maxRetryAfter, c.MaxRetryAfter)
	setDuration(&s.maxElapsed, c.MaxElapsed)
	setDuration(&s.attemptTimeout, c.AttemptTimeout)
	setDuration(&s.readTimeout, c.ReadTimeout)
	if c.RetryBudget != 0 {
		s.budget = newBudget(c.RetryBudget)
	}
	if c.Limiter != nil {
		s.limiter = c.Limiter
	}
	if c.MaxBodySize != 0 {
		s.maxBodySize = max(c.MaxBodySize, 0)
	}
}

// setDuration takes a given limit; a negative one becomes 0, which is none from here on.
func setDuration(dst *time.Duration, given time.Duration) {
	if given != 0 {
		*dst = max(given, 0)
	}
}

func (s *settings) setTelling(c *sdk.Config) {
	if c.Logger != nil {
		s.logger = c.Logger
	}
	if len(c.Hooks) > 0 {
		s.hooks = append(s.hooks[:len(s.hooks):len(s.hooks)], c.Hooks...)
	}
	s.prefetch = s.prefetch || c.Prefetch
	if c.Response != nil {
		s.response = c.Response
	}
}
