package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// view gives the templates what they print. The first problem is kept and ends the rendering.
type view struct {
	doc *openapi3.T
	ids map[*openapi3.Operation]string // operationIds as written: oapi-codegen changes them in place
	// answered are the schemas that occur in answers and webhooks, by name. What the platform sent must be fit to be sent
	// back, so their members may be null in requests too.
	answered map[string]bool
	err      error
}

func newView(doc *openapi3.T) *view {
	v := &view{doc: doc, ids: map[*openapi3.Operation]string{}, answered: map[string]bool{}}
	for _, group := range v.events() {
		v.markAnswered(doc.Components.Schemas[group.Schema], group.Schema)
	}
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			v.ids[op] = op.OperationID
			for _, answer := range op.Responses.Map() {
				for _, media := range answer.Value.Content {
					v.markAnswered(media.Schema, "")
				}
			}
		}
	}
	return v
}

// markAnswered marks a schema and all that it leads to.
func (v *view) markAnswered(ref *openapi3.SchemaRef, name string) {
	if ref == nil {
		return
	}
	if ref.Ref != "" {
		name = ref.Ref[strings.LastIndex(ref.Ref, "/")+1:]
	}
	if name != "" {
		if v.answered[name] {
			return
		}
		v.answered[name] = true
	}
	s := ref.Value
	for _, member := range s.Properties {
		v.markAnswered(member, "")
	}
	for _, list := range []openapi3.SchemaRefs{s.OneOf, s.AnyOf} {
		for _, variant := range list {
			v.markAnswered(variant, "")
		}
	}
	v.markAnswered(s.Items, "")
	v.markAnswered(s.AdditionalProperties.Schema, "")
}

func (v *view) fail(format string, args ...any) {
	if v.err == nil {
		v.err = fmt.Errorf(format, args...)
	}
}

func (v *view) functions() map[string]any {
	return map[string]any{
		"client":   func() (*Client, error) { return v.client(), v.err },
		"models":   func(types []codegen.TypeDefinition) ([]Model, error) { return v.models(types), v.err },
		"services": func(ops []codegen.OperationDefinition) ([]Service, error) { return v.services(ops), v.err },
		"levels":   v.levels,
		"coverage": v.coverage,
		"events":   func() ([]EventGroup, error) { return v.events(), v.err },
		"codes":    v.codes,
	}
}

// Service is one tag: a struct with a method for each operation.
type Service struct {
	Tag, File, Doc string
	FieldDoc       string // of the field that holds the service
	Methods        []Method
}

// Level is the group of services that need the same ids: x-level of their tags.
type Level struct {
	Name, Doc string
	Services  []Service
}

// levels groups services by x-level, in the document's order: Services where tags have none, else AppServices and the
// like.
func (v *view) levels(services []Service) []Level {
	var out []Level
	for _, s := range services {
		level, _ := v.doc.Tags.Get(s.Tag).Extensions["x-level"].(string)
		name := "Services"
		doc := "Services are the operations, by subject."
		if level != "" {
			name = codegen.SchemaNameToTypeName(level) + name
			doc = name + " are the operations of one " + level + ", by subject."
		}
		i := slices.IndexFunc(out, func(l Level) bool { return l.Name == name })
		if i < 0 {
			i = len(out)
			out = append(out, Level{Name: name, Doc: comment("", doc)})
		}
		out[i].Services = append(out[i].Services, s)
	}
	return out
}

// Method is one operation.
type Method struct {
	Service, Name, Doc   string
	ID, HTTPMethod, Path string
	Args                 []Arg // path parameters that are arguments
	Params               *Params
	Body                 *Body
	Result               Result
	Repeat               string // "", transport.Safe or transport.Never
	Slow                 bool   // takes minutes
	Stream               bool   // can answer with server-sent events; StreamName is the method for that
	StreamName           string
	StreamDoc            string
	Pages                *Pagination
	Aliases              []string // "METHOD path"
	Evidence             string   // where the knowledge comes from: seed, documented or observed
	Errors               []ErrorType
}

