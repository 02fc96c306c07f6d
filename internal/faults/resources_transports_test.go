package faults_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
)

// crowd is n calls at once: none is answered before all have arrived.
type crowd struct {
	n       int
	mu      sync.Mutex
	waiting []chan struct{}
}

func (c *crowd) answer(w http.ResponseWriter, r *http.Request) {
	turn := make(chan struct{})
	c.mu.Lock()
	if c.waiting = append(c.waiting, turn); len(c.waiting) == c.n {
		for _, w := range c.waiting {
			close(w)
		}
		c.waiting = nil
	}
	c.mu.Unlock()
	select {
	case <-turn:
		success()(w, r)
	case <-r.Context().Done():
	}
}

func (c *crowd) call(t *testing.T, clients *clients) {
	t.Helper()
	var wg sync.WaitGroup
	for range c.n {
		wg.Go(func() {
			if err := get(t.Context(), clients); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// noticing is a transport that notes when it is told to close its idle connections.
type noticing struct {
	http.RoundTripper
	told atomic.Int64
}

func (c *noticing) CloseIdleConnections() { c.told.Add(1) }

// tracking counts the bodies that came through it and those that are still open.
type tracking struct{ given, open atomic.Int64 }

// wrap is a middleware.
func (tr *tracking) wrap(next http.RoundTripper) http.RoundTripper {
	return tripper(func(r *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(r)
		if err == nil {
			tr.given.Add(1)
			tr.open.Add(1)
			resp.Body = &trackedBody{ReadCloser: resp.Body, tr: tr}
		}
		return resp, err
	})
}

type trackedBody struct {
	io.ReadCloser
	tr   *tracking
	once sync.Once
}

func (b *trackedBody) Close() error {
	b.once.Do(func() { b.tr.open.Add(-1) })
	return b.ReadCloser.Close()
}

// meter counts what comes in over the connections of its transport.
type meter struct{ bytes atomic.Int64 }

func (m *meter) transport(t *testing.T) *http.Transport {
	tr := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &meteredConn{c, m}, nil
	}}
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

type meteredConn struct {
	net.Conn
	m *meter
}

func (c *meteredConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.m.bytes.Add(int64(n))
	return n, err
}
