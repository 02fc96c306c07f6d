package versoritest_test

import (
	"net/http"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
)

// activate activates an end user in the shop's environment.
func (s shop) activate(user string, connections ...versori.ActivationConnection) (*versori.Activation, error) {
	s.t.Helper()
	return s.client.Activations.Create(s.t.Context(), versori.ActivationCreate{
		UserID: user, EnvironmentID: s.environment, Connections: append([]versori.ActivationConnection{}, connections...),
	})
}

func withExisting(template, connection string) versori.ActivationConnection {
	return versori.ActivationConnection{ConnectionTemplateID: template, ExistingConnectionID: sdk.Some(connection)}
}

func withNew(template, name string) versori.ActivationConnection {
	return versori.ActivationConnection{ConnectionTemplateID: template, Connection: sdk.Some(versori.ConnectionSpec{
		Name: name, Credentials: keyCredentials("key of " + name),
	})}
}

func activationIDs(list []versori.Activation) []string {
	return ids(list, func(a versori.Activation) string { return a.ID })
}

func TestAnActivationHasAConnectionForEachTemplate(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	shopTemplate, bank := s.template("shop", true), s.template("bank", true)
	user := s.user("merchant-1")
	own := s.connection(shopTemplate, "merchant-1", "own")

	_, err := s.activate("merchant-1", withExisting(shopTemplate, own.ID))
	wantMisfit(t, err, "connections has none for the connection template bank")
	made, err := s.activate(user.ID, withNew(bank, "savings"), withExisting(shopTemplate, own.ID))
	must(t, err)
	assert.Equal(t, "user", made.User.ExternalID, "merchant-1")
	assert.Equal(t, "environment", made.Environment.Or(versori.ProjectEnvironment{}).Name, "production")
	wantList(t, "connections", ids(made.Connections, func(c versori.Connection) string { return c.Name }), "own", "savings")
	assert.Equal(t, "key", keyOf(t, made.Connections[1]), "******")
	assert.Equal(t, "stored", keyOf(t, s.stored(made.Connections[1].ID)), "key of savings")

	page, err := s.client.Connections.List(t.Context(), versori.ConnectionListParams{EndUserID: user.ID})
	must(t, err)
	assert.Equal(t, "connections of the end user", page.TotalCount, 2)
	got, err := s.client.Connections.GetForActivation(t.Context(), bank, made.ID)
	must(t, err)
	assert.Equal(t, "connection for the template", got.Name, "savings")
	_, err = s.client.Connections.GetForActivation(t.Context(), unknown, made.ID)
	wantMissing(t, err, "There is no connection template "+unknown)
	_, err = s.client.Connections.GetForActivation(t.Context(), bank, unknown)
	wantMissing(t, err, "There is no activation "+unknown)
	late := s.template("late", true)
	_, err = s.client.Connections.GetForActivation(t.Context(), late, made.ID)
	wantMissing(t, err, "There is no connection for the connection template "+late)
}

func TestANewConnectionWinsOverAnExistingOne(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	template := s.template("shop", true)
	s.user("merchant-1")
	both := withNew(template, "new")
	both.ExistingConnectionID = sdk.Some(s.connection(template, "merchant-1", "own").ID)
	made, err := s.activate("merchant-1", both)
	must(t, err)
	assert.Equal(t, "connection", made.Connections[0].Name, "new")
}

func TestActivationsThatAreRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(s shop, template string, body *versori.ActivationCreate)
		want   string
	}{
		{
			"of nobody", func(_ shop, _ string, b *versori.ActivationCreate) { b.UserID = "merchant-9" },
			"userId names no end user",
		},
		{
			"in an environment by its name", func(_ shop, _ string, b *versori.ActivationCreate) { b.EnvironmentID = "production" },
			"environmentId names no environment",
		},
		{
			"with a template of nobody", func(_ shop, _ string, b *versori.ActivationCreate) { b.Connections[0].ConnectionTemplateID = unknown },
			"connections[0].connectionTemplateId names no connection template of the environment",
		},
		{
			"with a template of another environment", func(s shop, _ string, b *versori.ActivationCreate) {
				p := s.PutProject(organisation, versori.Project{})
				made := s.PutConnectionTemplate(organisation, p.ID, "", versori.ConnectionTemplate{ID: s.system.ID})
				b.Connections[0].ConnectionTemplateID = made.ConnectionTemplateID.Or("")
			}, "connections[0].connectionTemplateId names no connection template of the environment",
		},
		{
			"with a template twice", func(_ shop, template string, b *versori.ActivationCreate) {
				b.Connections = append(b.Connections, withNew(template, "second"))
			}, "connections[1].connectionTemplateId is there twice",
		},
		{
			"with neither connection", func(_ shop, template string, b *versori.ActivationCreate) {
				b.Connections[0] = versori.ActivationConnection{ConnectionTemplateID: template}
			}, "connections[0].existingConnectionId is missing, and so is connection",
		},
		{
			"with another end user's connection", func(s shop, template string, b *versori.ActivationCreate) {
				s.user("merchant-2")
				b.Connections[0] = withExisting(template, s.connection(template, "merchant-2", "theirs").ID)
			}, "connections[0].existingConnectionId names no connection of the end user",
		},
		{
			"with a connection to another system", func(s shop, template string, b *versori.ActivationCreate) {
				rival := s.templateOf(s.PutSystem(organisation, versori.System{Name: "Rival"}), "rival", true)
				b.Connections[0] = withExisting(template, s.connection(rival, "merchant-1", "away").ID)
			}, "connections[0].existingConnectionId names a connection to another system",
		},
		{
			"with a bad connection behind a good one", func(s shop, _ string, b *versori.ActivationCreate) {
				b.Connections = append(b.Connections, withNew(s.template("bank", true), "bank"))
				b.Connections[1].Connection.Ptr().Credentials[0] = versori.ConnectionCredential{ID: zeros}
			}, "connections[1].connection.credentials[0].authSchemeConfig is missing",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			template := s.template("shop", true)
			user := s.user("merchant-1")
			body := versori.ActivationCreate{
				UserID: user.ID, EnvironmentID: s.environment, Connections: []versori.ActivationConnection{withNew(template, "new")},
			}
			test.change(s, template, &body)
			_, err := s.client.Activations.Create(t.Context(), body)
			wantMisfit(t, err, test.want)
			page, err := s.client.Connections.List(t.Context(), versori.ConnectionListParams{EndUserID: user.ID})
			must(t, err)
			for _, c := range page.Items {
				if c.Name == "new" || c.Name == "second" || c.Name == "bank" {
					t.Errorf("the connection %s was made", c.Name)
				}
			}
			active, err := s.client.Activations.List(t.Context(), s.environment, versori.ActivationListParams{})
			must(t, err)
			assert.Equal(t, "activations", len(active), 0)
		})
	}
	t.Run("two connections of one name", func(t *testing.T) {
		t.Parallel()
		s := newShop(t)
		s.user("merchant-1")
		_, err := s.activate("merchant-1", withNew(s.template("shop", true), "new"), withNew(s.template("bank", true), "new"))
		wantRefused(t, err, http.StatusConflict, "There is a connection to the system with the name new")
	})
}

