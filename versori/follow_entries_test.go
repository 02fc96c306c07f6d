package versori_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

func TestAnEntryThatComesInWhilePagesAreReadRepeatsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := serveLog(t, 3)
		l.write(5*time.Second, "a", "b", "c")
		l.write(4*time.Second, "d", "e", "f")
		l.write(3*time.Second, "g")
		pages := 0
		l.onPage = func() {
			if pages++; pages == 2 {
				l.write(6*time.Second, "late 1", "late 2") // moves e and f to the third page
			}
		}
		got := l.collect(t, 10*time.Second, versori.LogFollowParams{Start: time.Now().Add(-time.Minute)})
		wantMessages(t, got, "a", "b", "c", "d", "e", "f", "g", "late 1", "late 2")
	})
}

func TestEntriesAreTheSameHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		spellings := []string{
			`{"timestamp":"2000-01-01T00:00:01Z","severity":"info","message":"a","fields":{"x":1,"y":{"p":1.50,"q":2}},"httpRequest":{"b":1,"a":[1, 2]}}`,
			`{"httpRequest":{"a":[1,2],"b":1},"message":"a","severity":"info","fields":{"y":{"q":2,"p":1.50},"x":1},"timestamp":"2000-01-01T00:00:01Z"}`,
		}
		looks := 0
		s, client := serve(t)
		s.Handle("Logs.List", func(*fake.Request) fake.Response {
			looks++
			return fake.JSON(200, json.RawMessage(`{"logs":[`+spellings[looks%2]+`]}`))
		})
		ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
		defer cancel()
		n := 0
		for _, err := range client.Logs.Follow(ctx, projectID, versori.LogFollowParams{}) {
			if err == nil {
				n++
			}
		}
		assert.Equal(t, "entries", n, 1)
		assert.Equal(t, "looks", looks, 5)
	})
}

func TestTimestampsThatCannotBeReadLoseNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, client := serve(t)
		var mu sync.Mutex
		texts := []string{"yesterday", "", "yesterday"}
		s.Handle("Logs.List", func(*fake.Request) fake.Response {
			mu.Lock()
			defer mu.Unlock()
			logs := make([]versori.Log, len(texts))
			for i, text := range texts {
				logs[i] = versori.Log{Timestamp: text, Severity: versori.LogSeverityInfo, Message: "m"}
			}
			return fake.JSON(200, map[string]any{"logs": logs})
		})
		after(time.Second, func() {
			mu.Lock()
			defer mu.Unlock()
			texts = append(texts, "1999-12-31T23:59:59", "2000-01-01 00:00:02.5", "2000-01-01 00:00:03+00:00", "yesterday")
		})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		var got []string
		for entry, err := range client.Logs.Follow(ctx, projectID, versori.LogFollowParams{}) {
			if err == nil {
				got = append(got, entry.Timestamp)
			}
		}
		// The one without a zone is taken for UTC, and so is before the start.
		wantMessages(t, got, "yesterday", "", "yesterday", "2000-01-01 00:00:02.5", "2000-01-01 00:00:03+00:00", "yesterday")
	})
}

// Whatever happens within the overlap, each entry comes exactly once.
func TestFollowLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 1))
				l := serveLog(t, 1+random.IntN(6))
				const overlap, end = 5 * time.Second, 20 * time.Second
				var want []string
				for i := range 60 {
					// Timestamps are whole half seconds, so that many are the same; each entry arrives up to nearly the overlap late.
					at := time.Duration(random.IntN(20)) * time.Second / 2
					late := time.Duration(random.Int64N(int64(overlap - 100*time.Millisecond)))
					message := strconv.Itoa(i / 2) // some are the same in everything
					if i%2 == 1 && random.IntN(2) == 0 {
						message = want[i-1][:strings.Index(want[i-1], " ")]
					}
					want = append(want, fmt.Sprintf("%s at %v", message, at))
					begin := time.Now()
					after(at+late, func() {
						stamp := begin.Add(at).UTC()
						l.enter(logEntry{stamp, versori.Log{
							Timestamp: stamp.Format(time.RFC3339Nano), Severity: versori.LogSeverityInfo, Message: fmt.Sprintf("%s at %v", message, at),
						}})
					})
				}
				got := l.collect(t, end, versori.LogFollowParams{Overlap: overlap, Interval: time.Duration(1+random.IntN(3000)) * time.Millisecond})
				slices.SortFunc(got, cmp.Compare)
				slices.SortFunc(want, cmp.Compare)
				wantMessages(t, got, want...)
			})
		})
	}
}
