package licensingtest_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/licensing"
	"github.com/wharfinger/sdk/licensing/licensingtest"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		option        sdk.Option
		status        int
		code, message string
		is            error
	}{
		"another one":        {sdk.WithToken("expired"), 401, licensing.CodeAuthenticationFailed, "not valid", sdk.ErrUnauthorized},
		"none":               {sdk.WithoutToken(), 401, licensing.CodeAuthenticationFailed, "not valid", sdk.ErrUnauthorized},
		"without a scheme":   {withoutScheme, 401, licensing.CodeAuthenticationFailed, "not valid", sdk.ErrUnauthorized},
		"without permission": {sdk.WithToken(licensingtest.ForbiddenToken), 403, "", "release:write", sdk.ErrForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := start(t)
			before, _ := s.Release(releaseID)
			_, err := s.Client(c.option).Releases.Update(t.Context(), releaseID, licensing.ReleaseUpdate{})
			assert.Refusal(t, err, c.status, c.code, c.message)
			if !errors.Is(err, c.is) {
				t.Errorf("%v isn't %v", err, c.is)
			}
			after, _ := s.Release(releaseID)
			assert.JSON(t, "the release", after, assert.Encoded(t, before))
		})
	}
}

// Requests that break the document are a failure of the test, and are answered as the platform would.
func TestARequestThatBreaksTheDocumentIsReported(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, line string }{
		"a member that the platform doesn't know": {`{"published":true}`, "body /published is not in the document"},
		"a name of no characters":                 {`{"name":""}`, "body /name: minimum string length is 1"},
		"a name of too many":                      {`{"name":"` + strings.Repeat("n", 257) + `"}`, "body /name: maximum string length is 256"},
		"notes of too many characters":            {`{"notes":"` + strings.Repeat("n", 4097) + `"}`, "body /notes: maximum string length is 4096"},
		"a version of one number":                 {`{"version":"2"}`, `body /version: string doesn't match the regular expression "^[0-9]+\.[0-9]+(\.[0-9]+){0,2}$"`},
		"null for a name":                         {`{"name":null}`, "body /name is null"},
		"a text for a flag":                       {`{"private":"yes"}`, "body /private: value must be a boolean"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := &assert.Recorder{}
			s := licensingtest.NewServer(tb)
			defer tb.Finish()
			s.PutRelease(licensing.Release{ID: releaseID})
			err := s.Client().Do(t.Context(), "PATCH", "/v3/releases/"+releaseID, nil, json.RawMessage(c.body), nil)
			assert.Refusal(t, err, 400, "", c.line)
			want := []string{"licensingtest: PATCH Releases.Update: " + c.line}
			if got := tb.Reported(); !slices.Equal(got, want) || !slices.Equal(s.Problems(), want) {
				t.Errorf("reported %q, want %q", got, want)
			}
		})
	}
}

func TestAnAnnouncedInvalidRequestIsNotReported(t *testing.T) {
	t.Parallel()
	s, client := start(t)
	s.ExpectInvalid("Releases.Update")
	_, err := client.Releases.Update(t.Context(), releaseID, licensing.ReleaseUpdate{Version: sdk.Some("next")})
	assert.Refusal(t, err, 400, "", "/version")
}

func TestAPathThatIsNotInTheDocument(t *testing.T) {
	t.Parallel()
	tb := &assert.Recorder{}
	s := licensingtest.NewServer(tb)
	defer tb.Finish()
	err := s.Client().Do(t.Context(), "GET", "/v3/moons", nil, nil, nil)
	assert.Refusal(t, err, 404, "", "no such path")
	if got := tb.Reported(); len(got) != 1 || !strings.Contains(got[0], "/v3/moons") {
		t.Errorf("reported %q", got)
	}
}

// withoutScheme sends the right token without saying what it is.
func withoutScheme(c *sdk.Config) error {
	return errors.Join(sdk.WithoutToken()(c), sdk.WithHeader("Authorization", licensingtest.Token)(c))
}
