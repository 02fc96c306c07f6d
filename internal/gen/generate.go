package main

import (
	"embed"
	"fmt"
	"io/fs"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

//go:embed templates/*.tmpl
var templates embed.FS

// Job says what is generated from what.
type Job struct {
	Document string // path of the OpenAPI document
	Package  string // name of the Go package
	Out      string // folder of the Go package
}

// initialisms are the words, beyond oapi-codegen's own, that Go names write in capitals.
var initialisms = []string{"UUID", "UUIDs", "IDs", "URL", "API", "SQL", "JWT", "SHA"}

// silenced are the built-in templates whose output this project replaces: everything that is emitted comes from the
// three templates that are not listed here.
var silenced = []string{
	"constants.tmpl", "param-types.tmpl", "request-bodies.tmpl", "additional-properties.tmpl", "union.tmpl",
	"union-and-additional-properties.tmpl", "webhook-initiator.tmpl", "callback-initiator.tmpl",
}

// Generate returns the files of the package by name, formatted, with their imports.
func Generate(job Job) (map[string][]byte, error) {
	doc, err := loadDocument(job.Document)
	if err != nil {
		return nil, err
	}
	if err := checkConventions(doc); err != nil {
		return nil, fmt.Errorf("%s: %w", job.Document, err)
	}
	source, err := render(doc, job)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", job.Document, err)
	}
	return splitFiles(source)
}

// render lets oapi-codegen resolve the document and run our templates over it.
func render(doc *openapi3.T, job Job) (string, error) {
	user := map[string]string{}
	for _, name := range silenced {
		user[name] = "{{\"\"}}\n" // a template of white space and comments would not replace the built-in one
	}
	for _, name := range []string{"imports.tmpl", "typedef.tmpl", "client.tmpl", "client-with-responses.tmpl"} {
		text, err := fs.ReadFile(templates, "templates/"+name)
		if err != nil {
			return "", fmt.Errorf("reading template %s: %w", name, err)
		}
		user[name] = string(text)
	}
	v := newView(doc)
	for name, f := range v.functions() {
		codegen.TemplateFunctions[name] = f
	}
	return codegen.Generate(doc, codegen.Configuration{
		PackageName: job.Package,
		Generate:    codegen.GenerateOptions{Models: true, Client: true},
		OutputOptions: codegen.OutputOptions{
			SkipFmt:               true,
			SkipPrune:             true,
			UserTemplates:         user,
			NameNormalizer:        string(codegen.NameNormalizerFunctionToCamelCaseWithInitialisms),
			AdditionalInitialisms: initialisms,
		},
	})
}
