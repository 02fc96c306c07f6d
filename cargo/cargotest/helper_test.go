package cargotest_test

import (
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/cargo/cargotest"
)

const (
	workflowUUID = "5b0c6c1e-8f0a-4d57-9a35-3f8e0d4c2a10"
	parentUUID   = "0f6a3c1d-5e2b-4a7f-9c8d-1b2a3c4d5e05"
	modelUUID    = "7c6b5a49-3827-4615-9403-f2e1d0c9b809"
	folderUUID   = "2f3e4d5c-6b7a-4889-97a6-b5c4d3e2f10a"
	startUUID    = "3f1f4f0a-6a0e-4a55-8f4f-0f6f2f2f9a01"
	endUUID      = "8a7e2a54-93c7-4f0e-b8c1-5a5c1b6f7d02"
)

// start gives a server with a workflow and a client of it.
func start(t *testing.T) (*cargotest.Server, *cargo.Client) {
	t.Helper()
	s := cargotest.NewServer(t)
	s.PutWorkflow(workflowUUID)
	return s, s.Client()
}

// stopClock makes the platform's time stand still.
func stopClock(s *cargotest.Server) time.Time {
	now := time.Date(2026, 3, 2, 9, 15, 27, 312456789, time.UTC)
	s.SetClock(func() time.Time { return now })
	return now.Truncate(time.Millisecond)
}

// node is a node of a graph that needs nothing else, at the origin of the canvas.
func node(uuid, slug string) cargo.Node {
	return cargo.Node{
		UUID: uuid, Slug: slug, Kind: cargo.NodeKindNative, ActionSlug: sdk.Some(slug),
		Config: map[string]any{}, ChildrenUUIDs: []sdk.Optional[string]{},
	}
}
