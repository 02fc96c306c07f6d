package releasestest_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

func TestClientReportsOptionsThatCannotBeRight(t *testing.T) {
	t.Parallel()
	s, r := newRecorded(t)
	client := s.Client(sdk.WithMaxAttempts(0))
	want := []string{"releasestest: Client: releases: sdk.WithMaxAttempts: 0 is less than 1"}
	assert.Lines(t, r.Reported(), want)
	assert.Lines(t, s.Problems(), want)
	if _, err := client.App(shop).Releases.List(t.Context(), releases.ReleaseListParams{}); err != nil {
		t.Errorf("the client without the option doesn't work: %v", err)
	}
}

func TestClientTakesOptions(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	client := s.Client(sdk.WithUserAgent("shop/1.0"))
	must[*releases.ReleaseList](t)(client.App(shop).Releases.List(t.Context(), releases.ReleaseListParams{}))
	if agent := s.Requests()[0].Header.Get("User-Agent"); !strings.Contains(agent, "shop/1.0") {
		t.Errorf("got %q", agent)
	}
}

func TestServerWithoutATest(t *testing.T) {
	t.Parallel()
	s := releasestest.NewServer(nil)
	app := s.Client(sdk.WithMaxAttempts(-1)).App(shop).Releases
	id := s.Seed(shop, 1)[0].ReleaseID
	must[*releases.ReleaseDetail](t)(app.Get(t.Context(), id))
	s.ExpectInvalid("Releases.List")
	s.Close()
	s.Close()
	assert.Lines(t, s.Problems(), []string{
		"releasestest: Client: releases: sdk.WithMaxAttempts: -1 is less than 1",
		"releasestest: an invalid request to Releases.List was expected and never came",
	})
	if _, err := s.Client(sdk.WithMaxAttempts(1)).App(shop).Releases.Get(t.Context(), id); err == nil {
		t.Error("a closed server answers")
	}
}

func TestServerEndsWithItsTest(t *testing.T) {
	t.Parallel()
	var s *releasestest.Server
	t.Run("inner", func(t *testing.T) {
		s = releasestest.NewServer(t)
		must[*releases.ReleaseList](t)(s.Client().App(shop).Releases.List(t.Context(), releases.ReleaseListParams{}))
	})
	_, err := s.Client(sdk.WithMaxAttempts(1)).App(shop).Releases.List(t.Context(), releases.ReleaseListParams{})
	if err == nil {
		t.Error("a server answers after its test")
	}
}

func TestExpectedInvalidRequestIsNoProblem(t *testing.T) {
	t.Parallel()
	s, app := newApp(t) // reports to t itself
	s.ExpectInvalid("Releases.List")
	_, err := app.List(t.Context(), releases.ReleaseListParams{Limit: 201})
	if !errors.Is(err, sdk.ErrValidation) {
		t.Errorf("got %v, want a validation error", err)
	}
	assert.Lines(t, s.Problems(), nil)
}

func TestAnswersThatBreakTheDocumentAreReported(t *testing.T) {
	t.Parallel()
	s, r := newRecorded(t)
	var release releases.ReleaseDetail
	release.Extra.Set("branch", json.RawMessage(`"main"`))
	id := s.Put(shop, release).ReleaseID
	got := must[*releases.Release](t)(s.Client().App(shop).Releases.Archive(t.Context(), id))
	if branch, _ := got.Extra.Get("branch"); string(branch) != `"main"` {
		t.Errorf("got %s", branch)
	}
	assert.Lines(t, r.Reported(), []string{
		"releasestest: POST Releases.Archive: answer 200: /branch is not in the document",
	})
}

func TestHandleOfAnUnknownOperationIsReported(t *testing.T) {
	t.Parallel()
	s, r := newRecorded(t)
	s.Handle("Releases.Publish", nil)
	assert.Lines(t, r.Reported(), []string{`releasestest: Handle: the document has no operation "Releases.Publish"`})
}

