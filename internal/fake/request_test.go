package fake_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/wharfinger/sdk/internal/fake"
)

func TestInvalidRequestsAreReported(t *testing.T) {
	t.Parallel()
	const form = "Content-Type: multipart/form-data; boundary=b"
	part := func(disposition, body string) string {
		return "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + body + "\r\n--b--\r\n"
	}
	tests := []struct {
		name, method, path, body string
		header                   []string
		want                     []string // behind "fake: "; none: the request is valid
	}{
		{"query parameter that is not declared", "GET", "/releases?limti=1", "", nil,
			[]string{`GET Releases.List: query parameter "limti" is not in the document`}},
		{"several, by name", "GET", "/releases?b=1&a=1", "", nil, []string{
			`GET Releases.List: query parameter "a" is not in the document`,
			`GET Releases.List: query parameter "b" is not in the document`}},
		{"query parameter that is empty", "GET", "/releases?search=", "", nil,
			[]string{`GET Releases.List: query parameter "search" is empty`}},
		{"query parameter that may be empty", "GET", "/releases?blank=", "", nil, nil},
		{"query parameter that is repeated", "GET", "/releases?limit=1&limit=2", "", nil,
			[]string{`GET Releases.List: query parameter "limit" is there twice`}},
		{"query that can't be read", "GET", "/releases?limit=1;search=2", "", nil,
			[]string{`GET Releases.List: query: can't be read`}},
		{"integer that is a word", "GET", "/releases?limit=many", "", nil,
			[]string{`GET Releases.List: query parameter "limit": value must be an integer`}},
		{"integer with a fraction", "GET", "/releases?limit=1.0", "", nil,
			[]string{`GET Releases.List: query parameter "limit": value must be an integer`}},
		{"integer that is too large", "GET", "/releases?limit=201", "", nil,
			[]string{`GET Releases.List: query parameter "limit": number must be at most 200`}},
		{"number", "GET", "/releases?ratio=1.5e3", "", nil, nil},
		{"number that is not one", "GET", "/releases?ratio=NaN", "", nil,
			[]string{`GET Releases.List: query parameter "ratio": value must be a number`}},
		{"boolean of the path", "GET", "/releases?dry=1", "", nil,
			[]string{`GET Releases.List: query parameter "dry": value must be a boolean`}},
		{"date-time", "GET", "/releases?since=2026-11-20T10:00:00.123%2B01:00", "", nil, nil},
		{"date-time without a zone", "GET", "/releases?since=2026-11-20T10:00:00", "", nil,
			[]string{`GET Releases.List: query parameter "since": value must be in the format date-time`}},
		{"exploded list", "GET", "/releases?status=draft&status=active", "", nil, nil},
		{"exploded list with a wrong entry", "GET", "/releases?status=draft&status=gone", "", nil,
			[]string{`GET Releases.List: query parameter "status"/1: value is not one of the allowed values ["draft","active"]`}},
		{"joined list", "GET", "/releases?ids=1,2,3", "", nil, nil},
		{"joined list with an empty entry", "GET", "/releases?ids=1,,3", "", nil, []string{
			`GET Releases.List: query parameter "ids" has an empty entry`,
			`GET Releases.List: query parameter "ids"/1: value must be an integer`}},
		{"deep object", "GET", "/releases?filter[size][gt]=1&filter[name]=x&filter[tags][]=a&filter[tags][]=b", "", nil, nil},
		{"deep object, escaped", "GET", "/releases?filter%5Bsize%5D%5Bgt%5D=1", "", nil, nil},
		{"deep object of a wrong type", "GET", "/releases?filter[size][gt]=x", "", nil,
			[]string{`GET Releases.List: query parameter "filter"/size/gt: value must be an integer`}},
		{"deep object with an unknown member", "GET", "/releases?filter[size][ge]=1", "", nil,
			[]string{`GET Releases.List: query parameter "filter"/size/ge is not in the document`}},
		{"deep object with an empty member", "GET", "/releases?filter[name]=", "", nil,
			[]string{`GET Releases.List: query parameter "filter"/name is empty`}},
		{"deep object as plain text", "GET", "/releases?filter=x", "", nil,
			[]string{`GET Releases.List: query parameter "filter": value must be an object`}},
		{"header of a wrong type", "GET", "/releases", "", []string{"X-Trace: abc"},
			[]string{`GET Releases.List: header "X-Trace": value must be an integer`}},
		{"path parameter of a wrong format", "GET", "/releases/7", "", nil,
			[]string{`GET Releases.Get: path parameter "release_id": value must be in the format uuid`}},
		{"path parameter that is empty", "DELETE", "/releases/", "", nil,
			[]string{`DELETE Releases.Delete: path parameter "release_id" is empty`}},
		{"path parameter that steps up", "POST", "/releases/%2E%2E/activate", "", nil,
			[]string{`POST Releases.Activate: path parameter "release_id" is a relative step`}},
		{"body on GET", "GET", "/releases", "{}", nil,
			[]string{`GET Releases.List: body is not in the document`}},
		{"no body", "POST", "/releases", "", nil,
			[]string{`POST Releases.Create: body is missing`}},
		{"no body where none is required", "POST", "/shapes", "", nil, nil},
		{"body of another type", "POST", "/releases", "name=x", []string{"Content-Type: text/plain"},
			[]string{`POST Releases.Create: body has the content type text/plain, the document has application/json`}},
		{"body without a type", "POST", "/releases", "{}", []string{"Content-Type: "},
			[]string{`POST Releases.Create: body has no content type, the document has application/json`}},
		{"body in another charset", "POST", "/releases", "{}", []string{"Content-Type: application/json; charset=latin1"},
			[]string{`POST Releases.Create: body has the charset latin1`}},
		{"body that is compressed", "POST", "/releases", "{}", []string{"Content-Encoding: gzip"},
			[]string{`POST Releases.Create: body is encoded with gzip`}},
		{"valid body", "POST", "/releases", `{"name":"x","note":null,"day":"2026-11-20"}`, []string{"Content-Type: application/json; charset=UTF-8"}, nil},
		{"body that isn't JSON", "POST", "/releases", `{"name":`, nil,
			[]string{`POST Releases.Create: body is not JSON: unexpected end of JSON input`}},
		{"data after the JSON", "POST", "/releases", `{"name":"x"}{}`, nil,
			[]string{`POST Releases.Create: body is not JSON: invalid character '{' after top-level value`}},
		{"bytes that aren't text", "POST", "/releases", "{\"name\":\"\xff\"}", nil,
			[]string{`POST Releases.Create: body is not valid UTF-8`}},
		{"member that is there twice", "POST", "/releases", `{"name":"x","self":{"name":"x","name":"y"}}`, nil,
			[]string{`POST Releases.Create: body /self/name is there twice`}},
		{"member that is not declared", "POST", "/releases", `{"name":"x","nmae":"y"}`, nil,
			[]string{`POST Releases.Create: body /nmae is not in the document`}},
		{"member with a name to escape", "POST", "/releases", `{"name":"x","a/b~":1}`, nil,
			[]string{`POST Releases.Create: body /a~1b~0 is not in the document`}},
		{"member of an explicitly closed object", "POST", "/releases", `{"name":"x","closed":{"b":1}}`, nil,
			[]string{`POST Releases.Create: body /closed/b is not in the document`}},
		{"member that is missing", "POST", "/releases", `{"note":"x","self":{}}`, nil, []string{
			`POST Releases.Create: body /self/name is missing`,
			`POST Releases.Create: body /name is missing`}},
		{"member that is null", "POST", "/releases", `{"name":null}`, nil,
			[]string{`POST Releases.Create: body /name is null`}},
		{"member that is too short", "POST", "/releases", `{"name":""}`, nil,
			[]string{`POST Releases.Create: body /name: minimum string length is 1`}},
		{"member of a wrong format", "POST", "/releases", `{"name":"x","day":"2026-02-30"}`, nil,
			[]string{`POST Releases.Create: body /day: value must be in the format date`}},
		{"member that is read-only", "POST", "/releases", `{"name":"x","id":"1"}`, nil,
			[]string{`POST Releases.Create: body /id is read-only`}},
		{"body that is no object", "POST", "/releases", `[]`, nil,
			[]string{`POST Releases.Create: body: value must be an object`}},
		{"body that is null", "POST", "/releases", `null`, nil,
			[]string{`POST Releases.Create: body is null`}},
		{"variants by discriminator", "POST", "/shapes", `{"shape":{"type":"square","side":1}}`, nil, nil},
		{"variant with another's member", "POST", "/shapes", `{"shape":{"type":"square","side":1,"radius":1}}`, nil,
			[]string{`POST Shapes.Create: body /shape/radius is not in the document`}},
		{"variant that isn't declared", "POST", "/shapes", `{"shape":{"type":"oval"}}`, nil,
			[]string{`POST Shapes.Create: body /shape/type is none of the variants circle, square`}},
		{"variant without a discriminator", "POST", "/shapes", `{"shape":{"side":1}}`, nil,
			[]string{`POST Shapes.Create: body /shape/type is missing`}},
		{"variant by its members", "POST", "/shapes", `{"loose":{"right":1},"several":{"left":1,"right":2},"value":["a"],"either":null}`, nil, nil},
		{"variant that fits twice", "POST", "/shapes", `{"loose":{}}`, nil,
			[]string{`POST Shapes.Create: body /loose is more than one variant of a union: Left, Right`}},
		{"no variant, nearly", "POST", "/shapes", `{"loose":{"right":"x"}}`, nil,
			[]string{`POST Shapes.Create: body /loose/right: value must be an integer`}},
		{"no variant at all", "POST", "/shapes", `{"value":true}`, nil,
			[]string{`POST Shapes.Create: body /value is none of the variants integer, string, array`}},
		{"union that can't be null", "POST", "/shapes", `{"value":null}`, nil,
			[]string{`POST Shapes.Create: body /value is null`}},
		{"union beside members", "POST", "/shapes", `{"mixed":{"name":"x","left":1}}`, nil, nil},
		{"union beside members, one too many", "POST", "/shapes", `{"mixed":{"name":"x","left":1,"right":1}}`, nil,
			[]string{`POST Shapes.Create: body /mixed/right is not in the document`}},
		{"value that is excluded", "POST", "/shapes", `{"not":"x"}`, nil,
			[]string{`POST Shapes.Create: body /not is what the document excludes`}},
		{"multipart form", "POST", "/uploads", part(`name="file"; filename="a.txt"`, "abc"), []string{form}, nil},
		{"multipart form without a part", "POST", "/uploads", part(`name="size"`, "x"), []string{form}, []string{
			`POST Uploads.Create: body /size: value must be an integer`,
			`POST Uploads.Create: body /file is missing`}},
		{"multipart form with another part", "POST", "/uploads", "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ny\r\n" + part(`name="file"; filename="f"`, "z"), []string{form},
			[]string{`POST Uploads.Create: body /x is not in the document`}},
		{"multipart form that isn't one", "POST", "/uploads", "abc", []string{form},
			[]string{`POST Uploads.Create: body is not a multipart form`}},
		{"plain form", "POST", "/uploads", "size=1", []string{"Content-Type: application/x-www-form-urlencoded"}, nil},
		{"plain form of a wrong type", "POST", "/uploads", "size=x", []string{"Content-Type: application/x-www-form-urlencoded"},
			[]string{`POST Uploads.Create: body /size: value must be an integer`}},
		{"text", "POST", "/uploads", "hello", []string{"Content-Type: text/markdown"}, nil},
		{"text that is too long", "POST", "/uploads", "hello!", []string{"Content-Type: text/markdown"},
			[]string{`POST Uploads.Create: body: maximum string length is 5`}},
		{"path that is not declared", "GET", "/nothing", "", nil,
			[]string{`GET /v1/nothing: the document has no such path`}},
		{"path without the method", "PATCH", "/releases/active", "", nil,
			[]string{`PATCH /v1/releases/active: the document has this path only for DELETE, GET`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			handleAll(s)
			r := mustSend(t, s, test.method, test.path, test.body, test.header...)
			for i := range test.want {
				test.want[i] = "fake: " + test.want[i]
			}
			wantProblems(t, s, test.want...)
			if valid := len(test.want) == 0; valid != (r.status < 300) {
				t.Errorf("status %d, valid %t", r.status, valid)
			}
		})
	}
}

