// Package releasestest is a fake MechaMental platform, for tests of programs that use package releases.
//
// It runs on loopback for as long as the test does, answers every operation of the platform, and follows the life of
// releases from draft to active to archived:
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
	"reflect"
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
// Apps need not be declared, nor anything else that a path names: whatever is named is there, and empty. In each app
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
// Everything else that the platform lists is put there by PutInApp, PutInWorkspace, PutInOrganization and PutForCaller,
// and listed as the document has it: in order of arrival (the timeline, activities and notifications: the newest first),
// with its limits, with cursors as above, and with filters that filter. A search finds capitals and small letters alike,
// in names and descriptions; several tags must all be there; what has expired by the platform's clock is left out.
// Environments and ModelEntitlements can be created too; a slug or a model that is taken is refused (422).
//
// What the fake's own life brings about can be read: an app or workspace that anything was put in or created in is in the
// lists, an App has its ActiveReleaseID and TotalReleases, an Environment that IsDefault has the active release of each
// app in ActiveDeployments. Creating, activating, rolling back and archiving a release is in the app's timeline and in
// what Events.Stream gives; whatever was asked to change something in an organization is in its activities. Events.Stream
// gives what happened so far and ends, without waiting. Seeding leaves no such traces.
//
//   - HandleEndpoint sets what an endpoint does that Endpoints.Trigger calls.
//   - Answer sets what an operation answers whose answer isn't one of the document's models, or any other.
//   - Invite makes the token of an invitation.
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

	own   map[string]fake.Handler // what operations do unless Answer says otherwise
	kinds map[reflect.Type]any    // *kind of each type

	mu          sync.Mutex // guards what follows, and is held by every operation but Endpoints.Trigger
	held        map[releases.AppRef]*app
	places      int // the last place given to a thing
	endpoints   map[string]func(any) (any, error)
	invitations map[string]string // emails by token
	appKinds
	workspaceKinds
	organizationKinds
}

// NewServer starts a fake of a platform that has nothing yet, which ends with the test. Problems are errors of the test.
//
// A nil tb is for programs that aren't tests: call Close when done, and read Problems.
func NewServer(tb fake.TB) *Server {
	if tb != nil {
		tb.Helper()
	}
	s := &Server{
		Server:      fake.Platform(tb, "releases", "releasestest"),
		own:         map[string]fake.Handler{},
		held:        map[releases.AppRef]*app{},
		kinds:       map[reflect.Type]any{},
		endpoints:   map[string]func(any) (any, error){},
		invitations: map[string]string{},
	}
	s.Authorize(s.authorize)
	s.OnInvalid(s.invalid)
	s.OnError(s.onError)
	s.handleReleases()
	s.registerAppKinds()
	s.registerWorkspaceKinds()
	s.registerOrganizationKinds()
	s.registerCallerKinds()
	s.handleOthers()
	return s
}

func (s *Server) handleReleases() {
	for operation, do := range map[string]func(*app, *fake.Request) fake.Response{
		"Releases.List":      s.list,
		"Releases.Create":    s.create,
		"Releases.Get":       s.get,
		"Releases.GetActive": s.getActive,
		"Releases.Delete":    s.delete,
		"Releases.Activate":  s.activate,
		"Releases.Rollback":  s.rollback,
		"Releases.Archive":   s.archive,
	} {
		s.handle(operation, func(r *fake.Request) fake.Response { return do(s.app(refOf(r)), r) })
	}
}

// handleOthers has the operations handled that neither are about releases nor list things.
func (s *Server) handleOthers() {
	s.handle("Environments.Create", s.createEnvironment)
	s.handle("ModelEntitlements.Create", s.createEntitlement)
	s.handle("Events.Stream", s.streamEvents)
	s.handle("Events.JoinPresence", s.joinPresence)
	s.handle("Recipes.Get", s.getRecipe)
	s.handle("Analytics.Get", s.getAnalytics)
	s.handle("AnalyticsRollups.Get", s.getRollup)
	s.handle("Permissions.GetSchema", s.getPermissions)
	s.handle("Permissions.ListResources", s.listResources)
	s.handle("Registrations.GetConfig", func(*fake.Request) fake.Response {
		return fake.JSON(http.StatusOK, releases.RegistrationConfig{AllowRegistration: true})
	})
	s.handle("Registrations.GetInvitation", s.getInvitation)
	s.handle("Admins.CheckAccess", s.checkAccess)
	s.handle("Admins.CleanUpTokens", s.cleanUpTokens)
	s.own["Endpoints.Trigger"] = s.trigger
	s.Handle("Endpoints.Trigger", s.trigger)
}

// Client makes a client of this server that sends Token and waits only milliseconds before it repeats a request. The
// options are laid over that, so that sdk.WithToken(ForbiddenToken) gives one that may only read. Options that can't be
// right are a problem, and the client is then made without them.
func (s *Server) Client(opts ...sdk.Option) *releases.Client {
	return fake.Client(s.Server, releases.New, []sdk.Option{sdk.WithToken(Token)}, opts)
}

// handle registers what an operation does. Operations happen one after the other, and those that change something are
// logged.
func (s *Server) handle(operation string, do fake.Handler) {
	s.own[operation] = func(r *fake.Request) fake.Response {
		s.mu.Lock()
		defer s.mu.Unlock()
		answer := do(r)
		s.log(r, answer)
		return answer
	}
	s.Handle(operation, s.own[operation])
}

// Answer sets what an operation ("Recipes.Get") answers from then on, with status 200, in place of what the fake would:
// anything that encoding/json can encode, or json.RawMessage, which is sent as it is. A nil value takes that back;
// json.RawMessage("null") is null. The operation then does nothing. What it answers is checked against the document.
func (s *Server) Answer(operation string, value any) {
	own := s.own[operation]
	switch {
	case own == nil:
		s.Report("Answer: the document has no operation %q", operation)
	case value == nil:
		s.Handle(operation, own)
	default:
		s.Handle(operation, func(*fake.Request) fake.Response { return fake.JSON(http.StatusOK, value) })
	}
}

// authorize lets Token do everything and ForbiddenToken read.
func (s *Server) authorize(r *http.Request) *fake.Response {
	var refusal fake.Response
	switch token := tokenOf(r.Header); {
	case token == Token, token == ForbiddenToken && r.Method == http.MethodGet:
		return nil
	case token == ForbiddenToken:
		refusal = s.failure(http.StatusForbidden, map[string]any{"required_permission": permission})
	default:
		refusal = s.failure(http.StatusUnauthorized, nil)
	}
	return &refusal
}

// tokenOf is the token that a request came with; empty if it came with none.
func tokenOf(header http.Header) string {
	scheme, token, _ := strings.Cut(header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return token
}
