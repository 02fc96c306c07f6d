package faults_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/constructs"
	"github.com/wharfinger/sdk/licensing"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
	"github.com/wharfinger/sdk/versori"
)

// What must not be seen anywhere, besides the token.
const (
	secretMember = "pa55w0rd-of-a-member"
	secretQuery  = "curs0r/of+a page" // escaped in a query
	secretHeader = "k3y-of-a-header"
	secretUser   = "pa55w0rd-of-an-address"
)

// secretsTold are the secrets in every spelling that a program could print them in.
func secretsTold() []string {
	var all []string
	for _, s := range []string{token, secretMember, secretQuery, secretHeader, secretUser} {
		all = append(all, s, url.QueryEscape(s), url.PathEscape(s), hex.EncodeToString([]byte(s)), strings.ToUpper(hex.EncodeToString([]byte(s))),
			strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(s)), "="), fmt.Sprint([]byte(s)))
	}
	return all
}

// wantHidden looks for secrets in a text.
func wantHidden(t *testing.T, where, text string) {
	t.Helper()
	for _, s := range secretsTold() {
		if i := strings.Index(text, s); i >= 0 {
			t.Errorf("%s shows %q: …%s…", where, s, text[max(0, i-100):min(len(text), i+len(s)+50)])
			return
		}
	}
}

// toldByFmt is a value in every form that fmt has.
func toldByFmt(v any) string {
	var b strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "% x", "%#x"} {
		fmt.Fprintf(&b, verb+"\n", v)
	}
	return b.String()
}

// toldBySlog is a value in every form that slog has.
func toldBySlog(v any) string {
	var b strings.Builder
	all := &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}
	for _, h := range []slog.Handler{slog.NewTextHandler(&b, all), slog.NewJSONHandler(&b, all)} {
		logger := slog.New(h)
		logger.Info("told", "value", v)
		logger.With("with", v).WithGroup("g").Debug("told", slog.Any("value", v))
	}
	return b.String()
}

// wantQuiet prints a value in every way that there is.
func wantQuiet(t *testing.T, what string, v any) {
	t.Helper()
	var all strings.Builder
	for _, shown := range []any{v, struct{ Value any }{v}, map[string]any{"v": []any{v}}} {
		b, _ := json.Marshal(shown)
		all.WriteString(toldByFmt(shown) + toldBySlog(shown) + string(b))
	}
	wantHidden(t, what, all.String())
}

// wantQuietModel is wantQuiet for what is written to the wire: MarshalJSON writes secrets there, and nothing else does.
func wantQuietModel(t *testing.T, what string, v any) {
	t.Helper()
	wantHidden(t, what+", formatted", toldByFmt(v)+toldByFmt(struct{ Value any }{v})+toldByFmt([]any{v}))
	wantHidden(t, what+", logged", toldBySlog(v))
	if b, err := json.Marshal(v); err != nil || !strings.Contains(string(b), secretMember) {
		t.Errorf("%s: the wire format has no secret: %s, %v", what, b, err)
	}
}

// connection is a request with a secret in it.
func connection() versori.ConnectionCreate {
	credential := versori.Credential{ID: "1", OrganisationID: "o", Data: sdk.Some(versori.CredentialData{
		String: sdk.Some(versori.CredentialString{Value: sdk.NewSecret(secretMember)}),
	})}
	return versori.ConnectionCreate{ConnectionTemplateID: "t", Connection: versori.ConnectionSpec{
		Name: "c", Credentials: []versori.ConnectionCredential{{ID: "1", Credential: sdk.Some(credential)}},
	}}
}

// requestsWithSecrets are calls that have a secret wherever a request has room for one.
func requestsWithSecrets() []operation {
	return append(operations(),
		operation{"releases.List, cursor", "GET", func(ctx context.Context, c *clients, opts ...sdk.Option) error {
			_, err := c.app.Releases.List(ctx, releases.ReleaseListParams{Cursor: secretQuery}, opts...)
			return err
		}},
		operation{"releases.All", "GET", func(ctx context.Context, c *clients, opts ...sdk.Option) error {
			for _, err := range c.app.Releases.All(ctx, releases.ReleaseListParams{Cursor: secretQuery}, opts...) {
				return err
			}
			return nil
		}},
		operation{"versori.Connections.Create", "POST", func(ctx context.Context, c *clients, opts ...sdk.Option) error {
			_, err := c.versori.Connections.Create(ctx, connection(), opts...)
			return err
		}},
		operation{"licensing.Do", "GET", func(ctx context.Context, c *clients, opts ...sdk.Option) error {
			return c.licensing.Do(ctx, "GET", "/v3/x", url.Values{"q": {secretQuery}}, nil, new(any), opts...)
		}})
}

