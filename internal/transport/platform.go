// Package transport makes one exchange with a server: it builds the request, runs its attempts within their limits, reads
// the answer whole and turns everything that goes wrong into an *sdk.Error. The generated methods of the vendor packages
// are thin calls of [Do], [Exec], [Bytes], [Events] and [Pages].
package transport

import (
	"net/http"
	"slices"
	"time"

	"github.com/wharfinger/sdk"
)

// Platform is what the exchange must know of one platform.
type Platform struct {
	// Name is the service in errors, logs and the User-Agent header, such as "licensing".
	Name string
	// BaseURL is the platform's public address, with the path prefix that all path templates leave out.
	BaseURL string
	// TokenEnv and BaseURLEnv name the environment variables that New reads where no option says otherwise.
	TokenEnv, BaseURLEnv string
	// Scoped names the path parameters that come from options (sdk.WithScope) and not from a call's arguments.
	Scoped []string
	// Authorize puts the token into the header. Default: "Authorization: Bearer <token>".
	Authorize func(h http.Header, token string)
	// DecodeError fills Code, Message, Fields and RetryAfter from e.Body by its shape. It is called for answers without
	// success that have a body, of whatever content type.
	DecodeError func(e *sdk.Error)
	// RetryAfter reads the platform's own header for how long to wait after a 429, where Retry-After is missing.
	RetryAfter func(h http.Header, now time.Time) (time.Duration, bool)
}

func (p *Platform) scoped(name string) bool { return slices.Contains(p.Scoped, name) }

func (p *Platform) authorize(h http.Header, token string) {
	if p.Authorize != nil {
		p.Authorize(h, token)
		return
	}
	h["Authorization"] = []string{"Bearer " + token}
}
