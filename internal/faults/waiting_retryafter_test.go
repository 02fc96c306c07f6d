package faults_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
)

func retryAfters() []check {
	return []check{
		{13, "a wait that the server asks for is waited in full", askedWaitIsWaited},
		{14, "Retry-After is read in all three forms of a date", datesAreRead},
		{15, "no Retry-After makes a wait negative or a loop tight", oddRetryAfters},
		{15, "the platform's own header with the end of its rate limit is waited for", rateLimitReset},
		{15, "the platform's own wait in the body of an error is waited for", waitInTheBody},
		{16, "a Retry-After beyond all measure ends the call at once", absurdRetryAfters},
		{16, "a wait beyond all measure in the platform's own place ends the call at once", absurdOwnWaits},
		{20, "a Retry-After above the cap ends the call at once and one below it is not cut", retryAfterCap},
	}
}

// failingOnce waits between a failure and the repeat of an operation, in memory and without an upper bound.
func failingOnce(t *testing.T, o operation, first http.HandlerFunc, opts ...sdk.Option) time.Duration {
	t.Helper()
	s := pipe(t, first, success())
	err := o.call(t.Context(), s.clients(t, append([]sdk.Option{sdk.WithMaxRetryAfter(-1)}, opts...)...))
	waits := s.waits()
	if err != nil || len(waits) != 1 {
		t.Fatalf("%s: %d requests: %v", o.name, s.count(), err)
	}
	return waits[0]
}

// aTenth is the most that a client adds to the wait that it was asked for.
func aTenth(wait time.Duration) time.Duration { return wait + min(wait/10, time.Second) }

func askedWaitIsWaited(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, o := range operations() {
			for _, status := range []int{429, 503} {
				for text, wait := range map[string]time.Duration{"3": 3 * time.Second, "45": 45 * time.Second, "3600": time.Hour} {
					if got := failingOnce(t, o, failure(status, "Retry-After", text)); got < wait || got > aTenth(wait) {
						t.Errorf("%s, %d: waited %v after Retry-After %s", o.name, status, got, text)
					}
				}
			}
		}
		for _, o := range operations() {
			if !o.safe() {
				continue
			}
			for _, status := range []int{408, 425, 500, 502, 504} {
				if got := failingOnce(t, o, failure(status, "Retry-After", "20")); got < 20*time.Second {
					t.Errorf("%s, %d: waited %v", o.name, status, got)
				}
			}
		}
	})
}

func datesAreRead(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for name, layout := range map[string]string{
			"IMF-fixdate": http.TimeFormat, "RFC 850": "Monday, 02-Jan-06 15:04:05 GMT", "asctime": time.ANSIC,
		} {
			for _, o := range operations() {
				at := time.Now().UTC().Add(90 * time.Second).Truncate(time.Second)
				began := time.Now()
				wait := at.Sub(began)
				if got := failingOnce(t, o, failure(429, "Retry-After", at.Format(layout))); got < wait || got > aTenth(wait) {
					t.Errorf("%s, %s: waited %v, want %v", o.name, name, got, wait)
				}
			}
		}
	})
}

