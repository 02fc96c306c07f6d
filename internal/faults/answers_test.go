package faults_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

func answers() []check {
	return []check{
		{42, "the HTML page of a proxy is an error with its status and its beginning", proxyPagesKeepTheirStatus},
		{43, "an empty object with an error status is an error", emptyObjectsAreErrors},
		{44, "an error status without a body is an error", bodilessErrorsAreErrors},
		{45, "one odd member of an error body doesn't cost the others", oddErrorBodiesAreRead},
		{45, "an error body that is no object leaves the status", errorBodiesOfAnyShape},
		{46, "success without the promised body is an error of its own", emptyAnswersAreErrors},
		{47, "an operation without a result takes 204 and the like", noContentIsSuccess},
		{47, "204 in place of a result says that it is empty", noContentIsNoResult},
		{48, "an HTML page with status 200 is an error that shows the type", pagesAreNoAnswers},
		{49, "every content type of JSON is read with all its parameters", contentTypesOfJSON},
		{50, "something after the JSON is an error", trailingGarbageIsAnError},
		{50, "an answer that was cut off in silence is an error", silentCutsAreErrors},
		{51, "invalid UTF-8 is replaced and can be had as it came", invalidTextIsReplaced},
		{52, "a byte order mark and white space are passed over and null is an error", marksAndNull},
		{53, "unknown members and values survive get then change then put", unknownValuesSurvive},
		{53, "an unknown variant of a union survives load then change then put", unknownVariantsSurvive},
		{53, "what one copy of a model changes another doesn't see", copiesAreApart},
		{54, "a time that can't be read costs neither the page nor its text", oddTimesAreKept},
		{54, "times are read in every form that servers write", timesAreRead},
		{55, "an error body that breaks off keeps the status and its beginning", brokenErrorBodiesKeepTheirStatus},
	}
}

const loginPage = "<!DOCTYPE html><html><body>log in</body></html>"

func proxyPagesKeepTheirStatus(t *testing.T) {
	for _, status := range []int{500, 502, 503, 504} {
		s := serve(t, answer(status, loginPage+strings.Repeat(" ", 100<<10), "Content-Type", "text/html", "X-Request-Id", "req_9"))
		c := s.clients(t)
		for _, o := range operations() {
			before := s.count()
			err := o.call(t.Context(), c)
			assert.Is(t, err, sdk.ErrServer)
			e := assert.APIError(t, err)
			if e.Status != status || e.Attempts != o.attempts() || s.count()-before != o.attempts() || e.RequestID != "req_9" {
				t.Errorf("%d of %s: %d requests: %v", status, o.name, s.count()-before, e)
			}
			if len(e.Body) != 64<<10 || !kept(t, err, loginPage) || e.Header.Get("Content-Type") != "text/html" || strings.Contains(e.Error(), "<") {
				t.Errorf("%d of %s: %d bytes of body, %v: %v", status, o.name, len(e.Body), e.Header, e)
			}
		}
	}
	// The same from the fake of a platform.
	s := releasestest.NewServer(t)
	s.Inject("Releases.Get", fault.HTML(502).Forever())
	_, err := s.Client().App(shop()).Releases.Get(t.Context(), "rel_1")
	if e := assert.APIError(t, err); e.Status != 502 || e.Attempts != 4 || !kept(t, err, "<!DOCTYPE html>") {
		t.Errorf("from the fake: %v", e)
	}
}

func emptyObjectsAreErrors(t *testing.T) {
	for status, is := range map[int]error{400: sdk.ErrValidation, 401: sdk.ErrUnauthorized, 403: sdk.ErrForbidden, 404: sdk.ErrNotFound, 409: sdk.ErrConflict, 422: sdk.ErrValidation} {
		s := serve(t, answer(status, "{}"))
		for _, o := range operations() {
			err := o.call(t.Context(), s.clients(t))
			assert.Is(t, err, is)
			if e := assert.APIError(t, err); e.Status != status || e.Attempts != 1 || !kept(t, err, "{}") || e.Code != "" {
				t.Errorf("%s: %v", o.name, e)
			}
		}
	}
}

