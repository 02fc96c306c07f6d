package sdk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
)

func TestSentinelsGoByStatus(t *testing.T) {
	t.Parallel()
	sentinels := []error{sdk.ErrUnauthorized, sdk.ErrForbidden, sdk.ErrNotFound, sdk.ErrConflict, sdk.ErrValidation, sdk.ErrRateLimited, sdk.ErrServer}
	for status, want := range map[int]error{
		0: nil, 200: nil, 302: nil, 400: sdk.ErrValidation, 401: sdk.ErrUnauthorized, 402: nil, 403: sdk.ErrForbidden, 404: sdk.ErrNotFound,
		409: sdk.ErrConflict, 410: nil, 422: sdk.ErrValidation, 429: sdk.ErrRateLimited, 499: nil, 500: sdk.ErrServer, 503: sdk.ErrServer,
		599: sdk.ErrServer, 600: nil,
	} {
		err := fmt.Errorf("wrapped: %w", &sdk.Error{Status: status})
		for _, s := range sentinels {
			if errors.Is(err, s) != (s == want) {
				t.Errorf("%d: is %q: %t", status, s, errors.Is(err, s))
			}
		}
	}
}

func TestCausesAreFound(t *testing.T) {
	t.Parallel()
	op := &net.OpError{Op: "read", Err: io.ErrUnexpectedEOF}
	err := error((&sdk.Error{Status: 503}).Wrap(errors.Join(context.Canceled, op)))
	var found *net.OpError
	if !errors.Is(err, context.Canceled) || !errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(err, sdk.ErrServer) || !errors.As(err, &found) {
		t.Error(err)
	}
	var timeout interface{ Timeout() bool }
	if !errors.As(err, &timeout) || timeout.Timeout() {
		t.Error("a cancelled call is no timeout")
	}
	for _, cause := range []error{context.DeadlineExceeded, sdk.ErrTimeout} {
		if !(&sdk.Error{}).Wrap(cause).Timeout() {
			t.Errorf("%v is a timeout", cause)
		}
	}
}

func TestErrorIsOneShortLine(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]*sdk.Error{
		"failed": {},
		"licensing: Releases.Update: PATCH /v3/releases/{id}: 409 Conflict: TAKEN: the version exists (request id r1, 3 attempts)": {
			Service: "licensing", Operation: "Releases.Update", Method: "PATCH", Path: "/v3/releases/{id}", Status: 409, Code: "TAKEN",
			Message: "the version exists", RequestID: "r1", Attempts: 3,
		},
		"422 Unprocessable Entity: name is required: tags[0] too_long: c: d: and 1 more": {
			Status: 422, Attempts: 1,
			Fields: []sdk.FieldError{{Path: "name", Message: "is required"}, {Path: "tags[0]", Code: "too_long"}, {Message: "c: d"}, {}},
		},
		"799: two  lines": {Status: 799, Message: "two\r\nlines"},
		"<nil>":           nil,
	} {
		if got := e.Error(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	long := (&sdk.Error{Message: strings.Repeat("ü", 10_000)}).Error()
	if len(long) > 600 || !strings.HasSuffix(long, "ü…") {
		t.Errorf("%d bytes", len(long))
	}
}

func TestErrorShowsNeitherHeaderNorBody(t *testing.T) {
	t.Parallel()
	e := &sdk.Error{
		Service: "s", Operation: "A.B", Method: "GET", Path: "/x", Status: 400, Code: "c", Message: "m", RequestID: "r", RetryAfter: 1500 * time.Millisecond,
		Attempts: 2, Header: http.Header{"Set-Cookie": {"hunter2"}}, Body: []byte("hunter2"), Fields: []sdk.FieldError{{Path: "p", Message: "q"}},
	}
	e.Wrap(errors.New("hunter2"))
	js, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"service":"s","operation":"A.B","method":"GET","path":"/x","status":400,"code":"c","message":"m",` +
		`"fields":[{"path":"p","message":"q"}],"request_id":"r","retry_after":1.5,"attempts":2}`
	if string(js) != want {
		t.Errorf("got  %s\nwant %s", js, want)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Error("x", "error", e)
	slog.New(slog.NewTextHandler(&log, nil)).Error("x", "error", e)
	holder := struct{ Err error }{e}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%t"} {
		log.WriteString(fmt.Sprintf(verb, e) + fmt.Sprintf(verb, holder))
	}
	log.WriteString(e.GoString())
	if strings.Contains(log.String()+string(js), "hunter2") || !strings.Contains(log.String(), `"operation":"A.B"`) {
		t.Error(log.String())
	}
}
