package versori

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Key is a key of a KV store, in segments: Key{"cursor", "orders"}. It can be used wherever a []string is asked for.
//
// The keys of workflows begin with the scope they were written in:
//
//	Key{organisationID}.With("rates")                                                     // of the organisation
//	Key{organisationID, projectID, "production"}.With("cursor", "orders")                 // of an environment
//	Key{organisationID, projectID, "production", EndUserSegment("merchant-42")}.With(…)   // of an end user
//
// Others have the id of an activation, or of an execution, in the fourth place.
type Key []string

// With is the key with more segments after it. k stays as it is.
func (k Key) With(segments ...string) Key {
	return slices.Concat(k, segments)
}

// Path joins the segments by slashes, as [KVService.Get], [KVService.Set] and [KVService.Delete] take them. It refuses
// what would reach something else there: no segments at all, a segment that is empty, "." or "..", a segment with a slash
// in it, and the single segments batch, list and count, which are the addresses of other calls. [KVService.BatchGet] and
// [KVService.BatchSet] take the segments as they are. Its error matches [sdk.ErrInvalidRequest].
func (k Key) Path() (string, error) {
	const operation = "Key.Path"
	if err := k.check(operation); err != nil {
		return "", err
	}
	for i, segment := range k {
		switch {
		case strings.Contains(segment, "/"):
			return "", refusal(operation, fmt.Sprintf("segment %d of the key holds a slash, which would separate two segments; use a batch call", i+1))
		case segment == "." || segment == "..":
			return "", refusal(operation, fmt.Sprintf("segment %d of the key is %q, which no path can hold; use a batch call", i+1, segment))
		}
	}
	if len(k) == 1 {
		switch k[0] {
		case "batch", "list", "count":
			return "", refusal(operation, fmt.Sprintf("the key %q has the address of another call; use a batch call", k[0]))
		}
	}
	return strings.Join(k, "/"), nil
}

// check refuses what is no key.
func (k Key) check(operation string) error {
	if len(k) == 0 {
		return refusal(operation, "the key has no segments")
	}
	return k.checkPrefix(operation)
}

// checkPrefix refuses what is no prefix; one without segments is.
func (k Key) checkPrefix(operation string) error {
	if i := slices.Index(k, ""); i >= 0 {
		return refusal(operation, fmt.Sprintf("segment %d of the key is empty", i+1))
	}
	return nil
}

// String is the key for people, each segment in quotes where it needs them: cursor/orders.
func (k Key) String() string {
	shown := make([]string, len(k))
	for i, segment := range k {
		shown[i] = segment
		if quoted := strconv.Quote(segment); len(quoted) != len(segment)+2 || segment == "" || strings.ContainsAny(segment, "/ ") {
			shown[i] = quoted
		}
	}
	return strings.Join(shown, "/")
}

// EndUserSegment is the segment that stands for an end user in the keys of workflows: the SHA-256 of the external id in
// hexadecimal digits.
func EndUserSegment(externalID string) string {
	sum := sha256.Sum256([]byte(externalID))
	return hex.EncodeToString(sum[:])
}
