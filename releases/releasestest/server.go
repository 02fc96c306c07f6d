// Package releasestest is a fake MechaMental platform, for tests of programs that use package releases.
//
// It runs on loopback for as long as the test does, keeps releases, and follows their life from draft to active to
// archived:
//
//	func TestDeploy(t *testing.T) {
//		platform := releasestest.NewServer(t)
//		shop := releases.AppRef{Org: "acme", Workspace: "main", App: "shop"}
//		platform.Seed(shop, 3)
//
//		deploy(t.Context(), platform.Client().App(shop))
//
//		…
//	}
//
// Every request, and every answer of its own, is checked against the OpenAPI document that package releases is generated
// from. What breaks it fails the test with one line.
package releasestest

import (
	"net/http"
	"strings"
	"sync"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/releases"
)

const (
	// Token is the token that may do everything.
	Token = "mm_tok_releasestest"
	// ForbiddenToken is a token that may read and nothing else: what would change something is answered with 403.
	ForbiddenToken = "mm_tok_releasestest_readonly"
	// User is who the platform takes the caller for: CreatedBy and ActivatedBy of what is done with Token.
	User = "usr_releasestest"
)

// permission is what ForbiddenToken lacks.
const permission = "apps:manage"

// Server is a running fake of MechaMental. Its methods may be called from several goroutines at once.
//
// Apps need not be declared: whatever app is named is there, and empty. In each of them
//
//   - Create makes a draft, numbered from 1 and pointing to the release before it. A tag that another release of the app
//     has is refused as a validation error (422).
//   - Activate and Rollback make a release the active one, whether it was a draft or archived, and archive the one that
//     was active, whose id is in the answer. There is never more than one. Activating the active one changes nothing, and
//     answers its own id as the one before.
//   - Archive retires a release; if that was the active one, none is. Archiving twice changes nothing.
//   - Delete removes a release for good, the active one too. Its number is not given again.
//   - List goes from the highest number to the lowest. Total counts all that match, on this page or not. A cursor stays
//     good while releases are added and removed. One that the fake didn't make is refused as a validation error (422).
//   - GetActive answers 404 when no release is active.
//
// The methods of the embedded server do the rest:
//
//   - URL is the address for clients that don't come from Client; Close ends the server before the test does.
//   - Requests lists the exchanges so far, Await waits for them, ForgetRequests empties the list.
//   - ExpectInvalid announces a request that breaks the document on purpose. Problems lists what was reported.
//   - SetClock and Advance set the platform's time, which CreatedAt and ActivatedAt are taken from.
//   - Inject makes the platform misbehave: Inject("Releases.List", fault.Status(503)) fails the next list. Its partners
//     are ClearFaults and PendingFaults.
type Server struct {
	*fake.Server

	mu   sync.Mutex
	apps map[releases.AppRef]*app
}

// NewServer starts a fake without any releases, which ends with the test. Problems are errors of the test.
//
// A nil tb is for programs that aren't tests: call Close when done, and read Problems.
func NewServer(tb fake.TB) *Server {
	if tb != nil {
		tb.Helper()
	}
	s := &Server{Server: fake.Platform(tb, "releases", "releasestest"), apps: map[releases.AppRef]*app{}}
	s.Authorize(s.authorize)
	s.OnInvalid(s.invalid)
	s.OnError(s.onError)
	s.handle("Releases.List", s.list)
	s.handle("Releases.Create", s.create)
	s.handle("Releases.Get", s.get)
	s.handle("Releases.GetActive", s.getActive)
	s.handle("Releases.Delete", s.delete)
	s.handle("Releases.Activate", s.activate)
	s.handle("Releases.Rollback", s.rollback)
	s.handle("Releases.Archive", s.archive)
	return s
}

// Client makes a client of this server that sends Token and waits only milliseconds before it repeats a request. The
// options are laid over that, so that sdk.WithToken(ForbiddenToken) gives one that may only read. Options that can't be
// right are a problem, and the client is then made without them.
func (s *Server) Client(opts ...sdk.Option) *releases.Client {
	return fake.Client(s.Server, releases.New, []sdk.Option{sdk.WithToken(Token)}, opts)
}

// handle registers what an operation does with the app that the path names. Operations happen one after the other.
func (s *Server) handle(operation string, do func(*app, *fake.Request) fake.Response) {
	s.Handle(operation, func(r *fake.Request) fake.Response {
		s.mu.Lock()
		defer s.mu.Unlock()
		return do(s.app(releases.AppRef{Org: r.Path("org_id"), Workspace: r.Path("workspace_id"), App: r.Path("app_id")}), r)
	})
}

// authorize lets Token do everything and ForbiddenToken read.
func (s *Server) authorize(r *http.Request) *fake.Response {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		token = ""
	}
	var refusal fake.Response
	switch {
	case token == Token, token == ForbiddenToken && r.Method == http.MethodGet:
		return nil
	case token == ForbiddenToken:
		refusal = s.failure(http.StatusForbidden, map[string]any{"required_permission": permission})
	default:
		refusal = s.failure(http.StatusUnauthorized, nil)
	}
	return &refusal
}
