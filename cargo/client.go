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
	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/transport"
)

// platform is what sets Cargo apart from the others.
func platform() transport.Platform {
	p := described()
	p.DecodeError = decodeError
	return p
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