// echoes answers with everything that the request has in it: as a page, or as a message of each platform's error body.
func echoes(status int, html bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "session="+token)
		w.Header().Set("X-Echo", r.Header.Get("Authorization")+secretHeader+secretMember)
		if html {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			fmt.Fprintf(w, "<html>%s %s\n%v\n%s</html>", r.Method, r.RequestURI, r.Header, secretMember)
			return
		}
		plain, _ := url.QueryUnescape(r.RequestURI)
		text := strings.Join([]string{r.RequestURI, plain, r.Header.Get("Authorization")}, " at ")
		if strings.HasSuffix(r.URL.Path, "/connections") {
			text += " with " + secretMember // which is in the request's body
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"message": text, "errorMessage": text, "error": text, "code": text, "reason": text,
			"dataError": map[string]string{"reason": text}, "fields": []any{map[string]string{"field": text, "message": text}},
			"detail": []any{map[string]any{"loc": []string{"body", text}, "msg": text, "type": text, "input": secretMember}},
		})
	}
}

// ending is one way for a call to end.
type ending struct {
	name  string
	steps []http.HandlerFunc
	opts  []sdk.Option
}

func endings(elsewhere string) []ending {
	leaving := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere+r.URL.RequestURI()+"&token="+token, http.StatusTemporaryRedirect)
	}
	middleware := func(http.RoundTripper) http.RoundTripper {
		return tripper(func(r *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Get", URL: r.URL.String() + r.Header.Get("Authorization"), Err: careless("broken at " + r.URL.RequestURI())}
		})
	}
	proxy := &url.URL{Scheme: "http", Host: "127.0.0.1:1", User: url.UserPassword("u", secretUser)}
	return []ending{
		{"reset", []http.HandlerFunc{resets}, nil},
		{"401", []http.HandlerFunc{echoes(401, false)}, nil},
		{"400", []http.HandlerFunc{echoes(400, false)}, nil},
		{"422", []http.HandlerFunc{echoes(422, false)}, nil},
		{"429", []http.HandlerFunc{echoes(429, false)}, nil},
		{"500 as a page", []http.HandlerFunc{echoes(500, true)}, nil},
		{"500", []http.HandlerFunc{echoes(500, false)}, nil},
		{"200 as a page", []http.HandlerFunc{echoes(200, true)}, nil},
		{"200 of another shape", []http.HandlerFunc{answer(200, `{"releases":"`+token+`","release_id":{"`+secretMember+`":1},"id":["`+secretMember+`"]`)}, nil},
		{"200 and then a 500", []http.HandlerFunc{answer(200, anything), echoes(500, false)}, nil},
		{"cut off", []http.HandlerFunc{cuts}, nil},
		{"too large", []http.HandlerFunc{answer(200, `"`+strings.Repeat(token, 100)+`"`, "X-Echo", token)}, []sdk.Option{sdk.WithMaxBodySize(100)}},
		{"timeout", []http.HandlerFunc{stalls}, []sdk.Option{sdk.WithAttemptTimeout(time.Millisecond), sdk.WithMaxAttempts(2)}},
		{"redirect elsewhere", []http.HandlerFunc{leaving}, nil},
		{"redirect to nowhere", []http.HandlerFunc{answer(302, "", "Location", "https://[::1/?"+token)}, nil},
		{"redirect to a user", []http.HandlerFunc{answer(302, "", "Location", "http://u:"+secretUser+"@127.0.0.1/")}, nil},
		{"middleware", nil, []sdk.Option{sdk.WithMiddleware(middleware)}},
		{"no proxy", nil, []sdk.Option{sdk.WithHTTPClient(&http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy)}})}},
		{"refused", nil, []sdk.Option{sdk.WithBaseURL("https://u:" + secretUser + "@127.0.0.1/?" + token)}},
		{"header that ends its line", nil, []sdk.Option{sdk.WithHeader("X-Api-Key", secretHeader+"\r\nX: y")}},
		{"token that ends its line", nil, []sdk.Option{sdk.WithToken(token + "\n")}},
		{"limit", nil, []sdk.Option{sdk.WithLimiter(limiterFunc(func(context.Context) error { return errors.New("no turn") }))}},
	}
}

