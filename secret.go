package sdk

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// redacted stands wherever a secret would otherwise be shown.
const redacted = "[redacted]"

// Secret is a string that must not appear in logs, dumps and errors: a token, a
// password, a signing key. Every formatting verb, encoding/json,
// encoding.TextMarshaler and log/slog show "[redacted]", or nothing at all for
// the empty secret, so that a forgotten token can be told from a hidden one.
// [Secret.Reveal] is the only way to the text, and is easy to search for.
//
// Requests of this module's clients do carry the text: what is hidden from
// people is not hidden from the platform it belongs to.
//
// The zero value is the empty secret. Compare with [Secret.Equal]; == compares
// identities, not texts.
type Secret struct {
	// A pointer to a string rather than a string: fmt prints unexported fields by
	// reflection without asking their methods, and of a pointer to a string it
	// shows the address alone.
	text *string
}

// NewSecret returns a Secret that holds text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal returns the text itself.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether the secret is empty.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

// Equal reports whether both hold the same text, in a time that depends on the
// lengths alone.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other.Reveal())) == 1
}

func (s Secret) shown() string {
	if s.IsZero() {
		return ""
	}
	return redacted
}

// String returns "[redacted]", or "" for the empty secret.
func (s Secret) String() string { return s.shown() }

// GoString returns what String returns.
func (s Secret) GoString() string { return s.shown() }

// Format writes "[redacted]" for every verb and flag, or nothing for the empty
// secret.
func (s Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, s.shown()) }

// LogValue gives log/slog "[redacted]", or "" for the empty secret.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.shown()) }

// MarshalText gives "[redacted]", or "" for the empty secret. What was marshaled
// can't be read back.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.shown()), nil }

// MarshalJSON gives "[redacted]", or "" for the empty secret. What was marshaled
// can't be read back.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.shown() + `"`), nil }

// UnmarshalText reads the text of a secret, from a configuration file or a flag
// for example.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}

// UnmarshalJSON reads a JSON string; null changes nothing. The error for
// anything else doesn't quote it.
func (s *Secret) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return errors.New("sdk: a secret must be a JSON string")
	}
	*s = NewSecret(text)
	return nil
}
