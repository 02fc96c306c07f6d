// Command releases makes one typed call, from outside of the SDK's module.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/wharfinger/sdk/releases"
)

func main() {
	client, err := releases.New()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	app := client.App(releases.AppRef{Org: "acme", Workspace: "main", App: "shop"})
	for release, err := range app.Releases.All(context.Background(), releases.ReleaseListParams{Limit: 200}) {
		fmt.Println(release.ReleaseTag, err)
	}
}
