package fake

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// checker checks values against the document. kin-openapi checks the keywords of each single value (type, enum, limits,
// pattern, format); how values are made of others is followed here, because an object is closed unless its schema says
// otherwise, and that can only be told with allOf and the chosen variants of unions taken together.
type checker struct {
	doc  *Document
	opts []openapi3.SchemaValidationOption
}

func newChecker(doc *Document, formats map[string]openapi3.StringFormatValidator) *checker {
	return &checker{doc: doc, opts: []openapi3.SchemaValidationOption{
		openapi3.MultiErrors(),
		openapi3.DisableSchemaErrorDetails(),
		openapi3.WithStringFormatValidators(formats),
	}}
}

// direction says which way a value travels.
type direction bool

const (
	toServer direction = false
	toClient direction = true
)

// verdict is what is known of one value after some of its schemas have been applied.
type verdict struct {
	found    []Violation
	names    map[string]bool // members that some schema knows
	declares bool            // some schema declares members
	open     bool            // some schema allows others
}

// value checks a value against a schema, and that an object has no member which no part of the schema knows.
func (c *checker) value(s *openapi3.Schema, v any, at *place, dir direction) []Violation {
	r := verdict{names: map[string]bool{}}
	c.apply(s, v, at, dir, nil, &r)
	return append(r.found, r.undeclared(v, at)...)
}

func (r *verdict) undeclared(v any, at *place) []Violation {
	object, ok := v.(map[string]any)
	if !ok || r.open || !r.declares {
		return nil
	}
	var found []Violation
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if !r.names[name] {
			found = append(found, at.down(name).violation(Undeclared, "is not in the document"))
		}
	}
	return found
}

// apply adds a schema's verdict on a value to r. seen holds the schemas that are being applied to this same value, so
// that one that refers to itself ends.
func (c *checker) apply(s *openapi3.Schema, v any, at *place, dir direction, seen []*openapi3.Schema, r *verdict) {
	parts := flatten(s, seen)
	seen = append(slices.Clip(seen), parts...)
	if v == nil {
		c.null(parts, at, dir, seen, r)
		return
	}
	for _, part := range parts {
		r.found = append(r.found, c.own(part, v, at, dir)...)
		switch v := v.(type) {
		case map[string]any:
			c.members(part, v, at, dir, r)
		case []any:
			if part.Items != nil {
				for i, item := range v {
					r.found = append(r.found, c.value(part.Items.Value, item, at.down(strconv.Itoa(i)), dir)...)
				}
			}
		}
	}
	for _, part := range parts { // unions last: what the other parts know belongs to each variant
		if len(part.OneOf) > 0 {
			c.union(part, part.OneOf, true, v, at, dir, seen, r)
		}
		if len(part.AnyOf) > 0 {
			c.union(part, part.AnyOf, false, v, at, dir, seen, r)
		}
		if part.Not != nil && len(c.value(part.Not.Value, v, at, dir)) == 0 {
			r.found = append(r.found, at.violation("not", "is what the document excludes"))
		}
	}
}

// flatten gives a schema and everything it takes in by allOf.
func flatten(s *openapi3.Schema, seen []*openapi3.Schema) []*openapi3.Schema {
	if s == nil || slices.Contains(seen, s) {
		return nil
	}
	parts := []*openapi3.Schema{s}
	for _, ref := range s.AllOf {
		parts = append(parts, flatten(ref.Value, append(slices.Clip(seen), parts...))...)
	}
	return parts
}

// null checks null: the first schema decides if it says nullable, else each part that has a type must, and a union some
// variant of which allows it.
func (c *checker) null(parts []*openapi3.Schema, at *place, dir direction, seen []*openapi3.Schema, r *verdict) {
	if len(parts) == 0 || parts[0].Nullable || parts[0].Type.IncludesNull() {
		return
	}
	for _, part := range parts {
		if !part.Nullable && !part.Type.IsEmpty() && !part.Type.IncludesNull() {
			r.found = append(r.found, at.violation(Null, "is null"))
			return
		}
		for _, refs := range []openapi3.SchemaRefs{part.OneOf, part.AnyOf} {
			if len(refs) > 0 && !slices.ContainsFunc(refs, func(ref *openapi3.SchemaRef) bool {
				t := verdict{names: map[string]bool{}}
				c.apply(ref.Value, nil, at, dir, seen, &t)
				return len(t.found) == 0
			}) {
				r.found = append(r.found, at.violation(Null, "is null"))
				return
			}
		}
	}
}

