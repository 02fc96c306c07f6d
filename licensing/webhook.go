package licensing

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"time"

	"github.com/wharfinger/sdk"
)

// SignatureHeader is the header of a webhook delivery that holds its signature: the HMAC-SHA256 of the body as it came,
// keyed with the webhook's token, in standard Base64.
const SignatureHeader = "Webhook-Signature"

// DefaultMaxWebhookBody bounds a delivery's body, in bytes, where [WebhookVerifier.MaxBody] says nothing.
const DefaultMaxWebhookBody = 1 << 20

// What errors.Is can ask of an error that a [WebhookVerifier] returns. Beside these there is [sdk.ErrTooLarge].
var (
	// ErrSignature is a delivery that is not signed, or with none of the verifier's tokens.
	ErrSignature = errors.New("the webhook signature does not match")
	// ErrStale is a delivery that is older, or further in the future, than the verifier allows.
	ErrStale = errors.New("the webhook event is too old")
	// ErrMalformedEvent is a delivery whose signature is right but whose body is no event.
	ErrMalformedEvent = errors.New("the webhook event can not be decoded")
)

// WebhookVerifier checks webhook deliveries and decodes them. It is safe for concurrent use. With no tokens it refuses
// everything.
type WebhookVerifier struct {
	// Tokens are the webhook's token and, while it is being replaced, the earlier one: a signature with any of them is
	// right. Empty tokens are ignored.
	Tokens []sdk.Secret
	// MaxBody bounds the body, in bytes. Zero means DefaultMaxWebhookBody; a negative value lifts the bound.
	MaxBody int64
	// MaxAge refuses events that were triggered longer ago, or lie further in the future. Zero and negative mean no
	// check. Failed deliveries come again, up to five times with five minutes between, so less than half an hour loses
	// events. Within the age the same delivery can still come twice: let what handles it bear that.
	MaxAge time.Duration
}

// Parse checks the signature of body, which must be the body as it came, and decodes it. An event that this version of
// the SDK does not know is no error: its name and data are kept. Errors match ErrSignature, ErrStale, ErrMalformedEvent
// or [sdk.ErrTooLarge].
func (v *WebhookVerifier) Parse(body []byte, signature string) (*WebhookEvent, error) {
	if limit := v.limit(); limit >= 0 && int64(len(body)) > limit {
		return nil, fmt.Errorf("licensing: webhook body of %d bytes: %w", len(body), sdk.ErrTooLarge)
	}
	if !v.signed(body, signature) {
		return nil, fmt.Errorf("licensing: %w", ErrSignature)
	}
	var event WebhookEvent
	if err := event.UnmarshalJSON(body); err != nil {
		return nil, fmt.Errorf("licensing: %w: %w", ErrMalformedEvent, err)
	}
	if event.Event == "" {
		return nil, fmt.Errorf("licensing: %w: it has no name", ErrMalformedEvent)
	}
	if v.MaxAge > 0 {
		at, ok := event.TriggeredAt.Get()
		if age := time.Since(at); !ok || age > v.MaxAge || age < -v.MaxAge {
			return nil, fmt.Errorf("licensing: %w", ErrStale)
		}
	}
	return &event, nil
}

// ParseRequest reads the body of r and does what Parse does. A request with more than one signature is refused.
func (v *WebhookVerifier) ParseRequest(r *http.Request) (*WebhookEvent, error) {
	body, err := v.read(r.Body)
	if err != nil {
		return nil, err
	}
	signatures := r.Header.Values(SignatureHeader)
	if len(signatures) != 1 {
		return nil, fmt.Errorf("licensing: %d headers %s: %w", len(signatures), SignatureHeader, ErrSignature)
	}
	return v.Parse(body, signatures[0])
}

// read reads one byte more than the limit, to tell a body of exactly the limit from a longer one.
func (v *WebhookVerifier) read(body io.Reader) ([]byte, error) {
	if body == nil { // as http.NewRequest leaves it; a server never does
		return nil, nil
	}
	limit := v.limit()
	if limit >= 0 {
		body = io.LimitReader(body, limit+1)
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return nil, fmt.Errorf("licensing: reading a webhook delivery: %w", err)
	}
	if limit >= 0 && int64(len(data)) > limit {
		return nil, fmt.Errorf("licensing: webhook body of more than %d bytes: %w", limit, sdk.ErrTooLarge)
	}
	return data, nil
}

// limit leaves room for the byte more that read reads.
func (v *WebhookVerifier) limit() int64 {
	if v.MaxBody == 0 {
		return DefaultMaxWebhookBody
	}
	return min(v.MaxBody, math.MaxInt64-1)
}

// signed compares with every token, whether or not an earlier one fits, so that its time tells nothing.
func (v *WebhookVerifier) signed(body []byte, signature string) bool {
	given, err := base64.StdEncoding.Strict().DecodeString(signature)
	if err != nil {
		return false
	}
	match := false
	for _, token := range v.Tokens {
		if !token.IsZero() && hmac.Equal(given, digest(body, token.Reveal())) {
			match = true
		}
	}
	return match
}

func digest(body []byte, token string) []byte {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write(body)
	return mac.Sum(nil)
}

// SignWebhook returns the signature that the platform would send for body, for tests of one's own handler.
func SignWebhook(body []byte, token string) string {
	return base64.StdEncoding.EncodeToString(digest(body, token))
}

// WebhookHandler serves webhook deliveries: it checks each with verifier and passes the event to handle. The platform
// delivers again what is not answered with success, so an error of handle becomes 500; its text is not sent. Deliveries
// that do not pass are answered 401 (signature, age), 413 (size), 400 (body) and 405 (any method but POST) without
// calling handle.
func WebhookHandler(verifier *WebhookVerifier, handle func(context.Context, *WebhookEvent) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		event, err := verifier.ParseRequest(r)
		switch {
		case errors.Is(err, ErrSignature), errors.Is(err, ErrStale):
			w.WriteHeader(http.StatusUnauthorized)
		case errors.Is(err, sdk.ErrTooLarge):
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		case err != nil:
			w.WriteHeader(http.StatusBadRequest)
		case handle(r.Context(), event) != nil:
			w.WriteHeader(http.StatusInternalServerError)
		default:
			w.WriteHeader(http.StatusOK)
		}
	})
}
