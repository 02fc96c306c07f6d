package bench

import (
	"fmt"
	"strconv"
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
	b := make([]byte, 0, 100<<10)
	b = fmt.Appendf(b, `{"total":%d,"has_more":%t,"next_cursor":`, Pages*PageSize, page < Pages-1)
	if page < Pages-1 {
		b = strconv.AppendQuote(b, cursor(page+1))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"releases":[`...)
	for i := range PageSize {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendRelease(b, Pages*PageSize-page*PageSize-i)
	}
	return string(append(b, `],"active_release_id":"`+releaseID+`"}`...))
}

// appendRelease writes the release with a number, without fmt: valgrind counts this too.
func appendRelease(b []byte, number int) []byte {
	b = append(b, `{"release_id":"rel_`...)
	b = strconv.AppendInt(b, int64(number)*7919+1<<46, 16)
	b = append(b, `","app_id":"`+app+`","workspace_id":"`+workspace+`","org_id":"`+org+`","release_tag":"v1.`...)
	b = strconv.AppendInt(b, int64(number), 10)
	b = append(b, `.0","release_number":`...)
	b = strconv.AppendInt(b, int64(number), 10)
	b = append(b, `,"status":"`+status(number)+`","description":`...)
	b = appendOrNull(b, described(number), description)
	b = append(b, `,"endpoint_count":4,"augmentation_count":2,"activated_at":`...)
	b = appendOrNull(b, activated(number), "2026-02-20T08:00:11.500210Z")
	b = append(b, `,"activated_by":`...)
	b = appendOrNull(b, activated(number), "usr_3e8d05")
	return append(b, `,"created_at":"2026-02-19T17:42:03.007441Z","created_by":"usr_3e8d05"}`...)
}

func appendOrNull(b []byte, is bool, text string) []byte {
	if !is {
		return append(b, "null"...)
	}
	return append(append(append(b, '"'), text...), '"')
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

// expected is what the first n pages hold.
func expected(n int) Tally {
	var t Tally
	for i := range n * PageSize {
		number := Pages*PageSize - i
		t.add(number, described(number), activated(number))
	}
	return t
}
