package faults_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/versori"
)

func stalling() []check {
	return []check{
		{26, "an attempt that stalls is given up and a read is repeated", stalledReadIsRepeated},
		{26, "a write that stalls is given up and sent once", stalledWriteIsSentOnce},
		{26, "the timeout of the user's own HTTP client is one of an attempt", ownTimeoutIsPerAttempt},
		{27, "a server that never answers ends at the limit of an attempt", stalledHeaders},
		{27, "a body that stops in the middle ends at the limit between reads", stalledBody},
		{27, "a server that reads no request ends at the limit of an attempt", stalledUpload},
		{27, "an HTTP/2 server that gives no window ends at the limit of an attempt", stalledWindow},
		{27, "an HTTP/2 answer that stops in the middle ends at the limit between reads", stalledFrames},
		{27, "without limits only the context ends a stall", liftedLimits},
		{27, "a stream may be silent for as long as it likes", silentStream},
	}
}

// stallsInBody is a step that sends half of the answer and then nothing more.
func stallsInBody(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, anything[:len(anything)/2])
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

func stalledReadIsRepeated(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, o := range operations() {
			if !o.safe() {
				continue
			}
			for name, stall := range map[string]http.HandlerFunc{"headers": stalls, "body": stallsInBody} {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				s := pipe(t, stall, success())
				var r sdk.Response
				began := time.Now()
				err := o.call(ctx, s.clients(t, sdk.WithAttemptTimeout(3*time.Second)), sdk.WithResponse(&r))
				cancel()
				if took := time.Since(began); err != nil || r.Attempts != 2 || s.count() != 2 || took < 3*time.Second || took > 3500*time.Millisecond {
					t.Errorf("%s, %s: %d requests in %v: %v", o.name, name, s.count(), took, err)
				}
			}
		}
	})
}

func stalledWriteIsSentOnce(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, o := range operations() {
			if o.safe() {
				continue
			}
			for name, stall := range map[string]http.HandlerFunc{"headers": stalls, "body": stallsInBody} {
				s := pipe(t, stall, success())
				began := time.Now()
				err := o.call(t.Context(), s.clients(t, sdk.WithAttemptTimeout(3*time.Second)))
				assert.Is(t, err, sdk.ErrTimeout, context.DeadlineExceeded)
				if e := assert.APIError(t, err); time.Since(began) != 3*time.Second || s.count() != 1 || e.Attempts != 1 || !e.Timeout() {
					t.Errorf("%s, %s: %d requests in %v: %v", o.name, name, s.count(), time.Since(began), err)
				}
			}
		}
	})
}

func ownTimeoutIsPerAttempt(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, o := range operations() {
			s := pipe(t, stalls, success())
			tr := &http.Transport{DialContext: s.network.Dial}
			own := &http.Client{Transport: tr, Timeout: 3 * time.Second}
			c := newClients(t, sdk.WithBaseURL(s.base), sdk.WithToken(token), sdk.WithHTTPClient(own))
			began := time.Now()
			err := o.call(t.Context(), c)
			took := time.Since(began)
			tr.CloseIdleConnections()
			if o.safe() {
				if err != nil || s.count() != 2 || took < 3*time.Second || took > 3500*time.Millisecond {
					t.Errorf("%s: %d requests in %v: %v", o.name, s.count(), took, err)
				}
				continue
			}
			if e := assert.APIError(t, err); s.count() != 1 || took != 3*time.Second || !e.Timeout() {
				t.Errorf("%s: %d requests in %v: %v", o.name, s.count(), took, err)
			}
		}
	})
}

// endsAfter checks that every operation ends with a limit of its own, each attempt after so long.
func endsAfter(t *testing.T, start func() *server, each time.Duration, status int, opts ...sdk.Option) {
	t.Helper()
	for _, o := range operations() {
		s := start()
		attempts := o.attempts()
		began := time.Now()
		err := o.call(t.Context(), s.clients(t, opts...))
		took := time.Since(began)
		assert.Is(t, err, sdk.ErrTimeout, context.DeadlineExceeded)
		e := assert.APIError(t, err)
		if e.Attempts != attempts || e.Status != status || !e.Timeout() {
			t.Errorf("%s: want status %d after %d attempts, got %d after %d: %v", o.name, status, attempts, e.Status, e.Attempts, err)
		}
		// Up to 500 ms, 1 s and 2 s of waits lie between four attempts.
		if least := time.Duration(attempts) * each; took < least || took > least+3500*time.Millisecond {
			t.Errorf("%s took %v, want %d times %v", o.name, took, attempts, each)
		}
	}
}

func stalledHeaders(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		start := func() *server { return pipe(t, stalls) }
		endsAfter(t, start, 2*time.Minute, 0)
		endsAfter(t, start, 7*time.Second, 0, sdk.WithAttemptTimeout(7*time.Second))
		// A beginning of the headers is none.
		endsAfter(t, func() *server {
			return pipeBytes(t, func(c *conn) { c.request(); c.say("HTTP/1.1 200 OK\r\nContent-Type: appl"); c.wait() })
		}, 2*time.Minute, 0)
	})
}

