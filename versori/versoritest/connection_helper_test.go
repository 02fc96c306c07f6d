package versoritest_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

const unknown = "01JTESTN0THERE000000000000"

// zeros is the id that clients send for what has none yet.
const zeros = "00000000000000000000000000"

// shop is a platform with versoritest.Project, its environment and a system that takes an API key.
type shop struct {
	*versoritest.Server
	t           *testing.T
	client      *versori.Client
	environment string
	system      versori.System
}

func newShop(t *testing.T) shop {
	t.Helper()
	s := versoritest.NewServer(t)
	sys := s.PutSystem(organisation, versori.System{
		Name: "Shop", Domain: "shop.example", TemplateBaseURL: "https://api.shop.example",
		AuthSchemeConfigs: []versori.AuthSchemeConfig{keyScheme(), basicScheme()},
	})
	return shop{s, t, s.Client(), versoritest.Environment, sys}
}

func keyScheme() versori.AuthSchemeConfig {
	return versori.AuthSchemeConfig{Type: versori.AuthSchemeTypeAPIKey, APIKey: sdk.Some(versori.AuthSchemeAPIKey{
		ID: "api-key", Description: "Key of a shop", Name: "X-Api-Key", In: versori.AuthLocationHeader,
	})}
}

func basicScheme() versori.AuthSchemeConfig {
	return versori.AuthSchemeConfig{Type: versori.AuthSchemeTypeBasicAuth, BasicAuth: sdk.Some(versori.AuthSchemeBasicAuth{ID: "basic"})}
}

// consentScheme is a scheme with the authorization code grant.
func consentScheme(secret string) versori.AuthSchemeConfig {
	return oauth2Scheme("oauth2-code", versori.OAuth2Grant{
		Type: versori.OAuth2GrantTypeAuthorizationCode, AuthorizationCode: sdk.Some(versori.OAuth2GrantClient{
			ClientID: sdk.Some("app-1"), ClientSecret: sdk.Some(sdk.NewSecret(secret)),
		}),
	})
}

func oauth2Scheme(id string, grant versori.OAuth2Grant) versori.AuthSchemeConfig {
	return versori.AuthSchemeConfig{Type: versori.AuthSchemeTypeOAuth2, OAuth2: sdk.Some(versori.AuthSchemeOAuth2{
		ID: id, AuthorizeURL: sdk.Some("https://id.example/authorize"), TokenURL: "https://id.example/token",
		Scopes: []versori.OAuth2Scope{{Name: "read"}}, DefaultScopes: []string{"read"}, Grant: grant,
	})}
}

// template links the shop's system to the environment and gives the id of the template.
func (s shop) template(name string, dynamic bool) string {
	s.t.Helper()
	return s.templateOf(s.system, name, dynamic)
}

func (s shop) templateOf(sys versori.System, name string, dynamic bool) string {
	s.t.Helper()
	made := s.PutConnectionTemplate(organisation, project, s.environment, versori.ConnectionTemplate{ID: sys.ID, Name: name, Dynamic: dynamic})
	return made.ConnectionTemplateID.Or("")
}

// user makes an end user.
func (s shop) user(externalID string) versori.EndUser {
	s.t.Helper()
	return s.PutEndUser(organisation, versori.EndUser{ExternalID: externalID})
}

// connection stores a connection with an API key.
func (s shop) connection(template, externalID, name string) versori.Connection {
	s.t.Helper()
	return s.PutConnection(organisation, externalID, versori.Connection{
		Name: name, ConnectionTemplateID: sdk.Some(template), Credentials: keyCredentials("key of " + name),
	})
}

// keyCredentials are credentials for keyScheme, not stored yet.
func keyCredentials(key string) []versori.ConnectionCredential {
	return credentials(keyScheme(), versori.CredentialTypeString, versori.CredentialData{
		String: sdk.Some(versori.CredentialString{Value: sdk.NewSecret(key)}),
	})
}

func credentials(scheme versori.AuthSchemeConfig, kind versori.CredentialType, data versori.CredentialData) []versori.ConnectionCredential {
	return []versori.ConnectionCredential{{
		ID: zeros, AuthSchemeConfig: sdk.Some(scheme),
		Credential: sdk.Some(versori.Credential{ID: zeros, OrganisationID: organisation, Type: sdk.Some(kind), Data: sdk.Some(data)}),
	}}
}

// keyOf is the API key in a connection.
func keyOf(t *testing.T, c versori.Connection) string {
	t.Helper()
	if len(c.Credentials) != 1 {
		t.Fatalf("got %d credentials, want 1", len(c.Credentials))
	}
	credential, _ := c.Credentials[0].Credential.Get()
	data, _ := credential.Data.Get()
	text, _ := data.String.Get()
	return text.Value.Reveal()
}

// stored is a connection with its secrets.
func (s shop) stored(id string) versori.Connection {
	s.t.Helper()
	c, ok := s.Connection(organisation, id)
	if !ok {
		s.t.Fatalf("there is no connection %s", id)
	}
	return c
}

// wantRefused checks status and text of a refusal: of the member it names, else its details.
func wantRefused(t *testing.T, err error, status int, text string) {
	t.Helper()
	answer := assert.APIError(t, err)
	var body versori.ErrorBody
	must(t, json.Unmarshal(answer.Body, &body))
	got := body.Details.Or(body.Message)
	if len(body.Fields) > 0 {
		got = body.Fields[0].Field + " " + body.Fields[0].Message
	}
	if answer.Status != status || got != text || len(body.Fields) > 1 {
		t.Errorf("got %d %s\nwant %d %s", answer.Status, answer.Body, status, text)
	}
}

// send sends a body as it is, past what the client checks itself.
func (s shop) send(method, path string, body, out any) error {
	return s.client.Do(s.t.Context(), method, "/o/"+organisation+path, nil, body, out)
}

func wantMissing(t *testing.T, err error, text string) {
	t.Helper()
	wantRefused(t, err, http.StatusNotFound, text)
}

func wantMisfit(t *testing.T, err error, text string) {
	t.Helper()
	wantRefused(t, err, http.StatusBadRequest, text)
}

// ids are the ids of what is listed.
func ids[T any](list []T, id func(T) string) []string {
	all := []string{}
	for _, item := range list {
		all = append(all, id(item))
	}
	return all
}

func connectionIDs(list []versori.Connection) []string {
	return ids(list, func(c versori.Connection) string { return c.ID })
}

func wantList(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}