func TestRequestsAndAwait(t *testing.T) {
	t.Parallel()
	s, app := newApp(t)
	must[*releases.ReleaseDetail](t)(app.Create(t.Context(), releases.ReleaseCreate{ReleaseTag: "v1"}))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := s.Await(ctx, "Releases.Create", 1); err != nil {
		t.Fatal(err)
	}
	got := s.Requests("Releases.Create")[0]
	assert.Equal(t, "body", string(got.Body), `{"release_tag":"v1"}`)
	assert.Equal(t, "status", got.Status, 200)
	assert.Equal(t, "token", got.Header.Get("Authorization"), "Bearer [redacted]")
}

func TestSeed(t *testing.T) {
	t.Parallel()
	s, app := newApp(t)
	seeded := s.Seed(shop, 2)
	assert.Equal(t, "tag of the first", seeded[0].ReleaseTag, "v1.0.1")
	assert.Equal(t, "tag of the second", seeded[1].ReleaseTag, "v1.0.2")
	assert.Equal(t, "status", seeded[1].Status, draft)
	detail := must[*releases.ReleaseDetail](t)(app.Get(t.Context(), seeded[1].ReleaseID))
	assert.Equal(t, "previous", detail.PreviousReleaseID, sdk.Some(seeded[0].ReleaseID))
	created := must[*releases.ReleaseDetail](t)(app.Create(t.Context(), releases.ReleaseCreate{ReleaseTag: "v2"}))
	assert.Equal(t, "number after seeding", created.ReleaseNumber, 3)
	assert.Equal(t, "seeding none", len(s.Seed(shop, 0))+len(s.Seed(shop, -1)), 0)

	s.Put(shop, releases.ReleaseDetail{ReleaseTag: "v1.0.5"})
	assert.Equal(t, "tag beside one that is taken", s.Seed(shop, 1)[0].ReleaseTag, "v1.0.6")
}

