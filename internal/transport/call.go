package transport

import (
	"bytes"
	"context"
	"net/http"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/codec"
)

// Repeat says whether a request may be sent again after it may have arrived.
type Repeat uint8

const (
	// ByMethod repeats GET, HEAD, OPTIONS, PUT and DELETE.
	ByMethod Repeat = iota
	// Safe repeats whatever the method says.
	Safe
	// Never repeats only what provably never left, or what the server asked for.
	Never
)

// Call is one operation with its arguments. It isn't changed and can be used again.
type Call struct {
	// Operation is the method's name for errors and logs, such as "Releases.Activate".
	Operation string
	Method    string
	// Path is the template, such as "/v1/orgs/{org_id}/apps", relative to the base URL.
	Path string
	// Args are the values of the path parameters that no option gives, in order of appearance.
	Args []string
	// Segments names the path parameter whose slashes separate segments: each segment is escaped on its own.
	Segments string
	Query    Query
	// Header holds the operation's own header fields. Its keys are canonical.
	Header http.Header
	// Body writes a JSON body; what it leaves out against the document's rules is refused.
	Body func(*codec.Encoder)
	// Raw is a ready body of type ContentType, instead of Body.
	Raw         []byte
	ContentType string
	Repeat      Repeat
	// Slow is an operation that takes minutes: no attempt is given up before slowTimeout.
	Slow bool
	// MayBeEmpty lets an answer without a body be the zero value instead of an error.
	MayBeEmpty bool
	// Accept is the answer's type, "application/json" if empty.
	Accept string

	literal bool // Path stands as on the wire
}

// repeatable tells whether sending the request twice does what sending it once does.
func (c *Call) repeatable() bool {
	switch c.Repeat {
	case Safe:
		return true
	case Never:
		return false
	}
	switch c.Method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions:
		return true
	}
	return false
}

// Do makes a call that answers with JSON, which decode reads into what result points to.
//
// It isn't generic, for the compiler would make a function anew for each type.
func Do(ctx context.Context, c *Client, call *Call, result any, decode func(*codec.Decoder), opts []sdk.Option) error {
	x, err := start(ctx, c, call, opts)
	if err != nil {
		return err
	}
	defer x.release()
	if err := x.run(); err != nil {
		return err
	}
	if call.MayBeEmpty && blank(x.body()) {
		x.succeed()
		return nil
	}
	body, failure := x.json()
	if failure != nil {
		return x.finish(failure)
	}
	strange, err := x.s.shared.decode(body, decode)
	if err != nil {
		return x.finish(x.undecodable(body, err))
	}
	if strange && holdsNothing(result) {
		if failure := x.disguised(true); failure != nil {
			return x.finish(failure)
		}
	}
	x.succeed()
	return nil
}

// Exec makes a call whose answer says nothing but that it succeeded.
func Exec(ctx context.Context, c *Client, call *Call, opts []sdk.Option) error {
	x, err := start(ctx, c, call, opts)
	if err != nil {
		return err
	}
	defer x.release()
	if err := x.run(); err != nil {
		return err
	}
	failure := x.notHTML()
	if failure == nil && !blank(x.body()) && isJSON(contentType(x.header)) {
		failure = x.disguised(false)
	}
	if failure != nil {
		return x.finish(failure)
	}
	x.succeed()
	return nil
}

// Bytes makes a call that answers with text or with a file.
func Bytes(ctx context.Context, c *Client, call *Call, opts []sdk.Option) ([]byte, error) {
	x, err := start(ctx, c, call, opts)
	if err != nil {
		return nil, err
	}
	defer x.release()
	x.download = true
	if err := x.run(); err != nil {
		return nil, err
	}
	if failure := x.notHTML(); failure != nil {
		return nil, x.finish(failure)
	}
	x.succeed()
	return bytes.Clone(x.body()), nil
}
