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

// Body is the request body.
type Body struct {
	Type   Type
	Raw    bool // bytes as they are, with the content type
	Media  string
	Encode string
}

// Result is what a successful answer holds.
type Result struct {
	Kind    string // none, json, text, bytes, events
	Type    Type
	Decode  string
	Accept  string // media type to ask for, where it isn't JSON
	Untyped bool   // anything, so also nothing
}

// Pointer tells whether the method returns *T (objects) or T.
func (r Result) Pointer() bool { return r.Kind == "json" && r.Type.Kind == Object }

// GoType is the result as the signature shows it.
func (r Result) GoType() string {
	switch {
	case r.Kind == "text":
		return "string"
	case r.Kind == "bytes":
		return "[]byte"
	case r.Pointer():
		return "*" + r.Type.Go
	default:
		return r.Type.Go
	}
}

// Zero is the result beside an error.
func (r Result) Zero() string {
	if r.Kind == "text" || r.Kind == "json" && r.Type.Kind == String {
		return `""`
	}
	return "nil"
}

// ErrorType is the documented body of one error status; 0 stands for any other.
type ErrorType struct {
	Status int
	GoType string
}

// services groups the operations by tag, in the document's order of tags and by path and method within one.
func (v *view) services(ops []codegen.OperationDefinition) []Service {
	var out []Service
	for _, tag := range v.doc.Tags {
		s := Service{Tag: tag.Name, File: fileName(tag.Name), Doc: comment("",
			tag.Name+"Service calls the operations on "+strings.ReplaceAll(fileName(tag.Name), "_", " ")+".", tag.Description),
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
		case p.Extensions["x-scope"] != "client":
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

func (v *view) body(op codegen.OperationDefinition) *Body {
	if op.Spec.RequestBody == nil {
		return nil
	}
	for _, media := range sortedKeys(op.Spec.RequestBody.Value.Content) {
		if !isJSON(media) {
			return &Body{Raw: true, Media: media, Type: Type{Kind: Bytes, Go: "[]byte"}}
		}
		t := resolve(op.Spec.RequestBody.Value.Content[media].Schema)
		return &Body{Type: t, Media: media, Encode: t.encodeElem()}
	}
	return nil
}

func (v *view) result(op codegen.OperationDefinition) Result {
	for _, status := range sortedKeys(op.Spec.Responses.Map()) {
		response := op.Spec.Responses.Value(status)
		if !strings.HasPrefix(status, "2") {
			continue
		}
		if response.Value.Extensions["x-result"] == "none" || len(response.Value.Content) == 0 {
			return Result{Kind: "none"}
		}
		for _, media := range sortedKeys(response.Value.Content) {
			switch {
			case isJSON(media):
				t := resolve(response.Value.Content[media].Schema)
				return Result{Kind: "json", Type: t, Decode: t.decodeElem(), Untyped: t.Kind == Any || t.Kind == Raw}
			case media == "text/event-stream":
				return Result{Kind: "events"}
			case strings.HasPrefix(media, "text/"):
				return Result{Kind: "text", Accept: media}
			default:
				return Result{Kind: "bytes", Accept: media}
			}
		}
	}
	v.fail("%s: no 2xx answer is documented", v.ids[op.Spec])
	return Result{Kind: "none"}
}

func isJSON(media string) bool {
	return media == "application/json" || strings.HasSuffix(media, "+json")
}

func (v *view) errorTypes(op codegen.OperationDefinition) []ErrorType {
	var out []ErrorType
	for _, status := range sortedKeys(op.Spec.Responses.Map()) {
		if strings.HasPrefix(status, "2") || strings.HasPrefix(status, "3") {
			continue
		}
		for media, content := range op.Spec.Responses.Value(status).Value.Content {
			if t := resolve(content.Schema); isJSON(media) && t.Kind == Object {
				e := ErrorType{GoType: t.Go}
				fmt.Sscan(status, &e.Status) // "default" stays 0
				out = append(out, e)
			}
		}
	}
	return out
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
