package transport

import (
	"math/rand/v2"
	"time"
)

// backoff gives a wait anywhere between nothing and base doubled with each repeat, up to limit (full jitter).
func backoff(base, limit time.Duration, repeat int) time.Duration {
	ceiling := limit
	if repeat < 32 && base <= limit>>repeat {
		ceiling = base << repeat
	}
	if ceiling <= 0 {
		return 0
	}
	return rand.N(ceiling) + 1
}

// later adds up to a tenth, and at most a second, to a wait that the server asked for: all who were turned away
// together shouldn't come back together, and never too early.
func later(wait time.Duration) time.Duration {
	if spread := min(wait/10, time.Second); spread > 0 && wait < maxWait {
		return wait + rand.N(spread)
	}
	return wait
}
