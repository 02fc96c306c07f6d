package versoritest_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// watched is an environment for issues to come up in.
const watched = versoritest.Environment

// everyIssueOperation calls each operation on issues once.
func everyIssueOperation(t *testing.T, s *versoritest.Server) {
	t.Helper()
	ctx, client := t.Context(), s.Client()
	raised, err := client.Issues.Create(ctx, newIssue())
	must(t, err)
	assert.Equal(t, "status", raised.Status, versori.IssueStatusOpen)
	assert.Equal(t, "seen", raised.SeenCount, 1)
	assert.Equal(t, "label", raised.Labels["workflow"], "sync-orders")
	changed, err := client.Issues.Update(ctx, raised.ID, versori.IssueUpdate{Status: sdk.Some(versori.IssueStatusAcked)})
	must(t, err)
	want := *raised
	want.Status = versori.IssueStatusAcked
	if !reflect.DeepEqual(*changed, want) {
		t.Errorf("got  %+v\nwant %+v", *changed, want)
	}
	list, err := client.Issues.List(ctx, versori.IssueListParams{})
	must(t, err)
	assert.Equal(t, "newest", list[0].ID, raised.ID)
}

func TestEveryIssueOperation(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	everyIssueOperation(t, s)
	assert.Equal(t, "issues", len(s.Issues(organisation)), 1)
}

func TestIssuesThatAreRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, field, message string
		spoil                func(*versori.IssueCreate)
	}{
		{
			"another organisation than that of the path", "organisationId", "isn't the organisation of the path",
			func(i *versori.IssueCreate) { i.OrganisationID = other },
		},
		{
			"no project", "projectId", "is missing",
			func(i *versori.IssueCreate) { i.ProjectID = sdk.Optional[string]{} },
		},
		{
			"an environment by its name", "environmentId", "isn't a ULID",
			func(i *versori.IssueCreate) { i.EnvironmentID = "production" },
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := versoritest.NewServer(t)
			body := newIssue()
			test.spoil(&body)
			_, err := s.Client().Issues.Create(t.Context(), body)
			wantAnswer(t, err, 400, `{"code":"400001","message":"The request is not valid",`+
				`"fields":[{"field":"`+test.field+`","message":"`+test.message+`"}]}`)
			assert.Equal(t, "issues", len(s.Issues(organisation)), 0)
		})
	}
	t.Run("what isn't there", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		body := newIssue()
		body.ProjectID = sdk.Some("orders") // its name
		_, err := s.Client().Issues.Create(t.Context(), body)
		wantAnswer(t, err, 404, `{"code":"404001","message":"No such project","details":"There is no project orders"}`)
		body = newIssue()
		body.EnvironmentID = s.PutProject(organisation, versori.Project{}).Environments[0].ID // of another project
		_, err = s.Client().Issues.Create(t.Context(), body)
		wantAnswer(t, err, 404, `{"code":"404001","message":"No such environment","details":"There is no environment `+body.EnvironmentID+`"}`)
	})
}

