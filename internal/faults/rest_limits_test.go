package faults_test

import (
	"context"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
)

func turnsThatComeTooLate(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, o := range operations() {
			s := pipe(t, success())
			c := s.clients(t, sdk.WithRateLimit(1.0/3600, 1))
			if err := o.call(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			err := o.call(ctx, c)
			cancel()
			if e := assert.APIError(t, err); e.Attempts != 0 || e.Status != 0 || e.Message == "" {
				t.Errorf("%s: %d attempts, status %d, %v", o.name, e.Attempts, e.Status, e)
			}
			if e := assert.APIError(t, o.call(t.Context(), c, sdk.WithMaxElapsed(time.Minute))); e.Attempts != 0 {
				t.Errorf("%s: %v", o.name, e)
			}
			if time.Since(began) != 0 || s.count() != 1 {
				t.Errorf("%s: %d requests, errors after %v", o.name, s.count(), time.Since(began))
			}
		}
		// The turn of a repeat: what the server said stays.
		s := pipe(t, failure(503))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		err := get(ctx, s.clients(t, sdk.WithRateLimit(1.0/3600, 1)))
		wantTrouble(t, err, 503, 1)
		if time.Since(began) > time.Second || s.count() != 1 {
			t.Errorf("%d requests, the error after %v", s.count(), time.Since(began))
		}
	})
}

func waitsForATurn(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := pipe(t, failure(502), success())
		c := s.clients(t, sdk.WithRateLimit(0.1, 1))
		for range 3 {
			if err := get(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		waits := s.waits()
		if len(waits) != 3 {
			t.Fatalf("%d requests for three calls and one repeat", len(waits)+1)
		}
		for _, wait := range waits {
			if wait < 9900*time.Millisecond || wait > 10100*time.Millisecond {
				t.Errorf("%v between two requests at a rate of one in ten seconds", wait)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		began := time.Now()
		err := get(ctx, c)
		assert.Is(t, err, context.Canceled)
		if time.Since(began) != time.Second || s.count() != 4 || assert.APIError(t, err).Attempts != 0 {
			t.Errorf("after %v and %d requests: %v", time.Since(began), s.count(), err)
		}
	})
}
