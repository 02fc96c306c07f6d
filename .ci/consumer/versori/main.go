// Command versori makes one typed call, from outside of the SDK's module.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/wharfinger/sdk/versori"
)

func main() {
	client, err := versori.New(versori.WithOrganisation(os.Getenv("ORGANISATION")))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	flow, err := client.Flows.Update(context.Background(), os.Getenv("PROJECT"), "orders", versori.Flow{Name: "orders", Spans: []versori.Span{}})
	fmt.Println(flow, err)
}
