package fake_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/fake"
)

func TestWrongAnswersAreReported(t *testing.T) {
	t.Parallel()
	with := func(member string) fake.Response {
		return fake.JSON(200, raw(strings.TrimSuffix(release, "}")+","+member+"}"))
	}
	const (
		get  = "GET /releases/" + id
		list = "GET /releases"
		del  = "DELETE /releases/" + id
	)
	tests := []struct {
		name, call, operation string
		answer                fake.Response
		want                  []string // behind "fake: METHOD Operation: answer "
	}{
		{"valid", get, "Releases.Get", fake.JSON(200, raw(release)), nil},
		{"nullable members", get, "Releases.Get", with(`"note":null,"owner":null,"any":null,"extra":{"x":[null]},"free":{"y":1}`), nil},
		{"status of a range", get, "Releases.Get", fake.JSON(503, map[string]string{"message": "x"}), nil},
		{"status by default", "POST /releases/1/activate", "Releases.Activate", fake.JSON(409, raw(`{"message":"x"}`)), nil},
		{"status that is not declared", get, "Releases.Get", fake.JSON(202, raw(release)),
			[]string{"202: the document has no such status"}},
		{"member that is not declared", get, "Releases.Get", with(`"colour":"red"`),
			[]string{"200: /colour is not in the document"}},
		{"member deep inside that is not declared", get, "Releases.Get", with(`"owner":{"email":"a@b.c","age":1}`),
			[]string{"200: /owner/age is not in the document"}},
		{"member of a wrong type", get, "Releases.Get", with(`"files":[{"size":"1"}]`),
			[]string{"200: /files/0/size: value must be an integer"}},
		{"integer with a fraction", get, "Releases.Get", with(`"files":[{"size":1.0}]`),
			[]string{"200: /files/0/size: value must be an integer"}},
		{"integer beyond its format", get, "Releases.Get", with(`"files":[{"size":2147483648}]`),
			[]string{`200: /files/0/size: integer doesn't match the format "int32" (value should be between -2147483648 and 2147483647)`}},
		{"integer beyond any", get, "Releases.Get", with(`"files":[{"size":9223372036854775808}]`),
			[]string{"200: /files/0/size: value must be an integer"}},
		{"number beyond any", get, "Releases.Get", with(`"weight":1e400`),
			[]string{"200: /weight: cannot convert json.Number to float64"}},
		{"several at once", get, "Releases.Get", with(`"files":[{},{"size":1,"sha":"X"},{"size":1}]`), []string{
			"200: /files: maximum number of items is 2",
			"200: /files/0/size is missing",
			`200: /files/1/sha: string doesn't match the regular expression "^[0-9a-f]+$"`}},
		{"missing members", get, "Releases.Get", fake.JSON(200, raw(`{"id":"`+id+`"}`)), []string{
			"200: /name is missing", "200: /size is missing", "200: /made_at is missing"}},
		{"missing member of another part", get, "Releases.Get", fake.JSON(200, raw(strings.Replace(release, `"id":"`+id+`",`, "", 1))),
			[]string{"200: /id is missing"}},
		{"wrong formats", get, "Releases.Get", fake.JSON(200, raw(`{"id":"1","name":"x","size":1,"made_at":"2026-11-20 10:00:00Z","owner":{"email":"x"}}`)), []string{
			"200: /id: value must be in the format uuid",
			"200: /made_at: value must be in the format date-time",
			"200: /owner/email: value must be in the format email"}},
		{"enum value that is new", get, "Releases.Get", with(`"status":"gone"`), nil},
		{"null that is not allowed", get, "Releases.Get", with(`"status":null`),
			[]string{"200: /status is null"}},
		{"write-only member", get, "Releases.Get", with(`"secret":"x"`),
			[]string{"200: /secret is write-only"}},
		{"map with a wrong value", get, "Releases.Get", with(`"labels":{"a":1}`),
			[]string{"200: /labels/a: value must be a string"}},
		{"member that is there twice", get, "Releases.Get", with(`"name":"again"`),
			[]string{"200: /name is there twice"}},
		{"data after the JSON", get, "Releases.Get", fake.Bytes(200, "application/json", []byte(release+"x")),
			[]string{"200: body is not JSON: invalid character 'x' after top-level value"}},
		{"other content type", get, "Releases.Get", fake.Bytes(200, "text/html", []byte("<p>")),
			[]string{"200: body has the content type text/html, the document has application/json"}},
		{"no body", get, "Releases.Get", fake.Response{},
			[]string{"200: body is missing"}},
		{"body where none is declared", del, "Releases.Delete", fake.JSON(204, "x"),
			[]string{"204: body is not allowed with 204"}},
		{"empty text", "GET /exports/a.csv", "Exports.Get", fake.Bytes(200, "text/csv", nil), nil},
		{"required header that is missing", list, "Releases.List", fake.JSON(200, raw("[]")),
			[]string{`200: header "X-Total" is missing`}},
		{"header of a wrong type", list, "Releases.List", fake.JSON(200, raw("[]")).With("X-Total", "many"),
			[]string{`200: header "X-Total": value must be an integer`}},
		{"header that is not declared", list, "Releases.List", fake.JSON(200, raw("[]")).With("X-Total", "1").With("x-page", "2").With("Retry-After", "1"),
			[]string{`200: header "X-Page" is not in the document`}},
		{"list with a wrong entry", list, "Releases.List", fake.JSON(200, raw(`[`+release+`,null]`)).With("X-Total", "1"),
			[]string{"200: /1 is null"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			respond(s, test.operation, test.answer)
			method, path, _ := strings.Cut(test.call, " ")
			mustSend(t, s, method, path, "")
			for i := range test.want {
				test.want[i] = "fake: " + method + " " + test.operation + ": answer " + test.want[i]
			}
			wantProblems(t, s, test.want...)
		})
	}
}

