package openapi_test

import (
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// extensions reports x- members that mean nothing where they stand, so that a misspelt one isn't passed over.
func (l *linter) extensions(place string, found map[string]any, known ...string) {
	for _, name := range sorted(found) {
		if !slices.Contains(known, name) {
			l.add(place, "%s means nothing here", name)
		}
	}
}

func (l *linter) operationExtensions(op *operation) {
	l.extensions(op.place, op.Extensions, "x-aliases", "x-error-codes", "x-evidence", "x-pagination", "x-retry",
		"x-stream", "x-timeout", "x-triggers", "x-wait")
	if timeout, ok := op.Extensions["x-timeout"]; ok && timeout != "none" {
		l.add(op.place, "x-timeout must be none, not %v", timeout)
	}
	if stream, ok := op.Extensions["x-stream"]; ok && stream != "sse" {
		l.add(op.place, "x-stream must be sse, not %v", stream)
	}
	if op.Extensions["x-evidence"] == nil {
		l.add(op.place, "has no x-evidence")
	}
	l.evidence(op.place, op.Extensions, false)
	l.errorCodes(op.place, op.Extensions)
	l.pagination(op)
	if retry, ok := op.Extensions["x-retry"]; ok && retry != "safe" && retry != "never" {
		l.add(op.place, "x-retry must be safe or never, not %v", retry)
	}
	for _, alias := range l.list(op.place, op.Extensions, "x-aliases") {
		if !aliasPattern.MatchString(alias) {
			l.add(op.place, "x-aliases: %q must be a method and a path", alias)
		}
	}
	hooks, _ := l.doc.Extensions["x-webhooks"].(map[string]any)
	for _, event := range l.list(op.place, op.Extensions, "x-triggers") {
		if hooks[event] == nil {
			l.add(op.place, "x-triggers: %s isn't in x-webhooks", event)
		}
	}
}

var (
	aliasPattern = regexp.MustCompile(`^(GET|PUT|POST|PATCH|DELETE) /\S+$`)
	clientAt     = regexp.MustCompile(`^\S+ v?[0-9]+(\.[0-9]+)+$`)
)

// evidence checks x-evidence. What is only inferred may be a detail of an operation, never the operation itself.
func (l *linter) evidence(place string, extensions map[string]any, inferred bool) {
	found, ok := extensions["x-evidence"]
	if !ok {
		return
	}
	members, _ := found.(map[string]any)
	source, _ := members["source"].(string)
	where, _ := members["where"].(string)
	switch source {
	case "seed", "documented", "observed":
	case "inferred":
		if !inferred {
			l.add(place, "x-evidence: what is only inferred stays out of the documents")
		}
	default:
		l.add(place, "x-evidence: source %q must be seed, documented, observed or inferred", source)
	}
	if !strings.HasPrefix(where, "https://") && !clientAt.MatchString(where) {
		l.add(place, "x-evidence: where %q must be a page or a client with its version", where)
	}
	if len(members) > 2 {
		l.add(place, "x-evidence: has more than source and where")
	}
}

func (l *linter) errorCodes(place string, extensions map[string]any) {
	codes := l.list(place, extensions, "x-error-codes")
	for i, code := range codes {
		if slices.Contains(codes[:i], code) {
			l.add(place, "x-error-codes: %s is there twice", code)
		}
	}
}

// list returns an extension that must be a list of texts.
func (l *linter) list(place string, extensions map[string]any, name string) []string {
	found, ok := extensions[name]
	if !ok {
		return nil
	}
	values, _ := found.([]any)
	texts := make([]string, 0, len(values))
	for _, value := range values {
		if text, _ := value.(string); text != "" {
			texts = append(texts, text)
		}
	}
	if len(texts) == 0 || len(texts) != len(values) {
		l.add(place, "%s must be a list of texts", name)
	}
	return texts
}

// pagers are the query parameters that show an operation to answer page by page.
var pagers = []string{"cursor", "offset", "page", "limit", "first", "after", "next_token"}

func (l *linter) pagination(op *operation) {
	found, ok := op.Extensions["x-pagination"]
	if !ok {
		for _, p := range op.parameters {
			if p.In == "query" && slices.Contains(pagers, p.Name) {
				l.add(op.place, "has the parameter %s but no x-pagination", p.Name)
			}
		}
		return
	}
	members, _ := found.(map[string]any)
	l.extensions(op.place+": x-pagination", members, "style", "in", "parameter", "limit", "maximum", "items", "next", "more", "id")
	style, _ := members["style"].(string)
	if !slices.Contains([]string{"cursor", "page", "offset", "token", "last-id"}, style) {
		l.add(op.place, "x-pagination: style %q is unknown", style)
	}
	l.pageParameters(op, members)
	l.pageMembers(op, members)
}

func (l *linter) pageParameters(op *operation, members map[string]any) {
	for _, key := range []string{"parameter", "limit"} {
		name, given := members[key].(string)
		if key == "limit" && !given {
			continue
		}
		var schema *openapi3.Schema
		if members["in"] == "body" {
			schema = member(op.body, name)
		} else if p := op.parameter(name); p != nil && p.Schema != nil {
			schema = p.Schema.Value
		}
		if schema == nil {
			l.add(op.place, "x-pagination: %s %q is no parameter", key, name)
			continue
		}
		if key == "limit" && schema.Max != nil && members["maximum"] != *schema.Max {
			l.add(op.place, "x-pagination: maximum %v differs from that of %s, %v", members["maximum"], name, *schema.Max)
		}
	}
}

func (l *linter) pageMembers(op *operation, members map[string]any) {
	if op.result == nil {
		l.add(op.place, "x-pagination: there is no answer to page")
		return
	}
	for _, key := range []string{"items", "next", "more", "id"} {
		name, given := members[key].(string)
		if !given && key != "items" || !given && op.result.Value.Type.Is("array") {
			continue
		}
		from := op.result
		if key == "id" && from.Value.Type.Is("array") {
			from = from.Value.Items
		}
		p := member(from, name)
		if p == nil || key == "items" && !p.Type.Is("array") {
			l.add(op.place, "x-pagination: %s %q isn't such a member of the answer", key, name)
		}
	}
}

// member finds a member by its name; dots lead into objects. It is nil where there is none.
func member(ref *openapi3.SchemaRef, name string) *openapi3.Schema {
	for part := range strings.SplitSeq(name, ".") {
		if ref == nil {
			return nil
		}
		s := ref.Value
		if len(s.AllOf) == 1 {
			s = s.AllOf[0].Value
		}
		ref = s.Properties[part]
	}
	if ref == nil {
		return nil
	}
	return ref.Value
}

func (op *operation) parameter(name string) *openapi3.Parameter {
	for _, p := range op.parameters {
		if p.Name == name && p.In == "query" {
			return p
		}
	}
	return nil
}

// client checks what the entry to the package is made of.
func (l *linter) client() {
	client, _ := l.doc.Extensions["x-client"].(map[string]any)
	l.extensions("x-client", client, "platform", "environment", "example")
	for _, member := range []string{"platform", "environment", "example"} {
		if text, _ := client[member].(string); text == "" {
			l.add("x-client", "does not say %s", member)
		}
	}
	if prefix, _ := client["environment"].(string); strings.ToUpper(prefix) != prefix {
		l.add("x-client", "environment %q must be in capitals, as variables are", prefix)
	}
}

// webhooks checks the events that the platform delivers.
func (l *linter) webhooks() {
	hooks, _ := l.doc.Extensions["x-webhooks"].(map[string]any)
	for _, event := range sorted(hooks) {
		place := "webhook " + event
		hook, _ := hooks[event].(map[string]any)
		l.extensions(place, hook, "summary", "description", "data", "x-evidence", "example")
		if summary, _ := hook["summary"].(string); summary == "" {
			l.add(place, "has no summary")
		}
		description, _ := hook["description"].(string)
		l.text(place, description)
		l.evidence(place, hook, false)
		l.delivery(place, event, hook)
	}
}

// delivery checks the example of a webhook: the envelope, and in it the data.
func (l *linter) delivery(place, event string, hook map[string]any) {
	reference, _ := hook["data"].(string)
	data := l.doc.Components.Schemas[strings.TrimPrefix(reference, schemaPrefix)]
	envelope := l.doc.Components.Schemas["WebhookEvent"]
	if data == nil || envelope == nil {
		l.add(place, "data %q and WebhookEvent must be schemas", reference)
		return
	}
	example, _ := hook["example"].(map[string]any)
	if example == nil {
		l.add(place, "has no example")
		return
	}
	if example["event"] != event {
		l.add(place, "example is of the event %v", example["event"])
	}
	l.example(place+": example", envelope, example, openapi3.VisitAsResponse())
	l.example(place+": example: data", data, example["data"], openapi3.VisitAsResponse())
}

// webhookSchemas returns the names of the schemas that webhooks use.
func (l *linter) webhookSchemas() []string {
	hooks, _ := l.doc.Extensions["x-webhooks"].(map[string]any)
	if len(hooks) == 0 {
		return nil
	}
	names := []string{"WebhookEvent"}
	for _, event := range sorted(hooks) {
		hook, _ := hooks[event].(map[string]any)
		reference, _ := hook["data"].(string)
		names = append(names, strings.TrimPrefix(reference, schemaPrefix))
	}
	return names
}
