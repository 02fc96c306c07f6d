package versori_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// shop is a platform with a project whose environment production has two templates: shopify, for which each end user has
// a connection, and warehouse, which has one for all.
type shop struct {
	*versoritest.Server
	client    *versori.Client
	shopify   versori.ConnectionTemplate
	warehouse versori.ConnectionTemplate
}

func newShop(t *testing.T) *shop {
	s := &shop{Server: versoritest.NewServer(t)}
	s.client = s.Client()
	project := s.PutProject(versoritest.Organisation, versori.Project{ID: versoritest.Project, Name: "Orders"})
	system := s.PutSystem(versoritest.Organisation, versori.System{
		Name: "Shopify", Domain: "shopify.com", TemplateBaseURL: "https://shopify.com", AuthSchemeConfigs: schemes(t),
	})
	environment := project.Environments[0].ID
	s.shopify = s.PutConnectionTemplate(versoritest.Organisation, versoritest.Project, environment, versori.ConnectionTemplate{ID: system.ID, Name: "shopify", Dynamic: true})
	s.warehouse = s.PutConnectionTemplate(versoritest.Organisation, versoritest.Project, environment, versori.ConnectionTemplate{ID: system.ID, Name: "warehouse"})
	s.PutConnection(versoritest.Organisation, "", versori.Connection{
		Name: "Warehouse", ConnectionTemplateID: s.warehouse.ConnectionTemplateID, Credentials: []versori.ConnectionCredential{versori.NoCredential()},
	})
	return s
}

func schemes(t *testing.T) []versori.AuthSchemeConfig {
	return assert.Decoded[[]versori.AuthSchemeConfig](t, `[
		{"type":"api-key","apiKey":{"id":"api-key","description":"","name":"X-Key","in":"header"}},
		{"type":"basic-auth","basicAuth":{"id":"basic","description":""}},
		{"type":"oauth2","oauth2":{"id":"client","description":"","tokenUrl":"https://shopify.com/token","scopes":[{"name":"read"}],"defaultScopes":["read"],
			"grant":{"type":"clientCredentials","clientCredentials":{}}}},
		{"type":"oauth2","oauth2":{"id":"code","description":"","authorizeUrl":"https://shopify.com/authorize","tokenUrl":"https://shopify.com/token",
			"scopes":[],"defaultScopes":[],"grant":{"type":"authorizationCode","authorizationCode":{"clientId":"c","clientSecret":"real"}}}}]`)
}

// acme activates merchant-42 with an API key.
func acme(edit ...func(*versori.UserActivation)) versori.UserActivation {
	a := versori.UserActivation{
		ProjectID: versoritest.Project, Environment: "production", ExternalID: "merchant-42", DisplayName: "Acme",
		Connections: []versori.UserConnection{{Template: "shopify", Connection: versori.ConnectionSpec{
			Name: "Acme shop", Credentials: []versori.ConnectionCredential{versori.APIKeyCredential(sdk.NewSecret("key-1"))},
		}}},
		Variables: map[string]any{"channel": "eu", "limit": 3},
	}
	for _, e := range edit {
		e(&a)
	}
	return a
}

