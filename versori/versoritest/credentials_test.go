package versoritest_test

import (
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
)

// credentialData has a member for each type of credential that can be sent as it is.
func credentialData() map[versori.CredentialType]versori.CredentialData {
	secret := sdk.NewSecret("s3cret")
	return map[versori.CredentialType]versori.CredentialData{
		versori.CredentialTypeString:    {String: sdk.Some(versori.CredentialString{Value: secret})},
		versori.CredentialTypeBinary:    {Binary: sdk.Some(versori.CredentialBinary{ValueBase64: sdk.NewSecret("czNjcmV0")})},
		versori.CredentialTypeBasicAuth: {BasicAuth: sdk.Some(versori.CredentialBasicAuth{Username: "u", Password: secret})},
		versori.CredentialTypeOAuth2Client: {OAuth2Client: sdk.Some(versori.CredentialOAuth2Client{
			ClientID: "c", ClientSecret: secret, TokenURL: "https://id.example/token",
		})},
		versori.CredentialTypeOAuth2Token: {OAuth2Token: sdk.Some(versori.CredentialOAuth2Token{
			Scopes: []string{"read"}, AccessToken: sdk.Some(secret), RefreshToken: secret,
		})},
		versori.CredentialTypeOAuth2Password: {OAuth2Password: sdk.Some(versori.CredentialOAuth2Password{Username: "u", Password: secret})},
		versori.CredentialTypeCertificate: {Certificate: sdk.Some(versori.CredentialCertificate{
			Certificate: "PEM", Key: secret, CA: "PEM",
		})},
		versori.CredentialTypeOAuth1Token: {OAuth1Token: sdk.Some(versori.CredentialOAuth1Token{Token: secret, TokenSecret: secret})},
	}
}

// schemes are ways to authenticate and what they take.
func schemes() map[string]struct {
	scheme versori.AuthSchemeConfig
	takes  versori.CredentialType
} {
	token := oauth1Scheme()
	token.OAuth1.Ptr().TokenAuth = sdk.Some(true)
	return map[string]struct {
		scheme versori.AuthSchemeConfig
		takes  versori.CredentialType
	}{
		"api-key":    {keyScheme(), versori.CredentialTypeString},
		"basic-auth": {basicScheme(), versori.CredentialTypeBasicAuth},
		"certificate": {versori.AuthSchemeConfig{
			Type: versori.AuthSchemeTypeCertificate, Certificate: sdk.Some(versori.AuthSchemeCertificate{ID: "certificate"}),
		}, versori.CredentialTypeCertificate},
		"client credentials": {
			oauth2Scheme("client", versori.OAuth2Grant{
				Type: versori.OAuth2GrantTypeClientCredentials, ClientCredentials: map[string]any{},
			}), versori.CredentialTypeOAuth2Client,
		},
		"password": {
			oauth2Scheme("password", versori.OAuth2Grant{
				Type: versori.OAuth2GrantTypePassword, Password: sdk.Some(versori.OAuth2GrantClient{}),
			}), versori.CredentialTypeOAuth2Password,
		},
		"authorization code": {consentScheme("s3cret"), versori.CredentialTypeOAuth2Token},
		"oauth1":             {token, versori.CredentialTypeOAuth1Token},
	}
}

// first is the type that is asked for where another one is sent.
func first(takes versori.CredentialType) versori.CredentialType {
	if takes == versori.CredentialTypeOAuth2Token {
		return versori.CredentialTypeOAuth2Code
	}
	return takes
}

