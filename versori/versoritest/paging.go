package versoritest

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
)

// page is one page of a list that is read by first, after and before.
type page[T any] struct {
	items      []T // never nil
	total      int
	next, prev sdk.Optional[string]
}

// paged cuts the page that a request asks for out of a list, which is given in the order in which it is answered: by
// the number of each item, rising, or falling where newestFirst is set. Cursors are made of the numbers, so they stay
// good when items come and go. A cursor that isn't one is refused.
func paged[T any](r *fake.Request, list []T, number func(T) int64, newestFirst bool) (page[T], error) {
	from, to := 0, len(list)
	place := func(name string, equal int) (int, error) { // of the first item behind the cursor, or at it
		at, ok := readCursor(r.Query(name))
		if !ok {
			return 0, refuse(http.StatusBadRequest, "The request is not valid", name+" is not a cursor of this list")
		}
		i := slices.IndexFunc(list, func(item T) bool {
			order := compareNumbers(number(item), at, newestFirst)
			return order > 0 || order == 0 && equal == 0
		})
		if i < 0 {
			i = len(list)
		}
		return i, nil
	}
	var err error
	if r.Query("after") != "" {
		if from, err = place("after", 1); err != nil {
			return page[T]{}, err
		}
	}
	if r.Query("before") != "" {
		if to, err = place("before", 0); err != nil {
			return page[T]{}, err
		}
		to = max(from, to)
	}
	return window(list, from, to, r.Int("first", 20), r.Query("after") == "" && r.Query("before") != "", number), nil
}

// window is the page of at most size items between two places, at the end of them or at their beginning.
func window[T any](list []T, from, to, size int, fromTheEnd bool, number func(T) int64) page[T] {
	switch {
	case to-from <= size:
	case fromTheEnd:
		from = to - size
	default:
		to = from + size
	}
	p := page[T]{items: append([]T{}, list[from:to]...), total: len(list)}
	if from < to && to < len(list) {
		p.next = sdk.Some(cursor(number(list[to-1])))
	}
	if from < to && from > 0 {
		p.prev = sdk.Some(cursor(number(list[from])))
	}
	return p
}

func compareNumbers(a, b int64, falling bool) int {
	switch {
	case a == b:
		return 0
	case a > b != falling:
		return 1
	}
	return -1
}

func cursor(number int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte("at:" + strconv.FormatInt(number, 10)))
}

func readCursor(text string) (int64, bool) {
	plain, err := base64.RawURLEncoding.DecodeString(text)
	digits, ok := strings.CutPrefix(string(plain), "at:")
	number, bad := strconv.ParseInt(digits, 10, 64)
	return number, err == nil && ok && bad == nil
}