func (s *shop) activate(t *testing.T, a versori.UserActivation) *versori.Activation {
	t.Helper()
	activation, err := s.client.Activations.ActivateUser(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return activation
}

// wrote lists the operations that have changed something.
func (s *shop) wrote() []string {
	changes := []string{}
	for _, r := range s.Requests() {
		if r.Method != "GET" {
			changes = append(changes, r.Operation)
		}
	}
	s.ForgetRequests()
	return changes
}

func wantWrote(t *testing.T, s *shop, want ...string) {
	t.Helper()
	if got := s.wrote(); !slices.Equal(got, want) {
		t.Errorf("wrote %v, want %v", got, want)
	}
}

// secretOf is the API key of the connection that an activation has for shopify, as the platform has it.
func (s *shop) secretOf(t *testing.T, a *versori.Activation) string {
	t.Helper()
	for _, c := range a.Connections {
		if c.ConnectionTemplateID == s.shopify.ConnectionTemplateID {
			stored, _ := s.Connection(versoritest.Organisation, c.ID)
			data := stored.Credentials[0].Credential.Or(versori.Credential{}).Data.Or(versori.CredentialData{})
			return data.String.Or(versori.CredentialString{}).Value.Reveal()
		}
	}
	t.Error("no connection for shopify")
	return ""
}

func TestActivateUserDoesAllOfItAtOnce(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	a := s.activate(t, acme())
	wantWrote(t, s, "EndUsers.Create", "Activations.Create")
	assert.Equal(t, "user", a.User.ExternalID+" "+a.User.DisplayName, "merchant-42 Acme")
	assert.Equal(t, "connections", len(a.Connections), 2) // with the one that all use
	assert.Equal(t, "secret", s.secretOf(t, a), "key-1")
	assert.Equal(t, "variables", fmt.Sprint(a.DynamicVariables), "map[channel:eu limit:3]")
}

func TestActivateUserCanBeRepeated(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit  func(*versori.UserActivation, *shop)
		wrote []string
	}{
		"as it was":         {func(*versori.UserActivation, *shop) {}, []string{}},
		"with another name": {func(a *versori.UserActivation, _ *shop) { a.DisplayName = "Acme Inc." }, []string{}},
		"with another secret": {func(a *versori.UserActivation, _ *shop) {
			a.Connections[0].Connection.Credentials[0] = versori.APIKeyCredential(sdk.NewSecret("key-2"))
		}, []string{}},
		"without connections": {func(a *versori.UserActivation, _ *shop) { a.Connections = nil }, []string{}},
		"with the template by id": {func(a *versori.UserActivation, s *shop) {
			a.Connections[0].Template = strings.ToLower(s.shopify.ConnectionTemplateID.Or(""))
		}, []string{}},
		"with a variable changed": {func(a *versori.UserActivation, _ *shop) { a.Variables = map[string]any{"limit": 4, "channel": "eu"} }, []string{"Activations.UpdateVariables"}},
		"with fewer variables":    {func(a *versori.UserActivation, _ *shop) { a.Variables = map[string]any{"limit": 3.0} }, []string{}},
		"without an environment":  {func(a *versori.UserActivation, _ *shop) { a.Environment = "" }, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			first := s.activate(t, acme())
			s.wrote()
			again := acme(func(a *versori.UserActivation) { c.edit(a, s) })
			second := s.activate(t, again)
			wantWrote(t, s, c.wrote...)
			assert.Equal(t, "activation", second.ID, first.ID)
			assert.Equal(t, "secret", s.secretOf(t, second), "key-1")
			assert.Equal(t, "channel", fmt.Sprint(second.DynamicVariables["channel"]), "eu")
			if limit, ok := again.Variables["limit"]; ok {
				assert.Equal(t, "limit", fmt.Sprint(second.DynamicVariables["limit"]), fmt.Sprint(limit))
			}
		})
	}
}

func TestActivateUserTakesAnAnswerOfNotFoundForNone(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.Inject("Activations.ListForUser", fault.Status(404))
	s.activate(t, acme())
	wantWrote(t, s, "EndUsers.Create", "Activations.Create")
}

// What the platform thinks of a connection that nobody has is for the platform to say.
func TestActivateUserLeavesOutWhatNobodyHas(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.Handle("Connections.ListStatic", func(*fake.Request) fake.Response {
		return fake.JSON(200, map[string]any{"items": []any{}, "totalCount": 0})
	})
	s.Handle("Activations.Create", func(*fake.Request) fake.Response { return problem(400, "there is no warehouse") })
	_, err := s.client.Activations.ActivateUser(t.Context(), acme())
	assert.Is(t, err, sdk.ErrValidation)
	sent := assert.Decoded[versori.ActivationCreate](t, bodies(s.Server.Server, "Activations.Create")[0])
	if len(sent.Connections) != 1 || sent.Connections[0].ConnectionTemplateID != s.shopify.ConnectionTemplateID.Or("") {
		t.Errorf("sent %+v", sent.Connections)
	}
}

func TestActivateUserGoesOnWhereItFailed(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.Inject("Activations.Create", fault.Status(500))
	if _, err := s.client.Activations.ActivateUser(t.Context(), acme()); err == nil {
		t.Fatal("no error")
	}
	wantWrote(t, s, "EndUsers.Create", "Activations.Create")
	s.activate(t, acme())
	wantWrote(t, s, "Activations.Create")
}

