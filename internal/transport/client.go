package transport

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/wharfinger/sdk"
)

// Client makes a platform's calls. It is safe for concurrent use, and never shows its token when formatted.
type Client struct {
	s *settings
}

// New makes a client from the platform's defaults, its environment variables and opts, each laid over what comes before.
func New(p Platform, opts ...sdk.Option) (*Client, error) {
	over, err := collect(opts)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	if over.Token.IsZero() && over.TokenSource == nil && !over.NoToken && p.TokenEnv != "" {
		if token := os.Getenv(p.TokenEnv); token != "" {
			over.Token = sdk.NewSecret(token)
		}
	}
	if over.BaseURL == "" && p.BaseURLEnv != "" {
		over.BaseURL = os.Getenv(p.BaseURLEnv)
	}
	if over.BaseURL == "" {
		over.BaseURL = p.BaseURL
	}
	s, err := newSettings(&p).with(over)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	if !s.authorized() && !s.noToken {
		return nil, fmt.Errorf("%s: no token: use sdk.WithToken%s; sdk.WithoutToken is for the operations that need none",
			p.Name, orSet(p.TokenEnv))
	}
	return &Client{s}, nil
}

func orSet(env string) string {
	if env == "" {
		return ""
	}
	return " or set " + env
}

// With gives a client with opts laid over c's. Both share connections, retry budget and rate limit, unless opts replace them.
func (c *Client) With(opts ...sdk.Option) (*Client, error) {
	s, err := c.s.withOptions(opts)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.s.platform.Name, err)
	}
	return &Client{s}, nil
}

// Scoped gives a client with values for path parameters that are given once: name, value, name, value. What is missing
// or empty is an error of the calls that need it.
func (c *Client) Scoped(pairs ...string) *Client {
	s := *c.s
	s.scope = s.scope.with(pairs...)
	return &Client{&s}
}

// Scope gives the value of a path parameter that options gave, empty if none did.
func (c *Client) Scope(name string) string {
	value, _ := c.s.scope.get(name)
	return value
}

// BaseURL is the address that the client's calls go to.
func (c *Client) BaseURL() string { return c.s.base.String() }

// Format shows the service and its address, never the token.
func (c *Client) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "%s client for %s", c.s.platform.Name, c.BaseURL())
}

// LogValue shows the service and its address, never the token.
func (c *Client) LogValue() slog.Value {
	return slog.GroupValue(slog.String("service", c.s.platform.Name), slog.String("base_url", c.BaseURL()))
}

// MarshalJSON gives an empty object: there is nothing in a client to keep.
func (c *Client) MarshalJSON() ([]byte, error) { return []byte("{}"), nil }
