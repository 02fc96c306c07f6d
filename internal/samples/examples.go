package samples

import (
	"encoding/json"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/wharfinger/sdk/openapi"
)

// examples are those of the package's document, by operation and what they are an example of.
func examples(tb testing.TB, name string) map[string][]string {
	tb.Helper()
	text, err := openapi.Document(name)
	if err != nil {
		tb.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		tb.Fatal(err)
	}
	found := map[string][]string{}
	add := func(what string, content openapi3.Content) {
		for _, media := range content {
			for _, value := range payloads(media) {
				if text, err := json.Marshal(value); err == nil {
					found[what] = append(found[what], string(text))
				}
			}
		}
	}
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			if op.RequestBody != nil {
				add(op.OperationID+" request", op.RequestBody.Value.Content)
			}
			for status, answer := range op.Responses.Map() {
				what := " error"
				if status[0] == '2' {
					what = " answer"
				}
				add(op.OperationID+what, answer.Value.Content)
			}
		}
	}
	return found
}

// payloads are the examples of one content type.
func payloads(media *openapi3.MediaType) []any {
	var values []any
	if media.Example != nil {
		values = append(values, media.Example)
	}
	for _, example := range media.Examples {
		values = append(values, example.Value.Value)
	}
	return values
}
