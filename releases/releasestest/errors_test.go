package releasestest_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

// The platform's error bodies, at the midnight of the tests' clock.
const (
	unauthenticated = `{"error":"AUTHENTICATION_FAILED","message":"Authentication required","details":{},` +
		`"timestamp":"2025-01-01T00:00:00.000000","status_code":401}`
	forbidden = `{"error":"FORBIDDEN","message":"You don't have permission to perform this action",` +
		`"details":{"required_permission":"apps:manage"},"timestamp":"2025-01-01T00:00:00.000000","status_code":403}`
	notFound = `{"error":"RESOURCE_NOT_FOUND","message":"The requested resource was not found",` +
		`"details":{"resource_id":"ID","resource_type":"release"},"timestamp":"2025-01-01T00:00:00.000000","status_code":404}`
)

// operation is one call of an operation on releases, about the release of an id.
type operation struct {
	name   string
	writes bool
	byID   bool
	call   func(ctx context.Context, app *releases.ReleasesService, id string) error
}

// operations are all operations on releases.
func operations() []operation {
	return []operation{
		{"Releases.List", false, false, func(ctx context.Context, app *releases.ReleasesService, _ string) error {
			_, err := app.List(ctx, releases.ReleaseListParams{})
			return err
		}},
		{"Releases.Create", true, false, func(ctx context.Context, app *releases.ReleasesService, id string) error {
			_, err := app.Create(ctx, releases.ReleaseCreate{ReleaseTag: "tag of " + id})
			return err
		}},
		{"Releases.GetActive", false, false, func(ctx context.Context, app *releases.ReleasesService, _ string) error {
			_, err := app.GetActive(ctx)
			return err
		}},
		{"Releases.Get", false, true, func(ctx context.Context, app *releases.ReleasesService, id string) error {
			_, err := app.Get(ctx, id)
			return err
		}},
		{"Releases.Delete", true, true, func(ctx context.Context, app *releases.ReleasesService, id string) error {
			return app.Delete(ctx, id)
		}},
		{"Releases.Activate", true, true, func(ctx context.Context, app *releases.ReleasesService, id string) error {
			_, err := app.Activate(ctx, id)
			return err
		}},
		{"Releases.Rollback", true, true, func(ctx context.Context, app *releases.ReleasesService, id string) error {
			_, err := app.Rollback(ctx, id)
			return err
		}},
		{"Releases.Archive", true, true, func(ctx context.Context, app *releases.ReleasesService, id string) error {
			_, err := app.Archive(ctx, id)
			return err
		}},
	}
}

func wantAnswer(t *testing.T, err error, status int, body string) {
	t.Helper()
	answer := assert.APIError(t, err)
	assert.Equal(t, "status", answer.Status, status)
	assert.Equal(t, "body", string(answer.Body), body)
}

func TestEveryOperationIsCovered(t *testing.T) {
	t.Parallel()
	s := releasestest.NewServer(t)
	tested := map[string]bool{}
	for _, o := range operations() {
		tested[o.name] = true
	}
	for _, o := range s.Document().Operations() {
		if o.Tag == "Releases" && (!s.Handled(o.ID) || !tested[o.ID]) {
			t.Errorf("%s: handled %v, tested %v", o.ID, s.Handled(o.ID), tested[o.ID])
		}
	}
}

func TestEveryOperationNeedsAToken(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		for name, option := range map[string]sdk.Option{
			"without a token":        sdk.WithoutToken(),
			"with an unknown token":  sdk.WithToken("mm_tok_unknown"),
			"with nothing as scheme": sdk.WithHeader("Authorization", releasestest.Token),
			"with another scheme":    sdk.WithHeader("Authorization", "Basic "+releasestest.Token),
		} {
			t.Run(o.name+" "+name, func(t *testing.T) {
				t.Parallel()
				s, _ := newApp(t)
				id := s.Seed(shop, 1)[0].ReleaseID
				opts := []sdk.Option{option}
				if strings.HasSuffix(name, "scheme") {
					opts = append(opts, sdk.WithoutToken())
				}
				wantAnswer(t, o.call(t.Context(), s.Client(opts...).App(shop).Releases, id), http.StatusUnauthorized, unauthenticated)
				stored, _ := s.Release(shop, id)
				assert.Equal(t, "status", stored.Status, draft)
			})
		}
	}
}

