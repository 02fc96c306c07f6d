package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// Model is one Go type of the package, ready for typedef.tmpl.
type Model struct {
	Name     string
	Doc      string
	Fields   []Field   // of a struct
	Values   []Value   // of an enum
	Variants []Variant // of a union
	Member   string    // JSON name of a union's discriminator, "" where there is none
	Method   string    // Go name of the method that returns it
	Required []string  // JSON names of the members whose absence is worth keeping
	Secret   bool      // a member, here or deeper, is a secret
}

// IsStruct, IsEnum and IsUnion pick the template.
func (m Model) IsStruct() bool { return len(m.Fields) > 0 }

// IsEnum is true for an open string enum.
func (m Model) IsEnum() bool { return len(m.Values) > 0 }

// IsUnion is true for oneOf and anyOf.
func (m Model) IsUnion() bool { return len(m.Variants) > 0 }

// Field is one member of a struct.
type Field struct {
	Name, JSON, Doc, GoType, Tag string
	Decode, Encode               string // statements
	Seen                         int    // index in Model.Required, -1 where absence needs no record
}

// Value is one constant of an enum.
type Value struct{ Name, Text, Doc string }

// Variant is one shape of a union.
type Variant struct {
	Name, GoType string
	Decode       string   // function that reads one
	Write        string   // function that writes v
	Tags         []string // discriminator values
	Tag          string   // statement that sets the discriminator of v, "" where it can't be known
}

// models turns oapi-codegen's type definitions into the project's own; parameters and bodies come from the operations.
func (v *view) models(types []codegen.TypeDefinition) []Model {
	var out []Model
	for _, name := range sortedKeys(v.doc.Components.Schemas) {
		ref := v.doc.Components.Schemas[name]
		if !isNamed(ref.Value) {
			continue
		}
		for _, t := range types {
			if t.JsonName == name {
				out = append(out, v.model(t))
			}
		}
	}
	return out
}

func (v *view) model(t codegen.TypeDefinition) Model {
	s := t.Schema.OAPISchema
	m := Model{Name: t.TypeName, Doc: comment("", sentence(t.TypeName, s.Description))}
	switch {
	case len(s.Enum) > 0:
		docs, _ := s.Extensions["x-enum-descriptions"].(map[string]any)
		names, _ := s.Extensions["x-enum-varnames"].([]any)
		for i, value := range s.Enum {
			text, ok := value.(string)
			if !ok {
				v.fail("enum %s: only strings are supported, not %v", t.TypeName, value)
				continue
			}
			name := codegen.SchemaNameToTypeName(text)
			if i < len(names) {
				name = fmt.Sprint(names[i])
			}
			doc := fmt.Sprintf("%s is %q on the wire.", t.TypeName+name, text)
			if d, ok := docs[text].(string); ok {
				doc = sentence(t.TypeName+name, d)
			}
			m.Values = append(m.Values, Value{Name: t.TypeName + name, Text: text, Doc: comment("\t", doc)})
		}
	case len(s.OneOf)+len(s.AnyOf) > 0:
		v.union(&m, t)
	default:
		for _, p := range t.Schema.Properties {
			m.Fields = append(m.Fields, v.field(&m, t, p))
		}
		m.Secret = holdsSecret(v.doc.Components.Schemas[t.JsonName], nil)
	}
	return m
}

