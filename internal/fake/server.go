// Package fake is the engine behind the fake platforms: an HTTP/1.1 server on loopback that is routed by an OpenAPI
// document, checks every request and every answer of its own against it, and misbehaves on demand.
//
// A platform's package loads its document, registers what each operation does, and hands the server to tests:
//
//	s := fake.New(t, document, fake.WithName("releasestest"))
//	s.Handle("Releases.Get", func(r *fake.Request) fake.Response {
//		release, ok := releases.Get(r.Path("release_id"))
//		if !ok {
//			return fake.JSON(404, problem("no such release"))
//		}
//		return fake.JSON(200, release)
//	})
//
// Whatever breaks the document, in either direction, is one line reported to the test.
package fake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/wharfinger/sdk/fault"
)

// Handler is what one operation of a platform does. It runs once for each valid request, possibly at the same time as
// other handlers.
type Handler = func(*Request) Response

// Server is a running fake platform. Its methods may be called from several goroutines at once.
type Server struct {
	// IDs makes the identifiers that this server hands out, the same ones in every run.
	IDs IDs

	name     string
	doc      *Document
	checks   *checker
	problems problems
	faults   faultQueue
	record   recorder
	clock    clock
	limit    int64
	base     string
	err      error

	mu       sync.RWMutex
	handlers map[string]Handler
	mounts   []mount
	hooks    hooks

	http   *http.Server
	cancel context.CancelFunc
	served chan struct{}
	conns  sync.WaitGroup
	once   sync.Once
}

// hooks are the parts of the exchange that a platform answers in its own way.
type hooks struct {
	authorize func(*http.Request) *Response
	invalid   func(*Request, []Violation) Response
	fail      func(*Request, int, string) Response
}

// New reads an OpenAPI document (YAML or JSON) and serves it until the test ends. It reads the document on each call;
// packages that start many servers of one document read it once with Load and use Document.Serve.
//
// A nil tb is for programs that aren't tests: problems are then only collected, see Server.Problems, and the caller
// closes the server. When the document can't be read, or no port is free, that is a problem, and Server.Err says so.
func New(tb TB, document []byte, opts ...Option) *Server {
	doc, err := Load(document)
	return start(tb, doc, err, opts)
}

// Serve starts a server of this document, as New does. The document may be served by any number of servers.
func (d *Document) Serve(tb TB, opts ...Option) *Server {
	return start(tb, d, nil, opts)
}

// start serves a document, or nothing when err says why there is none.
func start(tb TB, doc *Document, err error, opts []Option) *Server {
	if err != nil {
		doc = emptyDocument()
	}
	set := settings{name: "fake", address: "127.0.0.1:0", limit: 64 << 20, formats: formats()}
	for _, opt := range opts {
		opt(&set)
	}
	s := &Server{
		name:     set.name,
		doc:      doc,
		checks:   newChecker(doc, set.formats),
		limit:    set.limit,
		err:      err,
		handlers: map[string]Handler{},
		served:   make(chan struct{}),
	}
	s.clock.set(nil)
	s.problems.tb = tb
	if err != nil {
		s.problems.report(s.name + ": " + err.Error())
	}
	s.listen(set)
	if tb != nil {
		tb.Helper()
		tb.Cleanup(s.Close)
	}
	return s
}

// listen opens the port and serves it until Close.
func (s *Server) listen(set settings) {
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.http = &http.Server{
		Handler:     http.HandlerFunc(s.serve),
		BaseContext: func(net.Listener) context.Context { return ctx },
		ConnState:   s.track,
		ErrorLog:    log.New(io.Discard, "", 0),
	}
	listener, err := set.listener, error(nil)
	if listener == nil {
		listener, err = net.Listen("tcp", set.address)
	}
	if err != nil {
		s.err = errors.Join(s.err, fmt.Errorf("can't listen on %s: %w", set.address, err))
		s.problems.report(s.name + ": " + s.err.Error())
		close(s.served)
		return
	}
	s.base = "http://" + listener.Addr().String()
	go func() {
		defer close(s.served)
		_ = s.http.Serve(listener) // ends with http.ErrServerClosed
	}()
}

// track counts the connections, so that Close can wait for them.
func (s *Server) track(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.conns.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.conns.Done()
	}
}

// URL is the base URL to give to a client: scheme, host and the base path of the document's first server, without a
// slash at the end. It is empty when the server couldn't start.
func (s *Server) URL() string {
	if s.base == "" {
		return ""
	}
	return s.base + s.doc.base
}

// Origin is the scheme and host of URL, where handlers registered with Mount are found.
func (s *Server) Origin() string { return s.base }

