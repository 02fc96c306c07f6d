// Command cargo makes one typed call, from outside of the SDK's module.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
)

func main() {
	client, err := cargo.New()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	result, err := client.Plays.Create(context.Background(), cargo.PlayCreate{
		Name:            "Enrich new accounts",
		ModelUUID:       os.Getenv("MODEL"),
		ChangeKinds:     []cargo.ChangeKind{cargo.ChangeKindAdded},
		RunCreationRule: cargo.RunCreationRuleOnce,
	})
	if errors.Is(err, sdk.ErrValidation) {
		fmt.Println("refused:", err)
		return
	}
	fmt.Println(result, err)
}
