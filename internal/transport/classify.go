package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"github.com/wharfinger/sdk"
)

// failureCause says what a failure without an answer means for another attempt.
type failureCause uint8

const (
	unknown   failureCause = iota // the request may have arrived
	neverLeft                     // it provably didn't
	permanent                     // another attempt would end the same
)

// classify judges an error of http.Client.
func classify(err error) failureCause {
	err = bare(err)
	if isLocal(err) || isUntrusted(err) {
		return permanent
	}
	var proxy *proxyError
	if errors.As(err, &proxy) {
		return proxy.cause()
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		if dns.IsNotFound || !dns.IsTemporary && !dns.IsTimeout {
			return permanent
		}
		return neverLeft
	}
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") {
		return neverLeft
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return neverLeft
	}
	return byText(err.Error())
}

// isLocal tells errors of this side's.
func isLocal(err error) bool {
	var local *localFault
	var before *unsent
	var body *bodyFault
	switch {
	case errors.As(err, &local), errors.As(err, &before), errors.Is(err, sdk.ErrRedirect), errors.Is(err, http.ErrSchemeMismatch):
		return true
	case errors.As(err, &body):
		return body.final
	}
	var address *net.AddrError
	var parse *net.ParseError
	var number net.UnknownNetworkError
	return errors.As(err, &address) || errors.As(err, &parse) || errors.As(err, &number)
}

// isUntrusted tells a server whose certificate doesn't hold.
func isUntrusted(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var roots x509.SystemRootsError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &host) ||
		errors.As(err, &invalid) || errors.As(err, &roots) || errors.As(err, &record) || errors.As(err, &alert)
}

func (e *proxyError) cause() failureCause {
	switch e.status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return neverLeft
	}
	return permanent
}

// byText knows the errors of net/http that have no type.
func byText(text string) failureCause {
	switch {
	case strings.Contains(text, "TLS handshake timeout"), wasUntaken(text):
		return neverLeft
	case strings.Contains(text, "unsupported protocol scheme"), strings.Contains(text, "invalid header"),
		strings.Contains(text, "invalid method"), strings.Contains(text, "no Host in request URL"),
		text == http.StatusText(http.StatusProxyAuthRequired): // of a transport without proxyAnswer
		return permanent
	}
	return unknown
}

// net/http's words for a request that it would send again over HTTP/2 if it had its body once more: "cannot retry err
// [why] after …".
const (
	cannotRepeat      = "cannot retry err ["
	cannotRepeatAfter = "] after "
)

// wasUntaken tells a request that an HTTP/2 server says it did nothing with (RFC 9113, section 8.7): it refused the stream,
// or went away before it; or one that met a connection that was no longer good for it.
func wasUntaken(text string) bool {
	if strings.Contains(text, "cannot rewind body after connection loss") {
		return true
	}
	_, why, ok := strings.Cut(text, cannotRepeat)
	return ok && (strings.Contains(why, "REFUSED_STREAM") || strings.Contains(why, "graceful shutdown GOAWAY"))
}

// bare takes off the *url.Error of http.Client, whose text has the query in it.
func bare(err error) error {
	for {
		wrapped, ok := err.(*url.Error)
		if !ok {
			return err
		}
		err = wrapped.Err
	}
}
