package releasestest_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

// deploy is the code under test: it makes a release and puts it live.
func deploy(ctx context.Context, app *releases.AppServices, tag string) (*releases.ReleaseAction, error) {
	release, err := app.Releases.Create(ctx, releases.ReleaseCreate{ReleaseTag: tag})
	if err != nil {
		return nil, err
	}
	return app.Releases.Activate(ctx, release.ReleaseID)
}

func Example() {
	platform := releasestest.NewServer(nil) // in a test: NewServer(t), and no Close
	defer platform.Close()
	ctx := context.Background()

	// What the platform has at first: one release, and it is live.
	ref := releases.AppRef{Org: "acme", Workspace: "main", App: "shop"}
	old := platform.Put(ref, releases.ReleaseDetail{ReleaseTag: "v1", Status: releases.ReleaseStatusActive})

	action, err := deploy(ctx, platform.Client().App(ref), "v2")
	fmt.Println(action.Release.ReleaseTag, action.Release.Status, err)

	// What became of it.
	old, _ = platform.Release(ref, old.ReleaseID)
	fmt.Println(old.ReleaseTag, old.Status)
	for _, request := range platform.Requests() {
		fmt.Println(request.Method, request.Operation, request.Status)
	}

	// What happens to those who may not.
	_, err = deploy(ctx, platform.Client(sdk.WithToken(releasestest.ForbiddenToken)).App(ref), "v3")
	fmt.Println(errors.Is(err, sdk.ErrForbidden), platform.Problems())

	// Output:
	// v2 active <nil>
	// v1 archived
	// POST Releases.Create 200
	// POST Releases.Activate 200
	// true []
}
