package transport

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// shared is what a client and all that derive from it have in common besides connections and limits.
type shared struct {
	buffers  sync.Pool // of *buffer
	gzips    sync.Pool // of *gzip.Reader
	decoders sync.Pool // of *codec.Decoder

	// Never changed.
	jsonType []string
	noHeader http.Header
}

func newShared() *shared {
	return &shared{jsonType: []string{jsonType}, noHeader: http.Header{}}
}

const (
	idleConnsPerHost = 64
	// headerTimeout is the last resort against a server that never answers; AttemptTimeout mostly comes first.
	headerTimeout = 15 * time.Minute
)

// newTransport is net/http's default with room for 64 idle connections per host: with its 2, a client of many goroutines
// dials for more than half of its requests over HTTP/1.1.
func newTransport() http.RoundTripper {
	dialer := net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           4 * idleConnsPerHost,
		MaxIdleConnsPerHost:    idleConnsPerHost,
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
