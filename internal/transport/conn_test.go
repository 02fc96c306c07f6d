package transport_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/memnet"
	"github.com/wharfinger/sdk/internal/transport"
)

// counting starts a server that counts the connections opened to it.
func counting(t *testing.T, h http.HandlerFunc, opts ...sdk.Option) (*transport.Client, *atomic.Int64) {
	t.Helper()
	var opened atomic.Int64
	s := httptest.NewUnstartedServer(h)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	return newClient(t, append([]sdk.Option{sdk.WithBaseURL(s.URL), quick()}, opts...)...), &opened
}

func TestConnectionsAreReusedWhateverTheAnswer(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	c, opened := counting(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch n.Add(1) % 5 {
		case 0:
			_, _ = io.WriteString(w, oneThing)
		case 1:
			w.WriteHeader(500)
			_, _ = w.Write(bytes.Repeat([]byte("x"), 100<<10))
		case 2:
			w.WriteHeader(404)
			_ = http.NewResponseController(w).Flush() // chunked
			_, _ = io.WriteString(w, "{}")
		case 3:
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(302)
		case 4:
			_, _ = io.WriteString(w, "{")
		}
	})
	for range 100 {
		_ = getOnly(context.Background(), c, sdk.WithMaxAttempts(1+int(n.Load())%3))
	}
	if opened.Load() != 1 {
		t.Errorf("%d connections", opened.Load())
	}
}

func TestManyGoroutinesShareOneClient(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	source := &rotating{}
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch i := n.Add(1); {
		case i%11 == 0:
			w.WriteHeader(401)
		case i%7 == 0:
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(429)
		default:
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprintf(w, `{"id":%q,"count":42}`, r.URL.Path)
		}
	}, sdk.WithTokenSource(source), sdk.WithMaxAttempts(20), sdk.WithRetryBudget(-1), sdk.WithRateLimit(1e9, 1000))
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			id := fmt.Sprint(i)
			for range 5 {
				var r sdk.Response
				v, err := getThing(context.Background(), c, id, sdk.WithHeader("X-I", id), sdk.WithResponse(&r))
				if err != nil {
					if assert.APIError(t, err).Status != 401 {
						t.Error(err)
					}
				} else if v.ID != "/v1/things/"+id || r.Attempts < 1 {
					t.Errorf("%s got %+v", id, v)
				}
			}
		})
	}
	wg.Wait()
}

func TestRetryOverAConnectionInMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := memnet.Listen()
		var times []time.Time
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			times = append(times, time.Now())
			if len(times) == 1 {
				w.Header().Set("Retry-After", "3600")
				w.WriteHeader(503)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, oneThing)
		})}
		go func() { _ = server.Serve(l) }()
		tr := transport.NewTransport().(*http.Transport)
		tr.DialContext = l.Dial
		c := newClient(t, sdk.WithTransport(tr), sdk.WithBaseURL("http://127.0.0.1"), sdk.WithMaxRetryAfter(2*time.Hour))
		if err := postOnly(context.Background(), c); err != nil {
			t.Error(err)
		}
		if wait := times[1].Sub(times[0]); wait < time.Hour || wait > time.Hour+time.Second {
			t.Errorf("waited %v", wait)
		}
		tr.CloseIdleConnections()
		_ = server.Close()
		time.Sleep(time.Second)
	})
}

// h2 is a server that ends the first streams in a way of the test's choice, after it has got the whole request, and
// answers all others.
type h2 struct {
	end     func(f *http2.Framer, stream uint32)
	refuse  int64
	arrived atomic.Int64
}

func (s *h2) serve(conn net.Conn) {
	defer conn.Close()
	if _, err := io.ReadFull(conn, make([]byte, len(http2.ClientPreface))); err != nil {
		return
	}
	f := http2.NewFramer(conn, conn)
	_ = f.WriteSettings()
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			return
		}
		switch v := frame.(type) {
		case *http2.SettingsFrame:
			if !v.IsAck() {
				_ = f.WriteSettingsAck()
			}
			continue
		case *http2.HeadersFrame:
			if !v.StreamEnded() {
				continue
			}
		case *http2.DataFrame:
			if !v.StreamEnded() {
				continue
			}
		default:
			continue
		}
		stream := frame.Header().StreamID
		if s.arrived.Add(1) <= s.refuse {
			s.end(f, stream)
			continue
		}
		var block bytes.Buffer
		e := hpack.NewEncoder(&block)
		_ = e.WriteField(hpack.HeaderField{Name: ":status", Value: "200"})
		_ = e.WriteField(hpack.HeaderField{Name: "content-type", Value: "application/json"})
		_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: block.Bytes(), EndHeaders: true})
		_ = f.WriteData(stream, true, []byte(oneThing))
	}
}

