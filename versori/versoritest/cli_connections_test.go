package versoritest_test

import (
	"strings"
	"testing"

	"github.com/wharfinger/sdk/versori"
)

// TestConnectionRequestsOfTheVendorsTool sends requests as the vendor's command line tool does: ids of zeros for what has
// none yet, schemes whole, grants without a client, scopes that are empty, bodies with DELETE.
func TestConnectionRequestsOfTheVendorsTool(t *testing.T) {
	t.Parallel()
	pair := func(scheme, credential string) string {
		return `"credentials":[{"authSchemeConfig":` + scheme + `,"credential":{` + credential +
			`,"id":"` + zeros + `","organisationId":"ORG"},"id":"` + zeros + `"}]`
	}
	oauth2 := func(id, grant, scopes, names string) string {
		return `{"oauth2":{"defaultScopes":[` + names + `],"description":"d","grant":` + grant + `,"id":"` + id +
			`","scopes":[` + scopes + `],"tokenUrl":"https://id.example/token"},"type":"oauth2"}`
	}
	const key = `{"apiKey":{"description":"d","id":"api-key","in":"header","name":"X-API-Key"},"type":"api-key"}`
	const hmac = `{"hmac":{"algorithm":"sha256","description":"d","digestInputs":["body"],"encoding":"hex","id":"sig","in":"header",` +
		`"name":"X-Sig"},"type":"hmac"}`
	client := oauth2("client", `{"clientCredentials":{},"type":"clientCredentials"}`, `{"name":"read"}`, `"read"`)
	password := oauth2("pw", `{"password":{"credentialId":"`+zeros+`","organisationId":"`+zeros+`"},"type":"password"}`, "", "")
	tests := []struct {
		name, method, target, body string
		status                     int
		answer                     string // part of it
	}{
		{
			"connects with a key", "POST", "/connections",
			`{"connection":{` + pair(key, `"data":{"string":{"value":"k"}},"type":"string"`) + `,"name":"demo"},"connectionTemplateId":"TEMPLATE"}`,
			201, `"string":{"value":"******"}`,
		},
		{
			"connects an end user with a password", "POST", "/connections",
			`{"connection":{"baseUrl":"https://my.example",` + pair(`{"basicAuth":{"description":"d","id":"basic"},"type":"basic-auth"}`,
				`"data":{"basicAuth":{"password":"p","username":"u"}},"type":"basic-auth"`) +
				`,"name":"basic"},"connectionTemplateId":"TEMPLATE","externalId":"merchant-42"}`,
			201, `"baseUrl":"https://my.example"`,
		},
		{
			"connects with client credentials", "POST", "/connections",
			`{"connection":{` + pair(client, `"data":{"oauth2Client":{"clientId":"c","clientSecret":"s","tokenUrl":"https://id.example/token"}},`+
				`"type":"oauth2-client"`) + `,"name":"cc"},"connectionTemplateId":"TEMPLATE"}`,
			201, `"clientCredentials":{}`,
		},
		{
			"connects with the password grant", "POST", "/connections",
			`{"connection":{` + pair(password, `"data":{"oauth2Password":{"password":"p","username":"u"}},"type":"oauth2-password"`) +
				`,"name":"pw"},"connectionTemplateId":"TEMPLATE"}`,
			201, `"scopes":[]`,
		},
		{"lists connections", "GET", "/connections?end_user_id=USER&system_id=SYSTEM", "", 200, `"name":"own"`},
		{"links a connection", "POST", "/connections/STATIC/link", `{"connectionTemplateId":"TEMPLATE"}`, 201, ""},
		{"unlinks a connection", "DELETE", "/connections/STATIC/link", `{"connectionTemplateId":"TEMPLATE"}`, 204, ""},
		{
			"adds a system", "POST", "/projects/PROJECT/connection-templates",
			`{"systemId":"SYSTEM","name":"shopify","environmentId":"ENVIRONMENT","dynamic":true}`, 200, `"dynamic":true`,
		},
		{"lists systems", "GET", "/projects/PROJECT/connection-templates?env_id=ENVIRONMENT", "", 200, `"connectionTemplateId":"TEMPLATE"`},
		{
			"changes a template", "PUT", "/projects/PROJECT/connection-templates/TEMPLATE",
			`{"authSchemeConfigIds":["api-key"],"dynamic":true,"name":"x"}`, 200, `"name":"x"`,
		},
		{"adds a key", "PUT", "/systems/SYSTEM/auth-scheme-configs/api-key", key, 201, `"name":"X-API-Key"`},
		{"adds a signature", "PUT", "/systems/SYSTEM/auth-scheme-configs/sig", hmac, 201, `"digestInputs":["body"]`},
		{
			"activates an end user", "POST", "/activations",
			`{"connections":[{"connectionTemplateId":"TEMPLATE","existingConnectionId":"OWN"}],"dynamicVariables":{"channel_id":"de"},` +
				`"environmentId":"ENVIRONMENT","userId":"merchant-42"}`,
			200, `"channel_id":"de"`,
		},
		{"lists activations", "GET", "/environments/ENVIRONMENT/activations", "", 200, `"externalId":"merchant-7"`},
		{"lists end users", "GET", "/users", "", 200, `"externalId":"merchant-42"`},
		{
			"sets a variable", "PUT", "/environments/ENVIRONMENT/activations/ACTIVATION/variables/channel_id", `{"value":"other"}`,
			200, `{"channel_id":"other"}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			for _, scheme := range []string{client, password} {
				var config versori.AuthSchemeConfig
				must(t, config.UnmarshalJSON([]byte(scheme)))
				s.system.AuthSchemeConfigs = append(s.system.AuthSchemeConfigs, config)
			}
			s.PutSystem(organisation, s.system)
			template := s.template("shop", true)
			user := s.user("merchant-42")
			s.user("merchant-7")
			own, static := s.connection(template, "merchant-42", "own"), s.connection(template, "", "static")
			active, err := s.activate("merchant-7", withExisting(template, static.ID))
			must(t, err)
			fill := strings.NewReplacer(
				"ORG", organisation, "PROJECT", project, "ENVIRONMENT", s.environment, "TEMPLATE", template, "SYSTEM", s.system.ID,
				"USER", user.ID, "OWN", own.ID, "STATIC", static.ID, "ACTIVATION", active.ID,
			)
			status, answer := sendAsTool(t, s.Server, test.method, "/o/"+organisation+fill.Replace(test.target), fill.Replace(test.body))
			if status != test.status || !strings.Contains(answer, fill.Replace(test.answer)) {
				t.Errorf("got %d %s\nwant %d %s", status, answer, test.status, fill.Replace(test.answer))
			}
		})
	}
}
