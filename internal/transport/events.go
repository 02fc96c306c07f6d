package transport

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"iter"
	"strings"

	"github.com/wharfinger/sdk"
)

const eventStream = "text/event-stream"

// Events makes a call whose answer is a stream of server-sent events, when the loop begins. A failure is yielded once and
// ends it; leaving the loop ends the exchange. What comes after the headers is bounded by no timeout but the context's and
// that of a user's own http.Client: a stream may be silent for long.
func Events(ctx context.Context, c *Client, call *Call, opts []sdk.Option) iter.Seq2[sdk.StreamEvent, error] {
	stream := *call
	stream.Accept = eventStream
	return func(yield func(sdk.StreamEvent, error) bool) {
		x, err := openEvents(ctx, c, &stream, opts)
		if err != nil {
			yield(sdk.StreamEvent{}, err)
			return
		}
		var broken *sdk.Error
		defer func() { // also when the loop is left by a panic
			_ = x.opened.Close()
			_ = x.finish(broken)
		}()
		events := eventReader{in: bufio.NewReader(x.opened), limit: x.s.maxBodySize}
		for {
			event, err := events.next()
			switch {
			case errors.Is(err, io.EOF):
				return
			case err != nil:
				broken = x.brokenStream(err)
				yield(sdk.StreamEvent{}, broken)
				return
			case !yield(event, nil):
				return
			}
		}
	}
}

// openEvents makes the call up to the answer's headers. What follows is in x.opened, and the outcome is told at its end.
func openEvents(ctx context.Context, c *Client, call *Call, opts []sdk.Option) (*exchange, error) {
	x, err := start(ctx, c, call, opts)
	if err != nil {
		return nil, err
	}
	handedOver := false
	defer func() {
		x.release()
		if x.opened != nil && !handedOver { // a hook that panics has it closed too
			_ = x.opened.Close()
		}
	}()
	x.stream = true
	if err := x.run(); err != nil {
		return nil, err
	}
	if !strings.EqualFold(mediaType(contentType(x.header)), eventStream) {
		return nil, x.finish(x.unusable("the answer is no event stream", sdk.ErrInvalidResponse))
	}
	if x.timed {
		x.tellResponse(nil)
	}
	handedOver = true
	return x, nil
}

// brokenStream is the error of a stream that ended in the middle.
func (x *exchange) brokenStream(err error) *sdk.Error {
	if x.ctx.Err() != nil {
		err = x.whyDone()
	}
	return x.newError(x.scrub("the stream broke off: "+plainText(err)), err)
}

// eventReader reads the format of HTML's server-sent events. Lines end with a line feed, a carriage return or both.
type eventReader struct {
	in    *bufio.Reader
	limit int64 // of an event, in bytes; 0 for none
	id    string
	begun bool
	wasCR bool
}

var errEventTooLarge = &localFault{"an event of the stream is larger than the limit", sdk.ErrTooLarge}

// next gives the next event that has data. What follows the last blank line is cut off and no event; an end within an
// event is io.ErrUnexpectedEOF.
func (r *eventReader) next() (sdk.StreamEvent, error) {
	event := sdk.StreamEvent{Name: "message"}
	var data []byte
	hasData := false
	for {
		line, err := r.line(int64(len(data)))
		if err != nil {
			if errors.Is(err, io.EOF) && (hasData || len(line) > 0) {
				err = io.ErrUnexpectedEOF
			}
			return sdk.StreamEvent{}, err
		}
		if len(line) == 0 {
			if hasData {
				event.ID, event.Data = r.id, data
				return event, nil
			}
			event.Name = "message"
			continue
		}
		name, value, _ := bytes.Cut(line, []byte{':'})
		value = bytes.TrimPrefix(value, []byte{' '})
		switch string(name) {
		case "event":
			event.Name = cmp.Or(string(value), "message")
		case "data":
			if hasData {
				data = append(data, '\n')
			}
			data, hasData = append(data, value...), true
		case "id":
			if bytes.IndexByte(value, 0) < 0 {
				r.id = string(value)
			}
		}
	}
}

// line reads up to the end of a line, within what the limit leaves beside used.
func (r *eventReader) line(used int64) ([]byte, error) {
	var line []byte
	for {
		c, err := r.in.ReadByte()
		if err != nil {
			return line, err
		}
		if r.wasCR {
			r.wasCR = false
			if c == '\n' {
				continue // the second half of the end of the line before
			}
		}
		if c == '\n' || c == '\r' {
			r.wasCR = c == '\r'
			if !r.begun {
				r.begun = true
				line = bytes.TrimPrefix(line, []byte(byteOrderMark))
			}
			return line, nil
		}
		if line = append(line, c); r.limit > 0 && used+int64(len(line)) > r.limit {
			return nil, errEventTooLarge
		}
	}
}