// handleAll gives every operation a valid answer.
func handleAll(s *fake.Server) {
	for _, op := range s.Document().Operations() {
		respond(s, op.ID, fake.NoContent())
	}
	respond(s, "Releases.List", fake.JSON(200, raw("[]")).With("X-Total", "0"))
	respond(s, "Releases.Create", fake.JSON(201, raw(release)))
	for _, op := range []string{"Releases.Active", "Releases.Get", "Releases.Activate"} {
		respond(s, op, fake.JSON(200, raw(release)))
	}
	respond(s, "Files.Get", fake.Bytes(200, "text/plain", []byte("text")))
	respond(s, "Files.Index", fake.JSON(200, raw("null")))
	respond(s, "Exports.Get", fake.Bytes(200, "text/csv; charset=utf-8", nil))
}

func TestHandlersReadTheRequest(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	handleAll(s)
	checked := make(chan struct{}, 2)
	s.Handle("Releases.List", func(r *fake.Request) fake.Response {
		defer func() { checked <- struct{}{} }()
		if r.Int("limit", 7) != 50 || r.Int("offset", 7) != 7 || r.Bool("dry", true) != false {
			t.Error("integers, booleans")
		}
		if got := strings.Join(r.Strings("status"), " "); got != "draft active" {
			t.Error("status", got)
		}
		if got := strings.Join(r.Strings("ids"), " "); got != "1 2" {
			t.Error("ids", got)
		}
		since, ok := r.Time("since")
		if !ok || since.Day() != 20 || r.Has("search") || !r.Has("dry") || r.Query("ratio") != "0.5" {
			t.Error("since, search, dry, ratio")
		}
		if r.Fields("filter")["name"] != "x" {
			t.Error("filter")
		}
		return fake.JSON(200, raw("[]")).With("X-Total", "0")
	})
	s.Handle("Releases.Create", func(r *fake.Request) fake.Response {
		defer func() { checked <- struct{}{} }()
		var body struct{ Name string }
		note, ok := r.Member("note")
		if err := r.Decode(&body); err != nil || body.Name != "x" || r.Text("name") != "x" || !ok || note != nil {
			t.Error("body", err)
		}
		return fake.JSON(201, raw(release))
	})
	mustSend(t, s, "GET", "/releases?status=draft&status=active&ids=1,2&dry=false&since=2026-11-20T10:00:00Z&ratio=0.5&filter[name]=x", "")
	mustSend(t, s, "POST", "/releases", `{"name":"x","note":null}`)
	<-checked
	<-checked
	wantProblems(t, s)
}

