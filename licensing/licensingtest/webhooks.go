package licensingtest

import (
	"context"
	"slices"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/licensing"
)

// webhook is where events are sent to.
type webhook struct {
	id, url, token string
	events         []licensing.WebhookEventName // none: all
	enabled        bool
}

func (w webhook) wants(event licensing.WebhookEventName) bool {
	return w.enabled && (len(w.events) == 0 || slices.Contains(w.events, event))
}

// PutWebhook enters an enabled webhook and gives its id. url is where its events are sent to by POST, such as the address
// of an httptest.Server that serves a licensing.WebhookHandler; token is what they are signed with. Without events it gets
// all of them; release.updated is the only one that this fake sends.
func (s *Server) PutWebhook(url, token string, events ...licensing.WebhookEventName) (id string) {
	id = s.IDs.UUID()
	s.webhooks.Put(id, webhook{id: id, url: url, token: token, events: slices.Clone(events), enabled: true})
	return id
}

// EnableWebhook switches a webhook on or off; false if there is none of that id. Events that happen while it is off are
// not sent later.
func (s *Server) EnableWebhook(id string, enabled bool) bool {
	_, ok, _ := s.webhooks.Update(id, func(w *webhook) error {
		w.enabled = enabled
		return nil
	})
	return ok
}

// Deliveries are the events sent to webhooks so far, in the order in which they happened; each event's in the order in
// which the webhooks were entered. Those under way are among them.
func (s *Server) Deliveries() []Delivery { return s.outbox.list() }

// AwaitDeliveries waits until n deliveries are through, whether they were answered or not, or until ctx is done, whose
// error it then returns.
func (s *Server) AwaitDeliveries(ctx context.Context, n int) error { return s.outbox.await(ctx, n) }

// announce sends an event on its way to every webhook that wants it.
func (s *Server) announce(what licensing.WebhookEventName, release licensing.Release) {
	hooks := s.webhooks.Select(func(w webhook) bool { return w.wants(what) })
	if len(hooks) == 0 {
		return
	}
	body, err := s.event(what, release)
	if err != nil {
		s.Report("%s can't be sent: %v", what, err)
		return
	}
	for _, hook := range hooks {
		s.outbox.send(hook, what, body)
	}
}

// event is the body of a delivery.
func (s *Server) event(what licensing.WebhookEventName, release licensing.Release) ([]byte, error) {
	data, err := release.MarshalJSON()
	if err != nil {
		return nil, err
	}
	at := s.Now().Truncate(tick)
	if at.Before(release.UpdatedAt) {
		at = release.UpdatedAt
	}
	return licensing.WebhookEvent{Event: what, Data: data, TriggeredAt: sdk.Some(at)}.MarshalJSON()
}
