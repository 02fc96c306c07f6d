package faults_test

import "slices"

func waiting() []check {
	checks := slices.Concat(retryAfters(), backoffs(), cancellations())
	slices.SortStableFunc(checks, func(a, b check) int { return a.number - b.number })
	return checks
}
