package faults_test

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
)

func unsentRequests() []check {
	return []check{
		{5, "a write that was refused at the door is sent when the server is up", refusedAtTheDoor},
		{5, "a write that found no way to the server is sent again", noWayThere},
		{5, "a write is sent again when the name server fails for the moment", nameServerFails},
		{5, "a request to a name that does not exist is made once", nameDoesNotExist},
		{5, "a write is sent again when the TLS handshake times out", handshakeTimesOut},
		{5, "a server without a trusted certificate is asked once", untrustedCertificate},
		{5, "a request that no wire can carry is not sent", unsendable},
	}
}

// dialer counts dials and sends the first ones to a port where nothing listens.
type dialer struct {
	dials, refused atomic.Int64
	resolver       *net.Resolver
}

func (d *dialer) option(t *testing.T) sdk.Option {
	tr := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if d.dials.Add(1) <= d.refused.Load() {
			address = "127.0.0.1:1"
		}
		return (&net.Dialer{Resolver: d.resolver}).DialContext(ctx, network, address)
	}}
	t.Cleanup(tr.CloseIdleConnections)
	return sdk.WithTransport(tr)
}

func refusedAtTheDoor(t *testing.T) {
	for _, o := range operations() {
		s := serve(t, success())
		var d dialer
		d.refused.Store(3)
		var r sdk.Response
		err := o.call(t.Context(), s.clients(t, d.option(t)), sdk.WithResponse(&r))
		if err != nil || s.count() != 1 || d.dials.Load() != 4 || r.Attempts != 4 {
			t.Errorf("%s: %d dials, %d requests: %v", o.name, d.dials.Load(), s.count(), err)
		}
		d.dials.Store(0)
		d.refused.Store(100)
		err = o.call(t.Context(), s.clients(t, d.option(t)))
		assert.Is(t, err, syscall.ECONNREFUSED)
		if e := assert.APIError(t, err); e.Status != 0 || e.Attempts != 4 || d.dials.Load() != 4 || s.count() != 1 {
			t.Errorf("%s: %d dials, %d requests: %v", o.name, d.dials.Load(), s.count(), err)
		}
	}
}

func noWayThere(t *testing.T) {
	for _, o := range operations() {
		for _, cause := range []error{syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.ETIMEDOUT} {
			s := serve(t, success())
			var dials atomic.Int64
			tr := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				if dials.Add(1) < 3 {
					return nil, &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", cause)}
				}
				return new(net.Dialer).DialContext(ctx, network, address)
			}}
			err := o.call(t.Context(), s.clients(t, sdk.WithTransport(tr)))
			tr.CloseIdleConnections()
			if err != nil || dials.Load() != 3 || s.count() != 1 {
				t.Errorf("%s, %v: %d dials, %d requests: %v", o.name, cause, dials.Load(), s.count(), err)
			}
		}
	}
}

// nameServer is a resolver that gives every question the same code.
func nameServer(t *testing.T, code dnsmessage.RCode) *net.Resolver {
	t.Helper()
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		packet := make([]byte, 1500)
		for {
			n, from, err := l.ReadFrom(packet)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(packet[:n]) != nil {
				continue
			}
			reply := dnsmessage.Message{
				Header:    dnsmessage.Header{ID: m.ID, Response: true, RecursionAvailable: true, RCode: code},
				Questions: m.Questions,
			}
			if b, err := reply.Pack(); err == nil {
				_, _ = l.WriteTo(b, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", l.LocalAddr().String())
	}}
}

// lookups is how often a call that sends nothing was attempted.
func lookups(t *testing.T, o operation, code dnsmessage.RCode) int64 {
	t.Helper()
	d := dialer{resolver: nameServer(t, code)}
	c := newClients(t, sdk.WithToken(token), sdk.WithBaseURL("https://api.nowhere.example."), d.option(t),
		sdk.WithBackoff(time.Microsecond, time.Millisecond))
	err := o.call(t.Context(), c)
	var dns *net.DNSError
	if e := assert.APIError(t, err); !errors.As(err, &dns) || e.Status != 0 || int64(e.Attempts) != d.dials.Load() {
		t.Errorf("%s: %d dials: %v", o.name, d.dials.Load(), err)
	}
	return d.dials.Load()
}

func nameServerFails(t *testing.T) {
	for _, o := range operations() {
		if n := lookups(t, o, dnsmessage.RCodeServerFailure); n != 4 {
			t.Errorf("%s: %d dials", o.name, n)
		}
	}
}

func nameDoesNotExist(t *testing.T) {
	for _, o := range operations() {
		if n := lookups(t, o, dnsmessage.RCodeNameError); n != 1 {
			t.Errorf("%s: %d dials", o.name, n)
		}
	}
}

func handshakeTimesOut(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, o := range operations() {
			s := pipeBytes(t, func(c *conn) { _, _ = io.Copy(io.Discard, c) })
			tr := &http.Transport{DialContext: s.network.Dial, TLSHandshakeTimeout: 10 * time.Second}
			c := newClients(t, sdk.WithToken(token), sdk.WithBaseURL("https://127.0.0.1"), sdk.WithTransport(tr))
			began := time.Now()
			e := assert.APIError(t, o.call(t.Context(), c))
			if e.Attempts != 4 || e.Status != 0 || s.connections() != 4 || !e.Timeout() {
				t.Errorf("%s: %d connections: %v", o.name, s.connections(), e)
			}
			if took := time.Since(began); took < 40*time.Second || took > 44*time.Second {
				t.Errorf("%s took %v", o.name, took)
			}
		}
	})
}

func untrustedCertificate(t *testing.T) {
	var opened atomic.Int64
	s := httptest.NewUnstartedServer(success())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	c := newClients(t, sdk.WithToken(token), sdk.WithBaseURL(s.URL))
	for _, o := range operations() {
		opened.Store(0)
		err := o.call(t.Context(), c)
		var untrusted x509.UnknownAuthorityError
		if e := assert.APIError(t, err); !errors.As(err, &untrusted) || e.Attempts != 1 || opened.Load() != 1 {
			t.Errorf("%s: %d connections: %v", o.name, opened.Load(), err)
		}
	}
}

func unsendable(t *testing.T) {
	s := serve(t, success())
	c := s.clients(t)
	for name, opt := range map[string]sdk.Option{
		"a scheme that isn't HTTP": sdk.WithBaseURL("ftp://127.0.0.1"),
		"a header with a line end": sdk.WithHeader("X-Tag", "a\r\nHost: b"),
		"a header's name":          sdk.WithHeader("X Tag", "a"),
	} {
		for _, o := range operations() {
			err := o.call(t.Context(), c, opt)
			assert.Is(t, err, sdk.ErrInvalidRequest)
			if e := assert.APIError(t, err); e.Attempts != 0 || e.Status != 0 {
				t.Errorf("%s, %s: %v", o.name, name, err)
			}
		}
	}
	if s.count() != 0 || s.connections() != 0 {
		t.Errorf("%d requests over %d connections", s.count(), s.connections())
	}
}
