package transport_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/transport"
)

func zipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return b.String()
}

func TestTypesThatAreJSON(t *testing.T) {
	t.Parallel()
	for contentType, ok := range map[string]bool{
		"application/json": true, "application/json; charset=utf-8": true, "application/json;charset=UTF-8": true,
		"Application/JSON": true, "application/vnd.x+json; charset=UTF-8": true, "application/problem+json": true, "text/json": true,
		"": true, "text/html": false, "text/html; charset=utf-8": false, "text/plain": false, "application/octet-stream": false,
		"application/jsonp": false, "application/json-seq": false,
	} {
		s := play(answer(200, oneThing, "Content-Type", contentType))
		v, err := getThing(context.Background(), newClient(t, sdk.WithTransport(s)), "a")
		if ok && (err != nil || v.Count != 42) {
			t.Errorf("%q: %v", contentType, err)
		}
		if !ok {
			assert.Is(t, err, sdk.ErrInvalidResponse)
			if e := assert.APIError(t, err); e.Status != 200 || len(e.Body) == 0 {
				t.Errorf("%q: %+v", contentType, e)
			}
		}
	}
}

func TestAnswersOfSuccessThatCantBeUsed(t *testing.T) {
	t.Parallel()
	page := "<html>log in</html>"
	for name, c := range map[string]struct {
		step step
		also error
	}{
		"HTML with 200":         {answer(200, page, "Content-Type", "text/html"), nil},
		"HTML without a type":   {answer(200, page, "Content-Type", ""), nil},
		"HTML that claims JSON": {answer(200, page), nil},
		"empty body":            {answer(200, ""), sdk.ErrEmptyBody},
		"white space":           {answer(200, " \r\n\t"), sdk.ErrEmptyBody},
		"204":                   {answer(204, ""), sdk.ErrEmptyBody},
		"205":                   {answer(205, ""), sdk.ErrEmptyBody},
		"null":                  {answer(200, "null"), nil},
		"an array":              {answer(200, "[]"), nil},
		"trailing garbage":      {answer(200, oneThing+"<html>"), nil},
		"two documents":         {answer(200, oneThing+oneThing), nil},
		"cut off":               {answer(200, oneThing[:20]), io.ErrUnexpectedEOF},
		"cut off behind a mark": {answer(200, "\uFEFF"+oneThing[:20]), io.ErrUnexpectedEOF},
		"wrong type":            {answer(200, `{"count":"x"}`), nil},
		"fraction":              {answer(200, `{"count":1.5}`), nil},
		"deep nesting":          {answer(200, `{"x":`+strings.Repeat("[", 100_000)), nil},
	} {
		s := play(c.step)
		v, err := getThing(context.Background(), newClient(t, sdk.WithTransport(s)), "a")
		assert.Is(t, err, sdk.ErrInvalidResponse)
		if c.also != nil {
			assert.Is(t, err, c.also)
		}
		e := assert.APIError(t, err)
		if v != nil || e.Status/100 != 2 || e.Attempts != 1 || s.count() != 1 || strings.Contains(err.Error(), "log in") {
			t.Errorf("%s: %v, %v", name, v, err)
		}
	}
}

func TestBodiesThatAreAllRight(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"white space":      " \n" + oneThing + "\r\n\t ",
		"byte order mark":  "\uFEFF" + oneThing,
		"unknown members":  `{"new":[{"a":null}],"id":"x","count":42}`,
		"escapes":          `{"id":"\u00fc\n","count":42}`,
		"exact whole":      `{"id":"x","count":42,"big":9007199254740993}`,
		"repeated members": `{"count":1,"count":42}`,
	} {
		v, err := getThing(context.Background(), newClient(t, sdk.WithTransport(play(answer(200, body)))), "a")
		if err != nil || v.Count != 42 {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
}

func TestAnswersWithoutAResult(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]step{
		"204": answer(204, ""), "205": answer(205, ""), "204 that claims JSON": answer(204, "", "Content-Length", "0"),
		"202 empty": answer(202, "", "Content-Type", ""), "200 {}": answer(200, "{}"), "200 text": answer(200, "OK", "Content-Type", "text/plain"),
		"200 empty HTML": answer(200, "", "Content-Type", "text/html"), "201": answer(201, oneThing),
		"empty errors": answer(200, "{\n  \"errors\" : [ ],\n  \"error\" : { }\n}"),
	} {
		c := newClient(t, sdk.WithTransport(play(s)))
		if err := exec(c, transport.Call{Method: "DELETE", Path: "/x"}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := exec(newClient(t, sdk.WithTransport(play(answer(200, "<html>", "Content-Type", "text/html")))), transport.Call{Method: "DELETE", Path: "/x"})
	assert.Is(t, err, sdk.ErrInvalidResponse)
}

func TestHeadHasNoBodyToRead(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "1000") })
	var r sdk.Response
	if err := exec(c, transport.Call{Method: "HEAD", Path: "/x"}, sdk.WithResponse(&r)); err != nil || r.Header.Get("Content-Length") != "1000" {
		t.Errorf("%v %v", err, r)
	}
}

