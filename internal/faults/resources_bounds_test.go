package faults_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

const (
	mib = 1 << 20
	gib = 1 << 30
	// slack is what a connection may have taken in beyond what was asked of it.
	slack = mib
)

// flooded injects a fault forever and gives a client's releases whose bytes on the wire are counted.
func flooded(t *testing.T, f fault.Fault, opts ...sdk.Option) (*releases.ReleasesService, *releasestest.Server, *meter) {
	t.Helper()
	s := releasestest.NewServer(t)
	s.Inject("", f.Forever())
	m := &meter{}
	return s.Client(append([]sdk.Option{sdk.WithTransport(m.transport(t))}, opts...)...).App(shop()).Releases, s, m
}

// wantTooLarge checks that a call ended at the limit, after one attempt, with so many bytes read at most.
func wantTooLarge(t *testing.T, name string, err error, m *meter, most int64) {
	t.Helper()
	assert.Is(t, err, sdk.ErrTooLarge, sdk.ErrInvalidResponse)
	if e := assert.APIError(t, err); e.Status != 200 || e.Attempts != 1 {
		t.Errorf("%s: %v", name, err)
	}
	if n := m.bytes.Swap(0); n > most {
		t.Errorf("%s: %d bytes were read, want at most %d", name, n, most)
	}
}

func floodsAreBounded(t *testing.T) {
	app, _, m := flooded(t, fault.Flood(10*gib), sdk.WithMaxBodySize(mib))
	_, err := app.Get(t.Context(), "rel_1")
	wantTooLarge(t, "Get", err, m, mib+slack)
	_, err = app.Activate(t.Context(), "rel_1")
	wantTooLarge(t, "Activate", err, m, mib+slack)
	wantTooLarge(t, "Delete", app.Delete(t.Context(), "rel_1"), m, mib+slack)
	for _, err := range app.All(t.Context(), releases.ReleaseListParams{}) {
		wantTooLarge(t, "All", err, m, mib+slack)
	}
}

func announcedFloodsAreNotRead(t *testing.T) {
	// The limit is the one that holds where nobody sets another.
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "67108865")
		for _, err := io.WriteString(w, `{"release_id":"`); err == nil; {
			_, err = w.Write(make([]byte, 32<<10))
		}
	})
	m := &meter{}
	err := get(t.Context(), s.clients(t, sdk.WithTransport(m.transport(t))))
	wantTooLarge(t, "Get", err, m, slack)
	// Whoever lifts the limit means it.
	large := `{"release_id":"` + strings.Repeat("x", 65*mib) + `"}`
	s = serve(t, answer(200, large))
	if err := get(t.Context(), s.clients(t, sdk.WithMaxBodySize(-1))); err != nil {
		t.Error(err)
	}
}

func errorFloodsAreBounded(t *testing.T) {
	for _, status := range []int{400, 404, 500} {
		app, s, m := flooded(t, fault.Fault{Status: status, Flood: 10 * gib}, sdk.WithMaxAttempts(2))
		_, err := app.Get(t.Context(), "rel_1")
		e := assert.APIError(t, err)
		if e.Status != status || len(e.Body) == 0 || len(e.Body) > 64<<10 || errors.Is(err, sdk.ErrTooLarge) || e.Attempts != len(s.Requests()) {
			t.Errorf("%d: %d bytes of body were kept: %v", status, len(e.Body), err)
		}
		if n := m.bytes.Load(); n > int64(e.Attempts)*(mib+slack) {
			t.Errorf("%d: %d bytes were read in %d attempts", status, n, e.Attempts)
		}
	}
}

func headersAreBounded(t *testing.T) {
	const offered = 64 * mib
	for name, c := range map[string]struct{ begin, more string }{
		"one long line":              {"HTTP/1.1 200 OK\r\nX-Long: ", strings.Repeat("x", 4<<10)},
		"many lines":                 {"HTTP/1.1 200 OK\r\n", strings.Repeat("X-Many: x\r\n", 400)},
		"a long status line":         {"HTTP/1.1 200 ", strings.Repeat("x", 4<<10)},
		"many answers of status 1xx": {"", strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 100)},
	} {
		taken := make(chan int, 1)
		s := serveBytes(t, func(conn *conn) {
			if conn.request() == 0 {
				return
			}
			conn.say(c.begin)
			sent := 0
			for sent < offered {
				n, err := io.WriteString(conn, c.more)
				if sent += n; err != nil {
					break
				}
			}
			taken <- sent
		})
		e := assert.APIError(t, create(t.Context(), s.clients(t)))
		if e.Status != 0 || e.Attempts != 1 || s.count() != 1 {
			t.Errorf("%s: %v", name, e)
		}
		// What the server could send beyond the limit of 1 MiB was held by buffers on the way.
		if n := <-taken; n > offered/2 {
			t.Errorf("%s: the client took %d bytes", name, n)
		}
	}
}

func bombsAreBounded(t *testing.T) {
	for name, size := range map[string]int64{
		"within the limit until it is unpacked": 512 * mib, "beyond the limit as it comes": 10 * gib,
	} {
		app, _, m := flooded(t, fault.GzipBomb(size), sdk.WithMaxBodySize(mib))
		_, err := app.Get(t.Context(), "rel_1")
		wantTooLarge(t, name, err, m, mib+slack)
		wantTooLarge(t, name, app.Delete(t.Context(), "rel_1"), m, mib+slack)
	}
	// The limit is one to the byte, packed or not.
	for _, name := range []string{"", "gzip"} {
		s := serve(t, answer(200, packed(name, `{"release_id":"`+strings.Repeat("x", mib-17)+`"}`), "Content-Encoding", name))
		if err := get(t.Context(), s.clients(t, sdk.WithMaxBodySize(mib))); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		assert.Is(t, get(t.Context(), s.clients(t, sdk.WithMaxBodySize(mib-1))), sdk.ErrTooLarge)
	}
}

