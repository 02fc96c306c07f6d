package transport_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/transport"
)

// sent makes a call and gives the address it went to, as it stands on the wire and as a server parses it.
func sent(t *testing.T, call transport.Call, opts ...sdk.Option) (string, *url.URL, error) {
	t.Helper()
	s := play(answer(200, `{}`))
	c, err := transport.New(platform(), append([]sdk.Option{sdk.WithToken(testToken), sdk.WithTransport(s)}, opts...)...)
	if err != nil {
		return "", nil, err
	}
	if err := exec(c, call); err != nil {
		if s.count() != 0 {
			t.Fatalf("a call that was refused was sent: %v", err)
		}
		assert.Is(t, err, sdk.ErrInvalidRequest)
		return "", nil, err
	}
	request := s.requests()[0]
	if request.URL.Host != "api.example.com" || request.URL.User != nil || request.URL.Fragment != "" {
		t.Fatalf("sent to %s", request.URL)
	}
	raw := request.URL.RequestURI()
	parsed, err := url.ParseRequestURI(raw)
	if err != nil {
		t.Fatalf("sent %q, which no server can parse: %v", raw, err)
	}
	return raw, parsed, nil
}

func climbs(segment string) bool { return segment == "" || segment == "." || segment == ".." }

// FuzzPath puts values into the places of a path and takes them out again.
func FuzzPath(f *testing.F) {
	for _, s := range []string{"", ".", "..", "...", "a", "a/b", "../../admin", "%2e%2e", "a b?c#d%e", "ü\x00\xff", "{id}", "a//b/", `a\..\b`, "x\r\nHost: y", ";,:@&=+$"} {
		f.Add(s, "b/c", "v1")
		f.Add("a", s, "")
		f.Add("a", "b", s)
	}
	f.Fuzz(func(t *testing.T, id, path, prefix string) {
		base := "https://api.example.com/" + url.PathEscape(prefix)
		raw, parsed, err := sent(t, transport.Call{Path: "/o/{org_id}/x/{id}/f/{path}", Args: []string{id, path}, Segments: "path"},
			sdk.WithBaseURL(base), sdk.WithScope("org_id", id+"o"))
		segments := strings.Split(path, "/")
		climbing := climbs(id) || slices.ContainsFunc(segments, climbs)
		for segment := range strings.SplitSeq(prefix, "/") {
			climbing = climbing || segment == "." || segment == ".."
		}
		if climbing != (err != nil) {
			t.Fatalf("id %q, path %q, prefix %q: %v", id, path, prefix, err)
		}
		if err != nil {
			return
		}
		want := append([]string{"", "o", id + "o", "x", id, "f"}, segments...)
		if prefix != "" {
			want = slices.Insert(want, 1, prefix)
		}
		var got []string
		for segment := range strings.SplitSeq(raw, "/") {
			plain, err := url.PathUnescape(segment)
			if err != nil {
				t.Fatalf("sent %q: %v", raw, err)
			}
			got = append(got, plain)
		}
		if !slices.Equal(got, want) || parsed.RawQuery != "" {
			t.Fatalf("sent %q, of the segments %q; want %q", raw, got, want)
		}
	})
}

// FuzzLiteralPath gives paths that stand as on the wire.
func FuzzLiteralPath(f *testing.F) {
	for _, s := range []string{"", "/", "/v1/a%2Fb", "//host/x", "/..", "/%2e%2E/x", "/a/./b", "/a?b", "/a#b", "/%zz", "http://other/x", "a:b", "/ü {}", "/a\nb", "/;a=b,c/%00", "/v1/a%2F."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		s := play(answer(200, `{}`))
		err := newClient(t, sdk.WithTransport(s), sdk.WithBaseURL("https://api.example.com/v1")).DoAny(context.Background(), "GET", path, nil, nil, nil)
		if err != nil {
			if assert.Is(t, err, sdk.ErrInvalidRequest); s.count() != 0 {
				t.Fatalf("%q was refused and sent: %v", path, err)
			}
			return
		}
		u := s.requests()[0].URL
		raw := u.RequestURI()
		parsed, err := url.ParseRequestURI(raw)
		if err != nil || u.Host != "api.example.com" || u.User != nil || parsed.RawQuery != "" || strings.ContainsAny(raw, "?# \r\n") {
			t.Fatalf("%q: sent %q to %q (%v)", path, raw, u.Host, err)
		}
		if !strings.HasPrefix(raw, "/v1/") {
			t.Fatalf("%q: sent %q, which isn't below the base URL", path, raw)
		}
		for segment := range strings.SplitSeq(parsed.Path, "/") {
			if segment == "." || segment == ".." {
				t.Fatalf("%q: sent %q, which climbs", path, raw)
			}
		}
		// What was escaped before stays as it was.
		if plain, err := url.PathUnescape("/" + strings.TrimLeft(path, "/")); err != nil || parsed.Path != "/v1"+plain {
			t.Fatalf("%q: sent %q, want %q (%v)", path, parsed.Path, "/v1"+plain, err)
		}
	})
}

