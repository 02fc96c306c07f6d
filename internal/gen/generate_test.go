package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

var constructs = Job{Document: "../constructs/constructs.yaml", Package: "constructs", Out: "../constructs"}

// The golden files are the package internal/constructs, which has tests of its own that call what is generated. After a
// change of the templates, go generate ./... in the root of the repository renews them: read the diff.
func TestConstructsMatchTheirGoldenFiles(t *testing.T) {
	files, err := Generate(constructs)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range files {
		want, err := os.ReadFile(filepath.Join(constructs.Out, name))
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: generated code differs from the golden file: %s", name, firstDifference(want, got))
		}
	}
	onDisk, err := filepath.Glob(filepath.Join(constructs.Out, "*gen*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range onDisk {
		if _, ok := files[filepath.Base(path)]; !ok {
			t.Errorf("%s: no longer generated", path)
		}
	}
}

func firstDifference(want, got []byte) string {
	a, b := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "line " + a[i] + "\nbecame " + b[i]
		}
	}
	return "one is longer"
}

func TestTheSameDocumentGivesTheSameBytes(t *testing.T) {
	first, err := Generate(constructs)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		again, err := Generate(constructs)
		if err != nil {
			t.Fatal(err)
		}
		if len(again) != len(first) {
			t.Fatalf("%d files became %d", len(first), len(again))
		}
		for name := range first {
			if !bytes.Equal(first[name], again[name]) {
				t.Errorf("%s differs between two runs", name)
			}
		}
	}
}

func TestRunReplacesStaleFiles(t *testing.T) {
	out := t.TempDir()
	for _, name := range []string{"old.gen.go", "hand.go"} {
		if err := os.WriteFile(filepath.Join(out, name), []byte("package constructs\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(Job{Document: constructs.Document, Package: "constructs", Out: out}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(out, "old.gen.go")); !os.IsNotExist(err) {
		t.Errorf("a generated file that no longer comes out was left: %v", err)
	}
	if _, err := os.Stat(filepath.Join(out, "hand.go")); err != nil {
		t.Errorf("a hand-written file was touched: %v", err)
	}
}

// document is a small valid one; each case below breaks it in one way.
const document = `
openapi: 3.0.3
info: {title: T, version: "1"}
servers: [{url: https://things.example}]
x-client: {platform: the Things API, environment: THINGS, example: /things}
tags: [{name: Things, description: Reads things.}]
paths:
  /things:
    get:
      operationId: Things.List
      tags: [Things]
      summary: Lists things
      responses:
        '200':
          description: Things.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Page'}
components:
  schemas:
    Page:
      type: object
      required: [items]
      properties:
        items: {type: array, description: Things., items: {type: string}}
        share: {type: number, format: double, description: A share.}
`

func TestWhatCanNotBeGeneratedIsRefusedWithItsPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "whole.yaml")
	if err := os.WriteFile(path, []byte(document), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Generate(Job{Document: path, Package: "things"}); err != nil {
		t.Errorf("unbroken: %v", err)
	}
	for name, c := range map[string]struct{ from, to, want string }{
		"an operationId without a tag": {"operationId: Things.List", "operationId: list", `GET /things: operationId "list" must be Tag.Verb`},
		"another tag":                  {"operationId: Things.List", "operationId: Others.List", `GET /things: operationId "Others.List" must be Tag.Verb`},
		"a number without a format":    {"type: number, format: double", "type: number", "components/schemas/Page/share: number needs format: double"},
		"an object without a name":     {"items: {type: string}", "items: {type: object, properties: {a: {type: string}}}", "components/schemas/Page/items/items: objects, enums and unions need a name"},
		"an enum without a name":       {"items: {type: string}", "items: {type: string, enum: [a]}", "need a name"},
		"allOf of several":             {"      required: [items]", "      allOf: [{type: object}]", "components/schemas/Page: allOf is not supported"},
		"an unknown page style":        {"      tags: [Things]", "      x-pagination: {style: magic, items: items, parameter: at}\n      tags: [Things]", `x-pagination: no parameter "at"`},
		"items that are no array":      {"      tags: [Things]", "      x-pagination: {style: cursor, items: share}\n      tags: [Things]", `items "share" is not an array`},
		"no success":                   {"'200'", "'404'", "Things.List: no 2xx answer"},
		"no server":                    {"servers: [{url: https://things.example}]\n", "", "the document names no server"},
		"a client without a name":      {"platform: the Things API, ", "", "x-client must say platform"},
		"another OpenAPI version":      {"openapi: 3.0.3", "openapi: 3.0.0", "written in OpenAPI 3.0.3"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(document, c.from, c.to, 1)
			if text == document {
				t.Fatal("the case changes nothing")
			}
			path := filepath.Join(t.TempDir(), "broken.yaml")
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Generate(Job{Document: path, Package: "things"})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestNames(t *testing.T) {
	for tag, want := range map[string]string{"Releases": "Release", "Activities": "Activity", "Access": "Access", "Flows": "Flow", "Branches": "Branch"} {
		if got := singular(tag); got != want {
			t.Errorf("singular(%q) = %q, want %q", tag, got, want)
		}
	}
	for tag, want := range map[string]string{"Releases": "releases", "EndUsers": "end_users", "KV": "kv", "KVStores": "kv_stores", "KVs": "kvs", "IAM": "iam", "AppTokenPolicies": "app_token_policies"} {
		if got := fileName(tag); got != want {
			t.Errorf("fileName(%q) = %q, want %q", tag, got, want)
		}
	}
	for wire, want := range map[string]string{"release_id": "releaseID", "id": "id", "flow_name": "flowName", "url_part": "urlPart"} {
		if got := argName(&openapi3.Parameter{Name: wire}); got != want {
			t.Errorf("argName(%q) = %q, want %q", wire, got, want)
		}
	}
	for description, want := range map[string]string{
		"is one page of things.": "Page is one page of things.",
		"Nobody knows.":          "Nobody knows.",
		"":                       "",
	} {
		if got := sentence("Page", description); got != want {
			t.Errorf("sentence(%q) = %q, want %q", description, got, want)
		}
	}
}
