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

// judge names the bars that were not reached. Without counted instructions, only the others are looked at.
func judge(w io.Writer, found map[string]cost, counted map[string]float64) (ok bool) {
	bars := hurdles
	if jsonV2 {
		bars = hurdlesV2
	}
	ok = true
	check := func(job, what string, is, most float64) {
		if most > 0 && is > most {
			fmt.Fprintf(w, "compare: %s: %s are %.3f, more than %.2f\n", job, what, is, most)
			ok = false
		}
	}
	for _, job := range bench.Jobs() {
		most, own := bars[job.Name], job.Name+"/sdk"
		check(job.Name, "bytes", found[own].bytes, most.bytes)
		check(job.Name, "allocations", found[own].allocs, most.allocs)
		if counted != nil {
			check(job.Name, "instructions", counted[own]/counted[job.Name+"/"+bench.Baseline], most.instructions)
			check(job.Name, "instructions to ogen's", counted[own]/counted[job.Name+"/ogen"], most.toOgen)
		}
	}
	return ok
}
