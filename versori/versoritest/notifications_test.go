package versoritest_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// everyNotificationOperation calls each operation on channels and on links to them once.
func everyNotificationOperation(t *testing.T, s *versoritest.Server) {
	t.Helper()
	ctx, client := t.Context(), s.Client()
	channel, err := client.NotificationChannels.Create(ctx, versori.NotificationChannelCreate{
		Name: "ops", Type: versori.NotificationTypeEmail, Config: mailTo("ops@example.com"),
	})
	must(t, err)
	channels, err := client.NotificationChannels.List(ctx)
	must(t, err)
	assert.Equal(t, "channels", channels.Items[len(channels.Items)-1].ID, channel.ID)
	link, err := client.ProjectNotifications.Create(ctx, project, versori.ProjectNotificationCreate{
		ChannelID: channel.ID, EnvironmentID: watched, Name: "ops (production)",
	})
	must(t, err)
	assert.Equal(t, "name of the channel", link.ChannelName, "ops")
	assert.Equal(t, "address", link.Config.Email.Or(versori.NotificationEmail{}).To, "ops@example.com")
	list, err := client.ProjectNotifications.List(ctx, project, versori.ProjectNotificationListParams{EnvID: watched})
	must(t, err)
	assert.Equal(t, "link", list.Items[len(list.Items)-1].ID, link.ID)
	must(t, client.ProjectNotifications.Delete(ctx, project, link.ID, versori.ProjectNotificationDeleteParams{EnvID: watched}))
	must(t, client.NotificationChannels.Delete(ctx, channel.ID))
}

func TestEveryNotificationOperation(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	everyNotificationOperation(t, s)
	wantLinks(t, s, project, "", "")
}

func TestIssuesAreSentToTheChannelsOfTheirEnvironment(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		filters versori.NotificationFilters
		others  bool // it comes up in another environment of the project
		want    int
	}{
		{name: "all without filters", want: 1},
		{name: "not those of another environment", others: true},
		{
			name:    "of a severity",
			filters: versori.NotificationFilters{Severities: []versori.IssueSeverity{versori.IssueSeverityCritical, versori.IssueSeverityHigh}},
			want:    1,
		},
		{
			name:    "not of another severity",
			filters: versori.NotificationFilters{Severities: []versori.IssueSeverity{versori.IssueSeverityCritical}},
		},
		{name: "with a text in the title", filters: versori.NotificationFilters{Title: sdk.Some("DIFF")}, want: 1},
		{
			name:    "not where capitals matter in the title",
			filters: versori.NotificationFilters{Title: sdk.Some("DIFF"), TitleMatchCase: sdk.Some(true)},
		},
		{name: "with a text in the message", filters: versori.NotificationFilters{Message: sdk.Some("warehouse")}, want: 1},
		{
			name:    "not where capitals matter in the message",
			filters: versori.NotificationFilters{Message: sdk.Some("Warehouse"), MessageMatchCase: sdk.Some(true)},
		},
		{
			name:    "not where one of the filters doesn't fit",
			filters: versori.NotificationFilters{Title: sdk.Some("differ"), Message: sdk.Some("nowhere")},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := versoritest.NewServer(t)
			channel := s.PutNotificationChannel(versori.NotificationChannel{Name: "ops", Config: mailTo("ops@example.com")})
			linkTo(t, s, channel.ID, test.filters)
			issue := newIssue()
			if test.others {
				s.PutProject(organisation, versori.Project{ID: project, Environments: []versori.ProjectEnvironment{
					{ID: watched, Name: "production"}, {ID: other, Name: "staging"},
				}})
				issue.EnvironmentID = other
			}
			raised, err := s.Client().Issues.Create(t.Context(), issue)
			must(t, err)
			sent := s.Notifications()
			assert.Equal(t, "notifications", len(sent), test.want)
			if test.want > 0 {
				assert.Equal(t, "channel", sent[0].Channel.ID, channel.ID)
				assert.Equal(t, "environment", sent[0].Link.EnvironmentID, watched)
				assert.Equal(t, "issue", sent[0].Issue.ID, raised.ID)
				assert.Equal(t, "at", sent[0].At.Before(raised.CreatedAt), false)
			}
		})
	}
}

