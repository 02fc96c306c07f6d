package releasestest_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/releases"
)

// numbers are those of all releases that All gives; between is called after each.
func numbers(t *testing.T, app *releases.ReleasesService, params releases.ReleaseListParams, between func()) []int {
	t.Helper()
	var list []int
	for release, err := range app.All(t.Context(), params) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, release.ReleaseNumber)
		between()
	}
	return list
}

// downFrom is n to 1.
func downFrom(n int) []int {
	var list []int
	for ; n > 0; n-- {
		list = append(list, n)
	}
	return list
}

func TestPaging(t *testing.T) {
	t.Parallel()
	const count = 450
	tests := []struct{ limit, pages int }{{1, 450}, {50, 9}, {200, 3}, {0, 9}}
	for _, test := range tests {
		t.Run(fmt.Sprintf("limit %d", test.limit), func(t *testing.T) {
			t.Parallel()
			s, app := newApp(t)
			s.Seed(shop, count)
			got := numbers(t, app, releases.ReleaseListParams{Limit: test.limit}, func() {})
			if !slices.Equal(got, downFrom(count)) {
				t.Errorf("got %d releases, want 450 to 1: %v", len(got), got)
			}
			assert.Equal(t, "pages", len(s.Requests("Releases.List")), test.pages)
		})
		t.Run(fmt.Sprintf("limit %d with inserts in between", test.limit), func(t *testing.T) {
			t.Parallel()
			s, app := newApp(t)
			s.Seed(shop, count)
			seen := 0
			got := numbers(t, app, releases.ReleaseListParams{Limit: test.limit}, func() {
				if seen++; seen%40 == 0 {
					s.Seed(shop, 1)
				}
			})
			if !slices.Equal(got, downFrom(count)) {
				t.Errorf("got %d releases, want 450 to 1: %v", len(got), got)
			}
			assert.Equal(t, "pages", len(s.Requests("Releases.List")), test.pages)
		})
	}
}

func TestPagingWhileReleasesAreDeleted(t *testing.T) {
	t.Parallel()
	const count = 60
	for _, limit := range []int{1, 7, 20} {
		t.Run(fmt.Sprintf("limit %d", limit), func(t *testing.T) {
			t.Parallel()
			s, app := newApp(t)
			seeded := s.Seed(shop, count)
			left := count
			got := numbers(t, app, releases.ReleaseListParams{Limit: limit}, func() {
				left-- // the release just seen, which a cursor may point to
				if err := app.Delete(t.Context(), seeded[left].ReleaseID); err != nil {
					t.Fatal(err)
				}
			})
			if !slices.Equal(got, downFrom(count)) {
				t.Errorf("got %d releases, want 60 to 1: %v", len(got), got)
			}
		})
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	list := func(t *testing.T, app *releases.ReleasesService, params releases.ReleaseListParams) *releases.ReleaseList {
		t.Helper()
		return must[*releases.ReleaseList](t)(app.List(t.Context(), params))
	}
	t.Run("an app that nobody has named is empty", func(t *testing.T) {
		t.Parallel()
		_, app := newApp(t)
		page := list(t, app, releases.ReleaseListParams{})
		assert.Equal(t, "total", page.Total, 0)
		assert.Equal(t, "has_more", page.HasMore, false)
		assert.Equal(t, "next_cursor", page.NextCursor, sdk.Null[string]())
		assert.Equal(t, "active_release_id", page.ActiveReleaseID, sdk.Null[string]())
		assert.Equal(t, "releases", len(page.Releases), 0)
	})
	t.Run("a full last page is the last", func(t *testing.T) {
		t.Parallel()
		s, app := newApp(t)
		s.Seed(shop, 4)
		first := list(t, app, releases.ReleaseListParams{Limit: 2})
		assert.Equal(t, "total", first.Total, 4)
		assert.Equal(t, "has_more", first.HasMore, true)
		last := list(t, app, releases.ReleaseListParams{Limit: 2, Cursor: first.NextCursor.Or("")})
		assert.Equal(t, "total", last.Total, 4)
		assert.Equal(t, "has_more", last.HasMore, false)
		assert.Equal(t, "next_cursor", last.NextCursor, sdk.Null[string]())
		assert.Equal(t, "releases", len(last.Releases), 2)
	})
	t.Run("archived releases are hidden unless asked for", func(t *testing.T) {
		t.Parallel()
		s, app := newApp(t)
		seeded := s.Seed(shop, 3)
		must[*releases.ReleaseAction](t)(app.Activate(t.Context(), seeded[1].ReleaseID))
		must[*releases.Release](t)(app.Archive(t.Context(), seeded[2].ReleaseID))
		got := numbers(t, app, releases.ReleaseListParams{}, func() {})
		if !slices.Equal(got, []int{2, 1}) {
			t.Errorf("got %v, want 2, 1", got)
		}
		got = numbers(t, app, releases.ReleaseListParams{IncludeArchived: true}, func() {})
		if !slices.Equal(got, []int{3, 2, 1}) {
			t.Errorf("got %v, want 3, 2, 1", got)
		}
		assert.Equal(t, "total", list(t, app, releases.ReleaseListParams{}).Total, 2)
	})
	t.Run("the active release is named on pages that don't have it", func(t *testing.T) {
		t.Parallel()
		s, app := newApp(t)
		id := s.Seed(shop, 3)[0].ReleaseID
		must[*releases.ReleaseAction](t)(app.Activate(t.Context(), id))
		assert.Equal(t, "active_release_id", list(t, app, releases.ReleaseListParams{Limit: 1}).ActiveReleaseID, sdk.Some(id))
	})
	t.Run("a release archived in between is left out of later pages", func(t *testing.T) {
		t.Parallel()
		s, app := newApp(t)
		seeded := s.Seed(shop, 3)
		first := list(t, app, releases.ReleaseListParams{Limit: 1})
		must[*releases.Release](t)(app.Archive(t.Context(), seeded[1].ReleaseID))
		rest := numbers(t, app, releases.ReleaseListParams{Limit: 1, Cursor: first.NextCursor.Or("")}, func() {})
		if !slices.Equal(rest, []int{1}) {
			t.Errorf("got %v, want 1", rest)
		}
	})
	t.Run("a list is by number whatever the order of storing", func(t *testing.T) {
		t.Parallel()
		s, app := newApp(t)
		for _, number := range []int{7, 3, 5} {
			s.Put(shop, releases.ReleaseDetail{ReleaseNumber: number})
		}
		s.Seed(shop, 1)
		if got := numbers(t, app, releases.ReleaseListParams{}, func() {}); !slices.Equal(got, []int{8, 7, 5, 3}) {
			t.Errorf("got %v, want 8, 7, 5, 3", got)
		}
	})
}

func TestListRefusesCursorsThatItDidNotMake(t *testing.T) {
	t.Parallel()
	s, app := newApp(t)
	s.Seed(shop, 2)
	for _, cursor := range []string{
		"2", "not a cursor", "eyJuIjoxMn0=", "eyJuIjowfQ", "eyJuIjotMX0", "e30", "eyJuIjoxLCJtIjoyfQ", "bnVsbA",
	} {
		_, err := app.List(t.Context(), releases.ReleaseListParams{Cursor: cursor})
		answer := assert.APIError(t, err)
		if answer.Status != 422 || !errors.Is(err, sdk.ErrValidation) {
			t.Errorf("%s: got %v, want 422", cursor, err)
		}
		assert.Equal(t, "fields", fmt.Sprint(answer.Fields), "[{query.cursor value_error Must be the next_cursor of an earlier page}]")
	}
}
