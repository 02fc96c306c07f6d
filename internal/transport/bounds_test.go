package transport_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/transport"
)

// endless is a body without an end.
type endless struct{ read atomic.Int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.read.Add(int64(len(p)))
	return len(p), nil
}

func (e *endless) Close() error { return nil }

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	const limit = 1 << 18
	body := &endless{}
	bare := func(length int64, b io.ReadCloser) step {
		return func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: b, ContentLength: length}, nil
		}
	}
	bomb := zipped(strings.Repeat(" ", 64*limit))
	for name, s := range map[string]step{
		"without length": bare(-1, body), "claimed length": bare(10<<30, body), "lying length": bare(10, body),
		"gzip bomb": answer(200, bomb, "Content-Encoding", "gzip"),
	} {
		script := play(s)
		err := getOnly(context.Background(), newClient(t, sdk.WithTransport(script), sdk.WithMaxBodySize(limit)))
		assert.Is(t, err, sdk.ErrTooLarge, sdk.ErrInvalidResponse)
		if script.count() != 1 || assert.APIError(t, err).Status != 200 {
			t.Errorf("%s: %d requests, %v", name, script.count(), err)
		}
		if n := body.read.Swap(0); n > 4*limit {
			t.Errorf("%s: %d bytes were read", name, n)
		}
	}
	if len(bomb) > limit {
		t.Fatal("the bomb is no bomb")
	}
	exact := `{"id":"` + strings.Repeat("x", limit-9) + `"}`
	for size, ok := range map[int64]bool{limit: true, limit - 1: false, -1: true} {
		err := getOnly(context.Background(), newClient(t, sdk.WithTransport(play(answer(200, exact))), sdk.WithMaxBodySize(size)))
		if ok != (err == nil) {
			t.Errorf("limit %d: %v", size, err)
		}
	}
}

func TestErrorBodiesAreBounded(t *testing.T) {
	t.Parallel()
	body := &endless{}
	s := func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 500, Header: http.Header{}, Body: body, ContentLength: -1}, nil
	}
	e := assert.APIError(t, getOnly(context.Background(), newClient(t, sdk.WithTransport(play(s)), sdk.WithMaxAttempts(1))))
	if e.Status != 500 || len(e.Body) != 64<<10 || body.read.Load() > 4<<20 || e.Unwrap() != nil {
		t.Errorf("%v: %d bytes kept of %d", e, len(e.Body), body.read.Load())
	}
	// A message beyond what is kept still counts.
	far := `{"pad":"` + strings.Repeat("x", 100<<10) + `","message":"far"}`
	if e := assert.APIError(t, getOnly(context.Background(), newClient(t, sdk.WithTransport(play(answer(404, far)))))); e.Message != "far" {
		t.Error(e)
	}
}

func TestErrorBodyThatCantBeReadKeepsItsStatus(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(404)
		_, _ = io.WriteString(w, "partial")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	err := getOnly(context.Background(), c)
	assert.Is(t, err, sdk.ErrNotFound, io.ErrUnexpectedEOF)
	if e := assert.APIError(t, err); string(e.Body) != "partial" || e.Attempts != 1 {
		t.Errorf("%v %q", err, e.Body)
	}
}

// trickle sends a byte at a time and never ends.
type trickle struct {
	ctx   context.Context
	every time.Duration
}

func (b trickle) Read(p []byte) (int, error) {
	select {
	case <-b.ctx.Done():
		return 0, b.ctx.Err()
	case <-time.After(b.every):
		p[0] = ' '
		return 1, nil
	}
}

func (b trickle) Close() error { return nil }

func trickling(every time.Duration) step {
	return func(r *http.Request) (*http.Response, error) {
		_ = r.Context().Done()
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: trickle{r.Context(), every}, ContentLength: -1}, nil
	}
}

func TestSlowBodyEndsInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, every := range map[string]time.Duration{"a byte a second": time.Second, "stalled": 1000 * time.Hour} {
			began := time.Now()
			c := newClient(t, sdk.WithTransport(play(trickling(every))), sdk.WithMaxAttempts(1), sdk.WithAttemptTimeout(-1))
			err := getOnly(context.Background(), c)
			assert.Is(t, err, sdk.ErrTimeout, sdk.ErrInvalidResponse)
			if took := time.Since(began); took != time.Minute || assert.APIError(t, err).Status != 200 {
				t.Errorf("%s: after %v: %v", name, took, err)
			}
			began = time.Now()
			_, err = transport.Bytes(context.Background(), c, &transport.Call{Method: "GET", Path: "/x"}, []sdk.Option{sdk.WithReadTimeout(5 * time.Second)})
			assert.Is(t, err, sdk.ErrTimeout)
			if took := time.Since(began); took != 5*time.Second {
				t.Errorf("%s: after %v: %v", name, took, err)
			}
		}
	})
}

// steady sends at most a kilobyte a second, n bytes in all.
type steady struct{ n int }

func (b *steady) Read(p []byte) (int, error) {
	if b.n == 0 {
		return 0, io.EOF
	}
	time.Sleep(time.Second)
	n := copy(p[:min(len(p), b.n)], bytes.Repeat([]byte("x"), 1<<10))
	b.n -= n
	return n, nil
}

func (b *steady) Close() error { return nil }

func TestDownloadMayTakeLongerThanAnAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := func(r *http.Request) (*http.Response, error) {
			_ = r.Context().Done()
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: &steady{1000 << 10}, ContentLength: -1}, nil
		}
		c := newClient(t, sdk.WithTransport(play(s)))
		b, err := transport.Bytes(context.Background(), c, &transport.Call{Method: "GET", Path: "/x", Accept: "text/csv"}, nil)
		if err != nil || len(b) != 1000<<10 {
			t.Errorf("%d bytes, %v", len(b), err)
		}
	})
}
