package codec

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/wharfinger/sdk"
)

// any writes a free-form value: what the decoder makes of one and the plain Go
// values without reflection, others through encoding/json.
func (e *Encoder) any(v any) {
	if e.err != nil {
		return
	}
	switch v := v.(type) {
	case nil:
		e.null()
	case string:
		e.buf = appendString(e.buf, v)
	case bool:
		BoolOut(&v, e)
	case int:
		e.int(int64(v))
	case int64:
		e.int(v)
	case float64:
		e.float(v)
	case json.Number:
		e.number(v)
	case json.RawMessage:
		e.raw(v)
	case time.Time:
		e.time(v)
	case sdk.Secret:
		SecretOut(&v, e)
	case map[string]any:
		if v == nil {
			e.null()
			return
		}
		writeMap(e, v, AnyOut)
	case []any:
		if v == nil {
			e.null()
			return
		}
		SliceOut(AnyOut)(&v, e)
	default:
		e.reflected(v)
	}
}

// number writes a number as it was read; an empty one is 0, as in encoding/json.
func (e *Encoder) number(n json.Number) {
	if n == "" {
		n = "0"
	}
	if end, msg := numberEnd([]byte(n), 0); msg != "" || end != len(n) {
		e.fail("is not a number", nil)
		return
	}
	e.buf = append(e.buf, n...)
}

// reflected writes a value of a type of the caller's own.
func (e *Encoder) reflected(v any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		e.fail("can't be encoded as JSON: "+err.Error(), err)
		return
	}
	e.buf = append(e.buf, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}
