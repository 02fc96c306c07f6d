// Package assert holds what the tests of several packages want to be so.
package assert

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/samples"
)

// Equal wants two values to be the same.
func Equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// Lines wants two lists of texts to be the same.
func Lines(t testing.TB, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

// Is wants errors.Is to find each target in an error.
func Is(t testing.TB, err error, targets ...error) {
	t.Helper()
	for _, target := range targets {
		if !errors.Is(err, target) {
			t.Errorf("got error %v, want one that matches %v", err, target)
		}
	}
}

// APIError wants a call to have failed as calls do, and gives its error.
func APIError(t testing.TB, err error) *sdk.Error {
	t.Helper()
	var e *sdk.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %T, want an *sdk.Error: %v", err, err)
	}
	return e
}

// Refusal wants a call to have failed with a status, a code, and a message that holds a text.
func Refusal(t testing.TB, err error, status int, code, message string) {
	t.Helper()
	e := APIError(t, err)
	if e.Status != status || e.Code != code || !strings.Contains(e.Message, message) {
		t.Errorf("got %d, %q, %q; want %d, %q, %q", e.Status, e.Code, e.Message, status, code, message)
	}
}

// JSON wants a value to be written as JSON that says the same as want.
func JSON(t testing.TB, what string, got any, want string) {
	t.Helper()
	text := Encoded(t, got)
	if diff := samples.Compare([]byte(want), []byte(text)); diff != "" {
		t.Errorf("%s: %s\n got %s\nwant %s", what, diff, text, want)
	}
}

// Encoded writes a value as JSON, which must succeed.
func Encoded(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Decoded reads JSON, which must succeed.
func Decoded[T any](t testing.TB, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}