func TestEachLinkSendsForItself(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	ops := s.PutNotificationChannel(versori.NotificationChannel{Name: "ops", Config: mailTo("ops@example.com")})
	for _, id := range []string{ops.ID, strings.ToLower(ops.ID)} {
		linkTo(t, s, id, versori.NotificationFilters{})
	}
	_, err := s.Client().Issues.Create(t.Context(), newIssue())
	must(t, err)
	assert.Equal(t, "notifications", len(s.Notifications()), 2)
}

// TestAFailedDeploymentIsAnIssue: the same fault again is counted, and told of once.
func TestAFailedDeploymentIsAnIssue(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.SetRollout(0, 0)
	s.OnBuild(func([]versori.File) error { return errors.New("index.ts:1: no such name") })
	linkTo(t, s, s.PutNotificationChannel(versori.NotificationChannel{Config: mailTo("ops@example.com")}).ID, versori.NotificationFilters{})
	deploy := func(name string) {
		_, err := s.Client().Projects.Deploy(t.Context(), project, versori.ProjectDeploy{
			VersionName: name, Labels: map[string]string{}, Files: []versori.File{{Filename: "index.ts"}},
		}, versori.ProjectDeployParams{})
		must(t, err)
	}
	deploy("one")
	s.Advance(time.Hour)
	deploy("two")
	issues := s.Issues(organisation)
	assert.Equal(t, "issues", len(issues), 1)
	assert.Equal(t, "title", issues[0].Title, "Environment failed to deploy")
	assert.Equal(t, "message", strings.Contains(issues[0].Message, "no such name"), true)
	assert.Equal(t, "severity", issues[0].Severity, sdk.Some(versori.IssueSeverityCritical))
	assert.Equal(t, "environment", issues[0].EnvironmentID, watched)
	assert.Equal(t, "seen", issues[0].SeenCount, 2)
	assert.Equal(t, "last seen later", issues[0].LastSeenAt.Sub(issues[0].CreatedAt) >= time.Hour, true)
	assert.Equal(t, "notifications", len(s.Notifications()), 1)

	_, err := s.Client().Issues.Update(t.Context(), issues[0].ID, versori.IssueUpdate{Status: sdk.Some(versori.IssueStatusResolved)})
	must(t, err)
	deploy("three")
	assert.Equal(t, "issues after the first was resolved", len(s.Issues(organisation)), 2)
	assert.Equal(t, "notifications after the first was resolved", len(s.Notifications()), 2)
}

func TestAProjectTakesItsLinksAlong(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	linkTo(t, s, s.PutNotificationChannel(versori.NotificationChannel{Name: "ops", Config: mailTo("ops@example.com")}).ID, versori.NotificationFilters{})
	wantLinks(t, s, project, "", "ops")
	must(t, s.Client().Projects.Delete(t.Context(), project))
	wantLinks(t, s, project, "", "")
}

func TestAChannelTakesItsLinksAlong(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	ops := s.PutNotificationChannel(versori.NotificationChannel{Name: "ops", Config: mailTo("ops@example.com")})
	linkTo(t, s, ops.ID, versori.NotificationFilters{})
	dev := s.PutNotificationChannel(versori.NotificationChannel{Name: "dev", Config: mailTo("dev@example.com")})
	linkTo(t, s, dev.ID, versori.NotificationFilters{})
	wantLinks(t, s, project, "", "ops dev")
	wantLinks(t, s, project, strings.ToLower(watched), "ops dev")
	wantLinks(t, s, project, other, "")
	wantLinks(t, s, other, "", "")
	must(t, s.Client().NotificationChannels.Delete(t.Context(), ops.ID))
	wantLinks(t, s, project, "", "dev")
	err := s.Client().NotificationChannels.Delete(t.Context(), ops.ID)
	wantAnswer(t, err, 404, `{"code":"404001","message":"No such notification channel","details":"There is no notification channel `+ops.ID+`"}`)
}

