package fake

import (
	"bytes"
	"io"
	"reflect"

	"github.com/wharfinger/sdk/fault"
)

// replaces says whether the fault stands in for the platform.
func replaces(f fault.Fault) bool {
	return f.Status != 0 || f.Body != nil || f.HTML || f.Garbage || f.Redirect != "" ||
		f.Flood > 0 || f.GzipBomb > 0 || f.Stall
}

// harmless says whether the request is answered as usual.
func harmless(f fault.Fault) bool {
	f.Times = 0
	return reflect.ValueOf(f).IsZero()
}

// spoiled is the body that the fault makes of an answer, and its length where it is known.
func spoiled(f fault.Fault, a *answer) (io.Reader, int64) {
	switch {
	case f.EmptyBody:
		a.body = nil
		a.header.Del("Content-Type")
	case f.Flood > 0:
		return longString(f.Flood, func(b []byte) []byte { return b }), 0
	case f.GzipBomb > 0:
		a.header.Set("Content-Encoding", "gzip")
		return longString(f.GzipBomb, compress), 0
	}
	body := a.body
	if f.Trailing != "" {
		body = append(bytes.Clone(body), f.Trailing...)
	}
	return bytes.NewReader(body), int64(len(body))
}
