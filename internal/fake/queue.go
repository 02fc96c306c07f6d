package fake

import (
	"sync"

	"github.com/wharfinger/sdk/fault"
)

// faultQueue holds the faults to come, by operation.
type faultQueue struct {
	mu    sync.Mutex
	lists map[string][]fault.Fault
}

func (q *faultQueue) add(operationID string, faults []fault.Fault) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.lists == nil {
		q.lists = map[string][]fault.Fault{}
	}
	q.lists[operationID] = append(q.lists[operationID], faults...)
}

func (q *faultQueue) clear() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.lists = nil
}

func (q *faultQueue) pending() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := 0
	for _, list := range q.lists {
		n += len(list)
	}
	return n
}

// take gives the fault for one request: that of its operation first, then that for all, else none.
func (q *faultQueue) take(operationID string) fault.Fault {
	q.mu.Lock()
	defer q.mu.Unlock()
	id := operationID
	if len(q.lists[id]) == 0 {
		id = ""
	}
	list := q.lists[id]
	if len(list) == 0 {
		return fault.Fault{}
	}
	fault := list[0]
	switch {
	case fault.Times < 0:
	case fault.Times > 1:
		list[0].Times--
	default:
		q.lists[id] = list[1:]
	}
	return fault
}
