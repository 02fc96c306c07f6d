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
	"net/http"
	"strings"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/transport"
)

// WithOrganisation names the organisation, by its ULID, that a client or a single call is about. Calls without one are
// refused.
func WithOrganisation(id string) sdk.Option { return sdk.WithScope(organisation, id) }

const organisation = "organisation_id"

// platform is what sets Versori apart from the others.
func platform() transport.Platform {
	p := described()
	p.Authorize = authorize
	p.DecodeError = decodeError
	return p
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
