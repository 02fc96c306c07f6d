package bench

import (
	"context"
	"net/http"

	"github.com/wharfinger/sdk/internal/bench/peers/oapi"
)

type oapiRunner struct{ client *oapi.ClientWithResponses }

func newOAPI(base string, transport http.RoundTripper) (Runner, error) {
	client, err := oapi.NewClientWithResponses(base,
		oapi.WithHTTPClient(&http.Client{Transport: transport}),
		oapi.WithRequestEditorFn(func(_ context.Context, req *http.Request) error {
			req.Header.Set("Authorization", "Bearer "+token)
			return nil
		}))
	if err != nil {
		return nil, err
	}
	return &oapiRunner{client}, nil
}

func (r *oapiRunner) Get(ctx context.Context, id string) (string, error) {
	resp, err := r.client.ReleasesGetWithResponse(ctx, org, workspace, app, id)
	if err != nil {
		return "", err
	}
	if resp.JSON200 == nil {
		return "", statusError(resp.StatusCode())
	}
	return resp.JSON200.ReleaseTag, nil
}

func (r *oapiRunner) Page(ctx context.Context, cursor string) (Tally, error) {
	var t Tally
	_, err := r.page(ctx, cursor, &t)
	return t, err
}

func (r *oapiRunner) All(ctx context.Context) (Tally, error) {
	var t Tally
	cursor := ""
	for {
		next, err := r.page(ctx, cursor, &t)
		if err != nil || next == "" {
			return t, err
		}
		cursor = next
	}
}

func (r *oapiRunner) page(ctx context.Context, cursor string, t *Tally) (next string, err error) {
	limit := PageSize
	params := oapi.ReleasesListParams{Limit: &limit}
	if cursor != "" {
		params.Cursor = &cursor
	}
	resp, err := r.client.ReleasesListWithResponse(ctx, org, workspace, app, &params)
	if err != nil {
		return "", err
	}
	v := resp.JSON200
	if v == nil {
		return "", statusError(resp.StatusCode())
	}
	for i := range v.Releases {
		t.add(v.Releases[i].ReleaseNumber, v.Releases[i].Description != nil, v.Releases[i].ActivatedAt != nil)
	}
	if v.HasMore && v.NextCursor != nil {
		next = *v.NextCursor
	}
	return next, nil
}

func (r *oapiRunner) Create(ctx context.Context, tag, description string) (string, error) {
	resp, err := r.client.ReleasesCreateWithResponse(ctx, org, workspace, app, oapi.ReleaseCreate{ReleaseTag: tag, Description: &description})
	if err != nil {
		return "", err
	}
	if resp.JSON200 == nil {
		return "", statusError(resp.StatusCode())
	}
	return resp.JSON200.ReleaseId, nil
}
