package faults_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/licensing"
)

const (
	webhookToken    = "wh-5ecre7-new"
	oldWebhookToken = "wh-5ecre7-old"
)

// delivery is a body as the platform sends it, triggered at a time.
func delivery(at time.Time) []byte {
	return []byte(`{"event":"release.updated", "data": {"id":"r1", "name" : "A \u00e9"},"triggeredAt":"` + at.UTC().Format(time.RFC3339Nano) + `"}`)
}

func verifier(tokens ...string) *licensing.WebhookVerifier {
	v := &licensing.WebhookVerifier{}
	for _, token := range tokens {
		v.Tokens = append(v.Tokens, sdk.NewSecret(token))
	}
	return v
}

// webhookTokens rotates a token. That signatures are compared in constant time is so by construction (hmac.Equal, with
// every token in turn) and can't be seen from outside.
func webhookTokens(t *testing.T) {
	body := delivery(time.Now())
	for name, c := range map[string]struct {
		tokens []string
		signed string
		taken  bool
	}{
		"the only one":          {[]string{webhookToken}, webhookToken, true},
		"the new one":           {[]string{webhookToken, oldWebhookToken}, webhookToken, true},
		"the old one":           {[]string{webhookToken, oldWebhookToken}, oldWebhookToken, true},
		"behind an empty one":   {[]string{"", webhookToken}, webhookToken, true},
		"the old one, too late": {[]string{webhookToken}, oldWebhookToken, false},
		"the empty one":         {[]string{""}, "", false},
		"no tokens":             {nil, "", false},
		"no tokens but signed":  {nil, webhookToken, false},
	} {
		event, err := verifier(c.tokens...).Parse(body, licensing.SignWebhook(body, c.signed))
		switch {
		case c.taken && (err != nil || event.Event != "release.updated"):
			t.Errorf("%s: %v", name, err)
		case !c.taken && !errors.Is(err, licensing.ErrSignature):
			t.Errorf("%s: want licensing.ErrSignature, got %v", name, err)
		case err != nil && strings.Contains(err.Error(), "5ecre7"):
			t.Errorf("%s: the error shows a token: %v", name, err)
		}
	}
}

func webhookBounds(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		v := verifier(webhookToken)
		v.MaxAge = time.Minute
		for age, fresh := range map[time.Duration]bool{0: true, time.Minute: true, -time.Minute: true, time.Minute + 1: false, -time.Minute - 1: false} {
			body := delivery(time.Now().Add(-age))
			if _, err := v.Parse(body, licensing.SignWebhook(body, webhookToken)); fresh != (err == nil) || !fresh && !errors.Is(err, licensing.ErrStale) {
				t.Errorf("triggered %v ago: %v", age, err)
			}
		}
		body := []byte(`{"event":"release.updated","data":{}}`)
		if _, err := v.Parse(body, licensing.SignWebhook(body, webhookToken)); !errors.Is(err, licensing.ErrStale) {
			t.Errorf("without a time: %v", err)
		}
	})
	body := delivery(time.Now())
	for limit, taken := range map[int64]bool{int64(len(body)): true, int64(len(body)) - 1: false, 1: false, -1: true, 0: true} {
		v := verifier(webhookToken)
		v.MaxBody = limit
		r := httptest.NewRequest("POST", "/", bytes.NewReader(body))
		r.Header.Set(licensing.SignatureHeader, licensing.SignWebhook(body, webhookToken))
		if _, err := v.ParseRequest(r); taken != (err == nil) || !taken && !errors.Is(err, sdk.ErrTooLarge) {
			t.Errorf("%d bytes with a limit of %d: %v", len(body), limit, err)
		}
	}
	flood := &flooding{}
	r := httptest.NewRequest("POST", "/", flood)
	r.Header.Set(licensing.SignatureHeader, "x")
	if _, err := verifier(webhookToken).ParseRequest(r); !errors.Is(err, sdk.ErrTooLarge) || flood.read > 2*licensing.DefaultMaxWebhookBody {
		t.Errorf("%d bytes were read: %v", flood.read, err)
	}
}

// flooding is a body without an end.
type flooding struct{ read int64 }

func (f *flooding) Read(p []byte) (int, error) {
	f.read += int64(len(p))
	return len(p), nil
}

// webhookAsItCame serves deliveries that are right but for one thing.
func webhookAsItCame(t *testing.T) {
	body := delivery(time.Now())
	signature := licensing.SignWebhook(body, webhookToken)
	var compact bytes.Buffer
	if err := json.Compact(&compact, body); err != nil {
		t.Fatal(err)
	}
	handled := 0
	handler := licensing.WebhookHandler(verifier(webhookToken), func(_ context.Context, e *licensing.WebhookEvent) error {
		handled++
		return nil
	})
	for name, c := range map[string]struct {
		body       []byte
		signatures []string
		status     int
	}{
		"as it came":                {body, []string{signature}, 200},
		"the same JSON, compacted":  {compact.Bytes(), []string{signature}, 401},
		"with a line feed":          {append(bytes.Clone(body), '\n'), []string{signature}, 401},
		"one byte changed":          {bytes.Replace(body, []byte("r1"), []byte("r2"), 1), []string{signature}, 401},
		"not signed":                {body, nil, 401},
		"signed by nobody":          {body, []string{""}, 401},
		"twice the right one":       {body, []string{signature, signature}, 401},
		"a wrong one and the right": {body, []string{licensing.SignWebhook(body, "x"), signature}, 401},
		"joined":                    {body, []string{signature + "," + signature}, 401},
		"cut off":                   {body, []string{signature[:20]}, 401},
		"in another base64":         {body, []string{base64.RawURLEncoding.EncodeToString([]byte(signature))}, 401},
		"signed but no event":       {[]byte("[]"), []string{licensing.SignWebhook([]byte("[]"), webhookToken)}, 400},
	} {
		before := handled
		r := httptest.NewRequest("POST", "/", bytes.NewReader(c.body))
		r.Header[licensing.SignatureHeader] = c.signatures
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if answer, _ := io.ReadAll(w.Body); w.Code != c.status || handled-before > 0 != (c.status == http.StatusOK) || len(answer) != 0 {
			t.Errorf("%s: status %d, handled %d times, answered %q", name, w.Code, handled-before, answer)
		}
	}
}
