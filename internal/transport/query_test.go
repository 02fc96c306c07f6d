package transport_test

import (
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/transport"
)

func sentQuery(t *testing.T, q transport.Query) string {
	t.Helper()
	s := play(answer(200, `{}`))
	if err := exec(newClient(t, sdk.WithTransport(s)), transport.Call{Path: "/things", Query: q}); err != nil {
		t.Fatal(err)
	}
	return s.requests()[0].URL.RawQuery
}

func TestQueryKeepsOrderAndZeroValues(t *testing.T) {
	t.Parallel()
	var q transport.Query
	q.Int("limit", 0)
	q.Bool("deep", false)
	q.Add("name", "")
	q.Float("ratio", 0.1)
	q.Float("big", 1e21)
	q.Time("since", time.Date(2026, 1, 2, 3, 4, 5, 600, time.FixedZone("", 7200)))
	q.Add("name", "again")
	want := "limit=0&deep=false&name=&ratio=0.1&big=1000000000000000000000&since=2026-01-02T01%3A04%3A05.0000006Z&name=again"
	if got := sentQuery(t, q); got != want {
		t.Errorf("sent %s\nwant %s", got, want)
	}
}

func TestCursorSurvivesTheQuery(t *testing.T) {
	t.Parallel()
	cursor := "a+b/c=d&e%2Ff g;h#i?\"ü\x00"
	var got string
	c := serve(t, func(_ http.ResponseWriter, r *http.Request) { got = r.URL.Query().Get("cur[sor]") })
	var q transport.Query
	q.Add("cur[sor]", cursor)
	if err := exec(c, transport.Call{Path: "/things", Query: q}); err != nil {
		t.Fatal(err)
	}
	if got != cursor {
		t.Errorf("the server saw %q", got)
	}
}

func TestStyledQuery(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		style   string
		explode bool
		value   any
		want    url.Values
	}{
		"exploded array": {"form", true, []string{"a b", "c&d"}, url.Values{"p": {"a b", "c&d"}}},
		"joined array":   {"form", false, []string{"a", "b"}, url.Values{"p": {"a,b"}}},
		"deep object":    {"deepObject", true, map[string]string{"eq": "x=y", "in": "a,b"}, url.Values{"p[eq]": {"x=y"}, "p[in]": {"a,b"}}},
		"empty array":    {"form", true, []string{}, url.Values{}},
		"empty object":   {"deepObject", true, map[string]string{}, url.Values{}},
	} {
		var q transport.Query
		q.Styled("p", c.style, c.explode, c.value)
		q.Int("z", 1)
		c.want.Set("z", "1")
		got, err := url.ParseQuery(sentQuery(t, q))
		if err != nil || got.Encode() != c.want.Encode() {
			t.Errorf("%s: sent %v (%v), want %v", name, got, err, c.want)
		}
	}
}

func TestQueriesThatCantBeRightAreRefused(t *testing.T) {
	t.Parallel()
	for name, add := range map[string]func(*transport.Query){
		"not a number": func(q *transport.Query) { q.Float("p", math.NaN()) },
		"infinite":     func(q *transport.Query) { q.Float("p", math.Inf(1)) },
		"year 10000":   func(q *transport.Query) { q.Time("p", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)) },
		"nil":          func(q *transport.Query) { q.Styled("p", "form", true, nil) },
		"nil pointer":  func(q *transport.Query) { q.Styled("p", "form", true, (*string)(nil)) },
		"wrong style":  func(q *transport.Query) { q.Styled("p", "hunter2", true, []string{"hunter2"}) },
		"refused":      func(q *transport.Query) { q.Refuse("p", "must not be empty") },
	} {
		s := play(answer(200, `{}`))
		var q transport.Query
		add(&q)
		q.Int("later", 1)
		err := exec(newClient(t, sdk.WithTransport(s)), transport.Call{Path: "/things", Query: q})
		assert.Is(t, err, sdk.ErrInvalidRequest)
		if s.count() != 0 || !strings.Contains(err.Error(), "query parameter p ") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %d requests, %v", name, s.count(), err)
		}
	}
}

func TestRequiredQueryParameter(t *testing.T) {
	t.Parallel()
	var q transport.Query
	q.Required("workspace_id", "w 1")
	if got := sentQuery(t, q); got != "workspace_id=w%201" {
		t.Errorf("sent %s", got)
	}
	q = transport.Query{}
	q.Required("workspace_id", "")
	assert.Is(t, exec(newClient(t), transport.Call{Path: "/x", Query: q}), sdk.ErrInvalidRequest)
}
