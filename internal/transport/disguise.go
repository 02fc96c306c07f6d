package transport

import (
	"bytes"
	"reflect"

	"github.com/wharfinger/sdk"
)

// disguised finds an error in an answer of success, as gateways give it that answer 200 to everything. Since all members
// of an answer may be missing, it would otherwise be a result without content. wanted says that a result was to come, and
// that the body holds nothing of it.
func (x *exchange) disguised(wanted bool) *sdk.Error {
	if !ParseProblem(x.body()).tellsFailure(wanted) {
		return nil
	}
	e := x.unusable("")
	if x.s.platform.DecodeError != nil {
		x.decodeError(e)
	}
	if e.Message == "" {
		e.Message = "the answer is an error in spite of its status"
	}
	return e
}

// tellsFailure knows the members by which errors are told from results. A code and a message are some only where nothing
// else can be meant.
func (p Problem) tellsFailure(codeIsOne bool) bool {
	for _, name := range [...]string{"success", "ok"} {
		if string(p[name]) == "false" {
			return true
		}
	}
	for _, name := range [...]string{"error", "errors", "errorMessage"} {
		if says(p[name]) {
			return true
		}
	}
	for _, name := range [...]string{"status", "statusCode", "status_code"} {
		if n := p.Number(name); n >= 400 && n <= 599 {
			return true
		}
	}
	for _, issue := range p.Objects("detail") {
		if issue.Has("msg") {
			return true
		}
	}
	return codeIsOne && p.Text("code") != "" && p.Text("message") != ""
}

// says tells a value from the ways of JSON to say nothing, some of which have room for white space.
func says(raw []byte) bool {
	switch string(bytes.Join(bytes.Fields(raw), nil)) {
	case "", "null", "false", `""`, "[]", "{}", "0":
		return false
	}
	return true
}

// holdsNothing tells a result of which no member came. A message doesn't count, for errors have one too.
func holdsNothing(result any) bool {
	v := reflect.ValueOf(result).Elem()
	if v.Kind() != reflect.Struct || !v.FieldByName("Extra").IsValid() {
		return false
	}
	for i := range v.NumField() {
		switch v.Type().Field(i).Name {
		case "Extra", "Message":
			continue
		}
		if !v.Field(i).IsZero() {
			return false
		}
	}
	return true
}
