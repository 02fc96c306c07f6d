package versoritest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
)

func (s shop) upsert(id string, scheme versori.AuthSchemeConfig) error {
	return s.send("PUT", "/systems/"+s.system.ID+"/auth-scheme-configs/"+id, scheme, nil)
}

func TestSchemesThatAreRefused(t *testing.T) {
	t.Parallel()
	client := func(change func(*versori.OAuth2GrantClient)) versori.AuthSchemeConfig {
		scheme := consentScheme("s3cret")
		change(scheme.OAuth2.Ptr().Grant.AuthorizationCode.Ptr())
		return scheme
	}
	oauth1 := oauth1Scheme()
	oauth1.OAuth1.Ptr().ConsumerSecret = sdk.NewSecret("******")
	tests := []struct {
		name, id string
		scheme   versori.AuthSchemeConfig
		want     string
	}{
		{"another id in the path", "key", keyScheme(), "apiKey.id is not the id in the path"},
		{
			"a type without its member", "api-key", versori.AuthSchemeConfig{Type: versori.AuthSchemeTypeAPIKey},
			"apiKey is missing beside the type api-key",
		},
		{
			"a grant without its member", "oauth2-code",
			oauth2Scheme("oauth2-code", versori.OAuth2Grant{Type: versori.OAuth2GrantTypeAuthorizationCode}),
			"oauth2.grant.authorizationCode is missing beside the type authorizationCode",
		},
		{
			"client credentials without the empty object", "client",
			oauth2Scheme("client", versori.OAuth2Grant{Type: versori.OAuth2GrantTypeClientCredentials}),
			"oauth2.grant.clientCredentials is missing beside the type clientCredentials",
		},
		{
			"a masked client secret", "oauth2-code", consentScheme("******"),
			"oauth2.grant.authorizationCode.clientSecret is a mask and not the secret",
		},
		{"a masked consumer secret", "oauth1", oauth1, "oauth1.consumerSecret is a mask and not the secret"},
		{
			"a credential without its organisation", "oauth2-code",
			client(func(c *versori.OAuth2GrantClient) { c.CredentialID = sdk.Some(unknown) }),
			"oauth2.grant.authorizationCode.organisationId is missing beside credentialId",
		},
		{
			"an organisation without a credential", "oauth2-code",
			client(func(c *versori.OAuth2GrantClient) { c.OrganisationID = sdk.Some(organisation) }),
			"oauth2.grant.authorizationCode.credentialId is missing beside organisationId",
		},
		{
			"a credential that isn't there", "oauth2-code",
			client(func(c *versori.OAuth2GrantClient) {
				c.CredentialID, c.OrganisationID = sdk.Some(unknown), sdk.Some(organisation)
			}),
			"oauth2.grant.authorizationCode.credentialId names no credential of the organisation",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			wantMisfit(t, s.upsert(test.id, test.scheme), test.want)
			stored, _ := s.System(organisation, s.system.ID)
			assert.Equal(t, "schemes", len(stored.AuthSchemeConfigs), 2)
		})
	}
	t.Run("a scheme of a system that isn't there", func(t *testing.T) {
		t.Parallel()
		_, err := newShop(t).client.AuthSchemes.Upsert(t.Context(), unknown, "api-key", keyScheme())
		wantMissing(t, err, "There is no system "+unknown)
	})
}

