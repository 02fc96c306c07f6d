package fake

import "github.com/wharfinger/sdk/fault"

// replaces says whether the fault stands in for the platform.
func replaces(f fault.Fault) bool {
	return f.Status != 0 || f.Body != nil || f.HTML || f.Garbage || f.Redirect != "" ||
		f.Flood > 0 || f.GzipBomb > 0 || f.Stall
}

// harmless says whether the request is answered as usual.
func harmless(f fault.Fault) bool {
	return !replaces(f) && f.ContentType == "" && f.RetryAfter == 0 && len(f.Header) == 0 && !f.EmptyBody && f.Trailing == "" && f.Delay == 0 &&
		f.SlowBytes == 0 && !f.CutBody && !f.NoLength && !f.Drop && f.Reset == fault.Never
}
