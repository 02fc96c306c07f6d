package transport

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// baseURL is where all requests go. The zero value is none.
type baseURL struct {
	url     url.URL // without path
	prefix  string  // path prefix without the slash at its end
	escaped string  // prefix as it stands on the wire
}

// parseBaseURL refuses what would be lost, sent elsewhere or never work.
func parseBaseURL(raw string) (baseURL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		// The error would show the URL, and with it a password in it.
		return baseURL{}, errors.New("the base URL can't be parsed")
	case u.Scheme != "https" && u.Scheme != "http":
		return baseURL{}, errors.New("the base URL must start with https:// or http://")
	case u.Opaque != "" || u.Hostname() == "":
		return baseURL{}, errors.New("the base URL has no host")
	case u.User != nil:
		return baseURL{}, errors.New("the base URL must not hold a user or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return baseURL{}, errors.New("the base URL must not hold a query or a fragment")
	}
	b := baseURL{
		url:     url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)},
		escaped: strings.TrimRight(u.EscapedPath(), "/"),
	}
	// Not from u.Path, where a slash at the end may be one that was escaped.
	if b.prefix, err = url.PathUnescape(b.escaped); err != nil {
		return baseURL{}, errors.New("the base URL can't be parsed")
	}
	for segment := range strings.SplitSeq(b.prefix, "/") {
		if segment == "." || segment == ".." {
			return baseURL{}, errors.New(`the base URL must not hold "." or ".."`)
		}
	}
	return b, nil
}

func (b *baseURL) String() string { return b.url.Scheme + "://" + b.url.Host + b.escaped }

