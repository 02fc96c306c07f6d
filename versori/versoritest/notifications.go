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

// Notification is an e-mail of the platform, which the fake only notes.
type Notification struct {
	Channel versori.NotificationChannel // whom it went to
	Link    versori.ProjectNotification // why it went there
	Issue   versori.Issue               // what it is about, as it was raised
	At      time.Time                   // when, by the platform's clock
}

// channelLink is a link between an environment and a channel, with what no call answers.
type channelLink struct {
	versori.ProjectNotification
	filters versori.NotificationFilters
}

func (s *Server) handleNotifications() {
	s.Handle("NotificationChannels.List", s.listChannels)
	s.Handle("NotificationChannels.Create", s.createChannel)
	s.Handle("NotificationChannels.Delete", s.deleteChannel)
	s.Handle("ProjectNotifications.List", s.listLinks)
	s.Handle("ProjectNotifications.Create", s.createLink)
	s.Handle("ProjectNotifications.Delete", s.deleteLink)
}

// PutNotificationChannel stores a channel under its ID, a new one or in place of the one that has it, and returns what
// is stored. What is zero is filled in: ID, OrganisationID (Organisation), Type (email), CreatedAt and UpdatedAt (now).
func (s *Server) PutNotificationChannel(channel versori.NotificationChannel) versori.NotificationChannel {
	channel, err := fake.Copy(channel)
	if err != nil {
		s.Report("PutNotificationChannel: %v", err)
		return versori.NotificationChannel{}
	}
	channel.ID = s.or(channel.ID)
	channel.OrganisationID = cmp.Or(channel.OrganisationID, Organisation)
	channel.Type = cmp.Or(channel.Type, versori.NotificationTypeEmail)
	channel.CreatedAt = cmp.Or(channel.CreatedAt, s.stamp())
	channel.UpdatedAt = cmp.Or(channel.UpdatedAt, channel.CreatedAt)
	if !s.areULIDs("PutNotificationChannel", channel.ID, channel.OrganisationID) {
		return versori.NotificationChannel{}
	}
	s.channels.put(channel, channel.OrganisationID, channel.ID)
	channel, _ = fake.Copy(channel)
	return channel
}

// Notifications are the e-mails that the platform would have sent so far, the oldest first: one for each new issue and
// each link of its environment whose filters let the issue through.
func (s *Server) Notifications() []Notification {
	s.carryOn()
	s.issueMu.Lock()
	defer s.issueMu.Unlock()
	list := slices.Clone(s.notifications)
	for i := range list {
		list[i].Issue, _ = fake.Copy(list[i].Issue) // has been encoded before
	}
	return list
}

func (s *Server) listChannels(r *fake.Request) fake.Response {
	return fake.JSON(http.StatusOK, versori.NotificationChannelList{Items: s.channels.below(r.Path("organisation_id"))})
}

func (s *Server) createChannel(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.NotificationChannelCreate](r)
	if err != nil {
		return refused(err)
	}
	if _, ok := body.Config.Email.Get(); body.Type == versori.NotificationTypeEmail && !ok {
		return refused(misfit("config.email", "is missing"))
	}
	now := s.stamp()
	channel := versori.NotificationChannel{
		ID: s.IDs.ULID(), OrganisationID: r.Path("organisation_id"), Name: body.Name, Type: body.Type, Config: body.Config,
		CreatedAt: now, UpdatedAt: now,
	}
	s.channels.put(channel, channel.OrganisationID, channel.ID)
	return fake.JSON(http.StatusCreated, channel)
}

// deleteChannel removes a channel and the links to it.
func (s *Server) deleteChannel(r *fake.Request) fake.Response {
	s.issueMu.Lock()
	defer s.issueMu.Unlock()
	channel, ok := s.channels.delete(r.Path("organisation_id"), r.Path("channel_id"))
	if !ok {
		return missing("notification channel", r.Path("channel_id"))
	}
	for _, l := range s.channelLinks.where(func(l channelLink) bool { return fold(l.ChannelID) == fold(channel.ID) }) {
		s.channelLinks.delete(l.ProjectID, l.ID)
	}
	return fake.NoContent()
}

