package faults_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

// closing is a step that answers and closes the connection without having announced it.
func closing(w http.ResponseWriter, r *http.Request) {
	answer(200, anything, "Content-Length", strconv.Itoa(len(anything)))(w, r)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// staleConn hides from its client that the server has closed it, until the client has sent the next request into the void.
// That is what a real connection does for as long as the news are on their way.
type staleConn struct {
	net.Conn

	mu     sync.Mutex
	wrote  *sync.Cond
	writes int
	ended  bool // by the server
	closed bool // by the client
}

func newStaleConn(c net.Conn) *staleConn {
	s := &staleConn{Conn: c}
	s.wrote = sync.NewCond(&s.mu)
	return s
}

func (c *staleConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err == nil {
		return n, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	for before := c.writes; c.writes == before && !c.closed; {
		c.wrote.Wait()
	}
	return 0, io.EOF
}

func (c *staleConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		return c.Conn.Write(p)
	}
	c.writes++
	c.wrote.Broadcast()
	return len(p), nil
}

func (c *staleConn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	c.wrote.Broadcast()
	return c.Conn.Close()
}

// stale makes clients all of whose connections are stale once the server has closed them.
func stale(t *testing.T, s *server) *clients {
	t.Helper()
	tr := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := s.network.Dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return newStaleConn(c), nil
	}}
	t.Cleanup(tr.CloseIdleConnections)
	return s.clients(t, sdk.WithTransport(tr))
}

func readsOnAClosedConnection(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, o := range operations() {
			if !o.safe() {
				continue
			}
			s := pipe(t, closing)
			c := stale(t, s)
			for range 5 {
				var r sdk.Response
				if err := o.call(t.Context(), c, sdk.WithResponse(&r)); err != nil || r.Status != 200 {
					t.Errorf("%s: %v", o.name, err)
				}
				if o.method == "GET" && r.Attempts != 1 {
					t.Errorf("%s: %d attempts", o.name, r.Attempts)
				}
				time.Sleep(time.Second)
			}
			if s.count() != 5 {
				t.Errorf("%s: %d requests arrived for five calls", o.name, s.count())
			}
		}
	})
	platform := releasestest.NewServer(t)
	platform.Seed(shop(), 1)
	platform.Inject("", fault.Drop().Forever())
	app := platform.Client().App(shop())
	for range 50 {
		if _, err := app.Releases.List(t.Context(), releases.ReleaseListParams{}); err != nil {
			t.Error(err)
		}
	}
}

func changesOnAClosedConnection(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, o := range operations() {
			if o.safe() {
				continue
			}
			s := pipe(t, closing)
			c := stale(t, s)
			if err := o.call(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			err := o.call(t.Context(), c) // into the void
			e := assert.APIError(t, err)
			if e.Status != 0 || e.Attempts != 1 || s.count() != 1 || !strings.Contains(e.Message, "may have arrived") {
				t.Errorf("%s: status %d after %d attempts, %d requests arrived: %v", o.name, e.Status, e.Attempts, s.count(), err)
			}
			if err := o.call(t.Context(), c); err != nil {
				t.Errorf("%s after that: %v", o.name, err)
			}
		}
	})
	platform := releasestest.NewServer(t)
	platform.Inject("", fault.Drop().Forever())
	app := platform.Client().App(shop())
	made := 0
	for range 50 {
		before := len(platform.Requests())
		_, err := app.Releases.Create(t.Context(), releases.ReleaseCreate{ReleaseTag: "v" + strings.Repeat("i", made+1)})
		arrived := len(platform.Requests()) - before
		made += arrived
		if arrived > 1 || err == nil && arrived != 1 {
			t.Fatalf("a POST arrived %d times: %v", arrived, err)
		}
		if err != nil && (assert.APIError(t, err).Status != 0 || assert.APIError(t, err).Attempts != 1) {
			t.Error(err)
		}
	}
}