func bodilessErrorsAreErrors(t *testing.T) {
	for name, step := range map[string]http.HandlerFunc{
		"a length of 0": answer(400, "", "Content-Length", "0"), "no type": answer(400, "", "Content-Type", ""),
		"an end of the connection": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Transfer-Encoding", "identity")
			w.WriteHeader(400)
		},
		"an empty chunk": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(400)
			_ = http.NewResponseController(w).Flush()
		},
	} {
		s := serve(t, step)
		for _, o := range operations() {
			err := o.call(t.Context(), s.clients(t))
			assert.Is(t, err, sdk.ErrValidation)
			e := assert.APIError(t, err)
			if e.Status != 400 || e.Attempts != 1 || len(e.Body) != 0 || errors.Is(err, io.EOF) || !strings.Contains(e.Error(), "400 Bad Request") {
				t.Errorf("%s of %s: %v", name, o.name, e)
			}
		}
	}
}

func emptyAnswersAreErrors(t *testing.T) {
	for name, step := range map[string]http.HandlerFunc{
		"nothing": answer(200, ""), "201": answer(201, ""), "white space": answer(200, " \r\n\t"), "a byte order mark": answer(200, "\uFEFF"),
		"no type": answer(200, "", "Content-Type", ""), "another type": answer(200, "", "Content-Type", "text/html"),
		"an empty chunk": func(w http.ResponseWriter, _ *http.Request) { _ = http.NewResponseController(w).Flush() },
		"gzip":           answer(200, "", "Content-Encoding", "gzip"),
	} {
		s := serve(t, step)
		c := s.clients(t)
		for _, o := range operations() {
			before := s.count()
			err := o.call(t.Context(), c)
			if !o.hasResult() {
				if err != nil {
					t.Errorf("%s of %s: %v", name, o.name, err)
				}
				continue
			}
			assert.Is(t, err, sdk.ErrEmptyBody, sdk.ErrInvalidResponse)
			if e := assert.APIError(t, err); e.Status/100 != 2 || e.Attempts != 1 || s.count()-before != 1 || errors.Is(err, io.EOF) {
				t.Errorf("%s of %s: %v", name, o.name, err)
			}
		}
		var v any
		assert.Is(t, c.releases.Do(t.Context(), "GET", "/v1/x", nil, nil, &v), sdk.ErrEmptyBody)
	}
}

func noContentIsSuccess(t *testing.T) {
	for name, step := range map[string]http.HandlerFunc{
		"204": answer(204, ""), "204 of no type": answer(204, "", "Content-Type", ""), "205": answer(205, ""), "202": answer(202, ""),
		"200 {}": answer(200, "{}"), "200 null": answer(200, "null"), "200 OK": answer(200, "OK", "Content-Type", "text/plain"),
		"200 of an empty page": answer(200, "", "Content-Type", "text/html"),
	} {
		s := serve(t, step)
		c := s.clients(t)
		if err := remove(t.Context(), c); err != nil || s.count() != 1 {
			t.Errorf("%s: %d requests: %v", name, s.count(), err)
		}
		if err := c.licensing.Do(t.Context(), "DELETE", "/v3/releases/1", nil, nil, nil); err != nil {
			t.Errorf("%s, Do: %v", name, err)
		}
	}
}

func noContentIsNoResult(t *testing.T) {
	for _, status := range []int{204, 205} {
		s := serve(t, answer(status, ""))
		for _, o := range operations() {
			if !o.hasResult() {
				continue
			}
			var r sdk.Response
			err := o.call(t.Context(), s.clients(t), sdk.WithResponse(&r))
			assert.Is(t, err, sdk.ErrEmptyBody, sdk.ErrInvalidResponse)
			if e := assert.APIError(t, err); e.Status != status || e.Attempts != 1 || r.Status != status || !strings.Contains(e.Error(), "no body") {
				t.Errorf("%s: %v, %+v", o.name, err, r)
			}
		}
	}
}