func TestRequestThatMayHaveArrivedIsNotSentTwiceOverHTTP2(t *testing.T) {
	t.Parallel()
	reset := func(code http2.ErrCode) func(*http2.Framer, uint32) {
		return func(f *http2.Framer, stream uint32) { _ = f.WriteRSTStream(stream, code) }
	}
	for name, ending := range map[string]struct {
		end   func(*http2.Framer, uint32)
		taken bool // nothing says that the request wasn't
	}{
		"refused":        {reset(http2.ErrCodeRefusedStream), false},
		"going away":     {func(f *http2.Framer, _ uint32) { _ = f.WriteGoAway(0, http2.ErrCodeNo, nil) }, false},
		"protocol error": {reset(http2.ErrCodeProtocol), true},
		"internal error": {reset(http2.ErrCodeInternal), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &h2{end: ending.end}
			c := s.start(t)
			for _, call := range []transport.Call{
				{Method: "POST", Path: "/v1/things", Body: encodeThing(&thing{ID: "a"})},
				{Method: "POST", Path: "/v1/things/a/activate"},
				{Method: "GET", Path: "/v1/once", Repeat: transport.Never},
			} {
				s.refuse = s.arrived.Load() + 1
				err := exec(c, call)
				if call.Body != nil && !ending.taken { // without a body net/http doesn't say why it would send it again
					if n := s.arrived.Load(); err != nil || n != s.refuse+1 {
						t.Errorf("%s %s arrived %d times: %v", call.Method, call.Path, n-s.refuse+1, err)
					}
					continue
				}
				e := assert.APIError(t, err)
				if n := s.arrived.Load(); n != s.refuse || e.Attempts != 1 || e.Status != 0 {
					t.Errorf("%s %s arrived %d times: %v", call.Method, call.Path, n-s.refuse+1, err)
				}
			}
			s.refuse = s.arrived.Load() + 1
			if err := exec(c, transport.Call{Method: "GET", Path: "/v1/things"}); err != nil {
				t.Errorf("a GET was not repeated: %v", err)
			}
		})
	}
}

func (s *h2) start(t *testing.T) *transport.Client {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	tr := transport.NewTransport().(*http.Transport)
	tr.Protocols = new(http.Protocols)
	tr.Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(tr.CloseIdleConnections)
	return newClient(t, sdk.WithTransport(tr), sdk.WithBaseURL("http://"+l.Addr().String()), quick())
}

func TestIdleConnectionClosedByTheServer(t *testing.T) {
	t.Parallel()
	var posts, gets atomic.Int64
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			posts.Add(1)
		} else {
			gets.Add(1)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, oneThing)
		_ = http.NewResponseController(w).Flush()
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(conn, "0\r\n\r\n")
		_ = conn.Close() // right before it is used again
	})
	for range 50 {
		before := posts.Load()
		err := postOnly(context.Background(), c)
		if n := posts.Load() - before; n > 1 || err == nil && n != 1 {
			t.Fatalf("a POST arrived %d times: %v", n, err)
		}
		if err := getOnly(context.Background(), c); err != nil {
			t.Fatal(err)
		}
	}
}

func TestResetAfterTheRequest(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		n.Add(1)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = conn.(*net.TCPConn).SetLinger(0)
		_ = conn.Close()
	})
	for method, want := range map[string]int64{"GET": 4, "DELETE": 4, "POST": 1} {
		n.Store(0)
		e := assert.APIError(t, exec(c, transport.Call{Method: method, Path: "/x"}))
		if n.Load() != want || e.Status != 0 || e.Attempts != int(want) {
			t.Errorf("%s arrived %d times, want %d: %v", method, n.Load(), want, e)
		}
	}
}

func TestServerThatIsGone(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	c := newClient(t, sdk.WithBaseURL("http://"+l.Addr().String()), quick())
	e := assert.APIError(t, postOnly(context.Background(), c))
	if e.Status != 0 || e.Attempts != 4 || e.Message == "" {
		t.Error(e)
	}
}

func TestUntrustedCertificateIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	s.Config.ErrorLog = discard()
	t.Cleanup(s.Close)
	e := assert.APIError(t, getOnly(context.Background(), newClient(t, sdk.WithBaseURL(s.URL), quick())))
	if e.Status != 0 || e.Attempts != 1 {
		t.Error(e)
	}
}
