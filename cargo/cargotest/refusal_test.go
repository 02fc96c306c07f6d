package cargotest_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/cargo/cargotest"
	"github.com/wharfinger/sdk/internal/assert"
)

// calls are one good call of each operation.
func calls() map[string]func(context.Context, *cargo.Client) error {
	return map[string]func(context.Context, *cargo.Client) error{
		"Plays.Create": func(ctx context.Context, c *cargo.Client) error {
			_, err := c.Plays.Create(ctx, play(nil))
			return err
		},
		"Releases.UpdateDraft": func(ctx context.Context, c *cargo.Client) error {
			_, err := c.Releases.UpdateDraft(ctx, cargo.ReleaseUpdateDraft{WorkflowUUID: workflowUUID})
			return err
		},
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		option  sdk.Option
		status  int
		message string
		is      error
	}{
		"the right one":      {sdk.WithToken(cargotest.Token), 200, "", nil},
		"another one":        {sdk.WithToken("expired"), 401, "unauthorized", sdk.ErrUnauthorized},
		"none":               {sdk.WithoutToken(), 401, "unauthorized", sdk.ErrUnauthorized},
		"without a scheme":   {withoutScheme, 401, "unauthorized", sdk.ErrUnauthorized},
		"without permission": {sdk.WithToken(cargotest.ForbiddenToken), 403, "forbidden", sdk.ErrForbidden},
	} {
		for operation, call := range calls() {
			t.Run(operation+" with "+name, func(t *testing.T) {
				t.Parallel()
				s := cargotest.NewServer(t)
				s.PutModel(modelUUID)
				s.PutWorkflow(workflowUUID)
				err := call(t.Context(), s.Client(c.option))
				if c.is == nil {
					if err != nil {
						t.Error(err)
					}
					return
				}
				assert.Refusal(t, err, c.status, "", c.message)
				if !errors.Is(err, c.is) {
					t.Errorf("%v isn't %v", err, c.is)
				}
			})
		}
	}
}

// Requests that break the document are a failure of the test, and are answered as the platform would.
func TestARequestThatBreaksTheDocumentIsReported(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ method, path, body, line, message string }{
		"a member that the platform doesn't know": {
			"PUT", "/orchestration/releases/updateDraft", `{"workflowUuid":"` + workflowUUID + `","force":true}`,
			"cargotest: PUT Releases.UpdateDraft: body /force is not in the document", "unrecognized_keys: force",
		},
		"the English spelling of a filter": {
			"POST", "/orchestration/plays", `{"name":"n","modelUuid":"m","changeKinds":[],"runCreationRule":"once",` +
				`"filter":{"conjonction":"and","conjunction":"and","groups":[]}}`,
			"cargotest: POST Plays.Create: body /filter/conjunction is not in the document", "unrecognized_keys: conjunction",
		},
		"a missing member": {
			"PUT", "/orchestration/releases/updateDraft", `{"nodes":[]}`,
			"cargotest: PUT Releases.UpdateDraft: body /workflowUuid is missing", "/workflowUuid is missing",
		},
		"a wrong type": {
			"POST", "/orchestration/plays", `{"name":7,"modelUuid":"m","changeKinds":[],"runCreationRule":"once"}`,
			"cargotest: POST Plays.Create: body /name: value must be a string", "/name: value must be a string",
		},
		"null where there is none": {
			"PUT", "/orchestration/releases/updateDraft", `{"workflowUuid":"` + workflowUUID + `","nodes":null}`,
			"cargotest: PUT Releases.UpdateDraft: body /nodes is null", "/nodes is null",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := &assert.Recorder{}
			s := cargotest.NewServer(tb)
			defer tb.Finish()
			s.PutWorkflow(workflowUUID)
			err := s.Client().Do(t.Context(), c.method, c.path, nil, json.RawMessage(c.body), nil)
			assert.Refusal(t, err, 400, "", c.message)
			if got := tb.Reported(); !slices.Equal(got, []string{c.line}) || !slices.Equal(s.Problems(), got) {
				t.Errorf("reported %q, want %q", got, c.line)
			}
		})
	}
}

func TestAnAnnouncedInvalidRequestIsNotReported(t *testing.T) {
	t.Parallel()
	s, client := start(t)
	s.ExpectInvalid("Releases.UpdateDraft")
	body := json.RawMessage(`{"workflowUuid":"` + workflowUUID + `","force":true}`)
	err := client.Do(t.Context(), "PUT", "/orchestration/releases/updateDraft", nil, body, nil)
	assert.Refusal(t, err, 400, "", "unrecognized_keys: force")
}

func TestAPathThatIsNotInTheDocument(t *testing.T) {
	t.Parallel()
	tb := &assert.Recorder{}
	s := cargotest.NewServer(tb)
	defer tb.Finish()
	err := s.Client().Do(t.Context(), "GET", "/orchestration/moons", nil, nil, nil)
	assert.Refusal(t, err, 404, "", "no such path")
	if got := tb.Reported(); len(got) != 1 || !strings.Contains(got[0], "/v1/orchestration/moons") {
		t.Errorf("reported %q", got)
	}
}

// withoutScheme sends the right token without saying what it is.
func withoutScheme(c *sdk.Config) error {
	return errors.Join(sdk.WithoutToken()(c), sdk.WithHeader("Authorization", cargotest.Token)(c))
}
