//go:build !race

// The race detector empties pools at random, so these budgets hold without it alone.

package transport_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
)

// echo answers with the same answer again and again, without an allocation of its own.
type echo struct {
	answer http.Response
	text   strings.Reader
	body   io.ReadCloser
}

func newEcho(body string) *echo {
	e := &echo{answer: http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, ContentLength: int64(len(body))}}
	e.text.Reset(body)
	e.body = io.NopCloser(&e.text)
	return e
}

func (e *echo) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
	_, _ = e.text.Seek(0, io.SeekStart)
	e.answer.Body = e.body
	return &e.answer, nil
}

// TestAllocationsOfACall must not run beside other tests.
func TestAllocationsOfACall(t *testing.T) {
	ctx := context.Background()
	c := newClient(t, sdk.WithTransport(newEcho(oneThing)))
	watched := newClient(t, sdk.WithTransport(newEcho(oneThing)), sdk.WithHooks(sdk.Hooks{Outcome: func(context.Context, sdk.Event) {}}))
	source := newClient(t, sdk.WithTransport(newEcho(oneThing)), sdk.WithTokenSource(&rotating{}))
	for _, test := range []struct {
		name   string
		budget float64
		call   func() error
	}{
		{"get", 15, func() error { return getOnly(ctx, c) }},
		{"post", 22, func() error { return postOnly(ctx, c) }},
		{"get with a hook", 15, func() error { return getOnly(ctx, watched) }},
		{"get with a token source", 17, func() error { return getOnly(ctx, source) }},
	} {
		got := testing.AllocsPerRun(200, func() {
			if err := test.call(); err != nil {
				t.Fatal(err)
			}
		})
		if got > test.budget {
			t.Errorf("%s: %.0f allocations, want %.0f at most", test.name, got, test.budget)
		}
	}
}
