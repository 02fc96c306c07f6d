package releasestest

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/releases"
)

// timestamp is the form of the time in an error: in microseconds, without a zone.
const timestamp = "2006-01-02T15:04:05.000000"

// failure is an error of the documented kind.
func (s *Server) failure(status int, details map[string]any) fake.Response {
	return s.failureWith(status, "", details)
}

// failureWith is an error whose message, if it isn't empty, stands in place of what the platform's reference shows.
func (s *Server) failureWith(status int, message string, details map[string]any) fake.Response {
	code, documented := reason(status)
	if details == nil {
		details = map[string]any{}
	}
	return fake.JSON(status, releases.ErrorBody{
		Error:      code,
		Message:    cmp.Or(message, documented, http.StatusText(status)),
		Details:    details,
		Timestamp:  sdk.Some(s.Now().Format(timestamp)),
		StatusCode: sdk.Some(status),
	})
}

// reason is the code of a status and the message that the platform's reference shows with it, empty if it shows none.
func reason(status int) (code, message string) {
	switch status {
	case http.StatusUnauthorized:
		return releases.CodeAuthenticationFailed, "Authentication required"
	case http.StatusForbidden:
		return releases.CodeForbidden, "You don't have permission to perform this action"
	case http.StatusNotFound:
		return releases.CodeResourceNotFound, "The requested resource was not found"
	case http.StatusConflict:
		return releases.CodeConflict, ""
	case http.StatusTooManyRequests:
		return releases.CodeRateLimitExceeded, ""
	case http.StatusInternalServerError:
		return releases.CodeInternalServerError, "An unexpected error occurred"
	}
	return strings.ToUpper(strings.ReplaceAll(http.StatusText(status), " ", "_")), ""
}

// notFound is the error of a path that leads to nothing, and names what it should have led to.
func (s *Server) notFound(r *fake.Request) fake.Response {
	kind, id := missing(r)
	return s.failure(http.StatusNotFound, map[string]any{"resource_type": kind, "resource_id": id})
}

// missing is the innermost thing that a path names.
func missing(r *fake.Request) (kind, id string) {
	if r.Operation.ID == "Releases.GetActive" {
		return "release", "active"
	}
	for _, parameter := range []string{
		"endpoint_path", "recipe_id", "release_id", "thread_id", "namespace_id", "volume_id", "instance_id",
		"app_id", "workspace_id", "org_id",
	} {
		if id := r.Path(parameter); id != "" {
			kind, _, _ := strings.Cut(parameter, "_")
			return kind, id
		}
	}
	return "path", r.URL.Path
}

// onError is what the platform answers where no operation does: unknown paths, faults that name a status.
func (s *Server) onError(r *fake.Request, status int, message string) fake.Response {
	switch status {
	case http.StatusNotFound:
		return s.notFound(r)
	case http.StatusForbidden:
		return s.failure(status, map[string]any{"required_permission": permission})
	case http.StatusUnprocessableEntity:
		return refuseBody("This request was refused")
	}
	if _, documented := reason(status); documented != "" {
		message = documented
	}
	return s.failureWith(status, message, nil)
}

// refuseBody is a validation error about a body as a whole.
func refuseBody(message string) fake.Response {
	return refuse(releases.ValidationIssue{
		Loc: []any{"body"}, Msg: message, Type: "value_error", Input: sdk.Null[any](), Ctx: map[string]any{},
	})
}

// refuse is a validation error.
func refuse(issues ...releases.ValidationIssue) fake.Response {
	return fake.JSON(http.StatusUnprocessableEntity, releases.ValidationErrorBody{Detail: issues})
}