// members checks the members of an object that one schema declares.
func (c *checker) members(s *openapi3.Schema, object map[string]any, at *place, dir direction, r *verdict) {
	r.declares = r.declares || len(s.Properties) > 0
	other := s.AdditionalProperties
	if other.Schema != nil || (other.Has != nil && *other.Has) {
		r.open = true
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		below := at.down(name)
		property := s.Properties[name]
		switch {
		case property != nil:
			r.names[name] = true
			r.found = append(r.found, c.member(property.Value, object[name], below, dir)...)
		case other.Schema != nil:
			r.found = append(r.found, c.value(other.Schema.Value, object[name], below, dir)...)
		case other.Has != nil && !*other.Has && !r.names[name]:
			r.names[name] = true
			r.found = append(r.found, below.violation(Undeclared, "is not in the document"))
		}
	}
	for _, name := range s.Required {
		property := s.Properties[name]
		if _, ok := object[name]; !ok && !(property != nil && wrongWay(property.Value, dir)) {
			r.found = append(r.found, at.down(name).violation(Missing, "is missing"))
		}
	}
}

func (c *checker) member(s *openapi3.Schema, v any, at *place, dir direction) []Violation {
	if v != nil && wrongWay(s, dir) {
		word := "read-only"
		if dir == toClient {
			word = "write-only"
		}
		return []Violation{at.violation(Direction, "is "+word)}
	}
	return c.value(s, v, at, dir)
}

// wrongWay says whether members of this schema don't travel in this direction.
func wrongWay(s *openapi3.Schema, dir direction) bool {
	return (dir == toServer && s.ReadOnly) || (dir == toClient && s.WriteOnly)
}

// union applies the variant of a union that a value is, and says so if it is none, or several of a oneOf.
func (c *checker) union(
	s *openapi3.Schema, refs openapi3.SchemaRefs, one bool, v any, at *place, dir direction, seen []*openapi3.Schema, r *verdict,
) {
	if object, ok := v.(map[string]any); ok && s.Discriminator != nil {
		variant, problem := discriminate(s.Discriminator, refs, object, at)
		if problem != nil {
			r.found = append(r.found, *problem)
			r.open = true // which members it may have can't be told
			return
		}
		c.apply(variant, v, at, dir, seen, r)
		return
	}
	var fitting []string
	var closest []Violation
	known := *r
	known.names = maps.Clone(r.names)
	for i, ref := range refs {
		t := verdict{names: maps.Clone(known.names), declares: known.declares, open: known.open}
		c.apply(ref.Value, v, at, dir, seen, &t)
		wrong := append(t.found, t.undeclared(v, at)...)
		if len(wrong) == 0 {
			fitting = append(fitting, variantName(ref, i))
			maps.Copy(r.names, t.names)
			r.declares, r.open = r.declares || t.declares, r.open || t.open
			continue
		}
		if closest == nil || distance(wrong, at) < distance(closest, at) {
			closest = wrong
		}
	}
	switch {
	case len(fitting) == 0:
		r.open = true
		r.found = append(r.found, noVariant(refs, closest, at)...)
	case one && len(fitting) > 1:
		message := "is more than one variant of a union: " + strings.Join(fitting, ", ")
		r.found = append(r.found, at.violation(Variant, message))
	}
}

// distance is how far a value is from a variant: members of the wrong value count less than wrong members.
func distance(wrong []Violation, at *place) int {
	depth, far := len(at.violation("", "").Path), 0
	for _, v := range wrong {
		switch {
		case v.Kind == "type" && len(v.Path) == depth:
			far += 1000
		case v.Kind == Undeclared || v.Kind == Missing:
			far += 2
		default:
			far++
		}
	}
	return far
}

