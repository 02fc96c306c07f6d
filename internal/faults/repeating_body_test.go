package faults_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
)

func truncations() []check {
	return []check{
		{11, "a read whose answer is cut off is repeated and then an unexpected EOF", cutAnswerIsRepeated},
		{11, "a write whose answer is cut off is sent once", cutAnswerOfAWrite},
	}
}

// cutAnswers are answers of success that end before they are over.
func cutAnswers() map[string]http.HandlerFunc {
	raw := func(head, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n%s\r\n\r\n%s", head, body)
				_ = c.Close()
			}
		}
	}
	return map[string]http.HandlerFunc{
		"half of the length":   cuts,
		"ten bytes of 1000":    raw("Content-Length: 1000", anything[:10]),
		"no byte of the body":  raw("Content-Length: 1000", ""),
		"valid JSON too short": raw("Content-Length: 1000", "{}"),
		"no last chunk":        raw("Transfer-Encoding: chunked", "2\r\n{}\r\n"),
		"within a chunk":       raw("Transfer-Encoding: chunked", "20\r\n{\"name\":"),
		"within gzip":          raw("Content-Encoding: gzip\r\nContent-Length: 12", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\xaa\x56"),
	}
}

func cutAnswerIsRepeated(t *testing.T) {
	for name, step := range cutAnswers() {
		for _, o := range operations() {
			if !o.safe() {
				continue
			}
			s := serve(t, step)
			err := o.call(t.Context(), s.clients(t))
			assert.Is(t, err, io.ErrUnexpectedEOF, sdk.ErrInvalidResponse)
			if e := assert.APIError(t, err); s.count() != 4 || e.Attempts != 4 || e.Status != 200 {
				t.Errorf("%s, %s: %d requests: %v", o.name, name, s.count(), err)
			}
			s = serve(t, step, success())
			if err := o.call(t.Context(), s.clients(t)); err != nil || s.count() != 2 {
				t.Errorf("%s, %s once: %d requests: %v", o.name, name, s.count(), err)
			}
		}
	}
}

func cutAnswerOfAWrite(t *testing.T) {
	for name, step := range cutAnswers() {
		for _, o := range operations() {
			if o.safe() {
				continue
			}
			s := serve(t, step, success())
			err := o.call(t.Context(), s.clients(t))
			assert.Is(t, err, io.ErrUnexpectedEOF, sdk.ErrInvalidResponse)
			if e := assert.APIError(t, err); s.count() != 1 || e.Attempts != 1 || e.Status != 200 || errors.Is(err, sdk.ErrServer) {
				t.Errorf("%s, %s: %d requests: %v", o.name, name, s.count(), err)
			}
		}
	}
}