// packed is text in a content encoding.
func packed(encoding, text string) string {
	if encoding != "gzip" {
		return text
	}
	var b strings.Builder
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, text)
	_ = z.Close()
	return b.String()
}

func errorBombsAreBounded(t *testing.T) {
	app, s, m := flooded(t, fault.Fault{Status: 502, GzipBomb: 10 * gib})
	_, err := app.Get(t.Context(), "rel_1")
	e := assert.APIError(t, err)
	if e.Status != 502 || e.Attempts != 4 || len(s.Requests()) != 4 || len(e.Body) > 64<<10 {
		t.Errorf("%d bytes of body were kept: %v", len(e.Body), err)
	}
	if n := m.bytes.Load(); n > 4*(mib+slack) {
		t.Errorf("%d bytes were read", n)
	}
}

func depthIsBounded(t *testing.T) {
	const levels = 100_000
	deep := strings.Repeat("[", levels) + strings.Repeat("]", levels)
	for name, body := range map[string]string{
		"a member that isn't known": `{"future":` + deep + `}`,
		"a member kept as it came":  `{"release_id":"x","endpoints":[` + deep + `]}`,
		"a free-form value":         `{"spans":[{"attributes":{"a":` + deep + `}}]}`,
		"the whole":                 deep,
		"objects":                   strings.Repeat(`{"release":`, levels) + "{}" + strings.Repeat("}", levels),
		"without an end":            `{"nodes":` + strings.Repeat("[", levels),
	} {
		s := serve(t, answer(200, body))
		c := s.clients(t)
		for _, o := range operations() {
			err := o.call(t.Context(), c)
			if !o.hasResult() { // doesn't look at the body
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			assert.Is(t, err, sdk.ErrInvalidResponse)
			if e := assert.APIError(t, err); e.Status != 200 || e.Attempts != 1 {
				t.Errorf("%s of %s: %v", name, o.name, err)
			}
		}
		var v any
		assert.Is(t, c.releases.Do(t.Context(), "GET", "/v1/x", nil, nil, &v), sdk.ErrInvalidResponse)
	}
	s := serve(t, answer(400, `{"message":"m","detail":`+deep+`}`))
	for _, o := range operations() {
		if e := assert.APIError(t, o.call(t.Context(), s.clients(t))); e.Status != 400 {
			t.Errorf("an error body of %s: %v", o.name, e)
		}
	}
}

func numbersAreExact(t *testing.T) {
	const large = 9007199254740993 // 2^53 + 1, which a float64 can't hold
	s := serve(t, answer(200, `{"release_number":9007199254740993,"endpoint_count":-9223372036854775808,
		"future":9007199254740993,"files":[{"size":9007199254740993}],
		"spans":[{"attributes":{"n":9007199254740993,"huge":1e400}}]}`))
	c := s.clients(t)
	release, err := c.app.Releases.Get(t.Context(), "rel_1")
	if err != nil {
		t.Fatal(err)
	}
	future, _ := release.Extra.Get("future")
	if release.ReleaseNumber != large || release.EndpointCount != -1<<63 || string(future) != "9007199254740993" {
		t.Errorf("got %+v", release)
	}
	software, err := c.licensing.Releases.Update(t.Context(), "rel_1", someUpdate())
	if err != nil || software.Files[0].Size != large {
		t.Errorf("a size: %+v, %v", software, err)
	}
	flow, err := c.versori.Flows.Update(t.Context(), project, "orders", someFlow())
	if err != nil {
		t.Fatal(err)
	}
	attributes := flow.Spans[0].Attributes
	if attributes["n"] != json.Number("9007199254740993") || attributes["huge"] != json.Number("1e400") {
		t.Errorf("free-form values: %v", attributes)
	}
	var v map[string]any
	if err := c.releases.Do(t.Context(), "GET", "/v1/x", nil, nil, &v); err != nil || v["future"] != json.Number("9007199254740993") {
		t.Errorf("Do: %v, %v", v, err)
	}
}

func numbersOutOfRangeAreErrors(t *testing.T) {
	wrong := func(call func(context.Context, *clients, ...sdk.Option) error, body string) {
		t.Helper()
		s := serve(t, answer(200, body))
		err := call(t.Context(), s.clients(t))
		assert.Is(t, err, sdk.ErrInvalidResponse)
		if e := assert.APIError(t, err); e.Status != 200 || e.Attempts != 1 || string(e.Body) != body {
			t.Errorf("%s: %v", body, err)
		}
	}
	for _, number := range []string{"1e400", "9223372036854775808", "1.5", "1e2", `"1"`, "-", "01", "NaN", "0x1", "[]"} {
		wrong(get, `{"release_number":`+number+`}`)
	}
	for _, number := range []string{"1e400", "-1e400", `"1"`, "Infinity", ".5", "1.", "+1"} {
		wrong(updateFlow, `{"spans":[{"duration":`+number+`}]}`)
	}
}
