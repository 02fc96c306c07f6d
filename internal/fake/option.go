package fake

import (
	"net"

	"github.com/getkin/kin-openapi/openapi3"
)

// Option changes how a server is started.
type Option func(*settings)

type settings struct {
	name     string
	address  string
	listener net.Listener
	limit    int64
	formats  map[string]openapi3.StringFormatValidator
}

// WithName sets what each line of a problem begins with. Default: fake.
func WithName(name string) Option { return func(s *settings) { s.name = name } }

// WithAddress sets where to listen, as in net.Listen for tcp. Default: 127.0.0.1 and a free port.
func WithAddress(address string) Option { return func(s *settings) { s.address = address } }

// WithListener serves a listener of the caller's, which the server closes. For connections that aren't TCP a reset is
// a plain close.
func WithListener(listener net.Listener) Option { return func(s *settings) { s.listener = listener } }

// WithBodyLimit sets how many bytes of a request's body are read; longer ones are answered with 413. Default: 64 MiB.
func WithBodyLimit(bytes int64) Option { return func(s *settings) { s.limit = bytes } }

// WithFormat sets what a string of this format must be, in place of the built-in check if there is one; nil accepts
// everything. Built in are byte, date, date-time, duration, email, ipv4, ipv6, ulid, uri, url and uuid; other formats
// are not checked.
func WithFormat(format string, check func(string) error) Option {
	if check == nil {
		check = func(string) error { return nil }
	}
	return func(s *settings) { s.formats[format] = openapi3.NewCallbackValidator(check) }
}
