package codec_test

import (
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/codec"
)

func TestMasked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": false, "*": false, "**": false, "***": true, "******": true, strings.Repeat("*", 64): true,
		"******x": false, "x******": false, "****** ": false, "***-***": false, "•••": false,
	} {
		if got := codec.Masked(text); got != want {
			t.Errorf("Masked(%q) = %v", text, got)
		}
	}
}

func TestARequestNeverCarriesAMaskedSecret(t *testing.T) {
	t.Parallel()
	mask := sdk.NewSecret("******")
	cases := map[string]struct {
		write      func(*codec.Encoder)
		path, sent string
	}{
		"required member": {func(e *codec.Encoder) { codec.PutSecret(e, "m", mask, nil, codec.NonEmpty) }, "m", `{"m":"******"}`},
		"plain member":    {func(e *codec.Encoder) { codec.PutSecret(e, "m", mask, nil, codec.Plain) }, "m", `{"m":"******"}`},
		"optional member": {func(e *codec.Encoder) {
			v := sdk.Some(mask)
			codec.PutOpt(e, "m", &v, nil, codec.Nullable, codec.SecretOut)
		}, "m", `{"m":"******"}`},
		"element of an array": {func(e *codec.Encoder) {
			codec.PutSlice(e, "m", []sdk.Secret{sdk.NewSecret("real"), mask}, nil, codec.Plain, codec.SecretOut)
		}, "m[1]", `{"m":["real","******"]}`},
		"value of a map": {func(e *codec.Encoder) {
			codec.PutMap(e, "m", map[string]sdk.Secret{"key": mask}, nil, codec.Plain, codec.SecretOut)
		}, `m.*`, `{"m":{"key":"******"}}`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := strict(c.write)
			requireRefused(t, err, c.path, "mask")
			// What was received is marshaled as it came.
			e := codec.NewEncoder(false)
			e.Begin()
			c.write(e)
			e.End(nil)
			if got, err := e.Bytes(); err != nil || string(got) != c.sent {
				t.Errorf("lenient: %s, %v", got, err)
			}
		})
	}
}

func TestASecretThatLooksALittleLikeAMaskIsSent(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"*", "**", "***1", "pass***word"} {
		secret := sdk.NewSecret(text)
		got, err := strict(func(e *codec.Encoder) {
			codec.PutSecret(e, "m", secret, nil, codec.NonEmpty)
			v := sdk.Some(secret)
			codec.PutOpt(e, "o", &v, nil, codec.Plain, codec.SecretOut)
		})
		if want := `{"m":"` + text + `","o":"` + text + `"}`; err != nil || got != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}
