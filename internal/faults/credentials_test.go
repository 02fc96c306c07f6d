package faults_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/licensing"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/versori"
)

func credentials() []check {
	return []check{
		{61, "a redirect to another origin is refused and nothing arrives there", redirectsElsewhereAreRefused},
		{61, "a redirect that is followed elsewhere on request carries no credential and no query and no body", redirectsElsewhereCarryNothing},
		{61, "credentials do not come back after a detour", credentialsStayAwayAfterADetour},
		{61, "a redirect within the origin keeps the token", redirectsWithinTheOriginKeepTheToken},
		{62, "a request with an effect is not sent to another origin even on request", bodiesGoNowhereElse},
		{63, "a redirect from https to http is refused even on request", downgradesAreRefused},
		{63, "redirects in a circle end after ten", redirectsEndAfterTen},
		{63, "no redirect but 303 turns a POST into a GET", onlySeeOtherMakesAGet},
		{64, "the address of another origin is no path", addressesAreNoPaths},
		{64, "a cursor that is an address is sent as a cursor", cursorsAreNoAddresses},
		{65, "no failure of any kind shows a token or a secret or a query in anything that can be printed", secretsStaySecret},
		{65, "a client that can not be made shows nothing of what was wrong", clientsThatCantBeMade},
		{65, "models hide their secret members everywhere but on the wire", modelsHideTheirSecrets},
		{66, "a log line has only members that are safe to show", logsHaveNothingBut},
		{66, "what a fake has recorded of a request shows no token", recordsHideTheToken},
		{67, "a token goes over plain http to loopback alone unless asked for", tokensNeedTLS},
		{68, "nothing that is given can end a header line", headersKeepToTheirLine},
		{68, "an id or a cursor with line breaks arrives as it is", idsKeepToTheRequestLine},
		{69, "a proxy carries requests and gets its own credentials", proxiesCarryRequests},
		{69, "a proxy that asks for credentials is an error at once that says so", proxiesThatRefuse},
		{69, "the proxy of the environment is used and its refusal is a typed error", proxiesOfTheEnvironment},
	}
}

// makers are the four functions New.
func makers() map[string]func(...sdk.Option) (anyDo, error) {
	return map[string]func(...sdk.Option) (anyDo, error){
		"cargo":     func(opts ...sdk.Option) (anyDo, error) { return wrapDo(cargo.New(opts...)) },
		"releases":  func(opts ...sdk.Option) (anyDo, error) { return wrapDo(releases.New(opts...)) },
		"versori":   func(opts ...sdk.Option) (anyDo, error) { return wrapDo(versori.New(opts...)) },
		"licensing": func(opts ...sdk.Option) (anyDo, error) { return wrapDo(licensing.New(opts...)) },
	}
}

// anyDo is what the four clients have in common.
type anyDo interface {
	Do(ctx context.Context, method, path string, query url.Values, body, out any, opts ...sdk.Option) error
}

func wrapDo[C anyDo](client C, err error) (anyDo, error) { return client, err }

// unused is a transport that nothing must reach.
func unused(t *testing.T) sdk.Option {
	return sdk.WithTransport(tripper(func(r *http.Request) (*http.Response, error) {
		t.Errorf("%s %s was sent", r.Method, r.URL)
		return nil, &net.AddrError{Err: "unused"} // which nobody tries again
	}))
}

func tokensNeedTLS(t *testing.T) {
	for base, clear := range map[string]bool{
		"https://api.example.com": true, "http://localhost:80": true, "http://127.0.0.1": true, "http://[::1]:8080": true, "http://api.localhost": true,
		"http://api.example.com": false, "http://10.0.0.1:8080": false, "http://localhost.example.com": false, "http://127.0.0.1.example.com": false,
		"http://0.0.0.0": false, "HTTP://API.EXAMPLE.COM": false,
	} {
		for name, make := range makers() {
			source := sdk.WithTokenSource(sdk.TokenSourceFunc(func(context.Context) (sdk.Secret, error) { return sdk.NewSecret(token), nil }))
			for _, auth := range []sdk.Option{sdk.WithToken(token), source} {
				if _, err := make(auth, sdk.WithBaseURL(base)); clear != (err == nil) {
					t.Errorf("%s at %s: %v", name, base, err)
				}
				if _, err := make(auth, sdk.WithBaseURL(base), sdk.WithPlainHTTP()); err != nil {
					t.Errorf("%s at %s, asked for: %v", name, base, err)
				}
				c, err := make(auth, sdk.WithBaseURL("https://api.example.com"), unused(t))
				if err != nil {
					t.Fatal(err)
				}
				if !clear {
					err := c.Do(t.Context(), "GET", "/x", nil, nil, nil, sdk.WithBaseURL(base))
					assert.Is(t, err, sdk.ErrInvalidRequest)
				}
			}
			if _, err := make(sdk.WithoutToken(), sdk.WithBaseURL(base)); err != nil {
				t.Errorf("%s at %s, without a token: %v", name, base, err)
			}
		}
	}
}