// tripper is a transport of one function.
type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// limiterFunc is a limiter of one function.
type limiterFunc func(context.Context) error

func (f limiterFunc) Wait(ctx context.Context) error { return f(ctx) }

// listener gathers what hooks, logs and responses are told.
type listener struct {
	mu     sync.Mutex
	log    bytes.Buffer
	events []sdk.Event
}

func (l *listener) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.Write(p)
}

func (l *listener) note(_ context.Context, e sdk.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, e)
}

func (l *listener) options() []sdk.Option {
	hooks := sdk.Hooks{Attempt: l.note, Wait: l.note, Outcome: l.note}
	return []sdk.Option{
		sdk.WithHooks(hooks), sdk.WithHeader("X-Api-Key", secretHeader),
		sdk.WithLogger(slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}))),
	}
}

// secretsStaySecret prints whatever a program can lay its hands on, after failures of every kind.
func secretsStaySecret(t *testing.T) {
	other := serve(t, success())
	for _, end := range endings(other.base) {
		t.Run(end.name, func(t *testing.T) {
			t.Parallel()
			steps := end.steps
			if steps == nil {
				steps = []http.HandlerFunc{success()} // which nothing should reach
			}
			s := serve(t, steps...)
			var told listener
			opts := told.options()
			c := s.clients(t, opts...)
			failed := 0
			for _, o := range requestsWithSecrets() {
				var response sdk.Response
				err := o.call(t.Context(), c, append(end.opts, sdk.WithResponse(&response))...)
				if err != nil {
					failed++
					wantQuietError(t, o.name, err)
					if end.steps != nil && assert.APIError(t, err).Attempts == 0 {
						t.Errorf("%s was never sent: %v", o.name, err)
					}
				}
				wantQuiet(t, o.name+": the response", []any{response, &response})
			}
			if failed < len(requestsWithSecrets())-1 {
				t.Errorf("only %d calls failed", failed)
			}
			if len(told.events) == 0 || !strings.Contains(told.log.String(), `"operation":"`) && end.steps != nil {
				t.Errorf("nothing was told: %d events, log %q", len(told.events), told.log.String())
			}
			wantHidden(t, "the log", told.log.String())
			for _, event := range told.events {
				wantHidden(t, "an event", toldByFmt(event)+toldByFmt(&event)+toldBySlog(event))
			}
			for _, v := range []any{opts, end.opts, c, *c, c.cargo, *c.cargo, c.releases, *c.releases, c.app, *c.app, *c.app.Releases, c.versori,
				*c.versori, *c.versori.Flows, c.licensing, *c.licensing, *c.licensing.Releases} {
				wantQuiet(t, fmt.Sprintf("%T", v), v)
			}
		})
	}
}

// wantQuietError prints an error, what it wraps, and the struct itself.
func wantQuietError(t *testing.T, what string, err error) {
	t.Helper()
	e := assert.APIError(t, err)
	wantQuiet(t, what+": the error", err)
	wantHidden(t, what+": the error wrapped", toldByFmt(fmt.Errorf("wrapped: %w", err))+toldByFmt(errors.Join(err, err)))
	wantQuiet(t, what+": the error as a value", *e)
	wantHidden(t, what+": the fields", toldByFmt(e.Fields))
	walkCauses(e.Unwrap(), func(cause error) {
		wantHidden(t, fmt.Sprintf("%s: the cause %T", what, cause), toldByFmt(cause)+toldBySlog(cause))
	})
}

// careless is an error that shows the address, of somebody else's.
type careless string

func (e careless) Error() string { return string(e) }

// walkCauses visits what an error wraps, but for what the middleware made.
func walkCauses(err error, visit func(error)) {
	if err == nil {
		return
	}
	switch v := err.(type) {
	case careless:
		return
	case *url.Error:
		if _, ok := v.Err.(careless); ok {
			return
		}
	case interface{ Unwrap() []error }:
		for _, inner := range v.Unwrap() {
			walkCauses(inner, visit)
		}
	case interface{ Unwrap() error }:
		walkCauses(v.Unwrap(), visit)
	}
	visit(err)
}

