// Package licensing is a client of the Cryptlex Web API, with which software is licensed and released, and of the
// webhooks that it sends.
//
// A [Client] comes from [New]. Its services are its fields, their methods are the operations:
//
//	client, err := licensing.New(sdk.WithToken(token))
//	release, err := client.Releases.Update(ctx, id, licensing.ReleaseUpdate{Channel: sdk.Some("beta")})
//
// Without options the token is read from CRYPTLEX_API_TOKEN, and the address from CRYPTLEX_BASE_URL where it is set. Accounts
// of the EU region need [WithEURegion], servers on premise [sdk.WithBaseURL].
//
// Errors of calls are [*sdk.Error]. Their Code is the platform's, one of the Code constants or a newer one; many errors
// have none.
//
// Webhooks are verified and decoded by a [WebhookVerifier], or served by a [WebhookHandler]. They have errors of their own:
// [ErrSignature], [ErrStale] and [ErrMalformedEvent].
package licensing

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/codec"
	"github.com/wharfinger/sdk/internal/transport"
)

// Client calls the Cryptlex Web API. It is safe for concurrent use; make one and keep it.
type Client struct {
	Services

	transport *transport.Client
}

// New makes a client. Without [sdk.WithToken] the token is read from CRYPTLEX_API_TOKEN; a missing one is an error.
func New(opts ...sdk.Option) (*Client, error) {
	t, err := transport.New(platform(), opts...)
	if err != nil {
		return nil, err
	}
	return newClient(t), nil
}

func newClient(t *transport.Client) *Client { return &Client{newServices(t), t} }

// WithEURegion sends requests to the EU region, https://api.eu.cryptlex.com.
func WithEURegion() sdk.Option { return sdk.WithBaseURL("https://api.eu.cryptlex.com") }

// With returns a client with more options. It shares connections, limits and the retry budget with c.
func (c *Client) With(opts ...sdk.Option) (*Client, error) {
	t, err := c.transport.With(opts...)
	if err != nil {
		return nil, err
	}
	return newClient(t), nil
}

// Do calls an endpoint that no method covers, with the same token, repeats and errors. The path is relative to the base
// URL ("/v3/products"). A body that is not nil is sent as JSON ([]byte as it is); the answer is decoded into out unless
// that is nil (*[]byte receives it as it is).
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, body, out any, opts ...sdk.Option) error {
	return c.transport.DoAny(ctx, method, path, query, body, out, opts...)
}

// platform is what sets Cryptlex apart from the others.
func platform() transport.Platform {
	return transport.Platform{
		Name:        "licensing",
		BaseURL:     "https://api.cryptlex.com",
		TokenEnv:    "CRYPTLEX_API_TOKEN",
		BaseURLEnv:  "CRYPTLEX_BASE_URL",
		DecodeError: decodeError,
		RetryAfter:  rateLimitReset,
	}
}

// decodeError reads {message, code}, of which code is often missing.
func decodeError(e *sdk.Error) {
	p := transport.ParseProblem(e.Body)
	e.Message = p.Text("message")
	e.Code = p.Text("code")
}

// rateLimitReset reads the platform's own header, which says when the window of the rate limit ends, as a date-time.
func rateLimitReset(h http.Header, now time.Time) (time.Duration, bool) {
	reset, ok := codec.ParseTime(h.Get("X-Rate-Limit-Reset"))
	return reset.Sub(now), ok
}