// sameOrigin compares scheme, host and port, with the scheme's own port counting as none.
func (b *baseURL) sameOrigin(u *url.URL) bool {
	return b.url.Scheme == u.Scheme && (b.url.Host == u.Host || hostPort(&b.url) == hostPort(u))
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// loopback tells a host that no packet leaves this machine for.
func loopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// scope holds path parameters that are given once: name, value, name, value.
type scope []string

func (s scope) get(name string) (string, bool) {
	for i := 0; i+1 < len(s); i += 2 {
		if s[i] == name {
			return s[i+1], true
		}
	}
	return "", false
}

// with gives a copy with the pairs set.
func (s scope) with(pairs ...string) scope {
	n := append(make(scope, 0, len(s)+len(pairs)), s...)
	for i := 0; i < len(pairs); i += 2 {
		value := ""
		if i+1 < len(pairs) {
			value = pairs[i+1]
		}
		n = n.set(pairs[i], value)
	}
	return n
}

func (s scope) set(name, value string) scope {
	for i := 0; i+1 < len(s); i += 2 {
		if s[i] == name {
			s[i+1] = value
			return s
		}
	}
	return append(s, name, value)
}

// setPath writes prefix and template, with the parameters in place, into u.
func (s *settings) setPath(u *url.URL, call *Call) error {
	if call.literal {
		return s.setLiteralPath(u, call.Path)
	}
	if strings.IndexByte(call.Path, '{') < 0 {
		u.Path = s.base.prefix + call.Path
		if s.base.escaped != s.base.prefix {
			u.RawPath = s.base.escaped + call.Path
		}
		return nil
	}
	var room [256]byte
	path, asIs, err := s.appendPath(append(room[:0], s.base.prefix...), call, false)
	if err != nil {
		return err
	}
	u.Path = string(path)
	if asIs && s.base.escaped == s.base.prefix {
		return nil
	}
	escaped, _, err := s.appendPath(append(path[:0], s.base.escaped...), call, true)
	u.RawPath = string(escaped)
	return err
}

// appendPath fills in the template. It reports whether the values look the same on the wire.
func (s *settings) appendPath(b []byte, call *Call, escape bool) (path []byte, asIs bool, err error) {
	asIs = true
	rest, args := call.Path, call.Args
	for {
		open := strings.IndexByte(rest, '{')
		if open < 0 {
			return append(b, rest...), asIs, nil
		}
		size := strings.IndexByte(rest[open:], '}')
		if size < 0 {
			return nil, false, fmt.Errorf("the path template %q is cut off", call.Path)
		}
		name := rest[open+1 : open+size]
		value, left, err := s.pathValue(name, args)
		if err != nil {
			return nil, false, err
		}
		args = left
		b = append(b, rest[:open]...)
		rest = rest[open+size+1:]
		if name == call.Segments {
			if b, err = appendSegments(b, name, value, escape); err != nil {
				return nil, false, err
			}
			asIs = asIs && allUnreserved(strings.ReplaceAll(value, "/", ""))
			continue
		}
		if escape {
			b = appendEscaped(b, value)
		} else {
			b = append(b, value...)
			asIs = asIs && allUnreserved(value)
		}
	}
}

// appendSegments appends a value that is several segments, each of which must be one that a path can't do without.
func appendSegments(b []byte, name, value string, escape bool) ([]byte, error) {
	for i, segment := range strings.Split(value, "/") {
		if err := pathSafe("segment "+strconv.Itoa(i+1)+" of "+name, segment); err != nil {
			return nil, err
		}
		if i > 0 {
			b = append(b, '/')
		}
		if escape {
			b = appendEscaped(b, segment)
		} else {
			b = append(b, segment...)
		}
	}
	return b, nil
}

// setLiteralPath takes a path as it stands on the wire, and escapes what can't stand there.
func (s *settings) setLiteralPath(u *url.URL, path string) error {
	plain, err := url.PathUnescape(path)
	if err != nil {
		return errors.New("the path can't be parsed")
	}
	escaped := []byte(s.base.escaped)
	for i := range len(path) {
		if c := path[i]; unreserved(c) || strings.IndexByte("/%!$&'()*+,;=:@", c) >= 0 {
			escaped = append(escaped, c)
		} else {
			escaped = append(escaped, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	u.Path, u.RawPath = s.base.prefix+plain, string(escaped)
	return nil
}

// pathValue takes a parameter from the scope or from what is left of the arguments, and refuses what would make the
// request one for another resource.
func (s *settings) pathValue(name string, args []string) (value string, left []string, err error) {
	if s.platform.scoped(name) {
		value, _ := s.scope.get(name)
		if value == "" {
			return "", nil, fmt.Errorf("%s is not set (use the client's option or method for it, or sdk.WithScope(%q, …))", name, name)
		}
		return value, args, pathSafe(name, value)
	}
	if len(args) == 0 {
		return "", nil, fmt.Errorf("%s is missing", name)
	}
	return args[0], args[1:], pathSafe(name, args[0])
}

func pathSafe(name, value string) error {
	switch value {
	case "":
		return fmt.Errorf("%s is empty", name)
	case ".", "..":
		return fmt.Errorf("%s must not be %q", name, value)
	}
	return nil
}

const upperHex = "0123456789ABCDEF"

// appendEscaped escapes everything but the unreserved characters of RFC 3986.
func appendEscaped(b []byte, s string) []byte {
	if allUnreserved(s) {
		return append(b, s...)
	}
	for i := range len(s) {
		if c := s[i]; unreserved(c) {
			b = append(b, c)
		} else {
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return b
}

func allUnreserved(s string) bool {
	for i := range len(s) {
		if !unreserved(s[i]) {
			return false
		}
	}
	return true
}

// unreserved looks the letters, the digits and "-._~" up in two words of 64 bits.
func unreserved(c byte) bool {
	const (
		low  = 1<<'-' | 1<<'.' | (1<<10-1)<<'0'
		high = (1<<26-1)<<('A'-64) | (1<<26-1)<<('a'-64) | 1<<('_'-64) | 1<<('~'-64)
	)
	if c < 64 {
		return uint64(low)>>c&1 != 0
	}
	return c < 128 && uint64(high)>>(c-64)&1 != 0
}
