package faults_test

import (
	"bufio"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk/internal/memnet"
)

// server is a platform that a test scripts. It notes what arrives.
type server struct {
	base    string
	steps   []http.HandlerFunc
	talk    func(*conn)
	network *memnet.Listener // nil over loopback
	http2   bool             // in memory, without TLS

	mu     sync.Mutex
	got    []arrival
	opened int
}

// arrival is one request as the server saw it.
type arrival struct {
	method, uri string
	host        string
	header      http.Header
	body        string
	length      int64 // as declared, -1 for none
	at          time.Time
}

// serve starts a server on loopback that answers by a list, its last step for all that follow.
func serve(t *testing.T, steps ...http.HandlerFunc) *server {
	t.Helper()
	s := &server{steps: steps}
	s.serveHTTP(t, s.listen(t))
	return s
}

// serveBytes starts a server on loopback that talks with each connection byte by byte.
func serveBytes(t *testing.T, talk func(*conn)) *server {
	t.Helper()
	s := &server{talk: talk}
	s.serveConns(t, s.listen(t))
	return s
}

// inBubble runs a test on fake time. Nothing that it started may be left at its end.
func inBubble(t *testing.T, run func(*testing.T)) {
	t.Helper()
	synctest.Test(t, run)
}

// pipe is serve in memory, for a bubble.
func pipe(t *testing.T, steps ...http.HandlerFunc) *server {
	t.Helper()
	s := &server{steps: steps}
	s.serveHTTP(t, s.listenInMemory())
	return s
}

// pipeBytes is serveBytes in memory, for a bubble.
func pipeBytes(t *testing.T, talk func(*conn)) *server {
	t.Helper()
	s := &server{talk: talk}
	s.serveConns(t, s.listenInMemory())
	return s
}

func (s *server) listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.base = "http://" + l.Addr().String()
	return l
}

func (s *server) listenInMemory() net.Listener {
	s.base = "http://127.0.0.1"
	s.network = memnet.Listen()
	return s.network
}

func (s *server) serveHTTP(t *testing.T, l net.Listener) {
	h := &http.Server{Handler: s, ErrorLog: log.New(io.Discard, "", 0), ConnState: func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.open()
		}
	}}
	go func() { _ = h.Serve(l) }()
	t.Cleanup(func() {
		_ = h.Close()
		s.settle()
	})
}

func (s *server) serveConns(t *testing.T, l net.Listener) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var conns []net.Conn
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, c)
			mu.Unlock()
			n := s.open()
			wg.Go(func() {
				defer c.Close()
				s.talk(&conn{Conn: c, r: bufio.NewReader(c), s: s, n: n})
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for _, c := range conns {
			_ = c.Close()
		}
		mu.Unlock()
		wg.Wait()
		s.settle()
	})
}

// settle lets a second of fake time pass, so that a bubble ends with nothing under way.
func (s *server) settle() {
	if s.network != nil {
		time.Sleep(time.Second)
	}
}

// ServeHTTP notes the request and takes its step.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := s.note(r)
	s.steps[min(n, len(s.steps))-1](w, r)
}

// note reads the whole request and gives its number, from 1.
func (s *server) note(r *http.Request) int {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, arrival{r.Method, r.RequestURI, r.Host, r.Header.Clone(), string(body), r.ContentLength, time.Now()})
	return len(s.got)
}

// open notes a connection and gives its number, from 1.
func (s *server) open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened++
	return s.opened
}

// arrivals are the requests so far.
func (s *server) arrivals() []arrival {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}

// count is how many requests arrived so far.
func (s *server) count() int { return len(s.arrivals()) }

// connections is how many were opened so far.
func (s *server) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
}

// waits are the times between one request and the next.
func (s *server) waits() []time.Duration {
	var waits []time.Duration
	got := s.arrivals()
	for i := 1; i < len(got); i++ {
		waits = append(waits, got[i].at.Sub(got[i-1].at))
	}
	return waits
}

// conn is a connection to a server that talks byte by byte.
type conn struct {
	net.Conn
	r *bufio.Reader
	s *server
	n int // number of the connection, from 1
}

// request reads and notes the next request and gives its number over all connections, 0 if there is none.
func (c *conn) request() int {
	r, err := http.ReadRequest(c.r)
	if err != nil {
		return 0
	}
	return c.s.note(r)
}

// say writes bytes.
func (c *conn) say(text string) { _, _ = io.WriteString(c, text) }

// reset closes the connection so that the other side sees a reset; in memory, where there is none, the end of the stream.
func (c *conn) reset() { reset(c.Conn) }

func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}

// wait blocks until the other side closes the connection or sends more.
func (c *conn) wait() { _, _ = c.r.Peek(1) }

// answer is a step that sends a status, a body and header fields: name, value, name, value. It is JSON unless they say
// otherwise.
func answer(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h["Content-Type"] = []string{"application/json"}
		for i := 0; i+1 < len(header); i += 2 {
			if header[i] == "Content-Type" {
				delete(h, "Content-Type")
			}
			h.Add(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// success is the answer to every operation.
func success() http.HandlerFunc { return answer(200, anything) }

// failure is the platform's own error body with a status.
func failure(status int, header ...string) http.HandlerFunc {
	return answer(status, trouble, header...)
}

// resets is a step that reads the whole request and resets the connection.
func resets(w http.ResponseWriter, _ *http.Request) {
	if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
		reset(c)
	}
}

// cuts is a step that announces a body, sends half of it and closes the connection.
func cuts(w http.ResponseWriter, _ *http.Request) {
	if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "+
			strconv.Itoa(len(anything))+"\r\n\r\n"+anything[:len(anything)/2])
		_ = c.Close()
	}
}

// stalls is a step that never answers.
func stalls(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
