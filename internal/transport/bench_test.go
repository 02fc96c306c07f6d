package transport_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/codec"
	"github.com/wharfinger/sdk/internal/transport"
)

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

// memory answers every request from memory.
type memory string

func (m memory) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	return &http.Response{
		StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(string(m))), ContentLength: int64(len(m)), Request: r,
	}, nil
}

const oneThing = `{"id":"01JABCDEFGHJKMNPQRSTVWXYZ0","count":42}`

func BenchmarkGet(b *testing.B) {
	b.Run("sdk", func(b *testing.B) {
		c, err := transport.New(transport.Platform{Name: "bench", BaseURL: "https://api.example.com"},
			sdk.WithToken("t"), sdk.WithTransport(memory(oneThing)))
		if err != nil {
			b.Fatal(err)
		}
		ctx := context.Background()
		b.ReportAllocs()
		for b.Loop() {
			if _, err := getThing(ctx, c, "01JABCDEFGHJKMNPQRSTVWXYZ0"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("hand", func(b *testing.B) {
		client := http.Client{Transport: memory(oneThing)}
		ctx := context.Background()
		b.ReportAllocs()
		for b.Loop() {
			req, err := http.NewRequestWithContext(ctx, "GET", "https://api.example.com/v1/things/"+"01JABCDEFGHJKMNPQRSTVWXYZ0", nil)
			if err != nil {
				b.Fatal(err)
			}
			handDo(b, &client, req)
		}
	})
}

func BenchmarkPost(b *testing.B) {
	in := thing{ID: "01JABCDEFGHJKMNPQRSTVWXYZ0", Count: 7}
	b.Run("sdk", func(b *testing.B) {
		c, err := transport.New(transport.Platform{Name: "bench", BaseURL: "https://api.example.com"},
			sdk.WithToken("t"), sdk.WithTransport(memory(oneThing)))
		if err != nil {
			b.Fatal(err)
		}
		ctx := context.Background()
		b.ReportAllocs()
		for b.Loop() {
			if _, err := postThing(ctx, c, in); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("hand", func(b *testing.B) {
		client := http.Client{Transport: memory(oneThing)}
		ctx := context.Background()
		b.ReportAllocs()
		for b.Loop() {
			body, err := json.Marshal(in)
			if err != nil {
				b.Fatal(err)
			}
			req, err := http.NewRequestWithContext(ctx, "POST", "https://api.example.com/v1/things", strings.NewReader(string(body)))
			if err != nil {
				b.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			handDo(b, &client, req)
		}
	})
}

func handDo(b *testing.B, client *http.Client, req *http.Request) {
	req.Header.Set("Authorization", "Bearer t")
	req.Header.Set("Accept", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		b.Fatal(resp.Status)
	}
	var v thing
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil {
		b.Fatal(err)
	}
}

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