func headersKeepToTheirLine(t *testing.T) {
	source := func(text string) sdk.Option {
		return sdk.WithTokenSource(sdk.TokenSourceFunc(func(context.Context) (sdk.Secret, error) { return sdk.NewSecret(text), nil }))
	}
	config := func(change func(*sdk.Config)) sdk.Option {
		return func(c *sdk.Config) error {
			change(c)
			return nil
		}
	}
	for _, evil := range []string{secretHeader + "\r\nX-Evil: 1", secretHeader + "\nX-Evil: 1", secretHeader + "\rX-Evil: 1", secretHeader + "\x00", "\x7f" + secretHeader} {
		for name, opt := range map[string]sdk.Option{
			"token": sdk.WithToken(evil), "token of a source": source(evil), "header value": sdk.WithHeader("X-A", evil), "header name": sdk.WithHeader(evil, "1"),
			"user agent": sdk.WithUserAgent(evil), "token of a config": config(func(c *sdk.Config) { c.Token = sdk.NewSecret(evil) }),
			"header of a config": config(func(c *sdk.Config) { c.Header = http.Header{"X-A": {"1", evil}} }),
			"name of a config":   config(func(c *sdk.Config) { c.Header = http.Header{evil: {"1"}} }),
			"agent of a config":  config(func(c *sdk.Config) { c.UserAgent = evil }),
		} {
			for platform, make := range makers() {
				opts := []sdk.Option{sdk.WithToken(token), sdk.WithBaseURL("https://api.example.com"), unused(t)}
				if _, err := make(append(opts, opt)...); name != "token of a source" && err == nil {
					t.Errorf("%s: New takes the %s %q", platform, name, evil)
				} else if err != nil {
					wantQuiet(t, name, err)
				}
				c, err := make(opts...)
				if err != nil {
					t.Fatal(err)
				}
				if err = c.Do(t.Context(), "GET", "/x", nil, nil, nil, opt); err == nil {
					t.Errorf("%s: a call takes the %s %q", platform, name, evil)
					continue
				}
				if e := assert.APIError(t, err); e.Attempts != 0 {
					t.Errorf("%s, %s: %d attempts", platform, name, e.Attempts)
				}
				wantQuietError(t, name, err)
			}
		}
	}
}

func idsKeepToTheRequestLine(t *testing.T) {
	const evil = "a HTTP/1.1\r\nX-Evil: 1\r\n\r\nGET /x"
	s := serve(t, success())
	c := s.clients(t)
	_, err := c.app.Releases.Get(t.Context(), evil)
	_, err2 := c.app.Releases.List(t.Context(), releases.ReleaseListParams{Cursor: evil})
	_, err3 := c.versori.Flows.Get(t.Context(), evil, evil, versori.WithOrganisation(evil))
	_, err4 := c.licensing.Releases.Update(t.Context(), evil, licensing.ReleaseUpdate{})
	if err := errors.Join(err, err2, err3, err4); err != nil {
		t.Error(err)
	}
	got := s.arrivals()
	if len(got) != 4 {
		t.Errorf("%d requests arrived for four calls", len(got))
	}
	for _, a := range got {
		if a.header.Get("X-Evil") != "" || !strings.Contains(a.uri, "a%20HTTP%2F1.1%0D%0AX-Evil%3A%201%0D%0A%0D%0AGET%20%2Fx") {
			t.Errorf("arrived: %+v", a)
		}
	}
}
