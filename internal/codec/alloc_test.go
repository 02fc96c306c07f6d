package codec_test

import (
	"encoding/json"
	"runtime"
	"strings"
	"testing"

	"github.com/wharfinger/sdk/internal/codec"
)

// requireAllocs fails when f allocates more often than n times.
func requireAllocs(t *testing.T, what string, n float64, f func()) {
	t.Helper()
	if got := testing.AllocsPerRun(20, f); got > n {
		t.Errorf("%s: %.0f allocations, want %.0f at most", what, got, n)
	}
}

// These tests count allocations and must not run beside others.

func TestAllocationsOfAPage(t *testing.T) {
	_, data := samplePage(200)
	ours := testing.AllocsPerRun(5, func() {
		var p page
		if err := codec.Unmarshal(data, &p, (*page).decode); err != nil {
			t.Fatal(err)
		}
	})
	theirs := testing.AllocsPerRun(5, func() {
		var p page
		if err := json.Unmarshal(data, &p); err != nil {
			t.Fatal(err)
		}
	})
	if ours > theirs/50 {
		t.Errorf("%.0f allocations, encoding/json %.0f", ours, theirs)
	}
}

func TestAllocationsOfSmallThings(t *testing.T) {
	p, _ := samplePage(1)
	data, err := json.Marshal(p.Items[0])
	if err != nil {
		t.Fatal(err)
	}
	requireAllocs(t, "an item with a Decoder of its own", 5, func() {
		var v item
		_ = codec.Unmarshal(data, &v, (*item).decode)
	})
	d := codec.NewDecoder(nil)
	var v item
	numbers := []byte(`{"\u0069d":"","status":"draft","version":12345,"size":-1,"created_at":"2024-03-01T08:30:00Z","slug":""}`)
	requireAllocs(t, "a document without strings to keep", 0, func() {
		d.Reset(numbers)
		v.decode(d)
		_ = d.End()
	})
	unread := []byte(`{"id":"a","slug":"b"` + strings.Repeat(" ", 40) + `}`)
	requireAllocs(t, "skipping", 0, func() {
		d.Reset(unread)
		d.Value()
	})
	requireAllocs(t, "a request", 3, func() {
		e := codec.NewEncoder(true)
		p.Items[0].encode(e)
		_, _ = e.Bytes()
	})
}

func TestSmallDocumentTakesLittleMemory(t *testing.T) {
	data := []byte(`{"id":"an identifier","slug":"a slug"}`)
	const runs = 1000
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		var v item
		if err := codec.Unmarshal(data, &v, (*item).decode); err != nil {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if got := (after.TotalAlloc - before.TotalAlloc) / runs; got > 1024 {
		t.Errorf("%d bytes for a document of %d", got, len(data))
	}
}

func TestKeptStringKeepsLittleAlive(t *testing.T) {
	_, data := samplePage(200)
	var p page
	if err := codec.Unmarshal(data, &p, (*page).decode); err != nil {
		t.Fatal(err)
	}
	// A chunk is 4 KiB at most: with 200 items there must be many of them.
	kept := 0
	for _, v := range p.Items {
		kept += len(v.ID) + len(v.Slug) + len(v.Name) + len(v.Description) + len(v.Author) + len(v.Checksum) + len(v.URL) + len(v.Channel)
	}
	allocs := testing.AllocsPerRun(5, func() {
		var p page
		_ = codec.Unmarshal(data, &p, (*page).decode)
	})
	if chunks := float64(kept / 4096); allocs < chunks {
		t.Errorf("%d bytes of strings in %.0f allocations", kept, allocs)
	}
}
