package versori

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wharfinger/sdk"
)

// ZeroULID stands where an id is asked for that the platform has yet to assign: those of a new credential, and of the pair
// it forms with its scheme.
const ZeroULID = "00000000000000000000000000"

// APIKeyCredential is an API key, or another secret text, for a scheme of the type api-key. The scheme and the
// organisation are filled in by [ConnectionTemplate.Complete] or [ActivationsService.ActivateUser].
func APIKeyCredential(key sdk.Secret) ConnectionCredential {
	return newCredential(CredentialTypeString, CredentialData{String: sdk.Some(CredentialString{Value: key})})
}

// BasicAuthCredential is a user name with a password, for a scheme of the type basic-auth. The scheme and the
// organisation are filled in by [ConnectionTemplate.Complete] or [ActivationsService.ActivateUser].
func BasicAuthCredential(username string, password sdk.Secret) ConnectionCredential {
	return newCredential(CredentialTypeBasicAuth, CredentialData{
		BasicAuth: sdk.Some(CredentialBasicAuth{Username: username, Password: password}),
	})
}

// OAuth2ClientCredential is a client of one's own, for a scheme of the type oauth2 with the grant clientCredentials. The
// scheme, the organisation and the URL that issues tokens are filled in by [ConnectionTemplate.Complete] or
// [ActivationsService.ActivateUser]; without scopes the platform takes the scheme's.
func OAuth2ClientCredential(clientID string, clientSecret sdk.Secret, scopes ...string) ConnectionCredential {
	return newCredential(CredentialTypeOAuth2Client, CredentialData{
		OAuth2Client: sdk.Some(CredentialOAuth2Client{ClientID: clientID, ClientSecret: clientSecret, Scopes: scopes}),
	})
}

// NoCredential authenticates with nothing, whatever schemes the system has.
func NoCredential() ConnectionCredential {
	return ConnectionCredential{
		ID:               ZeroULID,
		AuthSchemeConfig: sdk.Some(AuthSchemeConfig{Type: AuthSchemeTypeNone, None: sdk.Some(AuthSchemeNone{})}),
		Credential:       sdk.Some(Credential{ID: ZeroULID, Type: sdk.Some(CredentialTypeNone)}),
	}
}

func newCredential(t CredentialType, data CredentialData) ConnectionCredential {
	return ConnectionCredential{
		ID:         ZeroULID,
		Credential: sdk.Some(Credential{ID: ZeroULID, Type: sdk.Some(t), Data: sdk.Some(data)}),
	}
}

// AuthScheme finds the one scheme of the template that a credential of this type is for, without masks, so that it can be
// sent: string is for api-key, oauth2-client for oauth2 with the grant clientCredentials, and so on. It is an error,
// matching [sdk.ErrInvalidRequest], if there is none or more than one; the AuthSchemeConfigs have them all.
func (t *ConnectionTemplate) AuthScheme(credential CredentialType) (AuthSchemeConfig, error) {
	const operation = "ConnectionTemplate.AuthScheme"
	if credential == CredentialTypeNone {
		return AuthSchemeConfig{Type: AuthSchemeTypeNone, None: sdk.Some(AuthSchemeNone{})}, nil
	}
	var fitting []AuthSchemeConfig
	types := make([]string, len(t.AuthSchemeConfigs))
	for i, config := range t.AuthSchemeConfigs {
		types[i] = string(config.Type)
		if slices.Contains(config.credentialTypes(), credential) {
			fitting = append(fitting, config)
		}
	}
	switch len(fitting) {
	case 0:
		return AuthSchemeConfig{}, refusal(operation, fmt.Sprintf("template %q has no scheme for a credential of the type %q; its schemes are of the types %s",
			t.Name, credential, strings.Join(types, ", ")))
	case 1:
		return fitting[0].WithoutMasks(), nil
	}
	return AuthSchemeConfig{}, refusal(operation, fmt.Sprintf("template %q has %d schemes for a credential of the type %q; set the AuthSchemeConfig that is meant",
		t.Name, len(fitting), credential))
}

