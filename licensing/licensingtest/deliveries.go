package licensingtest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/wharfinger/sdk/licensing"
)

const (
	// patience is how long a webhook has to answer.
	patience = 5 * time.Second
	// drained is how much of an answer's body is read, so that its sender isn't cut off.
	drained = 64 << 10
)

// Delivery is one event sent to one webhook.
type Delivery struct {
	// WebhookID is what PutWebhook gave, URL what it was given.
	WebhookID, URL string
	// Event is what happened.
	Event licensing.WebhookEventName
	// Body is what was sent, Signature what was in the header Webhook-Signature.
	Body      []byte
	Signature string
	// Status is what the webhook answered; 0 if it didn't, or hasn't yet. The platform counts 200 to 299 as success.
	Status int
	// Err says why there was no answer; nil while the delivery is under way.
	Err error
	// Done says that the delivery is through.
	Done bool
}

// outbox sends deliveries: those of one webhook one after the other, those of several side by side.
type outbox struct {
	client  *http.Client
	running sync.WaitGroup

	mu      sync.Mutex
	sent    []Delivery
	through int
	tails   map[string]chan struct{} // by webhook; closed when its last delivery is through
	changed chan struct{}            // closed when the next delivery is through
}

func (o *outbox) init() {
	o.tails = map[string]chan struct{}{}
	o.changed = make(chan struct{})
	o.client = &http.Client{
		// A connection of its own for each leaves none behind; without Proxy no setting of the machine takes part.
		Transport: &http.Transport{DisableKeepAlives: true},
		Timeout:   patience,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // a redirect is no success
		},
	}
}

// send starts a delivery behind the webhook's earlier ones.
func (o *outbox) send(hook webhook, event licensing.WebhookEventName, body []byte) {
	delivery := Delivery{
		WebhookID: hook.id, URL: hook.url, Event: event, Body: body, Signature: licensing.SignWebhook(body, hook.token),
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	before, done := o.tails[hook.id], make(chan struct{})
	o.tails[hook.id] = done
	number := len(o.sent)
	o.sent = append(o.sent, delivery)
	o.running.Go(func() {
		defer close(done)
		if before != nil {
			<-before
		}
		status, err := o.post(delivery)
		o.finish(number, status, err)
	})
}

// post makes the one attempt of a delivery.
func (o *outbox) post(d Delivery) (status int, err error) {
	// Not bound to the request that led to it, which may be over; the client's timeout bounds it.
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, d.URL, bytes.NewReader(d.Body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set(licensing.SignatureHeader, d.Signature)
	res, err := o.client.Do(req)
	if err != nil {
		return 0, err
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, drained)) // the status is all that counts
	return res.StatusCode, res.Body.Close()
}

func (o *outbox) finish(number, status int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	d := &o.sent[number]
	d.Status, d.Err, d.Done = status, err, true
	o.through++
	close(o.changed)
	o.changed = make(chan struct{})
}

func (o *outbox) list() []Delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := slices.Clone(o.sent)
	for i := range list {
		list[i].Body = slices.Clone(list[i].Body)
	}
	return list
}

func (o *outbox) await(ctx context.Context, n int) error {
	for {
		o.mu.Lock()
		through, changed := o.through, o.changed
		o.mu.Unlock()
		if through >= n {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (o *outbox) wait() { o.running.Wait() }
