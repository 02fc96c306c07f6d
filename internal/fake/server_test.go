package fake_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/fake"
)

func TestProblemsFailTheTest(t *testing.T) {
	t.Parallel()
	tb := &assert.Recorder{}
	s := fake.New(tb, []byte(document), fake.WithName("releasestest"))
	handleAll(s)
	mustSend(t, s, "GET", "/releases?limti=1", "")
	respond(s, "Releases.Get", fake.JSON(200, raw(strings.TrimSuffix(release, "}")+`,"files":[{"size":"x"}]}`)))
	mustSend(t, s, "GET", "/releases/"+id, "")
	s.Handle("Releases.List2", nil)
	s.Inject("Releases.List2", fault.Stall())
	s.ExpectInvalid("Releases.Create")
	tb.Finish()
	want := []string{
		`releasestest: GET Releases.List: query parameter "limti" is not in the document`,
		`releasestest: GET Releases.Get: answer 200: /files/0/size: value must be an integer`,
		`releasestest: Handle: the document has no operation "Releases.List2"`,
		`releasestest: Inject: the document has no operation "Releases.List2"`,
		`releasestest: an invalid request to Releases.Create was expected and never came`,
	}
	if got := tb.Reported(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("reported\n%s", strings.Join(got, "\n"))
	}
	wantProblems(t, s, want...)
	s.Handle("Releases.List3", nil) // the test has ended: noted, not reported
	if got := len(tb.Reported()); got != len(want) {
		t.Errorf("%d reported after the end", got)
	}
}

func TestAnyNumberOfServersShareADocument(t *testing.T) {
	t.Parallel()
	doc, err := fake.Load([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			s := doc.Serve(nil)
			defer s.Close()
			handleAll(s)
			if r, err := send(t, s, "GET", "/releases/active", ""); err != nil || r.status != 200 {
				t.Errorf("got %d, %v", r.status, err)
			}
			wantProblems(t, s)
		})
	}
	all.Wait()
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	first := newServer(t)
	address := strings.TrimPrefix(first.Origin(), "http://")
	s := fake.New(nil, []byte(document), fake.WithAddress(address))
	defer s.Close()
	if s.Err() == nil || s.URL() != "" || len(s.Problems()) != 1 {
		t.Errorf("error %v, URL %q, problems %q", s.Err(), s.URL(), s.Problems())
	}
}

func TestOwnListener(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, fake.WithListener(listener))
	handleAll(s)
	if want := "http://" + listener.Addr().String() + "/v1"; s.URL() != want {
		t.Errorf("URL %q", s.URL())
	}
	if r := mustSend(t, s, "GET", "/config", ""); r.status != 204 {
		t.Errorf("got %d", r.status)
	}
}

func TestMountedHandlers(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.Mount("/links/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, "%s %s", r.URL.Path, body)
	}))
	req, _ := http.NewRequestWithContext(t.Context(), "PUT", s.Origin()+"/links/a", strings.NewReader("data"))
	res, err := newClient(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); string(body) != "/links/a data" {
		t.Errorf("got %q", body)
	}
	if seen := s.Requests(); len(seen) != 1 || seen[0].Status != 201 || string(seen[0].Body) != "data" || seen[0].Operation != "" {
		t.Errorf("recorded %+v", seen)
	}
	wantProblems(t, s)
}

