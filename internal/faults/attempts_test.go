package faults_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wharfinger/sdk"
)

func attempts() []check {
	return slices.Concat(bodies(), []check{
		{31, "middleware sees each attempt whole and signs it anew", signedAttempts},
		{31, "middleware sees the refreshed token", signedRefresh},
		{32, "header fields do not add up over attempts", headersDoNotAddUp},
	}, isolation(), []check{
		{34, "the number of attempts is told on success and on failure", attemptsAreTold},
	})
}

// signing is a middleware that signs the body and numbers the attempts, as a request that may come once needs.
func signing(nonce *atomic.Int64) sdk.Option {
	return sdk.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return tripper(func(r *http.Request) (*http.Response, error) {
			var body []byte
			signed := r.Clone(r.Context())
			if r.Body != nil {
				var err error
				if body, err = io.ReadAll(r.Body); err != nil {
					return nil, err
				}
				_ = r.Body.Close()
				signed.Body = io.NopCloser(bytes.NewReader(body))
			}
			signed.Header.Add("X-Nonce", fmt.Sprint(nonce.Add(1)))
			signed.Header.Add("X-Signature", signature(r.Header.Get("Authorization"), body))
			return next.RoundTrip(signed)
		})
	})
}

func signature(authorization string, body []byte) string {
	sum := sha256.Sum256(append([]byte(authorization+"\n"), body...))
	return hex.EncodeToString(sum[:])
}

// wantSigned checks what arrived from a client with the middleware.
func wantSigned(t *testing.T, o operation, got []arrival, attempts int) {
	t.Helper()
	if len(got) != attempts {
		t.Errorf("%s: %d requests, want %d", o.name, len(got), attempts)
	}
	seen := map[string]bool{}
	for _, a := range got {
		if sig := a.header["X-Signature"]; len(sig) != 1 || sig[0] != signature(a.header.Get("Authorization"), []byte(a.body)) {
			t.Errorf("%s: the signature %q doesn't fit the body %q", o.name, sig, a.body)
		}
		nonce := a.header["X-Nonce"]
		if len(nonce) != 1 || seen[nonce[0]] {
			t.Errorf("%s: the nonce is %q", o.name, nonce)
		}
		seen[strings.Join(nonce, "")] = true
	}
}

func signedAttempts(t *testing.T) {
	for _, o := range operations() {
		var nonce atomic.Int64
		s := serve(t, failure(429), failure(429), failure(429), success())
		if err := o.call(t.Context(), s.clients(t, signing(&nonce))); err != nil {
			t.Errorf("%s: %v", o.name, err)
		}
		wantSigned(t, o, s.arrivals(), 4)
	}
}

func signedRefresh(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, o := range operations() {
			var nonce, lowest atomic.Int64
			lowest.Store(2)
			s := pipe(t, from(&lowest))
			if err := o.call(t.Context(), s.clients(t, signing(&nonce), sdk.WithTokenSource(&source{}))); err != nil {
				t.Errorf("%s: %v", o.name, err)
			}
			wantSigned(t, o, s.arrivals(), 2)
			for i, a := range s.arrivals() {
				if got := a.header.Get("Authorization"); got != fmt.Sprintf("Bearer token-%d", i+1) {
					t.Errorf("%s, attempt %d: Authorization %q", o.name, i+1, got)
				}
			}
		}
	})
}

func headersDoNotAddUp(t *testing.T) {
	// A middleware mustn't change the request that it got, but many do.
	adding := sdk.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return tripper(func(r *http.Request) (*http.Response, error) {
			r.Header.Add("X-Added", "a")
			r.Header["X-Given"] = append(r.Header["X-Given"], "b")
			r.Header.Add("User-Agent", "c")
			return next.RoundTrip(r)
		})
	})
	for _, o := range operations() {
		s := serve(t, failure(429))
		c := s.clients(t, adding, sdk.WithHeader("X-Given", "1"), sdk.WithHeader("X-Given", "2"), sdk.WithUserAgent("faults/1"))
		for range 2 {
			wantTrouble(t, o.call(t.Context(), c, sdk.WithHeader("X-Call", "3")), 429, 4)
		}
		got := s.arrivals()
		for i, a := range got {
			if !reflect.DeepEqual(a.header, got[0].header) {
				t.Errorf("%s: request %d has %v, the first %v", o.name, i+1, a.header, got[0].header)
			}
		}
		h := got[0].header
		for name, want := range map[string][]string{"X-Added": {"a"}, "X-Given": {"2", "b"}, "X-Call": {"3"}, "Authorization": {"Bearer " + token}} {
			if !slices.Equal(h[name], want) {
				t.Errorf("%s: %s is %q", o.name, name, h[name])
			}
		}
		for _, name := range []string{"Accept", "Accept-Encoding"} {
			if len(h[name]) != 1 {
				t.Errorf("%s: %s is %q", o.name, name, h[name])
			}
		}
	}
}

func attemptsAreTold(t *testing.T) {
	for _, o := range operations() {
		for failures, step := range map[int][]http.HandlerFunc{
			0: {success()}, 2: {failure(429), failure(429), success()}, 4: {failure(429)},
		} {
			s := serve(t, step...)
			want := min(failures+1, 4)
			var r sdk.Response
			var numbers []int
			var outcome sdk.Event
			var lines bytes.Buffer
			hooks := sdk.Hooks{
				Attempt: func(_ context.Context, e sdk.Event) { numbers = append(numbers, e.Attempt) },
				Outcome: func(_ context.Context, e sdk.Event) { outcome = e },
			}
			logger := slog.New(slog.NewJSONHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))
			err := o.call(t.Context(), s.clients(t), sdk.WithResponse(&r), sdk.WithHooks(hooks), sdk.WithLogger(logger))
			if s.count() != want || r.Attempts != want || outcome.Attempt != want || len(numbers) != want || numbers[want-1] != want {
				t.Errorf("%s: %d requests, told %d, %d and %v", o.name, s.count(), r.Attempts, outcome.Attempt, numbers)
			}
			if n := logged(t, &lines); !slices.Equal(n, numbers) {
				t.Errorf("%s: logged attempts %v, want %v", o.name, n, numbers)
			}
			if failures < 4 {
				if err != nil {
					t.Errorf("%s: %v", o.name, err)
				}
				continue
			}
			wantTrouble(t, err, 429, 4)
			if !strings.Contains(err.Error(), "4 attempts") {
				t.Errorf("%s: the error doesn't tell its attempts: %v", o.name, err)
			}
		}
	}
}

// logged are the numbers of the attempts in a log.
func logged(t *testing.T, lines io.Reader) []int {
	t.Helper()
	var numbers []int
	for d := json.NewDecoder(lines); ; {
		var line struct {
			Msg     string
			Attempt int
		}
		if err := d.Decode(&line); err == io.EOF {
			return numbers
		} else if err != nil {
			t.Fatal(err)
		}
		if line.Msg == "attempt" {
			numbers = append(numbers, line.Attempt)
		}
	}
}