func TestPut(t *testing.T) {
	t.Parallel()
	full := releases.ReleaseDetail{
		ReleaseID: "rel_8c1f20", OrgID: "acme", WorkspaceID: "main", AppID: "shop", ReleaseTag: "v1.3.0", ReleaseNumber: 13,
		Status: archived, Description: sdk.Some("Adds translate."), EndpointCount: 4, AugmentationCount: 2,
		ActivatedAt: sdk.Some(midnight), ActivatedBy: sdk.Some("usr_3e8d05"), CreatedAt: midnight, CreatedBy: "usr_3e8d05",
		Endpoints:     []json.RawMessage{json.RawMessage(`{"name":"summary"}`)},
		Augmentations: []json.RawMessage{}, ChangeLog: sdk.Some("Added."), PreviousReleaseID: sdk.Some("rel_7b0e1f"),
	}
	t.Run("what is given is kept", func(t *testing.T) {
		t.Parallel()
		s, app := newApp(t)
		stored := s.Put(shop, full)
		got := must[*releases.ReleaseDetail](t)(app.Get(t.Context(), "rel_8c1f20"))
		if !reflect.DeepEqual(stored, full) || !reflect.DeepEqual(*got, full) {
			t.Errorf("stored %+v\ngot    %+v\nwant   %+v", stored, *got, full)
		}
		assert.Equal(t, "next number", s.Seed(shop, 1)[0].ReleaseNumber, 14)
	})
	t.Run("what is stored shares nothing with what was given", func(t *testing.T) {
		t.Parallel()
		s, _ := newApp(t)
		given := full
		given.Endpoints = []json.RawMessage{json.RawMessage(`{"name":"summary"}`)}
		returned := s.Put(shop, given)
		given.Endpoints[0][2] = 'X'
		returned.Endpoints[0][2] = 'Y'
		stored, _ := s.Release(shop, "rel_8c1f20")
		stored.Endpoints[0][2] = 'Z'
		stored, _ = s.Release(shop, "rel_8c1f20")
		assert.Equal(t, "endpoint", string(stored.Endpoints[0]), `{"name":"summary"}`)
	})
	t.Run("what is zero is filled in", func(t *testing.T) {
		t.Parallel()
		s, _ := newApp(t)
		s.Seed(shop, 1)
		stored := s.Put(shop, releases.ReleaseDetail{Endpoints: full.Endpoints})
		assert.Equal(t, "id", stored.ReleaseID, "rel_000002")
		assert.Equal(t, "number", stored.ReleaseNumber, 2)
		assert.Equal(t, "tag", stored.ReleaseTag, "v1.0.2")
		assert.Equal(t, "status", stored.Status, draft)
		assert.Equal(t, "endpoint_count", stored.EndpointCount, 1)
		assert.Equal(t, "created_at", stored.CreatedAt, midnight)
		assert.Equal(t, "created_by", stored.CreatedBy, releasestest.User)
		assert.Equal(t, "activated_at", stored.ActivatedAt, sdk.Null[time.Time]())
		assert.Equal(t, "previous", stored.PreviousReleaseID, sdk.Some("rel_000001"))
	})
	t.Run("an active release takes over", func(t *testing.T) {
		t.Parallel()
		s, _ := newApp(t)
		first := s.Put(shop, releases.ReleaseDetail{Status: active})
		second := s.Put(shop, releases.ReleaseDetail{Status: active})
		assert.Equal(t, "activated_at", second.ActivatedAt, sdk.Some(midnight))
		assert.Equal(t, "activated_by", second.ActivatedBy, sdk.Some(releasestest.User))
		first, _ = s.Release(shop, first.ReleaseID)
		assert.Equal(t, "the one before", first.Status, archived)
	})
	t.Run("a known id is replaced", func(t *testing.T) {
		t.Parallel()
		s, app := newApp(t)
		id := s.Put(shop, full).ReleaseID
		s.Put(shop, releases.ReleaseDetail{ReleaseID: id, Status: active})
		got := must[*releases.ReleaseDetail](t)(app.GetActive(t.Context()))
		assert.Equal(t, "number", got.ReleaseNumber, 13)
		assert.Equal(t, "tag", got.ReleaseTag, "v1.3.0")
		assert.Equal(t, "description", got.Description, sdk.Null[string]())
	})
	t.Run("an id that is made is not one that is there", func(t *testing.T) {
		t.Parallel()
		s, _ := newApp(t)
		s.Put(shop, releases.ReleaseDetail{ReleaseID: "rel_000001"})
		assert.Equal(t, "id", s.Seed(shop, 1)[0].ReleaseID, "rel_000002")
	})
	t.Run("times are kept in UTC and microseconds", func(t *testing.T) {
		t.Parallel()
		s, app := newApp(t)
		at := time.Date(2025, 6, 1, 12, 0, 0, 123456789, time.FixedZone("", 3600))
		id := s.Put(shop, releases.ReleaseDetail{CreatedAt: at, ActivatedAt: sdk.Some(at)}).ReleaseID
		got := must[*releases.ReleaseDetail](t)(app.Get(t.Context(), id))
		want := time.Date(2025, 6, 1, 11, 0, 0, 123456000, time.UTC)
		assert.Equal(t, "created_at", got.CreatedAt, want)
		assert.Equal(t, "activated_at", got.ActivatedAt, sdk.Some(want))
	})
}

func TestSeedingThatCannotBeIsReported(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		do   func(*releasestest.Server)
		want string
	}{
		{
			"an app with an empty id", func(s *releasestest.Server) { s.Put(releases.AppRef{Org: "acme"}, releases.ReleaseDetail{}) },
			"Put: the app {Org:acme Workspace: App:} has an empty id",
		},
		{
			"seeding an app with an empty id", func(s *releasestest.Server) { s.Seed(releases.AppRef{}, 1) },
			"Seed: the app {Org: Workspace: App:} has an empty id",
		},
		{
			"a tag that is taken", func(s *releasestest.Server) { s.Put(shop, releases.ReleaseDetail{ReleaseTag: "v1.0.1"}) },
			`Put: release rel_000001 has the tag "v1.0.1"`,
		},
		{
			"a number that is taken", func(s *releasestest.Server) { s.Put(shop, releases.ReleaseDetail{ReleaseNumber: 1}) },
			"Put: release rel_000001 has the number 1",
		},
		{
			"a number below 1", func(s *releasestest.Server) { s.Put(shop, releases.ReleaseDetail{ReleaseNumber: -1}) },
			"Put: -1 can't be the number of a release",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, r := newRecorded(t)
			s.Seed(shop, 1)
			test.do(s)
			assert.Lines(t, r.Reported(), []string{"releasestest: " + test.want})
			assert.Equal(t, "next number", s.Seed(shop, 1)[0].ReleaseNumber, 2)
		})
	}
}
