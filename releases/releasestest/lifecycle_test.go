package releasestest_test

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

const (
	draft    = releases.ReleaseStatusDraft
	active   = releases.ReleaseStatusActive
	archived = releases.ReleaseStatusArchived
)

// TestLifecycle runs each rule in an app with three drafts, numbered 1 to 3.
func TestLifecycle(t *testing.T) {
	t.Parallel()
	type step func(*rule)
	activate := func(n int, wantPrevious int) step {
		return func(r *rule) { r.takeOver(r.app.Activate, n, wantPrevious) }
	}
	rollback := func(n int, wantPrevious int) step {
		return func(r *rule) { r.takeOver(r.app.Rollback, n, wantPrevious) }
	}
	archive := func(n int) step { return func(r *rule) { r.archive(n) } }
	remove := func(n int) step { return func(r *rule) { r.remove(n) } }
	rules := []struct {
		name  string
		steps []step
		want  [3]releases.ReleaseStatus // empty: gone
	}{
		{"nothing is active at first", nil, [3]releases.ReleaseStatus{draft, draft, draft}},
		{"activate makes a draft active", []step{activate(1, 0)}, [3]releases.ReleaseStatus{active, draft, draft}},
		{
			"activate archives the one that was active",
			[]step{activate(1, 0), activate(2, 1)}, [3]releases.ReleaseStatus{archived, active, draft},
		},
		{
			"activate of the active one changes nothing and answers its own id",
			[]step{activate(1, 0), activate(1, 1)}, [3]releases.ReleaseStatus{active, draft, draft},
		},
		{
			"activate brings an archived one back",
			[]step{archive(1), activate(1, 0)}, [3]releases.ReleaseStatus{active, draft, draft},
		},
		{
			"rollback makes the named release active and archives the other",
			[]step{activate(1, 0), activate(2, 1), rollback(1, 2)}, [3]releases.ReleaseStatus{active, archived, draft},
		},
		{
			"rollback to the active one changes nothing",
			[]step{activate(2, 0), rollback(2, 2)}, [3]releases.ReleaseStatus{draft, active, draft},
		},
		{"rollback takes a draft", []step{rollback(3, 0)}, [3]releases.ReleaseStatus{draft, draft, active}},
		{"archive retires a draft", []step{archive(2)}, [3]releases.ReleaseStatus{draft, archived, draft}},
		{
			"archive of the active one leaves none active",
			[]step{activate(2, 0), archive(2)}, [3]releases.ReleaseStatus{draft, archived, draft},
		},
		{"archive twice changes nothing", []step{archive(2), archive(2)}, [3]releases.ReleaseStatus{draft, archived, draft}},
		{
			"after archiving the active one there is no previous one",
			[]step{activate(2, 0), archive(2), activate(3, 0)}, [3]releases.ReleaseStatus{draft, archived, active},
		},
		{"delete removes a draft", []step{remove(2)}, [3]releases.ReleaseStatus{draft, "", draft}},
		{"delete removes an archived one", []step{archive(1), remove(1)}, [3]releases.ReleaseStatus{"", draft, draft}},
		{
			"delete of the active one leaves none active",
			[]step{activate(1, 0), remove(1), activate(2, 0)}, [3]releases.ReleaseStatus{"", active, draft},
		},
	}
	for _, test := range rules {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, app := newApp(t)
			r := &rule{t: t, s: s, app: app}
			for _, release := range s.Seed(shop, 3) {
				r.ids = append(r.ids, release.ReleaseID)
			}
			for _, do := range test.steps {
				do(r)
			}
			r.check(test.want)
		})
	}
}

// rule is one run of TestLifecycle.
type rule struct {
	t   *testing.T
	s   *releasestest.Server
	app *releases.ReleasesService
	ids []string
}

