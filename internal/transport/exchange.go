package transport

import (
	"bytes"
	"context"
	"io"
	"math"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/wharfinger/sdk"
)

// exchange is one call under way. It belongs to one goroutine, but net/http may keep parts of it for longer, so it isn't
// used again.
type exchange struct {
	ctx  context.Context
	s    *settings
	call *Call

	retry    retryablehttp.Client
	client   http.Client
	request  retryablehttp.Request
	url      url.URL
	sent     []byte   // the request's body
	secrets  []string // in it
	began    time.Time
	safe     bool // sending the request twice does what sending it once does
	download bool // the body may take longer than an attempt
	stream   bool // a success's body is read as it comes, for as long as that takes
	timed    bool // someone wants to know how long things take

	// Of the attempt under way.
	firstWatch watch
	attempts   int
	repeats    int
	left       bool       // a redirect led to another origin: no credentials any more
	token      sdk.Secret // that the attempt carried, if it came from a source
	refreshed  bool
	pending    bool // another attempt was decided on, and hasn't begun
	wait       time.Duration
	attemptAt  time.Time

	// Of the last answer.
	status  int
	header  http.Header
	buf     *buffer
	partial error // why a failure's body isn't whole
	opened  io.ReadCloser
	invited bool // it has a Retry-After that can be read
	failure *sdk.Error
	answer  *sdk.Error // the last failure that the server told of
}

// start checks the call and makes its request. Nothing is sent yet.
func start(ctx context.Context, c *Client, call *Call, opts []sdk.Option) (*exchange, error) {
	x := &exchange{ctx: ctx, s: c.s, call: call, safe: call.repeatable()}
	s, err := c.s.withOptions(opts)
	if err == nil {
		x.s = s
	}
	x.begin()
	if err == nil {
		err = x.prepare()
	}
	if err != nil {
		return nil, x.refuse(err)
	}
	if ctx.Err() != nil {
		return nil, x.finish(x.ended(nil))
	}
	return x, nil
}

// begin starts the clock, if anything depends on it.
func (x *exchange) begin() {
	x.timed = x.s.logger != nil || x.s.hooks != nil || x.s.response != nil
	if x.timed || x.s.maxElapsed > 0 {
		x.began = time.Now()
	}
}

// prepare makes URL and body, and refuses what can't be right.
func (x *exchange) prepare() error {
	if x.call.Query.err != nil {
		return x.call.Query.err
	}
	x.url = x.s.base.url
	if err := x.s.setPath(&x.url, x.call); err != nil {
		return err
	}
	x.url.RawQuery = string(x.call.Query.buf)
	for name, values := range x.call.Header {
		if err := validField(name, values); err != nil {
			return err
		}
	}
	switch {
	case x.call.Body != nil:
		var err error
		if x.sent, x.secrets, err = x.s.shared.encode(x.call.Body); err != nil {
			return err
		}
	case x.call.Raw != nil:
		// net/http may still send it when the call has returned: after an early answer, or a timeout.
		x.sent = bytes.Clone(x.call.Raw)
	}
	return nil
}

// run makes attempts until one succeeds or there is no point in another.
func (x *exchange) run() error {
	x.client = x.s.client
	x.client.Transport = x
	x.client.CheckRedirect = nil // set when an answer redirects
	x.retry = retryablehttp.Client{
		HTTPClient: &x.client,
		RetryMax:   math.MaxInt32, // checkRetry counts
		CheckRetry: x.checkRetry,
		// Backoff and ErrorHandler are set by checkRetry, when it comes to them.
	}
	request := http.Request{
		Method: x.call.Method, URL: &x.url, Header: x.s.shared.noHeader, // the attempt makes its own
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	if x.client.Jar != nil {
		request.Header = http.Header{} // http.Client writes cookies into it
	}
	x.request.Request = request.WithContext(x.ctx)
	if x.sent != nil {
		if err := x.request.SetBody(x.sent); err != nil {
			return x.refuse(err)
		}
	}
	resp, err := x.retry.Do(&x.request)
	switch { // http.Client may keep a timer with the body, which ends when that is closed
	case resp == nil:
	case x.opened != nil:
		x.opened = resp.Body
	default:
		_ = resp.Body.Close() // nothing is left in it
	}
	switch {
	case x.failure == nil && err != nil: // a body that can't be read again, which []byte always can
		return x.finish(x.broken(err))
	case x.failure == nil:
		return nil
	case x.pending: // cancelled during a wait
		return x.finish(x.ended(x.failure))
	}
	return x.finish(x.failure)
}

// release gives the buffer of the answer back. What was decoded from it has been copied.
func (x *exchange) release() {
	if x.buf != nil {
		x.s.shared.keep(x.buf)
		x.buf = nil
	}
}

// succeed tells whoever wants to know.
func (x *exchange) succeed() {
	if x.timed {
		x.tellOutcome(nil)
	}
}

// finish tells whoever wants to know, and gives the error back as one.
func (x *exchange) finish(e *sdk.Error) error {
	if x.timed {
		x.tellOutcome(e)
	}
	return e
}
