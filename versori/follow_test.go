package versori_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// logbook is a platform with a log. Its tokens are plain positions, the least helpful kind: what is entered in front of
// one moves everything behind it.
type logbook struct {
	*fake.Server
	client *versori.Client
	page   int

	mu      sync.Mutex
	entries []logEntry
	onPage  func() // called after a page was made
}

type logEntry struct {
	at time.Time
	versori.Log
}

func serveLog(t *testing.T, page int) *logbook {
	s, client := serve(t)
	l := &logbook{Server: s, client: client, page: page}
	s.Handle("Logs.List", l.list)
	return l
}

// write enters lines with a timestamp that is so long ago.
func (l *logbook) write(ago time.Duration, messages ...string) {
	at := time.Now().Add(-ago).UTC()
	for _, message := range messages {
		l.enter(logEntry{at, versori.Log{Timestamp: at.Format(time.RFC3339Nano), Severity: versori.LogSeverityInfo, Message: message}})
	}
}

func (l *logbook) enter(e logEntry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, e)
	slices.SortStableFunc(l.entries, func(a, b logEntry) int { return a.at.Compare(b.at) })
}

func (l *logbook) list(r *fake.Request) fake.Response {
	from, err := time.Parse(time.RFC3339Nano, r.Query("start"))
	if err != nil || r.Query("order") != "asc" {
		return problem(400, "start or order")
	}
	l.mu.Lock()
	var logs []versori.Log
	for _, e := range l.entries {
		if !e.at.Before(from) {
			logs = append(logs, e.Log)
		}
	}
	l.mu.Unlock()
	offset, _ := strconv.Atoi(r.Query("next_token"))
	page, more := fake.Window(logs, offset, l.page)
	answer := map[string]any{"logs": page}
	if page == nil {
		answer["logs"] = []any{}
	}
	if more {
		answer["nextToken"] = strconv.Itoa(offset + l.page)
	}
	if l.onPage != nil {
		l.onPage()
	}
	return fake.JSON(200, answer)
}

// collect follows for a while and gives the messages, and the error that the context's end is.
func (l *logbook) collect(t *testing.T, d time.Duration, params versori.LogFollowParams, opts ...sdk.Option) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	messages := []string{}
	for entry, err := range l.client.Logs.Follow(ctx, projectID, params, opts...) {
		if err != nil {
			assert.Is(t, err, context.DeadlineExceeded)
			return messages
		}
		messages = append(messages, entry.Message)
	}
	t.Error("the iteration ended without an error")
	return messages
}

func wantMessages(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// after does something at a time from now on.
func after(d time.Duration, do func()) { time.AfterFunc(d, do) }

func TestFollow(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		page   int
		params versori.LogFollowParams
		script func(l *logbook)
		want   []string
	}{
		"begins now": {100, versori.LogFollowParams{}, func(l *logbook) {
			l.write(time.Second, "before")
			after(3*time.Second, func() { l.write(0, "a", "b") })
			after(9*time.Second, func() { l.write(0, "c") })
		}, []string{"a", "b", "c"}},
		"begins at a time": {100, versori.LogFollowParams{Start: longAgo}, func(l *logbook) {
			l.write(time.Hour, "before")
			after(3*time.Second, func() { l.write(0, "a") })
		}, []string{"before", "a"}},
		"begins within a millisecond": {100, versori.LogFollowParams{Start: longAgo.Add(500)}, func(l *logbook) {
			l.write(time.Since(longAgo.Add(499)), "before")
			l.write(time.Since(longAgo.Add(500)), "at")
		}, []string{"at"}},
		"goes through all pages, oldest first": {2, versori.LogFollowParams{}, func(l *logbook) {
			after(time.Second, func() { l.write(0, "a", "b", "c"); l.write(-1, "d", "e") })
		}, []string{"a", "b", "c", "d", "e"}},
		"doesn't repeat what a full overlap lists again": {3, versori.LogFollowParams{Overlap: time.Hour}, func(l *logbook) {
			for i := range 10 {
				after(time.Duration(i)*3*time.Second, func() { l.write(0, fmt.Sprint(i)) })
			}
		}, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}},
		"takes what comes later at an instant that was seen": {100, versori.LogFollowParams{}, func(l *logbook) {
			after(time.Second, func() { l.write(0, "a") })
			after(5*time.Second, func() { l.write(4*time.Second, "b") })
		}, []string{"a", "b"}},
		"takes it without an overlap too": {100, versori.LogFollowParams{Overlap: -1}, func(l *logbook) {
			after(time.Second, func() { l.write(0, "a") })
			after(5*time.Second, func() { l.write(4*time.Second, "b") })
		}, []string{"a", "b"}},
		"takes entries that are the same in everything as often as they are": {100, versori.LogFollowParams{}, func(l *logbook) {
			after(time.Second, func() { l.write(0, "a", "a") })
			after(5*time.Second, func() { l.write(4*time.Second, "a") })
		}, []string{"a", "a", "a"}},
		"takes same ones on different pages": {1, versori.LogFollowParams{}, func(l *logbook) {
			after(time.Second, func() { l.write(0, "a", "b", "a") })
		}, []string{"a", "b", "a"}},
		"takes same ones at the edges of pages, a look later": {2, versori.LogFollowParams{}, func(l *logbook) {
			after(time.Second, func() { l.write(0, "x", "a", "a", "a", "b") })
		}, []string{"x", "a", "a", "b", "a"}},
		"takes same ones at an edge however long ago": {2, versori.LogFollowParams{Start: longAgo}, func(l *logbook) {
			l.write(time.Hour, "x", "a", "a", "b")
			l.write(time.Minute, "c")
		}, []string{"x", "a", "b", "c", "a"}},
		"takes what is late": {100, versori.LogFollowParams{}, func(l *logbook) {
			after(time.Second, func() { l.write(0, "a") })
			after(11*time.Second, func() { l.write(0, "d") })
			after(13*time.Second, func() { l.write(11*time.Second, "b"); l.write(12*time.Second, "a2") })
		}, []string{"a", "d", "a2", "b"}},
		"misses what is later than the overlap": {100, versori.LogFollowParams{Overlap: time.Second}, func(l *logbook) {
			after(3*time.Second, func() { l.write(0, "a") })
			after(5*time.Second, func() { l.write(3001*time.Millisecond, "late"); l.write(3*time.Second, "b") })
		}, []string{"a", "b"}},
		"waits through silence": {100, versori.LogFollowParams{}, func(l *logbook) {
			after(27*time.Second, func() { l.write(0, "a") })
		}, []string{"a"}},
		"isn't led astray by a clock that is ahead": {100, versori.LogFollowParams{}, func(l *logbook) {
			after(time.Second, func() { l.write(-time.Hour, "from the future") })
			after(5*time.Second, func() { l.write(0, "a") })
		}, []string{"from the future", "a"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := serveLog(t, c.page)
				c.script(l)
				wantMessages(t, l.collect(t, 30*time.Second, c.params), c.want...)
			})
		})
	}
}

