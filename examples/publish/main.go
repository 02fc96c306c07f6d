// Publish moves a Cryptlex release to the channel beta, shows it in the customer portal, and leaves everything else of it
// as it is.
//
//	CRYPTLEX_API_TOKEN=… go run ./examples/publish RELEASE
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/licensing"
)

func main() {
	client, err := licensing.New() // the token is read from CRYPTLEX_API_TOKEN
	if err != nil {
		log.Fatal(err)
	}
	release, err := client.Releases.Update(context.Background(), os.Args[1], licensing.ReleaseUpdate{
		Channel: sdk.Some("beta"),
		Private: sdk.Some(false), // sent, because it is set; what is not set is left as it is
	})
	if errors.Is(err, sdk.ErrNotFound) {
		log.Fatal("there is no such release")
	} else if err != nil {
		log.Fatal(err)
	}
	fmt.Println(release.Name, "is now in", release.Channel, "for", release.Platforms)
}
