// Command compare runs all clients of package bench interleaved and prints what each costs, as ratios to the client
// written by hand: below 1 is less than that.
//
//	go run -C internal/bench ./compare
//	GOEXPERIMENT=jsonv2 go run -C internal/bench ./compare
//
// Times are the median of the ratios of each round, in which every client has its turn: what disturbs the machine then
// disturbs them all. On a busy machine trust the other columns. Instructions are counted by valgrind, where that is
// installed, over the transport that answers from memory. With -check the status is 1 if a bar was missed; see bars.go.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/wharfinger/sdk/internal/bench"
)

func main() {
	rounds := flag.Int("rounds", 9, "how often every client has its turn")
	turn := flag.Duration("turn", 60*time.Millisecond, "how long a turn takes")
	count := flag.Bool("instructions", true, "count instructions, if valgrind is installed")
	checked := flag.Bool("check", false, "fail if a bar is missed")
	child := flag.String("child", "", "do one job so often, for a count: get/sdk/100")
	flag.Parse()
	if err := run(*child, *rounds, *turn, *count, *checked); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func run(child string, rounds int, turn time.Duration, count, checked bool) error {
	if child != "" {
		return repeat(child)
	}
	fmt.Println(machine())
	var counted map[string]float64
	if count {
		var err error
		if counted, err = instructions(); err != nil {
			fmt.Fprintln(os.Stderr, "compare: no instructions:", err)
		}
	}
	reached := true
	err := inBothPlaces(func(place, base string, transport http.RoundTripper) error {
		found, err := race(base, transport, rounds, turn)
		if err != nil {
			return err
		}
		if place == loopback {
			counted = nil
		}
		table(os.Stdout, place, found, counted)
		if place == memory {
			reached = judge(os.Stdout, found, counted)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := crowds(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "compare: no crowd:", err)
	}
	if checked && !reached {
		return errors.New("a bar was missed")
	}
	return nil
}

const (
	memory   = "Over a transport that answers from memory"
	loopback = "Over loopback, with the server in the same process"
)

func inBothPlaces(f func(place, base string, transport http.RoundTripper) error) error {
	if err := f(memory, bench.BaseURL, bench.Stub()); err != nil {
		return err
	}
	server := httptest.NewServer(bench.Handler())
	defer server.Close()
	return f(loopback, server.URL, nil)
}

// each calls f for each client at each job, with clients of its own.
func each(base string, transport http.RoundTripper, f func(job bench.Job, c bench.Contender, r bench.Runner) error) error {
	for _, job := range bench.Jobs() {
		for _, c := range bench.Contenders() {
			runner, err := c.New(base, transport)
			if err != nil {
				return fmt.Errorf("%s: %w", c.Name, err)
			}
			if err := job.Run(context.Background(), runner); err != nil { // it should be warm
				return fmt.Errorf("%s of %s: %w", job.Name, c.Name, err)
			}
			if err := f(job, c, runner); err != nil {
				return err
			}
		}
	}
	return nil
}
