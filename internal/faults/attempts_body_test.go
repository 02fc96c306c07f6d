package faults_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
)

func bodies() []check {
	return []check{
		{28, "the request is the same to the last byte on every attempt", sameRequest},
		{28, "a body of a megabyte that broke off in the middle is sent whole again", largeBodyIsSentAgain},
		{29, "a reader in place of a body is refused before anything is sent", readersAreRefused},
		{30, "a part of a larger slice is sent from its own beginning on every attempt", partsOfSlices},
	}
}

// sameRequest has the wire of four attempts, of which the last succeeds.
func sameRequest(t *testing.T) {
	for _, o := range operations() {
		s := serve(t, failure(429), failure(429, "Retry-After", "0"), answer(429, ""), success())
		if err := o.call(t.Context(), s.clients(t)); err != nil || s.count() != 4 {
			t.Errorf("%s: %d requests: %v", o.name, s.count(), err)
		}
		wantSame(t, o, s)
		if !o.safe() {
			continue
		}
		inBubble(t, func(t *testing.T) {
			s := pipe(t, resets, stalls, cuts, failure(500), stallsInBody, answer(408, "x", "Content-Type", "text/html"), success())
			if err := o.call(t.Context(), s.clients(t, sdk.WithMaxAttempts(7), sdk.WithAttemptTimeout(time.Second))); err != nil || s.count() != 7 {
				t.Errorf("%s: %d requests: %v", o.name, s.count(), err)
			}
			wantSame(t, o, s)
		})
	}
}

// wantSame checks that what arrived was always the same request.
func wantSame(t *testing.T, o operation, s *server) {
	t.Helper()
	wantBody := map[string]string{
		"releases.Create": `{"release_tag":"v1"}`, "licensing.Update": `{"channel":"beta"}`,
		"versori.Update":    `{"name":"orders","description":"","spans":[]}`,
		"cargo.UpdateDraft": `{"workflowUuid":"3f0c4c1e-54a7-4a0e-9a5b-0d8a3f4b6c11"}`,
	}[o.name]
	got := s.arrivals()
	for i, a := range got {
		if a.body != wantBody || a.length != int64(len(wantBody)) || a.method != o.method || a.uri != got[0].uri || !sameHeader(a.header, got[0].header) {
			t.Errorf("%s: request %d is %s %s %v, %d bytes %q", o.name, i+1, a.method, a.uri, a.header, a.length, a.body)
		}
	}
}

func sameHeader(a, b http.Header) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y) && a.Get("Transfer-Encoding") == ""
}

func largeBodyIsSentAgain(t *testing.T) {
	flow := versori.Flow{Name: "orders", Description: strings.Repeat("0123456789", 100_000), Spans: []versori.Span{}}
	s := serveBytes(t, func(c *conn) {
		if c.n < 4 {
			_, _ = io.CopyN(io.Discard, c.r, int64(c.n)*100_000)
			c.reset()
			return
		}
		c.request()
		c.say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
		c.wait()
	})
	_, err := s.clients(t).versori.Flows.Update(t.Context(), project, "orders", flow)
	if err != nil || s.count() != 1 || s.connections() != 4 {
		t.Fatalf("%d requests over %d connections: %v", s.count(), s.connections(), err)
	}
	var sent versori.Flow
	if err := json.Unmarshal([]byte(s.arrivals()[0].body), &sent); err != nil || sent.Description != flow.Description {
		t.Errorf("%d bytes arrived: %v", len(s.arrivals()[0].body), err)
	}
}

// readersAreRefused: encoding/json would make {} of them, and what was read from one can't be sent again.
func readersAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "body.json")
	if err := os.WriteFile(path, []byte(`{"a":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	s := serve(t, success())
	c := s.clients(t)
	for name, body := range map[string]any{
		"a reader": io.LimitReader(strings.NewReader(`{"a":1}`), 5), "a seeker": strings.NewReader(`{"a":1}`),
		"a buffer": bytes.NewBufferString(`{"a":1}`), "a file": file,
	} {
		for platform, do := range map[string]error{
			"cargo":     c.cargo.Do(t.Context(), http.MethodPost, "/x", nil, body, nil),
			"releases":  c.releases.Do(t.Context(), http.MethodPut, "/x", nil, body, nil),
			"versori":   c.versori.Do(t.Context(), http.MethodPatch, "/x", nil, body, nil),
			"licensing": c.licensing.Do(t.Context(), http.MethodPost, "/x", nil, body, nil),
		} {
			assert.Is(t, do, sdk.ErrInvalidRequest)
			if e := assert.APIError(t, do); e.Attempts != 0 || !strings.Contains(e.Message, "reader") {
				t.Errorf("%s, %s: %v", platform, name, do)
			}
		}
	}
	if s.count() != 0 {
		t.Errorf("%d requests", s.count())
	}
}

func partsOfSlices(t *testing.T) {
	whole := []byte(`garbage {"a":1} garbage`)
	for _, body := range []any{whole[8:15], json.RawMessage(whole[8:15])} {
		s := serve(t, failure(429), failure(429), failure(429), success())
		if err := s.clients(t).licensing.Do(t.Context(), http.MethodPost, "/x", nil, body, nil); err != nil {
			t.Error(err)
		}
		for i, a := range s.arrivals() {
			if a.body != `{"a":1}` || a.length != 7 {
				t.Errorf("attempt %d sent %q", i+1, a.body)
			}
		}
		if s.count() != 4 || string(whole) != `garbage {"a":1} garbage` {
			t.Errorf("%d requests; the slice is %q", s.count(), whole)
		}
	}
}