func pagesAreNoAnswers(t *testing.T) {
	for _, kind := range []string{"text/html", "Text/HTML; charset=utf-8", "application/xhtml+xml"} {
		s := serve(t, answer(200, loginPage+strings.Repeat(" ", 100<<10), "Content-Type", kind))
		c := s.clients(t)
		plain, _, _ := strings.Cut(strings.ToLower(kind), ";")
		for _, o := range operations() {
			before := s.count()
			err := o.call(t.Context(), c)
			assert.Is(t, err, sdk.ErrInvalidResponse)
			e := assert.APIError(t, err)
			if e.Status != 200 || e.Attempts != 1 || s.count()-before != 1 || len(e.Body) != 64<<10 || !kept(t, err, loginPage) ||
				!strings.Contains(strings.ToLower(e.Error()), plain) || strings.Contains(e.Error(), "log in") {
				t.Errorf("%s of %s: %v", kind, o.name, e)
			}
		}
		assert.Is(t, c.cargo.Do(t.Context(), "GET", "/x", nil, nil, nil), sdk.ErrInvalidResponse)
		var v any
		assert.Is(t, c.cargo.Do(t.Context(), "GET", "/x", nil, nil, &v), sdk.ErrInvalidResponse)
		var text []byte
		if err := c.cargo.Do(t.Context(), "GET", "/x", nil, nil, &text); err != nil || !strings.HasPrefix(string(text), loginPage) {
			t.Errorf("as bytes: %v", err)
		}
	}
	// A page whose type says otherwise is not JSON all the same.
	for _, kind := range []string{"application/json", ""} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if w.Header()["Content-Type"] = nil; kind != "" {
				w.Header().Set("Content-Type", kind)
			}
			_, _ = io.WriteString(w, loginPage)
		})
		for _, o := range operations() {
			if !o.hasResult() {
				continue
			}
			err := o.call(t.Context(), s.clients(t))
			assert.Is(t, err, sdk.ErrInvalidResponse)
			if e := assert.APIError(t, err); e.Status != 200 || !kept(t, err, loginPage) || strings.Contains(e.Error(), "log in") {
				t.Errorf("%q of %s: %v", kind, o.name, err)
			}
		}
	}
}

func contentTypesOfJSON(t *testing.T) {
	for kind, ok := range map[string]bool{
		"application/json": true, "application/json; charset=UTF-8": true, "application/json;charset=utf-8": true, "APPLICATION/JSON": true,
		"application/vnd.x+json; charset=UTF-8": true, "application/vnd.api.v2+json;profile=\"a;b\"": true, "application/problem+json": true,
		"text/json": true, "text/x-json": false, "": true,
		"text/plain": false, "application/octet-stream": false, "application/json-seq": false, "application/x-ndjson": false, "nonsense": false,
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			status, body := 200, anything
			if r.Header.Get("X-Fail") != "" {
				status, body = 400, trouble
			}
			if w.Header()["Content-Type"] = nil; kind != "" {
				w.Header().Set("Content-Type", kind)
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		})
		c := s.clients(t)
		for _, o := range operations() {
			err := o.call(t.Context(), c)
			if ok || !o.hasResult() {
				if err != nil {
					t.Errorf("%q of %s: %v", kind, o.name, err)
				}
			} else if assert.Is(t, err, sdk.ErrInvalidResponse); !strings.Contains(err.Error(), kind) || assert.APIError(t, err).Status != 200 {
				t.Errorf("%q of %s: %v", kind, o.name, err)
			}
			// Errors are read whatever they say they are.
			wantTrouble(t, o.call(t.Context(), c, sdk.WithHeader("X-Fail", "1")), 400, 1)
		}
	}
}

