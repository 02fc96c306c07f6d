package fake

import (
	"fmt"
	"sync"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/openapi"
)

// documents keeps what has been read: reading a document takes longer than most tests do, and it never changes.
var documents struct {
	sync.Mutex
	byName map[string]*Document
}

// Platform starts a server of one of this module's documents, whose problems begin with name.
func Platform(tb TB, document, name string) *Server {
	if tb != nil {
		tb.Helper()
	}
	doc, err := platformDocument(document)
	return start(tb, doc, err, []Option{WithName(name)})
}

func platformDocument(name string) (*Document, error) {
	documents.Lock()
	defer documents.Unlock()
	if doc := documents.byName[name]; doc != nil {
		return doc, nil
	}
	text, err := openapi.Document(name)
	if err != nil {
		return nil, err
	}
	doc, err := Load(text)
	if err != nil {
		return nil, err
	}
	if documents.byName == nil {
		documents.byName = map[string]*Document{}
	}
	documents.byName[name] = doc
	return doc, nil
}

// Client makes a client of the server that waits only milliseconds before it repeats a request. The options of the
// platform's fake come first, the caller's are laid over them; if those are refused, that is a problem, and the client is
// made without them.
func Client[C any](s *Server, make func(...sdk.Option) (C, error), own, callers []sdk.Option) C {
	base := s.URL()
	if base == "" {
		base = "http://127.0.0.1:0" // why it couldn't start has been reported; every call fails
	}
	own = append([]sdk.Option{sdk.WithBaseURL(base), sdk.WithBackoff(time.Millisecond, 10*time.Millisecond)}, own...)
	client, err := make(append(own[:len(own):len(own)], callers...)...)
	if err != nil {
		s.Report("Client: %v", err)
		client, _ = make(own...) // options that are always right
	}
	return client
}

// Report makes a problem of what a test does wrong with its fake.
func (s *Server) Report(format string, args ...any) {
	if s.problems.tb != nil {
		s.problems.tb.Helper()
	}
	s.problems.report(s.name + ": " + oneLine(fmt.Sprintf(format, args...)))
}
