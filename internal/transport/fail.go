package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/codec"
)

// newError names the call and what is known of its last answer.
func (x *exchange) newError(msg string, cause error) *sdk.Error {
	e := &sdk.Error{
		Service: x.s.platform.Name, Operation: x.call.Operation, Method: x.call.Method, Path: x.call.Path,
		Message: msg, Attempts: x.attempts,
	}
	return e.Wrap(cause)
}

// refuse is a call that can't be right; nothing was sent.
func (x *exchange) refuse(err error) error {
	return x.finish(x.newError(x.scrub(err.Error()), errors.Join(sdk.ErrInvalidRequest, err)))
}

// refused is an answer without success, whatever its content type. It keeps what there is of its body.
func (x *exchange) refused(resp *http.Response) *sdk.Error {
	e := x.newError("", nil)
	e.Status, e.Header, e.RequestID = resp.StatusCode, resp.Header, requestID(resp.Header)
	e.RetryAfter = x.askedToWait(resp.Header)
	if x.partial != nil && !errors.Is(x.partial, errBodyLimit) {
		e.Wrap(bare(x.partial))
	}
	e.Body = bytes.Clone(x.body())
	if len(e.Body) > 0 && x.s.platform.DecodeError != nil {
		x.decodeError(e)
	}
	e.Body = kept(e.Body)
	return e
}

// decodeError lets the platform read the body. A Retry-After of the header's counts before one of the body's.
func (x *exchange) decodeError(e *sdk.Error) {
	asked := e.RetryAfter
	x.s.platform.DecodeError(e)
	if asked > 0 {
		e.RetryAfter = asked
	}
	e.RetryAfter = min(max(e.RetryAfter, 0), maxWait)
	e.Message, e.Code = x.scrub(e.Message), x.scrub(e.Code)
	for i := range e.Fields {
		f := &e.Fields[i]
		f.Path, f.Code, f.Message = x.scrub(f.Path), x.scrub(f.Code), x.scrub(f.Message)
	}
}

// broken is an attempt that ended without a usable answer.
func (x *exchange) broken(err error) *sdk.Error {
	err = bare(err)
	var body *bodyFault
	if errors.As(err, &body) {
		e := x.newError(x.scrub(body.msg), err)
		e.Status, e.Header, e.RequestID = body.status, body.header, requestID(body.header)
		return e
	}
	if x.ctx.Err() != nil {
		return x.ended(x.answer)
	}
	var before *unsent
	var limit *timeLimit
	if x.answer != nil && (errors.As(err, &before) || errors.As(err, &limit) && limit.whole) {
		// What the server said last, and why it can't be asked again: both are worth knowing.
		return x.with(x.answer, err)
	}
	e := x.newError(x.scrub(plainText(err)), err)
	if !x.safe && x.attempts > 0 && err != errMayHaveArrived && classify(err) == unknown {
		e.Message += ", and the request may have arrived"
	}
	var proxy *proxyError
	switch {
	case errors.As(err, &proxy):
		e.Status, e.Header = proxy.status, proxy.header
	case errors.Is(err, sdk.ErrRedirect):
		e.Status, e.Header, e.RequestID = x.status, x.header, requestID(x.header)
	}
	return e
}

// ended is a call whose context is done. What the server said last stays with it.
func (x *exchange) ended(last *sdk.Error) *sdk.Error {
	err := x.whyDone()
	if last == nil {
		return x.newError(x.scrub(plainText(err)), err)
	}
	return x.with(last, err)
}

// whyDone is the error of a context that is done, with the reason that whoever ended it gave.
func (x *exchange) whyDone() error {
	err := x.ctx.Err()
	if cause := context.Cause(x.ctx); cause != err {
		err = errors.Join(err, cause)
	}
	return err
}

// with adds a cause to an error of an attempt before.
func (x *exchange) with(last *sdk.Error, err error) *sdk.Error {
	e := *last // hooks were told of that one, and may have kept it
	e.Attempts = x.attempts
	if e.Message == "" {
		e.Message = x.scrub(plainText(err))
	}
	if inner := e.Unwrap(); inner != nil {
		err = errors.Join(err, inner)
	}
	return e.Wrap(err)
}

// unusable is an answer of success that isn't what was promised.
func (x *exchange) unusable(msg string, causes ...error) *sdk.Error {
	e := x.newError(msg, errors.Join(append([]error{sdk.ErrInvalidResponse}, causes...)...))
	e.Status, e.Header, e.RequestID = x.status, x.header, requestID(x.header)
	e.Body = kept(x.body())
	return e
}

// kept copies as much of a body as an error keeps.
func kept(body []byte) []byte { return bytes.Clone(body[:min(len(body), errorBodyKept)]) }

// json gives the body, if the answer has one that says it is JSON.
func (x *exchange) json() ([]byte, *sdk.Error) {
	body := bytes.TrimPrefix(x.body(), []byte(byteOrderMark))
	if blank(body) {
		return nil, x.unusable("the answer has no body", sdk.ErrEmptyBody)
	}
	if t := contentType(x.header); t != "" && !isJSON(t) {
		return nil, x.unusable("the answer is " + strconv.Quote(mediaType(t)) + ", not JSON")
	}
	return body, nil
}

// notHTML refuses the page of a proxy or of a login that stands where an answer should. An answer that was asked for as
// HTML may be.
func (x *exchange) notHTML() *sdk.Error {
	if t := contentType(x.header); isHTML(t) && len(x.body()) > 0 && !isHTML(x.call.Accept) {
		return x.unusable("the answer is " + strconv.Quote(mediaType(t)))
	}
	return nil
}

// undecodable is a JSON body of another shape, or one that ends too early.
func (x *exchange) undecodable(body []byte, err error) *sdk.Error {
	var at *codec.Error
	if errors.As(err, &at) && at.Offset >= len(body) {
		return x.unusable(err.Error(), err, io.ErrUnexpectedEOF)
	}
	return x.unusable(err.Error(), err)
}

func blank(b []byte) bool { return len(bytes.TrimLeft(b, " \t\r\n")) == 0 }

// plainText is an error's text without the addresses that net/http puts into it, and without its advice to whoever
// writes a client.
func plainText(err error) string {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return plainText(wrapped.Err)
	}
	if err == io.EOF {
		return "the server closed the connection without an answer"
	}
	text := err.Error()
	if _, why, ok := strings.Cut(text, cannotRepeat); ok {
		text, _, _ = strings.Cut(why, cannotRepeatAfter)
	}
	return text
}

// shortestSecret is the length from which a token can be told from a part of a word.
const shortestSecret = 8

// scrub takes the token, the request's secrets and its query out of a text that others made.
func (x *exchange) scrub(text string) string {
	if text == "" {
		return ""
	}
	for _, secret := range append([]string{x.s.token.Reveal(), x.token.Reveal()}, x.secrets...) {
		if len(secret) >= shortestSecret {
			text = strings.ReplaceAll(text, secret, "[redacted]")
		}
	}
	if query := x.url.RawQuery; query != "" {
		text = strings.ReplaceAll(text, "?"+query, "")
		if plain, err := url.QueryUnescape(query); err == nil {
			text = strings.ReplaceAll(text, "?"+plain, "")
		}
	}
	return text
}

// requestID finds the server's name for the exchange.
func requestID(h http.Header) string {
	for _, name := range [...]string{"X-Request-Id", "Request-Id", "X-Correlation-Id", "X-Trace-Id", "Cf-Ray"} {
		if v := h[name]; len(v) > 0 && v[0] != "" {
			return v[0]
		}
	}
	return ""
}

func statusLine(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}
