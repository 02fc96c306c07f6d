package constructs

import (
	"bufio"
	"context"
	"errors"
	"io"
	"iter"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk"
)

// closing notes that a body was closed.
type closing struct {
	io.Reader
	closed atomic.Int32
}

func (c *closing) Close() error { c.closed.Add(1); return nil }

func TestLeavingTheLoopClosesTheBody(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(iter.Seq2[sdk.StreamEvent, error]){
		"break": func(stream iter.Seq2[sdk.StreamEvent, error]) {
			for range stream {
				break
			}
		},
		"panic": func(stream iter.Seq2[sdk.StreamEvent, error]) {
			defer func() { _ = recover() }()
			for range stream {
				panic("no")
			}
		},
		"pull": func(stream iter.Seq2[sdk.StreamEvent, error]) {
			next, stop := iter.Pull2(stream)
			next()
			stop()
		},
		"the end": func(stream iter.Seq2[sdk.StreamEvent, error]) {
			for range stream {
			}
		},
	} {
		body := &closing{Reader: strings.NewReader("data: 1\n\ndata: 2\n\n")}
		var ctx context.Context
		s := inMemory(t, func(r *http.Request) (*http.Response, error) {
			ctx = r.Context()
			_ = ctx.Done() // as a transport with a network does: without it nothing needs to be ended
			return answer(r, "text/event-stream", body), nil
		})
		leave(s.Streams.Watch(t.Context(), StreamWatchParams{}))
		if body.closed.Load() == 0 || ctx.Err() == nil {
			t.Errorf("%s: the body was closed %d times, the request's context has %v", name, body.closed.Load(), ctx.Err())
		}
	}
}

func TestLeavingTheLoopEndsTheExchange(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: 1\n\n")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done() // the client has gone away
		close(gone)
	}))
	defer server.Close()
	s, err := New(sdk.WithToken("token-of-the-test"), sdk.WithBaseURL(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	for event, err := range s.Streams.Watch(t.Context(), StreamWatchParams{}) {
		if err != nil || string(event.Data) != "1" {
			t.Fatalf("got %+v, %v", event, err)
		}
		break
	}
	<-gone
}

// slowly is a platform that sends a stream piece by piece, with a pause before each, over a connection in memory. It is for
// synctest, where the pauses take no time.
func slowly(t *testing.T, pause time.Duration, pieces ...string) *http.Transport {
	t.Helper()
	platform := func(c net.Conn) {
		defer c.Close()
		if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
			return
		}
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
		for _, piece := range pieces {
			time.Sleep(pause)
			if _, err := io.WriteString(c, piece); err != nil {
				return // the client has gone away
			}
		}
	}
	var running sync.WaitGroup
	t.Cleanup(running.Wait)
	return &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		running.Go(func() { platform(far) })
		return near, nil
	}}
}

func TestSilenceDoesNotEndAStream(t *testing.T) {
	t.Parallel()
	silent := func(t *testing.T, opts ...sdk.Option) *Client {
		t.Helper()
		platform := slowly(t, time.Hour, "data: 1\n\n", ":\n", "data: 2\n\n")
		return inMemory(t, platform.RoundTrip, append(opts, sdk.WithBaseURL("http://127.0.0.1"))...)
	}
	for name, opts := range map[string][]sdk.Option{
		"by default": nil,
		"with limits": {
			sdk.WithAttemptTimeout(time.Second), sdk.WithReadTimeout(time.Second), sdk.WithMaxElapsed(time.Minute),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				events, err := read(t, silent(t, opts...).Streams.Watch(t.Context(), StreamWatchParams{}))
				if err != nil || len(events) != 2 || time.Since(began) != 3*time.Hour {
					t.Errorf("after %v: got %s, %v", time.Since(began), text(events), err)
				}
			})
		})
	}
	t.Run("but its context does", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 90*time.Minute)
			defer cancel()
			began := time.Now()
			events, err := read(t, silent(t).Streams.Watch(ctx, StreamWatchParams{}))
			if len(events) != 1 || !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 90*time.Minute {
				t.Errorf("after %v: got %s, %v", time.Since(began), text(events), err)
			}
		})
	})
	t.Run("and headers that don't come are a failed attempt", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			hangs := func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, context.Cause(r.Context())
			}
			s := inMemory(t, hangs, sdk.WithAttemptTimeout(time.Second), sdk.WithMaxAttempts(1))
			began := time.Now()
			events, err := read(t, s.Streams.Watch(t.Context(), StreamWatchParams{}))
			if len(events) != 0 || !errors.Is(err, sdk.ErrTimeout) || time.Since(began) != time.Second {
				t.Errorf("after %v: got %s, %v", time.Since(began), text(events), err)
			}
		})
	})
}

func TestStreamsThatAreCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		platform := slowly(t, time.Minute, "data: 1\n\n", "data: 2\n\n")
		s := inMemory(t, platform.RoundTrip, sdk.WithBaseURL("http://127.0.0.1"))
		var events, failures int
		for _, err := range s.Streams.Watch(ctx, StreamWatchParams{}) {
			if err == nil {
				events++
				cancel()
				continue
			}
			failures++
			var e *sdk.Error
			if !errors.Is(err, context.Canceled) || !errors.As(err, &e) || e.Operation != "Streams.Watch" {
				t.Errorf("got %v", err)
			}
		}
		if events != 1 || failures != 1 {
			t.Errorf("got %d events and %d failures", events, failures)
		}
		if events, err := read(t, s.Streams.Watch(ctx, StreamWatchParams{})); len(events) != 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled before: got %s, %v", text(events), err)
		}
	})
}
