package licensing_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/licensing"
)

const token = "whsec-1"

var delivery = []byte(`{"event":"release.updated","data":{"id":"r1","name":"App 2","size":12345678901234567890},"triggeredAt":"2000-01-01T00:00:00"}`)

func verifier(tokens ...string) *licensing.WebhookVerifier {
	v := &licensing.WebhookVerifier{}
	for _, t := range tokens {
		v.Tokens = append(v.Tokens, sdk.NewSecret(t))
	}
	return v
}

// The expected value was computed with another program: openssl dgst -sha256 -hmac.
func TestSignatureIsHMACOfTheRawBodyInBase64(t *testing.T) {
	t.Parallel()
	if got, want := licensing.SignWebhook([]byte("abc"), "key"), "nBluMtwBdfhvSxy4konWYZ3mvuaZ5MN45oMJ7Zehpqs="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestWebhookDeliveriesThatPass(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]*licensing.WebhookVerifier{
		"with the token":               verifier(token),
		"with the new token first":     verifier("new", token),
		"with the new token last":      verifier(token, "new"),
		"with an empty token in front": verifier("", token),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			event, err := v.Parse(delivery, licensing.SignWebhook(delivery, token))
			if err != nil {
				t.Fatal(err)
			}
			release, err := event.Release()
			if err != nil {
				t.Fatal(err)
			}
			if event.Event != licensing.WebhookEventNameReleaseUpdated || release.ID != "r1" || release.Name != "App 2" {
				t.Errorf("got %q %+v", event.Event, release)
			}
			if at := event.TriggeredAt.Or(time.Time{}); !at.Equal(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)) {
				t.Errorf("a time without a zone is UTC, got %v", at)
			}
		})
	}
}

func TestWebhookDeliveriesThatAreRefused(t *testing.T) {
	t.Parallel()
	sign := func(body string) string { return licensing.SignWebhook([]byte(body), token) }
	good := string(delivery)
	for name, c := range map[string]struct {
		v               *licensing.WebhookVerifier
		body, signature string
		want            error
	}{
		"another token":             {verifier("other"), good, sign(good), licensing.ErrSignature},
		"no token":                  {verifier(), good, sign(good), licensing.ErrSignature},
		"an empty token":            {verifier(""), good, licensing.SignWebhook(delivery, ""), licensing.ErrSignature},
		"no signature":              {verifier(token), good, "", licensing.ErrSignature},
		"a signature not in base64": {verifier(token), good, "%%%", licensing.ErrSignature},
		"a shortened signature":     {verifier(token), good, sign(good)[:40], licensing.ErrSignature},
		"a changed body":            {verifier(token), strings.Replace(good, "r1", "r2", 1), sign(good), licensing.ErrSignature},
		"a body encoded again":      {verifier(token), strings.ReplaceAll(good, ":", ": "), sign(good), licensing.ErrSignature},
		"a body that is no JSON":    {verifier(token), "<html>", sign("<html>"), licensing.ErrMalformedEvent},
		"an event without a name":   {verifier(token), `{"data":{}}`, sign(`{"data":{}}`), licensing.ErrMalformedEvent},
		"a body over the bound":     {&licensing.WebhookVerifier{Tokens: verifier(token).Tokens, MaxBody: 10}, good, sign(good), sdk.ErrTooLarge},
		"a body over the default":   {verifier(token), strings.Repeat(" ", licensing.DefaultMaxWebhookBody+1), sign(""), sdk.ErrTooLarge},
		"an event without a time":   {&licensing.WebhookVerifier{Tokens: verifier(token).Tokens, MaxAge: time.Hour}, `{"event":"x"}`, sign(`{"event":"x"}`), licensing.ErrStale},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			event, err := c.v.Parse([]byte(c.body), c.signature)
			if !errors.Is(err, c.want) || event != nil {
				t.Errorf("got %v, %v; want %v", event, err, c.want)
			}
			if err != nil && strings.Contains(fmt.Sprintf("%+v", err), token) {
				t.Errorf("the error shows the token: %+v", err)
			}
		})
	}
}

func TestAnOldWebhookEventIsRefusedBothWays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // the bubble's clock starts at midnight of 2000-01-01, when the delivery was triggered
		v := verifier(token)
		v.MaxAge = time.Hour
		signature := licensing.SignWebhook(delivery, token)
		if _, err := v.Parse(delivery, signature); err != nil {
			t.Errorf("now: %v", err)
		}
		time.Sleep(time.Hour)
		if _, err := v.Parse(delivery, signature); err != nil {
			t.Errorf("after an hour: %v", err)
		}
		time.Sleep(time.Nanosecond)
		if _, err := v.Parse(delivery, signature); !errors.Is(err, licensing.ErrStale) {
			t.Errorf("after more than an hour: %v", err)
		}
		future := bytes.Replace(delivery, []byte("2000-01-01T00"), []byte("2000-01-01T03"), 1)
		if _, err := v.Parse(future, licensing.SignWebhook(future, token)); !errors.Is(err, licensing.ErrStale) {
			t.Errorf("from the future: %v", err)
		}
	})
}

func TestAnUnknownWebhookEventIsKeptRaw(t *testing.T) {
	t.Parallel()
	body := []byte(`{"event":"moon.risen","data":{"phase":[1,2.50]},"triggeredAt":null,"extra":1}`)
	event, err := verifier(token).Parse(body, licensing.SignWebhook(body, token))
	if err != nil {
		t.Fatal(err)
	}
	if event.Event.Known() || string(event.Data) != `{"phase":[1,2.50]}` {
		t.Errorf("got %q with %s", event.Event, event.Data)
	}
	if _, err := event.Release(); !errors.Is(err, sdk.ErrOtherVariant) {
		t.Errorf("as a release: %v", err)
	}
	again, err := json.Marshal(event)
	if err != nil || string(again) != string(body) {
		t.Errorf("encoded again: %s, %v", again, err)
	}
}

