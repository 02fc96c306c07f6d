package fake

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// Document is an OpenAPI document that has been read and found valid. It never changes, so any number of servers can
// share it.
type Document struct {
	spec       *openapi3.T
	base       string
	root       *node
	operations map[string]*operation
	shells     sync.Map // *openapi3.Schema -> *openapi3.Schema, see checker.own
}

// Operation names one operation of the document.
type Operation struct {
	ID     string // operationId
	Tag    string // first tag
	Method string
	Path   string              // template, without the base path
	Spec   *openapi3.Operation // as read; shared, not to be changed
}

// operation is what the server needs to know of an Operation.
type operation struct {
	Operation
	params []*openapi3.Parameter // of the path and of the operation
	public bool                  // declared with an empty security list
}

// Load reads an OpenAPI document, YAML or JSON. It refuses one that isn't valid, that has an operation without an
// operationId, or two operations of the same path or the same operationId. Examples are not checked.
func Load(document []byte) (*Document, error) {
	loader := openapi3.NewLoader()
	spec, err := loader.LoadFromData(document)
	if err != nil {
		return nil, fmt.Errorf("the document can't be read: %w", err)
	}
	if err := spec.Validate(context.Background(), openapi3.DisableExamplesValidation()); err != nil {
		return nil, fmt.Errorf("the document isn't valid: %w", err)
	}
	d := emptyDocument()
	d.spec = spec
	if d.base, err = basePath(spec.Servers); err != nil {
		return nil, err
	}
	for _, path := range spec.Paths.InMatchingOrder() {
		if err := d.addPath(path, spec.Paths.Value(path)); err != nil {
			return nil, fmt.Errorf("path %s: %w", path, err)
		}
	}
	return d, nil
}

func emptyDocument() *Document {
	return &Document{spec: &openapi3.T{}, root: &node{}, operations: map[string]*operation{}}
}

// Operations are the operations of the document, by operationId.
func (d *Document) Operations() []Operation {
	list := make([]Operation, 0, len(d.operations))
	for _, id := range slices.Sorted(maps.Keys(d.operations)) {
		list = append(list, d.operations[id].Operation)
	}
	return list
}

// Spec is the document as read. It is shared: it must not be changed.
func (d *Document) Spec() *openapi3.T { return d.spec }

func (d *Document) addPath(path string, item *openapi3.PathItem) error {
	methods := item.Operations()
	for _, method := range slices.Sorted(maps.Keys(methods)) {
		spec := methods[method]
		op := &operation{
			Operation: Operation{ID: spec.OperationID, Method: method, Path: path, Spec: spec},
			params:    mergeParams(item.Parameters, spec.Parameters),
			public:    spec.Security != nil && len(*spec.Security) == 0,
		}
		if len(spec.Tags) > 0 {
			op.Tag = spec.Tags[0]
		}
		if err := d.addOperation(op, item); err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
	}
	return nil
}

func (d *Document) addOperation(op *operation, item *openapi3.PathItem) error {
	if op.ID == "" {
		return errors.New("operationId is missing")
	}
	if _, ok := d.operations[op.ID]; ok {
		return fmt.Errorf("operationId %q is used twice", op.ID)
	}
	d.operations[op.ID] = op
	base := d.base
	if servers := item.Servers; len(servers) > 0 {
		own, err := basePath(servers)
		if err != nil {
			return err
		}
		base = own
	}
	if servers := op.Spec.Servers; servers != nil && len(*servers) > 0 {
		own, err := basePath(*servers)
		if err != nil {
			return err
		}
		base = own
	}
	if err := d.root.add(op.Method, base+op.Path, op); err != nil {
		return err
	}
	for _, alias := range aliases(op.Spec) {
		method, path, ok := strings.Cut(alias, " ")
		if !ok {
			method, path = op.Method, alias
		}
		if err := d.root.add(method, base+path, op); err != nil {
			return fmt.Errorf("alias %s: %w", alias, err)
		}
	}
	return nil
}

// aliases are the other paths of an operation, as "/path" or "METHOD /path" in the member x-aliases.
func aliases(spec *openapi3.Operation) []string {
	list, _ := spec.Extensions["x-aliases"].([]any)
	var paths []string
	for _, entry := range list {
		if path, ok := entry.(string); ok {
			paths = append(paths, path)
		}
	}
	return paths
}

// mergeParams gives the parameters of an operation and those of its path that it doesn't replace, in document order.
func mergeParams(path, own openapi3.Parameters) []*openapi3.Parameter {
	var params []*openapi3.Parameter
	for _, ref := range path {
		if own.GetByInAndName(ref.Value.In, ref.Value.Name) == nil {
			params = append(params, ref.Value)
		}
	}
	for _, ref := range own {
		params = append(params, ref.Value)
	}
	return params
}

func basePath(servers openapi3.Servers) (string, error) {
	if len(servers) == 0 {
		return "", nil
	}
	path, err := servers[0].BasePath()
	if err != nil {
		return "", fmt.Errorf("server %s: %w", servers[0].URL, err)
	}
	return strings.TrimSuffix(path, "/"), nil
}
