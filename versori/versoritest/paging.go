package versoritest

import (
	"encoding/base64"
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
	behind := func(a, b int64) bool { return a != b && a > b != newestFirst }
	from, to := 0, len(list)
	after, err := cursorIn(r, "after")
	if err != nil {
		return page[T]{}, err
	}
	if at, ok := after.Get(); ok {
		for from < to && !behind(number(list[from]), at) {
			from++
		}
	}
	before, err := cursorIn(r, "before")
	if err != nil {
		return page[T]{}, err
	}
	if at, ok := before.Get(); ok {
		for from < to && !behind(at, number(list[to-1])) {
			to--
		}
	}
	switch size := r.Int("first", 20); {
	case to-from <= size:
	case after.IsZero() && !before.IsZero():
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
	return p, nil
}

func cursor(number int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte("at:" + strconv.FormatInt(number, 10)))
}

// readCursor is the number that a cursor was made of; false for what isn't a cursor.
func readCursor(text string) (int64, bool) {
	plain, err := base64.RawURLEncoding.DecodeString(text)
	digits, ok := strings.CutPrefix(string(plain), "at:")
	number, bad := strconv.ParseInt(digits, 10, 64)
	return number, err == nil && ok && bad == nil
}

// cursorIn is the number of the cursor in a parameter; absent if the request has none.
func cursorIn(r *fake.Request, parameter string) (sdk.Optional[int64], error) {
	text := r.Query(parameter)
	if text == "" {
		return sdk.Optional[int64]{}, nil
	}
	number, ok := readCursor(text)
	if !ok {
		return sdk.Optional[int64]{}, invalidRequest(parameter + " is not a cursor of this list")
	}
	return sdk.Some(number), nil
}