func TestWebhookHandlerAnswers(t *testing.T) {
	t.Parallel()
	signature := licensing.SignWebhook(delivery, token)
	for name, c := range map[string]struct {
		method     string
		body       io.Reader
		signatures []string
		fails      bool
		status     int
		handled    int
	}{
		"a good delivery":           {"POST", bytes.NewReader(delivery), []string{signature}, false, 200, 1},
		"a handler that fails":      {"POST", bytes.NewReader(delivery), []string{signature}, true, 500, 1},
		"a wrong signature":         {"POST", bytes.NewReader(delivery), []string{"AAAA"}, false, 401, 0},
		"no signature":              {"POST", bytes.NewReader(delivery), nil, false, 401, 0},
		"two signatures":            {"POST", bytes.NewReader(delivery), []string{signature, signature}, false, 401, 0},
		"a GET":                     {"GET", nil, nil, false, 405, 0},
		"a body without end":        {"POST", endless{}, []string{signature}, false, 413, 0},
		"a body that breaks off":    {"POST", io.MultiReader(bytes.NewReader(delivery[:9]), broken{}), []string{signature}, false, 400, 0},
		"a body of another service": {"POST", strings.NewReader("a=b"), []string{licensing.SignWebhook([]byte("a=b"), token)}, false, 400, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handled := 0
			h := licensing.WebhookHandler(verifier(token), func(context.Context, *licensing.WebhookEvent) error {
				handled++
				if c.fails {
					return errors.New("out of order")
				}
				return nil
			})
			r := httptest.NewRequest(c.method, "/hook", c.body)
			for _, s := range c.signatures {
				r.Header.Add(licensing.SignatureHeader, s)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != c.status || handled != c.handled || w.Body.Len() != 0 {
				t.Errorf("got %d with %q, handled %d times; want %d, %d", w.Code, w.Body, handled, c.status, c.handled)
			}
		})
	}
}

func TestParseRequest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		maxBody int64
		body    io.Reader
		want    error
	}{
		"with the largest bound there is":    {math.MaxInt64, bytes.NewReader(delivery), nil},
		"without a bound":                    {-1, bytes.NewReader(delivery), nil},
		"with a body of exactly the bound":   {int64(len(delivery)), bytes.NewReader(delivery), nil},
		"without a body":                     {0, nil, licensing.ErrSignature},
		"a body that breaks off":             {0, broken{}, io.ErrUnexpectedEOF},
		"a body that breaks off, no bound":   {-1, broken{}, io.ErrUnexpectedEOF},
		"a body that is one byte too long":   {int64(len(delivery)) - 1, bytes.NewReader(delivery), sdk.ErrTooLarge},
		"a body without end, over the bound": {1 << 10, endless{}, sdk.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequest(http.MethodPost, "/hook", c.body)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set(licensing.SignatureHeader, licensing.SignWebhook(delivery, token))
			v := verifier(token)
			v.MaxBody = c.maxBody
			event, err := v.ParseRequest(r)
			if !errors.Is(err, c.want) || (event == nil) != (c.want != nil) {
				t.Errorf("got %v, %v, want %v", event, err, c.want)
			}
			if err != nil && !strings.HasPrefix(err.Error(), "licensing: ") {
				t.Errorf("%v doesn't say whose it is", err)
			}
		})
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Whatever comes in, a verifier only passes what the token signed, and never panics.
func FuzzWebhookVerifier(f *testing.F) {
	f.Add(delivery, licensing.SignWebhook(delivery, token))
	f.Add([]byte(`{"event":"x"}`), "")
	f.Add([]byte("null"), licensing.SignWebhook([]byte("null"), token))
	f.Add([]byte(`[]`), "AAAA")
	f.Fuzz(func(t *testing.T, body []byte, signature string) {
		event, err := verifier(token).Parse(body, signature)
		if (event == nil) == (err == nil) {
			t.Fatalf("event %v with error %v", event, err)
		}
		if err == nil && signature != licensing.SignWebhook(body, token) {
			t.Fatalf("%q passed for %q", signature, body)
		}
		_, _ = verifier(token).Parse(body, licensing.SignWebhook(body, token))
	})
}

func ExampleWebhookHandler() {
	verifier := &licensing.WebhookVerifier{Tokens: []sdk.Secret{sdk.NewSecret("the webhook's token")}}
	handler := licensing.WebhookHandler(verifier, func(ctx context.Context, event *licensing.WebhookEvent) error {
		switch event.Event {
		case licensing.WebhookEventNameReleaseUpdated:
			release, err := event.Release()
			if err != nil {
				return err
			}
			fmt.Println("release", release.Name, "was updated")
		default:
			fmt.Println("passed over", event.Event)
		}
		return nil
	})

	// What the platform would send; in production the handler is given to a server.
	body := `{"event":"release.updated","data":{"id":"r1","name":"App 2.1"},"triggeredAt":"2026-05-06T07:08:09Z"}`
	r := httptest.NewRequest(http.MethodPost, "/cryptlex", strings.NewReader(body))
	r.Header.Set(licensing.SignatureHeader, licensing.SignWebhook([]byte(body), "the webhook's token"))
	handler.ServeHTTP(httptest.NewRecorder(), r)
	// Output: release App 2.1 was updated
}
