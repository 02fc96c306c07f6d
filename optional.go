package sdk

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// Optional is a member that may be left out or, where the platform's document
// says so, be null: it keeps apart what a plain value can't, so that false, 0
// and "" can be sent and "leave it unchanged" still has a spelling.
//
// The zero value is absent: it isn't sent. [Some] makes a value, [Null] the
// null. Reading is [Optional.Get] or [Optional.Or].
//
// An Optional is a plain struct: copying it copies the value, and two of them
// can be compared with == wherever two T can.
type Optional[T any] struct {
	value T
	state optionalState
}

type optionalState uint8

const (
	optionalAbsent optionalState = iota
	optionalNull
	optionalValue
)

// Some returns an Optional that holds v, also when v is the zero value of T.
func Some[T any](v T) Optional[T] {
	return Optional[T]{value: v, state: optionalValue}
}

// Null returns an Optional that is sent as null. A request member that the
// platform's document doesn't call nullable is refused before anything is sent.
func Null[T any]() Optional[T] {
	return Optional[T]{state: optionalNull}
}

// Get returns the value and true, or the zero value of T and false when there
// is none: absent or null.
func (o Optional[T]) Get() (T, bool) {
	return o.value, o.state == optionalValue
}

// Or returns the value, or def when there is none: absent or null.
func (o Optional[T]) Or(def T) T {
	if o.state == optionalValue {
		return o.value
	}
	return def
}

// Ptr returns a pointer to the value inside o, for changing it in place without
// copying it, or nil when there is none: absent or null.
func (o *Optional[T]) Ptr() *T {
	if o.state == optionalValue {
		return &o.value
	}
	return nil
}

// IsNull reports whether o is an explicit null. It is false when o is absent.
func (o Optional[T]) IsNull() bool { return o.state == optionalNull }

// IsZero reports whether o is absent: neither a value nor null. It is what the
// omitzero option of encoding/json asks for.
func (o Optional[T]) IsZero() bool { return o.state == optionalAbsent }

// MarshalJSON encodes the value, and null when there is none. Absence can only
// be shown by leaving a member out, so a struct of yours needs the omitzero
// option in its json tag.
func (o Optional[T]) MarshalJSON() ([]byte, error) {
	if o.state != optionalValue {
		return []byte("null"), nil
	}
	return json.Marshal(o.value)
}

// UnmarshalJSON makes o null for null and a value for everything else. After an
// error o is as it was.
func (o *Optional[T]) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*o = Optional[T]{state: optionalNull}
		return nil
	}
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*o = Optional[T]{value: v, state: optionalValue}
	return nil
}

// LogValue gives log/slog the value itself, whose own LogValue then counts, and null or "absent" where there is none:
// JSON handlers would otherwise write what MarshalJSON does, secret members included.
func (o Optional[T]) LogValue() slog.Value {
	switch o.state {
	case optionalValue:
		return slog.AnyValue(o.value)
	case optionalNull:
		return slog.AnyValue(nil)
	}
	return slog.StringValue("absent")
}

// Format prints the value with the verb and flags given, or "null", or
// "absent". It stands here so that no verb reaches past the value's own
// methods: an Optional[Secret] stays redacted under %d and %#v as well.
func (o Optional[T]) Format(state fmt.State, verb rune) {
	switch o.state {
	case optionalValue:
		fmt.Fprintf(state, fmt.FormatString(state, verb), o.value)
	case optionalNull:
		_, _ = io.WriteString(state, "null")
	default:
		_, _ = io.WriteString(state, "absent")
	}
}