func stalledBody(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		start := func() *server { return pipe(t, stallsInBody) }
		endsAfter(t, start, time.Minute, 200)
		endsAfter(t, start, 5*time.Second, 200, sdk.WithReadTimeout(5*time.Second))
		endsAfter(t, start, 3*time.Second, 200, sdk.WithAttemptTimeout(3*time.Second))
		// Of an error the status has come, and counts.
		s := pipe(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		})
		began := time.Now()
		err := get(t.Context(), s.clients(t))
		assert.Is(t, err, sdk.ErrNotFound)
		if took := time.Since(began); took != time.Minute || s.count() != 1 {
			t.Errorf("%d requests in %v: %v", s.count(), took, err)
		}
	})
}

func stalledUpload(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		endsAfter(t, func() *server {
			return pipeBytes(t, func(c *conn) { time.Sleep(24 * time.Hour) })
		}, 2*time.Minute, 0)
	})
}

func stalledWindow(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for size, description := range map[string]string{"small": "", "large": strings.Repeat("x", 1<<20)} {
			s := pipeHTTP2(t, []http2.Setting{{ID: http2.SettingInitialWindowSize, Val: 0}}, success2())
			c := s.clients(t, sdk.WithAttemptTimeout(10*time.Second))
			if err := get(t.Context(), c); err != nil { // after which the client has read the settings
				t.Fatal(err)
			}
			flow := versori.Flow{Name: "orders", Description: description, Spans: []versori.Span{}}
			began := time.Now()
			_, err := c.versori.Flows.Update(t.Context(), project, "orders", flow)
			assert.Is(t, err, sdk.ErrTimeout, context.DeadlineExceeded)
			if e, took := assert.APIError(t, err), time.Since(began); e.Attempts != 4 || took < 40*time.Second || took > 44*time.Second {
				t.Errorf("a %s PUT: after %v: %v", size, took, err)
			}
			began = time.Now()
			err = create(t.Context(), c)
			assert.Is(t, err, sdk.ErrTimeout, context.DeadlineExceeded)
			if e := assert.APIError(t, err); e.Attempts != 1 || time.Since(began) != 10*time.Second {
				t.Errorf("a POST: after %v: %v", time.Since(began), err)
			}
			// The connection serves what needs no window.
			if err := get(t.Context(), c); err != nil || s.count() != 2 || s.connections() != 1 {
				t.Errorf("%d requests over %d connections: %v", s.count(), s.connections(), err)
			}
		}
	})
}

func stalledFrames(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		endsAfter(t, func() *server { return pipeHTTP2(t, nil, nothing) }, 2*time.Minute, 0)
		endsAfter(t, func() *server {
			return pipeHTTP2(t, nil, func(h *http2Conn, stream uint32) {
				begins(h, stream, "200")
				_ = h.f.WriteData(stream, false, []byte(anything[:20]))
			})
		}, time.Minute, 200)
	})
}

func liftedLimits(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for name, stall := range map[string]http.HandlerFunc{"headers": stalls, "body": stallsInBody} {
			for _, o := range operations() {
				ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
				s := pipe(t, stall)
				began := time.Now()
				err := o.call(ctx, s.clients(t, sdk.WithAttemptTimeout(-1), sdk.WithReadTimeout(-1)))
				cancel()
				assert.Is(t, err, context.DeadlineExceeded)
				if e := assert.APIError(t, err); errors.Is(err, sdk.ErrTimeout) || time.Since(began) != 24*time.Hour || e.Attempts != 1 || !e.Timeout() {
					t.Errorf("%s, %s: after %v: %v", o.name, name, time.Since(began), err)
				}
			}
		}
	})
}

// stream makes the call that answers with a stream of events.
func (c *clients) stream(ctx context.Context, opts ...sdk.Option) iter.Seq2[sdk.StreamEvent, error] {
	return c.releases.Workspace(releases.WorkspaceRef{Org: "acme", Workspace: "main"}).Events.Stream(ctx, releases.EventStreamParams{}, opts...)
}

func silentStream(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := pipe(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			for range 3 {
				_, _ = io.WriteString(w, "data: {}\n\n")
				_ = http.NewResponseController(w).Flush()
				time.Sleep(24 * time.Hour)
			}
		})
		began := time.Now()
		n := 0
		for _, err := range s.clients(t).stream(t.Context()) {
			if err != nil {
				t.Error(err)
			}
			n++
		}
		if took := time.Since(began); n != 3 || took != 3*24*time.Hour {
			t.Errorf("%d events in %v", n, took)
		}
		// Its headers are bounded all the same.
		s = pipe(t, stalls)
		began = time.Now()
		for _, err := range s.clients(t).stream(t.Context(), sdk.WithMaxAttempts(1)) {
			assert.Is(t, err, sdk.ErrTimeout)
		}
		if took := time.Since(began); took != 2*time.Minute {
			t.Errorf("the headers took %v", took)
		}
	})
}
