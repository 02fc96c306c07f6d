package constructs

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/fake"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// inMemory gives a client whose requests go to a function.
func inMemory(t testing.TB, answer roundTripper, opts ...sdk.Option) *Client {
	t.Helper()
	s, err := New(append([]sdk.Option{sdk.WithToken("token-of-the-test"), sdk.WithTransport(answer), WithScope("main")}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// served answers every request with an event stream.
func served(body io.Reader) roundTripper {
	return func(r *http.Request) (*http.Response, error) {
		return answer(r, "text/event-stream", io.NopCloser(body)), nil
	}
}

func answer(r *http.Request, contentType string, body io.ReadCloser) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {contentType}}, Body: body, ContentLength: -1, Request: r,
	}
}

// read reads a stream to its end. A failure must be the last that it yields.
func read(t testing.TB, stream iter.Seq2[sdk.StreamEvent, error]) (events []sdk.StreamEvent, err error) {
	t.Helper()
	for event, failure := range stream {
		if err != nil {
			t.Errorf("after %v it goes on with %+v, %v", err, event, failure)
		}
		if err = failure; err == nil {
			events = append(events, event)
		}
	}
	return events, err
}

func text(events []sdk.StreamEvent) string {
	var list []string
	for _, e := range events {
		list = append(list, fmt.Sprintf("%s/%s/%q", e.Name, e.ID, e.Data))
	}
	return strings.Join(list, " ")
}

func TestStreamsAreReadByTheFormat(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"nothing":                             {"", ""},
		"lines that end with LF":              {"event: a\ndata: 1\n\ndata: 2\n\n", `a//"1" message//"2"`},
		"lines that end with CR LF":           {"event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n", `a//"1" message//"2"`},
		"lines that end with CR":              {"event: a\rdata: 1\r\rdata: 2\r\r", `a//"1" message//"2"`},
		"lines that end in all ways":          {"event: a\r\ndata: 1\n\r\ndata: 2\r\n\rdata: 3\n\n", `a//"1" message//"2" message//"3"`},
		"comments":                            {":\n: hello\n:data: no\n\ndata: 1\n: in between\ndata: 2\n\n", `message//"1\n2"`},
		"data of several lines":               {"data: a\ndata\ndata:\ndata:  b\n\n", `message//"a\n\n\n b"`},
		"data that is empty":                  {"data\n\ndata:\n\n", `message//"" message//""`},
		"one space is cut off and no more":    {"data:a\n\ndata:  a \n\n", `message//"a" message//" a "`},
		"colons in data":                      {"data: a: b:c\n\n", `message//"a: b:c"`},
		"a name without data":                 {"event: a\n\ndata: 1\n\n", `message//"1"`},
		"the last name counts":                {"event: a\nevent: b\ndata: 1\n\n", `b//"1"`},
		"an id holds until the next":          {"id: 1\ndata: a\n\ndata: b\n\nid: 2\n\ndata: c\n\nid\ndata: d\n\n", `message/1/"a" message/1/"b" message/2/"c" message//"d"`},
		"an id with a zero byte is none":      {"id: 1\ndata: a\n\nid: 2\x00\ndata: b\n\n", `message/1/"a" message/1/"b"`},
		"members that nobody knows":           {"retry: 10\nfoo: bar\nDATA: x\n data: x\ndata: 1\n\n", `message//"1"`},
		"a byte order mark":                   {"\ufeffdata: 1\n\n\ufeffdata: 2\n\ndata: \ufeff3\n\n", `message//"1" message//"\ufeff3"`},
		"many blank lines":                    {"\n\n\r\n\rdata: 1\n\n\n\n\n", `message//"1"`},
		"what follows no blank line, no data": {"data: 1\n\nevent: a\nid: 7\n: end\n", `message//"1"`},
		"text of any language":                {"data: žluťoučký 🐎\n\n", `message//"žluťoučký 🐎"`},
	} {
		for how, body := range map[string]io.Reader{"at once": strings.NewReader(c.body), "byte by byte": iotest.OneByteReader(strings.NewReader(c.body))} {
			events, err := read(t, inMemory(t, served(body)).Streams.Watch(t.Context(), StreamWatchParams{}))
			if got := text(events); err != nil || got != c.want {
				t.Errorf("%s, %s: got %s, %v, want %s", name, how, got, err, c.want)
			}
		}
	}
}