// services groups the operations by tag, in the document's order of tags and by path and method within one.
func (v *view) services(ops []codegen.OperationDefinition) []Service {
	var out []Service
	for _, tag := range v.doc.Tags {
		s := Service{Tag: tag.Name, File: fileName(tag.Name), Doc: comment("",
			tag.Name+"Service calls the operations on "+subject(tag.Name)+".", tag.Description),
			FieldDoc: comment("\t", tag.Description)}
		for _, op := range ops {
			if len(op.Spec.Tags) > 0 && op.Spec.Tags[0] == tag.Name {
				s.Methods = append(s.Methods, v.method(op))
			}
		}
		if len(s.Methods) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// subject is a tag in words: EndUsers -> end users, KV -> KV.
func subject(tag string) string {
	if strings.ToUpper(tag) == tag {
		return tag
	}
	return strings.ReplaceAll(fileName(tag), "_", " ")
}

// fileName turns a tag into a file name: EndUsers -> end_users, KVStores -> kv_stores. A word begins at a capital that
// follows a small letter, or that comes before one.
func fileName(tag string) string {
	var b strings.Builder
	for i, r := range tag {
		small := func(j int) bool { return j >= 0 && j < len(tag) && tag[j] >= 'a' && tag[j] <= 'z' }
		plural := i+2 == len(tag) && tag[i+1] == 's' // the s of KVs begins no word
		if i > 0 && unicode.IsUpper(r) && (small(i-1) || small(i+1) && !plural) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func (v *view) method(op codegen.OperationDefinition) Method {
	tag, verb, _ := strings.Cut(v.ids[op.Spec], ".")
	m := Method{Service: tag, Name: verb, ID: v.ids[op.Spec], HTTPMethod: op.Method, Path: op.Path}
	for _, p := range v.parameters(op) {
		switch {
		case p.In != openapi3.ParameterInPath:
			if m.Params == nil {
				m.Params = &Params{Name: singular(tag) + verb + "Params"}
			}
			m.Params.Fields = append(m.Params.Fields, v.param(op, p))
		case !givenOnce(p.Extensions):
			m.Args = append(m.Args, Arg{Name: argName(p), Wire: p.Name, Segments: p.Extensions["x-path"] == "segments"})
		}
	}
	if m.Params != nil {
		m.Params.Doc = comment("", m.Params.Name+" holds the parameters of "+m.ID+". What is left zero is left to the platform's defaults.")
	}
	m.Body = v.body(op)
	m.Result = v.result(op)
	switch op.Spec.Extensions["x-retry"] {
	case "safe":
		m.Repeat = "transport.Safe"
	case "never":
		m.Repeat = "transport.Never"
	}
	m.Slow = op.Spec.Extensions["x-timeout"] == "none"
	if op.Spec.Extensions["x-stream"] == "sse" {
		m.Stream, m.StreamName = true, verb+"Stream"
		if m.Result.Kind == "events" {
			m.StreamName = verb
		}
	}
	m.Pages = v.pagination(op, m)
	m.Errors = v.errorTypes(op)
	aliases, _ := op.Spec.Extensions["x-aliases"].([]any)
	for _, a := range aliases {
		m.Aliases = append(m.Aliases, fmt.Sprint(a))
	}
	evidence, _ := op.Spec.Extensions["x-evidence"].(map[string]any)
	m.Evidence, _ = evidence["source"].(string)
	m.Doc = comment("", v.methodDoc(op, m)...)
	m.StreamDoc = m.Doc
	if m.Result.Kind != "events" {
		m.StreamDoc = comment("", m.StreamName+" does what "+m.Name+" does, and gives the answer while it arrives.", streaming)
	}
	return m
}

// singular makes the item's name out of a tag: Activities -> Activity, Releases -> Release.
func singular(tag string) string {
	switch {
	case strings.HasSuffix(tag, "ies"):
		return strings.TrimSuffix(tag, "ies") + "y"
	case strings.HasSuffix(tag, "ss"):
		return tag
	case strings.HasSuffix(tag, "ches"), strings.HasSuffix(tag, "shes"), strings.HasSuffix(tag, "sses"), strings.HasSuffix(tag, "xes"):
		return strings.TrimSuffix(tag, "es")
	}
	return strings.TrimSuffix(tag, "s")
}
