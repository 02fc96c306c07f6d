package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/licensing"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/versori"
)

// liveTour makes the reading calls of one platform against the real one, with the token from the environment.
func liveTour(ctx context.Context, r *report, name string) error {
	opts := []sdk.Option{r.hooks(), sdk.WithUserAgent("wharfinger-tour"), sdk.WithMaxElapsed(30 * time.Second)}
	var err error
	switch name {
	case "releases":
		err = liveReleases(ctx, r, opts)
	case "cargo":
		_, err = cargo.New(opts...)
	case "versori":
		err = liveVersori(ctx, r, opts)
	case "licensing":
		_, err = licensing.New(opts...)
	default:
		return fmt.Errorf("there is no platform %q: it is cargo, releases, versori or licensing", name)
	}
	if err != nil {
		return explain(err)
	}
	if name == "cargo" || name == "licensing" {
		r.say("%s has no reading calls yet, so nothing was sent.", name)
	}
	return nil
}

// liveReleases reads one page of releases and the active one, of the app that the environment names.
func liveReleases(ctx context.Context, r *report, opts []sdk.Option) error {
	client, err := releases.New(opts...)
	if err != nil {
		return err
	}
	ref := releases.AppRef{Org: os.Getenv("MECHAMENTAL_ORG"), Workspace: os.Getenv("MECHAMENTAL_WORKSPACE"), App: os.Getenv("MECHAMENTAL_APP")}
	if ref.Org == "" || ref.Workspace == "" || ref.App == "" {
		return errors.New("set MECHAMENTAL_ORG, MECHAMENTAL_WORKSPACE and MECHAMENTAL_APP to the ids of an app")
	}
	app := client.App(ref)
	page, err := app.Releases.List(ctx, releases.ReleaseListParams{Limit: 10})
	if err != nil {
		return err
	}
	r.say("%d of %d releases", len(page.Releases), page.Total)
	if len(page.Releases) > 0 {
		if _, err := app.Releases.Get(ctx, page.Releases[0].ReleaseID); err != nil {
			return err
		}
	}
	_, err = app.Releases.GetActive(ctx)
	if errors.Is(err, sdk.ErrNotFound) {
		r.say("no release is active")
		return nil
	}
	return err
}

// liveVersori reads the projects of the organisation that the environment names, the first of them, and the systems.
func liveVersori(ctx context.Context, r *report, opts []sdk.Option) error {
	organisation := os.Getenv("VERSORI_ORGANISATION")
	if organisation == "" {
		return errors.New("set VERSORI_ORGANISATION to the id of an organisation")
	}
	client, err := versori.New(append(opts, versori.WithOrganisation(organisation))...)
	if err != nil {
		return err
	}
	list, err := client.Projects.List(ctx, versori.ProjectListParams{})
	if err != nil {
		return err
	}
	r.say("%d projects", len(list.Projects))
	if len(list.Projects) > 0 {
		if _, err := client.Projects.Get(ctx, list.Projects[0].ID); err != nil {
			return err
		}
	}
	_, err = client.Systems.List(ctx, versori.SystemListParams{})
	return err
}

// explain says what a person can do about an error.
func explain(err error) error {
	var e *sdk.Error
	switch {
	case errors.Is(err, sdk.ErrUnauthorized):
		return fmt.Errorf("the platform does not accept the token: %w", err)
	case errors.Is(err, sdk.ErrForbidden):
		return fmt.Errorf("the token may not do this: %w", err)
	case errors.As(err, &e) && e.Status == 0 && e.Attempts > 0:
		return fmt.Errorf("the platform can not be reached: %w", err)
	}
	return err
}
