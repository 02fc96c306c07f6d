package versoritest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori/versoritest"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	const unauthenticated = `{"code":"401001","message":"Not authenticated","details":"The token is missing or unknown"}`
	tests := []struct {
		name   string
		opts   []sdk.Option
		status int
		body   string
	}{
		{"without a token", []sdk.Option{sdk.WithoutToken()}, 401, unauthenticated},
		{"with an unknown key", []sdk.Option{sdk.WithToken("swo_unknown")}, 401, unauthenticated},
		{"with an unknown signed token", []sdk.Option{sdk.WithToken("a.b.c")}, 401, unauthenticated},
		{
			"with a key under the scheme of signed tokens",
			[]sdk.Option{sdk.WithoutToken(), sdk.WithHeader("Authorization", "JWT "+versoritest.Token)}, 401, unauthenticated,
		},
		{
			"with a key that may only read", []sdk.Option{sdk.WithToken(versoritest.ForbiddenToken)}, 403,
			`{"code":"403001","message":"Not allowed","details":"The token may not change anything"}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := versoritest.NewServer(t)
			_, err := s.Client(test.opts...).Flows.Update(t.Context(), project, "orders", plainFlow("orders"))
			wantAnswer(t, err, test.status, test.body)
			_, ok := s.Flow(organisation, project, "orders")
			assert.Equal(t, "stored", ok, false)
		})
	}
}

// TestInvalidRequests checks the platform's answer and the lines of the report for what breaks the document.
func TestInvalidRequests(t *testing.T) {
	t.Parallel()
	const path = "/o/" + organisation + "/projects/" + project + "/workflows/orders"
	tests := []struct {
		name, path string
		body       any
		want       string // behind code and message
		lines      []string
	}{
		{
			"an organisation that isn't a ULID", "/o/acme/projects/" + project + "/workflows/orders", plainFlow("orders"),
			`"details":"path parameter \"organisation_id\": value must be in the format ulid"`,
			[]string{`path parameter "organisation_id": value must be in the format ulid`},
		},
		{
			"a project with a letter that ULIDs don't have", "/o/" + organisation + "/projects/01JTESTPROJECT000000000000/workflows/orders",
			plainFlow("orders"), `"details":"path parameter \"project_id\": value must be in the format ulid"`,
			[]string{`path parameter "project_id": value must be in the format ulid`},
		},
		{
			"a body without members", path, map[string]any{},
			`"fields":[{"field":"name","message":"is missing"},{"field":"description","message":"is missing"},{"field":"spans","message":"is missing"}]`,
			[]string{"body /name is missing", "body /description is missing", "body /spans is missing"},
		},
		{
			"a value within a list", path,
			map[string]any{"name": "orders", "description": "", "spans": []any{map[string]any{
				"name": "a", "startTime": "yesterday", "endTime": "2026-03-02T09:15:27Z", "duration": 1, "attributes": map[string]any{},
				"status": map[string]any{}, "ended": true, "events": []any{},
				"spanContext": map[string]any{"traceId": "t", "spanId": "s", "traceFlags": "1"},
			}}},
			`"fields":[{"field":"spans[0].spanContext.traceFlags","message":"value must be an integer"},` +
				`{"field":"spans[0].startTime","message":"value must be in the format date-time"}]`,
			[]string{
				"body /spans/0/spanContext/traceFlags: value must be an integer",
				"body /spans/0/startTime: value must be in the format date-time",
			},
		},
		{
			"no body", path, nil, `"details":"body is missing"`, []string{"body is missing"},
		},
		{
			"a body that isn't JSON", path, []byte("{"), `"details":"body is not JSON: unexpected end of JSON input"`,
			[]string{"body is not JSON: unexpected end of JSON input"},
		},
		{
			"a parameter that the document doesn't have", path + "?dry_run=1", plainFlow("orders"),
			`"details":"query parameter \"dry_run\" is not in the document"`,
			[]string{`query parameter "dry_run" is not in the document`},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, r := newRecorded(t)
			client := s.Client(sdk.WithHeader("Content-Type", "application/json"))
			err := do(t.Context(), client, test.path, test.body)
			wantAnswer(t, err, 400, `{"code":"400001","message":"The request is not valid",`+test.want+`}`)
			var lines []string
			for _, line := range test.lines {
				lines = append(lines, "versoritest: PUT Flows.Update: "+line)
			}
			assert.Lines(t, r.Reported(), lines)
			_, ok := s.Flow(organisation, project, "orders")
			assert.Equal(t, "stored", ok, false)
		})
	}
}

func TestUnknownPathsAnswerInThePlatformsWay(t *testing.T) {
	t.Parallel()
	s, r := newRecorded(t)
	err := s.Client().Do(t.Context(), "GET", "/nowhere", nil, nil, nil)
	wantAnswer(t, err, 404, `{"code":"404001","message":"Not Found","details":"the document has no such path"}`)
	assert.Lines(t, r.Reported(), []string{"versoritest: GET /api/v2/nowhere: the document has no such path"})
}

func TestExpectedInvalidRequestIsNoProblem(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t) // reports to t itself
	s.ExpectInvalid("Flows.Update")
	_, err := s.Client().Flows.Update(t.Context(), "project", "orders", plainFlow("orders"))
	if !errors.Is(err, sdk.ErrValidation) {
		t.Errorf("got %v, want a validation error", err)
	}
	assert.Lines(t, s.Problems(), nil)
}

func TestClientReportsOptionsThatCannotBeRight(t *testing.T) {
	t.Parallel()
	s, r := newRecorded(t)
	client := s.Client(sdk.WithMaxAttempts(0))
	want := []string{"versoritest: Client: versori: sdk.WithMaxAttempts: 0 is less than 1"}
	assert.Lines(t, r.Reported(), want)
	assert.Lines(t, s.Problems(), want)
	update(t, client, "orders", plainFlow("orders"))
}

func TestServerWithoutATest(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(nil)
	update(t, s.Client(), "orders", plainFlow("orders"))
	s.PutFlow("", "", plainFlow("orders"))
	s.ExpectInvalid()
	s.Close()
	s.Close()
	assert.Lines(t, s.Problems(), []string{
		`versoritest: PutFlow: organisation "" and project "" must be ULIDs`,
		"versoritest: an invalid request to any operation was expected and never came",
	})
	_, err := s.Client(sdk.WithMaxAttempts(1)).Flows.Update(t.Context(), project, "orders", plainFlow("orders"))
	if err == nil {
		t.Error("a closed server answers")
	}
}

func TestRequestsAndAwait(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	update(t, s.Client(), "orders", plainFlow("orders"))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := s.Await(ctx, "Flows.Update", 1); err != nil {
		t.Fatal(err)
	}
	got := s.Requests("Flows.Update")[0]
	assert.Equal(t, "body", string(got.Body), `{"name":"orders","description":"A flow.","spans":[]}`)
	assert.Equal(t, "status", got.Status, 200)
	assert.Equal(t, "token", got.Header.Get("Authorization"), "Bearer [redacted]")
}
