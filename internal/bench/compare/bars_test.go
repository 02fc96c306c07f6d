package main

import (
	"strings"
	"testing"

	"github.com/wharfinger/sdk/internal/bench"
)

// cheap is what a race finds in which this SDK costs a twentieth of every other client.
func cheap() (found map[string]cost, counted map[string]float64) {
	found, counted = map[string]cost{}, map[string]float64{}
	for _, job := range bench.Jobs() {
		for _, c := range bench.Contenders() {
			found[job.Name+"/"+c.Name], counted[job.Name+"/"+c.Name] = cost{1, 1, 1}, 1000
		}
		found[job.Name+"/sdk"], counted[job.Name+"/sdk"] = cost{0.05, 0.05, 0.05}, 50
	}
	return found, counted
}

func TestBars(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(found map[string]cost, counted map[string]float64)
		says  string // of the bar that is missed; empty: all are reached
	}{
		"reached":               {func(map[string]cost, map[string]float64) {}, ""},
		"allocations of a page": {func(f map[string]cost, _ map[string]float64) { f["page/sdk"] = cost{0.05, 0.05, 0.5} }, "**0.50 of 0.10: missed**"},
		"as dear as ogen's":     {func(_ map[string]cost, n map[string]float64) { n["get/ogen"] = 50 }, "**1.00 of 0.65: missed**"},
		"nothing was counted":   {func(_ map[string]cost, n map[string]float64) { clear(n) }, "**NaN of 0.65: missed**"},
		"nothing was found out": {func(f map[string]cost, _ map[string]float64) { f["page/sdk"] = cost{}.to(cost{}) }, "**NaN of 0.10: missed**"},
	} {
		found, counted := cheap()
		c.spoil(found, counted)
		var b strings.Builder
		if reached := judge(&b, found, counted); reached != (c.says == "") || !strings.Contains(b.String(), c.says) {
			t.Errorf("%s: reached is %v\n%s", name, reached, b.String())
		}
	}
}

func TestBarsWithoutCount(t *testing.T) {
	t.Parallel()
	found, _ := cheap()
	var b strings.Builder
	if !judge(&b, found, nil) || !strings.Contains(b.String(), "not counted") {
		t.Errorf("nothing is missed:\n%s", b.String())
	}
	found["items/sdk"] = cost{0.05, 0.5, 0.05}
	if judge(&b, found, nil) {
		t.Error("the bytes of the items are too many")
	}
}
