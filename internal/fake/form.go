package fake

import (
	"bytes"
	"io"
	"maps"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// formField is what a form says about one field: its values in order.
type formField struct {
	texts []string
	json  []bool // the part says it is JSON
}

// form decodes the body of a form into an object of the document's types, and checks it.
func (c *checker) form(r *Request, m media, at *place) []Violation {
	fields, problem := map[string]*formField{}, ""
	if m.kind == "multipart/form-data" {
		fields, problem = readMultipart(r, m)
	} else if values, err := url.ParseQuery(string(r.Raw)); err != nil {
		problem = "is not a form"
	} else {
		for name, texts := range values {
			fields[name] = &formField{texts: texts, json: make([]bool, len(texts))}
		}
	}
	if problem != "" {
		return []Violation{at.violation(Malformed, problem)}
	}
	object := map[string]any{}
	var found []Violation
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		schema := memberSchema(m.schema, name)
		if schema == nil {
			schema = &openapi3.Schema{}
		}
		v, bad := fields[name].decode(schema, at.down(name))
		object[name] = v
		found = append(found, bad...)
	}
	r.Body = object
	if m.schema != nil {
		found = append(found, c.value(m.schema, object, at, toServer)...)
	}
	return found
}

func (f *formField) decode(schema *openapi3.Schema, at *place) (any, []Violation) {
	k := typesOf(schema)
	if k.array && !f.json[0] {
		return coerceAll(schema, f.texts, true), nil
	}
	var found []Violation
	if len(f.texts) > 1 {
		found = append(found, at.violation(Repeated, "is there twice"))
	}
	if f.json[0] || (k.object && !k.text) {
		v, bad, ok := readJSON([]byte(f.texts[0]), at)
		if ok {
			return v, append(found, bad...)
		}
		return nil, append(found, bad...)
	}
	if f.texts[0] == "" {
		return "", found
	}
	return coerce(schema, f.texts[0]), found
}

// readMultipart reads the parts of a multipart body; its files also go to the request.
func readMultipart(r *Request, m media) (map[string]*formField, string) {
	if m.boundary == "" {
		return nil, "has no boundary"
	}
	fields := map[string]*formField{}
	reader := multipart.NewReader(bytes.NewReader(r.Raw), m.boundary)
	for {
		part, err := reader.NextPart()
		if err == io.EOF {
			return fields, ""
		}
		if err != nil {
			return nil, "is not a multipart form"
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, "is cut off"
		}
		name, contentType := part.FormName(), part.Header.Get("Content-Type")
		field := fields[name]
		if field == nil {
			field = &formField{}
			fields[name] = field
		}
		field.texts = append(field.texts, string(content))
		field.json = append(field.json, part.FileName() == "" && strings.HasPrefix(contentType, "application/json"))
		if part.FileName() != "" {
			r.Files = append(r.Files, File{Field: name, Name: part.FileName(), ContentType: contentType, Content: content})
		}
	}
}
