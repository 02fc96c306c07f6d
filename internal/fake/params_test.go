package fake_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wharfinger/sdk/internal/fake"
)

const styles = `
openapi: 3.0.3
info: {title: Styles, version: "1"}
servers: [{url: 'https://{region}.example/base/', variables: {region: {default: eu}}}]
paths:
  /plain:
    get:
      operationId: Plain.Get
      parameters:
        - {name: pipes, in: query, style: pipeDelimited, explode: false, schema: {type: array, items: {type: integer}}}
        - {name: spaces, in: query, style: spaceDelimited, explode: false, schema: {type: array, items: {type: string}}}
        - {name: 'key[]', in: query, schema: {type: array, items: {type: string}}}
        - {name: 'made[gt]', in: query, schema: {type: string, format: date}}
        - {name: made, in: query, style: deepObject, schema: {type: object, properties: {lt: {type: string, format: date}}}}
        - {name: mixed, in: query, style: deepObject, schema: {oneOf: [{type: string}, {type: object, additionalProperties: {type: integer}}]}}
        - {name: free, in: query, style: deepObject, schema: {type: object, additionalProperties: true}}
        - {name: either, in: query, schema: {oneOf: [{type: integer}, {type: boolean}]}}
        - {name: list, in: query, schema: {allOf: [{type: array, items: {type: integer}}]}}
        - {name: spread, in: query, schema: {type: object, properties: {width: {type: integer}, height: {type: integer}}}}
        - {name: json, in: query, content: {application/json: {schema: {type: object, properties: {a: {type: integer}}}}}}
        - {name: sort, in: query, schema: {type: string, default: name}}
        - {name: ratio, in: query, schema: {type: integer, default: 3}}
        - {name: all, in: query, schema: {type: boolean, default: true}}
        - {name: session, in: cookie, schema: {type: string, minLength: 3}}
      responses:
        '204': {description: Done.}
  /required/{ids}:
    get:
      operationId: Required.Get
      parameters:
        - {name: ids, in: path, required: true, schema: {type: array, items: {type: integer}}}
        - {name: q, in: query, required: true, schema: {type: string}}
        - {name: deep, in: query, required: true, style: deepObject, schema: {type: object, properties: {a: {type: string}}}}
        - {name: X-Key, in: header, required: true, schema: {type: string}}
        - {name: session, in: cookie, required: true, schema: {type: string}}
      responses:
        '204': {description: Done.}
  /elsewhere:
    servers: [{url: https://files.example/files}]
    get:
      operationId: Elsewhere.Get
      responses:
        '204': {description: Done.}
    put:
      operationId: Elsewhere.Put
      servers: [{url: https://other.example/other}]
      responses:
        '204': {description: Done.}
`

func TestParameterStyles(t *testing.T) {
	t.Parallel()
	doc, err := fake.Load([]byte(styles))
	if err != nil {
		t.Fatal(err)
	}
	plain := func(want string) string { return "fake: GET Plain.Get: " + want }
	required := func(want string) string { return "fake: GET Required.Get: " + want }
	tests := []struct {
		name, path string
		header     []string
		want       []string
	}{
		{"pipes", "/plain?pipes=1|2", nil, nil},
		{"pipes of a wrong type", "/plain?pipes=1|x", nil, []string{plain(`query parameter "pipes"/1: value must be an integer`)}},
		{"spaces", "/plain?spaces=a%20b", nil, nil},
		{"joined list twice", "/plain?spaces=a&spaces=b", nil, []string{plain(`query parameter "spaces" is there twice`)}},
		{"name with brackets", "/plain?key%5B%5D=a&key[]=b", nil, nil},
		{"declared operator before the object", "/plain?made[gt]=2026-01-01&made[lt]=2026-01-02", nil, nil},
		{"operator that is not declared", "/plain?made[ge]=2026-01-01", nil, []string{plain(`query parameter "made"/ge is not in the document`)}},
		{"brackets that don't match", "/plain?made[lt=2026-01-01", nil, []string{plain(`query parameter "made[lt" is not in the document`)}},
		{"union as text", "/plain?mixed=x", nil, nil},
		{"union as an object", "/plain?mixed[a]=1", nil, nil},
		{"union as a wrong object", "/plain?mixed[a]=x", nil, []string{plain(`query parameter "mixed"/a: value must be an integer`)}},
		{"free object", "/plain?free[a][b]=x&free[c]=1", nil, nil},
		{"operator that is repeated", "/plain?free[a]=x&free[a]=y", nil, []string{plain(`query parameter "free"/a is there twice`)}},
		{"integer or boolean", "/plain?either=true", nil, nil},
		{"neither", "/plain?either=x", nil, []string{plain(`query parameter "either" is none of the variants integer, boolean`)}},
		{"list behind allOf", "/plain?list=1&list=2", nil, nil},
		{"members as parameters", "/plain?width=1&height=2", nil, nil},
		{"members as parameters of a wrong type", "/plain?width=x", nil, []string{plain(`query parameter "spread"/width: value must be an integer`)}},
		{"JSON", `/plain?json={"a":1}`, nil, nil},
		{"JSON of a wrong type", `/plain?json={"a":"x"}`, nil, []string{plain(`query parameter "json"/a: value must be an integer`)}},
		{"what isn't JSON", `/plain?json=x`, nil, []string{plain(`query parameter "json" is not JSON: invalid character 'x' looking for beginning of value`)}},
		{"cookie", "/plain", []string{"Cookie: session=ab"}, []string{plain(`cookie parameter "session": minimum string length is 3`)}},
		{"all that is required", "/required/1,2?q=x&deep[a]=b", []string{"X-Key: k", "Cookie: session=s"}, nil},
		{"nothing that is required", "/required/1,x", nil, []string{
			required(`path parameter "ids"/1: value must be an integer`),
			required(`query parameter "deep" is missing`),
			required(`query parameter "q" is missing`),
			required(`header "X-Key" is missing`),
			required(`cookie parameter "session" is missing`)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := doc.Serve(nil)
			defer s.Close()
			handleStyles(t, s)
			mustSend(t, s, "GET", test.path, "", test.header...)
			wantProblems(t, s, test.want...)
		})
	}
}

