package faults_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

func repeating() []check {
	return slices.Concat([]check{
		{1, "a read is repeated up to a bound while the server fails", serverErrorsAreRepeated},
		{2, "a write is sent once when the server fails", writesAreSentOnceOnServerErrors},
		{3, "a write is sent once when the connection is reset", writesAreSentOnceOnReset},
		{3, "a write whose answer is lost takes effect once", writesTakeEffectOnce},
		{4, "a read is repeated when the connection is reset", readsAreRepeatedOnReset},
	}, unsentRequests(), []check{
		{6, "the status says whether a request is repeated", statusesThatAreRepeated},
		{7, "the server can forbid a repeat", serverVetoWins},
		{8, "a client error is never repeated whatever its body is", clientErrorsAreFinal},
	}, refreshes(), envelopes(), truncations(), http2Endings())
}

func serverErrorsAreRepeated(t *testing.T) {
	for _, o := range operations() {
		if !o.safe() {
			continue
		}
		for _, status := range []int{500, 502, 503, 504} {
			s := serve(t, failure(status))
			c := s.clients(t)
			wantTrouble(t, o.call(t.Context(), c), status, 4)
			if s.count() != 4 {
				t.Errorf("%s, %d: %d requests", o.name, status, s.count())
			}
			wantTrouble(t, o.call(t.Context(), c, sdk.WithMaxAttempts(2)), status, 2)
		}
		s := serve(t, failure(500), failure(503), success())
		if err := o.call(t.Context(), s.clients(t)); err != nil || s.count() != 3 {
			t.Errorf("%s: %d requests: %v", o.name, s.count(), err)
		}
	}
}

func writesAreSentOnceOnServerErrors(t *testing.T) {
	for _, o := range operations() {
		if o.safe() {
			continue
		}
		for _, status := range []int{408, 425, 500, 502, 503, 504} {
			s := serve(t, failure(status), success())
			wantTrouble(t, o.call(t.Context(), s.clients(t)), status, 1)
			if s.count() != 1 {
				t.Errorf("%s, %d: %d requests", o.name, status, s.count())
			}
		}
	}
}

// resetPoints are how far a server gets before it resets the connection.
func resetPoints() map[string]func(*conn) {
	return map[string]func(*conn){
		"after the headers": func(c *conn) {
			for line := "x"; strings.TrimSpace(line) != ""; {
				line, _ = c.r.ReadString('\n')
			}
			c.s.note(&http.Request{Body: http.NoBody})
			c.reset()
		},
		"after the body":        func(c *conn) { c.request(); c.reset() },
		"within the answer":     func(c *conn) { c.request(); c.say("HTTP/1.1 200 OK\r\nContent-T"); c.reset() },
		"closed without a word": func(c *conn) { c.request() },
	}
}

func writesAreSentOnceOnReset(t *testing.T) {
	for point, talk := range resetPoints() {
		for _, o := range operations() {
			if o.safe() {
				continue
			}
			s := serveBytes(t, talk)
			e := assert.APIError(t, o.call(t.Context(), s.clients(t)))
			if s.count() != 1 || e.Attempts != 1 || e.Status != 0 {
				t.Errorf("%s, reset %s: %d requests: %v", o.name, point, s.count(), e)
			}
		}
	}
}

func writesTakeEffectOnce(t *testing.T) {
	for name, lost := range map[string]fault.Fault{
		"reset": fault.ResetAfterHandling(), "cut": fault.CutBody(), "cut silently": fault.CutSilently(),
	} {
		p := releasestest.NewServer(t)
		app := p.Client().App(shop())
		p.Inject("Releases.Create", lost)
		_, err := app.Releases.Create(t.Context(), releases.ReleaseCreate{ReleaseTag: "v1"})
		if e := assert.APIError(t, err); e.Attempts != 1 {
			t.Errorf("%s: %v", name, err)
		}
		page, err := app.Releases.List(t.Context(), releases.ReleaseListParams{})
		if err != nil || len(page.Releases) != 1 {
			t.Errorf("%s: the app has %+v: %v", name, page, err)
		}
	}
}