// Err says why the server can't serve: an unreadable document, or no port. It is nil for a server that works.
func (s *Server) Err() error { return s.err }

// Name is what the lines of this server's problems begin with.
func (s *Server) Name() string { return s.name }

// Document is what this server serves.
func (s *Server) Document() *Document { return s.doc }

// Close ends every exchange, delayed or stalled ones too, and waits until nothing of the server is running. Requests
// that were expected to be invalid and never came are reported. It may be called more than once; a test's server is
// closed by itself when the test ends. A handler that never returns keeps Close waiting.
func (s *Server) Close() {
	s.once.Do(func() {
		s.cancel()
		_ = s.http.Close()
		<-s.served
		s.conns.Wait()
		s.problems.close(s.name)
	})
}

// Handle registers what an operation does, in place of what was registered before. An operationId that the document
// doesn't have is a problem.
func (s *Server) Handle(operationID string, handler Handler) {
	if _, ok := s.doc.operations[operationID]; !ok {
		s.problems.report(fmt.Sprintf("%s: Handle: the document has no operation %q", s.name, operationID))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handlers[operationID] = handler
}

// Handled says whether an operation has a handler.
func (s *Server) Handled(operationID string) bool { return s.handler(operationID) != nil }

func (s *Server) handler(operationID string) Handler {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.handlers[operationID]
}

// Authorize sets what is asked before a request is validated: nil lets it pass, anything else is the answer. Operations
// that the document declares as public (an empty security list) aren't asked about.
func (s *Server) Authorize(ask func(*http.Request) *Response) {
	s.change(func(h *hooks) { h.authorize = ask })
}

// OnInvalid sets how the platform answers a request that breaks the document. Default: 400 and a message.
func (s *Server) OnInvalid(answer func(*Request, []Violation) Response) {
	s.change(func(h *hooks) { h.invalid = answer })
}

// OnError sets the platform's error body, for what the server answers by itself: a path that the document doesn't have
// (404, 405), an operation without a handler (501), a panic (500), a body that is too large (413) and faults that name
// only a status. The request's operation is empty where none was found. Default: {"message": …}.
func (s *Server) OnError(answer func(r *Request, status int, message string) Response) {
	s.change(func(h *hooks) { h.fail = answer })
}

func (s *Server) change(set func(*hooks)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	set(&s.hooks)
}

func (s *Server) current() hooks {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.hooks
}

// Inject queues faults for an operation, or for every request when operationID is empty. Each request takes the first
// one left, of its own operation before those for all. An operationId that the document doesn't have is a problem.
func (s *Server) Inject(operationID string, faults ...fault.Fault) {
	if _, ok := s.doc.operations[operationID]; !ok && operationID != "" {
		s.problems.report(fmt.Sprintf("%s: Inject: the document has no operation %q", s.name, operationID))
		return
	}
	s.faults.add(operationID, faults)
}

// ClearFaults drops all queued faults.
func (s *Server) ClearFaults() { s.faults.clear() }

// PendingFaults is the number of queued faults that no request has taken yet. A fault that repeats counts once.
func (s *Server) PendingFaults() int { return s.faults.pending() }

// Now is the platform's time, in UTC.
func (s *Server) Now() time.Time { return s.clock.now() }

// SetClock replaces the platform's clock; nil is the real one. What Advance added is dropped.
func (s *Server) SetClock(now func() time.Time) { s.clock.set(now) }

// Advance moves the platform's clock, from then on.
func (s *Server) Advance(d time.Duration) { s.clock.advance(d) }

// Problems are the lines reported so far: whatever broke the document, and misuse of this server.
func (s *Server) Problems() []string { return s.problems.list() }

// ExpectInvalid announces one invalid request to each of the named operations, or one to any when none is named. Such a
// request is answered as invalid but isn't a problem; one that hasn't come when the server is closed is.
func (s *Server) ExpectInvalid(operationIDs ...string) {
	if len(operationIDs) == 0 {
		operationIDs = []string{""}
	}
	s.problems.expect(operationIDs)
}

// Requests are the exchanges so far, in order of arrival; those of the named operations only, if any are named. An
// exchange in progress doesn't hold it up. The last 10,000 are kept.
func (s *Server) Requests(operationIDs ...string) []Exchange { return s.record.list(operationIDs) }

// ForgetRequests empties the list of Requests.
func (s *Server) ForgetRequests() { s.record.forget() }

// Await waits until n requests for the operation have arrived since the start or the last ForgetRequests, answered or
// not (an empty operationID counts all), or until ctx is done, whose error it then returns.
func (s *Server) Await(ctx context.Context, operationID string, n int) error {
	return s.record.await(ctx, operationID, n)
}
