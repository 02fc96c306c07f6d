// Package versori is a client of the Versori platform, with which integration projects are built and run.
//
// A [Client] comes from [New]. Every path starts with an organisation, which is given once:
//
//	client, err := versori.New(sdk.WithToken(token), versori.WithOrganisation(organisationID))
//	flow, err := client.Flows.Update(ctx, projectID, "orders", versori.Flow{…})
//
// Without options the token is read from VERSORI_API_TOKEN, and the address from VERSORI_BASE_URL where it is set. An
// API key is sent as "Authorization: Bearer", a signed token (three parts joined by dots) as "Authorization: JWT".
//
// Where one call isn't enough there are helpers: [ProjectsService.DeployAndWait], [LogsService.Follow],
// [EnvironmentsService.Find] (from a name to an id), [EnvironmentsService.ModifyConfig], [FlowsService.Modify],
// [KVService.Store], [ActivationsService.ActivateUser] and [NewSigner] for the tokens of end users.
//
// The platform answers secrets masked, as asterisks. A mask is never sent back: such a request is refused here.
//
// Errors of calls are [*sdk.Error], also where a helper makes them. A deployment that was accepted and then fails is a
// [*DeploymentError].
package versori

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/transport"
)

// Client calls the Versori platform. It is safe for concurrent use; make one and keep it.
type Client struct {
	Services

	transport *transport.Client
}

// New makes a client. Without [sdk.WithToken] the token is read from VERSORI_API_TOKEN; a missing one is an error.
func New(opts ...sdk.Option) (*Client, error) {
	t, err := transport.New(platform(), opts...)
	if err != nil {
		return nil, err
	}
	return newClient(t), nil
}

func newClient(t *transport.Client) *Client { return &Client{newServices(t), t} }

// WithOrganisation names the organisation, by its ULID, that a client or a single call is about. Calls without one are
// refused.
func WithOrganisation(id string) sdk.Option { return sdk.WithScope(organisation, id) }

const organisation = "organisation_id"

// With returns a client with more options. It shares connections, limits and the retry budget with c.
func (c *Client) With(opts ...sdk.Option) (*Client, error) {
	t, err := c.transport.With(opts...)
	if err != nil {
		return nil, err
	}
	return newClient(t), nil
}

// Do calls an endpoint that no method covers, with the same token, repeats and errors. The path is relative to the base
// URL ("/o/" + organisationID + "/projects"). A body that is not nil is sent as JSON ([]byte as it is); the answer is
// decoded into out unless that is nil (*[]byte receives it as it is).
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, body, out any, opts ...sdk.Option) error {
	return c.transport.DoAny(ctx, method, path, query, body, out, opts...)
}

// platform is what sets Versori apart from the others.
func platform() transport.Platform {
	return transport.Platform{
		Name:        "versori",
		BaseURL:     "https://platform.versori.com/api/v2",
		TokenEnv:    "VERSORI_API_TOKEN",
		BaseURLEnv:  "VERSORI_BASE_URL",
		Scoped:      []string{organisation},
		Authorize:   authorize,
		DecodeError: decodeError,
	}
}

// authorize picks the scheme by the token's shape: the platform takes signed tokens under a scheme of their own.
func authorize(h http.Header, token string) {
	scheme := "Bearer "
	if strings.Count(token, ".") == 2 {
		scheme = "JWT "
	}
	h.Set("Authorization", scheme+token)
}

// decodeError reads {code, message, fields, details}.
func decodeError(e *sdk.Error) {
	p := transport.ParseProblem(e.Body)
	e.Code = p.Text("code")
	e.Message = p.Text("message")
	if details := p.Text("details"); details != "" {
		e.Message = strings.TrimPrefix(e.Message+": "+details, ": ")
	}
	for _, f := range p.Objects("fields") {
		e.Fields = append(e.Fields, sdk.FieldError{Path: f.Text("field"), Message: f.Text("message")})
	}
}