func TestForbiddenTokenMayOnlyRead(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			s, _ := newApp(t)
			id := s.Put(shop, releases.ReleaseDetail{Status: active}).ReleaseID
			app := s.Client(sdk.WithToken(releasestest.ForbiddenToken)).App(shop).Releases
			err := o.call(t.Context(), app, id)
			if !o.writes {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantAnswer(t, err, http.StatusForbidden, forbidden)
			stored, _ := s.Release(shop, id)
			assert.Equal(t, "status", stored.Status, active)
			assert.Equal(t, "releases", len(s.Seed(shop, 1)), 1)
		})
	}
}

func TestUnknownReleaseIsNotFound(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		if !o.byID {
			continue
		}
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			s, app := newApp(t)
			s.Seed(shop, 1)
			wantAnswer(t, o.call(t.Context(), app, "rel_none"), http.StatusNotFound, strings.Replace(notFound, "ID", "rel_none", 1))
			elsewhere := s.Client().App(releases.AppRef{Org: "acme", Workspace: "main", App: "other"}).Releases
			id := s.Seed(shop, 1)[0].ReleaseID
			wantAnswer(t, o.call(t.Context(), elsewhere, id), http.StatusNotFound, strings.Replace(notFound, "ID", id, 1))
		})
	}
	t.Run("Releases.GetActive", func(t *testing.T) {
		t.Parallel()
		s, app := newApp(t)
		s.Seed(shop, 1)
		_, err := app.GetActive(t.Context())
		wantAnswer(t, err, http.StatusNotFound, strings.Replace(notFound, "ID", "active", 1))
	})
}

func TestErrorsCarryThePlatformsTime(t *testing.T) {
	t.Parallel()
	s, app := newApp(t)
	s.Advance(26*time.Hour + 1500*time.Nanosecond)
	_, err := app.GetActive(t.Context())
	answer := assert.APIError(t, err)
	if want := `"timestamp":"2025-01-02T02:00:00.000001"`; !strings.Contains(string(answer.Body), want) {
		t.Errorf("got %s, want %s in it", answer.Body, want)
	}
	assert.Equal(t, "code", answer.Code, releases.CodeResourceNotFound)
}

