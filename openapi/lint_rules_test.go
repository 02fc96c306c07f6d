package openapi_test

import (
	"strings"
	"testing"
)

// sample is a document without faults, small enough to break one rule at a time.
const sample = `openapi: 3.0.3
info: {title: Sample, version: '1', description: Shows every convention.}
servers:
  - url: https://api.example.com/v1
    description: Production.
security: [{bearer: []}]
x-client: {platform: the Sample API, environment: SAMPLE, example: '"/things"'}
x-error-codes: [TOO_BUSY]
x-webhooks:
  thing.made:
    summary: A thing was made
    description: Sent after a thing was made.
    data: '#/components/schemas/Thing'
    x-evidence: {source: documented, where: 'https://docs.example.com/hooks'}
    example: {event: thing.made, data: {id: t1, weight: 1.5}}
tags:
  - {name: Things, description: Things are what there is.}
paths:
  /things:
    get:
      operationId: Things.List
      tags: [Things]
      summary: Lists the things
      description: Answers one page.
      externalDocs: {url: 'https://docs.example.com/list'}
      x-evidence: {source: seed, where: 'https://docs.example.com/list'}
      x-pagination: {style: cursor, parameter: cursor, limit: limit, maximum: 100, items: things, next: next, more: more}
      parameters:
        - {name: cursor, in: query, description: is where to go on., schema: {type: string}}
        - {name: limit, in: query, description: is the page size., schema: {type: integer, maximum: 100}}
      responses:
        '200':
          description: A page.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/ThingList'}
              example: {things: [{id: t1, weight: 2, shape: {kind: ball, radius: 1}}], next: null, more: false}
        default: {$ref: '#/components/responses/Error'}
  /things/{id}/make:
    post:
      operationId: Things.Make
      tags: [Things]
      summary: Makes a thing
      description: Makes it.
      externalDocs: {url: 'https://docs.example.com/make'}
      x-evidence: {source: observed, where: client 1.2.3}
      x-retry: safe
      x-aliases: [PUT /thing]
      x-triggers: [thing.made]
      x-error-codes: [NO_CLAY, NO_KILN]
      parameters:
        - {name: id, in: path, required: true, x-scope: client, description: identifies it., schema: {type: string, minLength: 1}}
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Thing'}
            examples:
              heavy: {summary: A heavy thing, value: {id: t2, weight: 9, colour: red}}
      responses:
        '200':
          description: Made.
          x-result: none
          content:
            application/json:
              schema: {type: object, additionalProperties: true}
              example: {}
        default: {$ref: '#/components/responses/Error'}
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
  responses:
    Error:
      description: It failed.
      content:
        application/json:
          schema: {$ref: '#/components/schemas/ErrorBody'}
          example: {code: NO_CLAY}
  schemas:
    Thing:
      type: object
      description: is what there is.
      required: [id, weight]
      properties:
        id: {type: string, x-go-name: ID, description: identifies the thing.}
        weight: {type: number, format: double, description: is the mass in kilograms.}
        colour: {allOf: [{$ref: '#/components/schemas/Colour'}], description: is what it looks like.}
        shape: {nullable: true, allOf: [{$ref: '#/components/schemas/Shape'}], description: is its form.}
        notes: {type: array, description: are remarks., items: {type: string}}
    Colour: {type: string, description: is a colour., enum: [red, green]}
    Shape:
      description: is a form.
      oneOf: [{$ref: '#/components/schemas/Ball'}, {$ref: '#/components/schemas/Cube'}]
      discriminator:
        propertyName: kind
        mapping: {ball: '#/components/schemas/Ball', cube: '#/components/schemas/Cube'}
    Ball:
      type: object
      description: is round.
      required: [kind, radius]
      properties:
        kind: {type: string, description: is always ball.}
        radius: {type: integer, format: int64, description: is half the width.}
    Cube:
      type: object
      description: is square.
      required: [kind]
      properties:
        kind: {type: string, description: is always cube.}
    ThingList:
      type: object
      description: is a page.
      required: [things]
      properties:
        things: {type: array, description: are the things., items: {$ref: '#/components/schemas/Thing'}}
        next: {type: string, nullable: true, description: is the next cursor.}
        more: {type: boolean, description: tells whether there is more.}
    WebhookEvent:
      type: object
      description: is a delivery.
      required: [event, data]
      properties:
        event: {type: string, description: is the name.}
        data: {x-raw: true, description: is what it is about.}
    ErrorBody:
      type: object
      description: is an error.
      properties:
        code: {type: string, description: is the code.}
`

func TestLintAcceptsTheSample(t *testing.T) {
	t.Parallel()
	for _, f := range lint("sample.yaml", []byte(sample)) {
		t.Error(f)
	}
}

