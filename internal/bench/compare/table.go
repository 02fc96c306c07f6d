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

// table prints a line for each job and a column for each client: the baseline as it is, the others as ratios to it.
func table(w io.Writer, place string, found map[string]cost, counted map[string]float64) {
	what := "time · bytes · allocations"
	if counted != nil {
		what += " · instructions"
	}
	fmt.Fprintf(w, "\n%s, %s:\n\n|", place, what)
	for _, c := range bench.Contenders() {
		fmt.Fprintf(w, " | %s", c.What)
	}
	fmt.Fprintf(w, " |\n|---%s|\n", strings.Repeat("|---", len(bench.Contenders())))
	for _, job := range bench.Jobs() {
		fmt.Fprintf(w, "| %s", job.What)
		base := job.Name + "/" + bench.Baseline
		for _, c := range bench.Contenders() {
			name := job.Name + "/" + c.Name
			cell := ratios(found[name], counted[name]/counted[base])
			if name == base {
				cell = amounts(found[name], counted[name])
			}
			if counted == nil {
				cell = cell[:len(cell)-1]
			}
			fmt.Fprintf(w, " | %s", strings.Join(cell, " · "))
		}
		fmt.Fprintln(w, " |")
	}
}

func ratios(c cost, instructions float64) []string {
	return []string{ratio(c.nanos), ratio(c.bytes), ratio(c.allocs), ratio(instructions)}
}

func ratio(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

func amounts(c cost, instructions float64) []string {
	return []string{short(c.nanos*1e-9, "s"), short(c.bytes, "B"), strings.TrimSpace(short(c.allocs, "")), strings.TrimSpace(short(instructions, ""))}
}

// short writes an amount with two digits or more, and the prefix of its unit.
func short(v float64, unit string) string {
	for _, scale := range []struct {
		of     float64
		prefix string
	}{{1e6, "M"}, {1e3, "k"}, {1, ""}, {1e-3, "m"}, {1e-6, "µ"}} {
		if v < scale.of {
			continue
		}
		v /= scale.of
		decimals := 0
		if v < 10 && scale.of != 1 {
			decimals = 1
		}
		return strconv.FormatFloat(v, 'f', decimals, 64) + " " + scale.prefix + unit
	}
	return "0 " + unit
}

// machine says when and where this was measured.
func machine() string {
	return strings.Join([]string{time.Now().Format(time.DateOnly), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, model(),
		strconv.Itoa(runtime.NumCPU()) + " cores"}, ", ")
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
