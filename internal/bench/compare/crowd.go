package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/wharfinger/sdk/internal/bench"
)

const (
	crowdCalls  = 5000
	crowdRounds = 3
	// crowdBar is a tenth: ten times as many calls as with net/http's default transport.
	crowdBar = 0.10
)

// crowds prints what a call takes when many goroutines share a client, and how many connections they open.
func crowds(w io.Writer) error {
	dir, err := os.MkdirTemp("", "compare")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	crowd, err := bench.NewCrowd(dir)
	if err != nil {
		return err
	}
	defer crowd.Close()
	took, opened := map[string][]float64{}, map[string]int64{}
	for range crowdRounds {
		var base time.Duration
		for _, c := range bench.Contenders() {
			began := time.Now()
			n, err := crowd.Run(context.Background(), c, crowdCalls)
			if err != nil {
				return fmt.Errorf("%s: %w", c.Name, err)
			}
			this := time.Since(began)
			if c.Name == bench.Baseline {
				base = this
			}
			took[c.Name] = append(took[c.Name], float64(this)/float64(base))
			opened[c.Name] += n
		}
	}
	fmt.Fprintf(w, "\n%d goroutines that share a client, over TLS and HTTP/1.1, a small get each:\n\n", bench.Callers)
	fmt.Fprintln(w, "| client | time | connections for 1,000 calls |\n|---|--:|--:|")
	for _, c := range bench.Contenders() {
		slices.Sort(took[c.Name])
		fmt.Fprintf(w, "| %s | %.3f | %.0f |\n", c.What, took[c.Name][crowdRounds/2], float64(opened[c.Name])*1000/(crowdCalls*crowdRounds))
	}
	fmt.Fprintf(w, "\nThis SDK should take %.2f at most there, which isn't checked, for it is time.\n", crowdBar)
	return nil
}
