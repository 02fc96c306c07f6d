package faults_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
)

// oddErrorBodiesAreRead holds what each platform's errors look like against bodies in which one member isn't what it
// should be.
func oddErrorBodiesAreRead(t *testing.T) {
	type want struct {
		code, message string
		fields        []sdk.FieldError
	}
	field := func(path, code, message string) []sdk.FieldError {
		return []sdk.FieldError{{Path: path, Code: code, Message: message}}
	}
	for platform, bodies := range map[string]map[string]want{
		"cargo": {
			`{"errorMessage":"m","errors":[{"code":1}]}`:                           {message: "m"},
			`{"errorMessage":"m","reason":{"a":1}}`:                                {message: "m"},
			`{"errorMessage":["m"],"reason":"r"}`:                                  {code: "r"},
			`{"errorMessage":7,"reason":true}`:                                     {code: "true", message: "7"},
			`{"errorMessage":null,"reason":"r"}`:                                   {code: "r"},
			`{"errorMessage":"m","reason":"r","dataError":"x"}`:                    {code: "r", message: "m"},
			`{"errorMessage":"m","reason":"r","dataError":{"reason":["x"]}}`:       {"r", "m", field("data", "", "")},
			`{"errorMessage":"m","dataError":{"reason":"stale","column":{"a":1}}}`: {"", "m", field("data", "stale", "")},
			`{"reason":"r"}`: {code: "r"},
		},
		"releases": {
			`{"message":"m","errors":[{"code":1}]}`:                         {message: "m"},
			`{"error":"E","message":{"text":"m"}}`:                          {code: "E"},
			`{"error":{"code":"E"},"message":"m"}`:                          {message: "m"},
			`{"error":404,"message":"m","status_code":"404"}`:               {code: "404", message: "m"},
			`{"error":"E","message":"m","details":"none","timestamp":1}`:    {code: "E", message: "m"},
			`{"error":"E","message":"m","details":{"retry_after":"soon"}}`:  {code: "E", message: "m"},
			`{"detail":"Not Found"}`:                                        {message: "Not Found"},
			`{"detail":null,"message":"m"}`:                                 {message: "m"},
			`{"detail":[{"loc":["body","a",0,"b"],"msg":"m","type":"t"}]}`:  {fields: field("body.a[0].b", "t", "m")},
			`{"detail":[1,"x",null,{"loc":"no","msg":7,"type":null}]}`:      {fields: field("", "", "7")},
			`{"detail":[{"loc":[null,{"a":1},true],"msg":"m","type":"t"}]}`: {fields: field(`[null][{"a":1}][true]`, "t", "m")},
			`{"detail":[{"msg":"m","ctx":[],"input":1e999}],"message":"n"}`: {message: "n", fields: field("", "", "m")},
			`{"detail":{"msg":"m"},"error":"E"}`:                            {code: "E"},
		},
		"versori": {
			`{"message":"m","errors":[{"code":1}]}`:                            {message: "m"},
			`{"code":404,"message":"m"}`:                                       {code: "404", message: "m"},
			`{"code":["c"],"message":"m","details":{"a":1}}`:                   {message: "m"},
			`{"code":"c","message":"m","details":"more"}`:                      {code: "c", message: "m: more"},
			`{"code":"c","message":[],"details":"more"}`:                       {code: "c", message: "more"},
			`{"code":"c","message":"m","fields":"spans"}`:                      {code: "c", message: "m"},
			`{"code":"c","message":"m","fields":{"field":"a"}}`:                {code: "c", message: "m"},
			`{"code":"c","fields":[7,{"field":["a"],"message":"n"},null,"x"]}`: {"c", "", field("", "", "n")},
			`{"code":"c","fields":[{"field":"spans[0]","message":null}]}`:      {"c", "", field("spans[0]", "", "")},
		},
		"licensing": {
			`{"message":"m","errors":[{"code":1}]}`:     {message: "m"},
			`{"message":"m","code":404}`:                {code: "404", message: "m"},
			`{"message":"m","code":null}`:               {message: "m"},
			`{"message":{"en":"m"},"code":"C"}`:         {code: "C"},
			`{"Message":"m","code":"C"}`:                {code: "C"},
			`{"message":"a","message":"m","code":[[]]}`: {message: "m"},
		},
	} {
		for body, want := range bodies {
			for _, mark := range []string{"", "\uFEFF", " \r\n"} {
				s := serve(t, answer(400, mark+body))
				c := s.clients(t)
				for _, o := range operations() {
					if !strings.HasPrefix(o.name, platform+".") {
						continue
					}
					err := o.call(t.Context(), c)
					assert.Is(t, err, sdk.ErrValidation)
					e := assert.APIError(t, err)
					if e.Code != want.code || e.Message != want.message || !slices.Equal(e.Fields, want.fields) || e.RetryAfter != 0 || !kept(t, err, mark+body) {
						t.Errorf("%s, %q: code %q, message %q, fields %+v", o.name, mark+body, e.Code, e.Message, e.Fields)
					}
				}
			}
		}
	}
}

func errorBodiesOfAnyShape(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	for _, body := range []string{
		"null", "[]", `[{"message":"m"}]`, `"text"`, "123", "true", "tru", "{", `{"message":`, `{"message":"m"`, `{"message":"m"}}`, "\x00\xff", "%",
		`{"message":"` + long + `"}`, `{"errorMessage":"a\r\nb\u2028c\u0000d","message":"a\r\nb\u2028c\u0000d"}`, long,
		`{"message":"\ud800\xff","errorMessage":"\ud800\xff"}`, `{"detail":[` + strings.Repeat(`{"msg":"m"},`, 5000) + `{}]}`,
	} {
		for _, status := range []int{418, 400, 500} {
			s := serve(t, answer(status, body, "Content-Type", "application/octet-stream"))
			c := s.clients(t, sdk.WithMaxAttempts(1))
			for _, o := range operations() {
				err := o.call(t.Context(), c)
				e := assert.APIError(t, err)
				if e.Status != status || e.Attempts != 1 || !kept(t, err, body[:min(len(body), 64<<10)]) || e.Unwrap() != nil {
					t.Errorf("%.40q of %s: %v", body, o.name, err)
				}
				if text := e.Error(); len(text) > 4096 || strings.ContainsAny(text, "\r\n\u2028\x00") {
					t.Errorf("%.40q of %s: %d bytes of text, %q", body, o.name, len(text), text)
				}
			}
		}
	}
	// A wait that only the body asks for is read as carefully.
	for seconds, want := range map[string]time.Duration{"-5": 0, "2.5": 2500 * time.Millisecond, `"3"`: 0, "[4]": 0, "null": 0} {
		s := serve(t, answer(400, `{"message":"m","details":{"retry_after":`+seconds+`}}`))
		e := assert.APIError(t, get(t.Context(), s.clients(t)))
		if e.RetryAfter != want || e.Message != "m" {
			t.Errorf("retry_after %s: %v, %v", seconds, e.RetryAfter, e)
		}
	}
}
