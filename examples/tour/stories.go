package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/licensing"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/versori"
)

// walk ranges over more releases than fit on a page.
func walk(ctx context.Context, p *platforms) error {
	many := releases.AppRef{Org: "acme", Workspace: "main", App: "archive"}
	p.releasesFake.Seed(many, 450)
	app := p.releasesFake.Client(p.report.hooks()).App(many)
	seen := map[string]bool{}
	for release, err := range app.Releases.All(ctx, releases.ReleaseListParams{Limit: 200}, sdk.WithPrefetch()) {
		if err != nil {
			return err
		}
		seen[release.ReleaseID] = true
	}
	p.report.say("%d different releases", len(seen))
	if len(seen) != 450 {
		return fmt.Errorf("%d of 450 releases came", len(seen))
	}
	return nil
}

// repeated shows a failure that the client gets over by itself.
func repeated(ctx context.Context, p *platforms) error {
	p.releasesFake.Inject("Releases.GetActive", fault.Status(http.StatusServiceUnavailable))
	active, err := p.app.Releases.GetActive(ctx)
	if err != nil {
		return err
	}
	p.report.say("the first attempt met a 503, the second found %s", active.ReleaseTag)
	return nil
}

// errorShapes makes one call for each shape of error that the platforms have, and shows what became of it.
func errorShapes(ctx context.Context, p *platforms) error {
	p.releasesFake.ExpectInvalid("Releases.List")
	p.versoriFake.ExpectInvalid("Flows.Update")
	_, noModel := p.cargo.Plays.Create(ctx, cargo.PlayCreate{
		Name: "Nowhere", ModelUUID: "00000000-0000-4000-8000-000000000000",
		ChangeKinds: []cargo.ChangeKind{cargo.ChangeKindAdded}, RunCreationRule: cargo.RunCreationRuleOnce,
	})
	_, noRelease := p.app.Releases.Get(ctx, "rel_unknown")
	_, badLimit := p.app.Releases.List(ctx, releases.ReleaseListParams{Limit: 201})
	_, badProject := p.versori.Flows.Update(ctx, "not-a-ulid", "orders", versori.Flow{Name: "orders", Spans: []versori.Span{}})
	_, noLicence := p.licensing.Releases.Update(ctx, "unknown", licensing.ReleaseUpdate{Channel: sdk.Some("beta")})
	for _, c := range []struct {
		err  error
		want error
	}{
		{noModel, sdk.ErrValidation}, {noRelease, sdk.ErrNotFound}, {badLimit, sdk.ErrValidation}, {badProject, sdk.ErrValidation},
		{noLicence, sdk.ErrNotFound},
	} {
		var e *sdk.Error
		if !errors.As(c.err, &e) || !errors.Is(c.err, c.want) {
			return fmt.Errorf("got %w, want %w", c.err, c.want)
		}
		p.report.say("%v", e)
	}
	return nil
}

// webhook updates a release and receives the event that the update triggers.
func webhook(ctx context.Context, p *platforms) error {
	const token = "a token for this tour only"
	received := make(chan *licensing.WebhookEvent, 1)
	verifier := &licensing.WebhookVerifier{Tokens: []sdk.Secret{sdk.NewSecret(token)}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{
		ReadHeaderTimeout: time.Second,
		Handler: licensing.WebhookHandler(verifier, func(_ context.Context, e *licensing.WebhookEvent) error {
			received <- e
			return nil
		}),
	}
	go func() { _ = server.Serve(listener) }() // ends with Close
	defer server.Close()
	p.licensingFake.PutWebhook("http://"+listener.Addr().String(), token, "release.updated")
	release := p.licensingFake.PutRelease(licensing.Release{Name: "App 3.0", Channel: "beta", Version: "3.0"})
	if _, err := p.licensing.Releases.Update(ctx, release.ID, licensing.ReleaseUpdate{Channel: sdk.Some("stable")}); err != nil {
		return err
	}
	select {
	case e := <-received:
		updated, err := e.Release()
		if err != nil {
			return err
		}
		p.report.say("%s: %s is now in channel %s, signature verified", e.Event, updated.Name, updated.Channel)
		return nil
	case <-time.After(10 * time.Second):
		return errors.New("no event was delivered")
	case <-ctx.Done():
		return ctx.Err()
	}
}
