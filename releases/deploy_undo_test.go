package releases_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/releases"
)

func TestDeployGoesBackAlthoughItsContextHasEnded(t *testing.T) {
	t.Parallel()
	d := newDeployment(t, false)
	ctx, cancel := context.WithCancel(t.Context())
	action, err := d.app.Deploy(ctx, releases.Deployment{Tag: "v2", Check: func(ctx context.Context, _ *releases.Release) error {
		cancel()
		<-ctx.Done()
		return ctx.Err()
	}})
	failure := failedWith(t, action, err)
	if !errors.Is(err, context.Canceled) || failure.ActiveID.Or("") != before || d.active() != before {
		t.Errorf("%q is active: %v", d.active(), err)
	}
}

func TestDeployGoesBackWhenItsContextEndsWhileActivating(t *testing.T) {
	t.Parallel()
	d := newDeployment(t, false)
	ctx, cancel := context.WithCancel(t.Context())
	late := sdk.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err == nil && strings.HasSuffix(r.URL.Path, "/activate") {
				_ = resp.Body.Close()
				cancel() // the release is active, and its answer comes too late
				return nil, ctx.Err()
			}
			return resp, err
		})
	})
	_, err := d.app.Deploy(ctx, releases.Deployment{Tag: "v2"}, late)
	if !errors.Is(err, context.Canceled) || d.active() != before {
		t.Errorf("%q is active: %v", d.active(), err)
	}
}

func TestDeploySendsNothingWithAContextThatHasEnded(t *testing.T) {
	t.Parallel()
	d := newDeployment(t, false)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := d.app.Deploy(ctx, releases.Deployment{Tag: "v2"})
	if !errors.Is(err, context.Canceled) || d.requests() != "" {
		t.Errorf("called %s: %v", d.requests(), err)
	}
}

func TestDeployGoesBackWhenTheCheckNeverReturns(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(){"a panic": func() { panic("no") }, "a Goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDeployment(t, false)
			done := make(chan any)
			go func() {
				defer close(done)
				defer func() {
					if p := recover(); p != nil {
						done <- p
					}
				}()
				_, err := d.app.Deploy(t.Context(), releases.Deployment{Tag: "v2", Check: func(context.Context, *releases.Release) error {
					end()
					return nil
				}})
				t.Errorf("it returned %v", err)
			}()
			if p := <-done; (p == "no") != (name == "a panic") {
				t.Errorf("the panic was %v", p)
			}
			if d.active() != before {
				t.Errorf("%q is active", d.active())
			}
		})
	}
}

// A platform that hangs while the deployment is undone must not hang the caller.
func TestDeployBoundsUndoing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		timeout time.Duration
		hangs   []string // requests by the end of their path and how many came before
		took    time.Duration
		active  string // ActiveID of the error; empty: unknown
	}{
		"by default by a minute":                               {0, []string{"/rollback"}, time.Minute, ""},
		"as the caller says":                                   {8 * time.Second, []string{"/rollback"}, 8 * time.Second, ""},
		"with time left to go back when the look before hangs": {8 * time.Second, []string{"/releases"}, 2 * time.Second, "r1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				checked := false
				platform := roundTripper(func(r *http.Request) (*http.Response, error) {
					if checked && slices.ContainsFunc(c.hangs, func(end string) bool { return strings.HasSuffix(r.URL.Path, end) }) {
						<-r.Context().Done()
						return nil, r.Context().Err()
					}
					return scripted(r), nil
				})
				client, err := releases.New(sdk.WithToken("token"), sdk.WithTransport(platform), sdk.WithAttemptTimeout(-1))
				if err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				action, err := client.App(shop).Releases.Deploy(t.Context(), releases.Deployment{
					Tag: "v2", UndoTimeout: c.timeout,
					Check: func(context.Context, *releases.Release) error { checked = true; return errCheck },
				})
				failure := failedWith(t, action, err)
				if took := time.Since(began); took != c.took || failure.ActiveID.Or("") != c.active || (failure.UndoErr == nil) != (c.active != "") {
					t.Errorf("after %v: %v", took, err)
				}
				if c.active == "" && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v doesn't say that the time ran out", err)
				}
			})
		})
	}
}

