package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/wharfinger/sdk"
)

// DoAny makes a call that no method covers. path is relative to the base URL and stands as on the wire, so what came from
// elsewhere must be escaped in it (url.PathEscape). in is sent as JSON, or as it is if it is a []byte or a
// json.RawMessage; nil sends no body. out is decoded into, or gets the body as it is if it is a *[]byte or a
// *json.RawMessage; nil ignores the answer.
func (c *Client) DoAny(ctx context.Context, method, path string, query url.Values, in, out any, opts ...sdk.Option) error {
	call := &Call{Operation: "Do", Method: strings.ToUpper(method), literal: true}
	err := relative(path)
	if err == nil {
		call.Path = "/" + strings.TrimLeft(path, "/") // only now: errors show it, and what was refused may hold a secret
		call.Raw, err = anyBody(in)
	}
	if err == nil && !headerName(method) {
		err = errors.New("the method is not one of HTTP")
	}
	call.Query = Query{[]byte(query.Encode()), err}
	x, err := start(ctx, c, call, opts)
	if err != nil {
		return err
	}
	defer x.release()
	if err := x.run(); err != nil {
		return err
	}
	return x.anyResult(out)
}

// anyResult hands the answer over.
func (x *exchange) anyResult(out any) error {
	var failure *sdk.Error
	switch v := out.(type) {
	case nil:
		failure = x.notHTML()
	case *[]byte:
		*v = bytes.Clone(x.body())
	case *json.RawMessage:
		var body []byte
		if body, failure = x.json(); failure == nil {
			*v = bytes.Clone(body)
		}
	default:
		failure = x.decodeAny(out)
	}
	if failure != nil {
		return x.finish(failure)
	}
	x.succeed()
	return nil
}

// decodeAny keeps whole numbers in an any exact.
func (x *exchange) decodeAny(out any) *sdk.Error {
	body, failure := x.json()
	if failure != nil {
		return failure
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(out); err != nil {
		return x.unusable("the answer's JSON can't be read", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return x.unusable("something follows the answer's JSON")
	}
	return nil
}

func anyBody(in any) ([]byte, error) {
	switch v := in.(type) {
	case nil:
		return nil, nil
	case []byte:
		return v, nil
	case json.RawMessage:
		return v, nil
	case json.Marshaler: // which may be a reader as well
	case io.Reader:
		return nil, errors.New("the body is a reader, which can't be sent twice: give its bytes")
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(in); err != nil {
		return nil, fmt.Errorf("the body can't be encoded: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// relative refuses what would leave the base URL.
func relative(path string) error {
	u, err := url.Parse(path)
	switch {
	case err != nil:
		return errors.New("the path can't be parsed")
	case u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "":
		return errors.New("the path must be relative to the base URL")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return errors.New("the path must not hold a query or a fragment; give the query as such")
	}
	// Of the path as it is unescaped: there are servers that take an escaped slash for a slash.
	for segment := range strings.SplitSeq(u.Path, "/") {
		if segment == "." || segment == ".." {
			return errors.New(`the path must not hold "." or ".."`)
		}
	}
	return nil
}
