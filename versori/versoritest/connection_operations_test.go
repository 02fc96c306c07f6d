package versoritest_test

import (
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// everyConnectionOperation calls each operation on systems, connections and end users at least once.
func everyConnectionOperation(t *testing.T, s *versoritest.Server) {
	t.Helper()
	client := s.Client()
	p := s.PutProject(organisation, versori.Project{Name: "Orders to warehouse"})
	system := everySystemOperation(t, client, p)
	user := everyEndUserOperation(t, client)
	template := everyTemplateOperation(t, client, p, system)
	everyStaticConnectionOperation(t, client, p, template)
	everyActivationOperation(t, client, p.Environments[0].ID, template, user)

	ctx := t.Context()
	must(t, client.ConnectionTemplates.Delete(ctx, p.ID, template))
	must(t, client.AuthSchemes.Delete(ctx, system, "api-key"))
	must(t, client.Systems.Delete(ctx, system))
	must(t, client.EndUsers.Delete(ctx, user.ID))
}

func everySystemOperation(t *testing.T, client *versori.Client, p versori.Project) (id string) {
	t.Helper()
	ctx := t.Context()
	made, err := client.Systems.Create(ctx, versori.SystemCreate{
		Name: "Shop", Domain: "shop.example", TemplateBaseURL: "https://api.shop.example", AuthSchemeConfigs: []versori.AuthSchemeConfig{},
	})
	must(t, err)
	_, err = client.AuthSchemes.Upsert(ctx, made.ID, "api-key", keyScheme())
	must(t, err)
	_, err = client.AuthSchemes.Upsert(ctx, made.ID, "oauth2-code", consentScheme("s3cret"))
	must(t, err)
	_, err = client.AuthSchemes.Upsert(ctx, made.ID, "oauth1", oauth1Scheme())
	must(t, err)
	_, err = client.Systems.Update(ctx, made.ID, versori.SystemUpdate{Domain: sdk.Some("shop.test")})
	must(t, err)
	system, err := client.Systems.Get(ctx, made.ID)
	must(t, err)
	assert.Equal(t, "domain", system.Domain, "shop.test")
	page, err := client.Systems.List(ctx, versori.SystemListParams{})
	must(t, err)
	assert.Equal(t, "systems", page.TotalCount, 1)

	oauth2, _ := system.AuthSchemeConfigs[1].OAuth2.Get()
	grant, _ := oauth2.Grant.AuthorizationCode.Get()
	_, err = client.Connections.InitialiseOAuth2(ctx, system.ID, versori.OAuth2Initialise{
		Credential:   versori.CredentialRef{ID: grant.CredentialID.Or(""), OrganisationID: organisation},
		AuthorizeURL: oauth2.AuthorizeURL.Or(""), ClientID: "app-1",
	})
	must(t, err)
	oauth1, _ := system.AuthSchemeConfigs[2].OAuth1.Get()
	_, err = client.Connections.InitialiseOAuth1(ctx, system.ID, versori.OAuth1Initialise{
		Credential: versori.CredentialRef{ID: oauth1.CredentialID.Or(""), OrganisationID: organisation},
	})
	must(t, err)
	everyActionOperation(t, client, p, system.ID)
	return system.ID
}

func everyActionOperation(t *testing.T, client *versori.Client, p versori.Project, system string) {
	t.Helper()
	ctx := t.Context()
	actions, err := client.SystemActions.Create(ctx, system, versori.SystemActionCreate{Actions: []versori.SystemActionSpec{
		{Name: "Get order", Type: versori.SystemActionTypeHTTP, Method: versori.HTTPMethodGET, Path: "/orders/{orderId}"},
	}})
	must(t, err)
	must(t, client.SystemActions.Link(ctx, system, p.ID, []string{actions[0].ID}))
	action, err := client.SystemActions.Get(ctx, system, actions[0].ID)
	must(t, err)
	action.Summary = sdk.Some("Gets an order")
	_, err = client.SystemActions.Update(ctx, system, action.ID, *action)
	must(t, err)
	listed, err := client.SystemActions.List(ctx, system, versori.SystemActionListParams{ProjectID: p.ID})
	must(t, err)
	assert.Equal(t, "actions", listed.TotalCount, 1)
	assert.Equal(t, "summary", listed.Actions[0].Summary, sdk.Some("Gets an order"))
	must(t, client.SystemActions.Delete(ctx, system, action.ID))

	triggers, err := client.SystemTriggers.Create(ctx, system, versori.SystemTriggerCreate{Triggers: []versori.SystemTriggerSpec{
		{Name: "order-paid", Method: versori.HTTPMethodPOST},
	}})
	must(t, err)
	must(t, client.SystemTriggers.Link(ctx, system, p.ID, []string{triggers[0].ID}))
	all, err := client.SystemTriggers.List(ctx, system, versori.SystemTriggerListParams{ProjectID: p.ID})
	must(t, err)
	assert.Equal(t, "triggers", all.TotalCount, 1)
}

func everyEndUserOperation(t *testing.T, client *versori.Client) versori.EndUser {
	t.Helper()
	ctx := t.Context()
	_, err := client.EndUsers.Create(ctx, versori.EndUserCreate{ExternalID: "merchant-42", DisplayName: sdk.Some("Acme Ltd")})
	must(t, err)
	user, err := client.EndUsers.Get(ctx, "merchant-42")
	must(t, err)
	page, err := client.EndUsers.List(ctx, versori.EndUserListParams{Search: "acme"})
	must(t, err)
	assert.Equal(t, "end users", page.TotalCount, 1)
	return *user
}

func everyTemplateOperation(t *testing.T, client *versori.Client, p versori.Project, system string) (id string) {
	t.Helper()
	ctx := t.Context()
	made, err := client.ConnectionTemplates.Create(ctx, p.ID, versori.ConnectionTemplateCreate{
		SystemID: system, Name: "shop", EnvironmentID: sdk.Some(p.Environments[0].ID),
	})
	must(t, err)
	id = made.ConnectionTemplateID.Or("")
	_, err = client.ConnectionTemplates.Update(ctx, p.ID, id, versori.ConnectionTemplateUpdate{AuthSchemeConfigIDs: []string{"api-key"}})
	must(t, err)
	page, err := client.ConnectionTemplates.List(ctx, p.ID, versori.ConnectionTemplateListParams{EnvironmentID: p.Environments[0].ID})
	must(t, err)
	assert.Equal(t, "templates", page.TotalCount, 1)
	assert.Equal(t, "schemes", len(page.Items[0].AuthSchemeConfigs), 1)
	return id
}

func everyStaticConnectionOperation(t *testing.T, client *versori.Client, p versori.Project, template string) {
	t.Helper()
	ctx := t.Context()
	made, err := client.Connections.Create(ctx, versori.ConnectionCreate{
		ConnectionTemplateID: template, Connection: versori.ConnectionSpec{Name: "static", Credentials: keyCredentials("k-1")},
	})
	must(t, err)
	got, err := client.Connections.Get(ctx, made.ID)
	must(t, err)
	assert.Equal(t, "key", keyOf(t, *got), "******")
	_, err = client.Connections.Update(ctx, made.ID, versori.ConnectionUpdate{Name: "static", Credentials: keyCredentials("k-2")})
	must(t, err)
	link := versori.ConnectionLink{ConnectionTemplateID: template}
	must(t, client.Connections.Unlink(ctx, made.ID, link))
	must(t, client.Connections.Link(ctx, made.ID, link))
	static, err := client.Connections.ListStatic(ctx, p.ID, versori.ConnectionListStaticParams{EnvironmentID: p.Environments[0].ID})
	must(t, err)
	wantList(t, "static connections", connectionIDs(static.Items), made.ID)
	page, err := client.Connections.List(ctx, versori.ConnectionListParams{})
	must(t, err)
	wantList(t, "connections", connectionIDs(page.Items), made.ID)
	must(t, client.Connections.Delete(ctx, made.ID))
}

func everyActivationOperation(t *testing.T, client *versori.Client, environment, template string, user versori.EndUser) {
	t.Helper()
	ctx := t.Context()
	made, err := client.Activations.Create(ctx, versori.ActivationCreate{
		UserID: user.ExternalID, EnvironmentID: environment, Connections: []versori.ActivationConnection{{
			ConnectionTemplateID: template, Connection: sdk.Some(versori.ConnectionSpec{Name: "acme", Credentials: keyCredentials("k-3")}),
		}},
	})
	must(t, err)
	_, err = client.Activations.SetVariable(ctx, environment, made.ID, "channel", versori.VariableValue{Value: "eu"})
	must(t, err)
	_, err = client.Activations.UpdateVariables(ctx, environment, made.ID, map[string]any{"batch": 50})
	must(t, err)
	_, err = client.Activations.UpdateStaticVariables(ctx, environment, map[string]any{"region": "eu"})
	must(t, err)
	got, err := client.Activations.Get(ctx, environment, made.ID)
	must(t, err)
	assert.Equal(t, "variables", len(got.DynamicVariables), 2)
	used, err := client.Connections.GetForActivation(ctx, template, made.ID)
	must(t, err)
	assert.Equal(t, "connection", used.ID, got.Connections[0].ID)
	active, err := client.Activations.List(ctx, environment, versori.ActivationListParams{})
	must(t, err)
	assert.Equal(t, "activations", len(active), 1)
	own, err := client.Activations.ListForUser(ctx, environment, user.ExternalID)
	must(t, err)
	assert.Equal(t, "activations of the end user", len(own), 1)
	must(t, client.Activations.Delete(ctx, environment, made.ID))
}

func oauth1Scheme() versori.AuthSchemeConfig {
	endpoint := sdk.Some(versori.OAuth1Endpoint{URL: "https://id.example/oauth1"})
	return versori.AuthSchemeConfig{Type: versori.AuthSchemeTypeOAuth1, OAuth1: sdk.Some(versori.AuthSchemeOAuth1{
		ID: "oauth1", ConsumerKey: "consumer", ConsumerSecret: sdk.NewSecret("consumer secret"), SignatureMethod: "sha256",
		TempCredentialEndpoint: endpoint, ResourceOwnerAuthorizationEndpoint: endpoint, TokenEndpoint: endpoint,
	})}
}
