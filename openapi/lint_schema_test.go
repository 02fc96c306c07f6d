package openapi_test

import (
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// schemas checks the named schemas, which become models, enums and unions.
func (l *linter) schemas() {
	for _, name := range sorted(l.doc.Components.Schemas) {
		ref := l.doc.Components.Schemas[name]
		place := "schema " + name
		if !exported(name) {
			l.add(place, "must be named in Go case")
		}
		l.clause(place, ref.Value.Description)
		l.extensions(place, ref.Value.Extensions, "x-evidence", "x-go-name", "x-enum-varnames", "x-enum-descriptions", "x-raw")
		for _, key := range []string{"x-enum-varnames", "x-enum-descriptions"} {
			if ref.Value.Extensions[key] != nil && len(ref.Value.Enum) == 0 {
				l.add(place, "%s is for enums", key)
			}
		}
		l.evidence(place, ref.Value.Extensions, true)
		l.model(place, ref.Value)
		l.enum(place, ref.Value)
		l.union(place, ref.Value)
	}
}

func (l *linter) model(place string, schema *openapi3.Schema) {
	for _, name := range schema.Required {
		if schema.Properties[name] == nil {
			l.add(place, "requires %s, which isn't declared", name)
		}
	}
	for _, name := range sorted(schema.Properties) {
		l.property(place+"."+name, schema.Properties[name])
	}
	l.formats(place, &openapi3.SchemaRef{Value: schema})
}

func (l *linter) property(place string, ref *openapi3.SchemaRef) {
	if ref.Ref != "" {
		l.add(place, "has no description of its own: wrap the reference in allOf and describe it")
		return
	}
	l.clause(place, ref.Value.Description)
	l.extensions(place, ref.Value.Extensions, "x-evidence", "x-go-name", "x-raw", "x-secret")
	l.evidence(place, ref.Value.Extensions, true)
	if name, ok := ref.Value.Extensions["x-go-name"]; ok {
		if text, _ := name.(string); !exported(text) {
			l.add(place, "x-go-name %v isn't an exported Go name", name)
		}
	}
	if ref.Value.Extensions["x-raw"] != nil && !ref.Value.Type.IsEmpty() {
		l.add(place, "x-raw is for values without a type")
	}
	l.inline(place, ref)
}

// inline reports objects, enums and unions that have no name of their own: each becomes a Go type, so it needs one.
func (l *linter) inline(place string, ref *openapi3.SchemaRef) {
	if ref == nil || ref.Ref != "" {
		return
	}
	s := ref.Value
	switch {
	case len(s.Properties) > 0:
		l.add(place, "is an object without a name: move it to components/schemas")
	case s.Type.Is("object") && !free(s) && s.AdditionalProperties.Schema == nil:
		l.add(place, "is an object without members: free form needs additionalProperties: true")
	case len(s.Enum) > 0:
		l.add(place, "is an enum without a name: move it to components/schemas")
	case len(s.OneOf) > 0 || len(s.AnyOf) > 0:
		l.add(place, "is a union without a name: move it to components/schemas")
	case len(s.AllOf) > 1 || len(s.AllOf) == 1 && s.AllOf[0].Ref == "":
		l.add(place, "allOf may hold one reference, to describe it or make it nullable")
	case s.Type.Is("array") && s.Items == nil:
		l.add(place, "is a list without items")
	}
	l.inline(place+"[]", s.Items)
	l.inline(place+"{}", s.AdditionalProperties.Schema)
}

// free tells whether a schema is an object of any members.
func free(s *openapi3.Schema) bool {
	has := s.AdditionalProperties.Has
	return s.Type.Is("object") && len(s.Properties) == 0 && has != nil && *has
}

// formats checks numbers, whose Go type depends on the format, wherever they stand in a schema.
func (l *linter) formats(place string, ref *openapi3.SchemaRef) {
	if ref == nil || ref.Ref != "" {
		return
	}
	s := ref.Value
	if s.Type.Is("number") && s.Format != "double" {
		l.add(place, "number must have the format double")
	}
	if s.Type.Is("integer") && s.Format != "" && s.Format != "int64" {
		l.add(place, "integer must have the format int64 or none")
	}
	for _, name := range sorted(s.Properties) {
		l.formats(place+"."+name, s.Properties[name])
	}
	l.formats(place+"[]", s.Items)
	l.formats(place+"{}", s.AdditionalProperties.Schema)
}

func (l *linter) enum(place string, schema *openapi3.Schema) {
	if len(schema.Enum) == 0 {
		return
	}
	if !schema.Type.Is("string") {
		l.add(place, "enum must be of type string")
	}
	for i, value := range schema.Enum {
		if text, ok := value.(string); !ok || text == "" {
			l.add(place, "enum value %v must be a text", value)
		}
		if slices.Contains(schema.Enum[:i], value) {
			l.add(place, "enum value %v is there twice", value)
		}
	}
}

// union checks that the variant can be told from the discriminator alone: clients don't try one after the other.
func (l *linter) union(place string, schema *openapi3.Schema) {
	if len(schema.AnyOf) > 0 {
		l.add(place, "anyOf can't be decoded: use oneOf with a discriminator")
	}
	if len(schema.OneOf) == 0 {
		return
	}
	if schema.Discriminator == nil {
		l.add(place, "oneOf needs a discriminator")
		return
	}
	member := schema.Discriminator.PropertyName
	mapped := map[string]bool{}
	for _, target := range schema.Discriminator.Mapping {
		mapped[target.Ref] = true
	}
	for _, variant := range schema.OneOf {
		if variant.Ref == "" {
			l.add(place, "a variant has no name: move it to components/schemas")
			continue
		}
		if !mapped[variant.Ref] {
			l.add(place, "the discriminator doesn't map to %s", variant.Ref)
		}
		if !slices.Contains(variant.Value.Required, member) {
			l.add(place, "%s doesn't require %s", variant.Ref, member)
		}
	}
}

// unused reports named schemas that no operation and no webhook leads to.
func (l *linter) unused() {
	used := map[string]bool{}
	for _, path := range sorted(l.doc.Paths.Map()) {
		item := l.doc.Paths.Value(path)
		for method := range item.Operations() {
			op := newOperation(item, method, path)
			for _, p := range op.parameters {
				reach(used, p.Schema)
			}
			if op.RequestBody != nil {
				reachContent(used, op.RequestBody.Value.Content)
			}
			for _, answer := range op.Responses.Map() {
				reachContent(used, answer.Value.Content)
			}
		}
	}
	for _, name := range l.webhookSchemas() {
		if schema := l.doc.Components.Schemas[name]; schema != nil {
			reach(used, openapi3.NewSchemaRef(schemaPrefix+name, schema.Value))
		}
	}
	for _, name := range sorted(l.doc.Components.Schemas) {
		if !used[name] {
			l.add("schema "+name, "is used by nothing")
		}
	}
}

const schemaPrefix = "#/components/schemas/"

func reachContent(used map[string]bool, content openapi3.Content) {
	for _, media := range content {
		reach(used, media.Schema)
	}
}

func reach(used map[string]bool, ref *openapi3.SchemaRef) {
	if ref == nil {
		return
	}
	if name, found := strings.CutPrefix(ref.Ref, schemaPrefix); found {
		if used[name] {
			return
		}
		used[name] = true
	}
	if ref.Value == nil {
		return
	}
	for _, p := range ref.Value.Properties {
		reach(used, p)
	}
	for _, list := range [][]*openapi3.SchemaRef{ref.Value.OneOf, ref.Value.AnyOf, ref.Value.AllOf} {
		for _, s := range list {
			reach(used, s)
		}
	}
	reach(used, ref.Value.Items)
	reach(used, ref.Value.AdditionalProperties.Schema)
}
