package cargotest

import (
	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/internal/fake"
)

const (
	// Token is the API token that the fake accepts.
	Token = "cargotest-token"
	// ForbiddenToken is a token without permissions: whatever would change something is answered with 403.
	ForbiddenToken = "cargotest-forbidden-token"
)

// Server is a fake of the Cargo API. It starts without anything in it: models and folders that plays may use are entered
// by PutModel and PutFolder, workflows by PutWorkflow, releases in any state by PutRelease. Draft and Play look at what
// has become of them.
//
// It follows these rules of the platform:
//
//   - Plays.Create needs a model and, if it names one, a folder that exist, else the reason is modelNotFound or
//     folderNotFound. The play gets a workflow of its own, with an empty draft, and a segment. It begins switched off.
//     Its schedule is answered as the platform keeps it. A cron expression that hasn't five fields, or a play to depend
//     on that doesn't exist, is the reason failedToSchedule.
//   - Releases.UpdateDraft finds the draft by its workflow: workflowNotFound, draftReleaseNotFound. What is left out
//     stays as it is, a list that is sent replaces the whole list, formFields null removes the form. The parent must be
//     another release of the workflow, else the reason is invalidParent. Connector nodes that name only an integration
//     get the connector that the options give for it; a model in the options that doesn't exist is the reason
//     failedToReconciliateNodes. Whether connectors, tools and agents exist isn't checked.
//   - A workflow has at most one draft and one deployed release. Each update makes updatedAt later than it was.
//   - Absent values are answered as null where the platform does so.
//   - A token other than Token is answered with 401; ForbiddenToken with 403. Members that the platform doesn't know, or
//     that don't fit the kind of a node, form field, test record or schedule, are refused with 400: "unrecognized_keys".
//
// Filters are checked for their form and otherwise not looked at.
//
// These methods come from the engine that all fakes share:
//
//   - URL is the base URL for a client of one's own; Close ends the server, which a test's server does by itself.
//   - Requests are the exchanges so far, all or those of some operations; ForgetRequests empties the list. Await waits
//     until so many requests of an operation have arrived.
//   - Inject queues faults: s.Inject("Plays.Create", fault.Status(503)) makes the next call fail. ClearFaults drops them,
//     PendingFaults counts those that nobody has met yet.
//   - ExpectInvalid announces a request that breaks the document, so that it is answered with 400 and not reported.
//   - Now is the platform's time. Advance moves it on, SetClock replaces its clock.
//
// All methods may be called from several goroutines at once.
type Server struct {
	*fake.Server

	models    fake.Table[struct{}]
	folders   fake.Table[struct{}]
	plays     fake.Table[cargo.Play]
	workflows fake.Table[[]cargo.Release] // the releases of each, in the order in which they were made
}

// NewServer starts a fake that is closed when the test ends. Whatever breaks the document is reported to tb, a
// *testing.T or *testing.B. Programs that aren't tests give nil: they call Close themselves, and find in Problems what
// would have been reported.
func NewServer(tb fake.TB) *Server {
	if tb != nil {
		tb.Helper()
	}
	s := &Server{}
	s.Server = fake.Platform(tb, "cargo", "cargotest")
	s.Authorize(authorize)
	s.OnInvalid(invalid)
	s.OnError(failed)
	s.Handle("Plays.Create", s.createPlay)
	s.Handle("Releases.UpdateDraft", s.updateDraft)
	return s
}

// Client makes a client of the fake that sends Token and waits only milliseconds before it repeats a request; opts are
// laid over that. An option that is refused is reported to the test, and the client is made without opts.
func (s *Server) Client(opts ...sdk.Option) *cargo.Client {
	return fake.Client(s.Server, cargo.New, []sdk.Option{sdk.WithToken(Token)}, opts)
}
