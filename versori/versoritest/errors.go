package versoritest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// failure is an error of the platform. The codes aren't published; these have the form of those in the document's
// examples.
func failure(status int, message, details string, fields ...versori.ErrorField) fake.Response {
	body := versori.ErrorBody{Code: fmt.Sprintf("%d001", status), Message: message, Fields: fields}
	if details != "" {
		body.Details = sdk.Some(details)
	}
	return fake.JSON(status, body)
}

// onError is what the platform answers where no operation does: unknown paths, faults that name a status.
func onError(_ *fake.Request, status int, message string) fake.Response {
	details := ""
	if message != http.StatusText(status) {
		details = message
	}
	return failure(status, http.StatusText(status), details)
}

// invalid says in the platform's way what is wrong with a request that breaks the document: members of the body as
// fields, the rest as text.
func invalid(r *fake.Request, violations []fake.Violation) fake.Response {
	if r.Operation.Tag == "Logs" && slices.ContainsFunc(violations, aboutPageSize) {
		return failure(http.StatusBadRequest, "invalid page size", "Page size must be between 1 and 1000")
	}
	var fields []versori.ErrorField
	var details []string
	for _, v := range violations {
		if v.In == "body" && len(v.Path) > 0 {
			fields = append(fields, versori.ErrorField{Field: location(v.Path), Message: v.Message})
			continue
		}
		details = append(details, v.String())
	}
	return failure(http.StatusBadRequest, "The request is not valid", strings.Join(details, "; "), fields...)
}

// aboutPageSize says whether a page of the wrong size was asked for, in the query or in the body.
func aboutPageSize(v fake.Violation) bool { return len(v.Path) == 1 && v.Path[0] == "first" }

// location turns spans, 0, startTime into spans[0].startTime.
func location(path []string) string {
	var b strings.Builder
	for _, step := range path {
		switch {
		case strings.Trim(step, "0123456789") == "":
			b.WriteString("[" + step + "]")
			continue
		case b.Len() > 0:
			b.WriteByte('.')
		}
		b.WriteString(step)
	}
	return b.String()
}
