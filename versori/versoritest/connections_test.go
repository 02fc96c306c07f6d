package versoritest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// create makes a connection with an API key.
func (s shop) create(template, externalID, name string) (*versori.Connection, error) {
	s.t.Helper()
	body := versori.ConnectionCreate{
		ConnectionTemplateID: template, Connection: versori.ConnectionSpec{Name: name, Credentials: keyCredentials("key of " + name)},
	}
	if externalID != "" {
		body.ExternalID = sdk.Some(externalID)
	}
	return s.client.Connections.Create(s.t.Context(), body)
}

func TestSecretsAreMaskedWhereverAConnectionIsRead(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	template := s.template("shop", false)
	s.user("merchant-1")
	made, err := s.create(template, "", "static")
	must(t, err)
	assert.Equal(t, "stored", keyOf(t, s.stored(made.ID)), "key of static")

	ctx, client := t.Context(), s.client
	got, err := client.Connections.Get(ctx, made.ID)
	must(t, err)
	updated, err := client.Connections.Update(ctx, made.ID, versori.ConnectionUpdate{Name: "static", Credentials: keyCredentials("new key")})
	must(t, err)
	page, err := client.Connections.List(ctx, versori.ConnectionListParams{})
	must(t, err)
	static, err := client.Connections.ListStatic(ctx, project, versori.ConnectionListStaticParams{})
	must(t, err)
	active, err := client.Activations.List(ctx, s.environment, versori.ActivationListParams{Static: true})
	must(t, err)
	for what, c := range map[string]versori.Connection{
		"created": *made, "got": *got, "updated": *updated, "listed": page.Items[0], "listed as static": static.Items[0],
		"in an activation": active[0].Connections[0],
	} {
		assert.Equal(t, what, keyOf(t, c), "******")
	}
	assert.Equal(t, "stored", keyOf(t, s.stored(made.ID)), "new key")
}

func TestAMaskThatIsWrittenIsRefused(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	template := s.template("shop", true)
	s.user("merchant-1")
	static, err := s.create(template, "", "static")
	must(t, err)
	const member = "credentials[0].credential.data.string.value is a mask and not the secret"
	masked := versori.ConnectionSpec{Name: "masked", Credentials: keyCredentials("******")}

	got, err := s.client.Connections.Get(t.Context(), static.ID)
	must(t, err)
	err = s.send("PUT", "/connections/"+static.ID, versori.ConnectionUpdate{Name: "static", Credentials: got.Credentials}, nil)
	wantMisfit(t, err, member)
	err = s.send("POST", "/connections", versori.ConnectionCreate{ConnectionTemplateID: template, Connection: masked}, nil)
	wantMisfit(t, err, "connection."+member)
	err = s.send("POST", "/activations", versori.ActivationCreate{
		UserID: "merchant-1", EnvironmentID: s.environment,
		Connections: []versori.ActivationConnection{{ConnectionTemplateID: template, Connection: sdk.Some(masked)}},
	}, nil)
	wantMisfit(t, err, "connections[0].connection."+member)
	assert.Equal(t, "stored", keyOf(t, s.stored(static.ID)), "key of static")
}

func TestWhatACredentialIsNotSentOfStays(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	made, err := s.create(s.template("shop", false), "", "static")
	must(t, err)
	pair := made.Credentials[0]
	for what, sent := range map[string]versori.ConnectionCredential{
		"the pair alone": {ID: pair.ID},
		"the credential without data": {ID: pair.ID, Credential: sdk.Some(versori.Credential{
			ID: pair.Credential.Ptr().ID, OrganisationID: organisation,
		})},
	} {
		got, err := s.client.Connections.Update(t.Context(), made.ID, versori.ConnectionUpdate{
			Name: "renamed", Credentials: []versori.ConnectionCredential{sent},
		})
		must(t, err)
		assert.Equal(t, what+": name", got.Name, "renamed")
		assert.Equal(t, what+": pair", got.Credentials[0].ID, pair.ID)
		assert.Equal(t, what+": key", keyOf(t, s.stored(made.ID)), "key of static")
	}
}

func TestBaseURLs(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, sent, want string }{
		{"absent is the system's", "", ""},
		{"a host gets https", "acme.example", "https://acme.example"},
		{"what follows the host is dropped", "https://acme.example:8443/admin?x=1", "https://acme.example:8443"},
		{"a scheme is kept", "http://acme.example/", "http://acme.example"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			template := s.template("shop", false)
			body := versori.ConnectionCreate{
				ConnectionTemplateID: template, Connection: versori.ConnectionSpec{Name: "static", Credentials: keyCredentials("k")},
			}
			if test.sent != "" {
				body.Connection.BaseURL = sdk.Some(test.sent)
			}
			made, err := s.client.Connections.Create(t.Context(), body)
			must(t, err)
			assert.Equal(t, "created", made.BaseURL, sdk.Some(test.want))
			got, err := s.client.Connections.Update(t.Context(), made.ID, versori.ConnectionUpdate{Name: "static", Credentials: keyCredentials("k")})
			must(t, err)
			assert.Equal(t, "after an empty one", got.BaseURL, sdk.Some(test.want))
		})
	}
	t.Run("what is none is refused", func(t *testing.T) {
		t.Parallel()
		s := newShop(t)
		_, err := s.client.Connections.Create(t.Context(), versori.ConnectionCreate{
			ConnectionTemplateID: s.template("shop", false),
			Connection:           versori.ConnectionSpec{Name: "static", Credentials: keyCredentials("k"), BaseURL: sdk.Some("https://")},
		})
		wantMisfit(t, err, "connection.baseUrl must be a URL")
	})
}

