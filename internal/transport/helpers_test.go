package transport_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/codec"
	"github.com/wharfinger/sdk/internal/transport"
)

const testToken = "tok-5ecre7-0123456789"

// platform is one whose error bodies are {"code", "message", "retry_after"}.
func platform() transport.Platform {
	return transport.Platform{
		Name: "port", BaseURL: "https://api.example.com", TokenEnv: "WHARFINGER_TEST_TOKEN", BaseURLEnv: "WHARFINGER_TEST_BASE_URL",
		Scoped: []string{"org_id", "organisation_id"},
		DecodeError: func(e *sdk.Error) {
			var body struct {
				Code, Message string
				RetryAfter    float64 `json:"retry_after"`
			}
			if json.Unmarshal(e.Body, &body) != nil {
				return
			}
			e.Code, e.Message = body.Code, body.Message
			e.RetryAfter = time.Duration(body.RetryAfter * float64(time.Second))
		},
		RetryAfter: func(h http.Header, now time.Time) (time.Duration, bool) {
			at, err := time.Parse(time.RFC3339, h.Get("X-Rate-Limit-Reset"))
			return at.Sub(now), err == nil
		},
	}
}

// thing is what most tests get and send.
type thing struct {
	ID    string `json:"id"`
	Count int64  `json:"count"`
}

func decodeThing(v *thing, d *codec.Decoder) {
	var x sdk.Extra
	if !d.Object() {
		return
	}
	for d.Member() {
		switch string(d.Key()) {
		case "id":
			codec.String(d, &v.ID, &x)
		case "count":
			codec.Int(d, &v.Count, &x)
		default:
			codec.Unknown(d, &x)
		}
	}
}

func encodeThing(v *thing) func(*codec.Encoder) {
	return func(e *codec.Encoder) {
		e.Begin()
		codec.PutString(e, "id", v.ID, nil, codec.NonEmpty)
		codec.PutInt(e, "count", v.Count, nil, codec.Plain)
		e.End(nil)
	}
}

const oneThing = `{"id":"01JABCDEFGHJKMNPQRSTVWXYZ0","count":42}`

// newClient makes a client with a token.
func newClient(t testing.TB, opts ...sdk.Option) *transport.Client {
	t.Helper()
	c, err := transport.New(platform(), append([]sdk.Option{sdk.WithToken(testToken)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// serve starts a server on loopback and gives a client for it.
func serve(t testing.TB, h http.HandlerFunc, opts ...sdk.Option) *transport.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return newClient(t, append([]sdk.Option{sdk.WithBaseURL(s.URL), quick()}, opts...)...)
}

// quick makes waits short where their length isn't the matter.
func quick() sdk.Option { return sdk.WithBackoff(time.Microsecond, time.Millisecond) }

// step is one answer of a script.
type step func(*http.Request) (*http.Response, error)

// script is a transport that answers by a list, the last for all that follow.
type script struct {
	steps []step

	mu     sync.Mutex
	seen   []*http.Request
	bodies []string
	times  []time.Time
}

func play(steps ...step) *script { return &script{steps: steps} }

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		_ = r.Body.Close()
	}
	s.mu.Lock()
	n := len(s.seen)
	s.seen = append(s.seen, r)
	s.bodies = append(s.bodies, string(body))
	s.times = append(s.times, time.Now())
	s.mu.Unlock()
	resp, err := s.steps[min(n, len(s.steps)-1)](r)
	if resp != nil {
		resp.Request = r
	}
	return resp, err
}

func (s *script) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.seen)
}

func (s *script) requests() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

// answer gives a status, a body and header fields: name, value, name, value. JSON is what it says it is unless told else.
func answer(status int, body string, header ...string) step {
	return func(*http.Request) (*http.Response, error) {
		h := http.Header{"Content-Type": {"application/json"}}
		for i := 0; i+1 < len(header); i += 2 {
			if header[i+1] == "" {
				h.Del(header[i])
				continue
			}
			if http.CanonicalHeaderKey(header[i]) == "Content-Type" {
				h.Del("Content-Type")
			}
			h.Add(header[i], header[i+1])
		}
		return &http.Response{
			StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
		}, nil
	}
}

// fail gives a failure of the network.
func fail(err error) step {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// stall never answers.
func stall(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

var errReset = &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}

func getThing(ctx context.Context, c *transport.Client, id string, opts ...sdk.Option) (*thing, error) {
	return doThing(ctx, c, &transport.Call{
		Operation: "Things.Get", Method: http.MethodGet, Path: "/v1/things/{id}", Args: []string{id},
	}, opts)
}

func postThing(ctx context.Context, c *transport.Client, v thing, opts ...sdk.Option) (*thing, error) {
	return doThing(ctx, c, &transport.Call{
		Operation: "Things.Create", Method: http.MethodPost, Path: "/v1/things", Body: encodeThing(&v),
	}, opts)
}

func doThing(ctx context.Context, c *transport.Client, call *transport.Call, opts []sdk.Option) (*thing, error) {
	var v thing
	if err := transport.Do(ctx, c, call, &v, func(d *codec.Decoder) { decodeThing(&v, d) }, opts); err != nil {
		return nil, err
	}
	return &v, nil
}

func getOnly(ctx context.Context, c *transport.Client, opts ...sdk.Option) error {
	_, err := getThing(ctx, c, "a", opts...)
	return err
}

func postOnly(ctx context.Context, c *transport.Client, opts ...sdk.Option) error {
	_, err := postThing(ctx, c, thing{ID: "a"}, opts...)
	return err
}

func discard() *log.Logger { return log.New(io.Discard, "", 0) }
