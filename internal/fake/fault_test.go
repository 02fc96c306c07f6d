package fake_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/fake"
)

func TestFaultsAnswer(t *testing.T) {
	t.Parallel()
	const jsonType = "application/json"
	tests := []struct {
		name    string
		fault   fault.Fault
		status  int
		body    string // a prefix
		header  string // one to look for
		value   string
		handled bool // the request has had its effect
	}{
		{"no fault", fault.Pass(), 200, release, "Content-Type", jsonType, true},
		{"status", fault.Status(503), 503, `{"message":"Service Unavailable"}`, "Content-Type", jsonType, false},
		{"status with another type", fault.Fault{Status: 400, ContentType: "application/vnd.x+json"}, 400, `{"message":"Bad Request"}`, "Content-Type", "application/vnd.x+json", false},
		{"retry after", fault.RetryAfter(429, 1500*time.Millisecond), 429, `{"message":"Too Many Requests"}`, "Retry-After", "2", false},
		{"retry after in another form", fault.Status(503).With("Retry-After", "Fri, 20 Nov 2026 10:00:00 GMT"), 503, "{", "Retry-After", "Fri, 20 Nov 2026 10:00:00 GMT", false},
		{"ready answer", fault.Answer(400, jsonType, []byte("{}")), 400, "{}", "Content-Type", jsonType, false},
		{"page of a proxy", fault.HTML(502), 502, "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title>", "Content-Type", "text/html; charset=utf-8", false},
		{"captive portal", fault.Fault{HTML: true}, 200, "<!DOCTYPE html>", "", "", false},
		{"garbage", fault.Garbage(), 200, `{"items": [{"id": upstream`, "Content-Type", jsonType, false},
		{"trailing garbage", fault.TrailingGarbage(), 200, release + "\n<script", "Content-Type", jsonType, true},
		{"empty body", fault.Empty(400), 400, "", "Content-Length", "0", false},
		{"empty body of the real answer", fault.Fault{EmptyBody: true}, 200, "", "Content-Type", "", true},
		{"redirect", fault.Redirect(302, "https://elsewhere.example/"), 302, "", "Location", "https://elsewhere.example/", false},
		{"redirect without a status", fault.Fault{Redirect: "/x"}, 307, "", "Location", "/x", false},
		{"delay", fault.Delay(20 * time.Millisecond), 200, release, "", "", true},
		{"late status", fault.Status(500).After(20 * time.Millisecond), 500, "{", "", "", false},
		{"slow body", fault.Slow(20, time.Millisecond), 200, release, "", "", true},
		{"header", fault.Pass().With("X-Maintenance", "yes"), 200, release, "X-Maintenance", "yes", true},
		{"flood", fault.Flood(3 << 20), 200, `"aaaa`, "Content-Type", jsonType, false},
		{"gzip bomb", fault.GzipBomb(5<<20 + 17), 200, `"aaaa`, "", "", false},
		{"no length", fault.Fault{NoLength: true}, 200, release, "", "", true},
		{"dropped connection", fault.Drop(), 200, release, "", "", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			handled := make(chan struct{}, 2)
			s.Handle("Releases.Active", func(*fake.Request) fake.Response {
				handled <- struct{}{}
				return fake.JSON(200, raw(release))
			})
			s.Inject("Releases.Active", test.fault)
			began := time.Now()
			r := mustSend(t, s, "GET", "/releases/active", "")
			if wait := time.Since(began); wait < test.fault.Delay {
				t.Errorf("after %s", wait)
			}
			if r.status != test.status || !strings.HasPrefix(r.body, test.body) || (test.body == "" && r.body != "") {
				t.Errorf("got %d %.200q", r.status, r.body)
			}
			if got := r.header.Get(test.header); got != test.value {
				t.Errorf("%s is %q", test.header, got)
			}
			if got := len(handled) == 1; got != test.handled {
				t.Errorf("handled: %t", got)
			}
			for _, size := range []int64{test.fault.Flood, test.fault.GzipBomb} {
				if size > 0 && (int64(len(r.body)) != size || strings.Trim(r.body, `"a`) != "") {
					t.Errorf("%d bytes", len(r.body))
				}
			}
			if r = mustSend(t, s, "GET", "/releases/active", ""); r.status != 200 || r.body != release {
				t.Errorf("the next request got %d %q", r.status, r.body)
			}
			wantProblems(t, s)
		})
	}
}

