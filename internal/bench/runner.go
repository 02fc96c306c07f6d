package bench

import (
	"fmt"
	"net/http"
)

// Contender is a runner by name.
type Contender struct {
	Name string
	What string
	// New makes the runner. A nil transport is the one that the client has by itself.
	New func(base string, transport http.RoundTripper) (Runner, error)
}

// Baseline is the contender that all are measured by.
const Baseline = "hand"

// Contenders are all runners, the baseline first.
func Contenders() []Contender {
	return []Contender{
		{Baseline, "net/http and encoding/json by hand", newHand},
		{"sdk", "this SDK, with all protections", newSDK},
		{"ogen", "ogen v1.16.0", newOgen},
		{"oapi", "oapi-codegen v2.8.2", newOAPI},
		{"resty", "resty v2.17.2", newResty},
	}
}

// statusError is what a runner that checks the status itself says of one that isn't 200.
func statusError(status int) error { return fmt.Errorf("the status is %d", status) }
