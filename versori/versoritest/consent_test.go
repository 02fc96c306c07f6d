package versoritest_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
)

// consents is a platform with a system whose end users consent in the browser.
type consents struct {
	shop
	template string
	kept     versori.CredentialRef // what the client of the system's grant is kept in
}

func newConsents(t *testing.T) consents {
	t.Helper()
	s := newShop(t)
	system := s.PutSystem(organisation, versori.System{
		Name: "Calendar", AuthSchemeConfigs: []versori.AuthSchemeConfig{consentScheme("s3cret"), oauth1Scheme()},
	})
	s.system = system
	s.user("merchant-1")
	grant := grantOf(t, system.AuthSchemeConfigs[0])
	return consents{s, s.templateOf(system, "calendar", true), versori.CredentialRef{
		ID: grant.CredentialID.Or(""), OrganisationID: grant.OrganisationID.Or(""),
	}}
}

func (s consents) request() versori.OAuth2Initialise {
	return versori.OAuth2Initialise{
		Credential: s.kept, AuthorizeURL: "https://id.example/authorize?tenant=1", ClientID: "app-1", Scopes: []string{"read"},
	}
}

// begin builds the URL of a consent and gives its query.
func (s consents) begin(body versori.OAuth2Initialise) url.Values {
	s.t.Helper()
	answer, err := s.client.Connections.InitialiseOAuth2(s.t.Context(), s.system.ID, body)
	must(s.t, err)
	target, err := url.Parse(answer.URL)
	must(s.t, err)
	assert.Equal(s.t, "host", target.Host, "id.example")
	return target.Query()
}

// finish makes a connection of what came back from a consent.
func (s consents) finish(name string, code versori.CredentialOAuth2Code) (*versori.Connection, error) {
	s.t.Helper()
	var made versori.Connection
	err := s.send("POST", "/connections", versori.ConnectionCreate{
		ConnectionTemplateID: s.template, ExternalID: sdk.Some("merchant-1"), Connection: versori.ConnectionSpec{
			Name: name, Credentials: credentials(consentScheme("s3cret"), versori.CredentialTypeOAuth2Code, versori.CredentialData{
				OAuth2Code: sdk.Some(code),
			}),
		},
	}, &made)
	return &made, err
}

func TestTheURLOfAConsent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*versori.OAuth2Initialise)
		want   map[string]string // parameters; empty for one that isn't there
	}{
		{
			"by default", func(*versori.OAuth2Initialise) {}, map[string]string{
				"tenant": "1", "client_id": "app-1", "response_type": "code", "scope": "read offline_access", "prompt": "login",
				"redirect_uri": "https://platform.versori.example/oauth/callback",
			},
		},
		{"without offline access", func(b *versori.OAuth2Initialise) { b.DisableOfflineAccess = sdk.Some(true) }, map[string]string{"scope": "read"}},
		{
			"with offline access asked for", func(b *versori.OAuth2Initialise) { b.Scopes = []string{"offline_access", "read"} },
			map[string]string{"scope": "offline_access read"},
		},
		{"with a prompt", func(b *versori.OAuth2Initialise) { b.Prompt = sdk.Some("consent") }, map[string]string{"prompt": "consent"}},
		{
			"with approval_prompt there is no prompt", func(b *versori.OAuth2Initialise) { b.AdditionalParams = sdk.Some("approval_prompt=force") },
			map[string]string{"prompt": "", "approval_prompt": "force"},
		},
		{
			"with more parameters", func(b *versori.OAuth2Initialise) { b.AdditionalParams = sdk.Some("access_type=offline&hint=a%40b") },
			map[string]string{"access_type": "offline", "hint": "a@b", "prompt": "login"},
		},
		{
			"with an address to come back to", func(b *versori.OAuth2Initialise) { b.RedirectURL = sdk.Some("http://127.0.0.1:1/callback") },
			map[string]string{"redirect_uri": "http://127.0.0.1:1/callback"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newConsents(t)
			body := s.request()
			test.change(&body)
			query := s.begin(body)
			for name, want := range test.want {
				assert.Equal(t, name, query.Get(name), want)
			}
			assert.Equal(t, "has a state", query.Get("state") != "", true)
		})
	}
}

func TestConsentsThatAreRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*versori.OAuth2Initialise)
		want   string
	}{
		{
			"another credential", func(b *versori.OAuth2Initialise) { b.Credential.ID = unknown },
			"credential.id names no client of the system",
		},
		{
			"a parameter that is set already", func(b *versori.OAuth2Initialise) { b.AdditionalParams = sdk.Some("a=1&state=mine") },
			"additionalParams has state, which is set already",
		},
		{
			"a parameter of the authorize URL", func(b *versori.OAuth2Initialise) { b.AdditionalParams = sdk.Some("tenant=2") },
			"additionalParams has tenant, which is set already",
		},
		{
			"parameters that are no query", func(b *versori.OAuth2Initialise) { b.AdditionalParams = sdk.Some("a=%zz") },
			"additionalParams must be a URL-encoded query",
		},
		{"no URL", func(b *versori.OAuth2Initialise) { b.AuthorizeURL = "authorize" }, "authorizeUrl must be a URL"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newConsents(t)
			body := s.request()
			test.change(&body)
			_, err := s.client.Connections.InitialiseOAuth2(t.Context(), s.system.ID, body)
			wantMisfit(t, err, test.want)
		})
	}
	t.Run("a system without the grant", func(t *testing.T) {
		t.Parallel()
		s := newConsents(t)
		system := s.PutSystem(organisation, versori.System{Name: "Shop", AuthSchemeConfigs: []versori.AuthSchemeConfig{keyScheme()}})
		_, err := s.client.Connections.InitialiseOAuth2(t.Context(), system.ID, s.request())
		wantMisfit(t, err, "The system has no authorization code grant")
	})
}

func TestACodeBecomesTokensOnce(t *testing.T) {
	t.Parallel()
	s := newConsents(t)
	s.SetClock(func() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) })
	body := s.request()
	body.RedirectURL = sdk.Some("http://127.0.0.1:1/callback")
	code := versori.CredentialOAuth2Code{
		Code: sdk.NewSecret("c0de"), State: s.begin(body).Get("state"), RedirectURL: body.RedirectURL,
	}
	made, err := s.finish("calendar", code)
	must(t, err)
	credential, _ := made.Credentials[0].Credential.Get()
	assert.Equal(t, "type", credential.Type, sdk.Some(versori.CredentialTypeOAuth2Token))
	assert.Equal(t, "checked and valid", credential.Errors != nil && len(credential.Errors) == 0, true)
	data, _ := credential.Data.Get()
	assert.Equal(t, "code is answered", data.OAuth2Code.IsZero(), true)
	token, _ := data.OAuth2Token.Get()
	wantList(t, "scopes", token.Scopes, "read", "offline_access")
	assert.Equal(t, "access token", token.AccessToken.Or(sdk.Secret{}).Reveal(), "******")
	assert.Equal(t, "refresh token", token.RefreshToken.Reveal(), "******")
	assert.Equal(t, "expires", token.ExpiresAt.Or(time.Time{}), time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC))

	const state = "connection.credentials[0].credential.data.oauth2Code.state"
	_, err = s.finish("again", code)
	wantMisfit(t, err, state+" is not of a consent that is open")
}