func TestFaultsBreakTheConnection(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		fault   fault.Fault
		want    error
		status  int // in the record
		handled bool
	}{
		{"cut body", fault.CutBody(), io.ErrUnexpectedEOF, 201, true},
		{"cut body of a fault", fault.Fault{Status: 500, CutBody: true}, io.ErrUnexpectedEOF, 500, false},
		{"reset", fault.Reset(), syscall.ECONNRESET, 0, false},
		{"reset before the body", fault.ResetBeforeBody(), syscall.ECONNRESET, 0, false},
		{"reset after handling", fault.ResetAfterHandling(), syscall.ECONNRESET, 0, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			handled := make(chan struct{}, 1)
			s.Handle("Releases.Create", func(*fake.Request) fake.Response {
				handled <- struct{}{}
				return fake.JSON(201, raw(release))
			})
			s.Inject("", test.fault)
			_, err := send(t, s, "POST", "/releases", `{"name":"x"}`)
			if !errors.Is(err, test.want) {
				t.Errorf("got %v", err)
			}
			if got := len(handled) == 1; got != test.handled {
				t.Errorf("handled: %t", got)
			}
			seen := s.Requests()
			if len(seen) != 1 || seen[0].Status != test.status || !seen[0].Faulty {
				t.Errorf("recorded %+v", seen)
			}
			if body := string(seen[0].Body); (body == "") != (test.fault.Reset == fault.BeforeBody) {
				t.Errorf("recorded body %q", body)
			}
			wantProblems(t, s)
		})
	}
}

func TestCutSilentlyLooksComplete(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	handleAll(s)
	s.Inject("", fault.CutSilently())
	r := mustSend(t, s, "GET", "/releases/active", "")
	if r.body != release[:len(release)/2] || r.header.Get("Content-Length") != "" {
		t.Errorf("got %q", r.body)
	}
	wantProblems(t, s)
}

func TestDropClosesAnIdleConnection(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	handleAll(s)
	var dials atomic.Int32
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		dials.Add(1)
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	s.Inject("", fault.Pass(), fault.Drop())
	for range 4 { // the client notices, sooner or later, and dials again
		if r, err := sendWith(t, client, s, "GET", "/releases/active", ""); err != nil || r.body != release || r.header.Get("Connection") != "" {
			t.Errorf("got %v, %v", r, err)
		}
	}
	if n := dials.Load(); n != 2 {
		t.Errorf("%d connections", n)
	}
	wantProblems(t, s)
}

func TestWaitingEndsWithTheClient(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		fault fault.Fault
	}{
		{"stall", fault.Stall()},
		{"delay", fault.Delay(time.Hour)},
		{"slow body", fault.Slow(1, time.Hour)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			handleAll(s)
			s.Inject("Releases.Active", test.fault)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			ended := make(chan error, 1)
			client := newClient(t)
			go func() {
				req, _ := http.NewRequestWithContext(ctx, "GET", s.URL()+"/releases/active", nil)
				res, err := client.Do(req)
				if err == nil {
					_, err = io.ReadAll(res.Body)
					res.Body.Close()
				}
				ended <- err
			}()
			if err := s.Await(ctx, "Releases.Active", 1); err != nil {
				t.Fatal(err)
			}
			cancel()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			s.Close() // waits for the handler, which must not sit out the hour
		})
	}
}

func TestWaitingEndsWithTheServer(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.Inject("", fault.Stall())
	client := newClient(t)
	ended := make(chan error, 1)
	go func() {
		_, err := client.Get(s.URL() + "/config")
		ended <- err
	}()
	if err := s.Await(t.Context(), "", 1); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if err := <-ended; err == nil {
		t.Error("a stalled request was answered")
	}
}

func TestFaultsAreTakenInOrder(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	handleAll(s)
	s.Inject("", fault.Status(500), fault.Status(501).Repeat(2))
	s.Inject("Releases.Active", fault.Pass(), fault.Status(429))
	if got := s.PendingFaults(); got != 4 {
		t.Errorf("%d pending", got)
	}
	statuses := func(paths ...string) (list []int) {
		for _, path := range paths {
			list = append(list, mustSend(t, s, "GET", path, "").status)
		}
		return list
	}
	got := statuses("/config", "/releases/active", "/releases/active", "/releases/active", "/config", "/config")
	if want := []int{500, 200, 429, 501, 501, 204}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	s.Inject("", fault.Status(502).Forever(), fault.Status(599))
	if got, want := statuses("/config", "/config", "/config"), []int{502, 502, 502}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	s.ClearFaults()
	if got := statuses("/config"); got[0] != 204 || s.PendingFaults() != 0 {
		t.Errorf("got %v", got)
	}
	wantProblems(t, s)
}

func TestRequestsThatMeetAFaultAreChecked(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.Inject("", fault.Status(503).Repeat(2), fault.Reset())
	if r := mustSend(t, s, "POST", "/releases", `{}`); r.status != 503 {
		t.Errorf("got %d", r.status)
	}
	if r := mustSend(t, s, "GET", "/nothing", ""); r.status != 503 {
		t.Errorf("got %d", r.status)
	}
	if _, err := send(t, s, "POST", "/releases", `[]`); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v", err)
	}
	wantProblems(t, s,
		"fake: POST Releases.Create: body /name is missing",
		"fake: GET /v1/nothing: the document has no such path",
		"fake: POST Releases.Create: body: value must be an object")
}
