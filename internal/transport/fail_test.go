package transport_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/codec"
	"github.com/wharfinger/sdk/internal/transport"
)

func TestEveryAnswerWithoutSuccessIsOneError(t *testing.T) {
	t.Parallel()
	page := "<html><h1>502 Bad Gateway</h1></html>"
	for name, c := range map[string]struct {
		step          step
		status        int
		code, message string
		body          string
	}{
		"JSON":             {answer(404, `{"code":"gone","message":"no such thing"}`), 404, "gone", "no such thing", `{"code":"gone","message":"no such thing"}`},
		"JSON as text":     {answer(404, `{"code":"gone"}`, "Content-Type", "text/plain"), 404, "gone", "", `{"code":"gone"}`},
		"HTML of a proxy":  {answer(502, page, "Content-Type", "text/html"), 502, "", "", page},
		"HTML with 400":    {answer(400, page, "Content-Type", "text/html"), 400, "", "", page},
		"{}":               {answer(400, `{}`), 400, "", "", `{}`},
		"no body":          {answer(400, "", "Content-Type", ""), 400, "", "", ""},
		"another shape":    {answer(422, `{"errors":[{"code":1}]}`), 422, "", "", `{"errors":[{"code":1}]}`},
		"cut JSON":         {answer(409, `{"code":"x`), 409, "", "", `{"code":"x`},
		"proxy wants auth": {answer(407, ""), 407, "", "", ""},
		"unknown status":   {answer(799, ""), 799, "", "", ""},
	} {
		err := getOnly(context.Background(), newClient(t, sdk.WithTransport(play(c.step)), sdk.WithMaxAttempts(1)))
		e := assert.APIError(t, err)
		if e.Status != c.status || e.Code != c.code || e.Message != c.message || string(e.Body) != c.body || e.Unwrap() != nil {
			t.Errorf("%s: %+v, body %q", name, e, e.Body)
		}
		if e.Service != "port" || e.Operation != "Things.Get" || e.Method != "GET" || e.Path != "/v1/things/{id}" || e.Attempts != 1 || e.Header == nil {
			t.Errorf("%s: %#v", name, *e)
		}
	}
}

func TestRequestIDIsKept(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"X-Request-Id", "Request-Id", "X-Correlation-Id"} {
		var r sdk.Response
		e := assert.APIError(t, getOnly(context.Background(), newClient(t, sdk.WithTransport(play(answer(404, "", name, "r-1")))), sdk.WithResponse(&r)))
		if e.RequestID != "r-1" || r.RequestID != "r-1" || !strings.Contains(e.Error(), "r-1") {
			t.Errorf("%s: %v", name, e)
		}
	}
}

func TestRefusedBodySaysWhichMember(t *testing.T) {
	t.Parallel()
	s := play(answer(200, oneThing))
	_, err := postThing(context.Background(), newClient(t, sdk.WithTransport(s)), thing{})
	var at *codec.RequestError
	assert.Is(t, err, sdk.ErrInvalidRequest)
	if e := assert.APIError(t, err); !errors.As(err, &at) || at.Path != "id" || s.count() != 0 || e.Attempts != 0 || !strings.Contains(e.Error(), "id is required") {
		t.Errorf("%d requests, %v", s.count(), err)
	}
}

const secretQuery = "q=hunter2&sig=hunter3"

// leaky is a call with something secret everywhere that a request has room for.
func leaky(c *transport.Client, opts ...sdk.Option) error {
	var q transport.Query
	q.Add("q", "hunter2")
	q.Add("sig", "hunter3")
	call := transport.Call{
		Operation: "Things.Leak", Method: "PUT", Path: "/v1/things/{id}", Args: []string{"hunter4"}, Query: q,
		Header: http.Header{"X-Key": {"hunter5"}}, Body: encodeThing(&thing{ID: "hunter6"}),
	}
	return exec(c, call, opts...)
}

var secrets = []string{testToken, "hunter"}

func wantNoSecrets(t *testing.T, where, text string) {
	t.Helper()
	for _, s := range secrets {
		if strings.Contains(text, s) {
			t.Errorf("%s shows a secret:\n%s", where, text)
		}
	}
}

func TestErrorsAndLogsShowNoSecrets(t *testing.T) {
	t.Parallel()
	echo := func(r *http.Request) (*http.Response, error) {
		return answer(500, `{"message":"bad token `+testToken+` at /x?`+secretQuery+`"}`,
			"Set-Cookie", "hunter7=1", "Content-Type", "application/json", "X-Echo", "hunter8")(r)
	}
	urlError := func(r *http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("middleware: %w", &url.Error{Op: "Put", URL: r.URL.String(), Err: errors.New("broken at ?" + r.URL.RawQuery)})
	}
	for name, s := range map[string]step{
		"echoing answer": echo, "url.Error": urlError, "transport error": fail(errReset), "HTML": answer(200, "hunter9", "Content-Type", "text/html"),
		"redirect": answer(307, "", "Location", "https://other.example/?hunter9"), "bad redirect": answer(307, "", "Location", "https://[hunter9"),
		"refused body": answer(422, `hunter9`),
	} {
		var logged bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
		var events []string
		tell := func(_ context.Context, e sdk.Event) { events = append(events, fmt.Sprintf("%v %+v %s", e, e, e.Err)) }
		c := newClient(t, sdk.WithTransport(play(s)), quick(), sdk.WithLogger(logger), sdk.WithHooks(sdk.Hooks{Attempt: tell, Wait: tell, Outcome: tell}))
		err := leaky(c)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		js, jsErr := json.Marshal(err)
		if jsErr != nil {
			t.Error(jsErr)
		}
		logger.Error("failed", "error", err, "value", assert.APIError(t, err).LogValue(), "client", c)
		for where, text := range map[string]string{
			"Error": err.Error(), "%v": fmt.Sprintf("%v", err), "%+v": fmt.Sprintf("%+v", err), "%#v": fmt.Sprintf("%#v", err),
			"%q": fmt.Sprintf("%q", err), "%s": fmt.Sprintf("%s", err), "%d": fmt.Sprintf("%d", err), "JSON": string(js),
			"log": logged.String(), "hooks": strings.Join(events, "\n"), "client": fmt.Sprintf("%v %+v %#v %s", c, c, c, c),
		} {
			wantNoSecrets(t, name+", "+where, text)
			if where == "log" && !strings.Contains(text, "operation=Things.Leak") {
				t.Errorf("%s: nothing was logged: %s", name, text)
			}
		}
	}
}

