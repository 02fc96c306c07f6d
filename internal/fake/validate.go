package fake

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// request checks a request against its operation, and decodes it on the way.
func (c *checker) request(r *Request) []Violation {
	found := c.pathParams(r)
	found = append(found, c.queryParams(r)...)
	found = append(found, c.headerParams(r)...)
	found = append(found, c.cookieParams(r)...)
	return append(found, c.requestBody(r)...)
}

func (c *checker) requestBody(r *Request) []Violation {
	at := bodyPlace()
	declared := r.op.Spec.RequestBody
	switch {
	case declared == nil && len(r.Raw) == 0:
		return nil
	case declared == nil:
		return []Violation{at.violation(Undeclared, "is not in the document")}
	case len(r.Raw) == 0 && declared.Value.Required:
		return []Violation{at.violation(Missing, "is missing")}
	case len(r.Raw) == 0:
		return nil
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return []Violation{at.violation(MediaType, "is encoded with "+encoding)}
	}
	media, problem := mediaFor(declared.Value.Content, r.Header.Get("Content-Type"))
	if problem != "" {
		return []Violation{at.violation(MediaType, problem)}
	}
	if media.kind == "multipart/form-data" || media.kind == "application/x-www-form-urlencoded" {
		return c.form(r, media, at)
	}
	var found []Violation
	r.Body, found = c.content(media, r.Raw, at, toServer)
	return found
}

// content decodes a body that is no form, and checks it.
func (c *checker) content(m media, body []byte, at *place, dir direction) (any, []Violation) {
	if !m.json() {
		if m.schema == nil || strings.HasPrefix(m.schema.Format, "binary") {
			return string(body), nil
		}
		return string(body), c.value(m.schema, string(body), at, dir)
	}
	v, found, ok := readJSON(body, at)
	if !ok {
		return nil, found
	}
	if m.schema != nil {
		found = append(found, c.value(m.schema, v, at, dir)...)
	}
	return v, found
}

// media is the content type of a body and what the document says about it.
type media struct {
	kind     string
	boundary string
	schema   *openapi3.Schema
	encoding map[string]*openapi3.Encoding
}

func (m media) json() bool {
	return m.kind == "application/json" || strings.HasSuffix(m.kind, "+json")
}

// mediaFor finds what the document says about a content type; problem is why it says nothing.
func mediaFor(content openapi3.Content, contentType string) (m media, problem string) {
	declared := strings.Join(slices.Sorted(maps.Keys(content)), ", ")
	if contentType == "" {
		return m, "has no content type, the document has " + declared
	}
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return m, "has a content type that can't be read"
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return m, "has the charset " + charset
	}
	family, _, _ := strings.Cut(kind, "/")
	for _, name := range []string{kind, family + "/*", "*/*"} {
		for key, value := range content {
			if plain, _, err := mime.ParseMediaType(key); err != nil || plain != name {
				continue
			}
			m = media{kind: kind, boundary: params["boundary"], encoding: value.Encoding}
			if value.Schema != nil {
				m.schema = value.Schema.Value
			}
			return m, ""
		}
	}
	return m, fmt.Sprintf("has the content type %s, the document has %s", kind, declared)
}

// responseFor is what the document says about a status of an operation; nil if nothing.
func responseFor(op *operation, status int) *openapi3.Response {
	responses := op.Spec.Responses
	if responses == nil {
		return nil
	}
	ref := responses.Status(status)
	if ref == nil {
		ref = responses.Default()
	}
	if ref == nil {
		return nil
	}
	return ref.Value
}

// answer checks an answer against its operation.
func (c *checker) answer(op *operation, a answer) []Violation {
	declared := responseFor(op, a.status)
	if declared == nil {
		return []Violation{{In: "status", Kind: Undeclared, Message: "the document has no such status"}}
	}
	return append(c.answerHeaders(declared, a.header), c.answerBody(declared, a)...)
}

func (c *checker) answerBody(declared *openapi3.Response, a answer) []Violation {
	at := bodyPlace()
	switch {
	case noBody(a.status) && len(a.body) > 0:
		return []Violation{at.violation(Undeclared, fmt.Sprintf("is not allowed with %d", a.status))}
	case len(declared.Content) == 0 && len(a.body) > 0:
		return []Violation{at.violation(Undeclared, "is not in the document")}
	case len(declared.Content) > 0 && len(a.body) == 0 && !emptyAllowed(declared, a):
		return []Violation{at.violation(Missing, "is missing")}
	case len(a.body) == 0:
		return nil
	}
	media, problem := mediaFor(declared.Content, a.header.Get("Content-Type"))
	if problem != "" {
		return []Violation{at.violation(MediaType, problem)}
	}
	_, found := c.content(media, a.body, at, toClient)
	return found
}

// emptyAllowed says whether an empty body is a valid one: a text or a file may be empty.
func emptyAllowed(declared *openapi3.Response, a answer) bool {
	media, problem := mediaFor(declared.Content, a.header.Get("Content-Type"))
	return problem == "" && !media.json()
}

// answerHeaders checks the declared headers of an answer, and that there are no others but those of HTTP itself.
func (c *checker) answerHeaders(declared *openapi3.Response, header http.Header) []Violation {
	var found []Violation
	known := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(declared.Headers)) {
		h := declared.Headers[name].Value
		known[http.CanonicalHeaderKey(name)] = true
		values := header.Values(name)
		at := param("header", name)
		switch {
		case len(values) > 0:
			p := h.Parameter
			p.In, p.Name = "header", name
			_, bad := c.decodeParam(&p, values, at)
			found = append(found, bad...)
		case h.Required:
			found = append(found, at.violation(Missing, "is missing"))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if !known[name] && !standardHeader(name) {
			found = append(found, param("header", name).violation(Undeclared, "is not in the document"))
		}
	}
	return found
}

// standardHeader says whether an answer may have a header without the document saying so.
func standardHeader(name string) bool {
	switch name {
	case "Allow", "Cache-Control", "Content-Disposition", "Content-Length", "Content-Type", "Date", "Etag", "Expires",
		"Last-Modified", "Location", "Retry-After", "Server", "Vary", "Www-Authenticate":
		return true
	}
	return false
}
