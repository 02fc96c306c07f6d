package licensingtest

import (
	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/licensing"
)

const (
	// Token is the access token that the fake accepts.
	Token = "licensingtest-token"
	// ForbiddenToken is a token without the permission to write: what would change something is answered with 403.
	ForbiddenToken = "licensingtest-forbidden-token"
)

// Server is a fake of the Cryptlex Web API. It starts without anything in it: releases are entered by PutRelease and
// looked at by Release; webhooks are entered by PutWebhook, and what was sent to them is in Deliveries.
//
// It follows these rules of the platform:
//
//   - Releases.Update changes the members that are given and leaves the others alone. A new name is also the releaseName
//     of the release's files. Each update makes updatedAt later than it was. An id that doesn't exist is answered with
//     404, a body that doesn't fit with 400.
//   - A token other than Token is answered with 401 and the code AUTHENTICATION_FAILED, ForbiddenToken with 403.
//   - After each successful update every enabled webhook that wants release.updated is sent the release, signed with the
//     webhook's token in the header Webhook-Signature. That happens beside the answer, in order for each webhook.
//     AwaitDeliveries waits for it. A delivery that fails is tried once and not, as by the platform, five times.
//
// These methods come from the engine that all fakes share:
//
//   - URL is the base URL for a client of one's own.
//   - Requests are the exchanges so far, all or those of some operations; ForgetRequests empties the list. Await waits
//     until so many requests of an operation have arrived.
//   - Inject queues faults: s.Inject("Releases.Update", fault.Status(503)) makes the next call fail. ClearFaults drops
//     them, PendingFaults counts those that nobody has met yet.
//   - ExpectInvalid announces a request that breaks the document, so that it is answered with 400 and not reported.
//   - Now is the platform's time. Advance moves it on, SetClock replaces its clock.
//
// All methods may be called from several goroutines at once.
type Server struct {
	*fake.Server

	releases fake.Table[licensing.Release]
	webhooks fake.Table[webhook]
	outbox   outbox
}

// NewServer starts a fake that is closed when the test ends. Whatever breaks the document is reported to tb, a
// *testing.T or *testing.B. Programs that aren't tests give nil: they call Close themselves, and find in Problems what
// would have been reported.
func NewServer(tb fake.TB) *Server {
	if tb != nil {
		tb.Helper()
	}
	s := &Server{}
	s.outbox.init()
	s.Server = fake.Platform(tb, "licensing", "licensingtest")
	s.Authorize(authorize)
	s.OnInvalid(invalid)
	s.OnError(failed)
	s.Handle("Releases.Update", s.updateRelease)
	if tb != nil {
		tb.Cleanup(s.Close) // before the engine's own, which doesn't know of deliveries
	}
	return s
}

// Close ends every exchange and waits until nothing of the server is running, deliveries to webhooks included: each is
// given up after 5 seconds. A test's server is closed by itself when the test ends; it may be closed more than once.
func (s *Server) Close() {
	s.Server.Close() // from here on there are no more deliveries to come
	s.outbox.wait()
}

// Client makes a client of the fake that sends Token and waits only milliseconds before it repeats a request; opts are
// laid over that. An option that is refused is reported to the test, and the client is made without opts.
func (s *Server) Client(opts ...sdk.Option) *licensing.Client {
	return fake.Client(s.Server, licensing.New, []sdk.Option{sdk.WithToken(Token)}, opts)
}
