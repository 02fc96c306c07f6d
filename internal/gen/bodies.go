package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

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
	Decode  string // function that reads it into result
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

func (v *view) body(op codegen.OperationDefinition) *Body {
	if op.Spec.RequestBody == nil {
		return nil
	}
	media := firstMedia(op.Spec.RequestBody.Value.Content)
	if !isJSON(media) {
		return &Body{Raw: true, Media: media, Type: Type{Kind: Bytes, Go: "[]byte"}}
	}
	t := resolve(op.Spec.RequestBody.Value.Content[media].Schema)
	return &Body{Type: t, Media: media, Encode: t.encodeElem()}
}

// firstMedia picks JSON where a body can be several things, else the first in alphabetical order.
func firstMedia(content openapi3.Content) string {
	media := sortedKeys(content)
	if i := slices.IndexFunc(media, isJSON); i >= 0 {
		return media[i]
	}
	return media[0]
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
		switch media := firstMedia(response.Value.Content); {
		case isJSON(media):
			t := resolve(response.Value.Content[media].Schema)
			return Result{Kind: "json", Type: t, Decode: t.decodeInto("result"), Untyped: t.Kind == Any || t.Kind == Raw}
		case media == "text/event-stream":
			return Result{Kind: "events"}
		case strings.HasPrefix(media, "text/"):
			return Result{Kind: "text", Accept: media}
		default:
			return Result{Kind: "bytes", Accept: media}
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