func TestMountedHandlersThatWriteNothing(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.Mount("/v1/links", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	if r := mustSend(t, s, "GET", "/links/a", ""); r.status != 200 {
		t.Errorf("got %d", r.status)
	}
	if seen := s.Requests(); len(seen) != 1 || seen[0].Status != 200 {
		t.Errorf("recorded %+v", seen)
	}
}

func TestBodiesThatAreTooLarge(t *testing.T) {
	t.Parallel()
	s := newServer(t, fake.WithBodyLimit(10))
	s.Mount("/v1/links", http.NotFoundHandler())
	if r := mustSend(t, s, "POST", "/releases", `{"name":"a long one"}`); r.status != 413 {
		t.Errorf("got %d", r.status)
	}
	if r := mustSend(t, s, "PUT", "/links/a", `{"name":"a long one"}`); r.status != 413 {
		t.Errorf("got %d", r.status)
	}
	if seen := s.Requests(); len(seen) != 2 || seen[1].Status != 413 {
		t.Errorf("recorded %+v", seen)
	}
	wantProblems(t, s,
		"fake: POST Releases.Create: the body has more than 10 bytes",
		"fake: PUT /v1/links/a: the body has more than 10 bytes")
}

func TestBodiesThatAreCutOffGetNoAnswer(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	handleAll(s)
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.Origin(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /v1/releases HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(conn); err != nil || len(got) > 0 {
		t.Errorf("got %q, %v", got, err)
	}
	if seen := s.Requests(); len(seen) != 1 || seen[0].Status != 0 {
		t.Errorf("recorded %+v", seen)
	}
	wantProblems(t, s)
}

func TestRecordedExchanges(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	handleAll(s)
	began := time.Now()
	mustSend(t, s, "GET", "/releases?search=a+b", "", "Authorization: Bearer secret", "Cookie: a=secret")
	mustSend(t, s, "POST", "/releases", `{"name":"x"}`)
	seen := s.Requests()
	if len(seen) != 2 {
		t.Fatalf("recorded %+v", seen)
	}
	list, create := seen[0], seen[1]
	if list.Operation != "Releases.List" || list.Path != "/v1/releases" || list.Query.Get("search") != "a b" || list.Status != 200 || list.Faulty {
		t.Errorf("recorded %+v", list)
	}
	if strings.Contains(fmt.Sprint(list), "secret") || list.Header.Get("Authorization") != "Bearer [redacted]" {
		t.Errorf("recorded header %v", list.Header)
	}
	if create.Method != "POST" || string(create.Body) != `{"name":"x"}` || create.Status != 201 || create.At.Before(list.At) || list.At.Before(began) {
		t.Errorf("recorded %+v", create)
	}
	create.Header.Set("X", "changed by the caller")
	create.Body[0] = 'X'
	if again := s.Requests("Releases.Create"); len(again) != 1 || again[0].Header.Get("X") != "" || again[0].Body[0] != '{' {
		t.Errorf("recorded %+v", again)
	}
	s.ForgetRequests()
	if seen := s.Requests(); len(seen) != 0 {
		t.Errorf("recorded %+v", seen)
	}
}

func TestOldExchangesAreDropped(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.Mount("/", http.NotFoundHandler())
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	for i := range 10_002 {
		if _, err := exchange(t, client, "GET", fmt.Sprintf("%s/%d", s.Origin(), i), ""); err != nil {
			t.Fatal(err)
		}
	}
	if seen := s.Requests(); len(seen) != 10_000 || seen[0].Path != "/2" || seen[9_999].Status != 404 {
		t.Errorf("%d kept, the first: %+v", len(seen), seen[:min(len(seen), 1)])
	}
}

func TestRequestsDontWaitForExchanges(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	answer, answered := make(chan struct{}), make(chan struct{})
	s.Handle("Config.Get", func(*fake.Request) fake.Response {
		<-answer
		return fake.NoContent()
	})
	go func() {
		defer close(answered)
		if r, err := send(t, s, "GET", "/config", ""); err != nil || r.status != 204 {
			t.Errorf("got %d, %v", r.status, err)
		}
	}()
	defer func() {
		close(answer)
		<-answered
		if seen := s.Requests(); len(seen) != 0 {
			t.Errorf("recorded %+v", seen)
		}
	}()
	if err := s.Await(t.Context(), "Config.Get", 1); err != nil {
		t.Fatal(err)
	}
	if seen := s.Requests(); len(seen) != 1 || seen[0].Status != 0 {
		t.Errorf("recorded %+v", seen)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := s.Await(ctx, "Config.Get", 2); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	s.ForgetRequests() // also while one is under way
}

func TestClock(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.FixedZone("CET", 3600))
	s := newServer(t)
	s.SetClock(func() time.Time { return noon })
	if got := s.Now(); !got.Equal(noon) || got.Location() != time.UTC {
		t.Errorf("got %s", got)
	}
	s.Advance(time.Hour)
	s.Advance(time.Minute)
	if got := s.Now().Sub(noon); got != 61*time.Minute {
		t.Errorf("advanced by %s", got)
	}
	s.SetClock(nil)
	if got := time.Since(s.Now()); got < 0 || got > time.Minute {
		t.Errorf("off by %s", got)
	}
}

func TestManyClientsAtOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	handleAll(s)
	transport := &http.Transport{MaxIdleConnsPerHost: 8}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 10 {
				s.Inject("Releases.Get", fault.Status(503))
				_, _ = sendWith(t, client, s, "GET", "/releases/"+id, "")
				_, _ = sendWith(t, client, s, "POST", "/releases", fmt.Sprintf(`{"name":"%d"}`, i))
				_ = s.Requests()
				respond(s, "Config.Get", fake.NoContent())
			}
		})
	}
	all.Wait()
	if got := len(s.Requests()); got != 160 {
		t.Errorf("%d recorded", got)
	}
	wantProblems(t, s)
}

// TestCloseLeavesNothingRunning isn't parallel: it counts goroutines.
func TestCloseLeavesNothingRunning(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 5 {
		s := fake.New(nil, []byte(document))
		handleAll(s)
		s.Inject("", fault.Pass(), fault.CutBody(), fault.Reset(), fault.Stall())
		transport := &http.Transport{}
		client := &http.Client{Transport: transport}
		for range 3 {
			_, _ = sendWith(t, client, s, "GET", "/releases/active", "")
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_, _ = client.Get(s.URL() + "/config")
		}()
		_ = s.Await(t.Context(), "Config.Get", 1)
		s.Close()
		s.Close()
		<-ended
		transport.CloseIdleConnections()
	}
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
		runtime.Gosched() // the last connection may still be on its way out
	}
	if after := runtime.NumGoroutine(); after > before {
		stacks := make([]byte, 1<<16)
		t.Errorf("%d goroutines before, %d after:\n%s", before, after, stacks[:runtime.Stack(stacks, true)])
	}
}
