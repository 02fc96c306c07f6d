package transport_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"iter"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/memnet"
	"github.com/wharfinger/sdk/internal/transport"
)

const (
	callers = 64
	calls   = 25 // of each caller
)

// load is a server over TLS and HTTP/1.1, and a client with the transport that all clients have who bring none. They talk
// through memory in a bubble: on a busy machine net/http closes a connection now and then, because the request wasn't known
// to have been written 50 ms after its answer, and connections are what is counted here.
type load struct {
	client *transport.Client
	asked  atomic.Int64
	opened atomic.Int64 // connections
}

func newLoad(t *testing.T, h func(n int64, w http.ResponseWriter), opts ...sdk.Option) *load {
	t.Helper()
	l := &load{}
	network := memnet.Listen()
	s := &httptest.Server{
		Listener: network,
		Config: &http.Server{
			Handler:  http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { h(l.asked.Add(1), w) }),
			ErrorLog: discard(),
		},
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	own, ok := transport.NewTransport().(*http.Transport)
	if !ok {
		t.Fatal("the default transport is another one")
	}
	own.DialContext = func(ctx context.Context, kind, address string) (net.Conn, error) {
		l.opened.Add(1)
		return network.Dial(ctx, kind, address)
	}
	own.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool()}
	own.TLSClientConfig.RootCAs.AddCert(s.Certificate())
	t.Cleanup(own.CloseIdleConnections)
	l.client = newClient(t, append([]sdk.Option{sdk.WithBaseURL("https://example.com"), sdk.WithTransport(own), quick()}, opts...)...)
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
	synctest.Test(t, func(t *testing.T) {
		l := newLoad(t, func(_ int64, w http.ResponseWriter) { succeed(w) })
		failed := l.run()
		if opened := l.opened.Load(); failed != 0 || opened > callers {
			t.Errorf("%d callers opened %d connections, and %d of their calls failed", callers, opened, failed)
		}
	})
}

func TestCallsThatFailOpenFewConnections(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fail func(http.ResponseWriter)
		most int64
	}{
		"refused": {func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) }, callers},
		// There is no way but to close a connection that an answer was cut off on.
		"cut off": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100")
			succeed(w)
		}, callers + callers*calls/50},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := newLoad(t, func(n int64, w http.ResponseWriter) {
					if n%50 == 0 {
						c.fail(w)
						return
					}
					succeed(w)
				}, sdk.WithMaxAttempts(1))
				if failed := l.run(); failed != callers*calls/50 || l.opened.Load() > c.most {
					t.Errorf("%d callers opened %d connections, and %d of their calls failed", callers, l.opened.Load(), failed)
				}
			})
		})
	}
}

// TestStreamsLeaveRoomForCalls: the connections of a client's calls are limited, and a stream never gives one back.
func TestStreamsLeaveRoomForCalls(t *testing.T) {
	t.Parallel()
	end := make(chan struct{})
	defer close(end)
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/stream" {
			succeed(w)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: x\n\n")
		_ = http.NewResponseController(w).Flush()
		<-end
	})
	stream := transport.Call{Operation: "Things.Stream", Method: http.MethodGet, Path: "/v1/stream"}
	for range callers + 1 {
		next, stop := iter.Pull2(transport.Events(t.Context(), c, &stream, nil))
		defer stop()
		if _, err, ok := next(); err != nil || !ok {
			t.Fatal(err)
		}
	}
	if err := getOnly(t.Context(), c); err != nil {
		t.Error(err)
	}
}
