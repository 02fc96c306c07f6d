package main

import (
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// Kind is how a value travels: it picks the codec functions.
type Kind string

// The kinds, named as the codec functions are.
const (
	String Kind = "String"
	Bool   Kind = "Bool"
	Int    Kind = "Int"
	Float  Kind = "Float"
	Time   Kind = "Time"
	Date   Kind = "Date"
	Bytes  Kind = "Bytes"
	Any    Kind = "Any"
	Raw    Kind = "Raw"
	Secret Kind = "Secret"
	Enum   Kind = "Enum"
	Object Kind = "Object" // also unions: both have decode and encode methods
	Slice  Kind = "Slice"
	Map    Kind = "Map"
	// Pointer is an object that holds itself, so that only a pointer can.
	Pointer Kind = "Pointer"
)

// Type is a resolved schema: its Go type and how it is decoded and encoded.
type Type struct {
	Kind     Kind
	Go       string           // the Go type, without Optional
	Elem     *Type            // of a Slice, Map or Pointer
	Nullable bool             // null is a value of the schema
	Schema   *openapi3.Schema // what the document says
}

// resolve finds the Go type of a schema. Named arrays, maps and scalars are resolved through: they have no Go type of
// their own, so that a user writes []string and not a name for it.
func resolve(ref *openapi3.SchemaRef) Type {
	s := ref.Value
	t := Type{Nullable: s.Nullable || ref.Extensions[wrappedNullable] == true, Schema: s}
	if ref.Ref != "" && isNamed(s) {
		t.Go = goName(ref)
		t.Kind = Object
		if len(s.Enum) > 0 {
			t.Kind = Enum
		}
		return t
	}
	switch {
	case s.Extensions["x-raw"] == true:
		t.Kind, t.Go = Raw, "json.RawMessage"
	case s.Extensions["x-secret"] == true || ref.Extensions["x-secret"] == true:
		t.Kind, t.Go = Secret, "sdk.Secret"
	case s.Type.Is("string"):
		t.Kind, t.Go = stringKind(s.Format)
	case s.Type.Is("boolean"):
		t.Kind, t.Go = Bool, "bool"
	case s.Type.Is("integer"):
		t.Kind, t.Go = Int, "int"
		if s.Format == "int64" || s.Format == "int32" {
			t.Go = s.Format
		}
	case s.Type.Is("number"):
		t.Kind, t.Go = Float, "float64"
	case s.Type.Is("array"):
		elem := resolve(s.Items)
		t.Kind, t.Elem = Slice, &elem
		t.Go = "[]" + elem.element()
	case s.Type.Is("object") && s.AdditionalProperties.Schema != nil:
		elem := resolve(s.AdditionalProperties.Schema)
		t.Kind, t.Elem = Map, &elem
		t.Go = "map[string]" + elem.element()
	case s.Type.Is("object"):
		t.Kind, t.Go, t.Elem = Map, "map[string]any", &Type{Kind: Any, Go: "any"}
	default:
		t.Kind, t.Go = Any, "any"
	}
	return t
}

// isNamed tells whether a component schema gets a Go type.
func isNamed(s *openapi3.Schema) bool {
	return len(s.Enum) > 0 || len(s.Properties) > 0 || len(s.OneOf) > 0 || len(s.AnyOf) > 0
}

// goName is the Go name of a referenced component, as oapi-codegen forms it.
func goName(ref *openapi3.SchemaRef) string {
	if name, ok := ref.Value.Extensions["x-go-name"].(string); ok {
		return name
	}
	return codegen.SchemaNameToTypeName(ref.Ref[strings.LastIndex(ref.Ref, "/")+1:])
}

func stringKind(format string) (Kind, string) {
	switch format {
	case "date-time":
		return Time, "time.Time"
	case "date":
		return Date, "types.Date"
	case "byte", "binary":
		return Bytes, "[]byte"
	}
	return String, "string"
}

// element is the Go type as a slice or map element.
func (t Type) element() string {
	if t.Nullable && t.Kind != Any {
		return "sdk.Optional[" + t.Go + "]"
	}
	return t.Go
}

// decodeElem is the expression of type func(*T, *codec.Decoder) that reads one element.
func (t Type) decodeElem() string { return t.elem("codec.", "Elem", "decode") }

// decodeInto is the expression of type func(*codec.Decoder) that reads one into a variable.
func (t Type) decodeInto(variable string) string {
	switch t.Kind {
	case Object:
		return variable + ".decode"
	case Slice, Map:
		return fmt.Sprintf("func(d *codec.Decoder) { codec.%s(d, &%s, nil, %s) }", t.Kind, variable, t.Elem.decodeElem())
	}
	return fmt.Sprintf("func(d *codec.Decoder) { %s(&%s, d) }", t.decodeElem(), variable)
}

// encodeElem is the expression of type func(*T, *codec.Encoder) that writes one element.
func (t Type) encodeElem() string { return t.elem("codec.", "Out", "encode") }

func (t Type) elem(pkg, suffix, method string) string {
	if t.Nullable && t.Kind != Any {
		plain := t
		plain.Nullable = false
		return pkg + "Opt" + suffix + "(" + plain.elem(pkg, suffix, method) + ")"
	}
	switch t.Kind {
	case Object:
		return "(*" + t.Go + ")." + method
	case Int, Enum:
		return pkg + string(t.Kind) + suffix + "[" + t.Go + "]"
	case Slice, Map, Pointer:
		return pkg + string(t.Kind) + suffix + "(" + t.Elem.elem(pkg, suffix, method) + ")"
	default:
		return pkg + string(t.Kind) + suffix
	}
}

// knownFunc names the generated function that recognises an enum's values without allocating.
func (t Type) knownFunc() string { return "known" + t.Go }

// comment makes a Go doc comment, wrapped at 110 columns, with the given indent.
func comment(indent string, paragraphs ...string) string {
	var b strings.Builder
	for _, p := range paragraphs {
		for block := range strings.SplitSeq(p, "\n\n") {
			words := strings.Fields(block)
			if len(words) == 0 {
				continue
			}
			if b.Len() > 0 {
				b.WriteString(indent + "//\n")
			}
			writeWrapped(&b, indent, words)
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func writeWrapped(b *strings.Builder, indent string, words []string) {
	const width = 110
	line := indent + "//"
	for _, word := range words {
		if len(line)+1+len(word) > width && line != indent+"//" {
			b.WriteString(line + "\n")
			line = indent + "//"
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}
