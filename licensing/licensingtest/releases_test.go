package licensingtest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/samples"
	"github.com/wharfinger/sdk/licensing"
	"github.com/wharfinger/sdk/licensing/licensingtest"
)

// documentedUpdate is the body of the platform's own page, with real values in place of its placeholders.
const documentedUpdate = `{
	"name": "Planner 2.3",
	"version": "2.3.0",
	"channel": "beta",
	"platforms": ["windows"],
	"private": true,
	"notes": "Faster start."
}`

// documentedRelease is a release in the shape of that page; what the update changes stands last.
const documentedRelease = `{
	"id": "` + releaseID + `",
	"createdAt": "2019-08-24T14:15:22Z",
	"totalFiles": 1,
	"publishedAt": "2019-08-24T14:15:22Z",
	"published": true,
	"archived": true,
	"productId": "3e7aa7eb-d175-446d-bc40-282209fd8360",
	"tenantId": "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
	"files": [{
		"id": "7ca34eed-05be-4799-8b3d-f00d5440c5da",
		"createdAt": "2019-08-24T14:15:22Z",
		"updatedAt": "2019-08-24T14:15:22Z",
		"name": "planner.exe",
		"url": "https://releases.cryptlex.com/v3/155f79fc-2f28-40b2-afc5-3fcc6c63225a/planner.exe",
		"size": 5368709120,
		"downloads": 0,
		"extension": ".exe",
		"checksum": "1239d72ef6ff110ef63a803120728907",
		"secured": true,
		"published": true,
		"releaseId": "` + releaseID + `",
		"releaseName": `

const (
	documentedBefore = documentedRelease + `"Planner"}],
	"updatedAt": "2019-08-24T14:15:22Z",
	"name": "Planner", "version": "1.0", "channel": "stable", "platforms": [], "private": false, "notes": null
}`
	documentedAfter = documentedRelease + `"Planner 2.3"}],
	"updatedAt": "2026-03-04T16:40:02.1187654Z",
	"name": "Planner 2.3", "version": "2.3.0", "channel": "beta", "platforms": ["windows"], "private": true,
	"notes": "Faster start."
}`
)

func TestTheDocumentedUpdateIsAnsweredAsDocumented(t *testing.T) {
	t.Parallel()
	s := licensingtest.NewServer(t)
	stopClock(s)
	before := s.PutRelease(assert.Decoded[licensing.Release](t, documentedBefore))
	assert.JSON(t, "a release that lacks nothing", before, documentedBefore)
	release, err := s.Client().Releases.Update(t.Context(), releaseID, assert.Decoded[licensing.ReleaseUpdate](t, documentedUpdate))
	if err != nil {
		t.Fatal(err)
	}
	assert.JSON(t, "answer", release, documentedAfter)
	kept, _ := s.Release(releaseID)
	assert.JSON(t, "what is kept", kept, documentedAfter)
	sent := s.Requests("Releases.Update")
	if len(sent) != 1 || sent[0].Method != "PATCH" || sent[0].Path != "/v3/releases/"+releaseID {
		t.Fatalf("got %+v", sent)
	}
	if diff := samples.Compare([]byte(documentedUpdate), sent[0].Body); diff != "" {
		t.Errorf("request: %s", diff)
	}
}

