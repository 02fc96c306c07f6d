package fake

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Exchange is one request that the server got, and how it was answered.
type Exchange struct {
	Operation string // operationId; empty for a path that the document doesn't have
	Method    string
	Path      string // as sent, escaped, with the base path
	Query     url.Values
	// Header is as sent, except that credentials (Authorization, Proxy-Authorization, Cookie) are replaced by
	// "[redacted]", behind their scheme if they have one.
	Header http.Header
	Body   []byte
	// Status of the answer; 0 if there was none (yet).
	Status int
	// Faulty says that a fault had a part in the answer.
	Faulty bool
	// At is when the request arrived, by the real clock.
	At time.Time
}

// maxExchanges bounds what a server that runs for long keeps.
const maxExchanges = 10_000

// recorder is the list of exchanges. Its lock is never held while something is read or sent.
type recorder struct {
	mu      sync.Mutex
	first   int64 // number of the oldest one kept
	kept    []Exchange
	arrived chan struct{} // closed at the next arrival
}

// begin enters a request and gives its number.
func (r *recorder) begin(req *Request, faulty bool) int64 {
	e := Exchange{
		Operation: req.Operation.ID,
		Method:    req.Method,
		Path:      req.URL.EscapedPath(),
		Query:     req.URL.Query(),
		Header:    redact(req.Header),
		Faulty:    faulty,
		At:        time.Now(),
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.kept) == maxExchanges {
		r.kept = r.kept[1:]
		r.first++
	}
	r.kept = append(r.kept, e)
	if r.arrived != nil {
		close(r.arrived)
		r.arrived = nil
	}
	return r.first + int64(len(r.kept)) - 1
}

func (r *recorder) body(number int64, body []byte) {
	r.update(number, func(e *Exchange) { e.Body = body })
}

func (r *recorder) status(number int64, status int) {
	r.update(number, func(e *Exchange) { e.Status = status })
}

// update changes an exchange, unless it has been forgotten.
func (r *recorder) update(number int64, change func(*Exchange)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := number - r.first; i >= 0 {
		change(&r.kept[i])
	}
}

func (r *recorder) list(operationIDs []string) []Exchange {
	r.mu.Lock()
	list := slices.Clone(r.kept)
	r.mu.Unlock()
	if len(operationIDs) > 0 {
		list = slices.DeleteFunc(list, func(e Exchange) bool { return !slices.Contains(operationIDs, e.Operation) })
	}
	for i := range list {
		list[i].Query = url.Values(http.Header(list[i].Query).Clone())
		list[i].Header = list[i].Header.Clone()
		list[i].Body = slices.Clone(list[i].Body)
	}
	return list
}

func (r *recorder) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.first += int64(len(r.kept))
	r.kept = nil
}

func (r *recorder) await(ctx context.Context, operationID string, n int) error {
	for {
		r.mu.Lock()
		seen := 0
		for _, e := range r.kept {
			if operationID == "" || e.Operation == operationID {
				seen++
			}
		}
		if r.arrived == nil {
			r.arrived = make(chan struct{})
		}
		arrived := r.arrived
		r.mu.Unlock()
		if seen >= n {
			return nil
		}
		select {
		case <-arrived:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func redact(header http.Header) http.Header {
	header = header.Clone()
	for _, name := range []string{"Authorization", "Proxy-Authorization", "Cookie"} {
		for i, value := range header[name] {
			scheme, _, ok := strings.Cut(value, " ")
			if !ok || name == "Cookie" {
				scheme = ""
			}
			header[name][i] = strings.TrimSpace(scheme + " [redacted]")
		}
	}
	return header
}