func TestUpdatesOfAnIssue(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	resolved := versori.Issue{
		Title: "Totals differ", Message: "By 3.", Status: versori.IssueStatusResolved, ResolvedAt: sdk.Some(now.Add(-time.Hour)),
		ResolutionStatus: sdk.Some(versori.IssueResolutionResolved), Labels: map[string]string{"a": "1"},
		Annotations: map[string]string{"b": "2"},
	}
	open := versori.Issue{Title: "Totals differ", Message: "By 3.", Labels: map[string]string{"a": "1"}}
	tests := []struct {
		name   string
		before versori.Issue
		update versori.IssueUpdate
		want   func(*versori.Issue)
	}{
		{"nothing", open, versori.IssueUpdate{}, func(*versori.Issue) {}},
		{
			"everything", open,
			versori.IssueUpdate{
				Reason: sdk.Some(versori.IssueReasonManual), Message: sdk.Some(""), Title: sdk.Some("T"), Labels: map[string]string{"c": "3"},
				Annotations: map[string]string{"d": "4"}, Severity: sdk.Some(versori.IssueSeverityLow),
				ResolvedAt: sdk.Some(now.Add(-time.Minute)), ResolutionStatus: sdk.Some(versori.IssueResolutionIgnored),
				Status: sdk.Some(versori.IssueStatusClosed),
			},
			func(i *versori.Issue) {
				i.Reason, i.Message, i.Title = versori.IssueReasonManual, "", "T"
				i.Labels, i.Annotations = map[string]string{"c": "3"}, map[string]string{"d": "4"}
				i.Severity, i.Status = sdk.Some(versori.IssueSeverityLow), versori.IssueStatusClosed
				i.ResolvedAt, i.ResolutionStatus = sdk.Some(now.Add(-time.Minute)), sdk.Some(versori.IssueResolutionIgnored)
			},
		},
		{
			"resolved without a time is resolved now", open,
			versori.IssueUpdate{
				Status: sdk.Some(versori.IssueStatusResolved), ResolutionStatus: sdk.Some(versori.IssueResolutionResolved),
			},
			func(i *versori.Issue) {
				i.Status, i.ResolvedAt = versori.IssueStatusResolved, sdk.Some(now)
				i.ResolutionStatus = sdk.Some(versori.IssueResolutionResolved)
			},
		},
		{
			"resolved again keeps the time", resolved, versori.IssueUpdate{Status: sdk.Some(versori.IssueStatusResolved)},
			func(*versori.Issue) {},
		},
		{
			"opened again it has come to nothing", resolved,
			versori.IssueUpdate{Status: sdk.Some(versori.IssueStatusOpen), ResolvedAt: sdk.Null[time.Time]()},
			func(i *versori.Issue) {
				i.Status, i.ResolvedAt = versori.IssueStatusOpen, sdk.Null[time.Time]()
				i.ResolutionStatus = sdk.Optional[versori.IssueResolution]{}
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := versoritest.NewServer(t)
			s.SetClock(func() time.Time { return now })
			before := s.PutIssue(test.before)
			want := before
			test.want(&want)
			got, err := s.Client().Issues.Update(t.Context(), strings.ToLower(before.ID), test.update)
			must(t, err)
			if stored := s.Issues(organisation)[0]; !reflect.DeepEqual(*got, want) || !reflect.DeepEqual(stored, want) {
				t.Errorf("got  %+v\nhas  %+v\nwant %+v", *got, stored, want)
			}
		})
	}
	t.Run("one that isn't there", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		_, err := s.Client().Issues.Update(t.Context(), other, versori.IssueUpdate{})
		wantAnswer(t, err, 404, `{"code":"404001","message":"No such issue","details":"There is no issue `+other+`"}`)
	})
}

