package faults_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/licensing"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/versori"
)

func isolation() []check {
	return []check{
		{33, "what the caller gives is left as it is", argumentsAreLeftAlone},
		{33, "the user's own HTTP client is left as it is", httpClientIsLeftAlone},
		{33, "what the caller changes after the call is not sent", changesAfterTheCall},
		{33, "100 goroutines share one client and its arguments while calls are repeated", oneClientForAll},
	}
}

// arguments are what a caller gives to calls.
type arguments struct {
	draft   cargo.ReleaseUpdateDraft
	create  releases.ReleaseCreate
	list    releases.ReleaseListParams
	flow    versori.Flow
	update  licensing.ReleaseUpdate
	query   url.Values
	raw     []byte
	any     map[string]any
	options []sdk.Option
}

func newArguments() *arguments {
	at := time.Date(2026, 3, 2, 9, 15, 27, 0, time.UTC)
	a := &arguments{
		draft: cargo.ReleaseUpdateDraft{
			WorkflowUUID: "3f0c4c1e-54a7-4a0e-9a5b-0d8a3f4b6c11", Nodes: []cargo.Node{}, FormFields: sdk.Null[[]cargo.FormField](),
		},
		create: releases.ReleaseCreate{ReleaseTag: "v1", Description: sdk.Some("first")},
		list:   releases.ReleaseListParams{Limit: 7},
		flow: versori.Flow{Name: "orders", Spans: []versori.Span{{
			Name: "fetch", StartTime: at, EndTime: at.Add(time.Second), Attributes: map[string]any{"page": 1, "of": []any{"a", "b"}}, Events: []versori.SpanEvent{},
			SpanContext: versori.SpanContext{TraceID: strings.Repeat("a", 32), SpanID: strings.Repeat("b", 16)},
		}}},
		update: licensing.ReleaseUpdate{Channel: sdk.Some("beta"), Platforms: []string{"linux", "macos"}},
		query:  url.Values{"b": {"2", "1"}, "a": {""}},
		raw:    []byte(`{"raw": true}`),
		any:    map[string]any{"a": []any{1, "x"}},
	}
	a.update.Extra.Set("unknown", []byte(`{"kept":1}`))
	a.options = append(make([]sdk.Option, 0, 10), sdk.WithHeader("X-Given", "1"))
	return a
}

// use makes every kind of call with the arguments.
func (a *arguments) use(t *testing.T, c *clients) {
	t.Helper()
	ctx := t.Context()
	calls := map[string]func() error{
		"draft": func() error { _, err := c.cargo.Releases.UpdateDraft(ctx, a.draft, a.options...); return err },
		"create": func() error {
			_, err := c.app.Releases.Create(ctx, a.create, a.options...)
			return err
		},
		"list": func() error { _, err := c.app.Releases.List(ctx, a.list, a.options...); return err },
		"flow": func() error {
			_, err := c.versori.Flows.Update(ctx, project, "orders", a.flow, a.options...)
			return err
		},
		"update": func() error { _, err := c.licensing.Releases.Update(ctx, "rel_1", a.update, a.options...); return err },
		"raw":    func() error { return c.licensing.Do(ctx, http.MethodPost, "/x", a.query, a.raw, nil, a.options...) },
		"any":    func() error { return c.licensing.Do(ctx, http.MethodPut, "/x", a.query, a.any, nil, a.options...) },
	}
	for name, call := range calls {
		if err := call(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// sometimes is a step that turns every third request away.
func sometimes() http.HandlerFunc {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1)%3 == 0 {
			failure(429, "Retry-After", "0")(w, r)
			return
		}
		success()(w, r)
	}
}

func argumentsAreLeftAlone(t *testing.T) {
	s := serve(t, sometimes())
	c := s.clients(t, sdk.WithMaxAttempts(20), sdk.WithRetryBudget(-1))
	a, fresh := newArguments(), newArguments()
	for range 5 {
		a.use(t, c)
	}
	if len(a.options) != 1 || a.options[:2][1] != nil {
		t.Errorf("%d options", len(a.options))
	}
	a.options, fresh.options = nil, nil // functions can't be compared
	if !reflect.DeepEqual(a, fresh) {
		t.Errorf("the arguments became %+v", a)
	}
}

func httpClientIsLeftAlone(t *testing.T) {
	s := serve(t, failure(429), success())
	own := &http.Client{Timeout: time.Minute}
	if err := get(t.Context(), s.clients(t, sdk.WithHTTPClient(own))); err != nil {
		t.Error(err)
	}
	if own.Transport != nil || own.CheckRedirect != nil || own.Jar != nil || own.Timeout != time.Minute {
		t.Errorf("the client became %+v", own)
	}
}

// changesAfterTheCall has a transport that answers before it has read the request, which it may, and reads it later.
func changesAfterTheCall(t *testing.T) {
	const size = 1 << 20
	returned := make(chan struct{})
	got := make(chan []byte, 1)
	early := tripper(func(r *http.Request) (*http.Response, error) {
		go func() {
			<-returned
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			got <- body
		}()
		return &http.Response{StatusCode: 413, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	})
	body := bytes.Repeat([]byte("a"), size)
	c := newClients(t, sdk.WithBaseURL("http://127.0.0.1"), sdk.WithToken(token), sdk.WithTransport(early))
	err := c.licensing.Do(t.Context(), http.MethodPost, "/x", nil, body, nil)
	if e := assert.APIError(t, err); e.Status != 413 {
		t.Error(err)
	}
	for i := range body {
		body[i] = 'b'
	}
	close(returned)
	if sent := <-got; !bytes.Equal(sent, bytes.Repeat([]byte("a"), size)) {
		t.Errorf("of %d bytes that were sent the caller wrote %d later", len(sent), bytes.Count(sent, []byte("b")))
	}
}

func oneClientForAll(t *testing.T) {
	s := serve(t, sometimes())
	c := s.clients(t, sdk.WithMaxAttempts(50), sdk.WithRetryBudget(-1), sdk.WithRateLimit(1e9, 1000))
	a := newArguments()
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() { a.use(t, c) })
	}
	wg.Wait()
	if s.count() < 700 {
		t.Errorf("%d requests", s.count())
	}
}
