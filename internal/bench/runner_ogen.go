package bench

import (
	"context"
	"fmt"
	"net/http"

	"github.com/wharfinger/sdk/internal/bench/peers/ogen"
)

type ogenRunner struct{ client *ogen.Client }

type ogenToken struct{}

func (ogenToken) Bearer(context.Context, ogen.OperationName) (ogen.Bearer, error) {
	return ogen.Bearer{Token: token}, nil
}

func newOgen(base string, transport http.RoundTripper) (Runner, error) {
	client, err := ogen.NewClient(base, ogenToken{}, ogen.WithClient(&http.Client{Transport: transport}))
	if err != nil {
		return nil, err
	}
	return &ogenRunner{client}, nil
}

func (r *ogenRunner) Get(ctx context.Context, id string) (string, error) {
	resp, err := r.client.ReleasesGet(ctx, ogen.ReleasesGetParams{OrgID: org, WorkspaceID: workspace, AppID: app, ReleaseID: id})
	if err != nil {
		return "", err
	}
	v, ok := resp.(*ogen.ReleaseDetail)
	if !ok {
		return "", fmt.Errorf("the answer is a %T", resp)
	}
	return v.ReleaseTag, nil
}

func (r *ogenRunner) Page(ctx context.Context, cursor string) (Tally, error) {
	var t Tally
	_, err := r.page(ctx, cursor, &t)
	return t, err
}

func (r *ogenRunner) All(ctx context.Context) (Tally, error) {
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

func (r *ogenRunner) page(ctx context.Context, cursor string, t *Tally) (next string, err error) {
	params := ogen.ReleasesListParams{OrgID: org, WorkspaceID: workspace, AppID: app, Limit: ogen.NewOptInt(PageSize)}
	if cursor != "" {
		params.Cursor = ogen.NewOptString(cursor)
	}
	resp, err := r.client.ReleasesList(ctx, params)
	if err != nil {
		return "", err
	}
	v, ok := resp.(*ogen.ReleaseList)
	if !ok {
		return "", fmt.Errorf("the answer is a %T", resp)
	}
	for i := range v.Releases {
		_, described := v.Releases[i].Description.Get()
		_, activated := v.Releases[i].ActivatedAt.Get()
		t.add(v.Releases[i].ReleaseNumber, described, activated)
	}
	if v.HasMore {
		next = v.NextCursor.Or("")
	}
	return next, nil
}

func (r *ogenRunner) Create(ctx context.Context, tag, description string) (string, error) {
	resp, err := r.client.ReleasesCreate(ctx, &ogen.ReleaseCreate{ReleaseTag: tag, Description: ogen.NewOptString(description)},
		ogen.ReleasesCreateParams{OrgID: org, WorkspaceID: workspace, AppID: app})
	if err != nil {
		return "", err
	}
	v, ok := resp.(*ogen.ReleaseDetail)
	if !ok {
		return "", fmt.Errorf("the answer is a %T", resp)
	}
	return v.ReleaseID, nil
}