func TestClientsAndConfigsShowNoToken(t *testing.T) {
	t.Parallel()
	c := newClient(t, sdk.WithHeader("X-Key", "hunter2"))
	holder := struct {
		Client *transport.Client
		inner  *transport.Client
	}{c, c}
	js, _ := json.Marshal(holder)
	config := sdk.Config{Token: sdk.NewSecret(testToken), Header: http.Header{"X": {"hunter2"}}}
	configJS, err := json.Marshal(config)
	if err != nil {
		t.Error(err)
	}
	wantNoSecrets(t, "formatting", fmt.Sprintf("%v %+v %#v %s %v %+v %#v %s %+v", holder, holder, holder, js, config, config, config, configJS, &config))
}

func TestLoggingCostsNothingWhenItIsOff(t *testing.T) {
	t.Parallel()
	var logged bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&logged, nil))
	_ = getOnly(context.Background(), newClient(t, sdk.WithTransport(play(answer(200, oneThing))), sdk.WithLogger(logger)))
	if logged.Len() != 0 {
		t.Errorf("logged %s", logged.String())
	}
}

func TestHooksAndResponseTellTheWholeCall(t *testing.T) {
	t.Parallel()
	var events []string
	note := func(kind string) func(context.Context, sdk.Event) {
		return func(_ context.Context, e sdk.Event) {
			events = append(events, fmt.Sprintf("%s %s %s %s %s attempt %d status %d reason %q failed %t", kind, e.Service, e.Operation, e.Method, e.Path,
				e.Attempt, e.Status, e.Reason, e.Err != nil))
			if kind == "wait" && e.Wait <= 0 || kind != "wait" && e.Elapsed < 0 {
				t.Errorf("%+v", e)
			}
		}
	}
	hooks := sdk.Hooks{Attempt: note("attempt"), Wait: note("wait"), Outcome: note("outcome")}
	s := play(answer(503, ""), fail(errReset), answer(200, oneThing, "X-Request-Id", "r"))
	var r sdk.Response
	c := newClient(t, sdk.WithTransport(s), quick(), sdk.WithHooks(hooks), sdk.WithHooks(sdk.Hooks{}))
	if err := getOnly(context.Background(), c, sdk.WithResponse(&r)); err != nil {
		t.Fatal(err)
	}
	call := "port Things.Get GET /v1/things/{id} "
	want := []string{
		"attempt " + call + `attempt 1 status 503 reason "the service is unavailable" failed true`,
		"wait " + call + `attempt 1 status 503 reason "the service is unavailable" failed true`,
		"attempt " + call + `attempt 2 status 0 reason "the network failed" failed true`,
		"wait " + call + `attempt 2 status 0 reason "the network failed" failed true`,
		"attempt " + call + `attempt 3 status 200 reason "" failed false`,
		"outcome " + call + `attempt 3 status 200 reason "" failed false`,
	}
	if strings.Join(events, "\n") != strings.Join(want, "\n") {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(events, "\n"), strings.Join(want, "\n"))
	}
	if r.Attempts != 3 || r.Status != 200 || r.RequestID != "r" || r.Header == nil || r.Duration <= 0 {
		t.Errorf("%+v", r)
	}
	events = nil
	assert.Is(t, getOnly(context.Background(), c.Scoped(), sdk.WithMaxAttempts(1), sdk.WithTransport(play(answer(404, "")))), sdk.ErrNotFound)
	_, _ = getThing(context.Background(), c, "")
	if len(events) != 3 || !strings.HasPrefix(events[1], "outcome") || !strings.Contains(events[2], "attempt 0") {
		t.Errorf("told\n%s", strings.Join(events, "\n"))
	}
}

func TestProxyThatRefusesIsATypedError(t *testing.T) {
	t.Parallel()
	for status, n := range map[int]int{407: 1, 403: 1, 503: 4} {
		asked := 0
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked++
			if r.Method != http.MethodConnect {
				t.Errorf("the proxy saw %s", r.Method)
			}
			w.WriteHeader(status)
		}))
		u, _ := url.Parse(proxy.URL)
		tr := transport.NewTransport().(*http.Transport)
		tr.Proxy = http.ProxyURL(u)
		c := newClient(t, sdk.WithTransport(tr), quick())
		e := assert.APIError(t, postOnly(context.Background(), c))
		if e.Status != status || asked != n || e.Attempts != n {
			t.Errorf("%d: asked %d times, %v", status, asked, e)
		}
		proxy.Close()
	}
}

func TestShortTokenDoesNotSpoilMessages(t *testing.T) {
	t.Parallel()
	c := newClient(t, sdk.WithToken("t"), sdk.WithTransport(play(answer(404, `{"message":"no such thing"}`))))
	if e := assert.APIError(t, getOnly(context.Background(), c)); e.Message != "no such thing" {
		t.Error(e)
	}
}
