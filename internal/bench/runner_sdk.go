package bench

import (
	"context"
	"net/http"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/releases"
)

// own is this SDK as it comes: repeats, limits, timeouts, redaction and strict requests are all on.
type own struct{ app *releases.AppServices }

func newSDK(base string, transport http.RoundTripper) (Runner, error) {
	opts := []sdk.Option{sdk.WithToken(token), sdk.WithBaseURL(base)}
	if transport != nil {
		opts = append(opts, sdk.WithTransport(transport))
	}
	client, err := releases.New(opts...)
	if err != nil {
		return nil, err
	}
	return &own{client.App(releases.AppRef{Org: org, Workspace: workspace, App: app})}, nil
}

func (o *own) Get(ctx context.Context, id string) (string, error) {
	v, err := o.app.Releases.Get(ctx, id)
	if err != nil {
		return "", err
	}
	return v.ReleaseTag, nil
}

func (o *own) Page(ctx context.Context, cursor string) (Tally, error) {
	var t Tally
	v, err := o.app.Releases.List(ctx, releases.ReleaseListParams{Limit: PageSize, Cursor: cursor})
	if err != nil {
		return t, err
	}
	for i := range v.Releases {
		t.addOwn(&v.Releases[i])
	}
	return t, nil
}

func (o *own) All(ctx context.Context) (Tally, error) {
	var t Tally
	for v, err := range o.app.Releases.All(ctx, releases.ReleaseListParams{Limit: PageSize}) {
		if err != nil {
			return t, err
		}
		t.addOwn(&v)
	}
	return t, nil
}

func (o *own) Create(ctx context.Context, tag, description string) (string, error) {
	v, err := o.app.Releases.Create(ctx, releases.ReleaseCreate{ReleaseTag: tag, Description: sdk.Some(description)})
	if err != nil {
		return "", err
	}
	return v.ReleaseID, nil
}

func (t *Tally) addOwn(v *releases.Release) {
	_, described := v.Description.Get()
	_, activated := v.ActivatedAt.Get()
	t.add(v.ReleaseNumber, described, activated)
}
