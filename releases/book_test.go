package releases_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/releases"
)

const pageSize = 200

// book answers a list of any length from memory, a page like the other but for its cursor. It is for one goroutine at a
// time.
type book struct {
	pages int
	delay time.Duration // before each answer
	asked int
	open  int // requests without an answer

	head, tail string // around the number of the next page
	answer     http.Response
	text       strings.Reader
	body       io.ReadCloser
}

func newBook(pages int) *book {
	b := &book{pages: pages, head: `{"total":1000000,"has_more":true,"next_cursor":"`}
	var text strings.Builder
	text.WriteString(`","releases":[`)
	for i := range pageSize {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `{"release_id":"rel_%012x","app_id":"app_5d7e11c0","workspace_id":"ws_2b9a4077","org_id":"org_71f3c6a2",`+
			`"release_tag":"v1.%d.0","release_number":%d,"status":"archived","description":"Adds the translate endpoint, and answers `+
			`summaries in half the time.","endpoint_count":4,"augmentation_count":2,"activated_at":"2026-02-20T08:00:11.500210Z",`+
			`"activated_by":"usr_3e8d05","created_at":"2026-02-19T17:42:03.007441Z","created_by":"usr_3e8d05"}`, i*7919, i, i+1)
	}
	text.WriteString(`],"active_release_id":"rel_8c1f20d94e6b"}`)
	b.tail = text.String()
	b.answer = http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}}
	b.body = io.NopCloser(&b.text)
	return b
}

// RoundTrip answers with the same answer again and again, with a new text.
func (b *book) RoundTrip(r *http.Request) (*http.Response, error) {
	b.asked++
	if b.delay > 0 {
		b.open++
		defer func() { b.open-- }()
		select {
		case <-time.After(b.delay):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	next := fmt.Sprintf("%08d", b.asked)
	if b.asked == b.pages {
		next = ""
	}
	text := b.head + next + b.tail
	b.text.Reset(text)
	b.answer.Body, b.answer.ContentLength = b.body, int64(len(text))
	return &b.answer, nil
}

// read gives the releases of an app whose calls b answers.
func (b *book) read(t *testing.T, opts ...sdk.Option) *releases.ReleasesService {
	t.Helper()
	c, err := releases.New(append([]sdk.Option{sdk.WithToken("mm_tok_0123456789"), sdk.WithTransport(b)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c.App(shop).Releases
}
