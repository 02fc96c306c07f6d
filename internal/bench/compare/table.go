package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/wharfinger/sdk/internal/bench"
)

// table prints one line for each client at each job: the baseline as it is, the others as ratios to it.
func table(w io.Writer, place string, found map[string]cost, counted map[string]float64) {
	fmt.Fprintf(w, "\n%s:\n\n| job | client | time | bytes | allocations |", place)
	line := "|---|---|--:|--:|--:|"
	if counted != nil {
		fmt.Fprint(w, " instructions |")
		line += "--:|"
	}
	fmt.Fprintf(w, "\n%s\n", line)
	for _, job := range bench.Jobs() {
		what := job.What
		for _, c := range bench.Contenders() {
			name := job.Name + "/" + c.Name
			this, base := found[name], c.Name == bench.Baseline
			fmt.Fprintf(w, "| %s | %s |", what, c.What)
			if base {
				fmt.Fprintf(w, " %s | %s B | %s |", time.Duration(this.nanos).Round(100*time.Nanosecond), short(this.bytes), short(this.allocs))
			} else {
				fmt.Fprintf(w, " %.2f | %.2f | %.2f |", this.nanos, this.bytes, this.allocs)
			}
			switch {
			case counted == nil:
			case base:
				fmt.Fprintf(w, " %s |", short(counted[name]))
			default:
				fmt.Fprintf(w, " %.3f |", counted[name]/counted[job.Name+"/"+bench.Baseline])
			}
			fmt.Fprintln(w)
			what = ""
		}
	}
	if counted != nil {
		fmt.Fprint(w, "\nInstructions of this SDK to those of ogen's client:")
		for _, job := range bench.Jobs() {
			fmt.Fprintf(w, " %s %.3f", job.Name, counted[job.Name+"/sdk"]/counted[job.Name+"/ogen"])
		}
		fmt.Fprintln(w)
	}
}

// short writes a number with three digits or so.
func short(v float64) string {
	switch {
	case v >= 1e6:
		return strconv.FormatFloat(v/1e6, 'f', 1, 64) + " M"
	case v >= 1e4:
		return strconv.FormatFloat(v/1e3, 'f', 0, 64) + " k"
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}

// machine says when and where this was measured.
func machine() string {
	parts := []string{time.Now().Format(time.DateOnly), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, model(),
		strconv.Itoa(runtime.NumCPU()) + " cores"}
	return strings.Join(parts, ", ")
}

// model is the processor's name, where Linux tells it.
func model() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "a processor without a name"
}
