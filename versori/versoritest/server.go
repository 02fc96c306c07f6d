// Package versoritest is a fake Versori Platform, for tests of programs that use package versori.
//
// It runs on loopback for as long as the test does and keeps what it is sent:
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
// It begins with one project, Project, that has the environment production, Environment; nothing is deployed there.
// PutProject enters others. Organisations need not be declared. What isn't there is answered with 404, what doesn't fit
// the document with 400. Of projects
//
//   - Files.Update and Files.Patch write the draft, from which nothing is deployed: Projects.Deploy and Versions.Create
//     make a version of the files they are sent. A name that another version of the project has is answered with 409.
//   - A deployment takes its time, see SetRollout. Until then an environment that runs goes on running what it has, and
//     any other is a draft. Then it runs, or is in error where OnBuild found fault with the files. A version is a draft
//     until it is deployed, then ready or failed, and superseded when another one has taken its last place.
//   - While static connections are missing a deployment is answered with 400 and the platform's text; the version has been
//     made by then. Inject("Projects.Deploy", fault.Status(503)) makes a deployment fail before anything is done.
//   - Environments.Sync deploys what another environment runs. Suspend takes down what runs, and so does
//     ChangeExecutionPool, after which the environment has another URL. UpdateConfig resets what it isn't sent. Clone
//     copies the configuration, and systems and variables when asked; five environments are the limit, beyond it is 403.
//   - What is called, scheduled or triggered is run by OnWorkflow; PutTriggers says what there is to trigger. Each run
//     leaves an entry in the log and a trace. Metrics count those in environments, of the last 24 hours and of the 24
//     before. Calling what doesn't run is answered with 409.
//   - Logs are by time, see PutLog. All filters of a search must let an entry through. A window of time is without its end.
//   - Calls that name an environment need the name where the project has several; an id there names nothing.
//   - Flows.Update writes the whole flow under the name in the path; nothing of what was there before is kept but its id.
//     The name in the body is stored as it is sent, the same or another. An id in the body has no effect. A span that has
//     a ParentSpanContext is answered with ParentSpanContenxt as well, as the platform does.
//
// Of what connects projects to systems for end users
//
//   - Secrets are masked in all answers; Connection and System give the real ones. A mask that is written is answered with
//     400 that names the member, whatever else is right.
//   - A static connection is used by the template that it was made for or was linked to last, in place of the one before.
//     Deleting a template, a scheme or an activation leaves the connections. An end user takes theirs along. A system
//     that a template is made from isn't deleted, nor is an end user's connection while an activation uses it: that is
//     409, as is a name or an external id that is taken.
//   - A credential must be of the type that its scheme takes, and the scheme one of the template's, or of the type none.
//     Its ids are new ones unless they name what the connection has already; then what isn't sent of it stays.
//   - A code of any text is exchanged, once, for tokens that expire after an hour, if its state is from InitialiseOAuth2
//     for the system and the redirect URL is the same.
//   - An activation needs a connection for each template of its environment, and variables that fit the schema of the
//     project, of which the first fault by name is answered. A variable that the schema doesn't name is one. All variables
//     are answered, whichever were sent. A second activation of an end user in an environment is answered with 409. The
//     static user has its activation from the beginning, which can't be deleted.
//   - Actions and triggers that are linked to a project add to those that are linked already. Systems and connections are
//     listed in the order in which they were made, and cursors survive deletions.
//   - In updates of systems and templates, what isn't sent stays as it is.
//
// Beside projects and connections it keeps what belongs to the organisation as a whole:
//
//   - A KV store has the entries that PutKVEntry and the client set. Each set makes a new versionstamp; one whose condition
//     isn't met answers success without having committed, and in a batch is a failure. Entries go away by the platform's
//     clock. Lists are by when entries were first made, and a cursor that no page has named answers 500, as the platform
//     does.
//   - An issue is raised by Issues.Create, and by the platform when a deployment fails. Each new one is sent to the
//     channels that its environment is linked to, as far as the filters of the links let it through: Notifications lists
//     these e-mails. A channel that is deleted takes its links along.
//   - A run of an automation is pending, running when it is got once or after 2 seconds, and at its end when it is got
//     twice or after 10: completed, unless PlanAutomationRuns says otherwise. Its webhook is not called. A transcription
//     goes on in the same way and fails where nobody has uploaded the file to the recording's address, which takes it
//     without a token.
//   - Environments are checked by their ids; a name in the place of one is answered with 400.
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
	connectionState
	kvState
}

// NewServer starts a fake with one empty project, which ends with the test. Problems are errors of the test.
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
	s.handleConnections()
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
