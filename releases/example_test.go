package releases_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

func ExampleReleasesService_Deploy() {
	// A platform for this example. A program has the real one: releases.New().
	platform := releasestest.NewServer(nil)
	defer platform.Close()
	ref := releases.AppRef{Org: "acme", Workspace: "main", App: "shop"}
	platform.Put(ref, releases.ReleaseDetail{ReleaseTag: "v1.3.0", Status: releases.ReleaseStatusActive})
	platform.HandleEndpoint("checkout", func(any) (any, error) { return nil, errors.New("out of order") })
	client := platform.Client()

	_, err := client.App(ref).Releases.Deploy(context.Background(), releases.Deployment{
		Tag:         "v1.4.0",
		Description: "Adds vouchers.",
		Check: func(ctx context.Context, release *releases.Release) error {
			_, err := client.Endpoints.Trigger(ctx, "checkout", map[string]any{"basket": []string{"tea"}})
			return err
		},
	})

	var failure *releases.DeploymentError
	if errors.As(err, &failure) {
		fmt.Println(failure.Step, "failed, back to the release before:", failure.ActiveID.Or("") == failure.PreviousID)
	}
	active, _ := client.App(ref).Releases.GetActive(context.Background())
	fmt.Println(active.ReleaseTag)
	// Output:
	// check failed, back to the release before: true
	// v1.3.0
}