func TestCodesThatAreRefused(t *testing.T) {
	t.Parallel()
	const at = "connection.credentials[0].credential.data.oauth2Code."
	tests := []struct {
		name   string
		begin  func(*versori.OAuth2Initialise)
		change func(*versori.CredentialOAuth2Code)
		want   string
	}{
		{
			"a state of their own", func(*versori.OAuth2Initialise) {}, func(c *versori.CredentialOAuth2Code) { c.State = "mine" },
			"state is not of a consent that is open",
		},
		{
			"of another client", func(b *versori.OAuth2Initialise) { b.ClientID = "app-2" }, func(*versori.CredentialOAuth2Code) {},
			"state is of a consent with another client than the credential's",
		},
		{
			"without the address they came back to", func(b *versori.OAuth2Initialise) { b.RedirectURL = sdk.Some("http://127.0.0.1:1/") },
			func(*versori.CredentialOAuth2Code) {}, "redirectUrl is not the one that the consent was initialised with",
		},
		{
			"without a code", func(*versori.OAuth2Initialise) {}, func(c *versori.CredentialOAuth2Code) { c.Code = sdk.Secret{} },
			"code is missing",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newConsents(t)
			body := s.request()
			test.begin(&body)
			code := versori.CredentialOAuth2Code{Code: sdk.NewSecret("c0de"), State: s.begin(body).Get("state")}
			good := code
			test.change(&code)
			_, err := s.finish("calendar", code)
			wantMisfit(t, err, at+test.want)
			if body.ClientID == "app-1" {
				good.RedirectURL = body.RedirectURL
				_, err = s.finish("calendar", good)
				must(t, err) // a refusal doesn't use up the consent
			}
		})
	}
	t.Run("of a consent with another system", func(t *testing.T) {
		t.Parallel()
		s := newConsents(t)
		code := versori.CredentialOAuth2Code{Code: sdk.NewSecret("c0de"), State: s.begin(s.request()).Get("state")}
		system := s.PutSystem(organisation, versori.System{
			Name: "Rival", AuthSchemeConfigs: []versori.AuthSchemeConfig{consentScheme("s3cret")},
		})
		s.template = s.templateOf(system, "rival", true)
		_, err := s.finish("rival", code)
		wantMisfit(t, err, at+"state is not of a consent that is open")
	})
}

func TestConsentWithOAuth1(t *testing.T) {
	t.Parallel()
	s := newConsents(t)
	oauth1, _ := s.system.AuthSchemeConfigs[1].OAuth1.Get()
	ref := versori.CredentialRef{ID: oauth1.CredentialID.Or(""), OrganisationID: organisation}
	answer, err := s.client.Connections.InitialiseOAuth1(t.Context(), s.system.ID, versori.OAuth1Initialise{Credential: ref})
	must(t, err)
	target, err := url.Parse(answer.URL)
	must(t, err)
	finish := func(name, token string) (*versori.Connection, error) {
		return s.client.Connections.Create(t.Context(), versori.ConnectionCreate{
			ConnectionTemplateID: s.template, Connection: versori.ConnectionSpec{
				Name: name, Credentials: credentials(oauth1Scheme(), versori.CredentialTypeOAuth1, versori.CredentialData{
					OAuth1: sdk.Some(versori.CredentialOAuth1{
						State: target.Query().Get("state"), OAuthToken: sdk.NewSecret(token), OAuthVerifier: sdk.NewSecret("v"),
					}),
				}),
			},
		})
	}
	const at = "connection.credentials[0].credential.data.oauth1."
	_, err = finish("calendar", "another")
	wantMisfit(t, err, at+"oauthToken is not the one of the consent")
	made, err := finish("calendar", target.Query().Get("oauth_token"))
	must(t, err)
	credential, _ := made.Credentials[0].Credential.Get()
	assert.Equal(t, "type", credential.Type, sdk.Some(versori.CredentialTypeOAuth1Token))
	wantMasked(t, credential.Data.Or(versori.CredentialData{}))
	_, err = finish("again", target.Query().Get("oauth_token"))
	wantMisfit(t, err, at+"state is not of a consent that is open")

	_, err = s.client.Connections.InitialiseOAuth1(t.Context(), s.system.ID, versori.OAuth1Initialise{Credential: s.kept})
	wantMisfit(t, err, "credential.id names no client of the system")
	scheme := oauth1Scheme()
	scheme.OAuth1.Ptr().TokenEndpoint = sdk.Optional[versori.OAuth1Endpoint]{}
	scheme.OAuth1.Ptr().CredentialID = sdk.Some(unknown)
	bare := s.PutSystem(organisation, versori.System{Name: "Bare", AuthSchemeConfigs: []versori.AuthSchemeConfig{scheme}})
	ref.ID = unknown
	_, err = s.client.Connections.InitialiseOAuth1(t.Context(), bare.ID, versori.OAuth1Initialise{Credential: ref})
	wantMisfit(t, err, "The scheme needs no consent, or lacks endpoints for one")
}