// field decides between a plain value and Optional, and writes the two statements that the codec needs.
func (v *view) field(m *Model, t codegen.TypeDefinition, p codegen.Property) Field {
	ref := t.Schema.OAPISchema.Properties[p.JsonFieldName]
	typ := resolve(ref)
	if typ.Kind == Object && v.contains(ref, t.JsonName, nil) {
		elem := typ
		typ = Type{Kind: Pointer, Go: "*" + elem.Go, Elem: &elem, Nullable: elem.Nullable, Schema: elem.Schema}
	}
	f := Field{Name: p.GoFieldName(), JSON: p.JsonFieldName, Tag: p.JsonFieldName, GoType: typ.Go, Seen: -1}
	doc := ref.Value.Description
	if ref.Ref != "" {
		doc, _ = ref.Extensions[wrappedDescription].(string)
	}
	text := sentence(f.Name, doc)

	container := typ.Kind == Slice || typ.Kind == Map || typ.Kind == Raw
	plain := !typ.Nullable && (p.Required || container)
	switch {
	case plain && p.Required:
		f.Seen = len(m.Required)
		m.Required = append(m.Required, f.JSON)
	case plain:
		f.Tag += ",omitempty"
	default:
		f.GoType = "sdk.Optional[" + typ.Go + "]"
		f.Tag += ",omitzero"
	}
	rule := v.rule(typ, p.Required, plain, v.answered[t.JsonName])
	if plain {
		f.Decode, f.Encode = plainStatements(f, typ, rule)
	} else {
		f.Decode, f.Encode = optionalStatements(f, typ, rule)
		if typ.Nullable && !strings.Contains(doc, "null") {
			text += " It may be null."
		}
	}
	f.Doc = comment("\t", text)
	return f
}

// contains tells whether a value of the schema would hold a value of the named schema: such a member must be a pointer.
func (v *view) contains(ref *openapi3.SchemaRef, name string, seen []string) bool {
	if ref.Ref == "" || !isNamed(ref.Value) || slices.Contains(seen, ref.Ref) {
		return false
	}
	if strings.HasSuffix(ref.Ref, "/"+name) {
		return true
	}
	for _, member := range ref.Value.Properties {
		if v.contains(member, name, append(seen, ref.Ref)) {
			return true
		}
	}
	return false
}

// holdsSecret tells whether a value of the schema can hold a secret.
func holdsSecret(ref *openapi3.SchemaRef, seen []*openapi3.Schema) bool {
	if ref == nil || slices.Contains(seen, ref.Value) {
		return false
	}
	s := ref.Value
	seen = append(seen, s)
	if s.Extensions["x-secret"] == true || holdsSecret(s.Items, seen) || holdsSecret(s.AdditionalProperties.Schema, seen) {
		return true
	}
	for _, member := range s.Properties {
		if holdsSecret(member, seen) {
			return true
		}
	}
	return false
}

// rule says what a strict encoder, the one that writes requests, demands of the member.
func (v *view) rule(t Type, required, plain, answered bool) string {
	var rules []string
	switch {
	case !required && plain:
		rules = append(rules, "codec.OmitZero")
	case required && !plain:
		rules = append(rules, "codec.NonEmpty")
	case required && (t.Kind == Slice || t.Kind == Map) && t.Schema.MinItems == 0:
		rules = append(rules, "codec.NonNil")
	case required && t.Kind == Object && len(t.Schema.Properties) > 0: // {} is a value; its own members have their rules
	case required && t.Kind != String && t.Kind != Bool && t.Kind != Int && t.Kind != Float && t.Kind != Any:
		rules = append(rules, "codec.NonEmpty")
	case required && t.Schema.MinLength > 0:
		rules = append(rules, "codec.NonEmpty")
	}
	if t.Nullable || answered && !plain {
		rules = append(rules, "codec.Nullable")
	}
	if len(rules) == 0 {
		return "codec.Plain"
	}
	return strings.Join(rules, "|")
}

func plainStatements(f Field, t Type, rule string) (decode, encode string) {
	read := fmt.Sprintf("codec.%s(d, &m.%s, &m.Extra", t.Kind, f.Name)
	write := fmt.Sprintf("codec.Put%s(e, %q, m.%s, &m.Extra, %s", t.Kind, f.JSON, f.Name, rule)
	switch t.Kind {
	case Enum:
		return fmt.Sprintf("m.%s = %s(codec.Enum(d, &m.Extra, %s))", f.Name, t.Go, t.knownFunc()),
			fmt.Sprintf("codec.PutString(e, %q, string(m.%s), &m.Extra, %s)", f.JSON, f.Name, rule)
	case Object:
		read += ", " + t.decodeElem()
		write = fmt.Sprintf("codec.PutObject(e, %q, &m.%s, &m.Extra, %s, %s", f.JSON, f.Name, rule, t.encodeElem())
	case Slice, Map:
		read += ", " + t.Elem.decodeElem()
		write += ", " + t.Elem.encodeElem()
	}
	return read + ")", write + ")"
}

