package transport

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/wharfinger/sdk/internal/codec"
)

// shared is what a client and all that derive from it have in common besides connections and limits.
type shared struct {
	buffers  sync.Pool // of *buffer
	gzips    sync.Pool // of *gzip.Reader
	decoders sync.Pool // of *codec.Decoder
	encoders sync.Pool // of *codec.Encoder

	// Never changed.
	jsonType []string
	noHeader http.Header
}

func newShared() *shared {
	return &shared{jsonType: []string{jsonType}, noHeader: http.Header{}}
}

// decode is codec.Unmarshal with a decoder that calls pass on to each other. It tells whether the body has members that
// the result doesn't declare.
func (s *shared) decode(body []byte, decode func(*codec.Decoder)) (strange bool, err error) {
	d, ok := s.decoders.Get().(*codec.Decoder)
	if !ok {
		d = codec.NewDecoder(nil)
	}
	d.Reset(body)
	decode(d)
	strange, err = d.Strange(), d.End()
	d.Reset(nil)
	s.decoders.Put(d)
	return strange, err
}

// encode writes a request's body with an encoder that calls pass on to each other. The body is a copy, for net/http may
// still read it when the call has returned. It tells the secrets in it too.
func (s *shared) encode(write func(*codec.Encoder)) (body []byte, secrets []string, err error) {
	e, ok := s.encoders.Get().(*codec.Encoder)
	if !ok {
		e = codec.NewEncoder(true)
	}
	write(e)
	if body, err = e.Bytes(); err == nil {
		body, secrets = bytes.Clone(body), e.Secrets()
	}
	e.Reset(true)
	s.encoders.Put(e)
	return body, secrets, err
}

const (
	connsPerHost = 64
	// headerTimeout is the last resort against a server that never answers; AttemptTimeout mostly comes first.
	headerTimeout = 15 * time.Minute
)

// ownTransport is for clients that are given none. Calls share 64 connections per host, as soon as they have been opened:
// net/http's default keeps 2, so that a client of many goroutines dials for more than half of its requests over HTTP/1.1,
// and without a limit one that begins with 64 goroutines dials twice and three times as often as it has goroutines. A call
// gives its connection back before it returns, so those that wait for one get it. Streams don't, so they have as many
// as they like.
type ownTransport struct{ calls, streams *http.Transport }

func newTransport() *ownTransport {
	t := &ownTransport{dialing(), dialing()}
	t.calls.MaxConnsPerHost = connsPerHost
	return t
}

// streamKey asks a request's context whether the answer is a stream.
type streamKey struct{}

func (t *ownTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if stream, _ := r.Context().Value(streamKey{}).(bool); stream {
		return t.streams.RoundTrip(r)
	}
	return t.calls.RoundTrip(r)
}

func dialing() *http.Transport {
	dialer := net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           4 * connsPerHost,
		MaxIdleConnsPerHost:    connsPerHost,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		ExpectContinueTimeout:  time.Second,
		ResponseHeaderTimeout:  headerTimeout,
		MaxResponseHeaderBytes: 1 << 20,
		OnProxyConnectResponse: proxyAnswer,
	}
}

// proxyError is a proxy's refusal to connect: the request never left.
type proxyError struct {
	status int
	header http.Header
}

func (e *proxyError) Error() string { return "the proxy answered " + statusLine(e.status) }

// Format keeps the header out of what %#v shows.
func (e *proxyError) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.Error()) }

// proxyAnswer keeps the status of a proxy's refusal, which net/http makes plain text.
func proxyAnswer(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyError{resp.StatusCode, resp.Header}
}