func TestListsOfIssues(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	// Raised at 12, 13, 14, 15 and 15 o'clock; the first was last seen at 20.
	ids := make([]string, 5)
	for i := range ids {
		issue := versori.Issue{Title: fmt.Sprint(i), EnvironmentID: watched, CreatedAt: noon.Add(time.Duration(min(i, 3)) * time.Hour)}
		issue.LastSeenAt = issue.CreatedAt
		switch i {
		case 0:
			issue.LastSeenAt = noon.Add(8 * time.Hour)
			issue.Severity = sdk.Some(versori.IssueSeverityCritical)
		case 1:
			issue.Status = versori.IssueStatusAcked
			issue.EnvironmentID = other
		case 2:
			issue.ProjectID = other
		}
		ids[i] = s.PutIssue(issue).ID
	}
	s.PutIssue(versori.Issue{OrganisationID: other, Title: "of another organisation"})
	tests := []struct {
		name   string
		params versori.IssueListParams
		want   string
	}{
		{"the newest first", versori.IssueListParams{}, "4 3 2 1 0"},
		{"by when they were last seen", versori.IssueListParams{SearchDate: versori.IssueDateLastSeenAt}, "0 4 3 2 1"},
		{"the first two", versori.IssueListParams{First: 2}, "4 3"},
		{"after an issue", versori.IssueListParams{First: 2, After: ids[3]}, "2 1"},
		{"after an issue in small letters", versori.IssueListParams{After: strings.ToLower(ids[1])}, "0"},
		{"after the last", versori.IssueListParams{After: ids[0]}, ""},
		{"after an issue that the filter leaves out", versori.IssueListParams{After: ids[2], Status: versori.IssueStatusAcked}, "1"},
		{"after an issue, by another date", versori.IssueListParams{After: ids[0], SearchDate: versori.IssueDateLastSeenAt}, "4 3 2 1"},
		{"after a time", versori.IssueListParams{After: noon.Add(2 * time.Hour).Format(time.RFC3339)}, "1 0"},
		{"before an issue: the page in front of it", versori.IssueListParams{First: 2, Before: ids[1]}, "3 2"},
		{"before a time", versori.IssueListParams{Before: noon.Add(2 * time.Hour).Format(time.RFC3339)}, "4 3"},
		{"between two", versori.IssueListParams{After: ids[4], Before: ids[1], First: 1}, "3"},
		{"by status", versori.IssueListParams{Status: versori.IssueStatusAcked}, "1"},
		{"by severity", versori.IssueListParams{Severity: versori.IssueSeverityCritical}, "0"},
		{"by project", versori.IssueListParams{ProjectID: strings.ToLower(other)}, "2"},
		{"by environment", versori.IssueListParams{EnvironmentID: watched}, "4 3 2 0"},
		{"by the name of an environment, which is no id", versori.IssueListParams{EnvironmentID: "production"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			list, err := s.Client().Issues.List(t.Context(), test.params)
			must(t, err)
			assert.Equal(t, "titles", titles(list), test.want)
		})
	}
	t.Run("all pages", func(t *testing.T) {
		t.Parallel()
		var all []versori.Issue
		for issue, err := range s.Client().Issues.All(t.Context(), versori.IssueListParams{First: 2}) {
			must(t, err)
			all = append(all, issue)
		}
		assert.Equal(t, "titles", titles(all), "4 3 2 1 0")
	})
	t.Run("a cursor that is nothing", func(t *testing.T) {
		t.Parallel()
		for _, params := range []versori.IssueListParams{{After: "yesterday"}, {Before: other}} {
			_, err := s.Client().Issues.List(t.Context(), params)
			wantAnswer(t, err, 400, `{"code":"400001","message":"The request is not valid",`+
				`"details":"The cursor is neither the id of an issue nor a time"}`)
		}
	})
}

func TestASeededIssueSharesNothing(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	given := versori.Issue{Labels: map[string]string{"a": "1"}}
	returned := s.PutIssue(given)
	given.Labels["a"], returned.Labels["a"] = "2", "3"
	s.Issues(organisation)[0].Labels["a"] = "4"
	assert.Equal(t, "label", s.Issues(organisation)[0].Labels["a"], "1")
}

func TestSeedingOfIssuesThatCannotBeIsReported(t *testing.T) {
	t.Parallel()
	s, r := newRecorded(t)
	s.PutIssue(versori.Issue{ID: "1"})
	s.PutIssue(versori.Issue{EnvironmentID: "production"})
	s.PutIssue(versori.Issue{CreatedAt: time.Unix(math.MaxInt32*1000, 0)})
	lines := r.Reported()
	assert.Equal(t, "lines", len(lines), 3)
	assert.Lines(t, lines[:2], []string{`versoritest: PutIssue: "1" isn't a ULID`, `versoritest: PutIssue: "production" isn't a ULID`})
	assert.Equal(t, "time", strings.HasPrefix(lines[2], "versoritest: PutIssue: the value can't be encoded: "), true)
	assert.Equal(t, "issues", len(s.Issues(organisation)), 0)
}

func newIssue() versori.IssueCreate {
	return versori.IssueCreate{
		OrganisationID: organisation, ProjectID: sdk.Some(project), EnvironmentID: watched, Reason: versori.IssueReasonManual,
		Title: "Totals differ", Message: sdk.Some("Shop and warehouse disagree."), Severity: versori.IssueSeverityHigh,
		Labels: map[string]string{"workflow": "sync-orders"},
	}
}

func titles(list []versori.Issue) string {
	var all []string
	for _, i := range list {
		all = append(all, i.Title)
	}
	return strings.Join(all, " ")
}
