package versoritest_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// ordersFlow is a flow of two spans, the second within the first.
func ordersFlow() versori.Flow {
	start := time.Date(2026, 3, 2, 9, 15, 27, 312e6, time.UTC)
	parent := versori.SpanContext{TraceID: "4bf92f3577b34da6a3ce929d0e0e4736", SpanID: "00f067aa0ba902b7", TraceFlags: 1}
	child := versori.SpanContext{TraceID: "4bf92f3577b34da6a3ce929d0e0e4736", SpanID: "a3ce929d0e0e4736", TraceFlags: 1}
	return versori.Flow{
		Name: "sync-orders", Description: "Copies paid orders to the warehouse.",
		Spans: []versori.Span{
			{
				Name: "fetch orders", StartTime: start, EndTime: start.Add(time.Second), Duration: 1000, Ended: true,
				Attributes: map[string]any{"http.request.method": "GET"}, Status: versori.SpanStatus{Code: sdk.Some(0)},
				Events: []versori.SpanEvent{}, SpanContext: parent,
			},
			{
				Name: "store orders", StartTime: start, EndTime: start.Add(time.Second), Duration: 150.25,
				Attributes: map[string]any{}, Status: versori.SpanStatus{Code: sdk.Some(1)},
				Events:      []versori.SpanEvent{{Name: "batch written", Timestamp: start, Attributes: map[string]any{"retried": false}}},
				SpanContext: child, ParentSpanContext: sdk.Some(parent),
			},
		},
	}
}

// plainFlow is a flow without spans.
func plainFlow(name string) versori.Flow {
	return versori.Flow{Name: name, Description: "A flow.", Spans: []versori.Span{}}
}

// newRecorded starts a server whose problems the test looks at itself.
func newRecorded(t *testing.T) (*versoritest.Server, *assert.Recorder) {
	t.Helper()
	r := assert.NewRecorder(t)
	return versoritest.NewServer(r), r
}

// update sends a flow to versoritest.Project, which must go well.
func update(t *testing.T, client *versori.Client, name string, flow versori.Flow, opts ...sdk.Option) *versori.Flow {
	t.Helper()
	answer, err := client.Flows.Update(t.Context(), versoritest.Project, name, flow, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func wantAnswer(t *testing.T, err error, status int, body string) {
	t.Helper()
	answer := assert.APIError(t, err)
	assert.Equal(t, "status", answer.Status, status)
	assert.Equal(t, "body", string(answer.Body), body)
}

// do sends a body as it is, past what the client checks itself. The path may have a query.
func do(ctx context.Context, client *versori.Client, path string, body any) error {
	path, query, _ := strings.Cut(path, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return err
	}
	return client.Do(ctx, "PUT", path, values, body, nil)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantStatus wants the platform to have refused a call with a status.
func wantStatus(t *testing.T, err error, status int) {
	t.Helper()
	assert.Equal(t, "status", assert.APIError(t, err).Status, status)
}
