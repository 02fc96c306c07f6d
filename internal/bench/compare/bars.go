package main

import (
	"fmt"
	"io"

	"github.com/wharfinger/sdk/internal/bench"
)

// bar is the most that this SDK may cost at a job over a transport that answers from memory, as a ratio. 0 is no bar.
// There is none for time, which says more about the machine than about the code.
type bar struct{ instructions, toOgen, bytes, allocs float64 }

// hurdles are the bars with encoding/json as it was before its version 2, by which the baseline works.
var hurdles = map[string]bar{
	"get":   {instructions: 0.40, toOgen: 0.65},
	"post":  {instructions: 0.45},
	"page":  {instructions: 0.22, toOgen: 0.80, bytes: 0.35, allocs: 0.10},
	"items": {instructions: 0.22, bytes: 0.35, allocs: 0.10},
}

// hurdlesV2 are those with encoding/json as it is from version 2 on, where the baseline is faster.
var hurdlesV2 = map[string]bar{
	"get":   {instructions: 0.50, toOgen: 0.65},
	"page":  {instructions: 0.33, toOgen: 0.80, bytes: 0.35, allocs: 0.10},
	"items": {instructions: 0.33, bytes: 0.35, allocs: 0.10},
}

// judge prints each bar with what was found, and tells whether all are reached. Without counted instructions it looks at the
// others alone.
func judge(w io.Writer, found map[string]cost, counted map[string]float64) (reached bool) {
	bars := hurdles
	if jsonV2 {
		bars = hurdlesV2
	}
	reached = true
	cell := func(is, most float64) string {
		switch {
		case most == 0:
			return ""
		case !(is <= most): // also what is no number
			reached = false
			return fmt.Sprintf("**%.2f of %.2f: missed**", is, most)
		}
		return fmt.Sprintf("%.2f of %.2f", is, most)
	}
	fmt.Fprintf(w, "\nWhat this SDK may cost there at most, as a ratio to the client by hand or to ogen's:\n\n| | instructions | instructions, to ogen | bytes | allocations |\n|---|--:|--:|--:|--:|\n")
	for _, job := range bench.Jobs() {
		most, own := bars[job.Name], job.Name+"/sdk"
		instructions, toOgen := "not counted", "not counted"
		if counted != nil {
			instructions = cell(counted[own]/counted[job.Name+"/"+bench.Baseline], most.instructions)
			toOgen = cell(counted[own]/counted[job.Name+"/ogen"], most.toOgen)
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", job.What, instructions, toOgen, cell(found[own].bytes, most.bytes), cell(found[own].allocs, most.allocs))
	}
	return reached
}
