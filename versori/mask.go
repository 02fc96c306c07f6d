package versori

import (
	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/codec"
)

// IsMasked reports whether a secret is not one but the asterisks ("******") that the platform answers in its place.
//
// Nothing that is masked is ever sent: a request with a mask in the place of a secret is refused before it leaves, with an
// error that names the member and matches [sdk.ErrInvalidRequest]. To change a connection without its secrets there is no
// call; ask for the secrets again, or make another connection. To use an authentication scheme that the platform answered
// in a request, see [AuthSchemeConfig.WithoutMasks].
func IsMasked(secret sdk.Secret) bool { return codec.Masked(secret.Reveal()) }

// WithoutMasks is the scheme without the masked secret of its OAuth 2.0 client, so that it can be sent: the platform keeps
// the secret that is left out. The consumer secret of OAuth 1.0 can't be left out; set the real one. c stays as it is.
func (c AuthSchemeConfig) WithoutMasks() AuthSchemeConfig {
	if oauth2, ok := c.OAuth2.Get(); ok {
		oauth2.Grant.AuthorizationCode = withoutMask(oauth2.Grant.AuthorizationCode)
		oauth2.Grant.Password = withoutMask(oauth2.Grant.Password)
		c.OAuth2 = sdk.Some(oauth2)
	}
	return c
}

func withoutMask(client sdk.Optional[OAuth2GrantClient]) sdk.Optional[OAuth2GrantClient] {
	c, ok := client.Get()
	if !ok || !IsMasked(c.ClientSecret.Or(sdk.Secret{})) {
		return client
	}
	c.ClientSecret = sdk.Optional[sdk.Secret]{}
	return sdk.Some(c)
}