func optionalStatements(f Field, t Type, rule string) (decode, encode string) {
	t.Nullable = false // the Optional itself holds null
	switch t.Kind {
	case String, Bool, Int, Float, Time, Enum:
		read := fmt.Sprintf("codec.Opt%s(d, &m.%s, &m.Extra", t.Kind, f.Name)
		if t.Kind == Enum {
			read += ", " + t.knownFunc()
		}
		return read + ")", fmt.Sprintf("codec.PutOpt%s(e, %q, m.%s, &m.Extra, %s)", t.Kind, f.JSON, f.Name, rule)
	}
	return fmt.Sprintf("codec.Opt(d, &m.%s, &m.Extra, %s)", f.Name, t.decodeElem()),
		fmt.Sprintf("codec.PutOpt(e, %q, &m.%s, &m.Extra, %s, %s)", f.JSON, f.Name, rule, t.encodeElem())
}

// union lists the variants. With a discriminator each knows its tags; without one a variant is told by trying.
func (v *view) union(m *Model, t codegen.TypeDefinition) {
	s := t.Schema.OAPISchema
	tags := map[string][]string{} // $ref -> discriminator values
	if s.Discriminator != nil {
		m.Member = s.Discriminator.PropertyName
		m.Method = codegen.SchemaNameToTypeName(m.Member)
		for _, value := range sortedKeys(s.Discriminator.Mapping) {
			target := s.Discriminator.Mapping[value].Ref
			tags[target] = append(tags[target], value)
		}
	}
	for _, ref := range append(append(s.OneOf[:0:0], s.OneOf...), s.AnyOf...) {
		typ := resolve(ref)
		variant := Variant{Name: variantName(m.Name, typ), GoType: typ.Go, Decode: typ.decodeElem(),
			Write: "func(e *codec.Encoder) { " + typ.encodeElem() + "(&v, e) }"}
		if typ.Kind == Object {
			variant.Write = "v.encode"
		}
		if s.Discriminator != nil {
			variant.Tags = tags[ref.Ref]
			if len(variant.Tags) == 0 {
				v.fail("union %s: the discriminator mapping has no value for %s", m.Name, typ.Go)
			}
			if p := ref.Value.Properties[m.Member]; p != nil && len(variant.Tags) == 1 {
				variant.Tag = fmt.Sprintf("v.%s = %q", propertyName(p, m.Member), variant.Tags[0])
				if isOptional(ref.Value, m.Member) {
					variant.Tag = fmt.Sprintf("v.%s = sdk.Some(%s(%q))", propertyName(p, m.Member), resolve(p).Go, variant.Tags[0])
				}
			}
		}
		m.Variants = append(m.Variants, variant)
	}
}

// variantName is what a variant's accessor is called: the type's name without the union's own, or the kind of a scalar.
func variantName(union string, t Type) string {
	switch t.Kind {
	case Object, Enum:
		if short := strings.TrimPrefix(t.Go, union); short != "" {
			return short
		}
		return t.Go
	case Slice:
		return variantName(union, *t.Elem) + "s"
	default:
		return string(t.Kind)
	}
}

// sentence opens a doc comment with the Go name: descriptions in the documents are written to continue it ("identifies
// the release."). One that starts with a capital stands alone.
func sentence(name, description string) string {
	description = strings.TrimSpace(description)
	if description == "" || description[0] < 'a' || description[0] > 'z' {
		return description
	}
	return name + " " + description
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