func TestActivateUserUsesConnectionsThatAreThere(t *testing.T) {
	t.Parallel()
	own := func(s *shop, t *testing.T, name, key string) versori.Connection {
		s.PutEndUser(versoritest.Organisation, versori.EndUser{ID: productionID, ExternalID: "merchant-42", DisplayName: "Acme"})
		spec, err := s.shopify.Complete(versoritest.Organisation, versori.ConnectionSpec{
			Name: name, Credentials: []versori.ConnectionCredential{versori.APIKeyCredential(sdk.NewSecret(key))},
		})
		if err != nil {
			t.Fatal(err)
		}
		return s.PutConnection(versoritest.Organisation, "merchant-42", versori.Connection{
			Name: spec.Name, Credentials: spec.Credentials, ConnectionTemplateID: s.shopify.ConnectionTemplateID,
		})
	}
	for name, c := range map[string]struct {
		keys map[string]string // of connections that are there, by their names
		edit func(*versori.UserActivation, map[string]string)
		want string // the secret
		says string
	}{
		"of the same name":                {map[string]string{"Acme shop": "old"}, func(*versori.UserActivation, map[string]string) {}, "old", ""},
		"but not of another name":         {map[string]string{"Acme": "old"}, func(*versori.UserActivation, map[string]string) {}, "key-1", ""},
		"the only one when none is given": {map[string]string{"Acme": "old"}, func(a *versori.UserActivation, _ map[string]string) { a.Connections = nil }, "old", ""},
		"the one that is named": {map[string]string{"a": "old", "b": "older"}, func(a *versori.UserActivation, ids map[string]string) {
			a.Connections = []versori.UserConnection{{Template: "shopify", ExistingID: ids["b"]}}
		}, "older", ""},
		"but doesn't choose among several": {map[string]string{"a": "old", "b": "older"}, func(a *versori.UserActivation, _ map[string]string) { a.Connections = nil }, "", `has 2 connections for template "shopify"`},
		"and knows when there is none":     {nil, func(a *versori.UserActivation, _ map[string]string) { a.Connections = nil }, "", `no connection for template "shopify"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			ids := map[string]string{}
			for name, key := range c.keys {
				ids[name] = own(s, t, name, key).ID
			}
			user := acme(func(a *versori.UserActivation) { c.edit(a, ids) })
			activation, err := s.client.Activations.ActivateUser(t.Context(), user)
			if c.says != "" {
				assert.Is(t, err, sdk.ErrInvalidRequest)
				if err != nil && !strings.Contains(err.Error(), c.says) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			assert.Equal(t, "secret", s.secretOf(t, activation), c.want)
		})
	}
}

func TestActivateUserRefusesBeforeItCreates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit func(*versori.UserActivation)
		want error
		says string
	}{
		"no end user":             {func(a *versori.UserActivation) { a.ExternalID = "" }, sdk.ErrInvalidRequest, "external id of the end user is empty"},
		"an unknown environment":  {func(a *versori.UserActivation) { a.Environment = "test" }, sdk.ErrNotFound, `no environment "test"`},
		"an unknown template":     {func(a *versori.UserActivation) { a.Connections[0].Template = "shop" }, sdk.ErrInvalidRequest, `no connection template "shop"; it has "shopify", "warehouse"`},
		"a template without name": {func(a *versori.UserActivation) { a.Connections[0].Template = "" }, sdk.ErrInvalidRequest, `no connection template ""`},
		"a template twice":        {func(a *versori.UserActivation) { a.Connections = append(a.Connections, a.Connections[0]) }, sdk.ErrInvalidRequest, `two connections for template "shopify"`},
		"no credentials":          {func(a *versori.UserActivation) { a.Connections[0].Connection.Credentials = nil }, sdk.ErrInvalidRequest, `"Acme shop" has no credentials`},
		"a credential without a scheme": {func(a *versori.UserActivation) {
			a.Connections[0].Connection.Credentials[0].Credential = sdk.Some(versori.Credential{Type: sdk.Some(versori.CredentialTypeCertificate)})
		}, sdk.ErrInvalidRequest, `no scheme for a credential of the type "certificate"; its schemes are of the types api-key, basic-auth, oauth2, oauth2`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			_, err := s.client.Activations.ActivateUser(t.Context(), acme(c.edit))
			assert.Is(t, err, c.want)
			if err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q in it", err, c.says)
			}
			wantWrote(t, s)
		})
	}
}

// The platform may leave the connections of an activation out, so they are asked for one by one.
func TestAnActivationThatIsThereMayHideItsConnections(t *testing.T) {
	t.Parallel()
	for name, found := range map[string]bool{"and has them": true, "and has none": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			s.activate(t, acme())
			s.wrote()
			s.Handle("Activations.ListForUser", func(*fake.Request) fake.Response {
				user := versori.EndUser{ID: productionID, ExternalID: "merchant-42", OrganisationID: versoritest.Organisation}
				return fake.JSON(200, []versori.Activation{{ID: stagingID, User: user, DynamicVariables: map[string]any{"channel": "eu", "limit": 3}}})
			})
			s.Handle("Connections.GetForActivation", func(*fake.Request) fake.Response {
				if !found {
					return problem(404, "none")
				}
				return fake.JSON(200, versori.Connection{ID: stagingID, Name: "Acme shop", Credentials: []versori.ConnectionCredential{}})
			})
			activation, err := s.client.Activations.ActivateUser(t.Context(), acme())
			wantWrote(t, s)
			if found {
				assert.Equal(t, "error", err, nil)
				assert.Equal(t, "activation", activation.ID, stagingID)
				return
			}
			assert.Is(t, err, sdk.ErrConflict)
			if err != nil && !strings.Contains(err.Error(), `without a connection for template "shopify": delete activation `+stagingID) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestEnsureEndUser(t *testing.T) {
	t.Parallel()
	body := versori.EndUserCreate{ExternalID: "merchant-42", DisplayName: sdk.Some("Acme")}
	t.Run("creates one", func(t *testing.T) {
		t.Parallel()
		s := newShop(t)
		user, err := s.client.EndUsers.Ensure(t.Context(), body)
		assert.Equal(t, "error", err, nil)
		assert.Equal(t, "name", user.DisplayName, "Acme")
		wantWrote(t, s, "EndUsers.Create")
	})
	t.Run("leaves one that is there alone", func(t *testing.T) {
		t.Parallel()
		s := newShop(t)
		s.PutEndUser(versoritest.Organisation, versori.EndUser{ExternalID: "merchant-42", DisplayName: "Old"})
		user, err := s.client.EndUsers.Ensure(t.Context(), body)
		assert.Equal(t, "error", err, nil)
		assert.Equal(t, "name", user.DisplayName, "Old")
		wantWrote(t, s)
	})
	t.Run("takes the one that somebody else creates meanwhile", func(t *testing.T) {
		t.Parallel()
		s := newShop(t)
		s.Inject("EndUsers.Get", fault.Status(404))
		s.PutEndUser(versoritest.Organisation, versori.EndUser{ExternalID: "merchant-42", DisplayName: "Theirs"})
		user, err := s.client.EndUsers.Ensure(t.Context(), body)
		assert.Equal(t, "error", err, nil)
		assert.Equal(t, "name", user.DisplayName, "Theirs")
	})
	t.Run("doesn't take another one's id for the external id", func(t *testing.T) {
		t.Parallel()
		s := newShop(t)
		s.PutEndUser(versoritest.Organisation, versori.EndUser{ID: stagingID, ExternalID: "other"})
		user, err := s.client.EndUsers.Ensure(t.Context(), versori.EndUserCreate{ExternalID: stagingID})
		assert.Equal(t, "error", err, nil)
		assert.Equal(t, "external id", user.ExternalID, stagingID)
		assert.Equal(t, "id", user.ID != stagingID, true)
	})
	t.Run("gives the error of creating", func(t *testing.T) {
		t.Parallel()
		s := newShop(t)
		s.Inject("EndUsers.Create", fault.Status(403))
		_, err := s.client.EndUsers.Ensure(t.Context(), body)
		assert.Is(t, err, sdk.ErrForbidden)
	})
	t.Run("creates nothing when it can't look", func(t *testing.T) {
		t.Parallel()
		s := newShop(t)
		s.Inject("EndUsers.Get", fault.Status(403))
		_, err := s.client.EndUsers.Ensure(t.Context(), body)
		assert.Is(t, err, sdk.ErrForbidden)
		wantWrote(t, s)
	})
}

// Whether the platform answers all variables, or those that were changed, isn't documented.
func TestAnActivationKeepsTheVariablesThatAnUpdateDoesNotAnswer(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.activate(t, acme())
	s.Handle("Activations.UpdateVariables", func(*fake.Request) fake.Response { return fake.JSON(200, map[string]any{"limit": 4}) })
	activation := s.activate(t, acme(func(a *versori.UserActivation) { a.Variables["limit"] = 4 }))
	assert.Equal(t, "variables", fmt.Sprint(activation.DynamicVariables), "map[channel:eu limit:4]")
}

func TestVariablesAreComparedDigitByDigit(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	with := func(limit int64) versori.UserActivation {
		return acme(func(a *versori.UserActivation) { a.Variables = map[string]any{"limit": limit} })
	}
	const large = 1 << 53 // the next number is one that a float64 can't hold
	s.activate(t, with(large))
	s.wrote()
	s.activate(t, with(large))
	wantWrote(t, s)
	activation := s.activate(t, with(large+1))
	wantWrote(t, s, "Activations.UpdateVariables")
	assert.Equal(t, "limit", fmt.Sprint(activation.DynamicVariables["limit"]), "9007199254740993")
}
