package bench

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	// PageSize is how many releases a page has, and Pages how many pages there are.
	PageSize = 200
	Pages    = 50

	org       = "org_71f3c6a2"
	workspace = "ws_2b9a4077"
	app       = "app_5d7e11c0"

	token       = "mm_tok_0123456789abcdef"
	releaseID   = "rel_8c1f20d94e6b"
	releaseTag  = "v1.3.0"
	description = "Adds the translate endpoint, and answers summaries in half the time."

	releasesPath = "/v1/orgs/" + org + "/workspaces/" + workspace + "/apps/" + app + "/releases"
)

// detail answers a get and a post.
const detail = `{"release_id":"` + releaseID + `","app_id":"` + app + `","workspace_id":"` + workspace + `","org_id":"` + org + `",` +
	`"release_tag":"` + releaseTag + `","release_number":13,"status":"active","description":"` + description + `",` +
	`"endpoint_count":4,"augmentation_count":2,"activated_at":"2026-02-20T08:00:11.500210Z","activated_by":"usr_3e8d05",` +
	`"created_at":"2026-02-19T17:42:03.007441Z","created_by":"usr_3e8d05","endpoints":[],"augmentations":[],` +
	`"change_log":null,"previous_release_id":"rel_7b0e1f53c2a8"}`

// pages are the answers to a list, one after the other.
func pages() []string {
	all := make([]string, Pages)
	for i := range all {
		all[i] = listed(i)
	}
	return all
}

func listed(page int) string {
	var b strings.Builder
	last := page == Pages-1
	fmt.Fprintf(&b, `{"total":%d,"has_more":%t,"next_cursor":`, Pages*PageSize, !last)
	if last {
		b.WriteString("null")
	} else {
		b.WriteString(strconv.Quote(cursor(page + 1)))
	}
	b.WriteString(`,"releases":[`)
	for i := range PageSize {
		if i > 0 {
			b.WriteByte(',')
		}
		number := Pages*PageSize - page*PageSize - i
		fmt.Fprintf(&b, `{"release_id":"rel_%012x","app_id":"%s","workspace_id":"%s","org_id":"%s","release_tag":"v1.%d.%d",`+
			`"release_number":%d,"status":"%s","description":%s,"endpoint_count":4,"augmentation_count":2,`+
			`"activated_at":%s,"activated_by":%s,"created_at":"2026-02-19T17:%02d:03.007441Z","created_by":"usr_3e8d05"}`,
			number*7919, app, workspace, org, number/10, number%10,
			number, status(number), orNull(described(number), description),
			orNull(activated(number), fmt.Sprintf("2026-02-20T08:%02d:11.500210Z", number%60)), orNull(activated(number), "usr_3e8d05"),
			number%60)
	}
	fmt.Fprintf(&b, `],"active_release_id":"%s"}`, releaseID)
	return b.String()
}

func cursor(page int) string { return fmt.Sprintf("eyJuIjoxMn0%03d", page) }

func described(number int) bool { return number%5 != 0 }
func activated(number int) bool { return number%10 != 0 }

func status(number int) string {
	switch {
	case !activated(number):
		return "draft"
	case number%PageSize == 1:
		return "active"
	}
	return "archived"
}

func orNull(is bool, text string) string {
	if !is {
		return "null"
	}
	return strconv.Quote(text)
}

// expected is what the first n pages hold.
func expected(n int) Tally {
	var t Tally
	for i := range n * PageSize {
		number := Pages*PageSize - i
		t.add(number, described(number), activated(number))
	}
	return t
}