func oddRetryAfters(t *testing.T) {
	const own = 500 * time.Millisecond // the longest first wait of the client's own
	inBubble(t, func(t *testing.T) {
		past := func(layout string) string { return time.Now().UTC().Add(-time.Hour).Format(layout) }
		for name, c := range map[string]struct {
			values    []string
			low, high time.Duration
		}{
			"zero":                  {[]string{"0"}, 1, own},
			"negative":              {[]string{"-5"}, 1, own},
			"very negative":         {[]string{"-9999999999999"}, 1, own},
			"minus infinity":        {[]string{"-1e309"}, 1, own},
			"not a number":          {[]string{"NaN"}, 1, own},
			"a word":                {[]string{"soon"}, 1, own},
			"empty":                 {[]string{""}, 1, own},
			"tiny":                  {[]string{"1e-300"}, 0, own},
			"a date long ago":       {[]string{past(http.TimeFormat)}, 1, own},
			"an asctime long ago":   {[]string{past(time.ANSIC)}, 1, own},
			"a date of year one":    {[]string{"Mon, 01 Jan 0001 00:00:00 GMT"}, 1, own},
			"not a date":            {[]string{"Fri, 32 Foo 2026 25:61:61 GMT"}, 1, own},
			"a fraction":            {[]string{"1.5"}, 1500 * time.Millisecond, 1650 * time.Millisecond},
			"spaces":                {[]string{"  2 "}, 2 * time.Second, 2200 * time.Millisecond},
			"two values":            {[]string{"1", "4"}, 4 * time.Second, 4400 * time.Millisecond},
			"two in another order":  {[]string{"4", "1"}, 4 * time.Second, 4400 * time.Millisecond},
			"two in one":            {[]string{"1, 4"}, 4 * time.Second, 4400 * time.Millisecond},
			"a good and a bad one":  {[]string{"never", "2"}, 2 * time.Second, 2200 * time.Millisecond},
			"a negative and a good": {[]string{"-7, 2"}, 2 * time.Second, 2200 * time.Millisecond},
		} {
			var header []string
			for _, v := range c.values {
				header = append(header, "Retry-After", v)
			}
			if got := failingOnce(t, operations()[0], failure(429, header...)); got < c.low || got > c.high {
				t.Errorf("%s: waited %v, want %v to %v", name, got, c.low, c.high)
			}
			// What can't be meant doesn't ask for a write to be repeated.
			if c.low == 1 {
				s := pipe(t, failure(503, header...), success())
				asked := name == "zero" || strings.HasSuffix(name, "long ago") || name == "a date of year one"
				if err := create(t.Context(), s.clients(t)); asked != (err == nil) || s.count() == 2 != asked {
					t.Errorf("%s with 503: %d requests: %v", name, s.count(), err)
				}
			}
			// Whatever it says, the attempts are bounded.
			s := pipe(t, failure(429, header...))
			wantTrouble(t, create(t.Context(), s.clients(t)), 429, 4)
			if s.count() != 4 {
				t.Errorf("%s: %d requests", name, s.count())
			}
		}
	})
}

func rateLimitReset(t *testing.T) {
	update := operation{"licensing.Update", "PATCH", patch}
	inBubble(t, func(t *testing.T) {
		for name, layout := range map[string]string{
			"with a zone": time.RFC3339, "with fractions": "2006-01-02T15:04:05.0000000Z07:00", "without a zone": "2006-01-02T15:04:05.000",
		} {
			for _, zone := range []*time.Location{time.UTC, time.FixedZone("", 5*3600)} {
				at := time.Now().Add(20 * time.Second).Truncate(time.Second).In(zone)
				if name == "without a zone" {
					at = at.UTC()
				}
				wait := time.Until(at)
				got := failingOnce(t, update, failure(429, "X-Rate-Limit-Reset", at.Format(layout)))
				if got < wait || got > aTenth(wait) {
					t.Errorf("%s: waited %v, want %v", name, got, wait)
				}
			}
		}
		for name, text := range map[string]string{
			"past": time.Now().UTC().Add(-time.Hour).Format(time.RFC3339), "not a time": "1767225600", "empty": "",
		} {
			if got := failingOnce(t, update, failure(429, "X-Rate-Limit-Reset", text)); got <= 0 || got > 500*time.Millisecond {
				t.Errorf("%s: waited %v", name, got)
			}
		}
		// Retry-After counts before it, and the header is sent with every answer: it invites nothing but after a 429.
		far := time.Now().UTC().Add(time.Hour).Format(time.RFC3339)
		if got := failingOnce(t, update, failure(429, "X-Rate-Limit-Reset", far, "Retry-After", "2")); got > aTenth(2*time.Second) {
			t.Errorf("waited %v for a Retry-After of 2", got)
		}
		s := pipe(t, failure(503, "X-Rate-Limit-Reset", far))
		wantTrouble(t, patch(t.Context(), s.clients(t)), 503, 1)
	})
}