func TestNamesOfConnectionsAreUniqueWithinASystem(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	template := s.template("shop", false)
	rival := s.templateOf(s.PutSystem(organisation, versori.System{
		Name: "Rival", AuthSchemeConfigs: []versori.AuthSchemeConfig{keyScheme()},
	}), "rival", false)
	made, err := s.create(template, "", "static")
	must(t, err)
	_, err = s.create(template, "", "static")
	wantRefused(t, err, http.StatusConflict, "There is a connection to the system with the name static")
	_, err = s.create(rival, "", "static")
	must(t, err)
	second, err := s.create(template, "", "second")
	must(t, err)
	_, err = s.client.Connections.Update(t.Context(), second.ID, versori.ConnectionUpdate{Name: "static", Credentials: keyCredentials("k")})
	wantRefused(t, err, http.StatusConflict, "There is a connection to the system with the name static")
	_, err = s.client.Connections.Update(t.Context(), made.ID, versori.ConnectionUpdate{Name: "static", Credentials: keyCredentials("k")})
	must(t, err)
}

func TestListingConnections(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	template := s.template("shop", true)
	rival := s.PutSystem(organisation, versori.System{Name: "Rival"})
	user := s.user("merchant-1")
	s.user("merchant-2")
	static := s.connection(template, "", "static")
	one := s.connection(template, "merchant-1", "one")
	two := s.connection(template, "merchant-2", "two")
	away := s.connection(s.templateOf(rival, "rival", true), "merchant-1", "away")
	list := func(params versori.ConnectionListParams) ([]string, error) {
		page, err := s.client.Connections.List(t.Context(), params)
		if err != nil {
			return nil, err
		}
		return connectionIDs(page.Items), nil
	}
	for name, test := range map[string]struct {
		params versori.ConnectionListParams
		want   []string
	}{
		"all":            {versori.ConnectionListParams{}, []string{static.ID, one.ID, two.ID, away.ID}},
		"of an end user": {versori.ConnectionListParams{EndUserID: strings.ToLower(user.ID)}, []string{one.ID, away.ID}},
		"to a system":    {versori.ConnectionListParams{SystemID: rival.ID}, []string{away.ID}},
		"both":           {versori.ConnectionListParams{SystemID: s.system.ID, EndUserID: user.ID}, []string{one.ID}},
		"of nobody":      {versori.ConnectionListParams{EndUserID: unknown}, nil},
	} {
		got, err := list(test.params)
		must(t, err)
		wantList(t, name, got, test.want...)
	}
	_, err := list(versori.ConnectionListParams{EndUserID: "merchant-1"})
	wantMisfit(t, err, "end_user_id is not a valid ULID")
	_, err = list(versori.ConnectionListParams{SystemID: "shop"})
	wantMisfit(t, err, "system_id is not a valid ULID")

	var all []string
	for c, err := range s.client.Connections.All(t.Context(), versori.ConnectionListParams{First: 1}) {
		must(t, err)
		all = append(all, c.ID)
	}
	wantList(t, "by pages of one", all, static.ID, one.ID, two.ID, away.ID)
	statics, err := s.client.Connections.ListStatic(t.Context(), project, versori.ConnectionListStaticParams{EnvironmentID: s.environment})
	must(t, err)
	wantList(t, "static", connectionIDs(statics.Items), static.ID)
}

func TestLinks(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	template, second := s.template("shop", false), s.template("store", false)
	rival := s.templateOf(s.PutSystem(organisation, versori.System{Name: "Rival"}), "rival", false)
	s.user("merchant-1")
	static, own := s.connection(template, "", "static"), s.connection(template, "merchant-1", "own")
	link := func(id, template string) error {
		return s.client.Connections.Link(t.Context(), id, versori.ConnectionLink{ConnectionTemplateID: template})
	}
	unlink := func(id, template string) error {
		return s.client.Connections.Unlink(t.Context(), id, versori.ConnectionLink{ConnectionTemplateID: template})
	}
	must(t, link(static.ID, second))
	must(t, link(static.ID, second))
	page, err := s.client.Connections.ListStatic(t.Context(), project, versori.ConnectionListStaticParams{EnvironmentID: s.environment})
	must(t, err)
	wantList(t, "a connection of two templates", connectionIDs(page.Items), static.ID)
	assert.Equal(t, "made for", s.stored(static.ID).ConnectionTemplateID, sdk.Some(template))
	for _, exchange := range s.Requests("Connections.Link") {
		assert.Equal(t, "status", exchange.Status, http.StatusCreated)
	}

	wantMisfit(t, link(static.ID, rival), "connectionTemplateId is for another system than the connection")
	wantMisfit(t, link(own.ID, template), "The connection is an end user's")
	wantMisfit(t, link(static.ID, unknown), "connectionTemplateId names no connection template")
	wantMissing(t, link(unknown, template), "There is no connection "+unknown)
	must(t, unlink(static.ID, second))
	wantMissing(t, unlink(static.ID, second), "The connection isn't linked to the connection template "+second)
	_, err = s.client.Connections.Get(t.Context(), static.ID)
	must(t, err)
}

