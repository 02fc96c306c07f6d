package transport

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxWait stands for every longer wait: far beyond any bound, and safe to add to.
const maxWait = 100 * 365 * 24 * time.Hour

// retryAfter reads the Retry-After header: seconds, also with a fraction, or a date in any of HTTP's three forms. Of
// several values the longest counts. A date in the past is no wait; what can't be read is as if it weren't there.
func retryAfter(h http.Header, now time.Time) (wait time.Duration, ok bool) {
	for _, value := range h["Retry-After"] {
		if d, valid := parseRetryAfter(value, now); valid {
			wait, ok = max(wait, d), true
			continue
		}
		// Two header fields may have been joined by a comma on the way; a date has one of its own.
		for part := range strings.SplitSeq(value, ",") {
			if d, valid := parseRetryAfter(part, now); valid {
				wait, ok = max(wait, d), true
			}
		}
	}
	return wait, ok
}

func parseRetryAfter(value string, now time.Time) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseFloat(value, 64); err == nil || math.IsInf(seconds, 1) {
		return secondsToWait(seconds)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), maxWait), true
	}
	return 0, false
}

func secondsToWait(seconds float64) (time.Duration, bool) {
	switch {
	case math.IsNaN(seconds) || seconds < 0:
		return 0, false
	case seconds >= maxWait.Seconds():
		return maxWait, true
	}
	return time.Duration(seconds * float64(time.Second)), true
}
