package transport_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/transport"
)

// ticking is a stream with an event at each interval, and without an end.
func ticking(every time.Duration) step {
	return func(r *http.Request) (*http.Response, error) {
		pipe, events := io.Pipe()
		done := r.Context().Done()
		go func() {
			for {
				select {
				case <-time.After(every):
					_, _ = io.WriteString(events, "data: x\n\n")
				case <-done:
					_ = events.CloseWithError(context.Cause(r.Context()))
					return
				}
			}
		}()
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: pipe, ContentLength: -1}, nil
	}
}

// watch reads a stream to its end, and gives how often the loop ran and the last error.
func watch(c *transport.Client) (n int, err error) {
	for _, err = range transport.Events(context.Background(), c, &transport.Call{Method: "GET", Path: "/x"}, nil) {
		n++
	}
	return n, err
}

func TestStreamIsReadAsItComes(t *testing.T) {
	t.Parallel()
	for name, timeout := range map[string]time.Duration{"without a timeout": 0, "within the timeout of the user's client": 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { // which no goroutine of the stream may outlive
				c := newClient(t, sdk.WithHTTPClient(&http.Client{Transport: play(ticking(time.Hour)), Timeout: timeout}))
				n := 0
				for event, err := range transport.Events(context.Background(), c, &transport.Call{Method: "GET", Path: "/x"}, nil) {
					if err != nil || string(event.Data) != "x" {
						t.Errorf("%s, %v", event.Data, err)
					}
					if n++; n == 3 {
						break
					}
				}
				if n != 3 {
					t.Errorf("%d turns of the loop", n)
				}
			})
		})
	}
}

func TestStreamEndsWithTheTimeoutOfTheUsersClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, sdk.WithHTTPClient(&http.Client{Transport: play(ticking(time.Hour)), Timeout: 90 * time.Minute}))
		n, err := watch(c)
		if e := assert.APIError(t, err); n != 2 || !e.Timeout() {
			t.Errorf("after %d events: %v", n, err)
		}
	})
}

func TestRefusalOfWhatMayTakeLongIsAnErrorInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := func(r *http.Request) (*http.Response, error) {
			resp, err := ticking(100 * time.Millisecond)(r)
			resp.StatusCode = 404
			return resp, err
		}
		c := newClient(t, sdk.WithTransport(play(s)))
		began := time.Now()
		n, err := watch(c)
		assert.Is(t, err, sdk.ErrNotFound)
		if took := time.Since(began); n != 1 || took != 2*time.Minute {
			t.Errorf("a stream: %d turns of the loop in %v", n, took)
		}
		began = time.Now()
		_, err = transport.Bytes(context.Background(), c, &transport.Call{Method: "GET", Path: "/x"}, nil)
		assert.Is(t, err, sdk.ErrNotFound)
		if took := time.Since(began); took != 2*time.Minute {
			t.Errorf("a download: took %v", took)
		}
	})
}

func TestTypesThatAreStreams(t *testing.T) {
	t.Parallel()
	for contentType, ok := range map[string]bool{
		"text/event-stream": true, "text/event-stream; charset=utf-8": true, "Text/Event-Stream ;charset": true,
		"": false, "application/json": false, "text/event-streams": false, "text/html": false,
	} {
		c := newClient(t, sdk.WithTransport(play(answer(200, "data: x\n\n", "Content-Type", contentType))))
		n, err := watch(c)
		if n != 1 || ok != (err == nil) {
			t.Errorf("%q: %d events, %v", contentType, n, err)
		}
		if !ok {
			assert.Is(t, err, sdk.ErrInvalidResponse)
		}
	}
}

func TestStreamIsClosedWhenAHookPanics(t *testing.T) {
	t.Parallel()
	no := func(context.Context, sdk.Event) { panic("hook") }
	for name, hooks := range map[string]sdk.Hooks{"attempt": {Attempt: no}, "outcome": {Outcome: no}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { // which no goroutine of the stream may outlive
				defer func() {
					if r := recover(); r != "hook" {
						t.Errorf("recovered %v", r)
					}
				}()
				c := newClient(t, sdk.WithTransport(play(ticking(time.Hour))), sdk.WithHooks(hooks))
				for range transport.Events(context.Background(), c, &transport.Call{Method: "GET", Path: "/x"}, nil) {
					break
				}
				t.Error("no hook panicked")
			})
		})
	}
}

func TestOutcomeOfAStreamIsToldAtItsEnd(t *testing.T) {
	t.Parallel()
	whole := answer(200, "data: x\n\n", "Content-Type", "text/event-stream")
	cut := answer(200, "data: x\n\ndata", "Content-Type", "text/event-stream")
	for name, c := range map[string]struct {
		answer step
		turn   func() bool // whether the loop goes on
		broken error
	}{
		"it ends":                      {whole, func() bool { return true }, nil},
		"it breaks off":                {cut, func() bool { return true }, io.ErrUnexpectedEOF},
		"the loop is left":             {cut, func() bool { return false }, nil},
		"the loop is left by a panic":  {cut, func() bool { panic("loop") }, nil},
		"its timeout ends it":          {ticking(2 * time.Hour), func() bool { return true }, context.DeadlineExceeded},
		"it is refused, and never was": {answer(404, ""), func() bool { return true }, sdk.ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				var told []sdk.Event
				var response sdk.Response
				client := newClient(t, sdk.WithTransport(play(c.answer)), sdk.WithResponse(&response),
					sdk.WithHooks(sdk.Hooks{Outcome: func(_ context.Context, e sdk.Event) { told = append(told, e) }}))
				ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
				defer cancel()
				func() {
					defer func() {
						if r := recover(); r != nil && r != "loop" {
							t.Errorf("recovered %v", r)
						}
					}()
					for _, err := range transport.Events(ctx, client, &transport.Call{Method: "GET", Path: "/x"}, nil) {
						if err == nil && (response.Status != 200 || told != nil) {
							t.Errorf("at an event: %v, told %v", response, told)
						}
						if !c.turn() {
							break
						}
					}
				}()
				if len(told) != 1 || told[0].Elapsed != time.Since(began) || response.Duration != told[0].Elapsed {
					t.Fatalf("told %+v, response %v", told, response)
				}
				if c.broken == nil && told[0].Err != nil {
					t.Error(told[0].Err)
				}
				if c.broken != nil {
					assert.Is(t, told[0].Err, c.broken)
				}
			})
		})
	}
}
