package versoritest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

func (s *Server) handleIssues() {
	s.Handle("Issues.List", s.listIssues)
	s.Handle("Issues.Create", s.createIssue)
	s.Handle("Issues.Update", s.updateIssue)
}

// PutIssue stores an issue under its ID, a new one or in place of the one that has it, and returns what is stored. What
// is zero is filled in: ID, OrganisationID (Organisation), ProjectID (Project), EnvironmentID (Environment), Status (open),
// Reason (error), Severity (medium), CreatedAt and LastSeenAt (now), SeenCount (1). Nobody is notified, and
// nobody asks whether there is such an environment.
func (s *Server) PutIssue(issue versori.Issue) versori.Issue {
	issue, err := fake.Copy(issue)
	if err != nil {
		s.Report("PutIssue: %v", err)
		return versori.Issue{}
	}
	s.completeIssue(&issue)
	if !s.areULIDs("PutIssue", issue.ID, issue.OrganisationID, issue.ProjectID, issue.EnvironmentID) {
		return versori.Issue{}
	}
	s.issueMu.Lock()
	defer s.issueMu.Unlock()
	s.issues.put(issue, issue.OrganisationID, issue.ID)
	issue, _ = fake.Copy(issue)
	return issue
}

// completeIssue fills in what PutIssue says.
func (s *Server) completeIssue(issue *versori.Issue) {
	now := s.stamp()
	issue.OrganisationID = cmp.Or(issue.OrganisationID, Organisation)
	issue.ProjectID = cmp.Or(issue.ProjectID, Project)
	issue.EnvironmentID = cmp.Or(issue.EnvironmentID, Environment)
	issue.Status = cmp.Or(issue.Status, versori.IssueStatusOpen)
	issue.Reason = cmp.Or(issue.Reason, versori.IssueReasonError)
	issue.SeenCount = cmp.Or(issue.SeenCount, 1)
	issue.CreatedAt = cmp.Or(issue.CreatedAt, now)
	issue.LastSeenAt = cmp.Or(issue.LastSeenAt, now)
	issue.ID = s.or(issue.ID)
	if issue.Severity.IsZero() {
		issue.Severity = sdk.Some(versori.IssueSeverityMedium)
	}
}

// Issues are the issues of an organisation, the oldest first, for checking what the code under test did, and what its
// deployments came to.
func (s *Server) Issues(organisation string) []versori.Issue {
	s.carryOn()
	list := s.issues.below(organisation)
	for i := range list {
		list[i], _ = fake.Copy(list[i]) // has been encoded before
	}
	return list
}

// raiseIssue is how the platform itself raises an issue, such as "Environment failed to deploy". One that is still open
// is counted onto, and then nobody is notified again.
func (s *Server) raiseIssue(org, projectID, environmentID string, severity versori.IssueSeverity, title, message string) {
	s.issueMu.Lock()
	defer s.issueMu.Unlock()
	same := s.issues.where(func(i versori.Issue) bool {
		open := i.Status == versori.IssueStatusOpen || i.Status == versori.IssueStatusAcked
		return open && i.Title == title && fold(i.ProjectID) == fold(projectID) && fold(i.EnvironmentID) == fold(environmentID)
	}, org)
	if len(same) > 0 {
		_, _, _ = s.issues.update(func(i *versori.Issue) error {
			i.SeenCount++
			i.LastSeenAt, i.Message = s.stamp(), message
			return nil
		}, org, same[0].ID)
		return
	}
	s.addIssue(versori.Issue{
		OrganisationID: org, ProjectID: projectID, EnvironmentID: environmentID,
		Reason: versori.IssueReasonError, Severity: sdk.Some(severity), Title: title, Message: message,
	})
}

// addIssue stores a new issue and sends the notifications about it. issueMu must be held.
func (s *Server) addIssue(issue versori.Issue) versori.Issue {
	s.completeIssue(&issue)
	s.issues.put(issue, issue.OrganisationID, issue.ID)
	s.notify(issue)
	return issue
}

// createIssue makes a new issue even if there is one like it.
func (s *Server) createIssue(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.IssueCreate](r)
	if err != nil {
		return refused(err)
	}
	switch {
	case fold(body.OrganisationID) != fold(r.Path("organisation_id")):
		return refused(misfit("organisationId", "isn't the organisation of the path"))
	case body.ProjectID.Or("") == "":
		return refused(misfit("projectId", "is missing"))
	}
	if err := s.isOf(body.OrganisationID, body.ProjectID.Or(""), body.EnvironmentID, "environmentId"); err != nil {
		return refused(err)
	}
	s.issueMu.Lock()
	defer s.issueMu.Unlock()
	return fake.JSON(http.StatusCreated, s.addIssue(versori.Issue{
		OrganisationID: body.OrganisationID,
		ProjectID:      body.ProjectID.Or(""),
		EnvironmentID:  body.EnvironmentID,
		Reason:         body.Reason,
		Message:        body.Message.Or(""),
		Title:          body.Title,
		Labels:         body.Labels,
		Annotations:    body.Annotations,
		Severity:       sdk.Some(body.Severity),
	}))
}

