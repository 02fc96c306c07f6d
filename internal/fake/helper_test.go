package fake_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wharfinger/sdk/internal/fake"
)

var loadDocument = sync.OnceValues(func() (*fake.Document, error) { return fake.Load([]byte(document)) })

// newServer starts a server whose problems the test looks at itself.
func newServer(t *testing.T, opts ...fake.Option) *fake.Server {
	t.Helper()
	doc, err := loadDocument()
	if err != nil {
		t.Fatal(err)
	}
	s := doc.Serve(nil, opts...)
	t.Cleanup(s.Close)
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return s
}

// newClient gives a client that opens a connection for each request and doesn't follow redirects.
func newClient(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type reply struct {
	status int
	header http.Header
	body   string
}

// send makes one request; header holds "Name: value" pairs.
func send(t *testing.T, s *fake.Server, method, path, body string, header ...string) (reply, error) {
	t.Helper()
	return sendWith(t, newClient(t), s, method, path, body, header...)
}

func sendWith(t *testing.T, c *http.Client, s *fake.Server, method, path, body string, header ...string) (reply, error) {
	t.Helper()
	return exchange(t, c, method, s.URL()+path, body, header...)
}

// exchange makes one request to a complete URL.
func exchange(t *testing.T, c *http.Client, method, url, body string, header ...string) (reply, error) {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, reader)
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, pair := range header {
		name, value, _ := strings.Cut(pair, ": ")
		if value == "" {
			req.Header.Del(name)
			continue
		}
		req.Header.Set(name, value)
	}
	res, err := c.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	return reply{status: res.StatusCode, header: res.Header, body: string(content)}, err
}

