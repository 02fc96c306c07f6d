package fake

import (
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"time"
)

const proxyPage = `<!DOCTYPE html>
<html><head><title>%d %s</title></head>
<body><center><h1>%d %s</h1></center><hr><center>proxy</center></body></html>
`

// faultAnswer is the answer of a fault that stands in for the platform.
func (x *exchange) faultAnswer() answer {
	f := x.fault
	a := answer{status: f.Status, header: http.Header{}, body: f.Body}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	switch {
	case f.Redirect != "":
		if f.Status == 0 {
			a.status = http.StatusTemporaryRedirect
		}
		a.header.Set("Location", f.Redirect)
	case f.HTML:
		text := http.StatusText(a.status)
		a.body = fmt.Appendf(nil, proxyPage, a.status, text, a.status, text)
		a.header.Set("Content-Type", "text/html; charset=utf-8")
		return a
	case f.Garbage:
		a.body = []byte(`{"items": [{"id": upstream connect error`)
	case f.Body == nil && !f.EmptyBody && f.Flood == 0 && f.GzipBomb == 0 && !f.Stall:
		return x.fail(a.status, http.StatusText(a.status))
	}
	if len(a.body) > 0 || f.Flood > 0 || f.GzipBomb > 0 {
		a.header.Set("Content-Type", "application/json")
	}
	return a
}

// deliver sends an answer, spoiled by the fault of the exchange.
func (x *exchange) deliver(a answer) {
	f := x.fault
	if f.Stall {
		<-x.http.Context().Done()
		panic(http.ErrAbortHandler) // closes the connection without an answer
	}
	if a.status < 200 || a.status > 599 {
		x.problem(fmt.Sprintf("%d can't be the status of an answer", a.status))
		a.status = http.StatusInternalServerError
	}
	if !x.pause(f.Delay) {
		panic(http.ErrAbortHandler)
	}
	x.server.record.status(x.entry, a.status) // before the client can see the answer
	body, length := spoiled(f, &a)
	header := x.w.Header()
	maps.Copy(header, a.header)
	if f.ContentType != "" {
		header.Set("Content-Type", f.ContentType)
	}
	if f.RetryAfter > 0 {
		header.Set("Retry-After", strconv.FormatInt(int64((f.RetryAfter+time.Second-1)/time.Second), 10))
	}
	maps.Copy(header, f.Header)
	switch {
	case noBody(a.status) || x.http.Method == http.MethodHead:
		x.w.WriteHeader(a.status)
		x.drop()
		return
	case f.NoLength:
		header.Set("Transfer-Encoding", "identity") // net/http then ends the body with the connection
	case f.Flood == 0 && f.GzipBomb == 0:
		header.Set("Content-Length", strconv.FormatInt(length, 10))
	}
	x.w.WriteHeader(a.status)
	if f.CutBody {
		body = io.LimitReader(body, length/2)
	}
	if !x.send(body) || (f.CutBody && !f.NoLength) {
		x.flush()
		panic(http.ErrAbortHandler)
	}
	x.drop()
}

// send writes the body, in the fault's pace; false when the client has gone away.
func (x *exchange) send(body io.Reader) bool {
	if x.fault.SlowBytes <= 0 {
		_, err := io.Copy(x.w, body)
		return err == nil
	}
	chunk := make([]byte, x.fault.SlowBytes)
	for {
		n, err := io.ReadFull(body, chunk)
		if n > 0 {
			x.flush()
			if !x.pause(x.fault.SlowEvery) {
				return false
			}
			if _, err := x.w.Write(chunk[:n]); err != nil {
				return false
			}
		}
		if err != nil {
			return true
		}
	}
}

// pause waits; false when the client has gone away or the server is being closed.
func (x *exchange) pause(wait time.Duration) bool {
	if wait <= 0 {
		return true
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-x.http.Context().Done():
		return false
	}
}

// drop closes the connection behind a complete answer, if the fault asks for it.
func (x *exchange) drop() {
	if x.fault.Drop {
		x.flush()
		panic(http.ErrAbortHandler)
	}
}

// flush sends what has been written so far. An error means that the client has gone away, which the next write shows.
func (x *exchange) flush() { _ = http.NewResponseController(x.w).Flush() }

// reset ends the connection with a TCP reset and without an answer.
func (x *exchange) reset() {
	x.pause(x.fault.Delay)
	conn, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // makes Close send a reset
	}
	_ = conn.Close()
}

// noBody says whether answers of this status have no body.
func noBody(status int) bool {
	return status == http.StatusNoContent || status == http.StatusNotModified
}
