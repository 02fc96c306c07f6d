package main

import (
	"context"
	"net/http"
	"runtime"
	"slices"
	"time"

	"github.com/wharfinger/sdk/internal/bench"
)

// cost is what one operation takes.
type cost struct{ nanos, bytes, allocs float64 }

// race gives what each client costs at each job: "get/sdk". Of the baseline these are medians as they are, of the others
// medians of the ratios to the baseline's turn in the same round.
func race(base string, transport http.RoundTripper, rounds int, turn time.Duration) (map[string]cost, error) {
	costs := make(map[string][]cost)
	for range rounds {
		var last cost
		err := each(base, transport, func(job bench.Job, c bench.Contender, r bench.Runner) error {
			this, err := measure(job, r, turn)
			if err != nil {
				return err
			}
			if c.Name == bench.Baseline {
				last = this
			} else {
				this = this.to(last)
			}
			costs[job.Name+"/"+c.Name] = append(costs[job.Name+"/"+c.Name], this)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	found := make(map[string]cost, len(costs))
	for name, all := range costs {
		found[name] = median(all)
	}
	return found, nil
}

// measure does the job again and again for as long as a turn takes.
func measure(job bench.Job, r bench.Runner, turn time.Duration) (cost, error) {
	ctx := context.Background()
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began, n := time.Now(), 0
	for n == 0 || time.Since(began) < turn {
		if err := job.Run(ctx, r); err != nil {
			return cost{}, err
		}
		n++
	}
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	return cost{
		nanos:  float64(took.Nanoseconds()) / float64(n),
		bytes:  float64(after.TotalAlloc-before.TotalAlloc) / float64(n),
		allocs: float64(after.Mallocs-before.Mallocs) / float64(n),
	}, nil
}

func (c cost) to(base cost) cost {
	return cost{c.nanos / base.nanos, c.bytes / base.bytes, c.allocs / base.allocs}
}

func median(all []cost) cost {
	middle := func(of func(cost) float64) float64 {
		values := make([]float64, len(all))
		for i, c := range all {
			values[i] = of(c)
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	return cost{
		middle(func(c cost) float64 { return c.nanos }),
		middle(func(c cost) float64 { return c.bytes }),
		middle(func(c cost) float64 { return c.allocs }),
	}
}