func TestHandlersReadForms(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.Handle("Uploads.Create", func(r *fake.Request) fake.Response {
		labels, _ := r.Object()["labels"].(map[string]any)
		if len(r.Files) != 1 || r.Files[0].Name != "a.bin" || string(r.Files[0].Content) != "\x00\x01" || labels["a"] != "b" {
			t.Errorf("files %v, body %v", r.Files, r.Body)
		}
		return fake.NoContent()
	})
	body := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n\x00\x01\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"labels\"\r\nContent-Type: application/json\r\n\r\n{\"a\":\"b\"}\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"size\"\r\n\r\n2\r\n--b--\r\n"
	if r := mustSend(t, s, "POST", "/uploads", body, "Content-Type: multipart/form-data; boundary=b"); r.status != 204 {
		t.Error(r)
	}
	wantProblems(t, s)
}

func TestInvalidRequestsAreAnsweredByThePlatform(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	handleAll(s)
	s.OnInvalid(func(r *fake.Request, found []fake.Violation) fake.Response {
		v := found[0]
		return fake.JSON(http.StatusUnprocessableEntity, map[string]any{
			"message": r.Operation.ID + " " + v.In + " " + strings.Join(v.Path, ".") + " " + v.Kind,
		})
	})
	s.ExpectInvalid("Releases.Create")
	s.ExpectInvalid()
	r := mustSend(t, s, "POST", "/releases", `{"name":"x","self":{}}`)
	if want := `{"message":"Releases.Create body self.name missing"}`; r.status != 422 || r.body != want {
		t.Errorf("got %d %s", r.status, r.body)
	}
	if r := mustSend(t, s, "GET", "/nothing", ""); r.status != 404 {
		t.Errorf("got %d", r.status)
	}
	wantProblems(t, s)
	mustSend(t, s, "POST", "/releases", `{}`)
	wantProblems(t, s, "fake: POST Releases.Create: body /name is missing")
}

func TestExpectedInvalidRequestThatNeverCame(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.ExpectInvalid("Releases.Create")
	s.Close()
	wantProblems(t, s, "fake: an invalid request to Releases.Create was expected and never came")
}
