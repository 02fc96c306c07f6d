package versoritest

import (
	"strings"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/versori"
)

// mask stands in answers where a secret is.
const mask = "******"

// secret is a secret of a model and where it stands in the body that it came with.
type secret struct {
	at   string
	text *sdk.Secret // nil where the model has none
}

// schemeSecrets are the secrets of a scheme, which they can be changed through.
func schemeSecrets(at string, scheme *versori.AuthSchemeConfig) []secret {
	var list []secret
	if oauth1 := scheme.OAuth1.Ptr(); oauth1 != nil {
		list = append(list, secret{within(at, "oauth1.consumerSecret"), &oauth1.ConsumerSecret})
	}
	if oauth2 := scheme.OAuth2.Ptr(); oauth2 != nil {
		if client := oauth2.Grant.AuthorizationCode.Ptr(); client != nil {
			list = append(list, secret{within(at, "oauth2.grant.authorizationCode.clientSecret"), client.ClientSecret.Ptr()})
		}
		if client := oauth2.Grant.Password.Ptr(); client != nil {
			list = append(list, secret{within(at, "oauth2.grant.password.clientSecret"), client.ClientSecret.Ptr()})
		}
	}
	return list
}

// credentialSecrets are the secrets of a credential, which they can be changed through.
func credentialSecrets(at string, data *versori.CredentialData) []secret {
	if data == nil {
		return nil
	}
	var list []secret
	add := func(member string, text *sdk.Secret) { list = append(list, secret{within(at, member), text}) }
	if c := data.Binary.Ptr(); c != nil {
		add("binary.valueBase64", &c.ValueBase64)
	}
	if c := data.String.Ptr(); c != nil {
		add("string.value", &c.Value)
	}
	if c := data.BasicAuth.Ptr(); c != nil {
		add("basicAuth.password", &c.Password)
	}
	if c := data.OAuth2Client.Ptr(); c != nil {
		add("oauth2Client.clientSecret", &c.ClientSecret)
	}
	if c := data.OAuth2Token.Ptr(); c != nil {
		add("oauth2Token.accessToken", c.AccessToken.Ptr())
		add("oauth2Token.refreshToken", &c.RefreshToken)
	}
	if c := data.OAuth2Code.Ptr(); c != nil {
		add("oauth2Code.code", &c.Code)
	}
	if c := data.OAuth2Password.Ptr(); c != nil {
		add("oauth2Password.password", &c.Password)
	}
	if c := data.Certificate.Ptr(); c != nil {
		add("certificate.key", &c.Key)
	}
	if c := data.OAuth1.Ptr(); c != nil {
		add("oauth1.oauthToken", &c.OAuthToken)
		add("oauth1.oauthVerifier", &c.OAuthVerifier)
	}
	if c := data.OAuth1Token.Ptr(); c != nil {
		add("oauth1Token.token", &c.Token)
		add("oauth1Token.tokenSecret", &c.TokenSecret)
	}
	return list
}

// hide puts masks where secrets are.
func hide(list []secret) {
	for _, s := range list {
		if s.text != nil && !s.text.IsZero() {
			*s.text = sdk.NewSecret(mask)
		}
	}
}

// refuseMasks refuses the first secret that is what hide left of one.
func refuseMasks(list []secret) error {
	for _, s := range list {
		if s.text != nil && !s.text.IsZero() && strings.Trim(s.text.Reveal(), "*") == "" {
			return misfit(s.at, "is a mask and not the secret")
		}
	}
	return nil
}

// hideSchemes makes schemes with masks of schemes with secrets.
func hideSchemes(schemes []versori.AuthSchemeConfig) []versori.AuthSchemeConfig {
	hidden := append([]versori.AuthSchemeConfig{}, schemes...)
	for i := range hidden {
		hide(schemeSecrets("", &hidden[i]))
	}
	return hidden
}

// hideConnection makes a connection with masks of one with secrets.
func hideConnection(c versori.Connection) versori.Connection {
	c.Credentials = append([]versori.ConnectionCredential{}, c.Credentials...)
	for i := range c.Credentials {
		if scheme := c.Credentials[i].AuthSchemeConfig.Ptr(); scheme != nil {
			hide(schemeSecrets("", scheme))
		}
		if credential := c.Credentials[i].Credential.Ptr(); credential != nil {
			hide(credentialSecrets("", credential.Data.Ptr()))
		}
	}
	return c
}
