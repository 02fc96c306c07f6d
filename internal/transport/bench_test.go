package transport_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/transport"
)

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
