package cargotest_test

import (
	"context"
	"fmt"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/cargo/cargotest"
)

// brief is the code under test: it creates a play and gives its workflow one node.
func brief(ctx context.Context, client *cargo.Client, model string) (*cargo.Release, error) {
	made, err := client.Plays.Create(ctx, cargo.PlayCreate{
		Name:            "Brief account owners",
		ModelUUID:       model,
		ChangeKinds:     []cargo.ChangeKind{cargo.ChangeKindAdded},
		RunCreationRule: cargo.RunCreationRuleOnce,
	})
	if err != nil {
		return nil, err
	}
	result, err := client.Releases.UpdateDraft(ctx, cargo.ReleaseUpdateDraft{
		WorkflowUUID: made.Play.WorkflowUUID,
		Nodes: []cargo.Node{{
			UUID: "3f1f4f0a-6a0e-4a55-8f4f-0f6f2f2f9a01", Slug: "start",
			Kind: cargo.NodeKindNative, ActionSlug: sdk.Some("start"),
			Config: map[string]any{}, ChildrenUUIDs: []sdk.Optional[string]{},
			Position: cargo.NodePosition{X: 120, Y: 40},
		}},
	})
	if err != nil {
		return nil, err
	}
	return &result.Release, nil
}

// A test of a program that creates plays. In a test function NewServer takes its t, which also closes the server and
// fails when a request breaks the document.
func Example() {
	s := cargotest.NewServer(nil)
	defer s.Close()
	ctx := context.Background()

	_, err := brief(ctx, s.Client(), "accounts")
	fmt.Println(err)

	s.PutModel("accounts")
	release, err := brief(ctx, s.Client(), "accounts")
	if err != nil {
		fmt.Println(err)
		return
	}
	draft, _ := s.Draft(release.WorkflowUUID)
	fmt.Println(draft.Status, "with", len(draft.Nodes), "node")
	for _, request := range s.Requests() {
		fmt.Println(request.Method, request.Path, request.Status)
	}
	fmt.Println(len(s.Problems()), "problems")
	// Output:
	// cargo: Plays.Create: POST /orchestration/plays: 400 Bad Request: modelNotFound: No such model; PutModel enters one.
	// draft with 1 node
	// POST /v1/orchestration/plays 400
	// POST /v1/orchestration/plays 200
	// PUT /v1/orchestration/releases/updateDraft 200
	// 0 problems
}
