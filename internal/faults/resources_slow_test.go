package faults_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
)

// trickle is a step that sends its headers and then a byte of white space every so often, without end.
func trickle(status int, every time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		for _, err := io.WriteString(w, `{"message":"half `); err == nil && r.Context().Err() == nil; {
			_ = http.NewResponseController(w).Flush()
			select {
			case <-time.After(every):
			case <-r.Context().Done():
			}
			_, err = io.WriteString(w, " ")
		}
	}
}

// tricklingBodiesEnd has a server that always sends something: a wait that ends with each byte would never end.
func tricklingBodiesEnd(t *testing.T) {
	for _, every := range []time.Duration{time.Second, 59 * time.Second, time.Hour} {
		inBubble(t, func(t *testing.T) {
			s := pipe(t, trickle(200, every))
			c := s.clients(t, sdk.WithAttemptTimeout(-1))
			ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
			defer cancel()
			for _, o := range operations() {
				began := time.Now()
				err := o.call(ctx, c, sdk.WithMaxAttempts(1))
				assert.Is(t, err, sdk.ErrTimeout)
				e := assert.APIError(t, err)
				if took := time.Since(began); took != time.Minute || e.Status != 200 || !e.Timeout() {
					t.Errorf("%s, a byte every %v: after %v: %v", o.name, every, took, err)
				}
			}
			began := time.Now()
			assert.Is(t, get(ctx, c, sdk.WithMaxAttempts(1), sdk.WithReadTimeout(5*time.Second)), sdk.ErrTimeout)
			if took := time.Since(began); took != 5*time.Second {
				t.Errorf("a byte every %v, with a limit of 5 s: after %v", every, took)
			}
		})
	}
	// One that was slow once is asked again.
	inBubble(t, func(t *testing.T) {
		s := pipe(t, trickle(200, time.Second), success())
		if err := get(t.Context(), s.clients(t)); err != nil || s.count() != 2 {
			t.Errorf("%d requests: %v", s.count(), err)
		}
	})
}

func tricklingErrorsKeepTheirStatus(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := pipe(t, trickle(500, time.Second))
		c := s.clients(t)
		for _, o := range operations() {
			began := time.Now()
			err := o.call(t.Context(), c, sdk.WithMaxAttempts(1)) // whose limit would end it too, a minute later
			assert.Is(t, err, sdk.ErrServer)
			if took := time.Since(began); took != time.Minute || !kept(t, err, `{"message":"half `) {
				t.Errorf("%s: after %v: %v", o.name, took, err)
			}
		}
	})
}

func tricklingHeadersEnd(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := pipeBytes(t, func(c *conn) {
			if c.request() == 0 {
				return
			}
			c.say("HTTP/1.1 200 OK\r\nX-Slow: ")
			for range 600 {
				time.Sleep(time.Second)
				c.say("x")
			}
		})
		c := s.clients(t)
		for _, o := range operations() {
			began := time.Now()
			err := o.call(t.Context(), c, sdk.WithMaxAttempts(1))
			assert.Is(t, err, sdk.ErrTimeout)
			if took := time.Since(began); took != 2*time.Minute || assert.APIError(t, err).Status != 0 {
				t.Errorf("%s: after %v: %v", o.name, took, err)
			}
		}
	})
}
