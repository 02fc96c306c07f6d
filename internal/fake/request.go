package fake

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Request is one request as a handler sees it: valid, and decoded by the document.
type Request struct {
	// Operation is what the request was routed to; empty when it was routed to nothing.
	Operation Operation
	// Method and URL are as sent, Header too.
	Method string
	URL    *url.URL
	Header http.Header
	// Raw is the body as sent.
	Raw []byte
	// Body is the decoded body: of JSON nil, bool, string, json.Number, []any or map[string]any; of a form
	// map[string]any with the types of the document, where a file is its content as a string; of anything else the text.
	// It is nil when there is no body, and when the body couldn't be read.
	Body any
	// Files are the files of a multipart body, in order.
	Files []File

	op     *operation
	path   map[string]string
	params map[string]any // decoded query parameters
	values url.Values
	http   *http.Request
}

// File is one file of a multipart body.
type File struct {
	Field, Name, ContentType string
	Content                  []byte
}

// Context ends when the client goes away or the server is closed.
func (r *Request) Context() context.Context { return r.http.Context() }

// Path is the value of a path parameter, unescaped; empty if the path has none of that name.
func (r *Request) Path(name string) string { return r.path[name] }

// Has says whether a query parameter was sent.
func (r *Request) Has(name string) bool {
	_, ok := r.params[name]
	return ok
}

// Value is a query parameter decoded by the document (json.Number, bool, string, []any, map[string]any), else the
// document's default, else nil.
func (r *Request) Value(name string) any {
	if v, ok := r.params[name]; ok {
		return v
	}
	if r.op == nil {
		return nil
	}
	for _, p := range r.op.params {
		if p.In == "query" && p.Name == name && p.Schema != nil {
			return p.Schema.Value.Default
		}
	}
	return nil
}

// Query is a query parameter's text as sent, the first if there are several, else the document's default, else empty.
func (r *Request) Query(name string) string {
	if r.values.Has(name) {
		return r.values.Get(name)
	}
	return text(r.Value(name))
}

// Int is a query parameter as an integer: as sent, else the document's default, else fallback.
func (r *Request) Int(name string, fallback int) int {
	switch v := r.Value(name).(type) {
	case json.Number:
		if n, err := strconv.Atoi(v.String()); err == nil {
			return n
		}
	case float64:
		return int(v)
	case int:
		return v
	case int64:
		return int(v)
	case uint64:
		return int(v)
	}
	return fallback
}

// Bool is a query parameter as a boolean: as sent, else the document's default, else fallback.
func (r *Request) Bool(name string, fallback bool) bool {
	if v, ok := r.Value(name).(bool); ok {
		return v
	}
	return fallback
}

// Time is a query parameter as a time; false if it wasn't sent or isn't one.
func (r *Request) Time(name string) (time.Time, bool) {
	text, _ := r.Value(name).(string)
	t, err := time.Parse(time.RFC3339, text)
	return t, err == nil
}

// Strings are the texts of a query parameter that is a list; of a plain one its text alone; nil if it wasn't sent.
func (r *Request) Strings(name string) []string {
	switch v := r.params[name].(type) {
	case nil:
		return nil
	case []any:
		texts := make([]string, 0, len(v))
		for _, item := range v {
			texts = append(texts, text(item))
		}
		return texts
	default:
		return []string{text(v)}
	}
}

// Fields are the members of a query parameter that is an object (filter[name]=value); nil if it wasn't sent.
func (r *Request) Fields(name string) map[string]any {
	fields, _ := r.params[name].(map[string]any)
	return fields
}

// Object is the body if it is an object, else nil.
func (r *Request) Object() map[string]any {
	object, _ := r.Body.(map[string]any)
	return object
}

// Member is a member of a body that is an object; false if it is absent. A member that is null is nil and true.
func (r *Request) Member(name string) (any, bool) {
	v, ok := r.Object()[name]
	return v, ok
}

// Text is a member of the body that is a string, else empty.
func (r *Request) Text(name string) string {
	text, _ := r.Object()[name].(string)
	return text
}

// Decode reads a JSON body into a value, as encoding/json does.
func (r *Request) Decode(into any) error { return json.Unmarshal(r.Raw, into) }

// text is a decoded scalar as it stands in a URL.
func text(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
