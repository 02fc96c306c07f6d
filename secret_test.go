package sdk_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
)

// verbs are the verbs of package fmt with flags, and two that don't exist.
var verbs = []string{
	"v", "+v", "#v", "s", "+s", "#s", "q", "+q", "#q", "x", "X", "#x", "% x", "d", "+d", "b", "c", "o", "O", "U", "#U",
	"e", "g", "f", "t", "p", "#p", "T", "20s", "-20v", ".3s", "06d", "z", "!",
}

const hexSecret = "733363726574" // "s3cret" under %x

func TestSecretIsHiddenFromEveryVerb(t *testing.T) {
	t.Parallel()
	type (
		inner  struct{ Token sdk.Secret }
		hidden struct{ token sdk.Secret }
		outer  struct {
			inner
			Pointer *inner
			List    []sdk.Secret
			ByName  map[string]sdk.Secret
			Any     any
		}
	)
	s := sdk.NewSecret("s3cret")
	o := outer{inner{s}, &inner{s}, []sdk.Secret{s}, map[string]sdk.Secret{"a": s}, s}
	for _, verb := range verbs {
		for _, v := range []any{s, &s, o, &o, hidden{s}, &hidden{s}, []any{s, &s}, []hidden{{s}}, map[sdk.Secret]int{s: 1}} {
			got := fmt.Sprintf("%"+verb, v)
			if strings.Contains(got, "s3cret") || strings.Contains(strings.ToLower(got), hexSecret) {
				t.Errorf("%%%s of %T shows %s", verb, v, got)
			}
		}
	}
	if got := fmt.Sprintf("%v %s %+v %#v %q", s, s, s, s, s); got != strings.TrimSpace(strings.Repeat("[redacted] ", 5)) {
		t.Errorf("%s", got)
	}
	if got := fmt.Sprintf("%+v", inner{s}); got != "{Token:[redacted]}" {
		t.Errorf("%s", got)
	}
	if got := fmt.Sprint(errors.Join(fmt.Errorf("token %v: %w", s, errors.ErrUnsupported))); strings.Contains(got, "s3cret") {
		t.Errorf("%s", got)
	}
}

func TestSecretIsHiddenFromEncodersAndLogs(t *testing.T) {
	t.Parallel()
	s := sdk.NewSecret("s3cret")
	type config struct{ Token sdk.Secret }
	if b, err := json.Marshal(config{s}); err != nil || string(b) != `{"Token":"[redacted]"}` {
		t.Errorf("JSON: %s, %v", b, err)
	}
	if b, err := json.Marshal(map[sdk.Secret]int{s: 1}); err != nil || strings.Contains(string(b), "s3cret") {
		t.Errorf("JSON key: %s, %v", b, err)
	}
	if b, err := s.MarshalText(); err != nil || string(b) != "[redacted]" {
		t.Errorf("text: %s, %v", b, err)
	}
	if s.String() != "[redacted]" || s.GoString() != "[redacted]" {
		t.Errorf("%s, %s", s.String(), s.GoString())
	}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("message", "token", s, "pointer", &s, "config", config{s}, "any", slog.AnyValue(s), "list", []sdk.Secret{s})
	}
	if got := log.String(); strings.Contains(got, "s3cret") || !strings.Contains(got, "[redacted]") {
		t.Errorf("log: %s", got)
	}
}

func TestEmptySecretShowsThatItIsEmpty(t *testing.T) {
	t.Parallel()
	for _, s := range []sdk.Secret{{}, sdk.NewSecret("")} {
		b, err := json.Marshal(s)
		if !s.IsZero() || s.Reveal() != "" || s.String() != "" || fmt.Sprintf("%v%#v%d", s, s, s) != "" || string(b) != `""` || err != nil {
			t.Errorf("%q %q %s %v", s.Reveal(), s.String(), b, err)
		}
	}
}

func TestSecretIsRead(t *testing.T) {
	t.Parallel()
	var s sdk.Secret
	if err := json.Unmarshal([]byte(`"s3cr\u0065t"`), &s); err != nil || s.Reveal() != "s3cret" || s.IsZero() {
		t.Errorf("%q, %v", s.Reveal(), err)
	}
	if err := json.Unmarshal([]byte(`null`), &s); err != nil || s.Reveal() != "s3cret" {
		t.Errorf("null: %q, %v", s.Reveal(), err)
	}
	for _, doc := range []string{`5550123`, `{"k":"5550123"}`, `["5550123"]`, `true`} {
		if err := json.Unmarshal([]byte(doc), &s); err == nil || strings.Contains(err.Error(), "5550123") {
			t.Errorf("%s: %v", doc, err)
		}
	}
	if err := s.UnmarshalText([]byte("other")); err != nil || s.Reveal() != "other" {
		t.Errorf("text: %q, %v", s.Reveal(), err)
	}
}

func TestSecretsAreComparedByText(t *testing.T) {
	t.Parallel()
	a, b := sdk.NewSecret("a"), sdk.NewSecret("a")
	if !a.Equal(b) || !reflect.DeepEqual(a, b) || a.Equal(sdk.NewSecret("b")) || a.Equal(sdk.Secret{}) || !(sdk.Secret{}).Equal(sdk.NewSecret("")) {
		t.Error("comparison is wrong")
	}
}