// clientsThatCantBeMade has everything wrong with an option that can hold a secret.
func clientsThatCantBeMade(t *testing.T) {
	for _, base := range []string{
		"https://u:" + secretUser + "@api.example.com", "https://api.example.com/?token=" + token, "https://api.example.com/#" + token,
		"ftp://" + token, "://" + secretUser, "https://" + secretUser + "\x7f", "https://api.example.com/" + secretUser + "/%zz", "http://10.0.0.1/" + secretUser,
		"https://[" + secretUser, "https://api.example.com:" + secretUser, "https://api.example.com/" + secretUser + "/..",
	} {
		opts := []sdk.Option{sdk.WithToken(token), sdk.WithBaseURL(base)}
		var config sdk.Config
		for _, opt := range opts {
			if err := opt(&config); err != nil {
				t.Error(err)
			}
		}
		config.Header = http.Header{"X-Api-Key": {secretHeader}}
		wantQuiet(t, "the config", config)
		wantQuiet(t, "the config", &config)
		_, err := licensing.New(opts...)
		if err == nil {
			t.Errorf("%q is taken for a base URL", base)
			continue
		}
		wantQuiet(t, "the error of New", err)
	}
}

// modelsHideTheirSecrets prints models with secret members.
func modelsHideTheirSecrets(t *testing.T) {
	thing := constructs.Thing{ID: "t", Password: sdk.Some(sdk.NewSecret(secretMember))}
	parent := constructs.Thing{ID: "p", Parent: sdk.Some(&thing), Children: []constructs.Thing{thing}, Parts: map[string]constructs.Thing{"a": thing}}
	for _, v := range []any{thing, &thing, parent, &parent, sdk.Some(thing), sdk.Some(&thing), connection()} {
		wantQuietModel(t, fmt.Sprintf("%T", v), v)
	}
	for _, v := range []any{sdk.NewSecret(secretMember), thing.Password, []sdk.Secret{sdk.NewSecret(secretMember)}, &licensing.WebhookVerifier{
		Tokens: []sdk.Secret{sdk.NewSecret(token)}}} {
		wantQuiet(t, fmt.Sprintf("%T", v), v)
	}
}

// logsHaveNothingBut lists the members of a log line, so that a new one is noticed.
func logsHaveNothingBut(t *testing.T) {
	allowed := map[string]bool{"time": true, "level": true, "source": true, "msg": true, "service": true, "operation": true, "method": true, "path": true, "attempt": true,
		"status": true, "elapsed": true, "wait": true, "reason": true, "error": true}
	var told listener
	s := serve(t, answer(503, trouble, "Set-Cookie", "session="+token, "Retry-After", "0"), failure(502), success())
	if err := list(t.Context(), s.clients(t, told.options()...)); err != nil {
		t.Error(err)
	}
	lines := strings.Split(strings.TrimSpace(told.log.String()), "\n")
	if len(lines) != 5 {
		t.Errorf("%d lines for three attempts and two waits:\n%s", len(lines), told.log.String())
	}
	for _, line := range lines {
		var members map[string]any
		if err := json.Unmarshal([]byte(line), &members); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		for name := range members {
			if !allowed[name] {
				t.Errorf("the log line %s has the member %q", line, name)
			}
		}
		if members["path"] != "/v1/orgs/{org_id}/workspaces/{workspace_id}/apps/{app_id}/releases" {
			t.Errorf("the path of %s is no template", line)
		}
	}
}

// recordsHideTheToken prints what a fake has recorded, as a failing test would.
func recordsHideTheToken(t *testing.T) {
	platform := releasestest.NewServer(t)
	c := platform.Client().App(shop())
	if _, err := c.Releases.List(t.Context(), listParams("")); err != nil {
		t.Fatal(err)
	}
	recorded := platform.Requests()
	if all := toldByFmt(recorded) + toldBySlog(recorded); len(recorded) != 1 || strings.Contains(all, releasestest.Token) || !strings.Contains(all, "[redacted]") {
		t.Errorf("the records of %d requests show the token: %s", len(recorded), all)
	}
}
