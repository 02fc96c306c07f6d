package fake

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/wharfinger/sdk/fault"
)

// exchange is one request on its way through the server.
type exchange struct {
	server *Server
	w      http.ResponseWriter
	http   *http.Request
	req    *Request
	match  match
	fault  fault.Fault
	entry  int64 // number of its record
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if handler := s.mounted(r.URL.Path); handler != nil {
		s.serveMounted(w, r, handler)
		return
	}
	x := &exchange{server: s, w: w, http: r, match: s.doc.root.find(r.Method, r.URL.EscapedPath())}
	x.req = s.request(r, x.match)
	x.fault = s.faults.take(x.req.Operation.ID)
	x.entry = s.record.begin(x.req, !harmless(x.fault))
	if x.fault.Reset == fault.BeforeBody {
		x.reset()
		return
	}
	if !x.readBody() {
		return
	}
	if replaces(x.fault) {
		x.misbehave()
		return
	}
	a := x.answer()
	if x.fault.Reset != fault.Never {
		x.reset()
		return
	}
	x.deliver(a)
}

func (s *Server) request(r *http.Request, m match) *Request {
	req := &Request{
		Method: r.Method, URL: r.URL, Header: r.Header,
		http: r, path: map[string]string{}, params: map[string]any{},
	}
	req.values, _ = url.ParseQuery(r.URL.RawQuery)
	if m.route != nil {
		req.op = m.route.op
		req.Operation = req.op.Operation
		for i, name := range m.route.names {
			req.path[name] = m.values[i]
		}
	}
	return req
}

// readBody reads the body; false when the exchange ended with that.
func (x *exchange) readBody() bool {
	s := x.server
	body, err := io.ReadAll(http.MaxBytesReader(x.w, x.http.Body, s.limit))
	var large *http.MaxBytesError
	if err != nil && !errors.As(err, &large) {
		panic(http.ErrAbortHandler) // half a request gets no answer, and returning would send 200
	}
	if len(body) > 0 {
		x.req.Raw = body
		s.record.body(x.entry, body)
	}
	if large != nil {
		x.problem(fmt.Sprintf("the body has more than %d bytes", s.limit))
		x.deliver(x.fail(http.StatusRequestEntityTooLarge, "the body is too large"))
		return false
	}
	return true
}

// answer finds what the platform answers, and does what the request asks for.
func (x *exchange) answer() (a answer) {
	defer x.recovered(&a)
	s, hooks := x.server, x.server.current()
	if x.req.op == nil {
		return x.unknown()
	}
	if hooks.authorize != nil && !x.req.op.public {
		if refusal := hooks.authorize(x.http); refusal != nil {
			return x.checked(*refusal, false)
		}
	}
	if violations := s.checks.request(x.req); len(violations) > 0 {
		return x.invalid(violations)
	}
	if x.fault.Reset == fault.AfterBody {
		return answer{}
	}
	handler := s.handler(x.req.Operation.ID)
	if handler == nil {
		x.problem("no handler")
		return x.fail(http.StatusNotImplemented, "this operation has no handler")
	}
	return x.checked(handler(x.req), true)
}

// recovered answers for a handler or a hook that panics.
func (x *exchange) recovered(a *answer) {
	switch p := recover(); p {
	case nil:
	case http.ErrAbortHandler: // it wants the connection closed
		panic(p)
	default:
		x.problem(fmt.Sprintf("the handler panicked: %s", oneLine(fmt.Sprint(p))))
		*a = x.fail(http.StatusInternalServerError, "the handler panicked")
	}
}

// checked makes an answer ready and checks it against the document. What the hooks answer, with statuses that not every
// operation declares, is checked only where it is declared.
func (x *exchange) checked(response Response, strict bool) answer {
	a, err := response.render()
	if err != nil {
		x.problem(err.Error())
		return x.fail(http.StatusInternalServerError, "the answer can't be sent")
	}
	if !strict && responseFor(x.req.op, a.status) == nil {
		return a
	}
	for _, line := range lines(x.server.checks.answer(x.req.op, a), Violation.inAnswer) {
		x.problem(fmt.Sprintf("answer %d: %s", a.status, line))
	}
	return a
}

// unknown answers a request that the document has no operation for.
func (x *exchange) unknown() answer {
	status, message := http.StatusNotFound, "the document has no such path"
	if others := x.match.others; len(others) > 0 {
		status = http.StatusMethodNotAllowed
		message = "the document has this path only for " + strings.Join(others, ", ")
	}
	x.invalidProblems([]string{message})
	a := x.fail(status, message)
	if status == http.StatusMethodNotAllowed {
		a.header.Set("Allow", strings.Join(x.match.others, ", "))
	}
	return a
}

func (x *exchange) invalid(violations []Violation) answer {
	messages := lines(violations, Violation.String)
	x.invalidProblems(messages)
	if hook := x.server.current().invalid; hook != nil {
		return x.checked(hook(x.req, violations), false)
	}
	a, _ := JSON(http.StatusBadRequest, map[string]any{"message": strings.Join(messages, "; ")}).render()
	return a
}

// fail is the platform's answer for an error of the server itself.
func (x *exchange) fail(status int, message string) answer {
	if hook := x.server.current().fail; hook != nil {
		if a, err := hook(x.req, status, message).render(); err == nil {
			return a
		}
	}
	a, _ := JSON(status, map[string]any{"message": message}).render()
	return a
}

// misbehave answers by a fault alone. The request is still checked.
func (x *exchange) misbehave() {
	if x.req.op == nil {
		x.unknown()
	} else if violations := x.server.checks.request(x.req); len(violations) > 0 {
		x.invalidProblems(lines(violations, Violation.String))
	}
	if x.fault.Reset != fault.Never {
		x.reset()
		return
	}
	x.deliver(x.faultAnswer())
}

// invalidProblems reports an invalid request, unless it was expected.
func (x *exchange) invalidProblems(messages []string) {
	if x.server.problems.expected(x.req.Operation.ID) {
		return
	}
	for _, message := range messages {
		x.problem(message)
	}
}

// problem reports one line about this exchange.
func (x *exchange) problem(message string) {
	what := x.req.Operation.ID
	if what == "" {
		what = x.http.URL.EscapedPath()
	}
	x.server.problems.report(fmt.Sprintf("%s: %s %s: %s", x.server.name, x.http.Method, what, message))
}