func TestOnlyAnEndUsersConnectionIsKeptWhileItIsUsed(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	template := s.template("shop", true)
	s.user("merchant-1")
	own, static := s.connection(template, "merchant-1", "own"), s.connection(template, "", "static")
	active, err := s.client.Activations.Create(t.Context(), versori.ActivationCreate{
		UserID: "merchant-1", EnvironmentID: s.environment,
		Connections: []versori.ActivationConnection{{ConnectionTemplateID: template, ExistingConnectionID: sdk.Some(own.ID)}},
	})
	must(t, err)
	err = s.client.Connections.Delete(t.Context(), own.ID)
	wantRefused(t, err, http.StatusConflict, "The activation "+active.ID+" uses it")
	must(t, s.client.Activations.Delete(t.Context(), s.environment, active.ID))
	must(t, s.client.Connections.Delete(t.Context(), own.ID))
	must(t, s.client.Connections.Delete(t.Context(), static.ID))
	page, err := s.client.Connections.ListStatic(t.Context(), project, versori.ConnectionListStaticParams{})
	must(t, err)
	assert.Equal(t, "static connections", page.TotalCount, 0)
	wantMissing(t, s.client.Connections.Delete(t.Context(), static.ID), "There is no connection "+static.ID)
}

func TestAConnectionOutlivesItsTemplate(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	template := s.template("shop", false)
	static := s.connection(template, "", "static")
	must(t, s.client.ConnectionTemplates.Delete(t.Context(), project, template))
	got, err := s.client.Connections.Update(t.Context(), static.ID, versori.ConnectionUpdate{
		Name: "static", Credentials: keyCredentials("new key"), BaseURL: "acme.example",
	})
	must(t, err)
	assert.Equal(t, "base URL", got.BaseURL, sdk.Some("https://acme.example"))
	assert.Equal(t, "key", keyOf(t, s.stored(static.ID)), "new key")
}

func TestSeedingConnections(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, externalID string
		connection       func(template string) versori.Connection
		want             string
	}{
		{
			"for a template that isn't there", "", func(string) versori.Connection {
				return versori.Connection{ConnectionTemplateID: sdk.Some(unknown)}
			}, `there is no connection template "` + unknown + `"`,
		},
		{
			"of an end user who isn't there", "merchant-1", func(template string) versori.Connection {
				return versori.Connection{ConnectionTemplateID: sdk.Some(template)}
			}, `there is no end user with the external id "merchant-1"`,
		},
		{
			"with a mask", "", func(template string) versori.Connection {
				return versori.Connection{ConnectionTemplateID: sdk.Some(template), Credentials: keyCredentials("******")}
			}, "credentials[0].credential.data.string.value is a mask and not the secret",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, r := newRecorded(t)
			system := s.PutSystem(organisation, versori.System{Name: "Shop"})
			template := s.PutConnectionTemplate(organisation, project, "", versori.ConnectionTemplate{ID: system.ID})
			made := s.PutConnection(organisation, test.externalID, test.connection(template.ConnectionTemplateID.Or("")))
			assert.Equal(t, "id", made.ID, "")
			assert.Lines(t, r.Reported(), []string{"versoritest: PutConnection: " + test.want})
		})
	}
	t.Run("what is stored shares nothing with what was given", func(t *testing.T) {
		t.Parallel()
		s := newShop(t)
		given := versori.Connection{
			Name: "static", ConnectionTemplateID: sdk.Some(s.template("shop", false)), Credentials: keyCredentials("k"),
		}
		made := s.PutConnection(organisation, "", given)
		pair := made.Credentials[0].ID
		given.Credentials[0].ID, made.Credentials[0].ID = "given", "made"
		s.stored(made.ID).Credentials[0].ID = "got"
		assert.Equal(t, "id", s.stored(made.ID).Credentials[0].ID, pair)
	})
	t.Run("what isn't there isn't found", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		_, ok := s.Connection(organisation, unknown)
		assert.Equal(t, "connection", ok, false)
		_, ok = s.System(organisation, unknown)
		assert.Equal(t, "system", ok, false)
	})
}
