package constructs

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/wharfinger/sdk"
)

// FuzzStream compares what a stream gives with a parser that has all of it before it: one that is too simple to be
// wrong, and no good for anything else.
func FuzzStream(f *testing.F) {
	for _, seed := range []string{
		"", "data: 1\n\n", "event: a\r\nid: 1\r\ndata: 1\r\n\r\n", "data: 1\r\rdata: 2\r\r", "\ufeffdata: 1\n\n", ":\n\ndata\ndata\n\n",
		"id: 1\x00\ndata: 1\n\nid\ndata:  2\n", "retry: 1\nx\n\n\n\rdata: \xff\n\n", "data: 1\n\r\ndata: 2\n\n\r", "event: a\n\ndata: 1\n\n: cut", "\ufeff",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		want, cut := parse(body)
		for _, reader := range []io.Reader{bytes.NewReader(body), iotest.OneByteReader(bytes.NewReader(body))} {
			got, err := read(t, inMemory(t, served(reader)).Streams.Watch(t.Context(), StreamWatchParams{}))
			if errors.Is(err, io.ErrUnexpectedEOF) != cut || err != nil && !cut {
				t.Fatalf("it ended with %v, cut: %t", err, cut)
			}
			if !slices.EqualFunc(got, want, same) {
				t.Fatalf("got  %s\nwant %s", text(got), text(want))
			}
		}
	})
}

// same compares events.
func same(a, b sdk.StreamEvent) bool {
	return a.Name == b.Name && a.ID == b.ID && bytes.Equal(a.Data, b.Data)
}

// parse gives the events of a whole stream, and whether it ends within a line or within an event.
func parse(body []byte) (events []sdk.StreamEvent, cut bool) {
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(body)), "\n")
	rest := lines[len(lines)-1] // of a line that never ended
	lines[0] = strings.TrimPrefix(lines[0], "\ufeff")
	var name, id string
	var data []string
	for _, line := range lines[:len(lines)-1] {
		if line == "" {
			if data != nil {
				events = append(events, sdk.StreamEvent{Name: cmp.Or(name, "message"), ID: id, Data: []byte(strings.Join(data, "\n"))})
			}
			name, data = "", nil
			continue
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case field == "event":
			name = value
		case field == "data":
			data = append(data, value)
		case field == "id" && !strings.Contains(value, "\x00"):
			id = value
		}
	}
	return events, data != nil || rest != ""
}
