package releasestest

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/releases"
)

// page is a part of a list.
type page[T any] struct {
	items []T
	total int // of the whole list
	more  bool
	last  int // the place of its last item
}

// cut gives the page that a request asks for of a list whose places go all up, or all down. A page begins behind a place
// and not at a position, so that what comes or goes in between moves nothing from one page to another. Where the document
// has no limit, the page is the list.
func cut[T any](r *fake.Request, list []T, place func(T) int, down bool) (page[T], *fake.Response) {
	p := page[T]{total: len(list)}
	if r.Has("cursor") {
		last, ok := parseCursor(r.Query("cursor"))
		if !ok {
			refusal := refuse(releases.ValidationIssue{
				Loc:   []any{"query", "cursor"},
				Msg:   "Must be the next_cursor of an earlier page",
				Type:  "value_error",
				Input: sdk.Some[any](r.Query("cursor")),
				Ctx:   map[string]any{},
			})
			return p, &refusal
		}
		list = slices.DeleteFunc(slices.Clone(list), func(item T) bool {
			at := place(item)
			return down && at >= last || !down && at <= last
		})
	}
	p.items, p.more = fake.Window(list, 0, r.Int("limit", len(list)))
	if p.more {
		p.last = place(p.items[len(p.items)-1])
	}
	return p, nil
}

// next is the cursor of the page after; null on the last one.
func (p page[T]) next() sdk.Optional[string] {
	if !p.more {
		return sdk.Null[string]()
	}
	return sdk.Some(makeCursor(p.last))
}

// list answers one page of the releases of an app, from the highest number to the lowest.
func (s *Server) list(a *app, r *fake.Request) fake.Response {
	archived := r.Bool("include_archived", false)
	var listed []releases.Release
	for i := range a.releases {
		if release := &a.releases[i]; archived || release.Status != releases.ReleaseStatusArchived {
			listed = append(listed, summary(release))
		}
	}
	slices.Reverse(listed)
	page, refusal := cut(r, listed, func(release releases.Release) int { return release.ReleaseNumber }, true)
	if refusal != nil {
		return *refusal
	}
	return fake.JSON(http.StatusOK, releases.ReleaseList{
		Total: page.total, HasMore: page.more, NextCursor: page.next(), Releases: page.items, ActiveReleaseID: a.activeID(),
	})
}

// cursor is what a cursor holds.
type cursor struct {
	Place int `json:"n"` // of the last item of the page before
}

func makeCursor(place int) string {
	text, _ := json.Marshal(cursor{place}) // an integer can always be encoded
	return base64.RawURLEncoding.EncodeToString(text)
}

// parseCursor takes only what makeCursor makes.
func parseCursor(text string) (place int, ok bool) {
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return 0, false
	}
	var c cursor
	if err := json.Unmarshal(plain, &c); err != nil {
		return 0, false
	}
	return c.Place, c.Place > 0 && makeCursor(c.Place) == text
}
