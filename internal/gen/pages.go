package main

import (
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// Pagination is what x-pagination says, turned into the expressions of a pager.
type Pagination struct {
	Pages string // name of the method that iterates over pages
	All   string // name of the method that iterates over items
	Item  Type   // of the list
	Items string // expression over page: the slice
	Next  string // body of func(params *P, page R) (token string, more bool)
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
	p.Pages, p.All = m.Name+"Pages", m.Name+"All"
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
		id := p.Item.Schema.Properties[text("id")]
		if id == nil {
			v.fail("%s: x-pagination: the items have no member %q", m.ID, text("id"))
			return nil
		}
		fmt.Fprintf(&next, "if len(%s) == 0 {\nreturn \"\", false\n}\nlast := %s[len(%s)-1].%s\n", p.Items, p.Items, p.Items, propertyName(id, text("id")))
		fmt.Fprintf(&next, "%s\nreturn last, true", position.set("last"))
	default:
		v.fail("%s: x-pagination: unknown style %q", m.ID, style)
	}
	p.Next = next.String()
	return p
}

func (v *view) nextToken(b *strings.Builder, m Method, page *openapi3.Schema, next, more string, position place) {
	token := page.Properties[next]
	if token == nil {
		v.fail("%s: x-pagination: the answer has no member %q", m.ID, next)
		return
	}
	expr := "page." + propertyName(token, next)
	if isOptional(page, next) {
		expr += `.Or("")`
	}
	fmt.Fprintf(b, "token := %s\n%s\n", expr, position.set("token"))
	condition := `token != ""`
	if flag := page.Properties[more]; flag != nil {
		e := "page." + propertyName(flag, more)
		if isOptional(page, more) {
			e += ".Or(true)"
		}
		condition += " && " + e
	}
	fmt.Fprintf(b, "return token, %s", condition)
}

// place is where a pager reads and writes its position.
type place struct {
	get string
	set func(value string) string
}

func (v *view) position(op codegen.OperationDefinition, m Method, inBody bool, name string) place {
	if inBody {
		if p := m.Body.Type.Schema.Properties[name]; p != nil {
			field := "params." + propertyName(p, name)
			if isOptional(m.Body.Type.Schema, name) {
				zero := `""`
				if resolve(p).Kind == Int {
					zero = "0"
				}
				return place{get: field + ".Or(" + zero + ")", set: func(x string) string { return field + " = sdk.Some(" + x + ")" }}
			}
			return place{get: field, set: func(x string) string { return field + " = " + x }}
		}
	} else if p := op.Spec.Parameters.GetByInAndName("query", name); p != nil {
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