func (r *rule) takeOver(
	do func(ctx context.Context, id string, opts ...sdk.Option) (*releases.ReleaseAction, error), n, wantPrevious int,
) {
	r.t.Helper()
	action := must[*releases.ReleaseAction](r.t)(do(r.t.Context(), r.ids[n-1]))
	want := sdk.Null[string]()
	if wantPrevious > 0 {
		want = sdk.Some(r.ids[wantPrevious-1])
	}
	assert.Equal(r.t, "previous release", action.PreviousActiveReleaseID, want)
	assert.Equal(r.t, "release", action.Release.ReleaseID, r.ids[n-1])
	assert.Equal(r.t, "status", action.Release.Status, active)
	assert.Equal(r.t, "activated_at", action.Release.ActivatedAt, sdk.Some(midnight))
	assert.Equal(r.t, "activated_by", action.Release.ActivatedBy, sdk.Some(releasestest.User))
}

func (r *rule) archive(n int) {
	r.t.Helper()
	release := must[*releases.Release](r.t)(r.app.Archive(r.t.Context(), r.ids[n-1]))
	assert.Equal(r.t, "release", release.ReleaseID, r.ids[n-1])
	assert.Equal(r.t, "status", release.Status, archived)
}

func (r *rule) remove(n int) {
	r.t.Helper()
	if err := r.app.Delete(r.t.Context(), r.ids[n-1]); err != nil {
		r.t.Fatal(err)
	}
}

// check compares what Get, GetActive and List answer, and what the server has.
func (r *rule) check(want [3]releases.ReleaseStatus) {
	r.t.Helper()
	ctx := r.t.Context()
	wantActive := sdk.Null[string]()
	for i, status := range want {
		stored, ok := r.s.Release(shop, r.ids[i])
		assert.Equal(r.t, "release is there", ok, status != "")
		got, err := r.app.Get(ctx, r.ids[i])
		if status == "" {
			assert.Equal(r.t, "error of a deleted release", errors.Is(err, sdk.ErrNotFound), true)
			continue
		}
		assert.Equal(r.t, "status of "+stored.ReleaseTag, stored.Status, status)
		if err != nil || !reflect.DeepEqual(*got, stored) {
			r.t.Errorf("Get: got %+v, %v, want %+v", got, err, stored)
		}
		if status == active {
			wantActive = sdk.Some(r.ids[i])
		}
	}
	list := must[*releases.ReleaseList](r.t)(r.app.List(ctx, releases.ReleaseListParams{IncludeArchived: true}))
	assert.Equal(r.t, "active_release_id", list.ActiveReleaseID, wantActive)
	current, err := r.app.GetActive(ctx)
	if wantActive.IsNull() {
		assert.Equal(r.t, "error of GetActive", errors.Is(err, sdk.ErrNotFound), true)
		return
	}
	assert.Equal(r.t, "active release", must[*releases.ReleaseDetail](r.t)(current, err).ReleaseID, wantActive.Or(""))
}

func TestCreate(t *testing.T) {
	t.Parallel()
	s, app := newApp(t)
	first := must[*releases.ReleaseDetail](t)(app.Create(t.Context(), releases.ReleaseCreate{
		ReleaseTag: "v1", Description: sdk.Some("The first."),
	}))
	s.Advance(time.Hour)
	second := must[*releases.ReleaseDetail](t)(app.Create(t.Context(), releases.ReleaseCreate{ReleaseTag: "v2"}))

	assert.Equal(t, "first number", first.ReleaseNumber, 1)
	assert.Equal(t, "first description", first.Description, sdk.Some("The first."))
	assert.Equal(t, "first previous", first.PreviousReleaseID, sdk.Null[string]())
	assert.Equal(t, "number", second.ReleaseNumber, 2)
	assert.Equal(t, "tag", second.ReleaseTag, "v2")
	assert.Equal(t, "status", second.Status, draft)
	assert.Equal(t, "description", second.Description, sdk.Null[string]())
	assert.Equal(t, "previous", second.PreviousReleaseID, sdk.Some(first.ReleaseID))
	assert.Equal(t, "created_at", second.CreatedAt, midnight.Add(time.Hour))
	assert.Equal(t, "created_by", second.CreatedBy, releasestest.User)
	assert.Equal(t, "activated_at", second.ActivatedAt, sdk.Null[time.Time]())
	assert.Equal(t, "app", releases.AppRef{Org: second.OrgID, Workspace: second.WorkspaceID, App: second.AppID}, shop)
	if second.Endpoints == nil || second.Augmentations == nil {
		t.Error("a new release has no lists")
	}
}