func TestDeployReadsOddAnswersForWhatTheyMean(t *testing.T) {
	t.Parallel()
	fails := func(context.Context, *releases.Release) error { return errCheck }
	for name, c := range map[string]struct {
		answer func(call, body string) (status int, text string) // in the place of what scripted says
		calls  string
		state  string // the end of the error
	}{
		"an empty id is no release": {func(call, body string) (int, string) {
			if call == "POST releases" {
				return http.StatusForbidden, "{}"
			}
			return http.StatusOK, strings.ReplaceAll(body, `"active_release_id":"r1"`, `"active_release_id":""`)
		}, "GET releases, POST releases", "; no release is active"},
		"a release isn't the one before itself": {func(_, body string) (int, string) {
			return http.StatusOK, strings.ReplaceAll(body, `"previous_active_release_id":"r1"`, `"previous_active_release_id":"r2"`)
		}, "GET releases, POST releases, POST r2/activate, GET releases, POST r1/rollback", "; release r1 is active, as before"},
		"a third release that comes in while undoing fails leaves nothing to undo": {func() func(call, body string) (int, string) {
			undone := false
			return func(call, body string) (int, string) {
				if undone = undone || call == "POST r1/rollback"; !undone {
					return http.StatusOK, body
				} else if call == "GET releases" {
					return http.StatusOK, strings.ReplaceAll(body, `"active_release_id":"r1"`, `"active_release_id":"r3"`)
				}
				return http.StatusConflict, "{}"
			}
		}(), "GET releases, POST releases, POST r2/activate, GET releases, POST r1/rollback, GET releases", "closed; release r3 is active"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls []string
			client, err := releases.New(sdk.WithToken("token"), sdk.WithTransport(roundTripper(func(r *http.Request) (*http.Response, error) {
				_, path, _ := strings.Cut(r.URL.Path, "/apps/shop/")
				call := r.Method + " " + strings.TrimPrefix(path, "releases/")
				calls = append(calls, call)
				resp := scripted(r)
				body, err := io.ReadAll(resp.Body)
				if err != nil {
					return nil, err
				}
				status, text := c.answer(call, string(body))
				resp.StatusCode, resp.Body = status, io.NopCloser(strings.NewReader(text))
				return resp, nil
			})))
			if err != nil {
				t.Fatal(err)
			}
			action, err := client.App(shop).Releases.Deploy(t.Context(), releases.Deployment{Tag: "v2", Check: fails})
			if failure := failedWith(t, action, err); failure.UndoErr != nil || !strings.HasSuffix(err.Error(), c.state) {
				t.Errorf("got %v, want %q at its end", err, c.state)
			}
			if got := strings.Join(calls, ", "); got != c.calls {
				t.Errorf("called %s, want %s", got, c.calls)
			}
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// scripted is a platform in memory where r1 is active, and r2 is made.
func scripted(r *http.Request) *http.Response {
	const release = `{"release_id":"r2","app_id":"a","workspace_id":"w","org_id":"o","release_tag":"v2","release_number":2,` +
		`"status":"active","endpoint_count":0,"augmentation_count":0,"created_at":"2025-01-01T00:00:00Z","created_by":"u"}`
	body := `{"message":"","release":` + release + `,"previous_active_release_id":"r1"}`
	switch {
	case r.Method == http.MethodGet:
		body = `{"total":0,"has_more":false,"releases":[],"active_release_id":"r1"}`
	case strings.HasSuffix(r.URL.Path, "/releases"):
		body = release
	}
	return &http.Response{
		StatusCode: http.StatusOK,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(strings.NewReader(body)),
		Request:    r,
	}
}
