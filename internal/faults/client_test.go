package faults_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/licensing"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/versori"
)

const (
	token = "tok-5ecre7-0123456789"
	// project is the id of one of versori's.
	project = "01J9ZQ6V6K3M2N4P5Q6R7S8T9W"
	// anything can be decoded as the answer of every operation.
	anything = `{"release_id":"rel_1","id":"rel_1","name":"orders","message":"done","outcome":"updated","releases":[],"release":{}}`
	// trouble is an error body that every platform understands: its code is E_BROKEN, its message "it broke".
	trouble = `{"error":"E_BROKEN","code":"E_BROKEN","reason":"E_BROKEN","message":"it broke","errorMessage":"it broke"}`
)

// shop is the app that the releases belong to.
func shop() releases.AppRef { return releases.AppRef{Org: "acme", Workspace: "main", App: "shop"} }

// clients are those of all platforms, with the same options, for one server.
type clients struct {
	cargo     *cargo.Client
	releases  *releases.Client
	app       *releases.AppServices
	versori   *versori.Client
	licensing *licensing.Client
}

// clients makes clients of the server. Over loopback they repeat without waiting, in memory they wait as users' do.
func (s *server) clients(t *testing.T, opts ...sdk.Option) *clients {
	t.Helper()
	base := []sdk.Option{sdk.WithBaseURL(s.base), sdk.WithToken(token)}
	if s.network == nil {
		base = append(base, sdk.WithBackoff(time.Microsecond, time.Millisecond))
	} else {
		tr := &http.Transport{DialContext: s.network.Dial, MaxIdleConnsPerHost: 64}
		if s.http2 {
			tr.Protocols = new(http.Protocols)
			tr.Protocols.SetUnencryptedHTTP2(true)
		}
		t.Cleanup(tr.CloseIdleConnections)
		base = append(base, sdk.WithTransport(tr))
	}
	return newClients(t, append(base, opts...)...)
}

// newClients makes clients with these options alone.
func newClients(t *testing.T, opts ...sdk.Option) *clients {
	t.Helper()
	var c clients
	var errs [4]error
	c.cargo, errs[0] = cargo.New(opts...)
	c.releases, errs[1] = releases.New(opts...)
	c.versori, errs[2] = versori.New(append(opts[:len(opts):len(opts)], versori.WithOrganisation("01J9ZQ6V6K3M2N4P5Q6R7S8T9V"))...)
	c.licensing, errs[3] = licensing.New(opts...)
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	c.app = c.releases.App(shop())
	return &c
}

// operation is one public method.
type operation struct {
	name, method string
	call         func(context.Context, *clients, ...sdk.Option) error
}

// operations are one or more for each HTTP method and each platform.
func operations() []operation {
	return []operation{
		{"releases.Get", "GET", get},
		{"releases.List", "GET", list},
		{"releases.Create", "POST", create},
		{"releases.Activate", "POST", activate},
		{"releases.Delete", "DELETE", remove},
		{"cargo.UpdateDraft", "PUT", updateDraft},
		{"versori.Update", "PUT", updateFlow},
		{"licensing.Update", "PATCH", patch},
	}
}

// safe tells whether the operation does no harm when it is sent twice.
func (o operation) safe() bool { return o.method == "GET" || o.method == "PUT" || o.method == "DELETE" }

// attempts is how often the operation is sent when each attempt fails in a way that may be repeated.
func (o operation) attempts() int {
	if o.safe() {
		return 4
	}
	return 1
}

// hasResult tells whether the operation gives back more than an error.
func (o operation) hasResult() bool { return o.name != "releases.Delete" }

func get(ctx context.Context, c *clients, opts ...sdk.Option) error {
	_, err := c.app.Releases.Get(ctx, "rel_1", opts...)
	return err
}

func list(ctx context.Context, c *clients, opts ...sdk.Option) error {
	_, err := c.app.Releases.List(ctx, releases.ReleaseListParams{}, opts...)
	return err
}

func create(ctx context.Context, c *clients, opts ...sdk.Option) error {
	_, err := c.app.Releases.Create(ctx, releases.ReleaseCreate{ReleaseTag: "v1"}, opts...)
	return err
}

func activate(ctx context.Context, c *clients, opts ...sdk.Option) error {
	_, err := c.app.Releases.Activate(ctx, "rel_1", opts...)
	return err
}

func remove(ctx context.Context, c *clients, opts ...sdk.Option) error {
	return c.app.Releases.Delete(ctx, "rel_1", opts...)
}

func updateDraft(ctx context.Context, c *clients, opts ...sdk.Option) error {
	_, err := c.cargo.Releases.UpdateDraft(ctx, cargo.ReleaseUpdateDraft{WorkflowUUID: "3f0c4c1e-54a7-4a0e-9a5b-0d8a3f4b6c11"}, opts...)
	return err
}

func updateFlow(ctx context.Context, c *clients, opts ...sdk.Option) error {
	_, err := c.versori.Flows.Update(ctx, project, "orders", someFlow(), opts...)
	return err
}

func patch(ctx context.Context, c *clients, opts ...sdk.Option) error {
	_, err := c.licensing.Releases.Update(ctx, "rel_1", someUpdate(), opts...)
	return err
}

func someFlow() versori.Flow { return versori.Flow{Name: "orders", Spans: []versori.Span{}} }

func someUpdate() licensing.ReleaseUpdate {
	return licensing.ReleaseUpdate{Channel: sdk.Some("beta")}
}

// wantTrouble checks that the error is the platform's own with a status, after so many attempts.
func wantTrouble(t *testing.T, err error, status, attempts int) {
	t.Helper()
	e := assert.APIError(t, err)
	if e.Status != status || e.Code != "E_BROKEN" || e.Message != "it broke" || e.Attempts != attempts {
		t.Errorf("want status %d after %d attempts, got %d after %d: %v", status, attempts, e.Status, e.Attempts, e)
	}
}