// mustSend is send for exchanges that must not fail.
func mustSend(t *testing.T, s *fake.Server, method, path, body string, header ...string) reply {
	t.Helper()
	r, err := send(t, s, method, path, body, header...)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

// respond registers one fixed answer.
func respond(s *fake.Server, operation string, response fake.Response) {
	s.Handle(operation, func(*fake.Request) fake.Response { return response })
}

func wantProblems(t *testing.T, s *fake.Server, want ...string) {
	t.Helper()
	if got := s.Problems(); !slices.Equal(got, want) {
		t.Errorf("problems:\n got %q\nwant %q", got, want)
	}
}

func raw(text string) json.RawMessage { return json.RawMessage(text) }

const (
	id      = "00000000-0000-4000-8000-000000000001"
	release = `{"id":"` + id + `","name":"one","size":1,"made_at":"2026-11-20T10:00:00Z"}`
)

const document = `
openapi: 3.0.3
info: {title: Test, version: "1"}
servers: [{url: https://api.test.example/v1}]
security: [{bearer: []}]
paths:
  /releases:
    parameters:
      - {name: dry, in: query, schema: {type: boolean}}
    get:
      operationId: Releases.List
      tags: [Releases]
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 200, default: 50}}
        - {name: status, in: query, schema: {type: array, items: {$ref: '#/components/schemas/Status'}}}
        - {name: ids, in: query, explode: false, schema: {type: array, items: {type: integer}}}
        - {name: ratio, in: query, schema: {type: number, format: double}}
        - {name: since, in: query, schema: {type: string, format: date-time}}
        - {name: search, in: query, schema: {type: string}}
        - {name: blank, in: query, allowEmptyValue: true, schema: {type: string}}
        - name: filter
          in: query
          style: deepObject
          explode: true
          schema:
            type: object
            properties:
              size: {type: object, properties: {gt: {type: integer}, lt: {type: integer}}}
              name: {type: string}
              tags: {type: array, items: {type: string}}
        - {name: X-Trace, in: header, schema: {type: integer}}
      responses:
        '200':
          description: The releases.
          headers:
            X-Total: {required: true, schema: {type: integer}}
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Release'}}}}
        '401': {$ref: '#/components/responses/Problem'}
    post:
      operationId: Releases.Create
      tags: [Releases]
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/ReleaseCreate'}}}
      responses:
        '201': {description: Made., content: {application/json: {schema: {$ref: '#/components/schemas/Release'}}}}
        '422': {$ref: '#/components/responses/Problem'}
  /releases/active:
    get:
      operationId: Releases.Active
      responses:
        '200': {description: It., content: {application/json: {schema: {$ref: '#/components/schemas/Release'}}}}
  /releases/{release_id}:
    parameters:
      - {name: release_id, in: path, required: true, schema: {type: string, format: uuid}}
    get:
      operationId: Releases.Get
      responses:
        '200': {description: It., content: {application/json: {schema: {$ref: '#/components/schemas/Release'}}}}
        '404': {$ref: '#/components/responses/Problem'}
        5XX: {$ref: '#/components/responses/Problem'}
    delete:
      operationId: Releases.Delete
      responses:
        '204': {description: Gone.}
  /releases/{release_id}/activate:
    parameters:
      - {name: release_id, in: path, required: true, schema: {type: string}}
    post:
      operationId: Releases.Activate
      x-aliases: ['PUT /releases/{release_id}/active', '/activate/{release_id}']
      responses:
        '200': {description: It., content: {application/json: {schema: {$ref: '#/components/schemas/Release'}}}}
        default: {$ref: '#/components/responses/Problem'}
  /files/{path}:
    parameters:
      - {name: path, in: path, required: true, x-path: segments, schema: {type: string}}
    get:
      operationId: Files.Get
      responses:
        '200': {description: Text., content: {text/plain: {schema: {type: string}}}}
  /files/index:
    get:
      operationId: Files.Index
      responses:
        '200': {description: Anything., content: {application/json: {schema: {}}}}
  /exports/{name}.csv:
    parameters:
      - {name: name, in: path, required: true, schema: {type: string}}
    get:
      operationId: Exports.Get
      responses:
        '200': {description: A table., content: {text/csv: {schema: {type: string}}}}
  /uploads:
    post:
      operationId: Uploads.Create
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [file]
              properties:
                file: {type: string, format: binary}
                size: {type: integer}
                labels: {type: object, additionalProperties: {type: string}}
          application/x-www-form-urlencoded:
            schema: {type: object, properties: {size: {type: integer}}}
          text/*: {schema: {type: string, maxLength: 5}}
      responses:
        '204': {description: Done.}
  /shapes:
    post:
      operationId: Shapes.Create
      requestBody:
        content: {application/json: {schema: {$ref: '#/components/schemas/Holder'}}}
      responses:
        '204': {description: Done.}
  /config:
    get:
      operationId: Config.Get
      security: []
      responses:
        '204': {description: Nothing.}
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
  responses:
    Problem:
      description: What went wrong.
      content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}
  schemas:
    Problem: {type: object, required: [message], properties: {message: {type: string}}}
    Status: {type: string, enum: [draft, active]}
    Base:
      type: object
      required: [id]
      properties: {id: {type: string, format: uuid, readOnly: true}}
    Release:
      allOf:
        - $ref: '#/components/schemas/Base'
        - type: object
          required: [name, size, made_at]
          properties:
            name: {type: string, minLength: 1}
            size: {type: integer, format: int64}
            weight: {type: number, format: double}
            status: {$ref: '#/components/schemas/Status'}
            note: {type: string, nullable: true}
            made_at: {type: string, format: date-time}
            owner: {allOf: [{$ref: '#/components/schemas/Owner'}], nullable: true}
            labels: {type: object, additionalProperties: {type: string}}
            extra: {type: object, additionalProperties: true}
            free: {type: object}
            any: {}
            files: {type: array, maxItems: 2, items: {$ref: '#/components/schemas/File'}}
            secret: {type: string, writeOnly: true}
    Owner: {type: object, required: [email], properties: {email: {type: string, format: email}}}
    File: {type: object, required: [size], properties: {size: {type: integer, format: int32}, sha: {type: string, pattern: '^[0-9a-f]+$'}}}
    ReleaseCreate:
      type: object
      required: [name]
      properties:
        id: {type: string, readOnly: true}
        name: {type: string, minLength: 1}
        note: {type: string, nullable: true}
        day: {type: string, format: date}
        closed: {type: object, additionalProperties: false, properties: {a: {type: string}}}
        self: {$ref: '#/components/schemas/ReleaseCreate'}
    Holder:
      type: object
      properties:
        shape: {$ref: '#/components/schemas/Shape'}
        loose: {oneOf: [{$ref: '#/components/schemas/Left'}, {$ref: '#/components/schemas/Right'}]}
        value: {oneOf: [{type: integer}, {type: string}, {type: array, items: {type: string}}]}
        several: {anyOf: [{$ref: '#/components/schemas/Left'}, {$ref: '#/components/schemas/Both'}]}
        mixed:
          allOf:
            - $ref: '#/components/schemas/Named'
            - oneOf: [{$ref: '#/components/schemas/Left'}, {$ref: '#/components/schemas/Right'}]
        not: {not: {type: string}}
        either: {oneOf: [{type: string, nullable: true}, {type: integer}]}
    Named: {type: object, required: [name], properties: {name: {type: string}}}
    Left: {type: object, properties: {left: {type: integer}}}
    Right: {type: object, properties: {right: {type: integer}}}
    Both: {type: object, properties: {left: {type: integer}, right: {type: integer}}}
    Shape:
      oneOf: [{$ref: '#/components/schemas/Circle'}, {$ref: '#/components/schemas/Square'}]
      discriminator:
        propertyName: type
        mapping: {circle: '#/components/schemas/Circle', square: Square}
    Circle: {type: object, required: [type, radius], properties: {type: {type: string}, radius: {type: number}}}
    Square: {type: object, required: [type, side], properties: {type: {type: string}, side: {type: number}}}
`
