package versoritest_test

import (
	"context"
	"fmt"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// An environment that uses a system needs the system and a connection template before code under test can connect.
func ExampleServer_PutConnectionTemplate() {
	platform := versoritest.NewServer(nil) // in a test: NewServer(t), and no Close
	defer platform.Close()
	ctx, client := context.Background(), platform.Client()

	scheme := versori.AuthSchemeConfig{
		Type:   versori.AuthSchemeTypeAPIKey,
		APIKey: sdk.Some(versori.AuthSchemeAPIKey{ID: "api-key", Name: "X-Api-Key", In: versori.AuthLocationHeader}),
	}
	system := platform.PutSystem(versoritest.Organisation, versori.System{
		Name: "Shop", AuthSchemeConfigs: []versori.AuthSchemeConfig{scheme},
	})
	template := platform.PutConnectionTemplate(versoritest.Organisation, versoritest.Project, versoritest.Environment,
		versori.ConnectionTemplate{ID: system.ID, Name: "shop"})

	// The code under test connects.
	const none = "00000000000000000000000000"
	made, err := client.Connections.Create(ctx, versori.ConnectionCreate{
		ConnectionTemplateID: template.ConnectionTemplateID.Or(""),
		Connection: versori.ConnectionSpec{Name: "main", Credentials: []versori.ConnectionCredential{{
			ID: none, AuthSchemeConfig: sdk.Some(scheme), Credential: sdk.Some(versori.Credential{
				ID: none, OrganisationID: versoritest.Organisation, Type: sdk.Some(versori.CredentialTypeString),
				Data: sdk.Some(versori.CredentialData{String: sdk.Some(versori.CredentialString{Value: sdk.NewSecret("k-123")})}),
			}),
		}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	// What is answered has a mask, what is stored the key.
	key := func(c versori.Connection) string {
		credential, _ := c.Credentials[0].Credential.Get()
		data, _ := credential.Data.Get()
		text, _ := data.String.Get()
		return text.Value.Reveal()
	}
	stored, _ := platform.Connection(versoritest.Organisation, made.ID)
	fmt.Println(key(*made), key(stored), platform.Problems())

	// Output:
	// ****** k-123 []
}
