package transport

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"

	"github.com/oapi-codegen/runtime"
)

// Query gathers query parameters in the order they are added. The zero value is ready. Its first error stays and refuses
// the call.
type Query struct {
	buf []byte
	err error
}

// Add appends one parameter.
func (q *Query) Add(name, value string) {
	q.name(name)
	q.buf = appendEscaped(q.buf, value)
}

// Required appends one parameter that the operation can't do without; an empty one is refused.
func (q *Query) Required(name, value string) {
	if value == "" {
		q.Refuse(name, "is required")
		return
	}
	q.Add(name, value)
}

// Int appends a whole number.
func (q *Query) Int(name string, value int64) {
	q.name(name)
	q.buf = strconv.AppendInt(q.buf, value, 10)
}

// Bool appends true or false.
func (q *Query) Bool(name string, value bool) {
	q.name(name)
	q.buf = strconv.AppendBool(q.buf, value)
}

// Float appends a number; one that isn't finite is refused.
func (q *Query) Float(name string, value float64) {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		q.Refuse(name, "is not a finite number")
		return
	}
	q.name(name)
	q.buf = strconv.AppendFloat(q.buf, value, 'f', -1, 64)
}

// Time appends an instant as RFC 3339, in UTC.
func (q *Query) Time(name string, value time.Time) {
	value = value.UTC()
	if y := value.Year(); y < 0 || y > 9999 {
		q.Refuse(name, "is out of the range of RFC 3339")
		return
	}
	var room [len(time.RFC3339Nano)]byte
	q.Add(name, string(value.AppendFormat(room[:0], time.RFC3339Nano)))
}

// Styled appends a parameter in one of OpenAPI's styles, such as an array or a deepObject. An empty array or object
// appends nothing.
func (q *Query) Styled(name, style string, explode bool, v any) {
	switch rv := reflect.ValueOf(v); rv.Kind() {
	case reflect.Invalid:
		q.Refuse(name, "is nil")
		return
	case reflect.Pointer:
		if rv.IsNil() {
			q.Refuse(name, "is nil")
			return
		}
	case reflect.Slice, reflect.Map:
		if rv.Len() == 0 {
			return
		}
	}
	styled, err := runtime.StyleParamWithOptions(style, explode, name, v, runtime.StyleParamOptions{ParamLocation: runtime.ParamLocationQuery})
	if err != nil {
		q.Refuse(name, "can't be written in its style") // err may show the value
		return
	}
	if styled != "" {
		q.separate()
		q.buf = append(q.buf, styled...)
	}
}

// Refuse makes the call fail before anything is sent, such as for a filter that would widen when empty.
func (q *Query) Refuse(name, reason string) {
	if q.err == nil {
		q.err = fmt.Errorf("query parameter %s %s", name, reason)
	}
}

func (q *Query) name(name string) {
	q.separate()
	q.buf = append(appendEscaped(q.buf, name), '=')
}

func (q *Query) separate() {
	if q.buf == nil {
		q.buf = make([]byte, 0, 64)
	}
	if len(q.buf) > 0 {
		q.buf = append(q.buf, '&')
	}
}
