package versori_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// The examples run against a fake platform in the place of
//
//	client, err := versori.New(versori.WithOrganisation(organisationID))

func ExampleProjectsService_DeployAndWait() {
	platform := versoritest.NewServer(nil)
	defer platform.Close()
	platform.SetRollout(0, 0)
	platform.PutProject(versoritest.Organisation, versori.Project{ID: versoritest.Project, Name: "Orders"})
	client := platform.Client()

	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Minute)
	defer cancel()
	environment, err := client.Projects.DeployAndWait(ctx, versoritest.Project, versori.ProjectDeploy{
		VersionName: "v1.4.0",
		Files:       []versori.File{{Filename: "src/index.ts", Content: "export {}"}},
		Labels:      map[string]string{},
	}, versori.DeployAndWaitParams{Environment: "production"})

	var failed *versori.DeploymentError
	switch {
	case errors.As(err, &failed):
		fmt.Println("it doesn't run:", failed.Message)
	case err != nil:
		fmt.Println(err)
	default:
		fmt.Println(environment.Name, "is", environment.Status)
	}
	// Output: production is running
}

func ExampleVersionsService_DeployAndWait() {
	platform := versoritest.NewServer(nil)
	defer platform.Close()
	platform.SetRollout(0, 0)
	platform.PutProject(versoritest.Organisation, versori.Project{ID: versoritest.Project, Name: "Orders"})
	client, ctx := platform.Client(), context.Background()

	version, err := client.Versions.Create(ctx, versoritest.Project, versori.VersionCreate{
		Name: "v1.4.1", Files: []versori.File{{Filename: "src/index.ts", Content: "export {}"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	environment, err := client.Versions.DeployAndWait(ctx, versoritest.Project, version.ID, versori.DeployAndWaitParams{})
	if err != nil {
		fmt.Println(err)
		return
	}
	deployed, _ := environment.DeployedVersion.Get()
	fmt.Println(environment.Name, "runs", deployed.Name)
	// Output: production runs v1.4.1
}

// What was tried in staging goes to production as it is.
func ExampleProjectsService_WaitForDeployment() {
	platform := versoritest.NewServer(nil)
	defer platform.Close()
	platform.SetRollout(0, 0)
	platform.PutProject(versoritest.Organisation, versori.Project{
		ID: versoritest.Project, Name: "Orders", Environments: []versori.ProjectEnvironment{
			{Name: "staging", Status: versori.EnvironmentStatusRunning, DeployedVersion: sdk.Some(versori.ProjectVersion{Name: "v1.4.0"})},
			{Name: "production"},
		},
	})
	client, ctx := platform.Client(), context.Background()

	staging, err := client.Environments.Find(ctx, versoritest.Project, "staging")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Environments.Sync(ctx, versoritest.Project, versori.EnvironmentSync{SourceEnvName: "staging", TargetEnvName: "production"})
	if err != nil {
		fmt.Println(err)
		return
	}
	version, _ := staging.DeployedVersion.Get()
	production, err := client.Projects.WaitForDeployment(ctx, versoritest.Project, versori.WaitForDeploymentParams{
		Environment: "production", VersionID: version.ID,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(production.Status)
	// Output: running
}

func ExampleLogsService_Follow() {
	platform := versoritest.NewServer(nil)
	defer platform.Close()
	platform.PutProject(versoritest.Organisation, versori.Project{ID: versoritest.Project, Name: "Orders"})
	client := platform.Client()

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	entries := client.Logs.Follow(ctx, versoritest.Project, versori.LogFollowParams{Environment: "production"})

	platform.PutLog(versoritest.Organisation, versoritest.Project, "production", versori.Log{
		Severity: versori.LogSeverityInfo, Message: "12 orders copied",
	})
	for entry, err := range entries {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(entry.Severity, entry.Message)
		break // or go on until ctx ends
	}
	// Output: info 12 orders copied
}

func ExampleEnvironmentsService_ModifyConfig() {
	platform := versoritest.NewServer(nil)
	defer platform.Close()
	platform.PutProject(versoritest.Organisation, versori.Project{ID: versoritest.Project, Name: "Orders"})
	client := platform.Client()

	config, err := client.Environments.ModifyConfig(context.Background(), versoritest.Project, "production",
		func(c *versori.EnvironmentConfig) error {
			spec := c.DeploymentSpec.Or(versori.DeploymentSpec{})
			spec.Replicas = sdk.Some(3)
			c.DeploymentSpec = sdk.Some(spec)
			return nil
		})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(config.DeploymentSpec.Or(versori.DeploymentSpec{}).Replicas)
	// Output: 3
}

func ExampleEnvironmentsService_Find() {
	platform := versoritest.NewServer(nil)
	defer platform.Close()
	platform.PutProject(versoritest.Organisation, versori.Project{ID: versoritest.Project, Name: "Orders"})
	client, ctx := platform.Client(), context.Background()

	production, err := client.Environments.Find(ctx, versoritest.Project, "production")
	if err != nil {
		fmt.Println(err)
		return
	}
	activations, err := client.Activations.List(ctx, production.ID, versori.ActivationListParams{})
	fmt.Println(len(activations), err)

	_, err = client.Environments.Find(ctx, versoritest.Project, "prod")
	fmt.Println(errors.Is(err, sdk.ErrNotFound))
	// Output:
	// 0 <nil>
	// true
}

func ExampleFlowsService_ModifyOrCreate() {
	platform := versoritest.NewServer(nil)
	defer platform.Close()
	client := platform.Client()

	flow, err := client.Flows.ModifyOrCreate(context.Background(), versoritest.Project, "sync-orders", func(f *versori.Flow) error {
		f.Description = "Copies paid orders to the warehouse."
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(flow.Name, len(flow.Spans))
	// Output: sync-orders 0
}

func ExampleStore_CompareAndSet() {
	platform := versoritest.NewServer(nil)
	defer platform.Close()
	client, ctx := platform.Client(), context.Background()
	created, err := client.KVStores.Create(ctx, versori.KVStoreCreate{Name: sdk.Some("counters")})
	if err != nil {
		fmt.Println(err)
		return
	}

	store, key := client.KV.Store(created.ID), versori.Key{"counter", "orders"}
	increment := func() error {
		for {
			var n int
			version := "" // there must be none yet
			switch value, err := store.Get(ctx, key); {
			case err == nil:
				version = value.Versionstamp
				if err := versori.DecodeWorkflowValue(value.Value, &n); err != nil {
					return err
				}
			case !errors.Is(err, sdk.ErrNotFound):
				return err
			}
			text, err := versori.EncodeWorkflowValue(n + 1)
			if err != nil {
				return err
			}
			_, err = store.CompareAndSet(ctx, key, version, versori.KVSet{Value: text})
			if !errors.Is(err, versori.ErrKVConflict) {
				return err
			}
		}
	}
	fmt.Println(increment(), increment())
	value, err := store.Get(ctx, key)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(value.Value))
	// Output:
	// <nil> <nil>
	// "2"
}

func ExampleStore_All() {
	platform := versoritest.NewServer(nil)
	defer platform.Close()
	client, ctx := platform.Client(), context.Background()
	created, err := client.KVStores.Create(ctx, versori.KVStoreCreate{Name: sdk.Some("PROJECT_" + versoritest.Project)})
	if err != nil {
		fmt.Println(err)
		return
	}

	store := client.KV.Store(created.ID)
	scope := versori.Key{versoritest.Organisation, versoritest.Project, "production"}
	for _, name := range []string{"orders", "invoices"} {
		if _, err := store.Set(ctx, scope.With("cursor", name), versori.KVSet{Value: `"2026-03-02"`}); err != nil {
			fmt.Println(err)
			return
		}
	}
	for entry, err := range store.All(ctx, scope.With("cursor")) {
		if err != nil {
			fmt.Println(err)
			return
		}
		var cursor string
		if err := versori.DecodeWorkflowValue(entry.Value, &cursor); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(entry.Key[len(entry.Key)-1], cursor)
	}
	fmt.Println(store.DeleteUnder(ctx, nil) != nil) // would be all of the store
	// Output:
	// invoices 2026-03-02
	// orders 2026-03-02
	// true
}

func ExampleKey_Path() {
	fmt.Println(versori.Key{"cursor", "orders"}.Path())
	_, err := versori.Key{"batch"}.Path()
	fmt.Println(err)
	// Output:
	// cursor/orders <nil>
	// versori: Key.Path: the key "batch" has the address of another call; use a batch call
}

func ExampleActivationsService_ActivateUser() {
	platform := versoritest.NewServer(nil)
	defer platform.Close()
	project := platform.PutProject(versoritest.Organisation, versori.Project{ID: versoritest.Project, Name: "Orders"})
	system := platform.PutSystem(versoritest.Organisation, versori.System{
		Name: "Shopify", Domain: "shopify.com", TemplateBaseURL: "https://shopify.com", AuthSchemeConfigs: []versori.AuthSchemeConfig{{
			Type:   versori.AuthSchemeTypeAPIKey,
			APIKey: sdk.Some(versori.AuthSchemeAPIKey{ID: "api-key", Name: "X-Shopify-Access-Token", In: versori.AuthLocationHeader}),
		}},
	})
	platform.PutConnectionTemplate(versoritest.Organisation, versoritest.Project, project.Environments[0].ID, versori.ConnectionTemplate{
		ID: system.ID, Name: "shopify", Dynamic: true,
	})
	client, ctx := platform.Client(), context.Background()

	activate := func() {
		activation, err := client.Activations.ActivateUser(ctx, versori.UserActivation{
			ProjectID: versoritest.Project, Environment: "production", ExternalID: "merchant-42", DisplayName: "Acme",
			Connections: []versori.UserConnection{{
				Template: "shopify",
				Connection: versori.ConnectionSpec{
					Name:        "Acme shop",
					Credentials: []versori.ConnectionCredential{versori.APIKeyCredential(sdk.NewSecret("shpat_1"))},
				},
			}},
			Variables: map[string]any{"channel": "eu"},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(activation.User.ExternalID, len(activation.Connections), activation.DynamicVariables["channel"])
	}
	activate()
	activate() // does no harm
	fmt.Println(len(platform.Requests("Activations.Create")))
	// Output:
	// merchant-42 1 eu
	// merchant-42 1 eu
	// 1
}

func ExampleAuthSchemeConfig_WithoutMasks() {
	scheme := versori.AuthSchemeConfig{Type: versori.AuthSchemeTypeOAuth2, OAuth2: sdk.Some(versori.AuthSchemeOAuth2{
		ID: "code", TokenURL: "https://accounts.example.com/token", Grant: versori.OAuth2Grant{
			Type: versori.OAuth2GrantTypeAuthorizationCode,
			AuthorizationCode: sdk.Some(versori.OAuth2GrantClient{
				ClientID: sdk.Some("3kq8Zt0dWm"), ClientSecret: sdk.Some(sdk.NewSecret("******")), // as it was answered
			}),
		},
	})}
	client := func(c versori.AuthSchemeConfig) versori.OAuth2GrantClient {
		return c.OAuth2.Or(versori.AuthSchemeOAuth2{}).Grant.AuthorizationCode.Or(versori.OAuth2GrantClient{})
	}
	fmt.Println(versori.IsMasked(client(scheme).ClientSecret.Or(sdk.Secret{})))
	fmt.Println(client(scheme.WithoutMasks()).ClientSecret.IsZero())
	// Output:
	// true
	// true
}

func ExampleSigner_Source() {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		fmt.Println(err)
		return
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		fmt.Println(err)
		return
	}
	// In the place of the file that the platform gave with the signing key.
	privateKey := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})

	signer, err := versori.NewSigner("01JM3Z8RFJ6D3SBK2GQ7V0YQWZ", privateKey)
	if err != nil {
		fmt.Println(err)
		return
	}
	client, err := versori.New(
		sdk.WithTokenSource(signer.Source("merchant-42", time.Hour)), // replaced before they end
		versori.WithOrganisation("01JTEST0RGAN1SAT0N00000000"),
	)
	fmt.Println(client != nil, err)

	token, err := signer.Token("merchant-42", 10*time.Minute) // or one for a browser
	fmt.Println(token, err)
	// Output:
	// true <nil>
	// [redacted] <nil>
}
