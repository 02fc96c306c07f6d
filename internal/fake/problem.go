package fake

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// TB is what a server needs of a test; *testing.T and *testing.B have it. Errorf is called from the server's
// goroutines, never after Close.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Cleanup(func())
}

// maxProblems bounds the list of problems of a server that runs for long.
const maxProblems = 1000

// problems collects what went wrong and passes it on to the test.
type problems struct {
	mu      sync.Mutex
	tb      TB
	closed  bool
	lines   []string
	dropped int
	awaited []string // operations with an invalid request to come; empty: any
}

func (p *problems) report(line string) {
	p.mu.Lock()
	if len(p.lines) < maxProblems {
		p.lines = append(p.lines, line)
	} else {
		p.dropped++
	}
	tb := p.tb
	if p.closed {
		tb = nil // a test that has ended must not be called
	}
	p.mu.Unlock()
	if tb != nil {
		tb.Helper()
		tb.Errorf("%s", line)
	}
}

func (p *problems) list() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := slices.Clone(p.lines)
	if p.dropped > 0 {
		list = append(list, fmt.Sprintf("and %d more", p.dropped))
	}
	return list
}

func (p *problems) expect(operationIDs []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.awaited = append(p.awaited, operationIDs...)
}

// expected says whether an invalid request needs no report, and uses up what announced it.
func (p *problems) expected(operationID string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range []string{operationID, ""} {
		if i := slices.Index(p.awaited, id); i >= 0 {
			p.awaited = slices.Delete(p.awaited, i, i+1)
			return true
		}
	}
	return false
}

// close reports the invalid requests that never came, and ends all reporting.
func (p *problems) close(name string) {
	p.mu.Lock()
	awaited := p.awaited
	p.awaited = nil
	p.mu.Unlock()
	for _, id := range awaited {
		if id == "" {
			id = "any operation"
		}
		p.report(fmt.Sprintf("%s: an invalid request to %s was expected and never came", name, id))
	}
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
}

// oneLine keeps a message that may hold anything on one line of bounded length.
func oneLine(message string) string {
	message = strings.Join(strings.Fields(message), " ")
	if len(message) > 400 {
		message = strings.ToValidUTF8(message[:400], "") + "…"
	}
	return message
}