func handleStyles(t *testing.T, s *fake.Server) {
	for _, op := range s.Document().Operations() {
		respond(s, op.ID, fake.NoContent())
	}
	s.Handle("Plain.Get", func(r *fake.Request) fake.Response {
		if r.Query("sort") != "name" || r.Int("ratio", 0) != 3 || !r.Bool("all", false) || r.Query("ratio") != "3" || r.Query("session") != "" {
			t.Errorf("defaults: %v %v %v", r.Value("sort"), r.Value("ratio"), r.Value("all"))
		}
		if width := r.Fields("spread")["width"]; r.Has("spread") && fmt.Sprint(width) != "1" {
			t.Errorf("width %v", width)
		}
		if got := r.Strings("key[]"); r.Has("key[]") && len(got) != 2 {
			t.Errorf("key[] %v", got)
		}
		if got := r.Strings("either"); r.Has("either") && got[0] != "true" {
			t.Errorf("either %v", got)
		}
		return fake.NoContent()
	})
}

func TestServersOfPathsAndOperations(t *testing.T) {
	t.Parallel()
	s := fake.New(nil, []byte(styles))
	defer s.Close()
	handleStyles(t, s)
	if want := s.Origin() + "/base"; s.URL() != want {
		t.Errorf("URL %s", s.URL())
	}
	for _, call := range []string{"GET /files/elsewhere", "PUT /other/elsewhere"} {
		method, path, _ := strings.Cut(call, " ")
		r, err := exchange(t, newClient(t), method, s.Origin()+path, "")
		if err != nil || r.status != 204 {
			t.Errorf("%s: %v, %v", call, r, err)
		}
	}
	wantProblems(t, s)
}

func TestFormats(t *testing.T) {
	t.Parallel()
	tests := []struct {
		format    string
		good, bad []string
	}{
		{"byte", []string{"", "YQ==", "YWJj"}, []string{"YQ", "a b", "YQ=="[:3]}},
		{"date", []string{"2024-02-29"}, []string{"2026-02-29", "2026-2-1", "20260201"}},
		{"date-time", []string{"2026-11-20T10:00:00Z", "2026-11-20T10:00:00.123456789-07:00"},
			[]string{"2026-11-20T10:00:00", "2026-11-20 10:00:00Z", "2026-11-20T10:00:00,5Z", "2026-11-20T1:00:00Z", "2026-02-30T10:00:00Z", ""}},
		{"duration", []string{"P1D", "PT1H30M", "P1Y2M3DT4H5M6.5S"}, []string{"", "P", "PT", "1D", "P1H", "PT1D", "PD"}},
		{"email", []string{"a@example.com"}, []string{"a", "A <a@example.com>", "@example.com"}},
		{"ipv4", []string{"127.0.0.1"}, []string{"::1", "127.0.0", "x"}},
		{"ipv6", []string{"::1"}, []string{"127.0.0.1", "x"}},
		{"ulid", []string{"01J00000000000000000000001"}, []string{"81J00000000000000000000001", "01J0000000000000000000000U", "01J"}},
		{"uri", []string{"https://example.com/a?b", "urn:x:y", "mailto:a@b.c"}, []string{"example.com", "/a", "https://", "::"}},
		{"uuid", []string{id, "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"}, []string{"", id[1:], id + "0", "0000000-00000-4000-8000-000000000001", "g" + id[1:]}},
		{"unheard-of", []string{"anything"}, nil},
	}
	for _, test := range tests {
		t.Run(test.format, func(t *testing.T) {
			t.Parallel()
			s := fake.New(nil, fmt.Appendf(nil, `
openapi: 3.0.3
info: {title: Formats, version: "1"}
paths:
  /x:
    post:
      operationId: X.Post
      requestBody: {content: {text/plain: {schema: {type: string, format: %s}}, application/json: {schema: {type: string, format: %[1]s}}}}
      responses: {'204': {description: Done.}}
`, test.format))
			defer s.Close()
			respond(s, "X.Post", fake.NoContent())
			for _, value := range test.good {
				if r := mustSend(t, s, "POST", "/x", fmt.Sprintf("%q", value)); r.status != 204 {
					t.Errorf("%q is refused: %s", value, r.body)
				}
			}
			wantProblems(t, s)
			for _, value := range test.bad {
				s.ExpectInvalid("X.Post")
				if r := mustSend(t, s, "POST", "/x", fmt.Sprintf("%q", value)); r.status != 400 {
					t.Errorf("%q is accepted", value)
				}
			}
			wantProblems(t, s)
		})
	}
}
