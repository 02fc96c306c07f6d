package faults_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

func resources() []check {
	return []check{
		{35, "a connection is used again after answers of every kind", connectionsAreReused},
		{35, "a connection is used again after each failed attempt of a call", attemptsShareAConnection},
		{36, "a call that fails leaves the idle connections of others alone", idleConnectionsSurvive},
		{36, "an HTTP client of the user's own keeps its idle connections", usersConnectionsSurvive},
		{37, "the body of every answer is closed whatever comes of the call", bodiesAreClosed},
		{37, "a call that is cancelled in the middle of an answer closes it", cancelledBodiesAreClosed},
		{38, "an endless answer ends at the limit", floodsAreBounded},
		{38, "an answer that announces too much isn't read at all", announcedFloodsAreNotRead},
		{38, "an endless error body is read in part and its status kept", errorFloodsAreBounded},
		{38, "headers without end are refused", headersAreBounded},
		{39, "a gzip bomb ends at the limit that holds after decompression", bombsAreBounded},
		{39, "a gzip bomb in an error body leaves the error as it is", errorBombsAreBounded},
		{40, "deep nesting is an error wherever it stands", depthIsBounded},
		{40, "whole numbers of 64 bits arrive exactly wherever they stand", numbersAreExact},
		{40, "a number that its field can't hold is an error", numbersOutOfRangeAreErrors},
		{41, "a body that trickles ends in time", tricklingBodiesEnd},
		{41, "an error body that trickles keeps the status", tricklingErrorsKeepTheirStatus},
		{41, "headers that trickle end with the attempt", tricklingHeadersEnd},
	}
}

// connectionsAreReused needs every answer to be read to its end before it is closed.
func connectionsAreReused(t *testing.T) {
	kinds := []http.HandlerFunc{
		success(), failure(500), answer(200, "{"), answer(200, "<html>", "Content-Type", "text/html"), answer(404, ""),
		answer(500, strings.Repeat("x", 200<<10)), answer(302, "moved", "Location", "/elsewhere"), answer(200, ""),
	}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		kinds[int(r.Header.Get("X-Kind")[0]-'a')](w, r)
	})
	c := s.clients(t, sdk.WithMaxAttempts(1))
	for range 10 {
		for kind := range kinds {
			for _, o := range operations() {
				_ = o.call(context.Background(), c, sdk.WithHeader("X-Kind", string(rune('a'+kind)))) // only the connection counts
			}
		}
	}
	// One of each platform's client, for each has a transport of its own.
	if n := s.connections(); n != 4 {
		t.Errorf("%d requests went over %d connections, want 4", s.count(), n)
	}
}

func attemptsShareAConnection(t *testing.T) {
	var n atomic.Int64
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1)%2 == 0 {
			success()(w, r)
			return
		}
		failure(500)(w, r)
	})
	c := s.clients(t)
	for range 10 {
		if err := get(context.Background(), c); err != nil {
			t.Fatal(err)
		}
	}
	if s.count() != 20 || s.connections() != 1 {
		t.Errorf("%d requests went over %d connections, want 20 over 1", s.count(), s.connections())
	}
}

func idleConnectionsSurvive(t *testing.T) {
	const callers = 8
	crowd := &crowd{n: callers}
	for name, c := range map[string]struct {
		spoil  http.HandlerFunc
		broken int // connections: that of the POST and those of the four attempts of the DELETE, if any
	}{
		"every attempt fails":      {failure(500), 0},
		"the answer can't be read": {answer(200, "{", "Content-Type", "text/html"), 0},
		"a redirect is refused":    {answer(302, "", "Location", "https://other.example/"), 0},
		"the connection is reset":  {resets, 5},
		"the body is cut off":      {cuts, 5},
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				crowd.answer(w, r)
				return
			}
			c.spoil(w, r)
		})
		clients := s.clients(t)
		crowd.call(t, clients) // leaves as many idle connections
		if n := s.connections(); n != callers {
			t.Fatalf("%s: %d connections for %d calls at once", name, n, callers)
		}
		if create(context.Background(), clients) == nil || remove(context.Background(), clients) == nil {
			t.Fatalf("%s: a call succeeded", name)
		}
		crowd.call(t, clients)
		if n := s.connections(); n != callers+c.broken {
			t.Errorf("%s: %d connections, want %d and %d in place of those that broke", name, n, callers, c.broken)
		}
	}
}