func TestUpdatingARelease(t *testing.T) {
	t.Parallel()
	type members struct {
		name, version, channel, platforms, notes string
		private                                  bool
	}
	for name, c := range map[string]struct {
		change licensing.ReleaseUpdate
		want   members
	}{
		"members left out stay": {
			licensing.ReleaseUpdate{}, members{"Planner 2.2", "2.2.0", "rc", `["linux","macos"]`, "Old.", true},
		},
		"the name alone": {
			licensing.ReleaseUpdate{Name: sdk.Some("Planner")},
			members{"Planner", "2.2.0", "rc", `["linux","macos"]`, "Old.", true},
		},
		"the version alone": {
			licensing.ReleaseUpdate{Version: sdk.Some("2.2.0.118")},
			members{"Planner 2.2", "2.2.0.118", "rc", `["linux","macos"]`, "Old.", true},
		},
		"the channel alone": {
			licensing.ReleaseUpdate{Channel: sdk.Some("stable")},
			members{"Planner 2.2", "2.2.0", "stable", `["linux","macos"]`, "Old.", true},
		},
		"platforms replace all platforms": {
			licensing.ReleaseUpdate{Platforms: []string{"windows"}},
			members{"Planner 2.2", "2.2.0", "rc", `["windows"]`, "Old.", true},
		},
		"an empty list empties": {
			licensing.ReleaseUpdate{Platforms: []string{}}, members{"Planner 2.2", "2.2.0", "rc", `[]`, "Old.", true},
		},
		"an empty text empties": {
			licensing.ReleaseUpdate{Notes: sdk.Some("")},
			members{"Planner 2.2", "2.2.0", "rc", `["linux","macos"]`, "", true},
		},
		"false is a value": {
			licensing.ReleaseUpdate{Private: sdk.Some(false)},
			members{"Planner 2.2", "2.2.0", "rc", `["linux","macos"]`, "Old.", false},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := licensingtest.NewServer(t)
			before := s.PutRelease(licensing.Release{
				Name: "Planner 2.2", Version: "2.2.0", Channel: "rc", Platforms: []string{"linux", "macos"},
				Notes: sdk.Some("Old."), Private: sdk.Some(true), Published: true, Archived: sdk.Some(true),
				Files: []licensing.ReleaseFile{{Name: "planner.dmg", URL: "https://releases.example/planner.dmg", Size: 7}},
			})
			after, err := s.Client().Releases.Update(t.Context(), before.ID, c.change)
			if err != nil {
				t.Fatal(err)
			}
			got := members{
				after.Name, after.Version, after.Channel, assert.Encoded(t, after.Platforms), after.Notes.Or("null"),
				after.Private.Or(false),
			}
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if title := after.Files[0].ReleaseName.Or(""); title != after.Name {
				t.Errorf("the file belongs to %q, the release is %q", title, after.Name)
			}
			if !after.UpdatedAt.After(before.UpdatedAt) || !after.CreatedAt.Equal(before.CreatedAt) {
				t.Errorf("made %v, updated %v and then %v", after.CreatedAt, before.UpdatedAt, after.UpdatedAt)
			}
			// Everything that can't be updated is as it was.
			after.Name, after.Version, after.Channel = before.Name, before.Version, before.Channel
			after.Platforms, after.Notes, after.Private = before.Platforms, before.Notes, before.Private
			after.UpdatedAt, after.Files[0].ReleaseName = before.UpdatedAt, before.Files[0].ReleaseName
			assert.JSON(t, "the rest", after, assert.Encoded(t, before))
		})
	}
}

func TestUpdatedAtIsLaterEvenWithinOneTick(t *testing.T) {
	t.Parallel()
	s := licensingtest.NewServer(t)
	now := stopClock(s)
	client := s.Client()
	s.PutRelease(licensing.Release{ID: releaseID})
	for i := 1; i <= 3; i++ {
		release := rename(t, client, "the same")
		if want := now.Add(time.Duration(i) * 100 * time.Nanosecond); !release.UpdatedAt.Equal(want) {
			t.Errorf("update %d was at %v, want %v", i, release.UpdatedAt, want)
		}
	}
	s.Advance(time.Hour)
	if release := rename(t, client, "later"); !release.UpdatedAt.Equal(now.Add(time.Hour)) {
		t.Errorf("an hour later it is %v", release.UpdatedAt)
	}
}

func TestAnUnknownReleaseIsNotFound(t *testing.T) {
	t.Parallel()
	_, client := start(t)
	_, err := client.Releases.Update(t.Context(), "nope", licensing.ReleaseUpdate{Name: sdk.Some("x")})
	assert.Refusal(t, err, 404, "", "No release has this id.")
	if !errors.Is(err, sdk.ErrNotFound) {
		t.Errorf("%v isn't ErrNotFound", err)
	}
}

func TestWhatAReleaseLacksIsFilledIn(t *testing.T) {
	t.Parallel()
	s := licensingtest.NewServer(t)
	stopClock(s)
	s.PutRelease(licensing.Release{Published: true, Files: []licensing.ReleaseFile{{Name: "setup"}, {Name: "setup.exe"}}})
	release, _ := s.Release("00000000-0000-4000-8000-000000000001")
	const at = `"2026-03-04T16:40:02.1187654Z"`
	file := func(id, name, extension string) string {
		return `{"id":"` + id + `","createdAt":` + at + `,"updatedAt":` + at + `,"name":"` + name + `","url":"","size":0,
			"downloads":0,"extension":` + extension + `,"checksum":null,"secured":false,"published":true,
			"releaseId":"00000000-0000-4000-8000-000000000001","releaseName":"Release 1.0.0"}`
	}
	assert.JSON(t, "release", release, `{
		"id": "00000000-0000-4000-8000-000000000001", "createdAt": `+at+`, "updatedAt": `+at+`,
		"name": "Release 1.0.0", "channel": "stable", "version": "1.0.0", "platforms": [], "notes": null,
		"totalFiles": 2, "publishedAt": `+at+`, "files": [
			`+file("00000000-0000-4000-8000-000000000003", "setup", "null")+`,
			`+file("00000000-0000-4000-8000-000000000004", "setup.exe", `".exe"`)+`
		],
		"published": true, "private": false, "archived": false,
		"productId": "00000000-0000-4000-8000-000000000002", "tenantId": "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"
	}`)
}