func TestBodyCutOffIsAFailedAttempt(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]func(w http.ResponseWriter){
		"length": func(w http.ResponseWriter) { w.Header().Set("Content-Length", "1000") },
		"chunks": func(http.ResponseWriter) {},
		"gzip": func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			z := zipped(oneThing)
			w.Header().Set("Content-Length", fmt.Sprint(len(z)-6))
			_, _ = io.WriteString(w, z[:len(z)-6])
		},
	} {
		var n atomic.Int64
		var broken atomic.Int64
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if n.Add(1) > broken.Load() {
				_, _ = io.WriteString(w, oneThing)
				return
			}
			cut(w)
			if name == "gzip" {
				return
			}
			_, _ = io.WriteString(w, oneThing[:10])
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		})
		broken.Store(2)
		if err := getOnly(context.Background(), c); err != nil || n.Load() != 3 {
			t.Errorf("%s: %d requests, %v", name, n.Load(), err)
		}
		broken.Store(1000)
		n.Store(0)
		err := getOnly(context.Background(), c)
		assert.Is(t, err, io.ErrUnexpectedEOF, sdk.ErrInvalidResponse)
		if e := assert.APIError(t, err); n.Load() != 4 || e.Attempts != 4 || e.Status != 200 {
			t.Errorf("%s: %d requests, %v", name, n.Load(), err)
		}
		n.Store(0)
		err = postOnly(context.Background(), c)
		assert.Is(t, err, io.ErrUnexpectedEOF)
		if n.Load() != 1 {
			t.Errorf("%s: a POST whose answer was cut off was sent %d times", name, n.Load())
		}
	}
}

func TestClaimedLengthIsHeldAgainstTheBody(t *testing.T) {
	t.Parallel()
	short := func(*http.Request) (*http.Response, error) {
		r, _ := answer(200, oneThing)(nil)
		r.ContentLength = 1000
		return r, nil
	}
	err := getOnly(context.Background(), newClient(t, sdk.WithTransport(play(short)), quick()))
	assert.Is(t, err, io.ErrUnexpectedEOF)
}