// noVariant says why a value is no variant of a union: by what the closest one lacks, if that says anything.
func noVariant(refs openapi3.SchemaRefs, closest []Violation, at *place) []Violation {
	here := at.violation(Variant, "")
	if first := closest[0]; len(refs) == 1 || first.Kind != "type" || len(first.Path) > len(here.Path) {
		return closest
	}
	var names []string
	for i, ref := range refs {
		names = append(names, variantName(ref, i))
	}
	here.Message = "is none of the variants " + strings.Join(names, ", ")
	return []Violation{here}
}

// discriminate finds the variant that an object says it is.
func discriminate(
	d *openapi3.Discriminator, refs openapi3.SchemaRefs, object map[string]any, at *place,
) (*openapi3.Schema, *Violation) {
	below := at.down(d.PropertyName)
	value, ok := object[d.PropertyName]
	if !ok {
		v := below.violation(Missing, "is missing")
		return nil, &v
	}
	name, _ := value.(string)
	target := "#/components/schemas/" + name
	if mapped, ok := d.Mapping[name]; ok {
		target = mapped.Ref
		if !strings.Contains(target, "/") {
			target = "#/components/schemas/" + target
		}
	}
	for _, ref := range refs {
		if name != "" && ref.Ref == target {
			return ref.Value, nil
		}
	}
	names := slices.Sorted(maps.Keys(d.Mapping))
	for i := 0; len(d.Mapping) == 0 && i < len(refs); i++ {
		names = append(names, variantName(refs[i], i))
	}
	v := below.violation(Variant, "is none of the variants "+strings.Join(names, ", "))
	return nil, &v
}

func variantName(ref *openapi3.SchemaRef, i int) string {
	if ref.Ref != "" {
		return ref.Ref[strings.LastIndexByte(ref.Ref, '/')+1:]
	}
	if types := ref.Value.Type.Slice(); len(types) == 1 {
		return types[0]
	}
	return fmt.Sprintf("number %d", i+1)
}

// own checks the keywords of a schema that are about the value itself.
func (c *checker) own(s *openapi3.Schema, v any, at *place, dir direction) []Violation {
	if number, ok := v.(json.Number); ok && s.Type.Includes("integer") && !s.Type.Includes("number") {
		if _, err := strconv.ParseInt(number.String(), 10, 64); err != nil {
			return []Violation{at.violation("type", "value must be an integer")}
		}
	}
	shell := c.shell(s)
	if dir == toClient && len(shell.Enum) > 0 {
		// Enums are open: a platform may answer values that the document doesn't have yet, and so may its fake.
		open := *shell
		open.Enum = nil
		shell = &open
	}
	return problemsOf(shell.VisitJSON(v, c.opts...), at)
}

// shell is a schema without what refers to other schemas.
func (c *checker) shell(s *openapi3.Schema) *openapi3.Schema {
	if shell, ok := c.doc.shells.Load(s); ok {
		return shell.(*openapi3.Schema)
	}
	shell := *s
	shell.AllOf, shell.OneOf, shell.AnyOf, shell.Not, shell.Discriminator = nil, nil, nil, nil, nil
	shell.Items, shell.Properties, shell.Required = nil, nil, nil
	shell.AdditionalProperties = openapi3.AdditionalProperties{}
	kept, _ := c.doc.shells.LoadOrStore(s, &shell)
	return kept.(*openapi3.Schema)
}

// problemsOf takes the errors of kin-openapi apart.
func problemsOf(err error, at *place) []Violation {
	var many openapi3.MultiError
	var one *openapi3.SchemaError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &one) && err == error(one):
		message := one.Reason
		if errors.Is(one.Origin, errFormat) {
			message = "value must be in the format " + one.Schema.Format
		}
		return []Violation{at.violation(one.SchemaField, message)}
	case errors.As(err, &many):
		var found []Violation
		for _, err := range many {
			found = append(found, problemsOf(err, at)...)
		}
		return found
	}
	return []Violation{at.violation("schema", err.Error())}
}
