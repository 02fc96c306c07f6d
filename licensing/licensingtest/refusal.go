package licensingtest

import (
	"net/http"
	"strings"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/licensing"
)

// refusal is the platform's error body. Most errors have no code.
func refusal(status int, code, message string) fake.Response {
	body := licensing.ErrorBody{Message: message}
	if code != "" {
		body.Code = sdk.Some(code)
	}
	return fake.JSON(status, body)
}

// authorize answers a request without the right token. ForbiddenToken may do nothing: every operation changes something.
func authorize(r *http.Request) *fake.Response {
	var refused fake.Response
	switch r.Header.Get("Authorization") {
	case "Bearer " + Token:
		return nil
	case "Bearer " + ForbiddenToken:
		refused = forbidden()
	default:
		refused = unauthorized()
	}
	return &refused
}

// invalid answers a request that breaks the document.
func invalid(_ *fake.Request, violations []fake.Violation) fake.Response {
	lines := make([]string, 0, len(violations))
	for _, v := range violations {
		lines = append(lines, v.String())
	}
	return refusal(http.StatusBadRequest, "", strings.Join(lines, "; "))
}

// failed answers what the engine can't, such as a path that the document doesn't have, and faults that name only a status.
func failed(_ *fake.Request, status int, message string) fake.Response {
	switch status {
	case http.StatusUnauthorized:
		return unauthorized()
	case http.StatusForbidden:
		return forbidden()
	}
	return refusal(status, "", message)
}

func unauthorized() fake.Response {
	return refusal(http.StatusUnauthorized, licensing.CodeAuthenticationFailed, "The token is not valid.")
}

func forbidden() fake.Response {
	return refusal(http.StatusForbidden, "", "The token lacks the permission release:write.")
}
