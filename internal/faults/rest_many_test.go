package faults_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/memnet"
)

// watchedServer is a server in memory that notes what becomes of its connections.
type watchedServer struct {
	network   *memnet.Listener
	active    atomic.Int64
	opened    atomic.Int64
	idleEnded atomic.Int64 // connections that were idle when the client closed them

	mu     sync.Mutex
	states map[net.Conn]http.ConnState
}

// watched starts a server that the host of the address leads to.
func watched(t *testing.T, handle http.HandlerFunc) *watchedServer {
	t.Helper()
	s := &watchedServer{network: memnet.Listen(), states: map[net.Conn]http.ConnState{}}
	h := &http.Server{ErrorLog: log.New(io.Discard, "", 0), ConnState: s.note, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.active.Add(1)
		defer s.active.Add(-1)
		_, _ = io.Copy(io.Discard, r.Body)
		handle(w, r)
	})}
	go func() { _ = h.Serve(s.network) }()
	t.Cleanup(func() {
		_ = h.Close()
		time.Sleep(time.Second)
	})
	return s
}

func (s *watchedServer) note(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case state == http.StateNew:
		s.opened.Add(1)
	case state == http.StateClosed && s.states[c] == http.StateIdle:
		s.idleEnded.Add(1)
	}
	s.states[c] = state
}

// dialing is a transport that connects to servers by their hosts.
func dialing(t *testing.T, servers map[string]*watchedServer) *http.Transport {
	t.Helper()
	tr := &http.Transport{MaxIdleConnsPerHost: 1000, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		return servers[address].network.Dial(ctx, network, address)
	}}
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

// unruly fails in every way that is over soon, and in one that isn't.
func unruly() http.HandlerFunc {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(rand.N(5 * time.Millisecond))
		switch n.Add(1) % 10 {
		case 0:
			resets(w, r)
		case 1:
			cuts(w, r)
		case 2:
			stalls(w, r)
		case 3:
			failure(503, "Retry-After", "0")(w, r)
		case 4:
			failure(429, "Retry-After", "1")(w, r)
		case 5:
			failure(500)(w, r)
		default:
			success()(w, r)
		}
	}
}

// live counts the contexts that something still holds: a goroutine, or a timer that wasn't stopped.
type live struct{ n atomic.Int64 }

type liveKey struct{}

// context makes one that counts until it is garbage.
func (l *live) context(parent context.Context) context.Context {
	held := new([64]byte)
	l.n.Add(1)
	runtime.AddCleanup(held, func(n *atomic.Int64) { n.Add(-1) }, &l.n)
	return context.WithValue(parent, liveKey{}, held)
}

// left is how many are still held. It gives the collector several chances.
func (l *live) left() int64 {
	for range 100 {
		runtime.GC()
		if l.n.Load() == 0 {
			return 0
		}
		runtime.Gosched()
	}
	return l.n.Load()
}

// manyAtOnce has 200 goroutines call an unruly server, half of them with a context that ends in the middle. The bubble
// ends only when no goroutine is left.
func manyAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		bad, good := watched(t, unruly()), watched(t, success())
		tr := dialing(t, map[string]*watchedServer{"127.0.0.1:80": bad, "127.0.0.2:80": good})
		opts := []sdk.Option{sdk.WithToken(token), sdk.WithTransport(tr), sdk.WithRetryBudget(-1), sdk.WithAttemptTimeout(time.Minute)}
		c := newClients(t, append(opts, sdk.WithBaseURL("http://127.0.0.1"))...)
		other := newClients(t, append(opts, sdk.WithBaseURL("http://127.0.0.2"))...)
		if err := get(t.Context(), other); err != nil {
			t.Fatal(err)
		}
		var contexts live
		var succeeded, failed, cancelled atomic.Int64
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				for j := range 5 {
					ctx, cancel := context.WithCancel(contexts.context(t.Context()))
					if i%2 == 0 {
						time.AfterFunc(rand.N(2*time.Second), cancel)
					}
					o := operations()[(i+j)%len(operations())]
					var r sdk.Response
					err := o.call(ctx, c, sdk.WithResponse(&r), sdk.WithHeader("X-I", fmt.Sprint(i)))
					switch {
					case err == nil:
						succeeded.Add(1)
					case ctx.Err() != nil:
						cancelled.Add(1)
						assert.Is(t, err, context.Canceled)
					default:
						failed.Add(1)
					}
					if err != nil && assert.APIError(t, err).Attempts != r.Attempts {
						t.Errorf("%d attempts, or %d: %v", r.Attempts, assert.APIError(t, err).Attempts, err)
					}
					cancel()
				}
			})
		}
		wg.Wait()
		synctest.Wait()
		if bad.active.Load() != 0 {
			t.Errorf("%d requests are still under way", bad.active.Load())
		}
		if succeeded.Load() == 0 || failed.Load() == 0 || cancelled.Load() == 0 {
			t.Errorf("%d calls succeeded, %d failed, %d were cancelled", succeeded.Load(), failed.Load(), cancelled.Load())
		}
		if bad.idleEnded.Load() != 0 {
			t.Errorf("%d of %d connections were closed while they were idle", bad.idleEnded.Load(), bad.opened.Load())
		}
		if err := get(t.Context(), other); err != nil || good.opened.Load() != 1 {
			t.Errorf("the other client has opened %d connections: %v", good.opened.Load(), err)
		}
		tr.CloseIdleConnections()
		time.Sleep(time.Second) // far less than the timeouts of the attempts
		if n := contexts.left(); n != 0 {
			t.Errorf("the contexts of %d calls are still held", n)
		}
	})
}

func manyWithARefreshedToken(t *testing.T) {
	var n, asked atomic.Int64
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch i := n.Add(1); {
		case i%50 == 0:
			failure(401)(w, r)
		case i%7 == 0:
			failure(429, "Retry-After", "0")(w, r)
		default:
			success()(w, r)
		}
	})
	source := sdk.TokenSourceFunc(func(context.Context) (sdk.Secret, error) {
		return sdk.NewSecret(fmt.Sprintf("%s-%d", token, asked.Add(1))), nil
	})
	c := s.clients(t, sdk.WithTokenSource(source), sdk.WithMaxAttempts(20), sdk.WithRetryBudget(-1), sdk.WithRateLimit(1e9, 1e6))
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			for j := range 5 {
				err := operations()[(i+j)%len(operations())].call(t.Context(), c)
				if err != nil && !errors.Is(err, sdk.ErrUnauthorized) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if asked.Load() < 2 || asked.Load() > n.Load()/50+4 { // a source for each of the four clients
		t.Errorf("%d tokens for %d requests", asked.Load(), n.Load())
	}
}