// unlinkEnvironment removes the links of an environment that is gone.
func (s *Server) unlinkEnvironment(environmentID string) {
	s.issueMu.Lock()
	defer s.issueMu.Unlock()
	for _, l := range s.channelLinks.where(func(l channelLink) bool { return fold(l.EnvironmentID) == fold(environmentID) }) {
		s.channelLinks.delete(l.ProjectID, l.ID)
	}
}

func (s *Server) listLinks(r *fake.Request) fake.Response {
	list := versori.ProjectNotificationList{Items: []versori.ProjectNotification{}}
	for _, l := range s.channelLinks.below(r.Path("project_id")) {
		if !r.Has("env_id") || fold(l.EnvironmentID) == fold(r.Query("env_id")) {
			list.Items = append(list.Items, l.ProjectNotification)
		}
	}
	return fake.JSON(http.StatusOK, list)
}

// createLink makes another link even if there is one between the two. The path has no organisation: the project must be
// of the channel's.
func (s *Server) createLink(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.ProjectNotificationCreate](r)
	if err != nil {
		return refused(err)
	}
	found := s.channels.where(func(c versori.NotificationChannel) bool { return fold(c.ID) == fold(body.ChannelID) })
	if len(found) == 0 {
		return missing("notification channel", body.ChannelID)
	}
	if err := s.isOf(found[0].OrganisationID, r.Path("project_id"), body.EnvironmentID, "environment_id"); err != nil {
		return refused(err)
	}
	s.issueMu.Lock()
	defer s.issueMu.Unlock()
	channel, ok := s.channels.get(found[0].OrganisationID, body.ChannelID)
	if !ok { // deleted meanwhile
		return missing("notification channel", body.ChannelID)
	}
	l := channelLink{
		ProjectNotification: versori.ProjectNotification{
			ID: s.IDs.ULID(), ProjectID: r.Path("project_id"), EnvironmentID: body.EnvironmentID, ChannelID: channel.ID,
			CreatedAt: s.stamp(), Name: body.Name, ChannelName: channel.Name, Type: sdk.Some(channel.Type), Config: channel.Config,
		},
		filters: body.Filters.Or(versori.NotificationFilters{}),
	}
	s.channelLinks.put(l, l.ProjectID, l.ID)
	return fake.JSON(http.StatusCreated, l.ProjectNotification)
}

func (s *Server) deleteLink(r *fake.Request) fake.Response {
	s.issueMu.Lock()
	defer s.issueMu.Unlock()
	l, ok := s.channelLinks.get(r.Path("project_id"), r.Path("notification_id"))
	if !ok || (r.Has("env_id") && fold(l.EnvironmentID) != fold(r.Query("env_id"))) {
		return missing("notification", r.Path("notification_id"))
	}
	s.channelLinks.delete(l.ProjectID, l.ID)
	return fake.NoContent()
}

// notify notes an e-mail for each link that a new issue concerns. issueMu must be held.
func (s *Server) notify(issue versori.Issue) {
	for _, l := range s.channelLinks.below(issue.ProjectID) {
		channel, ok := s.channels.get(issue.OrganisationID, l.ChannelID)
		if ok && fold(l.EnvironmentID) == fold(issue.EnvironmentID) && concerns(issue, l.filters) {
			s.notifications = append(s.notifications, Notification{
				Channel: channel, Link: l.ProjectNotification, Issue: issue, At: s.stamp(),
			})
		}
	}
}

// concerns says whether the filters of a link let an issue through.
func concerns(issue versori.Issue, f versori.NotificationFilters) bool {
	if len(f.Severities) > 0 && !slices.Contains(f.Severities, issue.Severity.Or("")) {
		return false
	}
	return containsText(issue.Title, f.Title.Or(""), f.TitleMatchCase.Or(false)) &&
		containsText(issue.Message, f.Message.Or(""), f.MessageMatchCase.Or(false))
}

func containsText(text, part string, matchCase bool) bool {
	if !matchCase {
		text, part = strings.ToLower(text), strings.ToLower(part)
	}
	return strings.Contains(text, part)
}
