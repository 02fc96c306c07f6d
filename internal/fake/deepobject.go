package fake

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// isObjectParam says whether a parameter is spread over several names of the query.
func isObjectParam(p *openapi3.Parameter) bool {
	if p.Style == "deepObject" {
		return true
	}
	return len(p.Content) == 0 && p.Schema != nil && typesOf(p.Schema.Value).object && explodes(p)
}

// objectParam takes a parameter that is an object: name[member]=… in the style deepObject, else member=….
func (c *checker) objectParam(r *Request, p *openapi3.Parameter, left map[string][]string) []Violation {
	at := param("query", p.Name)
	schema := p.Schema.Value
	object := map[string]any{}
	var found []Violation
	for _, name := range slices.Sorted(maps.Keys(left)) {
		path, ok := memberPath(p, schema, name)
		if !ok {
			continue
		}
		values := left[name]
		delete(left, name)
		if len(path) == 0 { // name=value: for schemas that allow a plain value too
			v, bad := c.decodeParam(p, values, at)
			r.params[p.Name] = v
			found = append(found, bad...)
			continue
		}
		found = append(found, enter(object, schema, path, values, p.AllowEmptyValue, at)...)
	}
	switch {
	case len(object) > 0:
		r.params[p.Name] = object
		return append(found, c.value(schema, object, at, toServer)...)
	case p.Required && !r.Has(p.Name):
		found = append(found, at.violation(Missing, "is missing"))
	}
	return found
}

// memberPath gives the members that a name of the query leads to; false if it isn't this parameter's.
func memberPath(p *openapi3.Parameter, s *openapi3.Schema, name string) ([]string, bool) {
	if p.Style != "deepObject" {
		return []string{name}, memberSchema(s, name) != nil
	}
	rest, ok := strings.CutPrefix(name, p.Name)
	if !ok || rest == "" {
		return nil, ok
	}
	if rest[0] != '[' || rest[len(rest)-1] != ']' {
		return nil, false
	}
	return strings.Split(rest[1:len(rest)-1], "]["), true
}

// enter puts the texts of one name into the object. A last step without a name, as in name[member][]=…, is a list.
func enter(object map[string]any, s *openapi3.Schema, path, values []string, allowEmpty bool, at *place) []Violation {
	for len(path) > 1 && path[1] != "" {
		s = memberSchema(s, path[0])
		at = at.down(path[0])
		below, ok := object[path[0]].(map[string]any)
		if !ok {
			below = map[string]any{}
			object[path[0]] = below
		}
		object, path = below, path[1:]
	}
	at = at.down(path[0])
	member := memberSchema(s, path[0])
	if member == nil {
		member = &openapi3.Schema{Type: &openapi3.Types{"string"}}
	}
	list := len(path) > 1 || typesOf(member).array
	object[path[0]] = coerceAll(member, values, list)
	var found []Violation
	if !allowEmpty && slices.Contains(values, "") {
		found = append(found, at.violation(Blank, "is empty"))
	}
	if !list && len(values) > 1 {
		found = append(found, at.violation(Repeated, "is there twice"))
	}
	return found
}

// memberSchema is the schema of a member of an object, nil if it has none.
func memberSchema(s *openapi3.Schema, name string) *openapi3.Schema {
	if s == nil {
		return nil
	}
	if property := s.Properties[name]; property != nil {
		return property.Value
	}
	for _, refs := range []openapi3.SchemaRefs{s.AllOf, s.OneOf, s.AnyOf} {
		for _, ref := range refs {
			if member := memberSchema(ref.Value, name); member != nil {
				return member
			}
		}
	}
	if other := s.AdditionalProperties; other.Schema != nil {
		return other.Schema.Value
	} else if other.Has != nil && *other.Has {
		return &openapi3.Schema{}
	}
	return nil
}
