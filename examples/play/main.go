// Play creates a Cargo play, which runs once for each new account with more than 500 employees.
//
//	CARGO_API_TOKEN=… go run ./examples/play MODEL
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
)

func main() {
	client, err := cargo.New() // the token is read from CARGO_API_TOKEN
	if err != nil {
		log.Fatal(err)
	}
	large := cargo.NewFilterConditionNumber(cargo.FilterConditionNumber{
		ColumnSlug: "employees", Operator: cargo.FilterNumberOperatorGreaterThan, Value: sdk.Some(500.0),
	})
	result, err := client.Plays.Create(context.Background(), cargo.PlayCreate{
		Name: "Welcome large accounts", ModelUUID: os.Args[1],
		ChangeKinds:     []cargo.ChangeKind{cargo.ChangeKindAdded},
		RunCreationRule: cargo.RunCreationRuleOnce,
		Filter: sdk.Some(cargo.Filter{Conjunction: cargo.FilterConjunctionAnd, Groups: []cargo.FilterGroup{
			{Conjunction: sdk.Some(cargo.FilterConjunctionAnd), Conditions: []cargo.FilterCondition{large}},
		}}),
	})
	if err != nil {
		log.Fatal(err) // an *sdk.Error; its Code can be cargo.CodeModelNotFound and others
	}
	fmt.Println("play", result.Play.UUID, "runs workflow", result.Play.WorkflowUUID)
}
