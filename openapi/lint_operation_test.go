package openapi_test

import (
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// operation is one operation of the document with what its checks need.
type operation struct {
	*openapi3.Operation
	place      string                // "GET /v1/releases"
	parameters []*openapi3.Parameter // those of the path first
	body       *openapi3.SchemaRef   // schema of the request body; nil without one
	result     *openapi3.SchemaRef   // schema of the first 2xx answer; nil without a body
}

func (l *linter) operations() {
	ids := map[string]string{}
	for _, path := range sorted(l.doc.Paths.Map()) {
		item := l.doc.Paths.Value(path)
		l.extensions(path, item.Extensions)
		for _, method := range sorted(item.Operations()) {
			op := newOperation(item, method, path)
			if other, taken := ids[op.OperationID]; taken {
				l.add(op.place, "operationId %s is also that of %s", op.OperationID, other)
			}
			ids[op.OperationID] = op.place
			l.operation(op)
		}
	}
}

func newOperation(item *openapi3.PathItem, method, path string) *operation {
	op := &operation{Operation: item.Operations()[method], place: method + " " + path}
	for _, list := range []openapi3.Parameters{item.Parameters, op.Operation.Parameters} {
		for _, p := range list {
			op.parameters = append(op.parameters, p.Value)
		}
	}
	if op.RequestBody != nil {
		if media := op.RequestBody.Value.Content.Get("application/json"); media != nil {
			op.body = media.Schema
		}
	}
	for _, status := range sorted(op.Responses.Map()) {
		if !strings.HasPrefix(status, "2") {
			continue
		}
		if media := op.Responses.Value(status).Value.Content.Get("application/json"); media != nil {
			op.result = media.Schema
		}
		break
	}
	return op
}

func (l *linter) operation(op *operation) {
	l.identity(op)
	l.prose(op)
	l.parameters(op)
	l.request(op)
	l.responses(op)
	l.operationExtensions(op)
}

// identity checks operationId and tag, which become the method and the service.
func (l *linter) identity(op *operation) {
	tag, verb, found := strings.Cut(op.OperationID, ".")
	if !found || !exported(tag) || !exported(verb) {
		l.add(op.place, "operationId %q must be Tag.Verb in Go case", op.OperationID)
	}
	if len(op.Tags) != 1 {
		l.add(op.place, "has %d tags, want one", len(op.Tags))
		return
	}
	if op.Tags[0] != tag {
		l.add(op.place, "operationId %s must begin with the tag %s", op.OperationID, op.Tags[0])
	}
	if l.doc.Tags.Get(op.Tags[0]) == nil {
		l.add(op.place, "tag %s isn't declared", op.Tags[0])
	}
}

func (l *linter) prose(op *operation) {
	l.text(op.place, op.Description)
	verb, _, _ := strings.Cut(op.Summary, " ")
	switch {
	case op.Summary == "":
		l.add(op.place, "has no summary")
	case !strings.HasSuffix(verb, "s") || strings.HasSuffix(op.Summary, ".") || strings.Contains(op.Summary, "\n"):
		l.add(op.place, "summary %q must be one line that begins with a verb such as Lists, without a full stop", op.Summary)
	}
	if op.ExternalDocs == nil {
		l.add(op.place, "has no externalDocs with the platform's page")
	} else if u, err := url.Parse(op.ExternalDocs.URL); err != nil || u.Scheme != "https" || u.Host == "" {
		l.add(op.place, "externalDocs %q isn't a page", op.ExternalDocs.URL)
	}
}

func (l *linter) parameters(op *operation) {
	for _, p := range op.parameters {
		place := op.place + ": parameter " + p.Name
		l.clause(place, p.Description)
		l.extensions(place, p.Extensions, "x-evidence", "x-go-name", "x-path", "x-scope", "x-secret")
		if path, ok := p.Extensions["x-path"]; ok && (path != "segments" || p.In != "path") {
			l.add(place, "x-path must be segments, on a path parameter")
		}
		if strings.EqualFold(p.Name, "authorization") {
			l.add(place, "is the security scheme's business")
		}
		if scope, ok := p.Extensions["x-scope"]; ok && (scope != "client" || p.In != "path") {
			l.add(place, "x-scope must be client, on a path parameter")
		}
		if p.Schema == nil {
			l.add(place, "has no schema")
			continue
		}
		if p.In == "path" && p.Schema.Value.Type.Is("string") && p.Schema.Value.MinLength == 0 {
			l.add(place, "needs minLength 1: an empty one would be another path")
		}
		l.inline(place, p.Schema)
		l.formats(place, p.Schema)
	}
}

func (l *linter) request(op *operation) {
	if op.RequestBody == nil {
		return
	}
	body := op.RequestBody.Value
	place := op.place + ": request body"
	if !body.Required {
		l.add(place, "must be required")
	}
	l.content(place, body.Content, openapi3.VisitAsRequest())
}

func (l *linter) responses(op *operation) {
	success, failure := false, false
	for _, status := range sorted(op.Responses.Map()) {
		answer := op.Responses.Value(status).Value
		place := op.place + ": answer " + status
		success = success || strings.HasPrefix(status, "2")
		failure = failure || !strings.HasPrefix(status, "2")
		description := ""
		if answer.Description != nil {
			description = *answer.Description
		}
		l.text(place, description)
		l.extensions(place, answer.Extensions, "x-evidence", "x-result")
		l.evidence(place, answer.Extensions, false)
		if result, ok := answer.Extensions["x-result"]; ok && (result != "none" || !strings.HasPrefix(status, "2")) {
			l.add(place, "x-result must be none, on a 2xx answer")
		}
		if !strings.HasPrefix(status, "2") && len(answer.Content) == 0 {
			l.add(place, "has no body")
		}
		l.content(place, answer.Content, openapi3.VisitAsResponse())
	}
	if !success {
		l.add(op.place, "has no 2xx answer")
	}
	if !failure {
		l.add(op.place, "documents no error; if none is known, describe default")
	}
}

// content checks a body of any direction: a named schema and examples that fit it.
func (l *linter) content(place string, content openapi3.Content, direction openapi3.SchemaValidationOption) {
	for _, kind := range sorted(content) {
		media := content[kind]
		l.extensions(place, media.Extensions)
		if media.Schema == nil {
			l.add(place, "has no schema")
			continue
		}
		if media.Schema.Ref == "" && kind == "application/json" && !free(media.Schema.Value) &&
			!media.Schema.Value.Type.Is("array") {
			l.add(place, "must refer to a named schema")
		}
		l.inline(place, media.Schema)
		l.examples(place, media, direction)
	}
}
