package faults_test

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/openapi"
	"github.com/wharfinger/sdk/releases"
)

// method is a public method of a vendor package for one operation, found by reflection so that none is forgotten.
type method struct {
	name     string // such as releases.Releases.Get
	function reflect.Value
	verb     string
	path     string   // the document's, with the prefix that its server has left out
	segments string   // the parameter whose slashes separate segments
	ids      int      // how many arguments are ids
	scope    []string // the parameters that aren't arguments
	query    openapi3.Parameters
	example  any // of the body
}

// catalog holds the operations of the platforms' documents, by platform and operationId.
type catalog map[string]map[string]method

func readCatalog(t *testing.T) catalog {
	t.Helper()
	all := catalog{}
	for _, name := range openapi.Names() {
		all[name] = documented(t, name)
	}
	return all
}

// scope holds values for the path parameters that are given once.
type scope map[string]string

// harmless are values that mean nothing in an address.
func harmless() scope {
	return scope{"org_id": "acme", "workspace_id": "main", "app_id": "shop", "organisation_id": "org"}
}

func (s scope) app() releases.AppRef {
	return releases.AppRef{Org: s["org_id"], Workspace: s["workspace_id"], App: s["app_id"]}
}

// methods are those of all clients that have an operation in the platform's document.
func (c *clients) methods(t *testing.T, documents catalog, in scope) []method {
	t.Helper()
	organised, err := c.versori.With(sdk.WithScope("organisation_id", cmp.Or(in["organisation_id"], "none")))
	if err != nil {
		t.Fatal(err)
	}
	ref := in.app()
	var all []method
	for _, platform := range []struct {
		name  string
		roots []any
	}{
		{"cargo", []any{c.cargo}}, {"versori", []any{organised}}, {"licensing", []any{c.licensing}},
		{"releases", []any{
			c.releases, c.releases.Organization(ref.Org), c.releases.App(ref),
			c.releases.Workspace(releases.WorkspaceRef{Org: ref.Org, Workspace: ref.Workspace}),
		}},
	} {
		operations := maps.Clone(documents[platform.name])
		for _, root := range platform.roots {
			services(reflect.ValueOf(root), func(service reflect.Value) {
				tag := strings.TrimSuffix(service.Type().Elem().Name(), "Service")
				for i := range service.NumMethod() {
					id := tag + "." + service.Type().Method(i).Name
					if m, ok := operations[id]; ok {
						delete(operations, id)
						m.name, m.function = platform.name+"."+id, service.Method(i)
						m.count()
						all = append(all, m)
					}
				}
			})
		}
		for id := range operations {
			t.Errorf("%s: no method for %s was found", platform.name, id)
		}
	}
	return all
}

// services visits the services below a client.
func services(v reflect.Value, visit func(reflect.Value)) {
	if v.Kind() == reflect.Pointer && strings.HasSuffix(v.Type().Elem().Name(), "Service") {
		visit(v)
		return
	}
	v = reflect.Indirect(v)
	if v.Kind() != reflect.Struct {
		return
	}
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			services(v.Field(i), visit)
		}
	}
}

// documented gives the operations of a platform's document.
func documented(t *testing.T, name string) map[string]method {
	t.Helper()
	text, err := openapi.Document(name)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	operations := map[string]method{}
	for path, item := range doc.Paths.Map() {
		for verb, op := range item.Operations() {
			m := method{verb: verb, path: path}
			for _, parameters := range []openapi3.Parameters{item.Parameters, op.Parameters} {
				for _, p := range parameters {
					if p.Value.In != "path" {
						m.query = append(m.query, p)
						continue
					}
					if p.Value.Extensions["x-scope"] == "client" {
						m.scope = append(m.scope, p.Value.Name)
					}
					if p.Value.Extensions["x-path"] == "segments" {
						m.segments = p.Value.Name
					}
				}
			}
			if op.RequestBody != nil {
				for _, media := range op.RequestBody.Value.Content {
					m.example = media.Example
					for _, example := range media.Examples {
						m.example = example.Value.Value
					}
				}
			}
			operations[op.OperationID] = m
		}
	}
	return operations
}

// count counts the arguments that are ids: texts behind the context.
func (m *method) count() {
	for i := 1; i < m.function.Type().NumIn() && m.function.Type().In(i).Kind() == reflect.String; i++ {
		m.ids++
	}
}

// call calls the method with ids; what else it takes comes from the document's example, or is made up.
func (m *method) call(t *testing.T, ids []string, opts ...sdk.Option) error {
	t.Helper()
	return m.callFilled(t, ids, fill, opts...)
}

// callFilled is call with query parameters of the caller's.
func (m *method) callFilled(t *testing.T, ids []string, fill func(reflect.Value), opts ...sdk.Option) error {
	t.Helper()
	typ := m.function.Type()
	args := []reflect.Value{reflect.ValueOf(context.Background())}
	for i := 1; i < typ.NumIn(); i++ {
		arg := reflect.New(typ.In(i)).Elem()
		switch {
		case i <= m.ids:
			arg.SetString(ids[i-1])
		case i == typ.NumIn()-1 && typ.IsVariadic():
			arg.Set(reflect.ValueOf(opts))
		case isBody(typ.In(i)):
			example, err := json.Marshal(m.example)
			if err == nil {
				err = json.Unmarshal(example, arg.Addr().Interface())
			}
			if err != nil {
				t.Fatalf("%s: the document's example: %v", m.name, err)
			}
		default:
			fill(arg)
		}
		args = append(args, arg)
	}
	results := m.function.CallSlice(args)
	last := results[len(results)-1]
	if last.Kind() == reflect.Func { // a stream
		for _, second := range last.Seq2() {
			last = second
			break
		}
	}
	err, _ := last.Interface().(error)
	return err
}

// isBody tells bodies from structs of query parameters, which aren't encoded.
func isBody(typ reflect.Type) bool {
	return typ.Kind() != reflect.Struct || typ.Implements(reflect.TypeFor[json.Marshaler]())
}

// fill gives parameters values that may be sent.
func fill(v reflect.Value) {
	for i := range v.NumField() {
		switch field := v.Field(i); {
		case field.Kind() == reflect.String:
			field.SetString("x")
		case field.Type() == reflect.TypeFor[time.Time]():
			field.Set(reflect.ValueOf(time.Unix(0, 0)))
		}
	}
}

// anyIDs are ids for the method that mean nothing in an address.
func (m *method) anyIDs() []string { return slices.Repeat([]string{"x"}, m.ids) }

// uri is where the method sends its request to, given the values of the scope and of the ids as they stand on the wire.
func (m *method) uri(in scope, ids []string) string {
	path := m.path
	for _, name := range m.scope {
		path = strings.Replace(path, "{"+name+"}", in[name], 1)
	}
	for _, name := range m.arguments() {
		path = strings.Replace(path, "{"+name+"}", ids[0], 1)
		ids = ids[1:]
	}
	return path
}

// arguments are the path's parameters that are ids, in order.
func (m *method) arguments() []string {
	var names []string
	for part := range strings.SplitSeq(m.path, "{") {
		if name, _, ok := strings.Cut(part, "}"); ok && !slices.Contains(m.scope, name) {
			names = append(names, name)
		}
	}
	return names
}
