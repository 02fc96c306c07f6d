package transport_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
)

func TestAnyEndpointCanBeReached(t *testing.T) {
	t.Parallel()
	var seen string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen = fmt.Sprintf("%s %s %s %s %s", r.Method, r.RequestURI, r.Header.Get("Authorization"), r.Header.Get("Content-Type"), body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":"x<y","count":9007199254740993}`)
	})
	base := c.BaseURL()
	c = newClient(t, sdk.WithBaseURL(base+"/api/v2"))
	ctx := context.Background()
	var v thing
	in := map[string]any{"a": "<&>", "n": json.Number("1")}
	if err := c.DoAny(ctx, "post", "/o/a%2Fb/new{x}", url.Values{"q": {"1 2"}}, in, &v, sdk.WithHeader("X", "y")); err != nil {
		t.Fatal(err)
	}
	want := "POST /api/v2/o/a%2Fb/new%7Bx%7D?q=1+2 Bearer " + testToken + ` application/json {"a":"<&>","n":1}`
	if seen != want {
		t.Errorf("sent %s\nwant %s", seen, want)
	}
	if v.ID != "x<y" || v.Count != 9007199254740993 {
		t.Errorf("got %+v", v)
	}
	var free any
	var raw json.RawMessage
	var text []byte
	for _, out := range []any{&free, &raw, &text, nil} {
		if err := c.DoAny(ctx, "PUT", "x", nil, []byte(`[1, 2]`), out); err != nil {
			t.Fatal(err)
		}
	}
	if n := free.(map[string]any)["count"]; n != json.Number("9007199254740993") || string(raw) != string(text) || !strings.HasPrefix(string(raw), `{"id"`) {
		t.Errorf("%v %s %s", free, raw, text)
	}
	if !strings.HasSuffix(seen, "application/json [1, 2]") {
		t.Errorf("sent %s", seen)
	}
	if err := c.DoAny(ctx, "GET", "", nil, nil, nil); err != nil || !strings.HasPrefix(seen, "GET /api/v2/ ") {
		t.Errorf("sent %s, %v", seen, err)
	}
}

func TestPathsThatLeaveTheBaseURLAreRefused(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"https://evil.example/x", "//evil.example/x", "http:x", "a/../b", "..", "./a", "a/%2e%2E/b", "a/.%2e", "x?key=1", "x?", "x#f", "%zz", "mailto:a@b",
		"a\nb",
	} {
		s := play(answer(200, "{}"))
		var told []error
		hooks := sdk.Hooks{Outcome: func(_ context.Context, e sdk.Event) { told = append(told, e.Err) }}
		err := newClient(t, sdk.WithTransport(s), sdk.WithHooks(hooks)).DoAny(context.Background(), "GET", path, nil, nil, nil)
		assert.Is(t, err, sdk.ErrInvalidRequest)
		if e := assert.APIError(t, err); s.count() != 0 || e.Attempts != 0 || e.Path != "" {
			t.Errorf("%s: %d requests, %v", path, s.count(), err)
		}
		if len(told) != 1 || told[0] != err {
			t.Errorf("%s: hooks were told of %v, the caller of %v", path, told, err)
		}
	}
	s := play(answer(200, "{}"))
	for name, try := range map[string]func() error{
		"method": func() error {
			return newClient(t, sdk.WithTransport(s)).DoAny(context.Background(), "GE T", "x", nil, nil, nil)
		},
		"no method": func() error {
			return newClient(t, sdk.WithTransport(s)).DoAny(context.Background(), "", "x", nil, nil, nil)
		},
		"body": func() error {
			return newClient(t, sdk.WithTransport(s)).DoAny(context.Background(), "PUT", "x", nil, func() {}, nil)
		},
	} {
		assert.Is(t, try(), sdk.ErrInvalidRequest)
		if s.count() != 0 {
			t.Errorf("%s: %d requests", name, s.count())
		}
	}
}

func TestAnyAnswersThatCantBeUsed(t *testing.T) {
	t.Parallel()
	var v thing
	var raw json.RawMessage
	for name, c := range map[string]struct {
		step step
		out  any
		want error
	}{
		"404":            {answer(404, ""), &v, sdk.ErrNotFound},
		"HTML":           {answer(200, "<html>", "Content-Type", "text/html"), nil, sdk.ErrInvalidResponse},
		"HTML for JSON":  {answer(200, "<html>", "Content-Type", "text/html"), &v, sdk.ErrInvalidResponse},
		"HTML for raw":   {answer(200, "<html>", "Content-Type", "text/html"), &raw, sdk.ErrInvalidResponse},
		"empty":          {answer(204, ""), &v, sdk.ErrEmptyBody},
		"wrong type":     {answer(200, `{"count":"x"}`), &v, sdk.ErrInvalidResponse},
		"garbage behind": {answer(200, `{}x`), &v, sdk.ErrInvalidResponse},
		"cut off":        {answer(200, `{"id":`), &v, io.ErrUnexpectedEOF},
	} {
		err := newClient(t, sdk.WithTransport(play(c.step))).DoAny(context.Background(), http.MethodGet, "x", nil, nil, c.out)
		assert.Is(t, err, c.want)
		if assert.APIError(t, err).Operation != "Do" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
