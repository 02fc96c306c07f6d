package fake

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// pathParams checks the path parameters. An empty one, and the steps "." and "..", which clients and proxies resolve
// away, are never valid.
func (c *checker) pathParams(r *Request) []Violation {
	var found []Violation
	for _, p := range r.op.params {
		value, ok := r.path[p.Name]
		if p.In != "path" || !ok { // an alias may have others
			continue
		}
		at := param("path", p.Name)
		switch value {
		case "":
			found = append(found, at.violation(Blank, "is empty"))
		case ".", "..":
			found = append(found, at.violation(Malformed, "is a relative step"))
		default:
			_, bad := c.decodeParam(p, []string{value}, at)
			found = append(found, bad...)
		}
	}
	return found
}

// headerParams checks the declared headers. Others are nobody's business: clients and proxies add their own.
func (c *checker) headerParams(r *Request) []Violation {
	var found []Violation
	for _, p := range r.op.params {
		if p.In != "header" {
			continue
		}
		values := r.Header.Values(p.Name)
		at := param("header", p.Name)
		switch {
		case len(values) > 0:
			_, bad := c.decodeParam(p, values, at)
			found = append(found, bad...)
		case p.Required:
			found = append(found, at.violation(Missing, "is missing"))
		}
	}
	return found
}

func (c *checker) cookieParams(r *Request) []Violation {
	var found []Violation
	for _, p := range r.op.params {
		if p.In != "cookie" {
			continue
		}
		cookies := r.http.CookiesNamed(p.Name)
		at := param("cookie", p.Name)
		switch {
		case len(cookies) > 0:
			_, bad := c.decodeParam(p, []string{cookies[0].Value}, at)
			found = append(found, bad...)
		case p.Required:
			found = append(found, at.violation(Missing, "is missing"))
		}
	}
	return found
}

// queryParams checks the query: every name must be claimed by one parameter of the document.
func (c *checker) queryParams(r *Request) []Violation {
	var found []Violation
	if _, err := url.ParseQuery(r.URL.RawQuery); err != nil {
		found = append(found, (&place{in: "query"}).violation(Malformed, "can't be read"))
	}
	left := map[string][]string{}
	for name, values := range r.values {
		left[name] = values
	}
	var later []*openapi3.Parameter
	for _, p := range r.op.params {
		if p.In != "query" {
			continue
		}
		if isObjectParam(p) {
			later = append(later, p) // these claim names by pattern: plain names come first
			continue
		}
		found = append(found, c.plainParam(r, p, left)...)
	}
	for _, p := range later {
		found = append(found, c.objectParam(r, p, left)...)
	}
	for name := range left {
		found = append(found, param("query", name).violation(Undeclared, "is not in the document"))
	}
	slices.SortStableFunc(found, func(a, b Violation) int { return slices.Compare(a.Path, b.Path) })
	return found
}

// plainParam takes a parameter that stands under its own name.
func (c *checker) plainParam(r *Request, p *openapi3.Parameter, left map[string][]string) []Violation {
	at := param("query", p.Name)
	values, ok := left[p.Name]
	if !ok {
		if p.Required {
			return []Violation{at.violation(Missing, "is missing")}
		}
		return nil
	}
	delete(left, p.Name)
	v, found := c.decodeParam(p, values, at)
	r.params[p.Name] = v
	return found
}

// decodeParam turns a parameter's texts into a value of its schema, and checks it.
func (c *checker) decodeParam(p *openapi3.Parameter, values []string, at *place) (any, []Violation) {
	if media := p.Content.Get("application/json"); media != nil {
		v, found, ok := readJSON([]byte(values[0]), at)
		if ok && media.Schema != nil {
			found = append(found, c.value(media.Schema.Value, v, at, toServer)...)
		}
		return v, found
	}
	schema := &openapi3.Schema{}
	if p.Schema != nil {
		schema = p.Schema.Value
	}
	var found []Violation
	if !p.AllowEmptyValue && slices.Contains(values, "") {
		return values[0], append(found, at.violation(Blank, "is empty"))
	}
	list := typesOf(schema).array
	if !list || !explodes(p) {
		if len(values) > 1 {
			found = append(found, at.violation(Repeated, "is there twice"))
		}
		values = values[:1]
	}
	if list && !explodes(p) {
		values = strings.Split(values[0], separator(p))
		if !p.AllowEmptyValue && slices.Contains(values, "") {
			found = append(found, at.violation(Blank, "has an empty entry"))
		}
	}
	v := coerceAll(schema, values, list)
	return v, append(found, c.value(schema, v, at, toServer)...)
}

func coerceAll(schema *openapi3.Schema, values []string, list bool) any {
	if !list {
		return coerce(schema, values[0])
	}
	items := []any{}
	for _, value := range values {
		items = append(items, coerce(itemsOf(schema), value))
	}
	return items
}

// explodes says whether each entry of a list is a parameter of its own.
func explodes(p *openapi3.Parameter) bool {
	if p.Explode != nil {
		return *p.Explode && p.In == "query"
	}
	return (p.Style == "" || p.Style == "form") && p.In == "query"
}

func separator(p *openapi3.Parameter) string {
	switch p.Style {
	case "spaceDelimited":
		return " "
	case "pipeDelimited":
		return "|"
	}
	return ","
}

// kinds are the JSON types that a schema allows, all parts and variants taken together.
type kinds struct{ text, number, boolean, object, array bool }

func typesOf(s *openapi3.Schema) kinds {
	var k kinds
	k.collect(s, 0)
	return k
}

func (k *kinds) collect(s *openapi3.Schema, depth int) {
	if s == nil || depth > 8 { // deeper than any document goes, unless in a circle
		return
	}
	k.text = k.text || s.Type.Includes("string")
	k.number = k.number || s.Type.Includes("number") || s.Type.Includes("integer")
	k.boolean = k.boolean || s.Type.Includes("boolean")
	k.object = k.object || s.Type.Includes("object")
	k.array = k.array || s.Type.Includes("array")
	for _, refs := range []openapi3.SchemaRefs{s.AllOf, s.OneOf, s.AnyOf} {
		for _, ref := range refs {
			k.collect(ref.Value, depth+1)
		}
	}
}

func itemsOf(s *openapi3.Schema) *openapi3.Schema {
	if s.Items != nil {
		return s.Items.Value
	}
	for _, refs := range []openapi3.SchemaRefs{s.AllOf, s.OneOf, s.AnyOf} {
		for _, ref := range refs {
			if ref.Value.Items != nil {
				return ref.Value.Items.Value
			}
		}
	}
	return &openapi3.Schema{}
}

// coerce reads a text as what the schema wants. A text that can't be read as that stays one, for the check to refuse.
func coerce(s *openapi3.Schema, value string) any {
	k := typesOf(s)
	switch {
	case k.text:
		return value
	case k.boolean && (value == "true" || value == "false"):
		return value == "true"
	case k.number && json.Valid([]byte(value)) && strings.ContainsAny(value[:1], "-0123456789"):
		return json.Number(value)
	}
	return value
}
