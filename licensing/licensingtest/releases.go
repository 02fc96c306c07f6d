package licensingtest

import (
	"cmp"
	"net/http"
	"path"
	"slices"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/licensing"
)

const (
	// tenantID is the account that releases belong to which don't say.
	tenantID = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"
	// tick is the smallest step of the platform's clock.
	tick = 100 * time.Nanosecond
)

// PutRelease enters a release, in place of an earlier one of its ID, and gives it back with what was missing filled in:
// ids, times, the version 1.0.0, the channel stable, a name, the number of files, and null or false for the rest. Of its
// files the ids, the times and what they repeat of the release are filled in. No webhook is sent.
func (s *Server) PutRelease(release licensing.Release) licensing.Release {
	release = s.complete(copied(release))
	if _, err := release.MarshalJSON(); err != nil {
		s.Report("PutRelease: %v", err)
		return release
	}
	s.releases.Put(release.ID, release)
	return copied(release)
}

// Release gives a release as it is now; false if there is none of that id. It is the caller's own: changing it changes
// nothing in the fake.
func (s *Server) Release(id string) (licensing.Release, bool) {
	release, ok := s.releases.Get(id)
	return copied(release), ok
}

// updateRelease is Releases.Update.
func (s *Server) updateRelease(r *fake.Request) fake.Response {
	var change licensing.ReleaseUpdate
	if err := r.Decode(&change); err != nil {
		return refusal(http.StatusBadRequest, "", err.Error())
	}
	release, ok, _ := s.releases.Update(r.Path("id"), func(release *licensing.Release) error {
		apply(release, &change)
		release.UpdatedAt = s.stamp(release.UpdatedAt)
		s.announce(licensing.WebhookEventNameReleaseUpdated, *release) // here, so that events keep the order of the updates
		return nil
	})
	if !ok {
		return refusal(http.StatusNotFound, "", "No release has this id.")
	}
	return fake.JSON(http.StatusOK, release)
}

// apply changes the members that are given. What the release points to is replaced and never changed in place.
func apply(release *licensing.Release, change *licensing.ReleaseUpdate) {
	if title, ok := change.Name.Get(); ok {
		release.Name = title
		release.Files = slices.Clone(release.Files)
		for i := range release.Files {
			release.Files[i].ReleaseName = sdk.Some(title)
		}
	}
	release.Version = change.Version.Or(release.Version)
	release.Channel = change.Channel.Or(release.Channel)
	if change.Platforms != nil {
		release.Platforms = change.Platforms
	}
	if !change.Private.IsZero() {
		release.Private = change.Private
	}
	if !change.Notes.IsZero() {
		release.Notes = change.Notes
	}
}

// stamp is the platform's time, as fine as the platform counts, and in any case later than before.
func (s *Server) stamp(before time.Time) time.Time {
	now := s.Now().Truncate(tick)
	if !now.After(before) {
		now = before.UTC().Truncate(tick).Add(tick)
	}
	return now
}

// complete fills in what a release lacks.
func (s *Server) complete(r licensing.Release) licensing.Release {
	s.identify(&r.ID, &r.CreatedAt, &r.UpdatedAt)
	or(&r.Version, "1.0.0")
	or(&r.Channel, "stable")
	or(&r.Name, "Release "+r.Version)
	or(&r.TenantID, sdk.Some(tenantID))
	or(&r.Private, sdk.Some(false))
	or(&r.Archived, sdk.Some(false))
	or(&r.TotalFiles, sdk.Some(len(r.Files)))
	or(&r.Notes, sdk.Null[string]())
	if r.ProductID == "" {
		r.ProductID = s.IDs.UUID()
	}
	if r.PublishedAt.IsZero() {
		r.PublishedAt = sdk.Null[time.Time]()
		if r.Published {
			r.PublishedAt = sdk.Some(r.UpdatedAt)
		}
	}
	if r.Platforms == nil {
		r.Platforms = []string{}
	}
	if r.Files == nil {
		r.Files = []licensing.ReleaseFile{}
	}
	for i := range r.Files {
		s.completeFile(&r.Files[i], &r)
	}
	return r
}

func (s *Server) completeFile(f *licensing.ReleaseFile, r *licensing.Release) {
	s.identify(&f.ID, &f.CreatedAt, &f.UpdatedAt)
	or(&f.ReleaseID, r.ID)
	or(&f.ReleaseName, sdk.Some(r.Name))
	or(&f.Published, sdk.Some(r.Published))
	or(&f.Downloads, sdk.Some[int64](0))
	or(&f.Secured, sdk.Some(false))
	if extension := path.Ext(f.Name); extension != "" {
		or(&f.Extension, sdk.Some(extension))
	}
	or(&f.Extension, sdk.Null[string]())
	or(&f.Checksum, sdk.Null[string]())
}

// identify fills in what every entity has.
func (s *Server) identify(id *string, created, updated *time.Time) {
	if *id == "" {
		*id = s.IDs.UUID()
	}
	if created.IsZero() {
		*created = s.stamp(time.Time{})
	}
	if updated.IsZero() {
		*updated = *created
	}
}

// or sets what has the zero value: an absent member, an empty text.
func or[T comparable](v *T, value T) {
	*v = cmp.Or(*v, value)
}

// copied gives a release that shares nothing with r.
func copied(r licensing.Release) licensing.Release {
	r.Platforms = slices.Clone(r.Platforms)
	r.Files = slices.Clone(r.Files)
	return r
}
