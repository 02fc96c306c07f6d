package fake_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/wharfinger/sdk/internal/fake"
)

func TestRoutes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, call, operation, parameter, value string
	}{
		{"plain text wins over a parameter", "GET /releases/active", "Releases.Active", "", ""},
		{"parameter", "GET /releases/" + id, "Releases.Get", "release_id", id},
		{"parameter where plain text has not the method", "DELETE /releases/active", "Releases.Delete", "release_id", "active"},
		{"escaped slash stays in its segment", "POST /releases/a%2Fb/activate", "Releases.Activate", "release_id", "a/b"},
		{"escaped text matches plain text", "GET /releases/%61ctive", "Releases.Active", "", ""},
		{"alias with a method", "PUT /releases/7/active", "Releases.Activate", "release_id", "7"},
		{"alias with the same method", "POST /activate/7", "Releases.Activate", "release_id", "7"},
		{"text around a parameter", "GET /exports/a.b.csv", "Exports.Get", "name", "a.b"},
		{"several segments", "GET /files/a/b%20c/d", "Files.Get", "path", "a/b c/d"},
		{"one of several segments", "GET /files/a", "Files.Get", "path", "a"},
		{"plain text wins over several segments", "GET /files/index", "Files.Index", "", ""},
		{"no such path", "GET /exports/a.txt", "", "", ""},
		{"path below a complete one", "GET /releases/active/x", "", "", ""},
		{"trailing slash", "GET /config/", "", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, fake.WithFormat("uuid", nil))
			handleAll(s)
			seen := make(chan string, 1)
			if test.operation != "" {
				s.Handle(test.operation, func(r *fake.Request) fake.Response {
					seen <- r.Path(test.parameter)
					panic(http.ErrAbortHandler)
				})
			} else {
				s.ExpectInvalid()
			}
			method, path, _ := strings.Cut(test.call, " ")
			_, _ = send(t, s, method, path, "")
			if got := s.Requests()[0].Operation; got != test.operation {
				t.Fatalf("routed to %q", got)
			}
			if test.operation != "" {
				if value := <-seen; value != test.value {
					t.Errorf("%s is %q", test.parameter, value)
				}
			}
			wantProblems(t, s)
		})
	}
}

func TestDocumentsThatCantBeServed(t *testing.T) {
	t.Parallel()
	const head = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n"
	const ok = "responses: {'204': {description: x}}"
	tests := []struct{ name, document, want string }{
		{"not a document", "{", "the document can't be read"},
		{"not valid", head + "  /a: {get: {operationId: A}}", "the document isn't valid"},
		{"no operationId", head + "  /a: {get: {" + ok + "}}", "path /a: GET: operationId is missing"},
		{"two parameters in a segment", head + "  '/{a}-{b}': {get: {operationId: A, parameters: [{name: a, in: path, required: true, schema: {type: string}}, {name: b, in: path, required: true, schema: {type: string}}], " + ok + "}}",
			`can't route "/{a}-{b}": a segment can hold one parameter`},
		{"alias of another's path", head + "  /a: {get: {operationId: A, x-aliases: [/b], " + ok + "}}\n  /b: {get: {operationId: B, " + ok + "}}",
			"matches the same paths as"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if _, err := fake.Load([]byte(test.document)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
			s := fake.New(nil, []byte(test.document))
			defer s.Close()
			if s.Err() == nil || len(s.Problems()) != 1 {
				t.Errorf("error %v, problems %q", s.Err(), s.Problems())
			}
			if r := mustSend(t, s, "GET", "/a", ""); r.status != 404 {
				t.Errorf("status %d", r.status)
			}
		})
	}
}
