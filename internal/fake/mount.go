package fake

import (
	"bytes"
	"io"
	"net/http"
	"strings"
)

type mount struct {
	prefix  string
	handler http.Handler
}

// Mount serves every path below a prefix by a plain handler, outside the document: links to files, callbacks. Such
// requests are recorded without an operation and are not checked. The prefix counts from the host, not from the base
// path, and wins over the document.
func (s *Server) Mount(prefix string, handler http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mounts = append(s.mounts, mount{prefix, handler})
}

func (s *Server) mounted(path string) http.Handler {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, m := range s.mounts {
		rest, ok := strings.CutPrefix(path, strings.TrimSuffix(m.prefix, "/"))
		if ok && (rest == "" || rest[0] == '/') {
			return m.handler
		}
	}
	return nil
}

// serveMounted passes a request outside the document on, with its body read for the record.
func (s *Server) serveMounted(w http.ResponseWriter, r *http.Request, handler http.Handler) {
	x := &exchange{server: s, w: w, http: r, req: s.request(r, match{})}
	x.entry = s.record.begin(x.req, false)
	if !x.readBody() {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(x.req.Raw))
	noting := &statusWriter{ResponseWriter: w, note: func(status int) { s.record.status(x.entry, status) }}
	handler.ServeHTTP(noting, r)
	if !noting.done { // net/http answers for a handler that wrote nothing
		noting.note(http.StatusOK)
	}
}

// statusWriter notes the status of a plain handler before it is sent.
type statusWriter struct {
	http.ResponseWriter
	note func(int)
	done bool
}

func (w *statusWriter) WriteHeader(status int) {
	if !w.done && status >= 200 {
		w.done = true
		w.note(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	if !w.done {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
