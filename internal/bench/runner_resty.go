package bench

import (
	"context"
	"net/http"
	"strconv"

	"github.com/go-resty/resty/v2"
)

// restyRunner decodes into the types of the client by hand.
type restyRunner struct{ client *resty.Client }

func newResty(base string, transport http.RoundTripper) (Runner, error) {
	client := resty.New().SetBaseURL(base).SetAuthToken(token).SetHeader("Accept", "application/json").
		SetPathParams(map[string]string{"org": org, "workspace": workspace, "app": app})
	if transport != nil {
		client.SetTransport(transport)
	}
	return &restyRunner{client}, nil
}

const restyReleases = "/v1/orgs/{org}/workspaces/{workspace}/apps/{app}/releases"

func (r *restyRunner) Get(ctx context.Context, id string) (string, error) {
	var v handDetail
	resp, err := r.client.R().SetContext(ctx).SetPathParam("id", id).SetResult(&v).Get(restyReleases + "/{id}")
	return v.ReleaseTag, restyError(resp, err)
}

func (r *restyRunner) Page(ctx context.Context, cursor string) (Tally, error) {
	var t Tally
	_, err := r.page(ctx, cursor, &t)
	return t, err
}

func (r *restyRunner) All(ctx context.Context) (Tally, error) {
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

func (r *restyRunner) page(ctx context.Context, cursor string, t *Tally) (next string, err error) {
	var v handList
	req := r.client.R().SetContext(ctx).SetQueryParam("limit", strconv.Itoa(PageSize)).SetResult(&v)
	if cursor != "" {
		req.SetQueryParam("cursor", cursor)
	}
	resp, err := req.Get(restyReleases)
	if err := restyError(resp, err); err != nil {
		return "", err
	}
	for i := range v.Releases {
		t.add(v.Releases[i].ReleaseNumber, v.Releases[i].Description != nil, v.Releases[i].ActivatedAt != nil)
	}
	if v.HasMore && v.NextCursor != nil {
		next = *v.NextCursor
	}
	return next, nil
}

func (r *restyRunner) Create(ctx context.Context, tag, description string) (string, error) {
	var v handDetail
	resp, err := r.client.R().SetContext(ctx).SetBody(handCreate{tag, &description}).SetResult(&v).Post(restyReleases)
	return v.ReleaseID, restyError(resp, err)
}

func restyError(resp *resty.Response, err error) error {
	if err == nil && resp.StatusCode() != http.StatusOK {
		err = statusError(resp.StatusCode())
	}
	return err
}
