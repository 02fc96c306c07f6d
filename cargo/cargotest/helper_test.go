package cargotest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/cargo/cargotest"
	"github.com/wharfinger/sdk/internal/samples"
)

const (
	workflowUUID = "5b0c6c1e-8f0a-4d57-9a35-3f8e0d4c2a10"
	parentUUID   = "0f6a3c1d-5e2b-4a7f-9c8d-1b2a3c4d5e05"
	modelUUID    = "7c6b5a49-3827-4615-9403-f2e1d0c9b809"
	folderUUID   = "2f3e4d5c-6b7a-4889-97a6-b5c4d3e2f10a"
	startUUID    = "3f1f4f0a-6a0e-4a55-8f4f-0f6f2f2f9a01"
	endUUID      = "8a7e2a54-93c7-4f0e-b8c1-5a5c1b6f7d02"
)

// recorder is a test that only notes what is reported to it.
type recorder struct {
	mu       sync.Mutex
	lines    []string
	cleanups []func()
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}

func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recorder) finish() {
	for _, f := range slices.Backward(r.cleanups) {
		f()
	}
}

func (r *recorder) reported() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.lines)
}

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

func decoded[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func wantJSON(t *testing.T, what string, got any, want string) {
	t.Helper()
	if diff := samples.Compare([]byte(want), []byte(encoded(t, got))); diff != "" {
		t.Errorf("%s: %s\n got %s\nwant %s", what, diff, encoded(t, got), want)
	}
}

// wantRefusal checks a failed call: its status, its reason, and a part of its message.
func wantRefusal(t *testing.T, err error, status int, code, message string) {
	t.Helper()
	var e *sdk.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want status %d", err, status)
	}
	if e.Status != status || e.Code != code || !strings.Contains(e.Message, message) {
		t.Errorf("got %d, %q, %q; want %d, %q, %q", e.Status, e.Code, e.Message, status, code, message)
	}
}

// node is a node of a graph that needs nothing else, at the origin of the canvas.
func node(uuid, slug string) cargo.Node {
	return cargo.Node{
		UUID: uuid, Slug: slug, Kind: cargo.NodeKindNative, ActionSlug: sdk.Some(slug),
		Config: map[string]any{}, ChildrenUUIDs: []sdk.Optional[string]{},
	}
}
