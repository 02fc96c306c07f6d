// Package versoritest is a fake Versori Platform, for tests of programs that use package versori.
//
// It runs on loopback for as long as the test does and keeps flows:
//
//	func TestSync(t *testing.T) {
//		platform := versoritest.NewServer(t)
//
//		publish(t.Context(), platform.Client(), versoritest.Project)
//
//		flow, ok := platform.Flow(versoritest.Organisation, versoritest.Project, "sync-orders")
//		…
//	}
//
// Every request, and every answer of its own, is checked against the OpenAPI document that package versori is generated
// from. What breaks it fails the test with one line.
package versoritest

import (
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

const (
	// Token is the API key that may do everything.
	Token = "swo_versoritest"
	// SignedToken is a signed token that may do everything. It has the three parts of one, so that clients send it under
	// the scheme JWT; its signature is none.
	SignedToken = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ2ZXJzb3JpdGVzdCJ9.versoritest"
	// ForbiddenToken is an API key that may read and nothing else: what would change something is answered with 403.
	ForbiddenToken = "swo_versoritest_readonly"
	// Organisation is an id for tests that need one; the clients of Server.Client are about it.
	Organisation = "01JTEST0RGAN1SAT0N00000000"
	// Project is the id of the project that is there from the beginning.
	Project = "01JTESTPR0JECT000000000000"
	// Environment is the id of the environment production of Project.
	Environment = "01JTESTENV1R0NMENT00000000"
)

// Server is a running fake of Versori. Its methods may be called from several goroutines at once.
//
// Organisations and projects need not be declared: whatever id has the shape of a ULID is there, and empty, until
// DeleteProject says otherwise. In each project
//
//   - Update writes the whole flow under the name in the path; nothing of what was there before is kept but its id. The
//     name in the body is stored as it is sent, the same or another.
//   - A flow gets its id when it is made, and keeps it. An id in the body has no effect.
//   - A span that has a ParentSpanContext is answered with ParentSpanContenxt as well, as the platform does.
//   - An organisation or a project that isn't a ULID, and a body that doesn't fit, are answered with 400.
//   - A project that was deleted is answered with 404.
//
// The methods of the embedded server do the rest:
//
//   - URL is the address for clients that don't come from Client; Close ends the server before the test does.
//   - Requests lists the exchanges so far, Await waits for them, ForgetRequests empties the list.
//   - ExpectInvalid announces a request that breaks the document on purpose. Problems lists what was reported.
//   - SetClock and Advance set the platform's time.
//   - Inject makes the platform misbehave: Inject("Flows.Update", fault.Status(503)) fails the next update. Its partners
//     are ClearFaults and PendingFaults.
type Server struct {
	*fake.Server

	projects projectState
	links    links
	kvState
}

// NewServer starts a fake without any flows, which ends with the test. Problems are errors of the test.
//
// A nil tb is for programs that aren't tests: call Close when done, and read Problems.
func NewServer(tb fake.TB) *Server {
	if tb != nil {
		tb.Helper()
	}
	s := &Server{Server: fake.Platform(tb, "versori", "versoritest")}
	s.Authorize(func(r *http.Request) *fake.Response {
		s.carryOn()
		return authorize(r)
	})
	s.OnInvalid(invalid)
	s.OnError(onError)
	s.handleProjects()
	s.handleKV()
	return s
}

// Client makes a client of this server that sends Token, is about Organisation and waits only milliseconds before it
// repeats a request. The options are laid over that, so that sdk.WithToken(ForbiddenToken) gives one that may only read,
// and versori.WithOrganisation another organisation. Options that can't be right are a problem, and the client is then
// made without them.
func (s *Server) Client(opts ...sdk.Option) *versori.Client {
	return fake.Client(s.Server, versori.New, []sdk.Option{sdk.WithToken(Token), versori.WithOrganisation(Organisation)}, opts)
}

// authorize lets Token and SignedToken do everything and ForbiddenToken read. Signed tokens go under either scheme.
func authorize(r *http.Request) *fake.Response {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch bearer := strings.EqualFold(scheme, "Bearer"); {
	case bearer && token == Token:
		return nil
	case token == SignedToken && (bearer || strings.EqualFold(scheme, "JWT")):
		return nil
	case bearer && token == ForbiddenToken && reads(r):
		return nil
	case bearer && token == ForbiddenToken:
		refusal := failure(http.StatusForbidden, "Not allowed", "The token may not change anything")
		return &refusal
	}
	refusal := failure(http.StatusUnauthorized, "Not authenticated", "The token is missing or unknown")
	return &refusal
}

// reads says whether a request changes nothing: some that read have their conditions in the body.
func reads(r *http.Request) bool {
	if r.Method == http.MethodPost {
		parent, call := path.Split(r.URL.Path)
		return strings.HasSuffix(parent, "/kv/") && slices.Contains([]string{"list", "count", "batch"}, call) || call == "logs"
	}
	return r.Method == http.MethodGet
}