func TestGzipIsReadAndCounted(t *testing.T) {
	t.Parallel()
	s := play(answer(200, zipped(oneThing), "Content-Encoding", "gzip"))
	c := newClient(t, sdk.WithTransport(s))
	for range 3 { // buffers and readers are used again
		if v, err := getThing(context.Background(), c, "a"); err != nil || v.Count != 42 {
			t.Fatalf("%+v, %v", v, err)
		}
	}
	if got := s.requests()[0].Header.Get("Accept-Encoding"); got != "gzip" {
		t.Errorf("asked for %q", got)
	}
	for name, step := range map[string]step{
		"not gzip":        answer(200, oneThing, "Content-Encoding", "gzip"),
		"corrupt":         answer(200, zipped(oneThing)[:15]+"xxxxxxxxxxxxxx", "Content-Encoding", "gzip"),
		"unknown":         answer(200, oneThing, "Content-Encoding", "br"),
		"header only":     answer(200, zipped(oneThing)[:5], "Content-Encoding", "gzip"),
		"several at once": answer(200, oneThing, "Content-Encoding", "gzip, br"),
	} {
		err := getOnly(context.Background(), c, sdk.WithTransport(play(step)), quick())
		assert.Is(t, err, sdk.ErrInvalidResponse)
		if assert.APIError(t, err).Status != 200 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestErrorsInGzipAreDecoded(t *testing.T) {
	t.Parallel()
	c := newClient(t, sdk.WithTransport(play(answer(404, zipped(`{"code":"gone"}`), "Content-Encoding", "gzip"))))
	if e := assert.APIError(t, getOnly(context.Background(), c)); e.Code != "gone" {
		t.Error(e)
	}
}

func TestBytesAreTheCallersOwn(t *testing.T) {
	t.Parallel()
	s := play(answer(200, "first", "Content-Type", "text/csv"), answer(200, "other", "Content-Type", "text/csv"))
	c := newClient(t, sdk.WithTransport(s))
	call := &transport.Call{Method: "GET", Path: "/x", Accept: "text/csv"}
	first, err := transport.Bytes(context.Background(), c, call, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := transport.Bytes(context.Background(), c, call, nil); err != nil || string(first) != "first" {
		t.Errorf("%q, %v", first, err)
	}
	if got := s.requests()[0].Header.Get("Accept"); got != "text/csv" {
		t.Errorf("asked for %q", got)
	}
	c = newClient(t, sdk.WithTransport(play(answer(200, "<html>", "Content-Type", "text/html"))))
	_, err = transport.Bytes(context.Background(), c, call, nil)
	assert.Is(t, err, sdk.ErrInvalidResponse)
	call.Accept = "text/html"
	if b, err := transport.Bytes(context.Background(), c, call, nil); err != nil || string(b) != "<html>" {
		t.Errorf("%q, %v", b, err)
	}
}

// tracked tells whether a body was closed.
type tracked struct {
	io.Reader
	open *atomic.Int64
}

func (b tracked) Close() error {
	b.open.Add(-1)
	return nil
}

func TestBodiesAreClosedOnEveryPath(t *testing.T) {
	t.Parallel()
	var open atomic.Int64
	wrap := func(s step) step {
		return func(r *http.Request) (*http.Response, error) {
			resp, err := s(r)
			if resp != nil {
				open.Add(1)
				resp.Body = tracked{resp.Body, &open}
			}
			return resp, err
		}
	}
	broken := func(status int) step {
		return func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(io.MultiReader(strings.NewReader("{"), bad{})), ContentLength: -1}, nil
		}
	}
	for name, s := range map[string]step{
		"success": answer(200, oneThing), "wrong JSON": answer(200, "{"), "HTML": answer(200, "<", "Content-Type", "text/html"),
		"404": answer(404, "{}"), "500": answer(500, ""), "204": answer(204, ""), "read error": broken(200), "read error of 500": broken(500),
		"redirect": answer(302, "", "Location", "https://other.example"), "redirect home": answer(302, "", "Location", "/v1/things/b"),
		"bad redirect": answer(302, "", "Location", "::"), "length": answer(200, strings.Repeat(" ", 100)), "gzip": answer(200, "x", "Content-Encoding", "gzip"),
	} {
		c := newClient(t, sdk.WithTransport(play(wrap(s))), quick(), sdk.WithMaxBodySize(50))
		_ = getOnly(context.Background(), c)
		_ = exec(c, transport.Call{Method: "POST", Path: "/x", Body: encodeThing(&thing{ID: "a"})})
		if n := open.Swap(0); n != 0 {
			t.Errorf("%s: %d bodies stayed open", name, n)
		}
	}
	panicking := sdk.Hooks{Attempt: func(context.Context, sdk.Event) { panic("hook") }}
	func() {
		defer func() { _ = recover() }()
		_ = getOnly(context.Background(), newClient(t, sdk.WithTransport(play(wrap(answer(200, oneThing)))), sdk.WithHooks(panicking)))
	}()
	if n := open.Load(); n != 0 {
		t.Errorf("a panic in a hook left %d bodies open", n)
	}
}

type bad struct{}

func (bad) Read([]byte) (int, error) { return 0, errors.New("broken") }

func TestLargeBodiesAreNotKeptForOtherCalls(t *testing.T) {
	t.Parallel()
	large := `{"id":"` + strings.Repeat("x", 3<<20) + `","count":1}`
	s := play(answer(200, large), answer(200, oneThing))
	c := newClient(t, sdk.WithTransport(s))
	v, err := getThing(context.Background(), c, "a")
	if err != nil || len(v.ID) != 3<<20 {
		t.Fatal(err)
	}
	if n := transport.RoomForBodies(c); n > 1<<20 {
		t.Errorf("%d bytes were kept for the next body", n)
	}
	if v, err = getThing(context.Background(), c, "a"); err != nil || v.Count != 42 {
		t.Fatal(err)
	}
}
