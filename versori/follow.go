package versori

import (
	"context"
	"crypto/sha256"
	"iter"
	"slices"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/codec"
)

const (
	followInterval = 2 * time.Second
	followOverlap  = 10 * time.Second
	followPage     = 1000 // the most that the platform takes
)

// LogFollowParams tells which log entries are followed, and how.
type LogFollowParams struct {
	// Environment names the environment, such as production; its id isn't taken. A project with a single environment
	// seems to do without it.
	Environment string
	// Start is when the entries begin; zero: when Follow is called, by this computer's clock.
	Start time.Time
	// Interval is the pause between two looks; zero or less: 2 s.
	Interval time.Duration
	// Overlap is how late an entry may turn up; see [LogsService.Follow]. Each look gets the entries of that time once
	// more. Zero: 10 s; negative: not at all, which can miss entries that come at the same instant.
	Overlap time.Duration
	// Search is a text that entries must contain, in any of their fields.
	Search string
	// Build tells, when true, that the entries are those of builds instead of those of workflows.
	Build sdk.Optional[bool]
	// Latest tells, when true, that only entries of the latest version are followed.
	Latest sdk.Optional[bool]
}

// Follow iterates over log entries from now on, or from a time on, and waits for more until the loop is left or ctx
// ends. The platform has no stream, so it looks again and again.
//
//	for entry, err := range client.Logs.Follow(ctx, projectID, versori.LogFollowParams{Environment: "production"}) {
//		if err != nil {
//			return err // ctx has ended, or the platform can't be reached
//		}
//		fmt.Println(entry.Timestamp, entry.Severity, entry.Message)
//	}
//
// Entries come oldest first, each exactly once. One that turns up late comes late, after entries that are newer; it is
// missed if by the next look an entry has been yielded that is newer than it by more than Overlap. Entries have no id, so
// they are told apart by all that they hold; of several that are the same in everything, timestamp included, as many come
// as the platform lists. Entries whose timestamp can't be read come too, but don't move the time from which on the next
// look lists.
//
// The first error is yielded, alone, and ends the iteration. It is that of a call after the client's own repeats, or
// matches the context's error once ctx has ended.
func (s *LogsService) Follow(ctx context.Context, projectID string, params LogFollowParams, opts ...sdk.Option) iter.Seq2[Log, error] {
	if params.Start.IsZero() {
		params.Start = time.Now()
	}
	if params.Interval <= 0 {
		params.Interval = followInterval
	}
	switch {
	case params.Overlap == 0:
		params.Overlap = followOverlap
	case params.Overlap < 0:
		params.Overlap = 0
	}
	return func(yield func(Log, error) bool) {
		f := follower{logs: s, projectID: projectID, params: params, opts: opts, seen: map[fingerprint]*seenLog{}}
		for {
			more, err := f.look(ctx, yield)
			if err == nil && more {
				err = f.rest(ctx)
			}
			if err != nil {
				yield(Log{}, err)
				return
			}
			if !more {
				return
			}
		}
	}
}

// fingerprint stands for all that an entry holds.
type fingerprint [sha256.Size]byte

// seenLog is what is remembered of an entry for as long as it may be listed again.
type seenLog struct {
	at      time.Time // zero if the timestamp can't be read
	yielded int       // how many of them

	look   int // the last one that listed it
	listed int // how often that one did
	sure   int // how often it did so for sure: not where two pages may overlap
	before int // how often the look before it did
}

// follower is one iteration of Follow.
type follower struct {
	logs      *LogsService
	projectID string
	params    LogFollowParams
	opts      []sdk.Option

	looks   int
	newest  time.Time // of all entries so far
	doubted time.Time // the oldest entry that the next look has to list again; zero if there is none
	seen    map[fingerprint]*seenLog
}

func (f *follower) rest(ctx context.Context) error {
	if err := sleep(ctx, f.params.Interval); err != nil {
		return failure("Logs.Follow", "the context has ended", err)
	}
	return nil
}

