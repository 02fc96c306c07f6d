package releasestest

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"net/http"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/releases"
)

// list answers one page, from the highest number to the lowest. A page begins behind a number and not at a position, so
// that releases which come or go in between move nothing from one page to another.
func (s *Server) list(a *app, r *fake.Request) fake.Response {
	below := math.MaxInt
	if r.Has("cursor") {
		number, ok := parseCursor(r.Query("cursor"))
		if !ok {
			return refuse(releases.ValidationIssue{
				Loc:   []any{"query", "cursor"},
				Msg:   "Must be the next_cursor of an earlier page",
				Type:  "value_error",
				Input: sdk.Some[any](r.Query("cursor")),
				Ctx:   map[string]any{},
			})
		}
		below = number
	}
	archived := r.Bool("include_archived", false)
	limit := r.Int("limit", 50)
	page := releases.ReleaseList{
		Releases: []releases.Release{}, NextCursor: sdk.Null[string](), ActiveReleaseID: a.activeID(),
	}
	for i := len(a.releases) - 1; i >= 0; i-- {
		release := &a.releases[i]
		if release.Status == releases.ReleaseStatusArchived && !archived {
			continue
		}
		page.Total++
		switch {
		case release.ReleaseNumber >= below: // on an earlier page
		case len(page.Releases) < limit:
			page.Releases = append(page.Releases, summary(release))
		default:
			page.HasMore = true
		}
	}
	if page.HasMore {
		page.NextCursor = sdk.Some(makeCursor(page.Releases[limit-1].ReleaseNumber))
	}
	return fake.JSON(http.StatusOK, page)
}

// cursor is what a cursor holds.
type cursor struct {
	Number int `json:"n"` // of the last release of the page before
}

func makeCursor(number int) string {
	text, _ := json.Marshal(cursor{number}) // an integer can always be encoded
	return base64.RawURLEncoding.EncodeToString(text)
}

// parseCursor takes only what makeCursor makes.
func parseCursor(text string) (number int, ok bool) {
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return 0, false
	}
	var c cursor
	if err := json.Unmarshal(plain, &c); err != nil {
		return 0, false
	}
	return c.Number, c.Number > 0 && makeCursor(c.Number) == text
}
