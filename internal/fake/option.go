package fake

import (
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// Option changes how a server is started.
type Option func(*settings)

type settings struct {
	name     string
	address  string
	listener net.Listener
	limit    int64
	lenient  bool
	clock    func() time.Time
	formats  map[string]openapi3.StringFormatValidator
}

// WithName sets what each line of a problem begins with. Default: fake.
func WithName(name string) Option { return func(s *settings) { s.name = name } }

// WithAddress sets where to listen, as in net.Listen for tcp. Default: 127.0.0.1 and a free port.
func WithAddress(address string) Option { return func(s *settings) { s.address = address } }

// WithListener serves a listener of the caller's, which the server closes. For connections that aren't TCP a reset is
// a plain close.
func WithListener(listener net.Listener) Option { return func(s *settings) { s.listener = listener } }

// WithClock sets the platform's clock. Default: time.Now.
func WithClock(now func() time.Time) Option { return func(s *settings) { s.clock = now } }

// WithBodyLimit sets how many bytes of a request's body are read; longer ones are answered with 413. Default: 64 MiB.
func WithBodyLimit(bytes int64) Option { return func(s *settings) { s.limit = bytes } }

// AllowInvalid answers invalid requests and unknown paths without reporting them, for servers that anybody may call.
// The platform's own answers are still checked.
func AllowInvalid() Option { return func(s *settings) { s.lenient = true } }

// WithFormat sets what a string of this format must be, in place of the built-in check if there is one; nil accepts
// everything. Built in are byte, date, date-time, duration, email, ipv4, ipv6, ulid, uri, url and uuid; other formats
// are not checked.
func WithFormat(format string, check func(string) error) Option {
	if check == nil {
		check = func(string) error { return nil }
	}
	return func(s *settings) { s.formats[format] = openapi3.NewCallbackValidator(check) }
}

type mount struct {
	prefix  string
	handler http.Handler
}

// Mount serves every path below a prefix by a plain handler, outside the document: links to files, callbacks. Such
// requests are recorded without an operation and are not checked. The prefix counts from the host, not from the base
// path, and wins over the document.
func (s *Server) Mount(prefix string, handler http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mounts = append(s.mounts, mount{prefix, handler})
}

func (s *Server) mounted(path string) http.Handler {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, m := range s.mounts {
		rest, ok := strings.CutPrefix(path, strings.TrimSuffix(m.prefix, "/"))
		if ok && (rest == "" || rest[0] == '/') {
			return m.handler
		}
	}
	return nil
}
