package versori_test

import (
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

func TestCredentialsAreSentAsThePlatformTakesThem(t *testing.T) {
	t.Parallel()
	secret := sdk.NewSecret("s3cret")
	const ids = `"credential":{"id":"00000000000000000000000000","organisationId":"01JTEST0RGAN1SAT0N00000000",`
	for name, c := range map[string]struct {
		credential versori.ConnectionCredential
		want       string
	}{
		"API key": {versori.APIKeyCredential(secret), `{"type":"api-key","apiKey":{"id":"api-key","description":"","name":"X-Key","in":"header"}},` +
			ids + `"type":"string","data":{"string":{"value":"s3cret"}}}`},
		"user and password": {versori.BasicAuthCredential("u", secret), `{"type":"basic-auth","basicAuth":{"id":"basic","description":""}},` +
			ids + `"type":"basic-auth","data":{"basicAuth":{"username":"u","password":"s3cret"}}}`},
		"OAuth 2.0 client": {versori.OAuth2ClientCredential("c", secret, "read"), `{"type":"oauth2","oauth2":{"id":"client","description":"","tokenUrl":"https://shopify.com/token",` +
			`"scopes":[{"name":"read"}],"defaultScopes":["read"],"grant":{"clientCredentials":{},"type":"clientCredentials"}}},` +
			ids + `"type":"oauth2-client","data":{"oauth2Client":{"clientId":"c","clientSecret":"s3cret","tokenUrl":"https://shopify.com/token","scopes":["read"]}}}`},
		"nothing": {versori.NoCredential(), `{"type":"none","none":{}},` + ids + `"type":"none"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			spec := versori.ConnectionSpec{Name: "Acme", Credentials: []versori.ConnectionCredential{c.credential}}
			complete, err := s.shopify.Complete(versoritest.Organisation, spec)
			if err != nil {
				t.Fatal(err)
			}
			assert.Equal(t, "the original is left alone", spec.Credentials[0].Credential.Or(versori.Credential{}).OrganisationID, "")
			_, err = s.client.Connections.Create(t.Context(), versori.ConnectionCreate{
				ConnectionTemplateID: s.shopify.ConnectionTemplateID.Or(""), Connection: complete, ExternalID: sdk.Optional[string]{},
			})
			if err != nil {
				t.Fatal(err)
			}
			want := `{"connectionTemplateId":"` + s.shopify.ConnectionTemplateID.Or("") + `","connection":{"name":"Acme","credentials":[{"id":"` +
				versori.ZeroULID + `","authSchemeConfig":` + c.want + `}]}}`
			assert.Equal(t, "sent", bodies(s.Server.Server, "Connections.Create")[0], want)
		})
	}
}

func TestAuthScheme(t *testing.T) {
	t.Parallel()
	template := versori.ConnectionTemplate{Name: "shopify", AuthSchemeConfigs: schemes(t)}
	for credential, want := range map[versori.CredentialType]versori.AuthSchemeType{
		versori.CredentialTypeString: "api-key", versori.CredentialTypeBasicAuth: "basic-auth", versori.CredentialTypeOAuth2Client: "oauth2",
		versori.CredentialTypeOAuth2Code: "oauth2", versori.CredentialTypeNone: "none",
	} {
		scheme, err := template.AuthScheme(credential)
		assert.Equal(t, string(credential), scheme.Type, want)
		assert.Equal(t, "error", err, nil)
	}
	template.AuthSchemeConfigs = append(template.AuthSchemeConfigs, template.AuthSchemeConfigs[0])
	_, err := template.AuthScheme(versori.CredentialTypeString)
	assert.Is(t, err, sdk.ErrInvalidRequest)
	if err == nil || !strings.Contains(err.Error(), "2 schemes") {
		t.Errorf("got %v", err)
	}
}

func TestCompleteRemovesMasksOfSchemes(t *testing.T) {
	t.Parallel()
	masked := assert.Decoded[versori.AuthSchemeConfig](t, strings.Replace(maskedScheme, `,"hint":1`, "", 1))
	template := versori.ConnectionTemplate{Name: "calendar", AuthSchemeConfigs: []versori.AuthSchemeConfig{masked}}
	code := versori.ConnectionCredential{Credential: sdk.Some(versori.Credential{
		Type: sdk.Some(versori.CredentialTypeOAuth2Code),
		Data: sdk.Some(versori.CredentialData{OAuth2Code: sdk.Some(versori.CredentialOAuth2Code{Code: sdk.NewSecret("c"), State: "s"})}),
	})}
	withScheme := code
	withScheme.AuthSchemeConfig = sdk.Some(masked)
	spec, err := template.Complete(organisationID, versori.ConnectionSpec{Name: "a", Credentials: []versori.ConnectionCredential{code, withScheme}})
	if err != nil {
		t.Fatal(err)
	}
	s, client := serve(t)
	s.Handle("Connections.Create", func(*fake.Request) fake.Response { return problem(500, "enough") })
	_, err = client.Connections.Create(t.Context(), versori.ConnectionCreate{ConnectionTemplateID: connectionID, Connection: spec})
	assert.Is(t, err, sdk.ErrServer) // it was sent
	if body := bodies(s, "Connections.Create")[0]; strings.Contains(body, "*") || strings.Contains(body, "clientSecret") {
		t.Errorf("sent %s", body)
	}
}
