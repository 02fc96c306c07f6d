package licensingtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/licensing"
	"github.com/wharfinger/sdk/licensing/licensingtest"
)

func TestAnUpdateIsSentToTheHandlerOfPackageLicensing(t *testing.T) {
	t.Parallel()
	s, client := start(t)
	url, events := receive(t, verifier())
	id := s.PutWebhook(url, secret, licensing.WebhookEventNameReleaseUpdated)
	s.Advance(-time.Hour) // before the release was made: even then no event is dated before the update that it tells of
	answer := rename(t, client, "Planner 2.3")
	d := await(t, s, 1)[0]
	if d.WebhookID != id || d.URL != url || d.Event != "release.updated" || d.Status != 200 || d.Err != nil || !d.Done {
		t.Errorf("got %+v", d)
	}
	event := <-events
	release, err := event.Release()
	if err != nil {
		t.Fatal(err)
	}
	assert.JSON(t, "the release that was sent", release, assert.Encoded(t, answer))
	assert.JSON(t, "the delivery", event, string(d.Body))
	if at, ok := event.TriggeredAt.Get(); !ok || at.Before(answer.UpdatedAt) || at.Location() != time.UTC {
		t.Errorf("triggered at %v, updated at %v", event.TriggeredAt, answer.UpdatedAt)
	}
}

func TestTheDeliveryOfTheDocument(t *testing.T) {
	t.Parallel()
	s := licensingtest.NewServer(t)
	stopClock(s)
	s.PutRelease(assert.Decoded[licensing.Release](t, documentedBefore))
	url, got := listen(t, 204)
	s.PutWebhook(url, secret, "release.updated")
	if _, err := s.Client().Releases.Update(t.Context(), releaseID, assert.Decoded[licensing.ReleaseUpdate](t, documentedUpdate)); err != nil {
		t.Fatal(err)
	}
	d := await(t, s, 1)[0]
	assert.JSON(t, "body", json.RawMessage(d.Body),
		`{"event":"release.updated","data":`+documentedAfter+`,"triggeredAt":"2026-03-04T16:40:02.1187654Z"}`)
	r := got()[0]
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("%s with %v", r.Method, r.Header)
	}
	signature := r.Header.Values("Webhook-Signature")
	if len(signature) != 1 || signature[0] != d.Signature || signature[0] != licensing.SignWebhook(d.Body, secret) {
		t.Errorf("signed %q", signature)
	}
}

func TestADeliveryFitsTheDocument(t *testing.T) {
	t.Parallel()
	s := licensingtest.NewServer(t)
	s.PutRelease(licensing.Release{ID: releaseID, Files: []licensing.ReleaseFile{{Name: "planner.exe"}}})
	url, _ := listen(t, 200)
	s.PutWebhook(url, secret)
	rename(t, s.Client(), "Planner 2.3")
	event := assert.Decoded[map[string]any](t, string(await(t, s, 1)[0].Body))
	data, _ := event["data"].(map[string]any)
	files, _ := data["files"].([]any)
	if len(files) != 1 {
		t.Fatalf("got %v", event)
	}
	file, _ := files[0].(map[string]any)
	schemas := s.Document().Spec().Components.Schemas
	for name, v := range map[string]map[string]any{"WebhookEvent": event, "Release": data, "ReleaseFile": file} {
		schema := schemas[name].Value
		if err := schema.VisitJSON(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for member := range schema.Properties {
			if _, ok := v[member]; !ok {
				t.Errorf("%s lacks %s", name, member)
			}
		}
		for member := range v {
			if schema.Properties[member] == nil {
				t.Errorf("%s has %s, which the document doesn't know", name, member)
			}
		}
	}
}

func TestWhichWebhooksAnEventIsSentTo(t *testing.T) {
	t.Parallel()
	s, client := start(t)
	url, _ := listen(t, 200)
	all := s.PutWebhook(url+"/all", secret)
	one := s.PutWebhook(url+"/one", secret, "license.created", "release.updated")
	s.PutWebhook(url+"/other", secret, "license.created")
	off := s.PutWebhook(url+"/off", secret, "release.updated")
	if !s.EnableWebhook(off, false) || s.EnableWebhook("nope", true) {
		t.Error("EnableWebhook doesn't know which webhooks there are")
	}
	rename(t, client, "first")
	s.EnableWebhook(off, true)
	rename(t, client, "second")
	var got []string
	for _, d := range await(t, s, 5) {
		got = append(got, d.WebhookID)
	}
	assert.JSON(t, "in the order of the events", got, assert.Encoded(t, []string{all, one, all, one, off}))
}

func TestWhatSendsNoWebhook(t *testing.T) {
	t.Parallel()
	s, client := start(t)
	url, got := listen(t, 200)
	s.PutWebhook(url, secret)
	s.PutRelease(licensing.Release{ID: releaseID})
	s.ExpectInvalid("Releases.Update")
	if _, err := client.Releases.Update(t.Context(), "nope", licensing.ReleaseUpdate{}); err == nil {
		t.Error("an update of no release")
	}
	if _, err := client.Releases.Update(t.Context(), releaseID, licensing.ReleaseUpdate{Version: sdk.Some("x")}); err == nil {
		t.Error("an update that doesn't fit")
	}
	forbidden := s.Client(sdk.WithToken(licensingtest.ForbiddenToken))
	if _, err := forbidden.Releases.Update(t.Context(), releaseID, licensing.ReleaseUpdate{}); err == nil {
		t.Error("an update that is forbidden")
	}
	s.Close()
	if d := s.Deliveries(); len(d) != 0 || len(got()) != 0 {
		t.Errorf("got %+v", d)
	}
}

func TestAFailedDeliveryIsRecordedAndNotRepeated(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		url    func(*testing.T) string
		status int
	}{
		"the webhook fails":        {func(t *testing.T) string { url, _ := listen(t, 500); return url }, 500},
		"it answers by a redirect": {func(t *testing.T) string { url, _ := listen(t, 302); return url }, 302},
		"it has another token":     {func(t *testing.T) string { url, _ := receive(t, &licensing.WebhookVerifier{}); return url }, 401},
		"nobody is there":          {func(*testing.T) string { return "http://127.0.0.1:0" }, 0},
		"its address is none":      {func(*testing.T) string { return "://" }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, client := start(t)
			s.PutWebhook(c.url(t), secret)
			rename(t, client, "first")
			d := await(t, s, 1)[0]
			if d.Status != c.status || (d.Err == nil) != (c.status > 0) || !d.Done {
				t.Errorf("got %+v, want %d", d, c.status)
			}
			s.Close()
			if n := len(s.Deliveries()); n != 1 {
				t.Errorf("%d deliveries", n)
			}
		})
	}
}

func TestAWebhookGetsEventsInOrderAndHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	s, client := start(t)
	gate := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-gate:
		case <-r.Context().Done(): // given up
		}
	}))
	t.Cleanup(slow.Close)
	s.PutWebhook(slow.URL, secret)
	url, events := receive(t, verifier())
	s.PutWebhook(url, secret)
	titles := []string{"one", "two", "three", "four"}
	for _, title := range titles {
		rename(t, client, title) // answered although the first webhook isn't
	}
	for _, title := range titles {
		release, err := (<-events).Release()
		if err != nil || release.Name != title {
			t.Errorf("got %+v, %v; want %s", release, err, title)
		}
	}
	if err := s.AwaitDeliveries(t.Context(), len(titles)); err != nil {
		t.Error(err)
	}
	close(gate)
	for i, d := range await(t, s, 2*len(titles)) {
		if d.Status != 200 {
			t.Errorf("delivery %d: %+v", i, d)
		}
	}
}

func TestCloseWaitsForDeliveries(t *testing.T) {
	t.Parallel()
	s := licensingtest.NewServer(nil)
	s.PutRelease(licensing.Release{ID: releaseID})
	arrived, gate, closed := make(chan struct{}), make(chan struct{}), make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(arrived)
		<-gate
	}))
	defer slow.Close()
	s.PutWebhook(slow.URL, secret)
	rename(t, s.Client(), "Planner 2.3")
	<-arrived
	go func() {
		s.Close()
		close(closed)
	}()
	select {
	case <-closed:
		t.Error("closed before the delivery was through")
	default:
	}
	if d := s.Deliveries(); len(d) != 1 || d[0].Done || d[0].Status != 0 || d[0].Err != nil {
		t.Errorf("under way: %+v", d)
	}
	close(gate)
	<-closed
	if d := s.Deliveries(); !d[0].Done || d[0].Status != 200 {
		t.Errorf("got %+v", d)
	}
}

func TestAwaitDeliveriesEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s, _ := start(t)
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if err := s.AwaitDeliveries(ctx, 1); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
	if err := s.AwaitDeliveries(ctx, 0); err != nil {
		t.Errorf("nothing to wait for: %v", err)
	}
}

func TestAnEventFromThePastIsStale(t *testing.T) {
	t.Parallel()
	s := licensingtest.NewServer(t)
	client := s.Client()
	strict := verifier()
	strict.MaxAge = time.Hour
	url, _ := receive(t, strict)
	s.PutWebhook(url, secret)
	s.Advance(-2 * time.Hour)
	s.PutRelease(licensing.Release{ID: releaseID})
	rename(t, client, "two hours ago")
	s.Advance(2 * time.Hour)
	rename(t, client, "now")
	d := await(t, s, 2)
	if d[0].Status != 401 || d[1].Status != 200 {
		t.Errorf("got %d and %d", d[0].Status, d[1].Status)
	}
}

func TestTheHandlerOfAWebhookMayCallThePlatform(t *testing.T) {
	t.Parallel()
	s, client := start(t)
	failed := make(chan error, 1)
	hook := httptest.NewServer(licensing.WebhookHandler(verifier(), func(ctx context.Context, e *licensing.WebhookEvent) error {
		release, err := e.Release()
		if err != nil || release.Channel == "beta" {
			return err
		}
		_, err = client.Releases.Update(ctx, release.ID, licensing.ReleaseUpdate{Channel: sdk.Some("beta")})
		failed <- err
		return err
	}))
	t.Cleanup(hook.Close)
	s.PutWebhook(hook.URL, secret)
	rename(t, client, "Planner 2.3")
	await(t, s, 2)
	if err := <-failed; err != nil {
		t.Error(err)
	}
	if release, _ := s.Release(releaseID); release.Channel != "beta" || release.Name != "Planner 2.3" {
		t.Errorf("got %+v", release)
	}
}
