// Command licensing makes one typed call, from outside of the SDK's module.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/licensing"
)

func main() {
	client, err := licensing.New()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	release, err := client.Releases.Update(context.Background(), os.Getenv("RELEASE"), licensing.ReleaseUpdate{Channel: sdk.Some("beta")})
	fmt.Println(release, err)
}
