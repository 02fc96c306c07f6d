package fake

import (
	"fmt"
	"sync"
)

// IDs makes identifiers by counting: the same ones in every run, different from one another, and easy to tell apart in
// a failed test. The zero value is ready, and safe for concurrent use.
type IDs struct {
	mu     sync.Mutex
	counts map[string]uint64
}

// UUID is a version 4 UUID by its shape: 00000000-0000-4000-8000-000000000001 is the first.
func (i *IDs) UUID() string {
	n := i.next("uuid")
	return fmt.Sprintf("%08x-%04x-4000-8000-%012x", n>>60, n>>48&0xfff, n&0xffffffffffff)
}

// ULID is a ULID by its shape: 01J00000000000000000000001 is the first. They sort in the order in which they were made.
func (i *IDs) ULID() string {
	const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	id := []byte("01J00000000000000000000000")
	for n, at := i.next("ulid"), len(id)-1; n > 0; n, at = n>>5, at-1 {
		id[at] = digits[n&31]
	}
	return string(id)
}

// Prefixed is a prefix and a number: Prefixed("rel_") gives rel_000001 first. Each prefix is counted by itself.
func (i *IDs) Prefixed(prefix string) string {
	return fmt.Sprintf("%s%06d", prefix, i.next("prefix "+prefix))
}

// Number counts from 1, each kind by itself.
func (i *IDs) Number(kind string) int64 { return int64(i.next("number " + kind)) }

func (i *IDs) next(kind string) uint64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.counts == nil {
		i.counts = map[string]uint64{}
	}
	i.counts[kind]++
	return i.counts[kind]
}
