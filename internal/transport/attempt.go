package transport

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/wharfinger/sdk"
)

// localFault is an error of this side's before anything was sent, which another attempt would meet again.
type localFault struct {
	msg string
	err error
}

func (e *localFault) Error() string { return e.msg }
func (e *localFault) Unwrap() error { return e.err }

// unsent is a localFault before a request that the call had come to.
type unsent struct{ localFault }

// RoundTrip sends one request and reads its answer whole. http.Client calls it for each attempt, and for each redirect
// within one. It has no CloseIdleConnections, so that go-retryablehttp can't close those of other calls.
func (x *exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	x.release()
	x.status, x.header, x.partial = 0, nil, nil
	if req.Response == nil {
		x.left, x.pending = false, false
		if x.timed {
			x.attemptAt = time.Now()
		}
	}
	w := x.newWatch(req.Context())
	defer func() {
		if x.opened == nil {
			w.stop()
		}
	}()
	out, err := x.outgoing(req, w)
	if err != nil {
		return nil, err
	}
	if req.Response == nil {
		x.attempts++
	}
	resp, err := x.s.next.RoundTrip(out)
	if err != nil {
		if limit := w.expired(); limit != nil {
			return nil, limit
		}
		return nil, err
	}
	if err := x.receive(w, resp); err != nil {
		return nil, err
	}
	return resp, nil
}

// receive reads what came, so that the attempt includes the last byte of the answer.
func (x *exchange) receive(w *watch, resp *http.Response) error {
	if resp == nil {
		return &localFault{"the transport gave neither an answer nor an error", sdk.ErrInvalidResponse}
	}
	x.status, x.header = resp.StatusCode, resp.Header
	body := resp.Body
	if body == nil {
		body = http.NoBody
	}
	resp.Body = http.NoBody
	if redirects(resp.StatusCode) {
		x.client.CheckRedirect = x.checkRedirect
		if _, err := url.Parse(resp.Header.Get("Location")); err != nil {
			_ = body.Close()
			return redirectFault("the server redirects to what is no address") // err would show it
		}
	}
	if x.stream && isSuccess(resp.StatusCode) {
		w.reading(0, true)
		x.opened = &openBody{body, w}
		resp.Body = x.opened
		return nil
	}
	defer body.Close()
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return nil // what follows is no body: it has no end, and no context ends it
	}
	w.reading(x.s.readTimeout, x.download && isSuccess(resp.StatusCode))
	return x.readBody(w, resp, body)
}

// newWatch begins the limits of an attempt.
func (x *exchange) newWatch(ctx context.Context) *watch {
	w := &x.firstWatch
	if w.parent != nil {
		w = new(watch) // net/http may still hold the one before
	}
	w.parent, w.timeout, w.stream = ctx, x.s.attemptTimeout, x.stream
	if x.call.Slow && w.timeout > 0 {
		w.timeout = max(w.timeout, slowTimeout)
	}
	if x.s.maxElapsed > 0 {
		w.end = x.began.Add(x.s.maxElapsed)
	}
	return w
}

// ready waits for what an attempt needs before its own time begins: its turn and its token.
func (x *exchange) ready(ctx context.Context, end time.Time, home bool) error {
	wantsToken := home && x.s.tokens != nil
	if x.s.limiter == nil && !wantsToken {
		return nil
	}
	if !end.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end)
		defer cancel()
	}
	if x.s.limiter != nil {
		if err := x.s.limiter.Wait(ctx); err != nil {
			return &unsent{localFault{"the rate limit leaves no time for the request", err}}
		}
	}
	if wantsToken {
		token, err := x.s.tokens.get(ctx)
		if err != nil {
			return &unsent{localFault{"there is no token: " + plainText(err), err}}
		}
		x.token = token
	}
	return nil
}

// outgoing makes the request as it goes out: a copy with headers of its own, credentials if it goes where they belong,
// and a body that can't be sent twice unnoticed.
func (x *exchange) outgoing(req *http.Request, w *watch) (*http.Request, error) {
	home := req.Response == nil || !x.left && x.s.base.sameOrigin(req.URL)
	if err := x.ready(w.parent, w.end, home); err != nil {
		return nil, err
	}
	var ctx context.Context = w
	if !x.safe && len(x.sent) == 0 {
		ctx = once(w)
	}
	out := req.WithContext(ctx)
	out.Host = out.URL.Host
	if home {
		x.homeHeader(out)
	} else {
		x.left = true
		out.Header = maps.Clone(x.s.plainHeader)
	}
	if x.call.Accept != "" {
		out.Header["Accept"] = []string{x.call.Accept}
	}
	if x.stream {
		delete(out.Header, "Accept-Encoding") // net/http then asks for gzip itself, and unpacks it as it comes
	}
	if cookies := req.Header["Cookie"]; home && len(cookies) > 0 {
		out.Header["Cookie"] = cookies
	}
	x.setBody(out)
	return out, nil
}

// homeHeader is for requests to the base URL's origin.
func (x *exchange) homeHeader(out *http.Request) {
	out.Header = maps.Clone(x.s.header)
	for name, values := range x.call.Header {
		out.Header[name] = values[:len(values):len(values)]
	}
	if x.s.tokens != nil {
		x.s.platform.authorize(out.Header, x.token.Reveal())
	}
}

// setBody completes a request that has a body. net/http sends some requests again by itself, for which it needs GetBody
// once a byte of the body has been taken. Where sending twice could do twice what should be done once, it gets none; it
// then says why it would have sent the request again, and classify judges that.
func (x *exchange) setBody(out *http.Request) {
	if out.Body == nil {
		return
	}
	switch {
	case x.call.ContentType != "":
		out.Header["Content-Type"] = []string{x.call.ContentType}
	case x.call.Body != nil || out.Header["Content-Type"] == nil:
		out.Header["Content-Type"] = x.s.shared.jsonType
	}
	if !x.safe {
		out.GetBody = nil
	}
}

var errMayHaveArrived = errors.New("the connection was lost, and the request may have arrived")

// once ends the attempt when net/http is about to send a request without a body for the second time, which over HTTP/2
// it does without asking.
func once(w *watch) context.Context {
	var written atomic.Bool
	return httptrace.WithClientTrace(w, &httptrace.ClientTrace{
		WroteHeaders: func() { written.Store(true) },
		GetConn: func(string) {
			if written.Load() {
				w.abort(errMayHaveArrived)
			}
		},
	})
}

// openBody is a body that its caller reads, for as long as the caller likes.
type openBody struct {
	io.ReadCloser
	watch *watch
}

func (b *openBody) Close() error {
	b.watch.stop()
	return b.ReadCloser.Close()
}
