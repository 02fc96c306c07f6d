package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// streaming is what every method that gives server-sent events has in common.
const streaming = "The call is made when the loop begins, and ended by leaving the loop or by the context; no timeout bounds it. " +
	"A failure is yielded once."

// methodDoc is the doc comment of a service method: what it does, what can go wrong, whether it is repeated, and where
// the platform describes it.
func (v *view) methodDoc(op codegen.OperationDefinition, m Method) []string {
	doc := []string{m.Name + " " + lowerFirst(strings.TrimSuffix(strings.TrimSpace(op.Spec.Summary), ".")) + "."}
	doc = append(doc, op.Spec.Description)
	if codes := v.operationCodes(op); len(codes) > 0 {
		doc = append(doc, "[sdk.Error].Code can be "+enumerate(codes)+".")
	}
	if names := v.sentinels(op); len(names) > 0 {
		doc = append(doc, "Errors are [*sdk.Error]; the documented ones match "+enumerate(names)+".")
	}
	switch {
	case m.Repeat == "transport.Safe":
		doc = append(doc, "The call is safe to repeat, so a failed attempt is retried.")
	case m.Repeat == "transport.Never":
		doc = append(doc, "The call is never repeated by the client.")
	case op.Method == "POST" || op.Method == "PATCH":
		doc = append(doc, "A call that may have reached the platform is not repeated.")
	}
	if m.Slow {
		doc = append(doc, "It can take minutes: no attempt is given up before ten of them. Bound it by the context.")
	}
	if m.Result.Kind == "events" {
		doc = append(doc, streaming)
	}
	line := op.Method + " " + op.Path
	if op.Spec.ExternalDocs != nil {
		line += " — " + op.Spec.ExternalDocs.URL
	}
	return append(doc, line)
}

// coverage is the package comment's table of operations: method, how it is known, how it pages, what it sends.
func (v *view) coverage(services []Service) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, s := range services {
		for _, m := range s.Methods {
			pages := ""
			if m.Pages != nil {
				pages = m.Pages.Style
			}
			fmt.Fprintf(w, "//\t%s\t%s\t%s\t%s %s\n", m.ID, m.Evidence, pages, m.HTTPMethod, m.Path)
		}
	}
	w.Flush()
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	for i, line := range lines {
		// The first column's padding would not survive as the indent of a preformatted block.
		lines[i] = "//\t" + strings.TrimSpace(strings.TrimPrefix(line, "//"))
	}
	return strings.Join(lines, "\n")
}

// sentinels names the errors.Is targets of the documented statuses.
func (v *view) sentinels(op codegen.OperationDefinition) []string {
	known := map[string]string{"400": "ErrValidation", "401": "ErrUnauthorized", "403": "ErrForbidden", "404": "ErrNotFound", "409": "ErrConflict",
		"422": "ErrValidation", "429": "ErrRateLimited", "500": "ErrServer"}
	var out []string
	for _, status := range sortedKeys(op.Spec.Responses.Map()) {
		if name := known[status]; name != "" && !slices.Contains(out, "[sdk."+name+"]") {
			out = append(out, "[sdk."+name+"]")
		}
	}
	return out
}

func enumerate(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// Code is a machine-readable error reason.
type Code struct{ Name, Text, Doc string }

// codes collects x-error-codes of the document and of all operations.
func (v *view) codes() []Code {
	users := map[string][]string{}
	for _, text := range extensionStrings(v.doc.Extensions["x-error-codes"]) {
		users[text] = nil
	}
	for _, path := range v.doc.Paths.InMatchingOrder() {
		for _, op := range v.doc.Paths.Value(path).Operations() {
			for _, text := range extensionStrings(op.Extensions["x-error-codes"]) {
				users[text] = append(users[text], v.ids[op])
			}
		}
	}
	var out []Code
	for _, text := range sortedKeys(users) {
		c := Code{Name: codeName(text), Text: text}
		doc := fmt.Sprintf("%s is the reason %q.", c.Name, text)
		if ops := users[text]; len(ops) > 0 {
			slices.Sort(ops)
			doc = fmt.Sprintf("%s is the reason %q; %s can give it.", c.Name, text, strings.Join(slices.Compact(ops), ", "))
		}
		c.Doc = comment("\t", doc)
		out = append(out, c)
	}
	return out
}

func (v *view) operationCodes(op codegen.OperationDefinition) []string {
	var out []string
	for _, text := range extensionStrings(op.Spec.Extensions["x-error-codes"]) {
		out = append(out, "["+codeName(text)+"]")
	}
	return out
}

// codeName is the constant of a reason: modelNotFound -> CodeModelNotFound, NOT_FOUND -> CodeNotFound.
func codeName(text string) string {
	if strings.ToUpper(text) == text {
		text = strings.ToLower(text)
	}
	return "Code" + codegen.SchemaNameToTypeName(text)
}

func extensionStrings(x any) []string {
	list, _ := x.([]any)
	var out []string
	for _, item := range list {
		out = append(out, fmt.Sprint(item))
	}
	return out
}

// EventGroup is one data type and the webhooks of x-webhooks that carry it.
type EventGroup struct {
	Data   string   // Go name
	Schema string   // name in the document
	Events []string // on the wire
}

// events groups the document's webhooks by the type of their data, in alphabetical order.
func (v *view) events() []EventGroup {
	hooks, _ := v.doc.Extensions["x-webhooks"].(map[string]any)
	groups := map[string][]string{}
	for _, name := range sortedKeys(hooks) {
		hook, _ := hooks[name].(map[string]any)
		target, _ := hook["data"].(string)
		schema := v.doc.Components.Schemas[target[strings.LastIndex(target, "/")+1:]]
		if schema == nil {
			v.fail("x-webhooks %s: data %q is not a schema of the document", name, target)
			return nil
		}
		groups[target] = append(groups[target], name)
	}
	var out []EventGroup
	for _, target := range sortedKeys(groups) {
		name := target[strings.LastIndex(target, "/")+1:]
		out = append(out, EventGroup{Data: codegen.SchemaNameToTypeName(name), Schema: name, Events: groups[target]})
	}
	return out
}
