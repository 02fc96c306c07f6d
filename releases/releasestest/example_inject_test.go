package releasestest_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

// What a platform can do wrong is in package fault. Faults are given by operation, and each spoils one request.
func ExampleServer_Inject() {
	platform := releasestest.NewServer(nil) // in a test: NewServer(t), and no Close
	defer platform.Close()
	ctx := context.Background()
	shop := releases.AppRef{Org: "acme", Workspace: "main", App: "shop"}
	platform.Seed(shop, 3)
	app := platform.Client().App(shop)

	// What the client gets over by itself: the page of a proxy, then half a list, then the list.
	platform.Inject("Releases.List", fault.HTML(502), fault.CutBody())
	var answer sdk.Response
	list, err := app.Releases.List(ctx, releases.ReleaseListParams{}, sdk.WithResponse(&answer))
	fmt.Println(len(list.Releases), "releases after", answer.Attempts, "attempts,", err)

	// What it can't: the release is made and the answer lost, and making another one could be wrong.
	platform.Inject("Releases.Create", fault.ResetAfterHandling())
	_, err = app.Releases.Create(ctx, releases.ReleaseCreate{ReleaseTag: "v2"})
	list, _ = app.Releases.List(ctx, releases.ReleaseListParams{})
	var failure *sdk.Error
	fmt.Println(errors.As(err, &failure), failure.Status, failure.Attempts, list.Releases[0].ReleaseTag)

	// An outage of everything, which asks for more patience than the client has.
	platform.Inject("", fault.RetryAfter(503, time.Hour).Forever())
	_, err = app.Releases.GetActive(ctx)
	fmt.Println(errors.Is(err, sdk.ErrServer), errors.As(err, &failure), failure.RetryAfter)

	// And its end.
	platform.ClearFaults()
	list, err = app.Releases.List(ctx, releases.ReleaseListParams{})
	fmt.Println(len(list.Releases), "releases,", err)

	// Output:
	// 3 releases after 3 attempts, <nil>
	// true 0 1 v2
	// true true 1h0m0s
	// 4 releases, <nil>
}
