package transport_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/transport"
)

const (
	callers = 64
	calls   = 25 // of each caller
)

// load is a server over TLS and HTTP/1.1, and a client with the transport that all clients have who bring none.
type load struct {
	client *transport.Client
	asked  atomic.Int64
	opened atomic.Int64 // connections
}

func newLoad(t *testing.T, h func(n int64, w http.ResponseWriter), opts ...sdk.Option) *load {
	t.Helper()
	l := &load{}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { h(l.asked.Add(1), w) }))
	s.Config.ErrorLog = discard()
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			l.opened.Add(1)
		}
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	own, ok := transport.NewTransport().(*http.Transport)
	if !ok {
		t.Fatal("the default transport is another one")
	}
	own.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool()}
	own.TLSClientConfig.RootCAs.AddCert(s.Certificate())
	t.Cleanup(own.CloseIdleConnections)
	l.client = newClient(t, append([]sdk.Option{sdk.WithBaseURL(s.URL), sdk.WithTransport(own), quick()}, opts...)...)
	return l
}

// run lets all callers call at once, and gives how many calls failed.
func (l *load) run() int64 {
	var failed atomic.Int64
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for range calls {
				if getOnly(context.Background(), l.client) != nil {
					failed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return failed.Load()
}

func succeed(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, oneThing)
}

func TestManyCallersOpenAsManyConnections(t *testing.T) {
	t.Parallel()
	l := newLoad(t, func(_ int64, w http.ResponseWriter) { succeed(w) })
	failed := l.run()
	// The transport holds at most one for each at a time. On a busy machine net/http closes one now and then, whose request
	// isn't known to have been written after 50 ms, and another is opened for it.
	const spare = callers / 4
	if opened := l.opened.Load(); failed != 0 || opened > callers+spare {
		t.Errorf("%d callers opened %d connections, and %d of their calls failed", callers, opened, failed)
	}
}

func TestCallsThatFailOpenFewConnections(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(http.ResponseWriter){
		"refused": func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) },
		"cut off": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100")
			succeed(w)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLoad(t, func(n int64, w http.ResponseWriter) {
				if n%50 == 0 {
					fail(w)
					return
				}
				succeed(w)
			}, sdk.WithMaxAttempts(1))
			if failed := l.run(); failed != callers*calls/50 || l.opened.Load() > callers+callers/4+callers*calls/50 {
				t.Errorf("%d callers opened %d connections, and %d of their calls failed", callers, l.opened.Load(), failed)
			}
		})
	}
}

// TestStreamsLeaveRoomForCalls: the connections of a client's calls are limited, and a stream never gives one back.
func TestStreamsLeaveRoomForCalls(t *testing.T) {
	t.Parallel()
	end := make(chan struct{})
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		succeed(w)
		if r.URL.Path == "/v1/stream" {
			_ = http.NewResponseController(w).Flush()
			<-end
		}
	})
	stream := transport.Call{Operation: "Things.Stream", Method: http.MethodGet, Path: "/v1/stream", Stream: true}
	for range callers + 1 {
		body, err := transport.Open(t.Context(), c, &stream, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer body.Close()
	}
	if err := getOnly(t.Context(), c); err != nil {
		t.Error(err)
	}
	close(end)
}
