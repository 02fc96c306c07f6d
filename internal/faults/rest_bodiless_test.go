package faults_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
)

// says answers each request on a connection with these bytes.
func says(text string) func(*conn) {
	return func(c *conn) {
		for c.request() != 0 {
			c.say(text)
		}
	}
}

func answersWithoutABody(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for name, c := range map[string]struct {
			text   string
			call   func(context.Context, *clients) error
			status int // of the error, 0 for none
		}{
			"HEAD":                {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n", head, 0},
			"HEAD, compressed":    {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n", head, 0},
			"HEAD, in chunks":     {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", head, 0},
			"HEAD, 404":           {"HTTP/1.1 404 Not Found\r\nContent-Length: 1000\r\n\r\n", head, 404},
			"204":                 {"HTTP/1.1 204 No Content\r\n\r\n", only(remove), 0},
			"204 with a length":   {"HTTP/1.1 204 No Content\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n", only(remove), 0},
			"304":                 {"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n", only(get), 304},
			"304 with a length":   {"HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n", only(get), 304},
			"length 0":            {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n", only(remove), 0},
			"length 0 with a 404": {"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n", only(remove), 404},
		} {
			s := pipeBytes(t, says(c.text))
			clients := s.clients(t)
			began := time.Now()
			for range 2 {
				err := c.call(t.Context(), clients)
				if c.status == 0 && err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if c.status == 0 {
					continue
				}
				if e := assert.APIError(t, err); e.Status != c.status || e.Attempts != 1 || len(e.Body) != 0 {
					t.Errorf("%s: want status %d after one attempt, got %d after %d: %v", name, c.status, e.Status, e.Attempts, err)
				}
			}
			if s.connections() != 1 || s.count() != 2 || time.Since(began) != 0 {
				t.Errorf("%s: two calls made %d requests over %d connections in %v", name, s.count(), s.connections(), time.Since(began))
			}
		}
	})
}

// only is a call without options.
func only(call func(context.Context, *clients, ...sdk.Option) error) func(context.Context, *clients) error {
	return func(ctx context.Context, c *clients) error { return call(ctx, c) }
}

// head asks for the headers of an answer alone.
func head(ctx context.Context, c *clients) error {
	return c.licensing.Do(ctx, http.MethodHead, "/v3/releases/1", nil, nil, new([]byte))
}

func bodiesThatAreMissing(t *testing.T) {
	for name, step := range map[string]http.HandlerFunc{
		"204":      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) },
		"205":      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(205) },
		"length 0": answer(200, "", "Content-Length", "0"),
		"blank":    answer(200, " \r\n"),
	} {
		s := serve(t, step)
		c := s.clients(t)
		calls := 0
		for _, o := range operations() {
			if !o.hasResult() {
				continue
			}
			calls++
			err := o.call(t.Context(), c)
			assert.Is(t, err, sdk.ErrEmptyBody, sdk.ErrInvalidResponse)
			if e := assert.APIError(t, err); e.Status < 200 || e.Status > 205 || e.Attempts != 1 {
				t.Errorf("%s, %s: status %d after %d attempts", name, o.name, e.Status, e.Attempts)
			}
		}
		for _, a := range c.anyCalls() {
			calls++
			assert.Is(t, a.Do(t.Context(), "GET", "/x", nil, nil, new(any)), sdk.ErrEmptyBody)
			if err := a.Do(t.Context(), "GET", "/x", nil, nil, nil); err != nil {
				t.Errorf("%s, %s without a result: %v", name, a.platform, err)
			}
			calls++
		}
		if s.count() != calls {
			t.Errorf("%s: %d requests for %d calls", name, s.count(), calls)
		}
	}
}

func informationalAnswers(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		ok := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
		s := pipeBytes(t, says("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"+ok))
		c := s.clients(t)
		for _, o := range operations() {
			if err := o.call(t.Context(), c); err != nil {
				t.Errorf("%s: %v", o.name, err)
			}
		}
		// One that nobody asked for to switch protocols has no body that could be waited for.
		s = pipeBytes(t, says("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"))
		began := time.Now()
		e := assert.APIError(t, get(t.Context(), s.clients(t)))
		if e.Status != 101 || e.Attempts != 1 || time.Since(began) != 0 {
			t.Errorf("status %d after %d attempts and %v", e.Status, e.Attempts, time.Since(began))
		}
	})
}
