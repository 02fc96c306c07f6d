package faults_test

import (
	"bytes"
	"io"
	"net/http"
	"sync/atomic"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// frames is a step of a server of HTTP/2 frames: what it does when a request has arrived whole.
type frames func(h *http2Conn, stream uint32)

// pipeHTTP2 is a server in memory that speaks HTTP/2 frame by frame, for a bubble. It gives back the room that a request
// takes in its windows, unless its settings say that there is none.
func pipeHTTP2(t *testing.T, settings []http2.Setting, steps ...frames) *server {
	t.Helper()
	s := pipeBytes(t, func(c *conn) {
		if _, err := io.ReadFull(c.r, make([]byte, len(http2.ClientPreface))); err != nil {
			return
		}
		f := http2.NewFramer(c, c.r)
		f.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
		h := &http2Conn{s: c.s, c: c, f: f, steps: steps, open: map[uint32]*http.Request{}, bodies: map[uint32]*bytes.Buffer{}, writes: make(chan func(), 1000)}
		// A pipe has no buffer: who writes waits for the other side to read, so both must happen at the same time.
		done := make(chan struct{})
		go func() {
			defer close(done)
			for write := range h.writes {
				write()
			}
		}()
		h.writes <- func() { _ = f.WriteSettings(settings...) }
		h.read(len(settings) == 0)
		close(h.writes)
		_ = c.Close()
		<-done
	})
	s.http2 = true
	return s
}

// http2Conn is a connection to such a server.
type http2Conn struct {
	s      *server
	c      io.Closer
	f      *http2.Framer
	steps  []frames
	open   map[uint32]*http.Request
	bodies map[uint32]*bytes.Buffer
	writes chan func()
	last   atomic.Uint32 // the last stream that is taken, if there will be no more
}

// read takes frames until the connection ends.
func (h *http2Conn) read(refill bool) {
	for {
		frame, err := h.f.ReadFrame()
		if err != nil {
			return
		}
		stream := frame.Header().StreamID
		switch v := frame.(type) {
		case *http2.SettingsFrame:
			if !v.IsAck() {
				h.writes <- func() { _ = h.f.WriteSettingsAck() }
			}
		case *http2.PingFrame:
			if data := v.Data; !v.IsAck() {
				h.writes <- func() { _ = h.f.WritePing(true, data) }
			}
		case *http2.MetaHeadersFrame:
			h.begin(stream, v)
			h.end(stream, v.StreamEnded())
		case *http2.DataFrame:
			h.bodies[stream].Write(v.Data())
			if n := uint32(len(v.Data())); refill && n > 0 {
				h.writes <- func() {
					_ = h.f.WriteWindowUpdate(0, n)
					_ = h.f.WriteWindowUpdate(stream, n)
				}
			}
			h.end(stream, v.StreamEnded())
		}
	}
}

func (h *http2Conn) begin(stream uint32, v *http2.MetaHeadersFrame) {
	r := &http.Request{Method: v.PseudoValue("method"), RequestURI: v.PseudoValue("path"), Header: http.Header{}, ContentLength: -1}
	for _, field := range v.RegularFields() {
		r.Header.Add(field.Name, field.Value)
	}
	h.open[stream], h.bodies[stream] = r, &bytes.Buffer{}
}

// end takes the step of a request that has arrived whole.
func (h *http2Conn) end(stream uint32, ended bool) {
	if !ended {
		return
	}
	if last := h.last.Load(); last > 0 && stream > last {
		return
	}
	r := h.open[stream]
	r.Body = io.NopCloser(h.bodies[stream])
	n := h.s.note(r)
	step := h.steps[min(n, len(h.steps))-1]
	h.writes <- func() { step(h, stream) }
}

// begins sends the headers of an answer.
func begins(h *http2Conn, stream uint32, status string) {
	var block bytes.Buffer
	e := hpack.NewEncoder(&block)
	_ = e.WriteField(hpack.HeaderField{Name: ":status", Value: status})
	_ = e.WriteField(hpack.HeaderField{Name: "content-type", Value: "application/json"})
	_ = h.f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: block.Bytes(), EndHeaders: true})
}

// answers2 is a step that sends a status and a body.
func answers2(status, body string) frames {
	return func(h *http2Conn, stream uint32) {
		begins(h, stream, status)
		_ = h.f.WriteData(stream, true, []byte(body))
	}
}

// success2 is the answer to every operation.
func success2() frames { return answers2("200", anything) }

// resetsStream is a step that ends the stream with a code.
func resetsStream(code http2.ErrCode) frames {
	return func(h *http2Conn, stream uint32) { _ = h.f.WriteRSTStream(stream, code) }
}

// goesAway is a step that takes no stream after the present one, or none from it on, and says so after what the other
// steps do.
func goesAway(taken bool, code http2.ErrCode, first ...frames) frames {
	return func(h *http2Conn, stream uint32) {
		last := stream
		if !taken {
			last = max(stream, 2) - 2
		}
		h.last.Store(last)
		all(first...)(h, stream)
		_ = h.f.WriteGoAway(last, code, nil)
	}
}

// hangsUp is a step that closes the connection.
func hangsUp(h *http2Conn, _ uint32) { _ = h.c.Close() }

// all is a step of several.
func all(steps ...frames) frames {
	return func(h *http2Conn, stream uint32) {
		for _, step := range steps {
			step(h, stream)
		}
	}
}

// nothing is a step that never answers.
func nothing(*http2Conn, uint32) {}
