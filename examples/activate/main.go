// Activate makes the newest release of the MechaMental app acme/main/shop the active one.
//
//	MECHAMENTAL_API_TOKEN=… go run ./examples/activate
package main

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/releases"
)

func main() {
	client, err := releases.New() // the token is read from MECHAMENTAL_API_TOKEN
	if err != nil {
		log.Fatal(err)
	}
	app := client.App(releases.AppRef{Org: "acme", Workspace: "main", App: "shop"})
	var newest releases.Release
	for release, err := range app.Releases.All(context.Background(), releases.ReleaseListParams{Limit: 200}) {
		if err != nil {
			log.Fatal(err)
		}
		if release.ReleaseNumber > newest.ReleaseNumber {
			newest = release
		}
	}
	result, err := app.Releases.Activate(context.Background(), newest.ReleaseID)
	if errors.Is(err, sdk.ErrForbidden) {
		log.Fatal("the token may not activate releases")
	} else if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Release.ReleaseTag, "is active, before it was", result.PreviousActiveReleaseID.Or("none"))
}
