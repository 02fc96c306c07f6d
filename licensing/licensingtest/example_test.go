package licensingtest_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/licensing"
	"github.com/wharfinger/sdk/licensing/licensingtest"
)

// promote is the code under test.
func promote(ctx context.Context, client *licensing.Client, id string) error {
	_, err := client.Releases.Update(ctx, id, licensing.ReleaseUpdate{
		Channel: sdk.Some("stable"), Private: sdk.Some(false),
	})
	return err
}

// A test of a program that promotes releases. In a test function NewServer takes its t, which also closes the server and
// fails when a request breaks the document.
func Example() {
	s := licensingtest.NewServer(nil)
	defer s.Close()
	ctx := context.Background()
	release := s.PutRelease(licensing.Release{Name: "Planner 2.3", Channel: "beta", Private: sdk.Some(true)})

	if err := promote(ctx, s.Client(), release.ID); err != nil {
		fmt.Println(err)
	}
	after, _ := s.Release(release.ID)
	fmt.Println(after.Name, "is", after.Channel)

	fmt.Println(promote(ctx, s.Client(), "no-such-release"))
	fmt.Println(len(s.Requests("Releases.Update")), "requests,", len(s.Problems()), "problems")
	// Output:
	// Planner 2.3 is stable
	// licensing: Releases.Update: PATCH /v3/releases/{id}: 404 Not Found: No release has this id.
	// 2 requests, 0 problems
}

// A test of a program that receives webhooks.
func ExampleServer_PutWebhook() {
	s := licensingtest.NewServer(nil)
	defer s.Close()
	release := s.PutRelease(licensing.Release{Name: "Planner 2.3"})

	verifier := &licensing.WebhookVerifier{Tokens: []sdk.Secret{sdk.NewSecret("the webhook's token")}}
	hook := httptest.NewServer(licensing.WebhookHandler(verifier, func(_ context.Context, e *licensing.WebhookEvent) error {
		updated, err := e.Release()
		if err == nil {
			fmt.Println(e.Event, updated.Name)
		}
		return err
	}))
	defer hook.Close()
	s.PutWebhook(hook.URL, "the webhook's token", licensing.WebhookEventNameReleaseUpdated)

	ctx := context.Background()
	if err := promote(ctx, s.Client(), release.ID); err != nil {
		fmt.Println(err)
	}
	if err := s.AwaitDeliveries(ctx, 1); err != nil {
		fmt.Println(err)
	}
	fmt.Println("answered", s.Deliveries()[0].Status)
	// Output:
	// release.updated Planner 2.3
	// answered 200
}
