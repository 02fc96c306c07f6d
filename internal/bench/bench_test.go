package bench_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/wharfinger/sdk/internal/bench"
)

// settings are the two places where the race is held.
var settings = []struct {
	name  string
	begin func(testing.TB) (base string, transport http.RoundTripper)
}{
	{"stub", func(testing.TB) (string, http.RoundTripper) { return bench.BaseURL, bench.Stub() }},
	{"loopback", func(tb testing.TB) (string, http.RoundTripper) {
		server := httptest.NewServer(bench.Handler())
		tb.Cleanup(server.Close)
		return server.URL, nil
	}},
}

// TestRunnersDoTheirJobs holds that no runner is fast because it leaves something out.
func TestRunnersDoTheirJobs(t *testing.T) {
	for _, setting := range settings {
		base, transport := setting.begin(t)
		for _, contender := range bench.Contenders() {
			runner, err := contender.New(base, transport)
			if err != nil {
				t.Fatal(err)
			}
			for _, job := range bench.Jobs() {
				t.Run(setting.name+"/"+job.Name+"/"+contender.Name, func(t *testing.T) {
					if err := job.Run(t.Context(), runner); err != nil {
						t.Error(err)
					}
				})
			}
		}
	}
}

func BenchmarkStub(b *testing.B)     { race(b, 0) }
func BenchmarkLoopback(b *testing.B) { race(b, 1) }

func race(b *testing.B, setting int) {
	base, transport := settings[setting].begin(b)
	for _, job := range bench.Jobs() {
		for _, contender := range bench.Contenders() {
			runner, err := contender.New(base, transport)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(job.Name+"/"+contender.Name, func(b *testing.B) {
				ctx := b.Context()
				b.ReportAllocs()
				for b.Loop() {
					if err := job.Run(ctx, runner); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