func TestLinksThatAreRefused(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	ops := s.PutNotificationChannel(versori.NotificationChannel{Config: mailTo("ops@example.com")})
	client := s.Client()
	_, err := client.ProjectNotifications.Create(t.Context(), project, versori.ProjectNotificationCreate{
		ChannelID: ops.ID, EnvironmentID: "production", Name: "ops",
	})
	wantAnswer(t, err, 400, `{"code":"400001","message":"The request is not valid",`+
		`"fields":[{"field":"environment_id","message":"isn't a ULID"}]}`)
	_, err = client.ProjectNotifications.Create(t.Context(), project, versori.ProjectNotificationCreate{
		ChannelID: other, EnvironmentID: watched, Name: "ops",
	})
	assert.Equal(t, "an unknown channel", assert.APIError(t, err).Status, 404)
	theirs := s.PutNotificationChannel(versori.NotificationChannel{OrganisationID: other, Config: mailTo("them@example.com")})
	_, err = client.ProjectNotifications.Create(t.Context(), project, versori.ProjectNotificationCreate{
		ChannelID: theirs.ID, EnvironmentID: watched, Name: "them",
	})
	assert.Equal(t, "a channel of another organisation", assert.APIError(t, err).Status, 404)
	link := linkTo(t, s, ops.ID, versori.NotificationFilters{})
	err = client.ProjectNotifications.Delete(t.Context(), project, link, versori.ProjectNotificationDeleteParams{EnvID: other})
	assert.Equal(t, "deleted for another environment", assert.APIError(t, err).Status, 404)
	err = client.ProjectNotifications.Delete(t.Context(), other, link, versori.ProjectNotificationDeleteParams{})
	assert.Equal(t, "deleted for another project", assert.APIError(t, err).Status, 404)
	must(t, client.ProjectNotifications.Delete(t.Context(), project, link, versori.ProjectNotificationDeleteParams{}))
	_, err = client.NotificationChannels.Create(t.Context(), versori.NotificationChannelCreate{
		Name: "ops", Type: versori.NotificationTypeEmail,
	})
	wantAnswer(t, err, 400, `{"code":"400001","message":"The request is not valid",`+
		`"fields":[{"field":"config.email","message":"is missing"}]}`)
}

func TestSeedingOfChannelsThatCannotBeIsReported(t *testing.T) {
	t.Parallel()
	s, r := newRecorded(t)
	s.PutNotificationChannel(versori.NotificationChannel{OrganisationID: "acme"})
	assert.Lines(t, r.Reported(), []string{`versoritest: PutNotificationChannel: "acme" isn't a ULID`})
}

func mailTo(address string) versori.NotificationConfig {
	return versori.NotificationConfig{Email: sdk.Some(versori.NotificationEmail{To: address})}
}

// linkTo links the watched environment to a channel.
func linkTo(t *testing.T, s *versoritest.Server, channel string, filters versori.NotificationFilters) string {
	t.Helper()
	body := versori.ProjectNotificationCreate{ChannelID: channel, EnvironmentID: watched, Name: "ops"}
	if filters.Severities != nil || filters.Title != (sdk.Optional[string]{}) || filters.Message != (sdk.Optional[string]{}) {
		body.Filters = sdk.Some(filters)
	}
	link, err := s.Client().ProjectNotifications.Create(t.Context(), project, body)
	must(t, err)
	return link.ID
}

// wantLinks checks the names of the channels that a project is linked to.
func wantLinks(t *testing.T, s *versoritest.Server, project, environment, want string) {
	t.Helper()
	list, err := s.Client().ProjectNotifications.List(t.Context(), project, versori.ProjectNotificationListParams{EnvID: environment})
	must(t, err)
	var names []string
	for _, link := range list.Items {
		names = append(names, link.ChannelName)
	}
	assert.Equal(t, "links", strings.Join(names, " "), want)
}
