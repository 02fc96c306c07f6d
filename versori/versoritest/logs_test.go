package versoritest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// noon is when the entries of these tests begin.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// putLogs enters messages into the log of production, each a second after the one before.
func putLogs(s *versoritest.Server, messages ...string) {
	for i, message := range messages {
		at := noon.Add(time.Duration(i) * time.Second).Format(time.RFC3339Nano)
		s.PutLog(organisation, project, "production", versori.Log{Timestamp: at, Message: message})
	}
}

func messages(logs []versori.Log) string {
	var list []string
	for _, l := range logs {
		list = append(list, l.Message)
	}
	return strings.Join(list, " ")
}

func TestListsOfLogs(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	putLogs(s, "one", "two", "three")
	s.PutLog(organisation, project, versoritest.Environment, versori.Log{
		Timestamp: noon.Add(500 * time.Millisecond).Format(time.RFC3339Nano), Message: "late", Severity: versori.LogSeverityError,
		Error: sdk.Some("Error: status 503"), Fields: map[string]any{"executionId": other, "orders": 25},
	})
	tests := []struct {
		name   string
		params versori.LogListParams
		want   string
	}{
		{"the newest first", versori.LogListParams{}, "three two late one"},
		{"the oldest first", versori.LogListParams{Order: versori.LogOrderAsc}, "one late two three"},
		{"as many as are asked for", versori.LogListParams{First: 2}, "three two"},
		{"from a time on", versori.LogListParams{Start: noon.Add(time.Second)}, "three two"},
		{"up to a time", versori.LogListParams{End: noon.Add(time.Second)}, "late one"},
		{"with a text in the message, in capitals or not", versori.LogListParams{Search: "TW"}, "two"},
		{"with a text in a field", versori.LogListParams{Search: strings.ToLower(other)}, "late"},
		{"with a text in the error", versori.LogListParams{Search: "503"}, "late"},
		{"of builds", versori.LogListParams{Build: sdk.Some(true)}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			page, err := s.Client().Logs.List(t.Context(), project, test.params)
			must(t, err)
			assert.Equal(t, "entries", messages(page.Logs), test.want)
		})
	}
}

func TestFiltersOfLogs(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	for i, shop := range []string{"acme", "acme-eu", "other"} {
		s.PutLog(organisation, project, "", versori.Log{
			Timestamp: noon.Add(time.Duration(i) * time.Second).Format(time.RFC3339), Message: fmt.Sprint("order ", i),
			Fields: map[string]any{"shop": shop, "orders": i},
		})
	}
	filter := func(field string, match versori.LogMatch, value string) versori.LogFilter {
		f := versori.LogFilter{Match: match, Value: value}
		if field != "" {
			f.Field = sdk.Some(field)
		}
		return f
	}
	tests := []struct {
		name    string
		filters []versori.LogFilter
		want    string // refused: the field that is wrong
	}{
		{"eq is the whole value", []versori.LogFilter{filter("shop", versori.LogMatchEq, "acme")}, "order 0"},
		{"eq of a number", []versori.LogFilter{filter("orders", versori.LogMatchEq, "1")}, "order 1"},
		{"not_eq", []versori.LogFilter{filter("shop", versori.LogMatchNotEq, "acme")}, "order 2 order 1"},
		{"reg_eq is found anywhere", []versori.LogFilter{filter("shop", versori.LogMatchRegEq, "me$")}, "order 0"},
		{"not_reg_eq", []versori.LogFilter{filter("shop", versori.LogMatchNotRegEq, "^acme")}, "order 2"},
		{"search looks at all fields", []versori.LogFilter{filter("", versori.LogMatchSearch, "OTHER")}, "order 2"},
		{"not_search", []versori.LogFilter{filter("", versori.LogMatchNotSearch, "other")}, "order 1 order 0"},
		{
			"all filters must let an entry through",
			[]versori.LogFilter{filter("shop", versori.LogMatchRegEq, "acme"), filter("message", versori.LogMatchEq, "order 1")}, "order 1",
		},
		{"a severity", []versori.LogFilter{filter("severity", versori.LogMatchEq, "error")}, ""},
		{"eq without a field", []versori.LogFilter{filter("", versori.LogMatchEq, "acme")}, "refused: filters[0].field"},
		{"search with a field", []versori.LogFilter{filter("shop", versori.LogMatchSearch, "acme")}, "refused: filters[0].field"},
		{
			"not a regular expression", []versori.LogFilter{filter("shop", versori.LogMatchEq, "a"), filter("shop", versori.LogMatchRegEq, "(")},
			"refused: filters[1].value",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			page, err := s.Client().Logs.Search(t.Context(), project, versori.LogQuery{Filters: test.filters}, versori.LogSearchParams{})
			if field, refused := strings.CutPrefix(test.want, "refused: "); refused {
				wantStatus(t, err, 400)
				assert.Equal(t, "field", assert.APIError(t, err).Fields[0].Path, field)
				return
			}
			must(t, err)
			assert.Equal(t, "entries", messages(page.Logs), test.want)
		})
	}
}

