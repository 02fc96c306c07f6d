package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"time"
)

// hand is what a careful programmer writes without a library: typed answers, escaped ids, the status checked, the body
// closed. It makes one attempt, has no limits, and drops what it doesn't know.
type hand struct {
	base   string
	client *http.Client
}

func newHand(base string, transport http.RoundTripper) (Runner, error) {
	return &hand{base, &http.Client{Transport: transport}}, nil
}

type handRelease struct {
	ReleaseID         string     `json:"release_id"`
	AppID             string     `json:"app_id"`
	WorkspaceID       string     `json:"workspace_id"`
	OrgID             string     `json:"org_id"`
	ReleaseTag        string     `json:"release_tag"`
	ReleaseNumber     int        `json:"release_number"`
	Status            string     `json:"status"`
	Description       *string    `json:"description"`
	EndpointCount     int        `json:"endpoint_count"`
	AugmentationCount int        `json:"augmentation_count"`
	ActivatedAt       *time.Time `json:"activated_at"`
	ActivatedBy       *string    `json:"activated_by"`
	CreatedAt         time.Time  `json:"created_at"`
	CreatedBy         string     `json:"created_by"`
}

type handDetail struct {
	handRelease
	Endpoints         []json.RawMessage `json:"endpoints"`
	Augmentations     []json.RawMessage `json:"augmentations"`
	ChangeLog         *string           `json:"change_log"`
	PreviousReleaseID *string           `json:"previous_release_id"`
}

type handList struct {
	Total           int           `json:"total"`
	HasMore         bool          `json:"has_more"`
	NextCursor      *string       `json:"next_cursor"`
	Releases        []handRelease `json:"releases"`
	ActiveReleaseID *string       `json:"active_release_id"`
}

type handCreate struct {
	ReleaseTag  string  `json:"release_tag"`
	Description *string `json:"description,omitempty"`
}

func (h *hand) Get(ctx context.Context, id string) (string, error) {
	var v handDetail
	err := h.do(ctx, http.MethodGet, h.releases()+"/"+url.PathEscape(id), nil, &v)
	return v.ReleaseTag, err
}

func (h *hand) Page(ctx context.Context, cursor string) (Tally, error) {
	var t Tally
	_, err := h.page(ctx, cursor, &t)
	return t, err
}

func (h *hand) All(ctx context.Context) (Tally, error) {
	var t Tally
	cursor := ""
	for {
		next, err := h.page(ctx, cursor, &t)
		if err != nil || next == "" {
			return t, err
		}
		cursor = next
	}
}

func (h *hand) page(ctx context.Context, cursor string, t *Tally) (next string, err error) {
	query := url.Values{"limit": {"200"}}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	var v handList
	if err := h.do(ctx, http.MethodGet, h.releases()+"?"+query.Encode(), nil, &v); err != nil {
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

func (h *hand) Create(ctx context.Context, tag, description string) (string, error) {
	body, err := json.Marshal(handCreate{tag, &description})
	if err != nil {
		return "", err
	}
	var v handDetail
	err = h.do(ctx, http.MethodPost, h.releases(), body, &v)
	return v.ReleaseID, err
}

func (h *hand) releases() string {
	return h.base + "/v1/orgs/" + url.PathEscape(org) + "/workspaces/" + url.PathEscape(workspace) + "/apps/" + url.PathEscape(app) + "/releases"
}

func (h *hand) do(ctx context.Context, method, address string, body []byte, v any) error {
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, reader)
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json")
	resp, err := h.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return statusError(resp.StatusCode)
	}
	return json.NewDecoder(resp.Body).Decode(v)
}