// TestInvalidRequests checks the platform's answer and the line of the report for what breaks the document.
func TestInvalidRequests(t *testing.T) {
	t.Parallel()
	const path = "/v1/orgs/acme/workspaces/main/apps/shop/releases"
	tests := []struct {
		name, method string
		query        string
		body         any
		want, line   string
	}{
		{
			"limit too large", "GET", "limit=500", nil,
			`{"loc":["query","limit"],"msg":"Must be 200 or less","type":"less_than_equal","input":"500","ctx":{"le":200}}`,
			`Releases.List: query parameter "limit": number must be at most 200`,
		},
		{
			"limit too small", "GET", "limit=0", nil,
			`{"loc":["query","limit"],"msg":"Must be 1 or more","type":"greater_than_equal","input":"0","ctx":{"ge":1}}`,
			`Releases.List: query parameter "limit": number must be at least 1`,
		},
		{
			"limit no number", "GET", "limit=all", nil,
			`{"loc":["query","limit"],"msg":"Must be an integer","type":"int_parsing","input":"all","ctx":{}}`,
			`Releases.List: query parameter "limit": value must be an integer`,
		},
		{
			"limit empty", "GET", "limit=", nil,
			`{"loc":["query","limit"],"msg":"Must be an integer","type":"int_parsing","input":"","ctx":{}}`,
			`Releases.List: query parameter "limit" is empty`,
		},
		{
			"cursor empty", "GET", "cursor=", nil,
			`{"loc":["query","cursor"],"msg":"Must have 1 characters or more","type":"string_too_short","input":"","ctx":{"min_length":1}}`,
			`Releases.List: query parameter "cursor" is empty`,
		},
		{
			"flag that is none", "GET", "include_archived=maybe", nil,
			`{"loc":["query","include_archived"],"msg":"Must be true or false","type":"bool_parsing","input":"maybe","ctx":{}}`,
			`Releases.List: query parameter "include_archived": value must be a boolean`,
		},
		{
			"parameter twice", "GET", "limit=1&limit=2", nil,
			`{"loc":["query","limit"],"msg":"is there twice","type":"value_error","input":"1","ctx":{}}`,
			`Releases.List: query parameter "limit" is there twice`,
		},
		{
			"unknown parameter", "GET", "page=2", nil,
			`{"loc":["query","page"],"msg":"There is no such parameter","type":"extra_forbidden","input":"2","ctx":{}}`,
			`Releases.List: query parameter "page" is not in the document`,
		},
		{
			"no tag", "POST", "", map[string]any{},
			`{"loc":["body","release_tag"],"msg":"This member must be given","type":"missing","input":null,"ctx":{}}`,
			`Releases.Create: body /release_tag is missing`,
		},
		{
			"tag is null", "POST", "", map[string]any{"release_tag": nil},
			`{"loc":["body","release_tag"],"msg":"Must be a string","type":"string_type","input":null,"ctx":{}}`,
			`Releases.Create: body /release_tag is null`,
		},
		{
			"tag of another type", "POST", "", map[string]any{"release_tag": 1.5},
			`{"loc":["body","release_tag"],"msg":"Must be a string","type":"string_type","input":1.5,"ctx":{}}`,
			`Releases.Create: body /release_tag: value must be a string`,
		},
		{
			"tag is empty", "POST", "", map[string]any{"release_tag": ""},
			`{"loc":["body","release_tag"],"msg":"Must have 1 characters or more","type":"string_too_short","input":"","ctx":{"min_length":1}}`,
			`Releases.Create: body /release_tag: minimum string length is 1`,
		},
		{
			"unknown member", "POST", "", map[string]any{"release_tag": "v1", "branch": "main"},
			`{"loc":["body","branch"],"msg":"There is no such member","type":"extra_forbidden","input":"main","ctx":{}}`,
			`Releases.Create: body /branch is not in the document`,
		},
		{
			"body is a list", "POST", "", []any{},
			`{"loc":["body"],"msg":"Must be an object","type":"model_type","input":[],"ctx":{}}`,
			`Releases.Create: body: value must be an object`,
		},
		{
			"no body", "POST", "", nil,
			`{"loc":["body"],"msg":"A body must be given","type":"missing","input":null,"ctx":{}}`,
			`Releases.Create: body is missing`,
		},
		{
			"body that isn't JSON", "POST", "", []byte(`{"release_tag":`),
			`{"loc":["body"],"msg":"The body must be JSON","type":"json_invalid","input":null,"ctx":{}}`,
			`Releases.Create: body is not JSON: unexpected end of JSON input`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, r := newRecorded(t)
			query, err := url.ParseQuery(test.query)
			if err != nil {
				t.Fatal(err)
			}
			client := s.Client(sdk.WithHeader("Content-Type", "application/json"))
			err = client.Do(t.Context(), test.method, path, query, test.body, nil)
			wantAnswer(t, err, http.StatusUnprocessableEntity, `{"detail":[`+test.want+`]}`)
			assert.Lines(t, r.Reported(), []string{"releasestest: " + test.method + " " + test.line})
			assert.Equal(t, "releases", s.Seed(shop, 1)[0].ReleaseNumber, 1)
		})
	}
}

func TestUnknownPathsAnswerInThePlatformsWay(t *testing.T) {
	t.Parallel()
	s, r := newRecorded(t)
	s.SetClock(func() time.Time { return midnight })
	err := s.Client().Do(t.Context(), "GET", "/v1/nowhere", nil, nil, nil)
	wantAnswer(t, err, http.StatusNotFound, `{"error":"RESOURCE_NOT_FOUND","message":"The requested resource was not found",`+
		`"details":{"resource_id":"/v1/nowhere","resource_type":"path"},"timestamp":"2025-01-01T00:00:00.000000","status_code":404}`)
	err = s.Client().Do(t.Context(), "PUT", "/v1/orgs/a/workspaces/b/apps/c/releases", nil, nil, nil)
	wantAnswer(t, err, http.StatusMethodNotAllowed, `{"error":"METHOD_NOT_ALLOWED",`+
		`"message":"the document has this path only for GET, POST","details":{},"timestamp":"2025-01-01T00:00:00.000000","status_code":405}`)
	assert.Lines(t, r.Reported(), []string{
		"releasestest: GET /v1/nowhere: the document has no such path",
		"releasestest: PUT /v1/orgs/a/workspaces/b/apps/c/releases: the document has this path only for GET, POST",
	})
}
