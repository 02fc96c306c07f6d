package versori_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/internal/memnet"
	"github.com/wharfinger/sdk/openapi"
	"github.com/wharfinger/sdk/versori"
)

const (
	organisationID = "01JTEST0RGAN1SAT0N00000000"
	projectID      = "01JTESTPR0JECT000000000000"
	productionID   = "01JTESTENV1R0NMENT00000001"
	stagingID      = "01JTESTENV1R0NMENT00000002"
	apiKey         = "swo_test"
)

// document is the description of the platform, read once.
var document = sync.OnceValues(func() (*fake.Document, error) {
	text, err := openapi.Document("versori")
	if err != nil {
		return nil, err
	}
	return fake.Load(text)
})

// serve starts a platform whose requests and answers are checked against the document, and gives a client for it. What its
// operations do is for the test to say.
func serve(t testing.TB, opts ...sdk.Option) (*fake.Server, *versori.Client) {
	t.Helper()
	return start(t, t, opts)
}

// serveAnything is serve for answers that the document doesn't know yet.
func serveAnything(t testing.TB, opts ...sdk.Option) (*fake.Server, *versori.Client) {
	t.Helper()
	server, client := start(t, nil, opts)
	t.Cleanup(server.Close)
	return server, client
}

func start(t testing.TB, checked fake.TB, opts []sdk.Option) (*fake.Server, *versori.Client) {
	t.Helper()
	doc, err := document()
	if err != nil {
		t.Fatal(err)
	}
	network := memnet.Listen()
	server := doc.Serve(checked, fake.WithName("versori"), fake.WithListener(network))
	transport := &http.Transport{DialContext: network.Dial}
	t.Cleanup(transport.CloseIdleConnections)
	opts = append([]sdk.Option{
		sdk.WithBaseURL(server.URL()), sdk.WithTransport(transport), sdk.WithToken(apiKey), versori.WithOrganisation(organisationID),
		sdk.WithBackoff(time.Microsecond, time.Millisecond),
	}, opts...)
	client, err := versori.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

// problem is an error of the platform.
func problem(status int, message string) fake.Response {
	return fake.JSON(status, map[string]any{"code": "1", "message": message})
}

// operations lists the operations that were called, in order.
func operations(s *fake.Server) []string {
	names := []string{}
	for _, r := range s.Requests() {
		names = append(names, r.Operation)
	}
	return names
}

// bodies lists the bodies that an operation was called with.
func bodies(s *fake.Server, operation string) []string {
	texts := []string{}
	for _, r := range s.Requests(operation) {
		texts = append(texts, string(r.Body))
	}
	return texts
}

// raw is a platform that takes and answers what no document knows.
type raw struct {
	answer func(*http.Request) (status int, body string)

	mu     sync.Mutex
	bodies []string // of requests that change something
	paths  []string
	header http.Header // of the last request
}

// serveRaw gives a client whose requests answer answers.
func serveRaw(t testing.TB, answer func(*http.Request) (int, string), opts ...sdk.Option) (*raw, *versori.Client) {
	t.Helper()
	r := &raw{answer: answer}
	client, err := versori.New(append([]sdk.Option{sdk.WithTransport(r), sdk.WithToken(apiKey), versori.WithOrganisation(organisationID)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return r, client
}

func (r *raw) RoundTrip(request *http.Request) (*http.Response, error) {
	var body []byte
	if request.Body != nil {
		body, _ = io.ReadAll(request.Body)
		_ = request.Body.Close()
	}
	r.mu.Lock()
	r.header = request.Header
	if request.Method != http.MethodGet {
		r.bodies, r.paths = append(r.bodies, string(body)), append(r.paths, request.URL.Path)
	}
	r.mu.Unlock()
	status, text := r.answer(request)
	if text == "" && status == http.StatusOK {
		text = string(body)
	}
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: request,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(text)), ContentLength: int64(len(text)),
	}, nil
}
