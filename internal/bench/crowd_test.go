package bench_test

import (
	"testing"

	"github.com/wharfinger/sdk/internal/bench"
)

// BenchmarkCrowd is one get of 64 goroutines that share a client.
func BenchmarkCrowd(b *testing.B) {
	crowd, err := bench.NewCrowd(b.TempDir())
	if err != nil {
		b.Skip(err)
	}
	defer crowd.Close()
	for _, contender := range bench.Contenders() {
		b.Run(contender.Name, func(b *testing.B) {
			opened, err := crowd.Run(b.Context(), contender, int64(b.N))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(opened)*1000/float64(b.N), "connections/1000")
		})
	}
}