func trailingGarbageIsAnError(t *testing.T) {
	for _, garbage := range []string{"<script>", anything, ",", "}", "]", "\x00", "null", " 1", "\n// done", "\uFEFF"} {
		s := serve(t, answer(200, anything+garbage))
		c := s.clients(t)
		for _, o := range operations() {
			if !o.hasResult() {
				continue
			}
			err := o.call(t.Context(), c)
			assert.Is(t, err, sdk.ErrInvalidResponse)
			if e := assert.APIError(t, err); e.Status != 200 || e.Attempts != 1 || !kept(t, err, anything) {
				t.Errorf("%q after the answer of %s: %v", garbage, o.name, e)
			}
		}
		var v any
		assert.Is(t, c.versori.Do(t.Context(), "GET", "/x", nil, nil, &v), sdk.ErrInvalidResponse)
		var raw json.RawMessage
		if err := c.versori.Do(t.Context(), "GET", "/x", nil, nil, &raw); err != nil || string(raw) != anything+garbage {
			t.Errorf("as it came: %s, %v", raw, err)
		}
	}
	s := releasestest.NewServer(t)
	s.Seed(shop(), 1)
	s.Inject("", fault.TrailingGarbage())
	_, err := s.Client().App(shop()).Releases.List(t.Context(), releases.ReleaseListParams{})
	assert.Is(t, err, sdk.ErrInvalidResponse)
}

// silentCutsAreErrors has nothing to tell a cut but that the JSON isn't complete.
func silentCutsAreErrors(t *testing.T) {
	s := releasestest.NewServer(t)
	s.Seed(shop(), 3)
	s.Inject("", fault.CutSilently())
	_, err := s.Client().App(shop()).Releases.List(t.Context(), releases.ReleaseListParams{})
	assert.Is(t, err, sdk.ErrInvalidResponse, io.ErrUnexpectedEOF)
	if e := assert.APIError(t, err); e.Status != 200 || e.Attempts != 1 {
		t.Error(err)
	}
	for cut := 1; cut < len(anything); cut++ {
		b := serveBytes(t, func(c *conn) {
			if c.request() > 0 {
				c.say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + anything[:cut])
			}
		})
		err := get(context.Background(), b.clients(t))
		assert.Is(t, err, sdk.ErrInvalidResponse, io.ErrUnexpectedEOF)
		if b.count() != 1 || assert.APIError(t, err).Status != 200 {
			t.Errorf("cut after %q: %d requests: %v", anything[:cut], b.count(), err)
		}
	}
}

func brokenErrorBodiesKeepTheirStatus(t *testing.T) {
	breaks := map[string]func(*conn){
		"cut":   func(*conn) {},
		"reset": func(c *conn) { c.reset() },
	}
	for how, end := range breaks {
		for _, status := range []string{"500 Internal Server Error", "404 Not Found"} {
			s := serveBytes(t, func(c *conn) {
				for c.request() > 0 {
					c.say("HTTP/1.1 " + status + "\r\nContent-Length: 1000\r\nContent-Type: application/json\r\nX-Request-Id: req_9\r\n\r\n" + trouble[:20])
					end(c)
					return
				}
			})
			c := s.clients(t)
			for _, o := range operations() {
				before := s.count()
				err := o.call(t.Context(), c)
				e := assert.APIError(t, err)
				want := 1
				if status[0] == '5' {
					assert.Is(t, err, sdk.ErrServer)
					want = o.attempts()
				} else {
					assert.Is(t, err, sdk.ErrNotFound)
				}
				if e.Attempts != want || s.count()-before != want || e.RequestID != "req_9" || errors.Is(err, sdk.ErrInvalidResponse) {
					t.Errorf("%s, %s of %s: %d requests: %v", how, status, o.name, s.count()-before, err)
				}
				if how == "cut" {
					// A reset can overtake what was sent before it.
					assert.Is(t, err, io.ErrUnexpectedEOF)
					if string(e.Body) != trouble[:20] {
						t.Errorf("%s of %s: the body is %q", status, o.name, e.Body)
					}
				}
			}
		}
	}
	s := releasestest.NewServer(t)
	s.Inject("", fault.Fault{Status: 500, CutBody: true}.Forever())
	_, err := s.Client().App(shop()).Releases.Activate(t.Context(), "rel_1")
	assert.Is(t, err, sdk.ErrServer, io.ErrUnexpectedEOF)
	if e := assert.APIError(t, err); e.Attempts != 1 || len(e.Body) == 0 {
		t.Errorf("from the fake: %v", err)
	}
}
