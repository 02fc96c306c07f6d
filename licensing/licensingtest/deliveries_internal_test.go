package licensingtest

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// silent never answers.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestAWebhookThatNeverAnswersIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var o outbox
		o.init()
		o.client.Transport = silent{}
		began := time.Now()
		o.send(webhook{id: "a", url: "http://127.0.0.1/"}, "release.updated", []byte("{}"))
		o.send(webhook{id: "b", url: "http://127.0.0.1/"}, "release.updated", []byte("{}"))
		o.wait()
		if took := time.Since(began); took != patience {
			t.Errorf("took %v, want %v", took, patience)
		}
		for _, d := range o.list() {
			if !d.Done || d.Status != 0 || !errors.Is(d.Err, context.DeadlineExceeded) {
				t.Errorf("got %+v", d)
			}
		}
	})
}

func TestDeliveriesToOneWebhookGoOneAfterTheOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var o outbox
		o.init()
		o.client.Transport = silent{}
		began := time.Now()
		for range 3 {
			o.send(webhook{id: "a", url: "http://127.0.0.1/"}, "release.updated", []byte("{}"))
		}
		o.wait()
		if took := time.Since(began); took != 3*patience {
			t.Errorf("took %v, want %v", took, 3*patience)
		}
	})
}
