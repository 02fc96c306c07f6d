package main

import (
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// Pagination is what x-pagination says, turned into the expressions of a pager.
type Pagination struct {
	Style string
	Pages string // name of the method that iterates over pages
	All   string // name of the method that iterates over items
	Item  Type   // of the list
	Items string // expression over page: the slice
	Next  string // body of func(page R) (token string, more bool), which moves params
	Array bool   // the answer is the bare array
	// InBody: the position is a member of the request body, so the body takes the place of the parameters.
	InBody bool
}

// pagination reads x-pagination. Styles: cursor and token continue with what the page names, page and offset count,
// last-id continues after the last item.
func (v *view) pagination(op codegen.OperationDefinition, m Method) *Pagination {
	rule, ok := op.Spec.Extensions["x-pagination"].(map[string]any)
	if !ok {
		return nil
	}
	text := func(key string) string { s, _ := rule[key].(string); return s }
	p := &Pagination{InBody: text("in") == "body", Array: m.Result.Type.Kind == Slice}
	p.Style, p.Pages, p.All = text("style"), m.Name+"Pages", m.Name+"All"
	if m.Name == "List" {
		p.Pages, p.All = "Pages", "All"
	}
	page := m.Result.Type.Schema
	if p.Array {
		p.Item, p.Items = *m.Result.Type.Elem, "page"
	} else {
		items := page.Properties[text("items")]
		if items == nil || resolve(items).Kind != Slice {
			v.fail("%s: x-pagination: items %q is not an array of the answer", m.ID, text("items"))
			return nil
		}
		p.Item, p.Items = *resolve(items).Elem, "page."+propertyName(items, text("items"))
	}
	position, limit := v.position(op, m, p.InBody, text("parameter")), ""
	if text("limit") != "" {
		limit = v.position(op, m, p.InBody, text("limit")).get
	}
	var next strings.Builder
	switch style := text("style"); style {
	case "cursor", "token":
		v.nextToken(&next, m, page, text("next"), text("more"), position)
	case "page", "offset":
		fmt.Fprintf(&next, "at := %s\n", position.get)
		if style == "page" {
			fmt.Fprintf(&next, "at = max(at, 1) + 1\n")
		} else {
			fmt.Fprintf(&next, "at += len(%s)\n", p.Items)
		}
		fmt.Fprintf(&next, "%s\n", position.set("at"))
		full := fmt.Sprintf("len(%s) > 0", p.Items)
		if limit != "" {
			full += fmt.Sprintf(" && len(%s) >= %s", p.Items, limit)
		}
		fmt.Fprintf(&next, "return strconv.Itoa(at), %s", full)
	case "last-id":
		last := fmt.Sprintf("%s[len(%s)-1]", p.Items, p.Items)
		id, err := member(last, p.Item.Schema, text("id"))
		if err != nil {
			v.fail("%s: x-pagination: the items: %w", m.ID, err)
			return nil
		}
		fmt.Fprintf(&next, "if len(%s) == 0 {\nreturn \"\", false\n}\nlast := %s\n", p.Items, id.get)
		fmt.Fprintf(&next, "%s\nreturn last, true", position.set("last"))
	default:
		v.fail("%s: x-pagination: unknown style %q", m.ID, style)
	}
	p.Next = next.String()
	return p
}

func (v *view) nextToken(b *strings.Builder, m Method, page *openapi3.Schema, next, more string, position place) {
	token, err := member("page", page, next)
	if err != nil {
		v.fail("%s: x-pagination: the answer: %w", m.ID, err)
		return
	}
	fmt.Fprintf(b, "token := %s\n%s\n", token.get, position.set("token"))
	condition := `token != ""`
	if flag, err := member("page", page, more); more != "" && err == nil {
		condition += " && " + strings.Replace(flag.get, ".Or(false)", ".Or(true)", 1)
	}
	fmt.Fprintf(b, "return token, %s", condition)
}

// place is where a pager reads and writes its position: an expression and the statements that assign to it.
type place struct {
	get string
	set func(value string) string
}

func (v *view) position(op codegen.OperationDefinition, m Method, inBody bool, name string) place {
	if inBody {
		at, err := member("params", m.Body.Type.Schema, name)
		if err != nil {
			v.fail("%s: x-pagination: the body: %w", m.ID, err)
		}
		return at
	}
	if p := op.Spec.Parameters.GetByInAndName("query", name); p != nil {
		field := v.param(op, p)
		expr := "params." + field.Name
		if strings.HasPrefix(field.GoType, "sdk.Optional[") {
			return place{get: expr + ".Or(0)", set: func(x string) string { return expr + " = sdk.Some(" + x + ")" }}
		}
		return place{get: expr, set: func(x string) string { return expr + " = " + x }}
	}
	v.fail("%s: x-pagination: no parameter %q", m.ID, name)
	return place{set: func(string) string { return "" }}
}

// member finds a member of a struct by its JSON name; a dot leads into an object: "selector.after".
func member(expr string, s *openapi3.Schema, name string) (place, error) {
	name, inner, nested := strings.Cut(name, ".")
	ref := s.Properties[name]
	if ref == nil {
		return place{set: func(string) string { return "" }}, fmt.Errorf("it has no member %q", name)
	}
	t := resolve(ref)
	field := expr + "." + propertyName(ref, name)
	optional := isOptional(s, name)
	if !nested {
		if !optional {
			return place{get: field, set: func(x string) string { return field + " = " + x }}, nil
		}
		zero := map[Kind]string{Int: "0", Bool: "false"}[t.Kind]
		if zero == "" {
			zero = `""`
		}
		return place{get: field + ".Or(" + zero + ")", set: func(x string) string { return field + " = sdk.Some(" + x + ")" }}, nil
	}
	if !optional {
		return member(field, ref.Value, inner)
	}
	// The object may be missing: work on a copy of it and put that back.
	in, err := member(name, ref.Value, inner)
	if err != nil {
		return in, err
	}
	whole := field + ".Or(" + t.Go + "{})"
	return place{
		get: strings.Replace(in.get, name, whole, 1),
		set: func(x string) string {
			return name + " := " + whole + "\n" + in.set(x) + "\n" + field + " = sdk.Some(" + name + ")"
		},
	}, nil
}

// isOptional tells whether a member became an Optional.
func isOptional(s *openapi3.Schema, name string) bool {
	required := false
	for _, r := range s.Required {
		required = required || r == name
	}
	return !required || resolve(s.Properties[name]).Nullable
}

func propertyName(ref *openapi3.SchemaRef, name string) string {
	if n, ok := ref.Extensions["x-go-name"].(string); ok {
		return n
	}
	if ref.Ref == "" {
		if n, ok := ref.Value.Extensions["x-go-name"].(string); ok {
			return n
		}
	}
	return codegen.SchemaNameToTypeName(name)
}
