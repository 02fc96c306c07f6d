package openapi_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// examples checks that a body has an example and that each fits, without members the schema doesn't declare.
func (l *linter) examples(place string, media *openapi3.MediaType, direction openapi3.SchemaValidationOption) {
	if media.Example == nil && len(media.Examples) == 0 {
		l.add(place, "has no example")
	}
	if media.Example != nil {
		l.example(place+": example", media.Schema, media.Example, direction)
	}
	for _, name := range sorted(media.Examples) {
		at := place + ": example " + name
		example := media.Examples[name].Value
		if example.Summary == "" {
			l.add(at, "has no summary")
		}
		l.example(at, media.Schema, example.Value, direction)
	}
}

func (l *linter) example(place string, ref *openapi3.SchemaRef, value any, options ...openapi3.SchemaValidationOption) {
	options = append(options, openapi3.MultiErrors())
	for _, err := range flatten(ref.Value.VisitJSON(value, options...)) {
		l.add(place, "%s", reason(err))
	}
	for _, path := range undeclared(ref, value, "") {
		l.add(place, "%s isn't declared", path)
	}
}

// reason says in one line where in a value a schema isn't met, and why.
func reason(err error) string {
	var fault *openapi3.SchemaError
	if !errors.As(err, &fault) {
		return firstLine(err)
	}
	// A union or a wrapped reference says only that it isn't met; the reason is further in.
	for inner := fault; errors.As(inner.Origin, &inner); {
		fault = inner
	}
	line, _, _ := strings.Cut(fault.Reason, "\n")
	if pointer := fault.JSONPointer(); len(pointer) > 0 {
		return strings.Join(pointer, ".") + ": " + line
	}
	return line
}

// undeclared returns the members of a value that its schema doesn't know. JSON Schema lets them pass, but in an example
// they are a slip, or something that is missing in the schema.
func undeclared(ref *openapi3.SchemaRef, value any, path string) []string {
	schema := variant(ref, value)
	if schema == nil {
		return nil
	}
	switch value := value.(type) {
	case []any:
		var found []string
		for i, element := range value {
			found = append(found, undeclared(schema.Items, element, fmt.Sprintf("%s[%d]", path, i))...)
		}
		return found
	case map[string]any:
		var found []string
		for _, name := range sorted(value) {
			member, open := lookup(schema, name)
			at := strings.TrimPrefix(path+"."+name, ".")
			switch {
			case member != nil:
				found = append(found, undeclared(member, value[name], at)...)
			case !open:
				found = append(found, at)
			}
		}
		return found
	}
	return nil
}

// lookup returns the schema of a member, or tells whether any member may stand there.
func lookup(schema *openapi3.Schema, name string) (member *openapi3.SchemaRef, open bool) {
	if p := schema.Properties[name]; p != nil {
		return p, true
	}
	for _, part := range schema.AllOf {
		if p, _ := lookup(part.Value, name); p != nil {
			return p, true
		}
	}
	if more := schema.AdditionalProperties; more.Schema != nil {
		return more.Schema, true
	} else if more.Has != nil && *more.Has {
		return nil, true
	}
	// A schema that says nothing at all stands for any value.
	return nil, schema.Type.IsEmpty() && len(schema.Properties)+len(schema.AllOf) == 0
}

// variant returns the schema that applies to a value: of a union, the variant that its discriminator names.
func variant(ref *openapi3.SchemaRef, value any) *openapi3.Schema {
	if ref == nil {
		return nil
	}
	schema := ref.Value
	for len(schema.AllOf) == 1 && len(schema.Properties) == 0 {
		schema = schema.AllOf[0].Value
	}
	if len(schema.OneOf) == 0 {
		return schema
	}
	members, _ := value.(map[string]any)
	if schema.Discriminator == nil || members == nil {
		return nil
	}
	name, _ := members[schema.Discriminator.PropertyName].(string)
	target := schema.Discriminator.Mapping[name].Ref
	for _, option := range schema.OneOf {
		if option.Ref == target {
			return option.Value
		}
	}
	return nil
}