func waitInTheBody(t *testing.T) {
	const own = 500 * time.Millisecond
	inBubble(t, func(t *testing.T) {
		for text, c := range map[string]struct{ low, high time.Duration }{
			"7":      {7 * time.Second, aTenth(7 * time.Second)},
			"1.5":    {1500 * time.Millisecond, 1650 * time.Millisecond},
			"0":      {1, own},
			"-3":     {1, own},
			"-1e309": {1, own},
			"null":   {1, own},
			"true":   {1, own},
			`"soon"`: {1, own},
			"[9]":    {1, own},
		} {
			body := `{"error":"RATE_LIMIT_EXCEEDED","message":"slow down","details":{"retry_after":` + text + `},"status_code":429}`
			for _, o := range []operation{{"releases.Get", "GET", get}, {"releases.Create", "POST", create}} {
				if got := failingOnce(t, o, answer(429, body)); got < c.low || got > c.high {
					t.Errorf("%s, %s: waited %v, want %v to %v", o.name, text, got, c.low, c.high)
				}
			}
		}
		body := `{"error":"RATE_LIMIT_EXCEEDED","details":{"retry_after":70}}`
		if got := failingOnce(t, operations()[0], answer(429, body, "Retry-After", "2")); got > aTenth(2*time.Second) {
			t.Errorf("waited %v for a Retry-After of 2", got)
		}
	})
}

// endsAtOnce checks that a call makes one attempt and ends without waiting, although it could wait for an hour.
func endsAtOnce(t *testing.T, o operation, what string, first http.HandlerFunc) {
	t.Helper()
	for name, opt := range map[string]sdk.Option{
		"default": sdk.WithMaxAttempts(4), "an hour": sdk.WithMaxRetryAfter(time.Hour), "no cap": sdk.WithMaxRetryAfter(-1),
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Hour)
		began := time.Now()
		e := assert.APIError(t, o.call(ctx, pipe(t, first, success()).clients(t), opt))
		cancel()
		if took := time.Since(began); took != 0 || e.Status != 429 || e.Attempts != 1 || e.RetryAfter <= 2*time.Hour {
			t.Errorf("%s, %s, %s: after %v, RetryAfter %v: %v", o.name, what, name, took, e.RetryAfter, e)
		}
	}
}

func absurdRetryAfters(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, value := range []string{
			"9999999999999", "10000000000000", "1e13", "1e309", "Inf", "+Inf", "99999999999999999999999999", "9223372036854775807",
			"9223372037", "1.7976931348623157e308", "Fri, 31 Dec 9999 23:59:59 GMT", "3, 1e13",
		} {
			for _, o := range operations() {
				endsAtOnce(t, o, value, failure(429, "Retry-After", value))
			}
		}
	})
}

func absurdOwnWaits(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		update := operation{"licensing.Update", "PATCH", patch}
		for _, value := range []string{"9999-12-31T23:59:59Z", "9999-12-31T23:59:59.9999999", "2500-01-01T00:00:00+14:00"} {
			endsAtOnce(t, update, value, failure(429, "X-Rate-Limit-Reset", value))
		}
		for _, value := range []string{"1e13", "9999999999999", "1e308", "1e309", "99999999999999999999999999", "31536000", "8000"} {
			body := `{"error":"RATE_LIMIT_EXCEEDED","details":{"retry_after":` + value + `}}`
			endsAtOnce(t, operation{"releases.Get", "GET", get}, value, answer(429, body))
			endsAtOnce(t, operation{"releases.Create", "POST", create}, value, answer(429, body))
		}
	})
}

func retryAfterCap(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, o := range operations() {
			s := pipe(t, failure(429, "Retry-After", "61"), success())
			began := time.Now()
			err := o.call(t.Context(), s.clients(t))
			wantTrouble(t, err, 429, 1)
			assert.Is(t, err, sdk.ErrRateLimited)
			if e := assert.APIError(t, err); time.Since(began) != 0 || e.RetryAfter != 61*time.Second {
				t.Errorf("%s: after %v, RetryAfter %v", o.name, time.Since(began), e.RetryAfter)
			}
			// Up to the cap it is waited in full, also where the client's own waits are shorter.
			for text, opt := range map[string]sdk.Option{"60": sdk.WithMaxRetryAfter(time.Minute), "599": sdk.WithMaxRetryAfter(10 * time.Minute)} {
				wait, _ := time.ParseDuration(text + "s")
				got := failingOnce(t, o, failure(429, "Retry-After", text), opt, sdk.WithBackoff(time.Millisecond, time.Second))
				if got < wait || got > aTenth(wait) {
					t.Errorf("%s: waited %v for %s", o.name, got, text)
				}
			}
		}
	})
}