func TestPagesOfLogsWhileTheyGrow(t *testing.T) {
	t.Parallel()
	for _, order := range []versori.LogOrder{versori.LogOrderAsc, versori.LogOrderDesc} {
		t.Run(string(order), func(t *testing.T) {
			t.Parallel()
			s := versoritest.NewServer(t)
			putLogs(s, "1", "2", "3", "4", "5")
			s.PutLog(organisation, project, "production", versori.Log{Timestamp: noon.Format(time.RFC3339), Message: "1b"}) // of the same time
			var seen []string
			pages := 0
			for page, err := range s.Client().Logs.Pages(t.Context(), project, versori.LogListParams{First: 2, Order: order, End: noon.Add(time.Hour)}) {
				must(t, err)
				pages++
				seen = append(seen, messages(page.Logs))
				s.PutLog(organisation, project, "production", versori.Log{Timestamp: noon.Add(2 * time.Hour).Format(time.RFC3339)})
			}
			assert.Equal(t, "pages", pages, 3)
			want := "1 1b|2 3|4 5"
			if order == versori.LogOrderDesc {
				want = "5 4|3 2|1b 1"
			}
			assert.Equal(t, "entries", strings.Join(seen, "|"), want)
		})
	}
}

func TestPagesOfASearch(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	putLogs(s, "a1", "b1", "a2", "b2", "a3")
	query := versori.LogQuery{First: sdk.Some(1), Filters: []versori.LogFilter{{Match: versori.LogMatchSearch, Value: "a"}}, Order: sdk.Some(versori.LogOrderAsc)}
	var seen []versori.Log
	for entry, err := range s.Client().Logs.SearchAll(t.Context(), project, query, versori.LogSearchParams{Environment: "production"}) {
		must(t, err)
		seen = append(seen, entry)
	}
	assert.Equal(t, "entries", messages(seen), "a1 a2 a3")
	assert.Equal(t, "requests", len(s.Requests("Logs.Search")), 3)
}

func TestAPageOfLogsHasUpTo1000Entries(t *testing.T) {
	t.Parallel()
	const refusal = `{"code":"400001","message":"invalid page size","details":"Page size must be between 1 and 1000"}`
	s := versoritest.NewServer(t)
	ctx, client := t.Context(), s.Client()
	for i := range 1001 {
		s.PutLog(organisation, project, "production", versori.Log{Message: fmt.Sprint(i)})
	}
	page, err := client.Logs.List(ctx, project, versori.LogListParams{First: 1000})
	must(t, err)
	assert.Equal(t, "entries", len(page.Logs), 1000)
	assert.Equal(t, "there is more", page.NextToken.Or("") == "", false)
	for _, first := range []int{1001, -1} {
		s.ExpectInvalid("Logs.List", "Logs.Search")
		_, err = client.Logs.List(ctx, project, versori.LogListParams{First: first})
		wantAnswer(t, err, 400, refusal)
		_, err = client.Logs.Search(ctx, project, versori.LogQuery{First: sdk.Some(first)}, versori.LogSearchParams{})
		wantAnswer(t, err, 400, refusal)
	}
}

func TestTokensOfLogsBelongToTheirOrder(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	putLogs(s, "one", "two", "three")
	ctx, client := t.Context(), s.Client()
	page, err := client.Logs.List(ctx, project, versori.LogListParams{First: 1})
	must(t, err)
	for _, token := range []string{page.NextToken.Or(""), "nothing", "%"} {
		_, err = client.Logs.List(ctx, project, versori.LogListParams{NextToken: token, Order: versori.LogOrderAsc})
		wantStatus(t, err, 400)
	}
}

func TestLogsOfDeployments(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.SetRollout(0, 0)
	ctx, client := t.Context(), s.Client()
	deploy(t, s, "v1")
	run(t, s, "/a")
	deploy(t, s, "v2")
	run(t, s, "/b")
	page, err := client.Logs.List(ctx, project, versori.LogListParams{Build: sdk.Some(true), Order: versori.LogOrderAsc})
	must(t, err)
	assert.Equal(t, "builds", messages(page.Logs), "Building version v1 Building version v2")
	page, err = client.Logs.List(ctx, project, versori.LogListParams{Latest: sdk.Some(true), Order: versori.LogOrderAsc})
	must(t, err)
	assert.Equal(t, "of the latest version", messages(page.Logs), "Version v2 is deployed to production POST /b: 200 OK")

	_, err = client.Environments.Clone(ctx, project, versori.EnvironmentClone{OldEnvName: "production", NewEnvName: "staging"})
	must(t, err)
	page, err = client.Logs.List(ctx, project, versori.LogListParams{Environment: "staging"})
	must(t, err)
	assert.Equal(t, "of another environment", messages(page.Logs), "")
}