// isOf refuses an environment that isn't one of the project, and one that is called by its name instead of its id; member
// is where the body has it.
func (s *Server) isOf(organisation, projectID, environmentID, member string) error {
	if _, ok := s.project(organisation, projectID); !ok {
		return absent("project", projectID)
	}
	if !ulid(environmentID) {
		return misfit(member, "isn't a ULID")
	}
	if p, ok := s.projectOf(organisation, environmentID); !ok || fold(p.ID) != fold(projectID) {
		return absent("environment", environmentID)
	}
	return nil
}

func (s *Server) updateIssue(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.IssueUpdate](r)
	if err != nil {
		return refused(err)
	}
	changed, ok, _ := s.issues.update(func(issue *versori.Issue) error {
		s.changeIssue(issue, body)
		return nil
	}, inPath(r, "organisation_id", "issue_id")...)
	if !ok {
		return missing("issue", r.Path("issue_id"))
	}
	return fake.JSON(http.StatusOK, changed)
}

// changeIssue applies what is given; labels and annotations as a whole. An issue that gets resolved is resolved now
// unless the body has another time, and one that is opened again loses what it came to.
func (s *Server) changeIssue(issue *versori.Issue, body versori.IssueUpdate) {
	issue.Reason = body.Reason.Or(issue.Reason)
	issue.Message = body.Message.Or(issue.Message)
	issue.Title = body.Title.Or(issue.Title)
	issue.Status = body.Status.Or(issue.Status)
	if body.Labels != nil {
		issue.Labels = body.Labels
	}
	if body.Annotations != nil {
		issue.Annotations = body.Annotations
	}
	if !body.Severity.IsZero() {
		issue.Severity = body.Severity
	}
	switch status, _ := body.Status.Get(); {
	case status == versori.IssueStatusResolved && (issue.ResolvedAt.IsZero() || issue.ResolvedAt.IsNull()):
		issue.ResolvedAt = sdk.Some(s.stamp())
	case status == versori.IssueStatusOpen:
		issue.ResolvedAt = sdk.Null[time.Time]()
		issue.ResolutionStatus = sdk.Optional[versori.IssueResolution]{}
	}
	if !body.ResolvedAt.IsZero() {
		issue.ResolvedAt = body.ResolvedAt
	}
	if !body.ResolutionStatus.IsZero() {
		issue.ResolutionStatus = body.ResolutionStatus
	}
}

// listIssues answers one page, the newest first. Cursors are ids, which the vendor's own tool sends, or times, of which
// the platform's description speaks.
func (s *Server) listIssues(r *fake.Request) fake.Response {
	date := func(i versori.Issue) time.Time { return i.CreatedAt }
	if r.Query("search_date") == string(versori.IssueDateLastSeenAt) {
		date = func(i versori.Issue) time.Time { return i.LastSeenAt }
	}
	newestFirst := func(a, b versori.Issue) int {
		return cmp.Or(date(b).Compare(date(a)), strings.Compare(fold(b.ID), fold(a.ID)))
	}
	all := s.issues.below(r.Path("organisation_id"))
	slices.SortFunc(all, newestFirst)
	behind := func(name string) (func(versori.Issue) int, bool) {
		return issueCursor(r.Query(name), all, date, newestFirst)
	}
	after, ok := behind("after")
	before, fits := behind("before")
	if !ok || !fits {
		return refused(invalidRequest("The cursor is neither the id of an issue nor a time"))
	}
	matching := slices.DeleteFunc(all, func(i versori.Issue) bool {
		return !asked(r, i) || (after != nil && after(i) <= 0) || (before != nil && before(i) >= 0)
	})
	n := min(r.Int("first", 20), len(matching))
	if before != nil && after == nil { // the page in front of the cursor, not the first of all
		return fake.JSON(http.StatusOK, matching[len(matching)-n:])
	}
	return fake.JSON(http.StatusOK, matching[:n])
}

// issueCursor says how issues stand to a cursor: greater than zero behind it. It is nil for no cursor.
func issueCursor(text string, all []versori.Issue, date func(versori.Issue) time.Time, order func(a, b versori.Issue) int) (func(versori.Issue) int, bool) {
	if text == "" {
		return nil, true
	}
	if i := slices.IndexFunc(all, func(i versori.Issue) bool { return fold(i.ID) == fold(text) }); i >= 0 {
		edge := all[i]
		return func(i versori.Issue) int { return order(i, edge) }, true
	}
	at, err := time.Parse(time.RFC3339, text)
	return func(i versori.Issue) int { return at.Compare(date(i)) }, err == nil
}

// asked says whether the filters of a list let an issue through.
func asked(r *fake.Request, i versori.Issue) bool {
	fits := func(name, value string) bool { return !r.Has(name) || fold(r.Query(name)) == fold(value) }
	return fits("status", string(i.Status)) && fits("severity", string(i.Severity.Or(""))) &&
		fits("project_id", i.ProjectID) && fits("environment_id", i.EnvironmentID)
}