func TestASchemeTakesItsTypeOfCredential(t *testing.T) {
	t.Parallel()
	for name, test := range schemes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			system := s.PutSystem(organisation, versori.System{Name: "S", AuthSchemeConfigs: []versori.AuthSchemeConfig{test.scheme}})
			template := s.templateOf(system, "s", false)
			for kind, data := range credentialData() {
				made, err := s.client.Connections.Create(t.Context(), versori.ConnectionCreate{
					ConnectionTemplateID: template,
					Connection:           versori.ConnectionSpec{Name: string(kind), Credentials: credentials(test.scheme, kind, data)},
				})
				if kind != test.takes {
					wantMisfit(t, err, "connection.credentials[0].credential.type must be "+string(first(test.takes))+" for the scheme")
					continue
				}
				must(t, err)
				credential, _ := made.Credentials[0].Credential.Get()
				assert.Equal(t, "type", credential.Type, sdk.Some(kind))
				assert.Equal(t, "name", credential.Name, sdk.Some(string(kind)))
				wantMasked(t, credential.Data.Or(versori.CredentialData{}))
			}
		})
	}
}

// wantMasked checks that no secret of credentialData is readable.
func wantMasked(t *testing.T, data versori.CredentialData) {
	t.Helper()
	var secrets []sdk.Secret
	if c, ok := data.String.Get(); ok {
		secrets = append(secrets, c.Value)
	}
	if c, ok := data.BasicAuth.Get(); ok {
		secrets = append(secrets, c.Password)
		assert.Equal(t, "user name", c.Username, "u")
	}
	if c, ok := data.OAuth2Client.Get(); ok {
		secrets = append(secrets, c.ClientSecret)
	}
	if c, ok := data.OAuth2Token.Get(); ok {
		secrets = append(secrets, c.RefreshToken, c.AccessToken.Or(sdk.Secret{}))
	}
	if c, ok := data.OAuth2Password.Get(); ok {
		secrets = append(secrets, c.Password)
	}
	if c, ok := data.Certificate.Get(); ok {
		secrets = append(secrets, c.Key)
	}
	if c, ok := data.OAuth1Token.Get(); ok {
		secrets = append(secrets, c.Token, c.TokenSecret)
	}
	if c, ok := data.Binary.Get(); ok {
		secrets = append(secrets, c.ValueBase64)
	}
	if len(secrets) == 0 {
		t.Error("there is no secret")
	}
	for _, secret := range secrets {
		assert.Equal(t, "secret", secret.Reveal(), "******")
	}
}

func TestCredentialsThatAreRefused(t *testing.T) {
	t.Parallel()
	change := func(change func(*versori.ConnectionCredential)) []versori.ConnectionCredential {
		list := keyCredentials("k")
		change(&list[0])
		return list
	}
	tests := []struct {
		name string
		sent []versori.ConnectionCredential
		want string
	}{
		{"a pair that isn't there, alone", []versori.ConnectionCredential{{ID: unknown}}, ".authSchemeConfig is missing"},
		{"no scheme", []versori.ConnectionCredential{{ID: zeros}}, ".authSchemeConfig is missing"},
		{
			"no credential", []versori.ConnectionCredential{{ID: zeros, AuthSchemeConfig: sdk.Some(keyScheme())}},
			".credential is missing",
		},
		{
			"a credential that isn't there, alone", change(func(c *versori.ConnectionCredential) {
				c.Credential = sdk.Some(versori.Credential{ID: unknown, OrganisationID: organisation})
			}), ".credential.type must be string for the scheme",
		},
		{
			"a scheme without its member", change(func(c *versori.ConnectionCredential) {
				c.AuthSchemeConfig = sdk.Some(versori.AuthSchemeConfig{Type: versori.AuthSchemeTypeAPIKey})
			}), ".authSchemeConfig.apiKey is missing beside the type api-key",
		},
		{
			"a scheme that the template doesn't have", change(func(c *versori.ConnectionCredential) {
				c.AuthSchemeConfig = sdk.Some(consentScheme("s3cret"))
			}), ".authSchemeConfig is none of the connection template's schemes",
		},
		{
			"a type without its data", change(func(c *versori.ConnectionCredential) {
				c.Credential.Ptr().Data = sdk.Some(credentialData()[versori.CredentialTypeBasicAuth])
			}), ".credential.data has no member for the type string",
		},
		{
			"no data at all", change(func(c *versori.ConnectionCredential) {
				c.Credential.Ptr().Data = sdk.Optional[versori.CredentialData]{}
			}), ".credential.data has no member for the type string",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			template := s.template("shop", false)
			_, err := s.client.Connections.Create(t.Context(), versori.ConnectionCreate{
				ConnectionTemplateID: template, Connection: versori.ConnectionSpec{Name: "c", Credentials: append(keyCredentials("k"), test.sent...)},
			})
			wantMisfit(t, err, "connection.credentials[1]"+test.want)
			page, err := s.client.Connections.List(t.Context(), versori.ConnectionListParams{})
			must(t, err)
			assert.Equal(t, "stored", page.TotalCount, 0)
		})
	}
}