// look lists everything from the overlap on and yields what hasn't been.
func (f *follower) look(ctx context.Context, yield func(Log, error) bool) (more bool, err error) {
	f.looks++
	from := f.from()
	f.doubted = time.Time{}
	f.forget(from)
	var before []fingerprint // the page before
	for page, err := range f.logs.Pages(ctx, f.projectID, f.list(from), f.opts...) {
		if err != nil {
			return false, err
		}
		ids := make([]fingerprint, len(page.Logs))
		for i := range page.Logs {
			ids[i] = fingerprintOf(&page.Logs[i])
		}
		overlap := repeated(before, ids)
		for i := range page.Logs {
			if f.fresh(&page.Logs[i], ids[i], from, i >= overlap) && !yield(page.Logs[i], nil) {
				return false, nil
			}
		}
		before = ids
	}
	return true, nil
}

// forget drops what a look that begins at from leaves out anyway.
func (f *follower) forget(from time.Time) {
	for id, entry := range f.seen {
		if !entry.at.IsZero() && entry.at.Before(from) {
			delete(f.seen, id)
		}
	}
}

// from is where a look begins. Whether the platform lists what happened at that very instant isn't documented; with an
// overlap that doesn't matter.
func (f *follower) from() time.Time {
	from := f.newest.Add(-f.params.Overlap)
	if !f.doubted.IsZero() && f.doubted.Before(from) {
		from = f.doubted
	}
	if from.Before(f.params.Start) {
		return f.params.Start
	}
	return from
}

func (f *follower) list(from time.Time) LogListParams {
	p := f.params
	return LogListParams{
		Environment: p.Environment, First: followPage, Search: p.Search, Build: p.Build, Latest: p.Latest, Order: LogOrderAsc,
		Start: from.UTC().Truncate(time.Millisecond), // as precise as the platform's own tool is
	}
}

// fresh tells whether an entry is to be yielded, and remembers it.
//
// One that stands at the end of a page and at the beginning of the next is either there twice or was pushed on to the next
// page by another that came in late, in front of it. Listing it again tells: what was pushed isn't there twice then.
func (f *follower) fresh(entry *Log, id fingerprint, from time.Time, sure bool) bool {
	at, ok := codec.ParseTime(entry.Timestamp) // its form isn't documented; what has been seen is RFC 3339
	if ok && at.Before(from) {
		return false
	}
	known := f.seen[id]
	if known == nil {
		known = &seenLog{at: at}
		f.seen[id] = known
	}
	known.list(f.looks, sure)
	if known.yielded >= max(known.sure, min(known.listed, known.before)) {
		if !sure && ok && known.listed > known.yielded && (f.doubted.IsZero() || at.Before(f.doubted)) {
			f.doubted = at
		}
		return false
	}
	known.yielded++
	// A clock that is ahead must not make the next look begin in the future.
	if now := time.Now(); at.After(now) {
		at = now
	}
	if at.After(f.newest) {
		f.newest = at
	}
	return true
}

// list counts the entry in a look.
func (l *seenLog) list(look int, sure bool) {
	if l.look != look {
		l.before = 0
		if l.look == look-1 {
			l.before = l.listed
		}
		l.look, l.listed, l.sure = look, 0, 0
	}
	l.listed++
	if sure {
		l.sure++
	}
}

// repeated is how many entries at the beginning of a page are the last ones of the page before.
func repeated(before, page []fingerprint) int {
	for n := min(len(before), len(page)); n > 0; n-- {
		if slices.Equal(before[len(before)-n:], page[:n]) {
			return n
		}
	}
	return 0
}

// fingerprintOf is the same for the same entry, however its members are ordered on the wire.
func fingerprintOf(entry *Log) fingerprint {
	text, ok := canonicalJSON(entry)
	if !ok {
		text = []byte(entry.Timestamp + "\n" + entry.Message) // can't be: it was JSON before
	}
	return sha256.Sum256(text)
}
