package versoritest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// getSchema is Variables.GetSchema.
func (s *Server) getSchema(p *projectRow, _ *fake.Request) (any, error) { return p.schema(), nil }

// schema is the schema of the project's variables; empty, and never nil, where there are none.
func (p *projectRow) schema() map[string]any {
	schema := p.record.DynamicVariablesSchema.Or(nil)
	if schema == nil {
		schema = map[string]any{}
	}
	return schema
}

// setSchema is Variables.SetSchema.
func (s *Server) setSchema(p *projectRow, r *fake.Request) (any, error) {
	return s.keepSchema(p, r.Object())
}

// keepSchema stores a schema that can be one.
func (s *Server) keepSchema(p *projectRow, schema map[string]any) (any, error) {
	if kind, given := schema["type"]; given && kind != "object" {
		return nil, misfit("type", "must be object")
	}
	if properties, given := schema["properties"]; given {
		if _, ok := properties.(map[string]any); !ok {
			return nil, misfit("properties", "must be an object")
		}
	}
	p.record.DynamicVariablesSchema, p.record.UpdatedAt = sdk.Null[map[string]any](), s.stamp()
	if len(schema) > 0 {
		p.record.DynamicVariablesSchema = sdk.Some(schema)
	}
	return p.schema(), nil
}

// patchSchema is Variables.PatchSchema. A project without variables is patched as if it had an empty list of them.
func (s *Server) patchSchema(p *projectRow, r *fake.Request) (any, error) {
	patch, err := bodyOf[versori.VariablesSchemaPatch](r)
	if err != nil {
		return nil, err
	}
	var schema any = map[string]any{"type": "object", "properties": map[string]any{}}
	if old := p.schema(); len(old) > 0 {
		schema = copyTree(old) // what answers have isn't changed
	}
	if !strings.HasPrefix(patch.Path, "/") {
		return nil, misfit("path", "must begin with /")
	}
	if patch.Op != versori.VariablesSchemaOpRemove && patch.Value == nil {
		return nil, misfit("value", "is required")
	}
	steps := strings.Split(patch.Path[1:], "/")
	for i := range steps {
		steps[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(steps[i])
	}
	if !patched(schema, steps, patch.Op, unwrapped(patch.Value, steps[len(steps)-1])) {
		return nil, misfit("path", "there is nothing at "+patch.Path)
	}
	return s.keepSchema(p, schema.(map[string]any))
}

// copyTree copies a JSON value.
func copyTree(value any) any {
	switch value := value.(type) {
	case map[string]any:
		copied := make(map[string]any, len(value))
		for name, member := range value {
			copied[name] = copyTree(member)
		}
		return copied
	case []any:
		copied := make([]any, len(value))
		for i, item := range value {
			copied[i] = copyTree(item)
		}
		return copied
	}
	return value
}

// unwrapped takes the name of a variable off, which the platform's own page puts around the value.
func unwrapped(value map[string]any, name string) map[string]any {
	if inner, ok := value[name].(map[string]any); ok && len(value) == 1 {
		return inner
	}
	return value
}

// patched changes one place in a document; false if the place isn't there.
func patched(node any, steps []string, op versori.VariablesSchemaOp, value map[string]any) bool {
	switch node := node.(type) {
	case map[string]any:
		child, ok := node[steps[0]]
		switch {
		case len(steps) == 1 && op == versori.VariablesSchemaOpAdd:
			node[steps[0]] = value
			return true
		case !ok:
			return false
		case len(steps) == 1 && op == versori.VariablesSchemaOpReplace:
			node[steps[0]] = value
			return true
		case len(steps) == 1:
			delete(node, steps[0])
			return true
		}
		if list, isList := child.([]any); isList && len(steps) == 2 {
			list, ok = patchedList(list, steps[1], op, value)
			node[steps[0]] = list
			return ok
		}
		return patched(child, steps[1:], op, value)
	case []any:
		i, err := strconv.Atoi(steps[0])
		return err == nil && i >= 0 && i < len(node) && len(steps) > 1 && patched(node[i], steps[1:], op, value)
	}
	return false
}

// patchedList changes an entry of a list, or adds one at a place or, for -, at the end.
func patchedList(list []any, step string, op versori.VariablesSchemaOp, value map[string]any) ([]any, bool) {
	i, err := strconv.Atoi(step)
	if step == "-" && op == versori.VariablesSchemaOpAdd {
		i, err = len(list), nil
	}
	switch {
	case err != nil || i < 0 || i > len(list):
		return list, false
	case op == versori.VariablesSchemaOpAdd:
		return slices.Insert(list, i, any(value)), true
	case i == len(list):
		return list, false
	case op == versori.VariablesSchemaOpReplace:
		list[i] = value
		return list, true
	}
	return slices.Delete(list, i, i+1), true
}
