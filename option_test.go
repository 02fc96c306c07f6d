package sdk_test

import (
	"context"
	"log/slog"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"github.com/wharfinger/sdk"
)

// apply lays options over an empty Config.
func apply(opts ...sdk.Option) (sdk.Config, error) {
	var c sdk.Config
	for _, opt := range opts {
		if err := opt(&c); err != nil {
			return c, err
		}
	}
	return c, nil
}

func TestOptionsThatCantBeMeantAreErrors(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]sdk.Option{
		"empty token": sdk.WithToken(""), "token with a line break": sdk.WithToken("a\nb"), "nil source": sdk.WithTokenSource(nil),
		"empty base": sdk.WithBaseURL(""), "empty scope": sdk.WithScope("a", ""), "nameless scope": sdk.WithScope("", "a"),
		"nil client": sdk.WithHTTPClient(nil), "nil transport": sdk.WithTransport(nil), "nil middleware": sdk.WithMiddleware(nil),
		"nil limiter": sdk.WithLimiter(nil), "nil logger": sdk.WithLogger(nil), "nil response": sdk.WithResponse(nil),
		"header name": sdk.WithHeader("a b", "c"), "header value": sdk.WithHeader("a", "\r"), "header of the connection": sdk.WithHeader("connection", "x"),
		"empty agent": sdk.WithUserAgent(" "), "no attempt": sdk.WithMaxAttempts(0), "negative attempts": sdk.WithMaxAttempts(-1),
		"no backoff": sdk.WithBackoff(0, time.Second), "backwards backoff": sdk.WithBackoff(2, 1), "no budget": sdk.WithRetryBudget(0),
		"no body": sdk.WithMaxBodySize(0), "no rate": sdk.WithRateLimit(0, 1), "NaN rate": sdk.WithRateLimit(math.NaN(), 1),
		"endless rate": sdk.WithRateLimit(math.Inf(1), 1), "no burst": sdk.WithRateLimit(1, 0), "no elapsed": sdk.WithMaxElapsed(0),
		"no timeout": sdk.WithAttemptTimeout(0), "no read timeout": sdk.WithReadTimeout(0), "no retry after": sdk.WithMaxRetryAfter(0),
	} {
		if _, err := apply(opt); err == nil || !strings.HasPrefix(err.Error(), "sdk.With") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOptionsSetTheConfig(t *testing.T) {
	t.Parallel()
	var r sdk.Response
	limiter, logger, client := rate.NewLimiter(1, 1), slog.Default(), &http.Client{}
	c, err := apply(
		sdk.WithToken("t"), sdk.WithBaseURL("https://x"), sdk.WithScope("a", "1"), sdk.WithScope("b", "2"), sdk.WithHTTPClient(client),
		sdk.WithTransport(http.DefaultTransport), sdk.WithMiddleware(func(rt http.RoundTripper) http.RoundTripper { return rt }),
		sdk.WithHeader("x-a", "1"), sdk.WithHeader("X-A", "2"), sdk.WithUserAgent("app"), sdk.WithMaxAttempts(3), sdk.WithBackoff(1, 2),
		sdk.WithMaxRetryAfter(-1), sdk.WithMaxElapsed(4), sdk.WithAttemptTimeout(5), sdk.WithReadTimeout(6), sdk.WithRetryBudget(7),
		sdk.WithLimiter(limiter), sdk.WithMaxBodySize(8), sdk.WithLogger(logger), sdk.WithHooks(sdk.Hooks{}), sdk.WithHooks(sdk.Hooks{}),
		sdk.WithPrefetch(), sdk.WithResponse(&r), sdk.WithPlainHTTP(), sdk.WithCrossOriginRedirects())
	if err != nil {
		t.Fatal(err)
	}
	ok := c.Token.Reveal() == "t" && c.BaseURL == "https://x" && c.Scope["a"] == "1" && c.Scope["b"] == "2" && c.HTTPClient == client &&
		c.Transport == http.DefaultTransport && len(c.Middleware) == 1 && len(c.Header["X-A"]) == 1 && c.Header["X-A"][0] == "2" && c.UserAgent == "app" &&
		c.MaxAttempts == 3 && c.BackoffMin == 1 && c.BackoffMax == 2 && c.MaxRetryAfter == -1 && c.MaxElapsed == 4 && c.AttemptTimeout == 5 &&
		c.ReadTimeout == 6 && c.RetryBudget == 7 && c.Limiter == sdk.Limiter(limiter) && c.MaxBodySize == 8 && c.Logger == logger && len(c.Hooks) == 2 &&
		c.Prefetch && c.Response == &r && c.PlainHTTP && c.CrossOriginRedirects
	if !ok {
		t.Errorf("got %+v", c)
	}
}

func TestTheLaterCredentialWins(t *testing.T) {
	t.Parallel()
	source := sdk.TokenSourceFunc(func(context.Context) (sdk.Secret, error) { return sdk.NewSecret("s"), nil })
	token, from, none := sdk.WithToken("t"), sdk.WithTokenSource(source), sdk.WithoutToken()
	for name, c := range map[string]struct {
		opts        []sdk.Option
		token, from bool
		none        bool
	}{
		"token":  {[]sdk.Option{none, from, token}, true, false, false},
		"source": {[]sdk.Option{token, none, from}, false, true, false},
		"none":   {[]sdk.Option{from, token, none}, false, false, true},
	} {
		got, err := apply(c.opts...)
		if err != nil || !got.Token.IsZero() != c.token || (got.TokenSource != nil) != c.from || got.NoToken != c.none {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if secret, err := source.Token(context.Background()); err != nil || secret.Reveal() != "s" {
		t.Error(err)
	}
}

func TestOptionsCanBeUsedAgain(t *testing.T) {
	t.Parallel()
	shared := []sdk.Option{sdk.WithHeader("X-A", "1"), sdk.WithScope("a", "1"), sdk.WithRateLimit(1, 1)}
	first, err := apply(shared...)
	if err != nil {
		t.Fatal(err)
	}
	second, err := apply(append(shared, sdk.WithHeader("X-B", "2"), sdk.WithScope("b", "2"))...)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Header) != 1 || len(first.Scope) != 1 || len(second.Header) != 2 || len(second.Scope) != 2 {
		t.Errorf("%v %v %v %v", first.Header, first.Scope, second.Header, second.Scope)
	}
	if first.Limiter != second.Limiter {
		t.Error("one option gave two limits")
	}
}
