package faults_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
)

// streaming is a step that begins a stream of events and sends these parts, one second after the other.
func streaming(parts ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		for i, part := range parts {
			if i > 0 {
				time.Sleep(time.Second)
			}
			_, _ = io.WriteString(w, part)
			_ = http.NewResponseController(w).Flush()
		}
	}
}

// streamed are the events and the errors of a stream.
func streamed(ctx context.Context, c *clients, opts ...sdk.Option) (events []string, errs []error) {
	for event, err := range c.stream(ctx, opts...) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		events = append(events, fmt.Sprintf("%s %s %s", event.Name, event.ID, event.Data))
	}
	return events, errs
}

func streamsInEveryForm(t *testing.T) {
	long := strings.Repeat("x", 10<<20)
	for name, c := range map[string]struct {
		parts []string
		want  []string
	}{
		"line feeds":             {[]string{"data: a\n\ndata: b\n\n"}, []string{"message  a", "message  b"}},
		"carriage returns":       {[]string{"data: a\r\rdata: b\r\r"}, []string{"message  a", "message  b"}},
		"both":                   {[]string{"data: a\r\n\r\ndata: b\r\n\r\n"}, []string{"message  a", "message  b"}},
		"both in two parts":      {[]string{"data: a\r", "\n\r", "\ndata: b\r\n\r\n"}, []string{"message  a", "message  b"}},
		"several lines":          {[]string{"data: a\ndata:  b\ndata\ndata:c\n\n"}, []string{"message  a\n b\n\nc"}},
		"comments":               {[]string{": hello\n\n", ":\n\ndata: a\n: in between\n\n", ": bye\n\n"}, []string{"message  a"}},
		"names and ids":          {[]string{"id: 1\nevent: made\ndata: a\n\ndata: b\n\nid\nevent: gone\ndata: c\n\n"}, []string{"made 1 a", "message 1 b", "gone  c"}},
		"other members":          {[]string{"retry: 10\nfoo: bar\ndata: a\n\n"}, []string{"message  a"}},
		"a byte order mark":      {[]string{"\ufeffdata: a\n\n"}, []string{"message  a"}},
		"an error as an event":   {[]string{"data: a\n\nevent: error\ndata: {\"message\":\"broken\"}\n\n"}, []string{"message  a", `error  {"message":"broken"}`}},
		"a byte at a time":       {strings.Split("data: a\r\n\r\n", ""), []string{"message  a"}},
		"ten megabytes":          {[]string{"data: " + long + "\n\n"}, []string{"message  " + long}},
		"no event":               {[]string{""}, nil},
		"an event without data":  {[]string{"event: made\n\ndata: a\n\n"}, []string{"message  a"}},
		"an event that is empty": {[]string{"data\n\n"}, []string{"message  "}},
	} {
		inBubble(t, func(t *testing.T) {
			s := pipe(t, streaming(c.parts...))
			events, errs := streamed(t.Context(), s.clients(t))
			if !slices.Equal(events, c.want) || errs != nil || s.count() != 1 {
				t.Errorf("%s: %.200q, want %.200q, errors %v", name, events, c.want, errs)
			}
			if got := s.arrivals()[0].header.Get("Accept"); got != "text/event-stream" {
				t.Errorf("%s: accepted %q", name, got)
			}
		})
	}
}

func streamsTakeTheirTime(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := pipe(t, func(w http.ResponseWriter, r *http.Request) {
			streaming("data: a\n\n")(w, r)
			select {
			case <-time.After(24 * time.Hour):
			case <-r.Context().Done():
				return
			}
			streaming("data: b\n\n")(w, r)
		})
		c := s.clients(t, sdk.WithAttemptTimeout(time.Second), sdk.WithReadTimeout(time.Second), sdk.WithMaxElapsed(time.Minute))
		began := time.Now()
		events, errs := streamed(t.Context(), c)
		if len(events) != 2 || errs != nil || time.Since(began) != 24*time.Hour {
			t.Errorf("%q and the errors %v after %v", events, errs, time.Since(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		began = time.Now()
		events, errs = streamed(ctx, c)
		if len(events) != 1 || len(errs) != 1 || time.Since(began) != time.Hour {
			t.Fatalf("%q and the errors %v after %v", events, errs, time.Since(began))
		}
		assert.Is(t, errs[0], context.DeadlineExceeded)
		if e := assert.APIError(t, errs[0]); e.Operation != "Events.Stream" {
			t.Error(e)
		}
	})
}

func leavingAStream(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var gone atomic.Int32 // both requests may end at once
		s := pipe(t, func(w http.ResponseWriter, r *http.Request) {
			streaming("data: a\n\n")(w, r)
			<-r.Context().Done()
			gone.Add(1)
		})
		c := s.clients(t)
		began := time.Now()
		for _, err := range c.stream(t.Context()) {
			if err != nil {
				t.Error(err)
			}
			break
		}
		if got := recovered(func() {
			for range c.stream(t.Context()) {
				panic(boom)
			}
		}); got != boom {
			t.Errorf("recovered %v", got)
		}
		synctest.Wait()
		if gone.Load() != 2 || s.count() != 2 || time.Since(began) != 0 {
			t.Errorf("%d of %d requests ended after %v", gone.Load(), s.count(), time.Since(began))
		}
	})
}

func streamsAreNotRepeated(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		cut := func(w http.ResponseWriter, r *http.Request) {
			streaming("data: a\n\ndata: b")(w, r)
			panic(http.ErrAbortHandler)
		}
		s := pipe(t, failure(503), stalls, resets, cut, streaming("data: c\n\n"))
		began := time.Now()
		events, errs := streamed(t.Context(), s.clients(t, sdk.WithAttemptTimeout(time.Minute)))
		if len(events) != 1 || len(errs) != 1 || s.count() != 4 || time.Since(began) < time.Minute {
			t.Fatalf("%d requests, %q and the errors %v after %v", s.count(), events, errs, time.Since(began))
		}
		assert.Is(t, errs[0], io.ErrUnexpectedEOF)
		wantQuietError(t, "a cut stream", errs[0])
	})
}

func streamsOfAnotherKind(t *testing.T) {
	for name, c := range map[string]struct {
		step http.HandlerFunc
		want error
	}{
		"JSON":            {success(), sdk.ErrInvalidResponse},
		"a page":          {answer(200, "<html>", "Content-Type", "text/html"), sdk.ErrInvalidResponse},
		"a large event":   {streaming("data: " + strings.Repeat("x", 2000) + "\n\n"), sdk.ErrTooLarge},
		"many lines":      {streaming(strings.Repeat("data: xxxxxxxx\n", 200) + "\n"), sdk.ErrTooLarge},
		"an endless line": {streaming(strings.Repeat("x", 2000)), sdk.ErrTooLarge},
		"404":             {failure(404), sdk.ErrNotFound},
		"204":             {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, sdk.ErrInvalidResponse},
		"a redirect":      {answer(302, "", "Location", "https://elsewhere.example/"), sdk.ErrRedirect},
	} {
		s := serve(t, c.step)
		events, errs := streamed(t.Context(), s.clients(t, sdk.WithMaxBodySize(1000)))
		if len(events) != 0 || len(errs) != 1 || !errors.Is(errs[0], c.want) || s.count() != 1 {
			t.Errorf("%s: want %v after one request, got %q, %v after %d", name, c.want, events, errs, s.count())
			continue
		}
		if e := assert.APIError(t, errs[0]); e.Service != "releases" || e.Operation != "Events.Stream" {
			t.Errorf("%s: %v", name, e)
		}
	}
}
