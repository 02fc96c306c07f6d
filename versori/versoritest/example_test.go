package versoritest_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// publish is the code under test: it writes the graph of a workflow.
func publish(ctx context.Context, client *versori.Client, project, name string) error {
	_, err := client.Flows.Update(ctx, project, name, versori.Flow{
		Name: name, Description: "Copies paid orders to the warehouse.", Spans: []versori.Span{},
	})
	return err
}

func Example() {
	platform := versoritest.NewServer(nil) // in a test: NewServer(t), and no Close
	defer platform.Close()
	ctx := context.Background()

	// What the platform has at first: an older graph.
	old := platform.PutFlow(versoritest.Organisation, versoritest.Project, versori.Flow{Name: "sync-orders", Description: "Old."})

	err := publish(ctx, platform.Client(), versoritest.Project, "sync-orders")
	fmt.Println(err)

	// What became of it.
	flow, _ := platform.Flow(versoritest.Organisation, versoritest.Project, "sync-orders")
	fmt.Println(flow.Description, flow.ID == old.ID)
	for _, request := range platform.Requests() {
		fmt.Println(request.Method, request.Operation, request.Status)
	}

	// What happens when the project is gone.
	platform.DeleteProject(versoritest.Organisation, versoritest.Project)
	err = publish(ctx, platform.Client(), versoritest.Project, "sync-orders")
	fmt.Println(errors.Is(err, sdk.ErrNotFound), platform.Problems())

	// Output:
	// <nil>
	// Copies paid orders to the warehouse. true
	// PUT Flows.Update 200
	// true []
}
