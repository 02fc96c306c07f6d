package cargotest

import (
	"net/http"
	"strings"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/internal/fake"
)

// What the platform says of a token.
const (
	unauthorized = "unauthorized"
	forbidden    = "forbidden"
)

// refusal is the platform's error body; without a reason it has only the message.
func refusal(status int, reason, message string) fake.Response {
	body := cargo.ErrorBody{ErrorMessage: sdk.Some(message)}
	if reason != "" {
		body.Reason = sdk.Some(reason)
	}
	return fake.JSON(status, body)
}

// reason is a business reason for which a call is refused; its text is the code.
type reason string

func (r reason) Error() string { return string(r) }

// refuse answers a business reason.
func refuse(err error) fake.Response {
	code := err.Error()
	return refusal(http.StatusBadRequest, code, messageFor(code))
}

// messageFor is what the fake tells people about a reason.
func messageFor(code string) string {
	switch code {
	case cargo.CodeWorkflowNotFound:
		return "No such workflow; PutWorkflow enters one."
	case cargo.CodeDraftReleaseNotFound:
		return "The workflow has no draft."
	case cargo.CodeInvalidParent:
		return "The parent is no other release of the workflow."
	case cargo.CodeFailedToReconciliateNodes:
		return "A model of the options doesn't exist; PutModel enters one."
	case cargo.CodeModelNotFound:
		return "No such model; PutModel enters one."
	case cargo.CodeFolderNotFound:
		return "No such folder; PutFolder enters one."
	case cargo.CodeFailedToSchedule:
		return "The schedule can't be kept."
	}
	return code
}

// authorize answers a request without the right token. ForbiddenToken may do nothing: every operation changes something.
func authorize(r *http.Request) *fake.Response {
	var refused fake.Response
	switch r.Header.Get("Authorization") {
	case "Bearer " + Token:
		return nil
	case "Bearer " + ForbiddenToken:
		refused = refusal(http.StatusForbidden, "", forbidden)
	default:
		refused = refusal(http.StatusUnauthorized, "", unauthorized)
	}
	return &refused
}

// invalid answers a request that breaks the document, in the platform's words where they are known.
func invalid(_ *fake.Request, violations []fake.Violation) fake.Response {
	var unknown, others []string
	for _, v := range violations {
		if v.In == "body" && v.Kind == fake.Undeclared && len(v.Path) > 0 {
			unknown = append(unknown, v.Path[len(v.Path)-1])
			continue
		}
		others = append(others, v.String())
	}
	return refusal(http.StatusBadRequest, "", message(unknown, others))
}

// message puts the names of members that the platform doesn't know before what else is wrong.
func message(unknown, others []string) string {
	if len(unknown) > 0 {
		others = append([]string{"unrecognized_keys: " + strings.Join(unknown, ", ")}, others...)
	}
	return strings.Join(others, "; ")
}

// failed answers what the engine can't, such as a path that the document doesn't have, and faults that name only a status.
func failed(_ *fake.Request, status int, message string) fake.Response {
	switch status {
	case http.StatusUnauthorized:
		message = unauthorized
	case http.StatusForbidden:
		message = forbidden
	}
	return refusal(status, "", message)
}
