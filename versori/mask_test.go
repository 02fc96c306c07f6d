package versori_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
)

const (
	connectionID = "01JTESTC0NNECT10N000000000"
	systemID     = "01JTESTSYSTEM0000000000000"
)

// maskedConnection is a connection as the platform answers it.
const maskedConnection = `{"id":"01JTESTC0NNECT10N000000000","name":"Acme","createdAt":"2026-03-02T09:15:27Z","updatedAt":"2026-03-02T09:15:27Z","credentials":[` +
	`{"id":"01JTESTPA1R00000000000000","authSchemeConfig":{"type":"api-key","apiKey":{"id":"api-key","description":"","name":"X-Key","in":"header"}},` +
	`"credential":{"id":"01JTESTCREDENT1A1000000000","organisationId":"01JTEST0RGAN1SAT0N00000000","type":"string","data":{"string":{"value":"******"}}}}]}`

const maskedScheme = `{"type":"oauth2","oauth2":{"id":"code","description":"","tokenUrl":"https://a.example.com/token","scopes":[],"defaultScopes":[],` +
	`"grant":{"authorizationCode":{"credentialId":"01JTESTCREDENT1A1000000000","clientId":"c","clientSecret":"******","hint":1},"type":"authorizationCode"}}}`

func TestWhatIsMaskedIsNotWrittenBack(t *testing.T) {
	t.Parallel()
	connection := assert.Decoded[versori.Connection](t, maskedConnection)
	scheme := assert.Decoded[versori.AuthSchemeConfig](t, maskedScheme)
	for name, c := range map[string]struct {
		call func(*versori.Client) error
		path string
	}{
		"a connection that was got and is updated": {func(client *versori.Client) error {
			_, err := client.Connections.Update(t.Context(), connectionID, versori.ConnectionUpdate{Name: "New", Credentials: connection.Credentials})
			return err
		}, "credentials[0].credential.data.string.value"},
		"a connection that is made like another": {func(client *versori.Client) error {
			_, err := client.Connections.Create(t.Context(), versori.ConnectionCreate{
				ConnectionTemplateID: connectionID, Connection: versori.ConnectionSpec{Name: "New", Credentials: connection.Credentials},
			})
			return err
		}, "connection.credentials[0].credential.data.string.value"},
		"a scheme that was got and is updated": {func(client *versori.Client) error {
			_, err := client.AuthSchemes.Upsert(t.Context(), systemID, "code", scheme)
			return err
		}, "oauth2.grant.authorizationCode.clientSecret"},
		"a secret of an automation": {func(client *versori.Client) error {
			_, err := client.Automations.Update(t.Context(), connectionID, versori.AutomationUpdate{Secrets: []versori.AutomationSecret{
				{Name: "password", Value: sdk.Some(sdk.NewSecret("********"))},
			}})
			return err
		}, "secrets[0].value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, client := serve(t)
			err := c.call(client)
			assert.Is(t, err, sdk.ErrInvalidRequest)
			var e *sdk.Error
			if !errors.As(err, &e) || !strings.HasPrefix(e.Message, c.path+" is a mask") {
				t.Errorf("got %v, want it to name %s", err, c.path)
			}
			assert.Equal(t, "requests", len(s.Requests()), 0)
		})
	}
}

func TestASchemeWithoutMasksCanBeSent(t *testing.T) {
	t.Parallel()
	scheme := assert.Decoded[versori.AuthSchemeConfig](t, maskedScheme)
	s, client := serveRaw(t, func(*http.Request) (int, string) { return http.StatusCreated, maskedScheme })
	if _, err := client.AuthSchemes.Upsert(t.Context(), systemID, "code", scheme.WithoutMasks()); err != nil {
		t.Fatal(err)
	}
	assert.Equal(t, "sent", s.bodies[0], strings.Replace(maskedScheme, `"clientSecret":"******",`, "", 1))
	kept, _ := json.Marshal(scheme)
	assert.Equal(t, "the original", string(kept), maskedScheme)
}

func TestWithoutMasksLeavesTheRestAlone(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a real secret":        strings.Replace(maskedScheme, "******", "real", 1),
		"no secret":            strings.Replace(maskedScheme, `"clientSecret":"******",`, "", 1),
		"another grant":        `{"type":"oauth2","oauth2":{"id":"a","description":"","tokenUrl":"u","scopes":[],"defaultScopes":[],"grant":{"clientCredentials":{},"type":"clientCredentials"}}}`,
		"another scheme":       `{"type":"basic-auth","basicAuth":{"id":"a","description":""}}`,
		"one that isn't known": `{"type":"passkey","passkey":{"secret":"******"}}`,
	} {
		got, err := json.Marshal(assert.Decoded[versori.AuthSchemeConfig](t, text).WithoutMasks())
		a, b := assert.Decoded[any](t, string(got)), assert.Decoded[any](t, text)
		if err != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("%s: got %s, want %s", name, got, text)
		}
	}
	password := strings.NewReplacer("authorizationCode", "password").Replace(maskedScheme)
	got, _ := json.Marshal(assert.Decoded[versori.AuthSchemeConfig](t, password).WithoutMasks())
	assert.Equal(t, "the password grant has its mask removed", strings.Contains(string(got), "*"), false)
}

func TestIsMasked(t *testing.T) {
	t.Parallel()
	connection := assert.Decoded[versori.Connection](t, maskedConnection)
	credential := connection.Credentials[0].Credential.Or(versori.Credential{})
	assert.Equal(t, "as it was got", versori.IsMasked(credential.Data.Or(versori.CredentialData{}).String.Or(versori.CredentialString{}).Value), true)
	assert.Equal(t, "a secret", versori.IsMasked(sdk.NewSecret("s3cret")), false)
	assert.Equal(t, "none", versori.IsMasked(sdk.Secret{}), false)
}