func usersConnectionsSurvive(t *testing.T) {
	own := &noticing{RoundTripper: http.DefaultTransport}
	for _, opt := range []sdk.Option{sdk.WithTransport(own), sdk.WithHTTPClient(&http.Client{Transport: own})} {
		for _, step := range []http.HandlerFunc{failure(500), resets, cuts, answer(302, "", "Location", "https://other.example/")} {
			s := serve(t, step)
			c := s.clients(t, opt)
			for _, o := range operations() {
				if err := o.call(t.Context(), c); err == nil {
					t.Errorf("%s succeeded", o.name)
				}
			}
		}
	}
	if n := own.told.Load(); n != 0 {
		t.Errorf("the user's transport was told %d times to close its idle connections", n)
	}
}

// everyFault is each way of the fake to answer, well or badly.
func everyFault() map[string]fault.Fault {
	return map[string]fault.Fault{
		"success": fault.Pass(), "500": fault.Status(500), "404": fault.Status(404), "429": fault.RetryAfter(429, time.Hour),
		"HTML": fault.HTML(200), "HTML with 502": fault.HTML(502), "garbage": fault.Garbage(), "trailing garbage": fault.TrailingGarbage(),
		"empty": fault.Empty(200), "empty 400": fault.Empty(400), "cut": fault.CutBody(), "cut silently": fault.CutSilently(),
		"cut 500": {Status: 500, CutBody: true}, "dropped": fault.Drop(), "redirect home": fault.Redirect(307, "/v1/orgs/a"),
		"redirect elsewhere": fault.Redirect(302, "https://other.example/"), "redirect nowhere": fault.Redirect(302, "http://["),
		"redirect without a place": {Status: 301, Body: []byte("moved")}, "flood": fault.Flood(1 << 30), "bomb": fault.GzipBomb(1 << 30),
		"flood of a 500": {Status: 500, Flood: 1 << 30}, "not gzip": fault.Pass().With("Content-Encoding", "gzip"),
		"unknown encoding": fault.Pass().With("Content-Encoding", "br"), "text": {Body: []byte("fine"), ContentType: "text/plain"},
		"null": fault.Answer(200, "application/json", []byte("null")), "no length": {NoLength: true}, "204": fault.Empty(204),
	}
}

func bodiesAreClosed(t *testing.T) {
	for name, f := range everyFault() {
		s := releasestest.NewServer(nil) // what the faults do to the document's rules is not the matter
		t.Cleanup(s.Close)
		var tr tracking
		client := s.Client(sdk.WithMiddleware(tr.wrap), sdk.WithMaxBodySize(1<<20))
		app := client.App(shop()).Releases
		s.Seed(shop(), 2)
		s.Inject("", f.Forever())
		ctx := context.Background()
		// Whether a call fails is not the matter here.
		_, _ = app.Get(ctx, "rel_000001")
		_, _ = app.Activate(ctx, "rel_000001")
		_ = app.Delete(ctx, "rel_000002")
		for range app.All(ctx, releases.ReleaseListParams{Limit: 1}) {
			break
		}
		path := "/v1/orgs/acme/workspaces/main/apps/shop/releases"
		var text []byte
		var n int
		_ = client.Do(ctx, "GET", path, nil, nil, nil)
		_ = client.Do(ctx, "GET", path, url.Values{"limit": {"1"}}, nil, &text)
		_ = client.Do(ctx, "GET", path, nil, nil, &n)
		if tr.given.Load() < 4 || tr.open.Load() != 0 {
			t.Errorf("%s: of %d bodies %d were left open", name, tr.given.Load(), tr.open.Load())
		}
	}
}

func cancelledBodiesAreClosed(t *testing.T) {
	for _, o := range operations() {
		ctx, cancel := context.WithCancel(context.Background())
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100000")
			_, _ = io.WriteString(w, anything)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done() // the connection is closed because the body is
		})
		var tr tracking
		cancelling := sdk.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return tripper(func(r *http.Request) (*http.Response, error) {
				defer cancel() // the headers are there, and most of the body isn't
				return next.RoundTrip(r)
			})
		})
		err := o.call(ctx, s.clients(t, cancelling, sdk.WithMiddleware(tr.wrap)))
		assert.Is(t, err, context.Canceled)
		if tr.given.Load() != 1 || tr.open.Load() != 0 || s.count() != 1 {
			t.Errorf("%s: of %d bodies %d were left open, %d requests", o.name, tr.given.Load(), tr.open.Load(), s.count())
		}
	}
}