func TestATemplateMayTakeFewerSchemesThanItsSystem(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	template := s.template("shop", false)
	_, err := s.client.ConnectionTemplates.Update(t.Context(), project, template, versori.ConnectionTemplateUpdate{
		AuthSchemeConfigIDs: []string{"basic"},
	})
	must(t, err)
	_, err = s.create(template, "", "static")
	wantMisfit(t, err, "connection.credentials[0].authSchemeConfig is none of the connection template's schemes")
}

func TestATypeThatIsNotSentIsThatOfTheData(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	sent := keyCredentials("k")
	sent[0].Credential.Ptr().Type = sdk.Optional[versori.CredentialType]{}
	sent[0].Credential.Ptr().OrganisationID = zeros
	made, err := s.client.Connections.Create(t.Context(), versori.ConnectionCreate{
		ConnectionTemplateID: s.template("shop", false), Connection: versori.ConnectionSpec{Name: "c", Credentials: sent},
	})
	must(t, err)
	credential, _ := made.Credentials[0].Credential.Get()
	assert.Equal(t, "type", credential.Type, sdk.Some(versori.CredentialTypeString))
	assert.Equal(t, "organisation", credential.OrganisationID, organisation)
}

func TestNothingAuthenticatesWithAnySystem(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	none := versori.AuthSchemeConfig{Type: versori.AuthSchemeTypeNone, None: sdk.Some(versori.AuthSchemeNone{})}
	made, err := s.client.Connections.Create(t.Context(), versori.ConnectionCreate{
		ConnectionTemplateID: s.template("shop", false),
		Connection: versori.ConnectionSpec{Name: "open data", Credentials: []versori.ConnectionCredential{{
			ID: zeros, AuthSchemeConfig: sdk.Some(none),
			Credential: sdk.Some(versori.Credential{ID: zeros, OrganisationID: organisation, Type: sdk.Some(versori.CredentialTypeNone)}),
		}}},
	})
	must(t, err)
	assert.Equal(t, "has an id of its own", made.Credentials[0].ID != zeros, true)
}

func TestAConnectionHasTheSchemeAsTheSystemHasIt(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	sent := keyCredentials("k")
	sent[0].AuthSchemeConfig.Ptr().APIKey.Ptr().Name = "X-Other"
	made, err := s.client.Connections.Create(t.Context(), versori.ConnectionCreate{
		ConnectionTemplateID: s.template("shop", false), Connection: versori.ConnectionSpec{Name: "c", Credentials: sent},
	})
	must(t, err)
	scheme, _ := made.Credentials[0].AuthSchemeConfig.Get()
	part, _ := scheme.APIKey.Get()
	assert.Equal(t, "header", part.Name, "X-Api-Key")
}

func TestNewCredentialsGetIDsOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	sent := keyCredentials("k")
	sent[0].ID, sent[0].Credential.Ptr().ID = unknown, unknown
	made, err := s.client.Connections.Create(t.Context(), versori.ConnectionCreate{
		ConnectionTemplateID: s.template("shop", false), Connection: versori.ConnectionSpec{Name: "c", Credentials: sent},
	})
	must(t, err)
	credential, _ := made.Credentials[0].Credential.Get()
	if made.Credentials[0].ID == unknown || credential.ID == unknown {
		t.Errorf("got %s and %s", made.Credentials[0].ID, credential.ID)
	}
}
