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
	"net/http"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/codec"
	"github.com/wharfinger/sdk/internal/transport"
)

// WithEURegion sends requests to the EU region, https://api.eu.cryptlex.com.
func WithEURegion() sdk.Option { return sdk.WithBaseURL("https://api.eu.cryptlex.com") }

// platform is what sets Cryptlex apart from the others.
func platform() transport.Platform {
	p := described()
	p.DecodeError = decodeError
	p.RetryAfter = rateLimitReset
	return p
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
