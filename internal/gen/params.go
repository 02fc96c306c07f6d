package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// Arg is a path parameter in the signature.
type Arg struct {
	Name, Wire string
	Segments   bool // its slashes separate segments of the path
}

// Params is the struct of an operation's query and header parameters.
type Params struct {
	Name, Doc string
	Fields    []Param
}

// Param is one of its fields and the statements that put it on the request.
type Param struct{ Name, Doc, GoType, Statements, In string }

// parameters lists the operation's parameters, path ones in path order, the others in document order.
func (v *view) parameters(op codegen.OperationDefinition) []*openapi3.Parameter {
	all := slices.Clone(op.Spec.Parameters)
	if item := v.doc.Paths.Value(op.Path); item != nil {
		for _, shared := range item.Parameters {
			if all.GetByInAndName(shared.Value.In, shared.Value.Name) == nil {
				all = append(all, shared)
			}
		}
	}
	var path, other []*openapi3.Parameter
	for _, p := range all {
		if p.Value.In == openapi3.ParameterInPath {
			path = append(path, p.Value)
		} else {
			other = append(other, p.Value)
		}
	}
	slices.SortFunc(path, func(a, b *openapi3.Parameter) int {
		return strings.Index(op.Path, "{"+a.Name+"}") - strings.Index(op.Path, "{"+b.Name+"}")
	})
	return append(path, other...)
}

// param decides how a query or header parameter looks in Go. It is a plain value, left out while zero, wherever zero
// could not be meant: an empty string, a count below its minimum, the default of a switch. Elsewhere it is Optional.
func (v *view) param(op codegen.OperationDefinition, p *openapi3.Parameter) Param {
	t := resolve(p.Schema)
	s := t.Schema
	name := codegen.SchemaNameToTypeName(p.Name)
	if n, ok := p.Extensions["x-go-name"].(string); ok {
		name = n
	}
	plain := p.Required
	switch t.Kind {
	case String, Enum, Time, Date, Slice, Map:
		plain = true
	case Int:
		plain = plain || s.Min != nil && *s.Min >= 1
	case Bool:
		plain = plain || s.Default == false
	}
	out := Param{Name: name, In: p.In, GoType: t.Go}
	field := "params." + name
	text := sentence(name, p.Description)
	switch {
	case p.Required:
		out.Statements = put(p, t, field)
		if t.Kind == String || t.Kind == Enum {
			out.Statements = fmt.Sprintf("query.Required(%q, string(%s))", p.Name, field)
		}
		text += " It is required."
	case plain:
		zero := map[Kind]string{String: ` != ""`, Enum: ` != ""`, Int: " != 0", Bool: "", Time: ".IsZero()", Date: ".IsZero()", Slice: " != nil", Map: " != nil"}[t.Kind]
		condition := field + zero
		if strings.HasPrefix(zero, ".") {
			condition = "!" + condition
		}
		out.Statements = fmt.Sprintf("if %s {\n%s\n}", condition, put(p, t, field))
		if t.Kind == Bool {
			text += " False leaves it out."
		} else if t.Kind == Int {
			text += " Zero leaves it out."
		}
	default:
		out.GoType = "sdk.Optional[" + t.Go + "]"
		out.Statements = fmt.Sprintf("if value, ok := %s.Get(); ok {\n%s\n}", field, put(p, t, "value"))
	}
	out.Doc = comment("\t", text)
	return out
}

// put is the statement that appends one parameter. Scalars go straight on; what needs a style goes through
// oapi-codegen/runtime.
func put(p *openapi3.Parameter, t Type, value string) string {
	if p.In == openapi3.ParameterInHeader {
		switch t.Kind {
		case Int:
			value = "strconv.FormatInt(int64(" + value + "), 10)"
		case Bool:
			value = "strconv.FormatBool(" + value + ")"
		case Enum:
			value = "string(" + value + ")"
		}
		return fmt.Sprintf("header.Set(%q, %s)", p.Name, value)
	}
	switch t.Kind {
	case String:
		return fmt.Sprintf("query.Add(%q, %s)", p.Name, value)
	case Enum:
		return fmt.Sprintf("query.Add(%q, string(%s))", p.Name, value)
	case Int:
		return fmt.Sprintf("query.Int(%q, int64(%s))", p.Name, value)
	case Bool, Float, Time:
		return fmt.Sprintf("query.%s(%q, %s)", t.Kind, p.Name, value)
	case Date:
		return fmt.Sprintf("query.Add(%q, %s.String())", p.Name, value)
	}
	style := p.Style
	if style == "" {
		style = openapi3.SerializationForm
	}
	explode := style == openapi3.SerializationForm || style == openapi3.SerializationDeepObject
	if p.Explode != nil {
		explode = *p.Explode
	}
	return fmt.Sprintf("query.Styled(%q, %q, %t, %s)", p.Name, style, explode, value)
}

// argName is the Go name of a path argument: release_id -> releaseID.
func argName(p *openapi3.Parameter) string {
	if n, ok := p.Extensions["x-go-name"].(string); ok {
		return n
	}
	name := codegen.SchemaNameToTypeName(p.Name)
	n := 0
	for n < len(name) && name[n] >= 'A' && name[n] <= 'Z' {
		n++
	}
	if n > 1 && n < len(name) {
		n-- // HTTPMethod -> httpMethod
	}
	return strings.ToLower(name[:n]) + name[n:]
}