// TestLintFindsEachFault breaks the sample in one place at a time. A rule that can't fail protects nothing.
func TestLintFindsEachFault(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, old, new, place, problem string }{
		{"not yaml", "paths:", "paths: [", "document", "can't be read"},
		{"other version", "openapi: 3.0.3", "openapi: 3.0.2", "openapi", "want 3.0.3"},
		{"unknown keyword", "version: '1',", "version: '1', licence: MIT,", "document", "licence"},
		{"example that a validator refuses", "{code: NO_CLAY}", "{code: 7}", "document", "must be a string"},
		{"no server", "url: https://api.example.com/v1", "url: http://api.example.com/v1", "servers[0]", "must be https"},
		{"no security", "security: [{bearer: []}]\n", "", "security", "there is none"},
		{"no client", "platform: the Sample API, ", "", "x-client", "does not say platform"},
		{"unknown word of a client", "environment: SAMPLE", "environment: SAMPLE, prefix: S", "x-client", "prefix means nothing here"},
		{"variables in small letters", "environment: SAMPLE", "environment: Sample", "x-client", "must be in capitals"},
		{"singular tag", "name: Things, d", "name: Thing, d", "tag Thing", "must be a plural"},
		{"tag without description", "Things are what there is.", "''", "tag Things", "has no description"},
		{"undeclared tag", "tags: [Things]\n      summary: Lists", "tags: [Others]\n      summary: Lists", "GET /things", "tag Others isn't declared"},
		{"two tags", "tags: [Things]\n      summary: Lists", "tags: [Things, More]\n      summary: Lists", "GET /things", "has 2 tags"},
		{"operationId not in Go case", "Things.List", "Things.list", "GET /things", "must be Tag.Verb"},
		{"operationId of another tag", "Things.List", "Others.List", "GET /things", "must begin with the tag"},
		{"operationId twice", "Things.Make", "Things.List", "POST /things/{id}/make", "is also that of GET /things"},
		{"no summary", "      summary: Lists the things\n", "", "GET /things", "has no summary"},
		{"summary in the imperative", "summary: Lists", "summary: List", "GET /things", "begins with a verb"},
		{"no description", "      description: Answers one page.\n", "", "GET /things", "has no description"},
		{"no page of the platform", "      externalDocs: {url: 'https://docs.example.com/list'}\n", "", "GET /things", "no externalDocs"},
		{"no evidence", "      x-evidence: {source: observed, where: client 1.2.3}\n", "", "POST /things/{id}/make", "no x-evidence"},
		{"unknown evidence", "source: observed", "source: guessed", "POST /things/{id}/make", `source "guessed"`},
		{"inferred operation", "source: observed", "source: inferred", "POST /things/{id}/make", "stays out of the documents"},
		{"evidence from nowhere", "where: client 1.2.3", "where: somewhere", "POST /things/{id}/make", "a client with its version"},
		{"misspelt extension", "x-retry: safe", "x-retries: safe", "POST /things/{id}/make", "x-retries means nothing here"},
		{"unknown timeout", "x-retry: safe", "x-timeout: 5m", "POST /things/{id}/make", "x-timeout must be none"},
		{"unknown stream", "x-retry: safe", "x-stream: ws", "POST /things/{id}/make", "x-stream must be sse"},
		{"path style of another kind", "x-scope: client", "x-path: dots", "parameter id", "x-path must be segments"},
		{"unknown retry", "x-retry: safe", "x-retry: always", "POST /things/{id}/make", "must be safe or never"},
		{"alias without method", "[PUT /thing]", "[/thing]", "POST /things/{id}/make", "x-aliases"},
		{"unknown event", "x-triggers: [thing.made]", "x-triggers: [thing.lost]", "POST /things/{id}/make", "isn't in x-webhooks"},
		{"error code twice", "[NO_CLAY, NO_KILN]", "[NO_CLAY, NO_CLAY]", "POST /things/{id}/make", "is there twice"},
		{"error codes of the platform no list", "[TOO_BUSY]", "TOO_BUSY", "document", "must be a list of texts"},
		{"scope of another kind", "x-scope: client", "x-scope: call", "parameter id", "x-scope must be client"},
		{"empty path parameter", ", minLength: 1", "", "parameter id", "needs minLength 1"},
		{"parameter without description", "description: is the page size., ", "", "parameter limit", "has no description"},
		{"authorization as a parameter", "name: cursor, in: query", "name: Authorization, in: header", "parameter Authorization", "security scheme"},
		{"optional body", "        required: true\n        content", "        content", "request body", "must be required"},
		{"body without a name", "schema: {$ref: '#/components/schemas/Thing'}\n            examples", "schema: {type: object, properties: {id: {type: string}}}\n            examples", "request body", "must refer to a named schema"},
		{"body without example", "            examples:\n              heavy: {summary: A heavy thing, value: {id: t2, weight: 9, colour: red}}\n", "", "request body", "has no example"},
		{"example without summary", "summary: A heavy thing, ", "", "request body: example heavy", "has no summary"},
		{"example without required member", "value: {id: t2, weight: 9", "value: {id: t2", "request body: example heavy", `weight: property "weight" is missing`},
		{"example with undeclared member", "weight: 9,", "weight: 9, height: 1,", "request body: example heavy", "height isn't declared"},
		{"example with unknown enum value", "colour: red", "colour: blue", "request body: example heavy", "colour: value is not one of the allowed values"},
		{"undeclared member inside a union", "radius: 1}", "radius: 1, edge: 2}", "answer 200: example", "things[0].shape.edge isn't declared"},
		{"wrong member inside a union", "radius: 1}", "radius: big}", "answer 200: example", "radius: value must be an integer"},
		{"error body without example", "          example: {code: NO_CLAY}\n", "", "answer default", "has no example"},
		{"error without a body", "      content:\n        application/json:\n          schema: {$ref: '#/components/schemas/ErrorBody'}\n          example: {code: NO_CLAY}\n", "", "answer default", "has no body"},
		{"no errors", "        default: {$ref: '#/components/responses/Error'}\n  /things/{id}/make:", "  /things/{id}/make:", "GET /things", "documents no error"},
		{"answer without description", "description: A page.", "description: ''", "answer 200", "has no description"},
		{"unknown result", "x-result: none", "x-result: text", "answer 200", "x-result must be none"},
		{"pages without pagination", "      x-pagination: {style: cursor, parameter: cursor, limit: limit, maximum: 100, items: things, next: next, more: more}\n", "", "GET /things", "no x-pagination"},
		{"unknown style of pages", "style: cursor", "style: scroll", "GET /things", `style "scroll"`},
		{"pagination by no parameter", "parameter: cursor", "parameter: after", "GET /things", `parameter "after" is no parameter`},
		{"another page maximum", "maximum: 100, items", "maximum: 200, items", "GET /things", "maximum 200 differs"},
		{"pages of no list", "items: things, next", "items: next, next", "GET /things", `items "next" isn't such a member`},
		{"next that isn't answered", "next: next, more", "next: after, more", "GET /things", `next "after" isn't such a member`},
		{"number without format", "type: number, format: double", "type: number", "schema Thing.weight", "format double"},
		{"32-bit integer", "format: int64", "format: int32", "schema Ball.radius", "int64 or none"},
		{"schema without description", "description: is round.", "title: round", "schema Ball", "has no description"},
		{"property without description", ", description: are remarks.", "", "schema Thing.notes", "has no description"},
		{"property without description of its own", "{allOf: [{$ref: '#/components/schemas/Colour'}], description: is what it looks like.}", "{$ref: '#/components/schemas/Colour'}", "schema Thing.colour", "wrap the reference"},
		{"description that can't follow the name", "is the mass", "The mass", "schema Thing.weight", "begin in lower case"},
		{"description without full stop", "is half the width.", "is half the width", "schema Ball.radius", "full stop"},
		{"object without a name", "items: {type: string}}", "items: {type: object, properties: {a: {type: string}}}}", "schema Thing.notes[]", "object without a name"},
		{"object without members", "items: {type: string}}", "items: {type: object}}", "schema Thing.notes[]", "object without members"},
		{"enum without a name", "items: {type: string}}", "items: {type: string, enum: [a]}}", "schema Thing.notes[]", "enum without a name"},
		{"union without a name", "items: {type: string}}", "items: {oneOf: [{type: string}]}}", "schema Thing.notes[]", "union without a name"},
		{"composed property", "allOf: [{$ref: '#/components/schemas/Colour'}]", "allOf: [{$ref: '#/components/schemas/Colour'}, {type: string}]", "schema Thing.colour", "allOf may hold one reference"},
		{"schema named like a member", "    Cube:\n", "    the_cube:\n", "document", "can't be read"},
		{"schema not in Go case", "    ErrorBody:\n      type: object\n", "    error_body: {description: is another., type: string}\n    ErrorBody:\n      type: object\n", "schema error_body", "named in Go case"},
		{"required but undeclared", "required: [things]", "required: [things, pages]", "schema ThingList", "requires pages"},
		{"enum of numbers", "type: string, description: is a colour., enum: [red, green]", "type: integer, description: is a colour., enum: [1, 2]", "schema Colour", "enum must be of type string"},
		{"enum value twice", "enum: [red, green]", "enum: [red, red]", "schema Colour", "is there twice"},
		{"union without discriminator", "      discriminator:\n        propertyName: kind\n        mapping: {ball: '#/components/schemas/Ball', cube: '#/components/schemas/Cube'}\n", "", "schema Shape", "needs a discriminator"},
		{"variant that isn't mapped", ", cube: '#/components/schemas/Cube'}", "}", "schema Shape", "doesn't map to #/components/schemas/Cube"},
		{"variant without discriminator", "required: [kind]\n", "minProperties: 1\n", "schema Shape", "doesn't require kind"},
		{"anyOf", "oneOf: [{$ref: '#/components/schemas/Ball'}, {", "anyOf: [{$ref: '#/components/schemas/Ball'}, {", "schema Shape", "anyOf can't be decoded"},
		{"bad Go name", "x-go-name: ID", "x-go-name: the_id", "schema Thing.id", "isn't an exported Go name"},
		{"raw but typed", "x-raw: true,", "x-raw: true, type: string,", "schema WebhookEvent.data", "x-raw is for values without a type"},
		{"unused schema", "    ErrorBody:\n      type: object\n", "    Spare: {type: string, description: is left over.}\n    ErrorBody:\n      type: object\n", "schema Spare", "is used by nothing"},
		{"webhook without data", "data: '#/components/schemas/Thing'", "data: '#/components/schemas/Nothing'", "webhook thing.made", "must be schemas"},
		{"webhook of another event", "example: {event: thing.made", "example: {event: thing.lost", "webhook thing.made", "is of the event thing.lost"},
		{"webhook with undeclared data", "weight: 1.5}", "weight: 1.5, height: 2}", "webhook thing.made: example: data", "height isn't declared"},
		{"evidence with more than it needs", "where: client 1.2.3}", "where: client 1.2.3, when: today}", "POST /things/{id}/make", "more than source and where"},
		{"pages of nothing", "          description: A page.\n          content:\n            application/json:\n              schema: {$ref: '#/components/schemas/ThingList'}\n              example: {things: [{id: t1, weight: 2, shape: {kind: ball, radius: 1}}], next: null, more: false}\n", "          description: A page.\n", "GET /things", "no answer to page"},
		{"webhook with a misspelt member", "    summary: A thing was made\n", "    summary: A thing was made\n    sumary: it\n", "webhook thing.made", "sumary means nothing here"},
		{"webhook without summary", "    summary: A thing was made\n", "", "webhook thing.made", "has no summary"},
		{"webhook without example", "    example: {event: thing.made, data: {id: t1, weight: 1.5}}\n", "", "webhook thing.made", "has no example"},
		{"page of the platform that isn't one", "externalDocs: {url: 'https://docs.example.com/make'}", "externalDocs: {url: docs}", "POST /things/{id}/make", "isn't a page"},
		{"parameter without schema", "description: is where to go on., schema: {type: string}", "description: is where to go on., content: {text/plain: {}}", "parameter cursor", "has no schema"},
		{"no success", "        '200':\n          description: Made.", "        '300':\n          description: Made.", "POST /things/{id}/make", "no 2xx answer"},
		{"body without schema", "            schema: {$ref: '#/components/schemas/Thing'}\n            examples", "            examples", "request body", "has no schema"},
		{"names of values without values", "Colour: {type: string, description: is a colour., enum: [red, green]}", "Colour: {type: string, description: is a colour., x-enum-varnames: [Red]}", "schema Colour", "is for enums"},
		{"list of nothing", ", items: {type: string}}", "}", "schema Thing.notes", "list without items"},
		{"enum value that is empty", "enum: [red, green]", "enum: [red, '']", "schema Colour", "must be a text"},
		{"variant without a name", "{$ref: '#/components/schemas/Cube'}]", "{type: object}]", "schema Shape", "a variant has no name"},
		{"server that isn't there", "servers:\n  - url: https://api.example.com/v1\n    description: Production.\n", "", "servers", "there is none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if n := strings.Count(sample, c.old); n != 1 {
				t.Fatalf("%q is in the sample %d times, want once", c.old, n)
			}
			found := lint("sample.yaml", []byte(strings.Replace(sample, c.old, c.new, 1)))
			hit := false
			for _, f := range found {
				hit = hit || strings.Contains(f.place, c.place) && strings.Contains(f.problem, c.problem)
				if strings.ContainsAny(f.String(), "\r\n") || !strings.HasPrefix(f.String(), "sample.yaml: ") {
					t.Errorf("not one line with the file first: %q", f)
				}
			}
			if !hit {
				t.Errorf("want %q at %q, got %d findings: %v", c.problem, c.place, len(found), found)
			}
		})
	}
}
