// Package cargo is a client of the Cargo API, with which revenue workflows are built and run: plays, and the releases
// of the workflows behind them.
//
// A [Client] comes from [New]. Its services are its fields, their methods are the operations:
//
//	client, err := cargo.New(sdk.WithToken(token))
//	result, err := client.Plays.Create(ctx, cargo.PlayCreate{…})
//
// Without options the token is read from CARGO_API_TOKEN, and the address from CARGO_BASE_URL where it is set. Tokens
// belong to one workspace and are made in its settings.
//
// Errors are [*sdk.Error]. Their Code is the platform's reason, one of the Code constants or a newer one.
package cargo

import (
	"context"
	"net/url"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/transport"
)

// Client calls the Cargo API. It is safe for concurrent use; make one and keep it.
type Client struct {
	Services

	transport *transport.Client
}

// New makes a client. Without [sdk.WithToken] the token is read from CARGO_API_TOKEN; a missing one is an error.
func New(opts ...sdk.Option) (*Client, error) {
	t, err := transport.New(platform(), opts...)
	if err != nil {
		return nil, err
	}
	return newClient(t), nil
}

func newClient(t *transport.Client) *Client { return &Client{newServices(t), t} }

// With returns a client with more options. It shares connections, limits and the retry budget with c.
func (c *Client) With(opts ...sdk.Option) (*Client, error) {
	t, err := c.transport.With(opts...)
	if err != nil {
		return nil, err
	}
	return newClient(t), nil
}

// Do calls an endpoint that no method covers, with the same token, repeats and errors. The path is relative to the base
// URL ("/orchestration/tools/list"). A body that is not nil is sent as JSON ([]byte as it is); the answer is decoded into
// out unless that is nil (*[]byte receives it as it is).
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, body, out any, opts ...sdk.Option) error {
	return c.transport.DoAny(ctx, method, path, query, body, out, opts...)
}

// platform is what sets Cargo apart from the others.
func platform() transport.Platform {
	return transport.Platform{
		Name:        "cargo",
		BaseURL:     "https://api.getcargo.io/v1",
		TokenEnv:    "CARGO_API_TOKEN",
		BaseURLEnv:  "CARGO_BASE_URL",
		DecodeError: decodeError,
	}
}

// decodeError reads {errorMessage, reason, …}, of which any member may be missing.
func decodeError(e *sdk.Error) {
	p := transport.ParseProblem(e.Body)
	e.Code = p.Text("reason")
	e.Message = p.Text("errorMessage")
	if data := p.Object("dataError"); data != nil {
		e.Fields = append(e.Fields, sdk.FieldError{Path: "data", Code: data.Text("reason")})
	}
}
