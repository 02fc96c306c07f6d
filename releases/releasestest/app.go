package releasestest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/releases"
)

// app is the releases of one app. No two of its releases share an id, a number or a tag, and at most one is
// active. Pointers to releases are good until the next one is added or removed.
type app struct {
	ref      releases.AppRef
	releases []releases.ReleaseDetail // by number
	last     int                      // the highest number ever given
}

// app gives an app, which every valid reference has. The server's lock is held.
func (s *Server) app(ref releases.AppRef) *app {
	a := s.held[ref]
	if a == nil {
		a = &app{ref: ref}
		s.held[ref] = a
	}
	return a
}

func (a *app) find(match func(*releases.ReleaseDetail) bool) *releases.ReleaseDetail {
	for i := range a.releases {
		if match(&a.releases[i]) {
			return &a.releases[i]
		}
	}
	return nil
}

// release is the release of an id; nil if there is none.
func (a *app) release(id string) *releases.ReleaseDetail {
	return a.find(func(r *releases.ReleaseDetail) bool { return r.ReleaseID == id })
}

// active is the active release; nil if there is none.
func (a *app) active() *releases.ReleaseDetail {
	return a.find(func(r *releases.ReleaseDetail) bool { return r.Status == releases.ReleaseStatusActive })
}

// activeID is the id of the active release, or null.
func (a *app) activeID() sdk.Optional[string] {
	if active := a.active(); active != nil {
		return sdk.Some(active.ReleaseID)
	}
	return sdk.Null[string]()
}

// before is the id of the release with the next lower number, or null.
func (a *app) before(number int) sdk.Optional[string] {
	previous := sdk.Null[string]()
	for i := range a.releases {
		if a.releases[i].ReleaseNumber < number {
			previous = sdk.Some(a.releases[i].ReleaseID)
		}
	}
	return previous
}

// freeTag is a tag for a release of this number that no other release has.
func (a *app) freeTag(number int) string {
	for patch := number; ; patch++ {
		tag := fmt.Sprintf("v1.0.%d", patch)
		if a.find(func(r *releases.ReleaseDetail) bool { return r.ReleaseTag == tag }) == nil {
			return tag
		}
	}
}

// store enters a release that is complete, in place of the one that has its id. An active one takes over.
func (a *app) store(release releases.ReleaseDetail) {
	if old := a.active(); old != nil && release.Status == releases.ReleaseStatusActive {
		old.Status = releases.ReleaseStatusArchived
	}
	a.remove(release.ReleaseID)
	i, _ := slices.BinarySearchFunc(a.releases, release.ReleaseNumber, func(r releases.ReleaseDetail, number int) int {
		return cmp.Compare(r.ReleaseNumber, number)
	})
	a.releases = slices.Insert(a.releases, i, release)
	a.last = max(a.last, release.ReleaseNumber)
}

// remove says whether there was a release of that id.
func (a *app) remove(id string) bool {
	n := len(a.releases)
	a.releases = slices.DeleteFunc(a.releases, func(r releases.ReleaseDetail) bool { return r.ReleaseID == id })
	return len(a.releases) < n
}

// complete fills in what is absent of a release, so that answers have every member.
func (a *app) complete(r *releases.ReleaseDetail, id func() string, now time.Time) {
	r.OrgID, r.WorkspaceID, r.AppID = a.ref.Org, a.ref.Workspace, a.ref.App
	if old := a.release(r.ReleaseID); old != nil {
		r.ReleaseNumber = cmp.Or(r.ReleaseNumber, old.ReleaseNumber)
		r.ReleaseTag = cmp.Or(r.ReleaseTag, old.ReleaseTag)
	}
	for r.ReleaseID == "" {
		if made := id(); a.release(made) == nil {
			r.ReleaseID = made
		}
	}
	r.ReleaseNumber = cmp.Or(r.ReleaseNumber, a.last+1)
	if r.ReleaseTag == "" {
		r.ReleaseTag = a.freeTag(r.ReleaseNumber)
	}
	r.Status = cmp.Or(r.Status, releases.ReleaseStatusDraft)
	r.Endpoints, r.Augmentations = copyItems(r.Endpoints), copyItems(r.Augmentations)
	r.EndpointCount = cmp.Or(r.EndpointCount, len(r.Endpoints))
	r.AugmentationCount = cmp.Or(r.AugmentationCount, len(r.Augmentations))
	if r.CreatedAt.IsZero() {
		r.CreatedAt = now
	}
	r.CreatedAt = wireTime(r.CreatedAt)
	r.CreatedBy = cmp.Or(r.CreatedBy, User)
	if at, ok := r.ActivatedAt.Get(); ok {
		r.ActivatedAt = sdk.Some(wireTime(at))
	}
	if r.Status == releases.ReleaseStatusActive {
		orElse(&r.ActivatedAt, sdk.Some(wireTime(now)))
		orElse(&r.ActivatedBy, sdk.Some(User))
	}
	orElse(&r.ActivatedAt, sdk.Null[time.Time]())
	orElse(&r.ActivatedBy, sdk.Null[string]())
	orElse(&r.Description, sdk.Null[string]())
	orElse(&r.ChangeLog, sdk.Null[string]())
	orElse(&r.PreviousReleaseID, a.before(r.ReleaseNumber))
}

// orElse fills in a member that is absent.
func orElse[T any](member *sdk.Optional[T], value sdk.Optional[T]) {
	if member.IsZero() {
		*member = value
	}
}

// wireTime is a time as it is after a way over the wire: in UTC, in microseconds.
func wireTime(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// copyItems makes a list that shares nothing with another. It is never nil.
func copyItems(items []json.RawMessage) []json.RawMessage {
	copied := make([]json.RawMessage, 0, len(items))
	for _, item := range items {
		copied = append(copied, bytes.Clone(item))
	}
	return copied
}

// copyOf makes a release that shares nothing with the stored one.
func copyOf(r *releases.ReleaseDetail) releases.ReleaseDetail {
	copied := *r
	copied.Endpoints, copied.Augmentations = copyItems(r.Endpoints), copyItems(r.Augmentations)
	return copied
}

// summary is a release in short form.
func summary(r *releases.ReleaseDetail) releases.Release {
	return releases.Release{
		ReleaseID:         r.ReleaseID,
		AppID:             r.AppID,
		WorkspaceID:       r.WorkspaceID,
		OrgID:             r.OrgID,
		ReleaseTag:        r.ReleaseTag,
		ReleaseNumber:     r.ReleaseNumber,
		Status:            r.Status,
		Description:       r.Description,
		EndpointCount:     r.EndpointCount,
		AugmentationCount: r.AugmentationCount,
		ActivatedAt:       r.ActivatedAt,
		ActivatedBy:       r.ActivatedBy,
		CreatedAt:         r.CreatedAt,
		CreatedBy:         r.CreatedBy,
		Extra:             r.Extra,
	}
}