func TestAnEndUserIsActivatedOnce(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	user := s.user("merchant-1")
	made, err := s.activate(user.ID)
	must(t, err)
	_, err = s.activate("merchant-1")
	wantRefused(t, err, http.StatusConflict, "The end user merchant-1 is activated in the environment")
	must(t, s.client.Activations.Delete(t.Context(), s.environment, made.ID))
	_, err = s.client.Activations.Get(t.Context(), s.environment, made.ID)
	wantMissing(t, err, "There is no activation "+made.ID)
	wantMissing(t, s.client.Activations.Delete(t.Context(), s.environment, made.ID), "There is no activation "+made.ID)
	_, err = s.activate("merchant-1")
	must(t, err)
}

func TestADeletedActivationLeavesUserAndConnections(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	template := s.template("shop", true)
	user := s.user("merchant-1")
	made, err := s.activate(user.ID, withNew(template, "new"))
	must(t, err)
	must(t, s.client.Activations.Delete(t.Context(), s.environment, made.ID))
	_, err = s.client.EndUsers.Get(t.Context(), user.ID)
	must(t, err)
	again, err := s.activate(user.ID, withExisting(template, made.Connections[0].ID))
	must(t, err)
	assert.Equal(t, "connection", again.Connections[0].ID, made.Connections[0].ID)
}

func TestActivationsOfOneEndUserAreAskedForByTheExternalID(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	user := s.user("merchant/1")
	s.user("merchant-2")
	made, err := s.activate(user.ID)
	must(t, err)
	_, err = s.activate("merchant-2")
	must(t, err)
	for id, want := range map[string][]string{"merchant/1": {made.ID}, user.ID: nil, "merchant-9": nil} {
		list, err := s.client.Activations.ListForUser(t.Context(), s.environment, id)
		must(t, err)
		wantList(t, id, activationIDs(list), want...)
	}
	_, err = s.client.Activations.ListForUser(t.Context(), unknown, "merchant/1")
	wantMissing(t, err, "There is no environment "+unknown)
}

func TestTheStaticUserHasAnActivationInEachEnvironment(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	template := s.template("shop", false)
	static := s.connection(template, "", "static")
	list := func(static bool) []versori.Activation {
		found, err := s.client.Activations.List(t.Context(), s.environment, versori.ActivationListParams{Static: static})
		must(t, err)
		return found
	}
	assert.Equal(t, "activations of end users", len(list(false)), 0)
	found := list(true)
	assert.Equal(t, "static activations", len(found), 1)
	wantList(t, "connections", connectionIDs(found[0].Connections), static.ID)
	assert.Equal(t, "asked for again", list(true)[0].ID, found[0].ID)
	assert.Equal(t, "activations of end users", len(list(false)), 0)

	got, err := s.client.Activations.Get(t.Context(), s.environment, found[0].ID)
	must(t, err)
	assert.Equal(t, "user", got.User.ID, found[0].User.ID)
	c, err := s.client.Connections.GetForActivation(t.Context(), template, found[0].ID)
	must(t, err)
	assert.Equal(t, "connection", c.ID, static.ID)
	err = s.client.Activations.Delete(t.Context(), s.environment, found[0].ID)
	wantRefused(t, err, http.StatusConflict, "It is the static user's")
	users, err := s.client.EndUsers.List(t.Context(), versori.EndUserListParams{})
	must(t, err)
	assert.Equal(t, "end users", users.TotalCount, 0)
}

func TestActivationsGoWithTheirEnvironment(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.user("merchant-1")
	made, err := s.activate("merchant-1")
	must(t, err)
	_, err = s.client.Activations.Get(t.Context(), unknown, made.ID)
	wantMissing(t, err, "There is no environment "+unknown)
	must(t, s.client.Projects.Delete(t.Context(), project))
	_, err = s.client.Activations.Get(t.Context(), s.environment, made.ID)
	wantMissing(t, err, "There is no environment "+s.environment)

	// An environment of the same id has nothing of the one before.
	s.PutProject(organisation, versori.Project{
		ID: project, Environments: []versori.ProjectEnvironment{{ID: s.environment, Name: "production"}},
	})
	_, err = s.client.Activations.Get(t.Context(), s.environment, made.ID)
	wantMissing(t, err, "There is no activation "+made.ID)
}