// FuzzQuery writes parameters of every kind and reads them back.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{"", "a", "a+b c", "x&y=z", "100%", "%2B", "a[b]", "ü\xff\x00", "#?/;,", "\r\n", "[]", "]="} {
		f.Add("name", s, int64(-1), 0.1, int64(1767323045))
		f.Add(s, "value", int64(0), -1e300, int64(0))
	}
	f.Fuzz(func(t *testing.T, name, value string, number int64, fraction float64, seconds int64) {
		at := time.Unix(seconds%(1<<37), number%1e9)
		var q transport.Query
		q.Add(name, value)
		q.Add(value, name)
		q.Int("int", number)
		q.Float("float", fraction)
		q.Time("time", at)
		q.Styled("list", "form", true, []string{value, name})
		q.Styled("deep", "deepObject", true, map[string]string{"k": value})
		raw, parsed, err := sent(t, transport.Call{Path: "/things", Query: q})
		finite, timely := fraction-fraction == 0, at.UTC().Year() >= 0 && at.UTC().Year() <= 9999
		if (finite && timely) != (err == nil) {
			t.Fatalf("%v, %v: %v", fraction, at, err)
		}
		if err != nil {
			return
		}
		var pairs [][2]string
		for pair := range strings.SplitSeq(parsed.RawQuery, "&") {
			k, v, ok := strings.Cut(pair, "=")
			k, err1 := url.QueryUnescape(k)
			v, err2 := url.QueryUnescape(v)
			if !ok || errors.Join(err1, err2) != nil {
				t.Fatalf("sent %q", raw)
			}
			pairs = append(pairs, [2]string{k, v})
		}
		if len(pairs) != 8 {
			t.Fatalf("sent %q, which has %d parameters", raw, len(pairs))
		}
		back, err1 := strconv.ParseFloat(pairs[3][1], 64)
		then, err2 := time.Parse(time.RFC3339Nano, pairs[4][1])
		if err := errors.Join(err1, err2); err != nil || back != fraction || !then.Equal(at) {
			t.Fatalf("sent %q for %v and %v: %v", raw, fraction, at, err)
		}
		want := [][2]string{{name, value}, {value, name}, {"int", fmt.Sprint(number)}, {"float", pairs[3][1]}, {"time", pairs[4][1]},
			{"list", value}, {"list", name}, {"deep[k]", string([]rune(value))}} // which goes by way of JSON
		if !slices.Equal(pairs, want) {
			t.Fatalf("sent %q, which says %q; want %q", raw, pairs, want)
		}
	})
}

// FuzzRetryAfter holds what is made of the header against what it can say.
func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{
		"", "0", "3", "-1", "1.5", " 7 ", "+4", "0x10", "NaN", "Inf", "-Inf", "1e309", "1e-400", "9999999999999", "99999999999999999999999", "1_000", "3, 5", "5,",
		"Sat, 01 Jan 2000 00:01:00 GMT", "Saturday, 01-Jan-00 00:01:00 GMT", "Sat Jan  1 00:01:00 2000", "Fri, 31 Dec 1999 23:59:00 GMT", "Sat, 01 Jan 9999 00:00:00 GMT",
		"Sat, 01 Jan 2000 00:01:00 GMT, 120", "soon",
	} {
		f.Add(s, "2")
		f.Add(s, s)
	}
	const century time.Duration = 100 * 365 * 24 * time.Hour
	f.Fuzz(func(t *testing.T, first, second string) {
		synctest.Test(t, func(t *testing.T) { // where it is midnight of 2000-01-01
			asked := func(values ...string) time.Duration {
				step := func(*http.Request) (*http.Response, error) {
					return &http.Response{StatusCode: 429, Header: http.Header{"Retry-After": values}, Body: http.NoBody}, nil
				}
				began := time.Now()
				e := assert.APIError(t, getOnly(context.Background(), newClient(t, sdk.WithTransport(play(step)), sdk.WithMaxAttempts(1))))
				if e.Status != 429 || e.RetryAfter < 0 || e.RetryAfter > century || time.Since(began) != 0 {
					t.Fatalf("%q: asked for %v, took %v", values, e.RetryAfter, time.Since(began))
				}
				return e.RetryAfter
			}
			a, b := asked(first), asked(second)
			if both := asked(first, second); both != max(a, b) {
				t.Fatalf("%q asks for %v, %q for %v, both for %v", first, a, second, b, both)
			}
			if first != "" && strings.Trim(first, "0123456789") == "" {
				want := century
				if seconds, err := strconv.ParseInt(first, 10, 33); err == nil {
					want = min(time.Duration(seconds)*time.Second, century)
				}
				if a != want {
					t.Fatalf("%q asks for %v, want %v", first, a, want)
				}
			}
			if at, err := http.ParseTime(first); err == nil {
				if want := min(max(time.Until(at), 0), century); a != want {
					t.Fatalf("%q asks for %v, want %v", first, a, want)
				}
			}
			if !strings.ContainsAny(first, "0123456789iI") && a != 0 {
				t.Fatalf("%q asks for %v", first, a)
			}
		})
	})
}