func TestUpsertReplacesASchemeOrAddsIt(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	scheme := keyScheme()
	scheme.APIKey.Ptr().Name = "Authorization"
	scheme.APIKey.Ptr().ValidationMessages = []versori.Message{{Text: "not yours to make", Severity: versori.MessageSeverityInfo}}
	got, err := s.client.AuthSchemes.Upsert(t.Context(), s.system.ID, "api-key", scheme)
	must(t, err)
	part, _ := got.APIKey.Get()
	assert.Equal(t, "name", part.Name, "Authorization")
	assert.Equal(t, "remarks", len(part.ValidationMessages), 0)
	_, err = s.client.AuthSchemes.Upsert(t.Context(), s.system.ID, "open", versori.AuthSchemeConfig{
		Type: versori.AuthSchemeTypeNone, None: sdk.Some(versori.AuthSchemeNone{}),
	})
	must(t, err)
	system, err := s.client.Systems.Get(t.Context(), s.system.ID)
	must(t, err)
	types := ids(system.AuthSchemeConfigs, func(c versori.AuthSchemeConfig) string { return string(c.Type) })
	wantList(t, "schemes", types, "api-key", "basic-auth", "none")
	for _, exchange := range s.Requests("AuthSchemes.Upsert") {
		assert.Equal(t, "status", exchange.Status, http.StatusCreated)
	}

	must(t, s.client.AuthSchemes.Delete(t.Context(), s.system.ID, "api-key"))
	wantMissing(t, s.client.AuthSchemes.Delete(t.Context(), s.system.ID, "api-key"), "There is no authentication scheme api-key")
}

func TestAClientThatIsLeftOutOfAGrantStaysAsItIs(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	made, err := s.client.AuthSchemes.Upsert(t.Context(), s.system.ID, "oauth2-code", consentScheme("s3cret"))
	must(t, err)
	first := grantOf(t, *made)
	assert.Equal(t, "secret in the answer", first.ClientSecret.Or(sdk.Secret{}).Reveal(), "******")
	assert.Equal(t, "organisation", first.OrganisationID, sdk.Some(organisation))

	change := oauth2Scheme("oauth2-code", versori.OAuth2Grant{
		Type: versori.OAuth2GrantTypeAuthorizationCode, AuthorizationCode: sdk.Some(versori.OAuth2GrantClient{
			CredentialID: first.CredentialID, OrganisationID: first.OrganisationID, ClientID: sdk.Some("app-2"),
		}),
	})
	_, err = s.client.AuthSchemes.Upsert(t.Context(), s.system.ID, "oauth2-code", change)
	must(t, err)
	stored, _ := s.System(organisation, s.system.ID)
	second := grantOf(t, stored.AuthSchemeConfigs[2])
	assert.Equal(t, "credential", second.CredentialID, first.CredentialID)
	assert.Equal(t, "client", second.ClientID, sdk.Some("app-2"))
	assert.Equal(t, "secret", second.ClientSecret.Or(sdk.Secret{}).Reveal(), "s3cret")

	again, err := s.client.AuthSchemes.Upsert(t.Context(), s.system.ID, "oauth2-code", consentScheme("s3cret"))
	must(t, err)
	if grantOf(t, *again).CredentialID == first.CredentialID {
		t.Error("a client without ids made no new credential")
	}
}

func TestTheIDsOfZerosStandForNone(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	scheme := oauth2Scheme("password", versori.OAuth2Grant{Type: versori.OAuth2GrantTypePassword, Password: sdk.Some(
		versori.OAuth2GrantClient{CredentialID: sdk.Some(zeros), OrganisationID: sdk.Some(zeros)},
	)})
	made, err := s.client.AuthSchemes.Upsert(t.Context(), s.system.ID, "password", scheme)
	must(t, err)
	oauth2, _ := made.OAuth2.Get()
	client, _ := oauth2.Grant.Password.Get()
	if strings.Trim(client.CredentialID.Or(""), "0") == "" {
		t.Errorf("got the credential %v", client.CredentialID)
	}
}

func TestConsumerSecretsAreMasked(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, err := s.client.AuthSchemes.Upsert(t.Context(), s.system.ID, "oauth1", oauth1Scheme())
	must(t, err)
	system, err := s.client.Systems.Get(t.Context(), s.system.ID)
	must(t, err)
	masked, _ := system.AuthSchemeConfigs[2].OAuth1.Get()
	assert.Equal(t, "answered", masked.ConsumerSecret.Reveal(), "******")
	stored, _ := s.System(organisation, s.system.ID)
	real, _ := stored.AuthSchemeConfigs[2].OAuth1.Get()
	assert.Equal(t, "stored", real.ConsumerSecret.Reveal(), "consumer secret")
	assert.Equal(t, "has a credential", real.CredentialID.Or("") != "", true)
}
