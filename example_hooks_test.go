package sdk_test

import (
	"context"
	"fmt"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

// Hooks make metrics, such as how often each operation is called, repeated and lost.
func ExampleWithHooks() {
	platform := releasestest.NewServer(nil) // a fake, which fails on demand
	defer platform.Close()
	shop := releases.AppRef{Org: "acme", Workspace: "main", App: "shop"}
	platform.Inject("Releases.List", fault.Status(503), fault.HTML(502))

	hooks := sdk.Hooks{
		Attempt: func(_ context.Context, e sdk.Event) {
			fmt.Println("attempt", e.Attempt, "of", e.Service, e.Operation, "ends with status", e.Status)
		},
		Wait: func(_ context.Context, e sdk.Event) {
			fmt.Println("waits", e.Wait > 0, "because", e.Reason)
		},
		Outcome: func(_ context.Context, e sdk.Event) {
			fmt.Println("done with", e.Method, e.Operation, "after", e.Attempt, "attempts, failed", e.Err != nil)
		},
	}
	app := platform.Client(sdk.WithHooks(hooks)).App(shop)
	_, err := app.Releases.List(context.Background(), releases.ReleaseListParams{})
	fmt.Println(err)

	// Output:
	// attempt 1 of releases Releases.List ends with status 503
	// waits true because the service is unavailable
	// attempt 2 of releases Releases.List ends with status 502
	// waits true because the server failed
	// attempt 3 of releases Releases.List ends with status 200
	// done with GET Releases.List after 3 attempts, failed false
	// <nil>
}