func TestLongListsOfProblemsAreCut(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	respond(s, "Releases.List", fake.JSON(200, raw("["+strings.Repeat("1,", 99)+"1]")).With("X-Total", "1"))
	mustSend(t, s, "GET", "/releases", "")
	lines := s.Problems()
	if want := "fake: GET Releases.List: answer 200: and 180 more"; len(lines) != 21 || lines[20] != want {
		t.Errorf("%d lines, the last: %q", len(lines), lines[len(lines)-1])
	}
}

func TestHooksThatPanicAreAnswered(t *testing.T) {
	t.Parallel()
	for name, hook := range map[string]func(*fake.Server){
		"authorize": func(s *fake.Server) { s.Authorize(func(*http.Request) *fake.Response { panic("out of luck") }) },
		"invalid": func(s *fake.Server) {
			s.OnInvalid(func(*fake.Request, []fake.Violation) fake.Response { panic("out of luck") })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			hook(s)
			if r := mustSend(t, s, "GET", "/releases/1", ""); r.status != 500 {
				t.Errorf("status %d", r.status)
			}
			if lines := s.Problems(); !strings.HasSuffix(lines[len(lines)-1], "the handler panicked: out of luck") {
				t.Errorf("problems %q", lines)
			}
		})
	}
}

func TestHandlersThatFail(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		handle fake.Handler
		status int
		want   string
	}{
		{"no handler", nil, 501, "no handler"},
		{"panic", func(*fake.Request) fake.Response { panic("out of\nluck") }, 500, "the handler panicked: out of luck"},
		{"impossible status", func(*fake.Request) fake.Response { return fake.Response{Status: 42} }, 500, "42 can't be the status of an answer"},
		{"value without JSON", func(*fake.Request) fake.Response { return fake.JSON(200, func() {}) }, 500,
			"the answer can't be encoded: json: unsupported type: func()"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			if test.handle != nil {
				s.Handle("Releases.Active", test.handle)
			}
			if r := mustSend(t, s, "GET", "/releases/active", ""); r.status != test.status {
				t.Errorf("status %d", r.status)
			}
			wantProblems(t, s, "fake: GET Releases.Active: "+test.want)
		})
	}
}

func TestFormatsCanBeReplaced(t *testing.T) {
	t.Parallel()
	s := newServer(t,
		fake.WithFormat("uuid", nil),
		fake.WithFormat("date-time", func(s string) error {
			if s == "noon" {
				return nil
			}
			return errors.New("it is not noon")
		}))
	respond(s, "Releases.Get", fake.JSON(200, raw(`{"id":"1","name":"x","size":1,"made_at":"noon"}`)))
	mustSend(t, s, "GET", "/releases/2", "")
	wantProblems(t, s)
	respond(s, "Releases.Get", fake.JSON(200, raw(`{"id":"1","name":"x","size":1,"made_at":"two"}`)))
	mustSend(t, s, "GET", "/releases/2", "")
	wantProblems(t, s, `fake: GET Releases.Get: answer 200: /made_at: string doesn't match the format "date-time" (it is not noon)`)
}

func TestAuthorization(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	handleAll(s)
	s.Authorize(func(r *http.Request) *fake.Response {
		if r.Header.Get("Authorization") == "Bearer good" {
			return nil
		}
		answer := fake.JSON(401, map[string]string{"message": "who are you?"})
		return &answer
	})
	tests := []struct {
		name, path, token string
		status            int
	}{
		{"known token", "/releases/active", "Bearer good", 200},
		{"no token, before the request is checked", "/releases?limti=1", "", 401},
		{"status that isn't declared here", "/releases/active", "Bearer bad", 401},
		{"public operation", "/config", "", 204},
	}
	for _, test := range tests {
		if r := mustSend(t, s, "GET", test.path, "", "Authorization: "+test.token); r.status != test.status {
			t.Errorf("%s: status %d", test.name, r.status)
		}
	}
	wantProblems(t, s)
}

func TestErrorsHaveThePlatformsShape(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.OnError(func(r *fake.Request, status int, message string) fake.Response {
		return fake.JSON(status, map[string]any{"error": r.Operation.ID, "status": status, "message": message})
	})
	s.ExpectInvalid()
	r := mustSend(t, s, "GET", "/nothing", "")
	if want := `{"error":"","message":"the document has no such path","status":404}`; r.body != want {
		t.Errorf("got %s", r.body)
	}
	s.Inject("Releases.Get", fault.Status(503))
	r = mustSend(t, s, "GET", "/releases/"+id, "")
	if want := `{"error":"Releases.Get","message":"Service Unavailable","status":503}`; r.status != 503 || r.body != want {
		t.Errorf("got %s", r.body)
	}
	wantProblems(t, s)
}