func TestCreateRules(t *testing.T) {
	t.Parallel()
	create := func(t *testing.T, app *releases.ReleasesService, tag string) *releases.ReleaseDetail {
		t.Helper()
		return must[*releases.ReleaseDetail](t)(app.Create(t.Context(), releases.ReleaseCreate{ReleaseTag: tag}))
	}
	t.Run("a tag is unique in its app", func(t *testing.T) {
		t.Parallel()
		_, app := newApp(t)
		create(t, app, "v1")
		_, err := app.Create(t.Context(), releases.ReleaseCreate{ReleaseTag: "v1"})
		answer := assert.APIError(t, err)
		assert.Equal(t, "status", answer.Status, 422)
		assert.Equal(t, "body", string(answer.Body), `{"detail":[{"loc":["body","release_tag"],`+
			`"msg":"Another release of the app has this tag","type":"value_error","input":"v1","ctx":{}}]}`)
	})
	t.Run("a deleted release's tag is free again", func(t *testing.T) {
		t.Parallel()
		_, app := newApp(t)
		first := create(t, app, "v1")
		if err := app.Delete(t.Context(), first.ReleaseID); err != nil {
			t.Fatal(err)
		}
		assert.Equal(t, "number", create(t, app, "v1").ReleaseNumber, 2)
	})
	t.Run("each app counts by itself and has its own tags", func(t *testing.T) {
		t.Parallel()
		s, app := newApp(t)
		create(t, app, "v1")
		for _, other := range []releases.AppRef{
			{Org: "other", Workspace: shop.Workspace, App: shop.App},
			{Org: shop.Org, Workspace: "other", App: shop.App},
			{Org: shop.Org, Workspace: shop.Workspace, App: "other"},
		} {
			release := create(t, s.Client().App(other).Releases, "v1")
			assert.Equal(t, "number", release.ReleaseNumber, 1)
			if _, ok := s.Release(shop, release.ReleaseID); ok {
				t.Error("the release is in two apps")
			}
		}
	})
	t.Run("ids that need escaping name the same app", func(t *testing.T) {
		t.Parallel()
		s, _ := newApp(t)
		odd := releases.AppRef{Org: "a/b", Workspace: "ü ber", App: "50%?"}
		release := create(t, s.Client().App(odd).Releases, "v1")
		if _, ok := s.Release(odd, release.ReleaseID); !ok {
			t.Error("the release is in another app")
		}
	})
}

func TestReactivationKeepsTheTimeOfActivation(t *testing.T) {
	t.Parallel()
	s, app := newApp(t)
	id := s.Seed(shop, 1)[0].ReleaseID
	must[*releases.ReleaseAction](t)(app.Activate(t.Context(), id))
	s.Advance(time.Hour)
	again := must[*releases.ReleaseAction](t)(app.Activate(t.Context(), id))
	assert.Equal(t, "activated_at", again.Release.ActivatedAt, sdk.Some(midnight))

	must[*releases.Release](t)(app.Archive(t.Context(), id))
	back := must[*releases.ReleaseAction](t)(app.Rollback(t.Context(), id))
	assert.Equal(t, "activated_at after a rollback", back.Release.ActivatedAt, sdk.Some(midnight.Add(time.Hour)))
}

func TestAtMostOneReleaseIsActiveWhileManyActivate(t *testing.T) {
	t.Parallel()
	s, app := newApp(t)
	seeded := s.Seed(shop, 8)
	previous := make([]string, len(seeded))
	var group sync.WaitGroup
	for i, release := range seeded {
		group.Go(func() {
			action, err := app.Activate(t.Context(), release.ReleaseID)
			if err != nil {
				t.Error(err)
				return
			}
			previous[i] = action.PreviousActiveReleaseID.Or("")
		})
	}
	group.Wait()
	seen := map[string]bool{}
	for _, id := range previous {
		if seen[id] {
			t.Errorf("%q was taken over from twice", id)
		}
		seen[id] = true
	}
	count := 0
	for release, err := range app.All(t.Context(), releases.ReleaseListParams{IncludeArchived: true}) {
		if err != nil {
			t.Fatal(err)
		}
		if release.Status == active {
			count++
		}
	}
	assert.Equal(t, "active releases", count, 1)
}