// credentialTypes are the types of credentials that a scheme takes in requests.
func (c *AuthSchemeConfig) credentialTypes() []CredentialType {
	switch c.Type {
	case AuthSchemeTypeAPIKey:
		return []CredentialType{CredentialTypeString}
	case AuthSchemeTypeBasicAuth:
		return []CredentialType{CredentialTypeBasicAuth}
	case AuthSchemeTypeCertificate:
		return []CredentialType{CredentialTypeCertificate}
	case AuthSchemeTypeOAuth1:
		return []CredentialType{CredentialTypeOAuth1, CredentialTypeOAuth1Token}
	case AuthSchemeTypeOAuth2:
		switch c.OAuth2.Or(AuthSchemeOAuth2{}).Grant.Type {
		case OAuth2GrantTypeClientCredentials:
			return []CredentialType{CredentialTypeOAuth2Client}
		case OAuth2GrantTypePassword:
			return []CredentialType{CredentialTypeOAuth2Password}
		case OAuth2GrantTypeAuthorizationCode:
			return []CredentialType{CredentialTypeOAuth2Code, CredentialTypeOAuth2Token}
		}
	}
	return nil
}

// Complete fills in what a connection for this template needs and spec leaves out: ids of zeros, the organisation that
// owns the credentials, the scheme that fits each of them (see [ConnectionTemplate.AuthScheme]), and the URL that issues
// tokens to an OAuth 2.0 client. What is there stays, apart from masks in a scheme. The result can be sent by
// [ConnectionsService.Create]; spec itself stays as it is. What can't be completed is an error that matches
// [sdk.ErrInvalidRequest].
//
//	spec, err := template.Complete(organisationID, versori.ConnectionSpec{
//		Name: "Acme shop", Credentials: []versori.ConnectionCredential{versori.APIKeyCredential(key)},
//	})
func (t *ConnectionTemplate) Complete(organisationID string, spec ConnectionSpec) (ConnectionSpec, error) {
	if spec.Credentials == nil {
		return spec, refusal("ConnectionTemplate.Complete", "connection "+strconv.Quote(spec.Name)+" has no credentials; NoCredential is for a system that asks for none")
	}
	spec.Credentials = slices.Clone(spec.Credentials)
	for i := range spec.Credentials {
		if err := t.complete(&spec.Credentials[i], organisationID); err != nil {
			return spec, err
		}
	}
	return spec, nil
}

func (t *ConnectionTemplate) complete(pair *ConnectionCredential, organisationID string) error {
	if pair.ID == "" {
		pair.ID = ZeroULID
	}
	credential, ok := pair.Credential.Get()
	if !ok {
		return nil
	}
	if credential.ID == "" {
		credential.ID = ZeroULID
	}
	if credential.OrganisationID == "" {
		credential.OrganisationID = organisationID
	}
	scheme, ok := pair.AuthSchemeConfig.Get()
	if !ok {
		var err error
		if scheme, err = t.AuthScheme(credential.Type.Or("")); err != nil {
			return err
		}
	}
	scheme = scheme.WithoutMasks()
	pair.AuthSchemeConfig = sdk.Some(scheme)
	credential.Data = completeData(credential.Data, scheme)
	pair.Credential = sdk.Some(credential)
	return nil
}

// completeData gives an OAuth 2.0 client the scheme's URL.
func completeData(data sdk.Optional[CredentialData], scheme AuthSchemeConfig) sdk.Optional[CredentialData] {
	d, ok := data.Get()
	if !ok {
		return data
	}
	client, ok := d.OAuth2Client.Get()
	if !ok || client.TokenURL != "" {
		return data
	}
	client.TokenURL = scheme.OAuth2.Or(AuthSchemeOAuth2{}).TokenURL
	d.OAuth2Client = sdk.Some(client)
	return sdk.Some(d)
}
