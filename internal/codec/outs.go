package codec

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/oapi-codegen/runtime/types"

	"github.com/wharfinger/sdk"
)

// A writer of elements writes one value of an array or a map, or a whole
// document.

// StringOut writes a string.
func StringOut(v *string, e *Encoder) { e.buf = appendString(e.buf, *v) }

// BoolOut writes a boolean.
func BoolOut(v *bool, e *Encoder) { e.buf = strconv.AppendBool(e.buf, *v) }

// IntOut writes an integer.
func IntOut[I ~int | ~int32 | ~int64](v *I, e *Encoder) { e.int(int64(*v)) }

// FloatOut writes a number; NaN and the infinities are refused.
func FloatOut(v *float64, e *Encoder) { e.float(*v) }

// TimeOut writes a time, as [PutTime] does.
func TimeOut(v *time.Time, e *Encoder) { e.time(*v) }

// DateOut writes a date.
func DateOut(v *types.Date, e *Encoder) {
	if year := v.Year(); year < 0 || year > 9999 {
		e.fail("is a date beyond what RFC 3339 can say", nil)
		return
	}
	e.buf = v.AppendFormat(append(e.buf, '"'), types.DateFormat)
	e.buf = append(e.buf, '"')
}

// BytesOut writes bytes as standard base64.
func BytesOut(v *[]byte, e *Encoder) { e.buf = writeBase64(e.buf, *v) }

// AnyOut writes a free-form value.
func AnyOut(v *any, e *Encoder) { e.any(*v) }

// RawOut writes JSON as it is, nil as null. What isn't JSON is refused.
func RawOut(v *json.RawMessage, e *Encoder) { e.raw(*v) }

// SecretOut writes the text of a secret. A strict encoder refuses a mask, see
// [Masked].
func SecretOut(v *sdk.Secret, e *Encoder) {
	if e.strict && Masked(v.Reveal()) {
		e.fail(maskReason, nil)
	}
	e.secret(*v)
	e.buf = appendString(e.buf, v.Reveal())
}

// EnumOut writes an enum value.
func EnumOut[E ~string](v *E, e *Encoder) { e.buf = appendString(e.buf, string(*v)) }

// SliceOut returns the writer of an array whose elements elem writes; nil gives
// [].
func SliceOut[T any](elem func(*T, *Encoder)) func(*[]T, *Encoder) {
	return func(v *[]T, e *Encoder) {
		begin := e.array()
		for i := range *v {
			e.item(i, len(*v), begin)
			if elem(&(*v)[i], e); e.err != nil {
				break
			}
		}
		e.pop(']')
	}
}

// MapOut returns the writer of a map whose values elem writes, sorted by name;
// nil gives {}.
func MapOut[T any](elem func(*T, *Encoder)) func(*map[string]T, *Encoder) {
	return func(v *map[string]T, e *Encoder) { writeMap(e, *v, elem) }
}

// OptOut returns the writer of an element that may be null. An absent one, which
// an array has no way to say, is written as null too.
func OptOut[T any](elem func(*T, *Encoder)) func(*sdk.Optional[T], *Encoder) {
	return func(v *sdk.Optional[T], e *Encoder) {
		if p := v.Ptr(); p != nil {
			elem(p, e)
			return
		}
		e.null()
	}
}

func (e *Encoder) int(n int64) { e.buf = strconv.AppendInt(e.buf, n, 10) }

func (e *Encoder) float(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		e.fail("is not a finite number", nil)
		return
	}
	e.buf = appendFloat(e.buf, f)
}

// array opens an array and returns where its first element begins.
func (e *Encoder) array() (begin int) {
	e.push(frame{names: -1})
	e.buf = append(e.buf, '[')
	return len(e.buf)
}

// item goes to element i of n, in the array whose first element begins at begin.
func (e *Encoder) item(i, n, begin int) {
	if i > 0 {
		e.buf = append(e.buf, ',')
	}
	if i == 1 {
		e.reserve((len(e.buf) - begin) * n)
	}
	e.frames[len(e.frames)-1].index = int32(i)
}

// reserve makes room for n bytes, if that is more than there is. The first
// element of an array says little about the others, so there is a limit.
func (e *Encoder) reserve(n int) {
	const most = 256 << 10
	if n = min(n+n/8, most); n > cap(e.buf)-len(e.buf) {
		e.buf = slices.Grow(e.buf, n)
	}
}

func writeMap[T any](e *Encoder, m map[string]T, elem func(*T, *Encoder)) {
	if e.err != nil {
		return
	}
	base := len(e.names)
	e.push(frame{names: int32(base), index: -1})
	e.buf = append(e.buf, '{')
	var v T
	for _, key := range slices.Sorted(maps.Keys(m)) {
		e.names = e.names[:base]
		e.member(key)
		v = m[key]
		if elem(&v, e); e.err != nil {
			break
		}
	}
	e.names = e.names[:base]
	e.pop('}')
}