func readsAreRepeatedOnReset(t *testing.T) {
	for point, talk := range resetPoints() {
		for _, o := range operations() {
			if !o.safe() {
				continue
			}
			s := serveBytes(t, func(c *conn) {
				if c.n < 3 {
					talk(c)
					return
				}
				c.request()
				c.say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
				c.wait()
			})
			var r sdk.Response
			err := o.call(t.Context(), s.clients(t), sdk.WithResponse(&r))
			if err != nil || s.count() != 3 || r.Attempts != 3 {
				t.Errorf("%s, reset %s: %d requests: %v", o.name, point, s.count(), err)
			}
			s = serveBytes(t, talk)
			if e := assert.APIError(t, o.call(t.Context(), s.clients(t))); s.count() != 4 || e.Attempts != 4 || e.Status != 0 {
				t.Errorf("%s, reset %s for ever: %d requests: %v", o.name, point, s.count(), e)
			}
		}
	}
}

func statusesThatAreRepeated(t *testing.T) {
	const all, once = 4, 1
	for status, want := range map[int]struct{ read, write int }{
		408: {all, once}, 425: {all, once}, 429: {all, all}, 500: {all, once}, 502: {all, once}, 503: {all, once}, 504: {all, once},
		400: {once, once}, 401: {once, once}, 403: {once, once}, 404: {once, once}, 405: {once, once}, 406: {once, once},
		409: {once, once}, 410: {once, once}, 412: {once, once}, 413: {once, once}, 418: {once, once}, 422: {once, once},
		423: {once, once}, 424: {once, once}, 426: {once, once}, 431: {once, once}, 451: {once, once}, 300: {once, once}, 304: {once, once},
		501: {once, once}, 505: {once, once}, 506: {once, once}, 507: {once, once}, 508: {once, once}, 511: {once, once}, 599: {once, once},
	} {
		s := serve(t, failure(status))
		c := s.clients(t)
		for _, o := range operations() {
			before, n := s.count(), want.write
			if o.safe() {
				n = want.read
			}
			e := assert.APIError(t, o.call(t.Context(), c))
			if got := s.count() - before; got != n || e.Attempts != n || e.Status != status {
				t.Errorf("%s, %d: %d requests, want %d: %v", o.name, status, got, n, e)
			}
		}
	}
	// A write is repeated on 503 where the server says when.
	for _, o := range operations() {
		s := serve(t, failure(503, "Retry-After", "0"), success())
		if err := o.call(t.Context(), s.clients(t)); err != nil || s.count() != 2 {
			t.Errorf("%s, 503 with Retry-After: %d requests: %v", o.name, s.count(), err)
		}
	}
}

func serverVetoWins(t *testing.T) {
	for _, o := range operations() {
		for _, status := range []int{408, 429, 500, 503} {
			s := serve(t, failure(status, "X-Should-Retry", "false", "Retry-After", "0"), success())
			wantTrouble(t, o.call(t.Context(), s.clients(t)), status, 1)
			if s.count() != 1 {
				t.Errorf("%s, %d: %d requests", o.name, status, s.count())
			}
		}
	}
}

func clientErrorsAreFinal(t *testing.T) {
	for name, step := range map[string]http.HandlerFunc{
		"a page":        answer(400, "<html><body>Bad Request</body></html>", "Content-Type", "text/html"),
		"nothing":       answer(400, ""),
		"an object":     answer(400, "{}"),
		"null":          answer(400, "null"),
		"half of JSON":  answer(400, `{"message":"half`),
		"binary":        answer(400, "\x00\xff\x1f\x8b", "Content-Type", "application/octet-stream"),
		"not gzip":      answer(400, "plain", "Content-Encoding", "gzip"),
		"another type":  answer(400, `[1,"two",null]`),
		"wrong members": answer(400, `{"message":{"a":1},"code":[],"detail":7,"fields":"x","error":null}`),
	} {
		s := serve(t, step)
		c := s.clients(t)
		for _, o := range operations() {
			before := s.count()
			err := o.call(context.Background(), c)
			assert.Is(t, err, sdk.ErrValidation)
			if e := assert.APIError(t, err); s.count()-before != 1 || e.Status != 400 || e.Attempts != 1 {
				t.Errorf("%s, %s: %d requests: %v", o.name, name, s.count()-before, err)
			}
		}
	}
}