func TestFollowAsksForWhatItShould(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := serveLog(t, 2)
		began := time.Now().UTC()
		after(time.Second, func() { l.write(0, "a", "b", "c") })
		l.collect(t, 30*time.Second, versori.LogFollowParams{
			Environment: "production", Search: "order", Build: sdk.Some(false), Latest: sdk.Some(true), Interval: 20 * time.Second,
		})
		requests := l.Requests()
		assert.Equal(t, "requests", len(requests), 3) // at once, then two pages
		query := requests[0].Query
		for name, want := range map[string]string{
			"project_env": "production", "search": "order", "build": "false", "latest": "true", "order": "asc", "first": "1000",
			"start": began.Format(time.RFC3339Nano), "next_token": "",
		} {
			assert.Equal(t, name, query.Get(name), want)
		}
		assert.Equal(t, "end", query.Has("end"), false)
		assert.Equal(t, "token", requests[2].Query.Get("next_token"), "2")
	})
}

func TestFollowBeginsWhenItIsCalled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := serveLog(t, 100)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		entries := l.client.Logs.Follow(ctx, projectID, versori.LogFollowParams{})
		time.Sleep(time.Second)
		l.write(0, "between the call and the loop")
		var got []string
		for range 2 { // and again each time
			for entry, err := range entries {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, entry.Message)
				break
			}
		}
		wantMessages(t, got, "between the call and the loop", "between the call and the loop")
	})
}

func TestFollowEnds(t *testing.T) {
	t.Parallel()
	t.Run("when the loop is left", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			l := serveLog(t, 1)
			l.write(0, "a", "b")
			for entry, err := range l.client.Logs.Follow(t.Context(), projectID, versori.LogFollowParams{}) {
				assert.Equal(t, "message", entry.Message, "a")
				assert.Equal(t, "error", err, nil)
				break
			}
			assert.Equal(t, "requests", len(l.Requests()), 1)
		})
	})
	t.Run("when the context is cancelled between two looks", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			l := serveLog(t, 100)
			stop := errors.New("enough")
			ctx, cancel := context.WithCancelCause(t.Context())
			after(5*time.Second, func() { cancel(stop) })
			began, rounds := time.Now(), 0
			for _, err := range l.client.Logs.Follow(ctx, projectID, versori.LogFollowParams{}) {
				rounds++
				assert.Is(t, err, context.Canceled)
				assert.Is(t, err, stop)
				assert.Equal(t, "time", time.Since(began), 5*time.Second)
			}
			assert.Equal(t, "rounds", rounds, 1)
		})
	})
	t.Run("when the context is cancelled within a look", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			l := serveLog(t, 100)
			l.Inject("Logs.List", fault.Delay(time.Minute))
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			rounds := 0
			for _, err := range l.client.Logs.Follow(ctx, projectID, versori.LogFollowParams{}) {
				rounds++
				assert.Is(t, err, context.DeadlineExceeded)
			}
			assert.Equal(t, "rounds", rounds, 1)
		})
	})
	t.Run("with the error that the client's repeats didn't help against", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			l := serveLog(t, 100)
			l.write(0, "a")
			l.Inject("Logs.List", fault.Status(503), fault.Pass(), fault.Status(500), fault.Reset(), fault.Pass(), fault.Status(403))
			var got []string
			for entry, err := range l.client.Logs.Follow(t.Context(), projectID, versori.LogFollowParams{}) {
				if err != nil {
					assert.Is(t, err, sdk.ErrForbidden)
					got = append(got, "error")
					continue
				}
				got = append(got, entry.Message)
			}
			wantMessages(t, got, "a", "error")
		})
	})
	t.Run("when the platform's pages go in a circle", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			s, client := serve(t)
			s.Handle("Logs.List", func(*fake.Request) fake.Response {
				return fake.JSON(200, map[string]any{"logs": []any{}, "nextToken": "again"})
			})
			rounds := 0
			for _, err := range client.Logs.Follow(t.Context(), projectID, versori.LogFollowParams{}) {
				rounds++
				assert.Is(t, err, sdk.ErrPaginationLoop)
			}
			assert.Equal(t, "rounds", rounds, 1)
		})
	})
}
