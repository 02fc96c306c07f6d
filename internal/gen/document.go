package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"
)

// loadDocument reads and validates a document. Go fields follow the order in which a schema lists its properties, which
// OpenAPI libraries forget: it is put into x-order members, where oapi-codegen looks for it.
func loadDocument(path string) (*openapi3.T, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	numberProperties(&root)
	ordered, err := yaml.Marshal(&root)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(ordered)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := doc.Validate(loader.Context); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	inlineShared(doc)
	for _, schema := range doc.Components.Schemas {
		unwrapReferences(schema.Value)
	}
	return doc, nil
}

// A property that refers to a named schema can say more about itself only around the reference, as allOf with one
// element. These x- members carry what it says once the reference is unwrapped.
const (
	wrappedDescription = "x-description"
	wrappedNullable    = "x-nullable"
)

// unwrapReferences turns properties of the form allOf: [$ref] into the plain reference.
func unwrapReferences(s *openapi3.Schema) {
	for name, p := range s.Properties {
		if p.Ref != "" || len(p.Value.AllOf) != 1 || p.Value.AllOf[0].Ref == "" {
			continue
		}
		inner := p.Value.AllOf[0]
		extensions := maps.Clone(p.Value.Extensions)
		if extensions == nil {
			extensions = map[string]any{}
		}
		extensions[wrappedDescription] = p.Value.Description
		extensions[wrappedNullable] = p.Value.Nullable
		s.Properties[name] = &openapi3.SchemaRef{Ref: inner.Ref, Value: inner.Value, Extensions: extensions}
	}
}

// inlineShared puts shared parameters, bodies and responses where they are used: oapi-codegen would make an exported Go
// type of each.
func inlineShared(doc *openapi3.T) {
	for _, item := range doc.Paths.Map() {
		for _, p := range item.Parameters {
			p.Ref = ""
		}
		for _, op := range item.Operations() {
			for _, p := range op.Parameters {
				p.Ref = ""
			}
			for _, r := range op.Responses.Map() {
				r.Ref = ""
			}
			if op.RequestBody != nil {
				op.RequestBody.Ref = ""
			}
		}
	}
	doc.Components.Parameters, doc.Components.RequestBodies, doc.Components.Responses = nil, nil, nil
}

// numberProperties adds x-order to each property. A property that is a bare $ref becomes an allOf-free extension of the
// reference: kin-openapi keeps x- members that stand beside a $ref.
func numberProperties(node *yaml.Node) {
	if node.Kind != yaml.MappingNode {
		for _, child := range node.Content {
			numberProperties(child)
		}
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		switch {
		case key.Value == "example" || key.Value == "examples" || key.Value == "default":
			continue // data, not schemas
		case key.Value == "properties" && value.Kind == yaml.MappingNode:
			for j := 0; j+1 < len(value.Content); j += 2 {
				property := value.Content[j+1]
				if property.Kind == yaml.MappingNode {
					property.Content = append(property.Content,
						&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "x-order"},
						&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: fmt.Sprint(j/2 + 1)})
				}
			}
		}
		numberProperties(value)
	}
}

// checkConventions refuses what the templates have no good Go for, with the place and the cure.
func checkConventions(doc *openapi3.T) error {
	if doc.OpenAPI != "3.0.3" {
		return fmt.Errorf("documents are written in OpenAPI 3.0.3, this one says %q", doc.OpenAPI)
	}
	var problems []error
	complain := func(place, format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s: %s", place, fmt.Sprintf(format, args...)))
	}
	for _, name := range sortedKeys(doc.Components.Schemas) {
		checkSchema("components/schemas/"+name, doc.Components.Schemas[name], true, complain)
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			place := method + " " + path
			tag, verb, ok := strings.Cut(op.OperationID, ".")
			if !ok || verb == "" || len(op.Tags) != 1 || op.Tags[0] != tag {
				complain(place, "operationId %q must be Tag.Verb with the operation's one tag", op.OperationID)
			}
			for _, p := range op.Parameters {
				if p.Value.In == openapi3.ParameterInCookie {
					complain(place, "cookie parameter %q is not supported", p.Value.Name)
				}
			}
		}
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(problems...)
}

// checkSchema wants every object, enum and union to be named: anonymous ones would need invented Go names.
func checkSchema(place string, ref *openapi3.SchemaRef, named bool, complain func(place, format string, args ...any)) {
	if ref == nil || (ref.Ref != "" && !named) {
		return
	}
	s := ref.Value
	switch {
	case len(s.AllOf) > 0:
		complain(place, "allOf is not supported: list the properties in one schema")
	case !named && (len(s.OneOf) > 0 || len(s.AnyOf) > 0 || len(s.Enum) > 0 || len(s.Properties) > 0):
		complain(place, "objects, enums and unions need a name: move it to components/schemas")
	case s.Type.Is("number") && s.Format != "double":
		complain(place, "number needs format: double, or values are lost")
	}
	for _, name := range sortedKeys(s.Properties) {
		checkSchema(place+"/"+name, s.Properties[name], false, complain)
	}
	if s.Items != nil {
		checkSchema(place+"/items", s.Items, false, complain)
	}
	if s.AdditionalProperties.Schema != nil {
		checkSchema(place+"/additionalProperties", s.AdditionalProperties.Schema, false, complain)
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
