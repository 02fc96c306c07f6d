package releasestest

import (
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/releases"
)

// invalid says in the platform's way what is wrong with a request that breaks the document.
func (s *Server) invalid(r *fake.Request, violations []fake.Violation) fake.Response {
	issues := make([]releases.ValidationIssue, 0, len(violations))
	for _, v := range violations {
		loc := []any{v.In}
		for _, step := range v.Path {
			loc = append(loc, step) // no body of this platform has lists, where a step would be a position
		}
		kind, message, bounds := describe(v, schemaOf(s.Document().Spec(), r.Operation, v))
		issues = append(issues, releases.ValidationIssue{
			Loc: loc, Msg: message, Type: kind, Input: input(r, v), Ctx: bounds,
		})
	}
	return refuse(issues...)
}

// input is the value that is refused; null if there is none.
func input(r *fake.Request, v fake.Violation) sdk.Optional[any] {
	var value any
	switch {
	case v.In == "body":
		value = r.Body
		for _, step := range v.Path {
			object, _ := value.(map[string]any)
			value = object[step]
		}
	case len(v.Path) == 0:
	case v.In == "path":
		value = r.Path(v.Path[0])
	case v.In == "query":
		if values := r.URL.Query()[v.Path[0]]; len(values) > 0 {
			value = values[0]
		}
	}
	if value == nil {
		return sdk.Null[any]()
	}
	return sdk.Some(value)
}

// schemaOf is what the document says about the value that a violation is about; empty if it says nothing.
func schemaOf(document *openapi3.T, op fake.Operation, v fake.Violation) *openapi3.Schema {
	schema := &openapi3.Schema{}
	switch {
	case v.In == "body" && op.Spec.RequestBody != nil:
		if media := op.Spec.RequestBody.Value.Content.Get("application/json"); media != nil {
			schema = media.Schema.Value
		}
		for _, step := range v.Path {
			property := schema.Properties[step]
			if property == nil {
				return &openapi3.Schema{}
			}
			schema = property.Value
		}
	case len(v.Path) > 0:
		// The ids in a path are declared once for all of its operations.
		for _, params := range []openapi3.Parameters{op.Spec.Parameters, document.Paths.Value(op.Path).Parameters} {
			if p := params.GetByInAndName(v.In, v.Path[0]); p != nil && p.Schema != nil {
				return p.Schema.Value
			}
		}
	}
	return schema
}

// describe gives the platform's kind of a violation, a message, and the bounds that the value didn't meet.
func describe(v fake.Violation, schema *openapi3.Schema) (kind, message string, bounds map[string]any) {
	bounds = map[string]any{}
	thing := "parameter"
	if v.In == "body" {
		thing = "member"
	}
	whole := len(v.Path) == 0
	switch {
	case v.In == "body" && whole && v.Kind == fake.Missing:
		return "missing", "A body must be given", bounds
	case v.In == "body" && whole && v.Kind == fake.Malformed:
		return "json_invalid", "The body must be JSON", bounds
	case v.Kind == fake.Missing:
		return "missing", "This " + thing + " must be given", bounds
	case v.Kind == fake.Undeclared:
		return "extra_forbidden", "There is no such " + thing, bounds
	case v.Kind == "maximum" && schema.Max != nil:
		bounds["le"] = *schema.Max
		return "less_than_equal", fmt.Sprintf("Must be %v or less", *schema.Max), bounds
	case v.Kind == "minimum" && schema.Min != nil:
		bounds["ge"] = *schema.Min
		return "greater_than_equal", fmt.Sprintf("Must be %v or more", *schema.Min), bounds
	case v.Kind == "enum":
		bounds["expected"] = schema.Enum
		return "enum", "Must be one of the values that the platform knows", bounds
	case v.Kind == "minLength", v.Kind == fake.Blank && schema.Type.Includes("string"):
		bounds["min_length"] = max(schema.MinLength, 1)
		return "string_too_short", fmt.Sprintf("Must have %d characters or more", max(schema.MinLength, 1)), bounds
	case v.Kind == "type", v.Kind == fake.Null, v.Kind == fake.Blank:
		kind, message = wrongType(v.In, schema)
		return kind, message, bounds
	}
	return "value_error", v.Message, bounds
}

// wrongType names the type that a value doesn't have. What isn't in the body comes as text and is read first.
func wrongType(in string, schema *openapi3.Schema) (kind, message string) {
	suffix := "_parsing"
	if in == "body" {
		suffix = "_type"
	}
	switch {
	case schema.Type.Includes("integer"):
		return "int" + suffix, "Must be an integer"
	case schema.Type.Includes("boolean"):
		return "bool" + suffix, "Must be true or false"
	case schema.Type.Includes("string"):
		return "string_type", "Must be a string"
	case schema.Type.Includes("array"):
		return "list_type", "Must be a list without empty entries"
	}
	return "model_type", "Must be an object"
}
