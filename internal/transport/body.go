package transport

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/wharfinger/sdk"
)

const (
	jsonType      = "application/json"
	byteOrderMark = "\uFEFF"

	firstRead      = 4 << 10
	keptBuffer     = 1 << 20 // a larger buffer isn't kept for later calls
	errorBodyLimit = 1 << 20 // how much of a failure's body is read
	errorBodyKept  = 64 << 10
	// A Content-Length is a claim: no more than this is set aside before bytes have come.
	trustedLength = 1 << 20
)

// buffer is room for an answer's body that calls pass on to each other.
type buffer struct{ b []byte }

func (s *shared) buffer() *buffer {
	if b, ok := s.buffers.Get().(*buffer); ok {
		return b
	}
	return &buffer{}
}

func (s *shared) keep(b *buffer) {
	if b != nil && cap(b.b) <= keptBuffer {
		b.b = b.b[:0]
		s.buffers.Put(b)
	}
}

var errBodyLimit = errors.New("the limit is reached")

// readAll reads r to its end into b, up to limit bytes (0: all). w, if any, is told of each read.
func (b *buffer) readAll(r io.Reader, limit, length int64, w *watch) error {
	size := int64(firstRead)
	if length >= 0 {
		size = min(length, trustedLength) + 1 // one more, to see the end without growing
	}
	if int64(cap(b.b)) < size {
		b.b = make([]byte, 0, size)
	}
	b.b = b.b[:0]
	for {
		if len(b.b) == cap(b.b) {
			b.b = append(b.b, 0)[:len(b.b)]
		}
		n, err := r.Read(b.b[len(b.b):cap(b.b)])
		b.b = b.b[:len(b.b)+n]
		if limit > 0 && int64(len(b.b)) > limit {
			b.b = b.b[:limit]
			return errBodyLimit
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if w != nil {
			w.progress(n)
		}
	}
}

// bodyFault is an answer whose body couldn't be read: an attempt that failed after its status had come.
type bodyFault struct {
	status int
	header http.Header
	msg    string
	err    error
	final  bool // another attempt would end the same
}

func (e *bodyFault) Error() string   { return e.msg }
func (e *bodyFault) Unwrap() []error { return []error{sdk.ErrInvalidResponse, e.err} }

// Format keeps the header out of what %#v shows.
func (e *bodyFault) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.msg) }

// readBody reads the answer's body into x.buf, decompressed. What can't be read of a failure's body is left out; a
// success needs all of it.
func (x *exchange) readBody(w *watch, resp *http.Response, body io.Reader) error {
	success := isSuccess(resp.StatusCode)
	limit := x.s.maxBodySize
	if !success {
		limit = errorBodyLimit
	}
	err := x.readEncoded(w, resp, body, limit)
	if err == nil || !success {
		x.partial = err
		return nil
	}
	if errors.Is(err, errBodyLimit) {
		return x.bodyFault(resp, fmt.Sprintf("the body is larger than %d bytes", limit), sdk.ErrTooLarge, true)
	}
	if limit := w.expired(); limit != nil {
		return x.bodyFault(resp, limit.Error(), limit, false)
	}
	var unknown unknownEncoding
	return x.bodyFault(resp, "the body can't be read: "+plainText(err), err, errors.As(err, &unknown))
}

func (x *exchange) bodyFault(resp *http.Response, msg string, err error, final bool) error {
	return &bodyFault{resp.StatusCode, resp.Header, msg, err, final}
}

type unknownEncoding struct{ name string }

func (e unknownEncoding) Error() string { return "its content encoding isn't known" }

func (x *exchange) readEncoded(w *watch, resp *http.Response, body io.Reader, limit int64) error {
	length := resp.ContentLength
	if resp.Uncompressed || x.call.Method == http.MethodHead {
		length = -1
	}
	if limit > 0 && length > limit && isSuccess(resp.StatusCode) {
		return errBodyLimit
	}
	x.buf = x.s.shared.buffer()
	if err := x.buf.readAll(body, limit, length, w); err != nil {
		return err
	}
	if length > int64(len(x.buf.b)) {
		return io.ErrUnexpectedEOF
	}
	encoding := ""
	if v := resp.Header["Content-Encoding"]; len(v) > 0 && !resp.Uncompressed && len(x.buf.b) > 0 {
		encoding = strings.ToLower(strings.TrimSpace(strings.Join(v, ",")))
	}
	switch encoding {
	case "", "identity":
		return nil
	case "gzip", "x-gzip":
		return x.gunzip(limit)
	}
	return unknownEncoding{encoding}
}

// gunzip replaces x.buf by its decompressed content, which the same limit holds for.
func (x *exchange) gunzip(limit int64) error {
	packed := x.buf
	defer x.s.shared.keep(packed)
	x.buf = x.s.shared.buffer()
	source := bytes.NewReader(packed.b)
	z, ok := x.s.shared.gzips.Get().(*gzip.Reader)
	if !ok {
		z = new(gzip.Reader)
	}
	defer x.s.shared.gzips.Put(z)
	if err := z.Reset(source); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	return x.buf.readAll(z, limit, int64(4*len(packed.b)), nil)
}

// body is the answer's, valid until release.
func (x *exchange) body() []byte {
	if x.buf == nil {
		return nil
	}
	return x.buf.b
}

func isSuccess(status int) bool { return status >= 200 && status <= 299 }

// isJSON takes application/json and everything that ends in +json or /json, whatever its parameters.
func isJSON(contentType string) bool {
	if contentType == jsonType || contentType == "application/json; charset=utf-8" {
		return true
	}
	media := strings.ToLower(mediaType(contentType))
	return strings.HasSuffix(media, "+json") || strings.HasSuffix(media, "/json")
}

func isHTML(contentType string) bool {
	media := mediaType(contentType)
	return strings.EqualFold(media, "text/html") || strings.EqualFold(media, "application/xhtml+xml")
}

// mediaType is a content type as it came, without its parameters.
func mediaType(contentType string) string {
	media, _, _ := strings.Cut(contentType, ";")
	return strings.TrimSpace(media)
}

func contentType(h http.Header) string {
	if v := h["Content-Type"]; len(v) > 0 {
		return v[0]
	}
	return ""
}