func TestStreamsThatAreCutOff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"behind a line of an event":  {"data: 1\n\ndata: 2\n", `message//"1"`},
		"behind a carriage return":   {"data: 1\r", ``},
		"within a line":              {"data: 1\n\ndat", `message//"1"`},
		"within a comment":           {"data: 1\n\n: keep-al", `message//"1"`},
		"within the first character": {"d", ``},
	} {
		events, err := read(t, inMemory(t, served(strings.NewReader(c.body))).Streams.Watch(t.Context(), StreamWatchParams{}))
		var e *sdk.Error
		if text(events) != c.want || !errors.Is(err, io.ErrUnexpectedEOF) || !errors.As(err, &e) {
			t.Fatalf("%s: got %s, %v, want %s", name, text(events), err, c.want)
		}
		if e.Service != "constructs" || e.Operation != "Streams.Watch" || e.Path != "/events" || e.Attempts != 1 {
			t.Errorf("%s: got %+v", name, e)
		}
	}
	lost := errors.New("the line is dead")
	body := io.MultiReader(strings.NewReader("data: 1\n\n"), iotest.ErrReader(lost))
	events, err := read(t, inMemory(t, served(body)).Streams.Watch(t.Context(), StreamWatchParams{}))
	if len(events) != 1 || !errors.Is(err, lost) {
		t.Errorf("a body that can't be read on: got %s, %v", text(events), err)
	}
}

// Over a real connection a body that ends too early is told from one that ends.
func TestStreamsThatTheServerCutsOff(t *testing.T) {
	t.Parallel()
	s, services := serve(t)
	streams := services.Streams
	body := strings.Repeat("data: 1\n\n", 4)
	s.Handle("Streams.Watch", func(*fake.Request) fake.Response { return fake.Bytes(200, "text/event-stream", []byte(body)) })
	s.Inject("Streams.Watch", fault.CutBody(), fault.Slow(5, 0))
	events, err := read(t, streams.Watch(t.Context(), StreamWatchParams{}))
	if len(events) != 2 || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut: got %s, %v", text(events), err)
	}
	for _, how := range []string{"slowly", "as usual"} {
		if events, err := read(t, streams.Watch(t.Context(), StreamWatchParams{})); len(events) != 4 || err != nil {
			t.Errorf("%s: got %s, %v", how, text(events), err)
		}
	}
}

func TestEventsOfAnySizeUpToTheLimit(t *testing.T) {
	t.Parallel()
	watch := func(body string, opts ...sdk.Option) ([]sdk.StreamEvent, error) {
		return read(t, inMemory(t, served(strings.NewReader(body)), opts...).Streams.Watch(t.Context(), StreamWatchParams{}))
	}
	const size = 10 << 20
	events, err := watch("data: " + strings.Repeat("x", size) + "\n\n")
	if err != nil || len(events) != 1 || len(events[0].Data) != size {
		t.Errorf("10 MB in one line: %d events, %v", len(events), err)
	}
	line := "data: " + strings.Repeat("x", 1023) + "\n"
	events, err = watch(strings.Repeat(line, size>>10) + "\n")
	if err != nil || len(events) != 1 || len(events[0].Data) != size-1 {
		t.Errorf("10 MB in many lines: %d events, %v", len(events), err)
	}
	limit := sdk.WithMaxBodySize(100)
	small := "data: " + strings.Repeat("x", 50) + "\n\n"
	if events, err = watch(strings.Repeat(small, 10), limit); err != nil || len(events) != 10 {
		t.Errorf("ten events that together are larger: %d events, %v", len(events), err)
	}
	for name, body := range map[string]string{
		"a line":           "data: " + strings.Repeat("x", 200) + "\n\n",
		"many lines":       strings.Repeat("data: xxxxxxxxxx\n", 20) + "\n",
		"many empty lines": strings.Repeat("data\n", 200) + "\n",
		"a comment":        ":" + strings.Repeat("x", 200) + "\n\n",
		"a name":           "event: " + strings.Repeat("x", 200) + "\ndata: 1\n\n",
		"a line for ever":  "data: " + strings.Repeat("x", 1<<20),
	} {
		events, err := watch(small+body, limit)
		if len(events) != 1 || !errors.Is(err, sdk.ErrTooLarge) {
			t.Errorf("%s above the limit: %d events, %v", name, len(events), err)
		}
	}
	if events, err = watch("data: "+strings.Repeat("x", 200)+"\n\n", sdk.WithMaxBodySize(-1)); err != nil || len(events) != 1 {
		t.Errorf("without a limit: %d events, %v", len(events), err)
	}
}
