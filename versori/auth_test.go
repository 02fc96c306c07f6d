package versori_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
)

const signingKeyID = "01JTESTS1GN1NGKEY000000000"

// signingKey is a private key, made once because that takes a while.
var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func pkcs8(t testing.TB, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func newSigner(t testing.TB) *versori.Signer {
	t.Helper()
	signer, err := versori.NewSigner(signingKeyID, pkcs8(t, signingKey()))
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// opened checks the signature of a token and gives its header and claims.
func opened(t *testing.T, token sdk.Secret) (header, claims string) {
	t.Helper()
	parts := strings.Split(token.Reveal(), ".")
	if len(parts) != 3 {
		t.Fatalf("a token of %d parts", len(parts))
	}
	var decoded [3][]byte
	for i, part := range parts {
		var err error
		if decoded[i], err = base64.RawURLEncoding.DecodeString(part); err != nil {
			t.Fatal(err)
		}
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(&signingKey().PublicKey, crypto.SHA256, digest[:], decoded[2]); err != nil {
		t.Error(err)
	}
	return string(decoded[0]), string(decoded[1])
}

func TestTokensAreSignedAndSayWhoForAndForHowLong(t *testing.T) {
	t.Parallel()
	signer := newSigner(t)
	const begin = 946684800 // when the clock of testing/synctest begins
	for name, c := range map[string]struct {
		subject string
		ttl     time.Duration
		want    string
	}{
		"for a while":             {"merchant-42", 10 * time.Minute, fmt.Sprintf(`"sub":"merchant-42","iat":%d,"exp":%d`, begin, begin+600)},
		"for an hour unless told": {"merchant-42", 0, fmt.Sprintf(`"sub":"merchant-42","iat":%d,"exp":%d`, begin, begin+3600)},
		"for whole seconds":       {"merchant-42", 1900 * time.Millisecond, fmt.Sprintf(`"sub":"merchant-42","iat":%d,"exp":%d`, begin, begin+1)},
		"for an odd subject":      {`a"b\ü`, time.Second, fmt.Sprintf(`"sub":"a\"b\\ü","iat":%d,"exp":%d`, begin, begin+1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				token, err := signer.Token(c.subject, c.ttl)
				if err != nil {
					t.Fatal(err)
				}
				header, claims := opened(t, token)
				assert.Equal(t, "header", header, `{"alg":"RS256","typ":"JWT"}`)
				assert.Equal(t, "claims", claims, `{"iss":"https://versori.com/sk/`+signingKeyID+`",`+c.want+`}`)
			})
		})
	}
}

func TestTokensThatCannotBeMade(t *testing.T) {
	t.Parallel()
	signer := newSigner(t)
	var none *versori.Signer
	for name, make := range map[string]func() (sdk.Secret, error){
		"without a subject":   func() (sdk.Secret, error) { return signer.Token("", time.Hour) },
		"for a negative time": func() (sdk.Secret, error) { return signer.Token("a", -time.Hour) },
		"for no whole second": func() (sdk.Secret, error) { return signer.Token("a", time.Millisecond) },
		"without a signer":    func() (sdk.Secret, error) { return none.Token("a", time.Hour) },
		"with a zero signer":  func() (sdk.Secret, error) { return (&versori.Signer{}).Token("a", time.Hour) },
		"by a zero source":    func() (sdk.Secret, error) { return none.Source("a", time.Hour).Token(t.Context()) },
	} {
		if token, err := make(); err == nil || !token.IsZero() {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestSigningKeysThatAreRefused(t *testing.T) {
	t.Parallel()
	good := string(pkcs8(t, signingKey()))
	pkcs1 := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(signingKey())})
	public, _ := x509.MarshalPKIXPublicKey(&signingKey().PublicKey)
	elliptical, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ id, pem, says string }{
		"no id":                             {"", good, "id of the signing key"},
		"an id that is an address":          {"https://versori.com/sk/1", good, "id of the signing key"},
		"nothing":                           {"id", "", "is not in PEM"},
		"no PEM":                            {"id", "secret", "is not in PEM"},
		"a PEM in one line":                 {"id", strings.ReplaceAll(good, "\n", `\n`), `line breaks are written as \n`},
		"PKCS #1":                           {"id", string(pkcs1), `is not a PEM block "PRIVATE KEY" (PKCS #8)`},
		"a public key":                      {"id", string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})), `is not a PEM block "PRIVATE KEY"`},
		"a key that isn't RSA":              {"id", string(pkcs8(t, elliptical)), "is not an RSA key"},
		"a key that is too short":           {"id", string(pkcs8(t, short)), "fewer than 2048 bits"},
		"a block with something else in it": {"id", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("secret")})), "can't be parsed"},
		"two blocks":                        {"id", good + good, "something after its PEM block"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := versori.NewSigner(c.id, []byte(c.pem))
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %v, want %q in it", err, c.says)
			}
		})
	}
	if _, err := versori.NewSigner("id", []byte("A key:\r\n"+strings.ReplaceAll(good, "\n", "\r\n")+"\r\n")); err != nil {
		t.Errorf("text before the block and other line breaks: %v", err)
	}
}

func FuzzNewSigner(f *testing.F) {
	good := pkcs8(f, signingKey())
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		signer, err := versori.NewSigner("id", text)
		if (signer == nil) == (err == nil) {
			t.Errorf("got %v and %v", signer, err)
		}
	})
}

func TestASignerShowsNothing(t *testing.T) {
	t.Parallel()
	signer := newSigner(t)
	var log strings.Builder
	logger := slog.New(slog.NewTextHandler(&log, nil))
	logger.Info("x", "signer", signer)
	for _, shown := range []string{fmt.Sprint(signer), fmt.Sprintf("%+v %#v %s %d", signer, signer, signer, signer), log.String()} {
		if !strings.Contains(shown, signingKeyID) || strings.Contains(shown, signingKey().D.String()[:20]) || strings.Contains(shown, "0x") {
			t.Errorf("shows %s", shown)
		}
	}
	var none *versori.Signer
	assert.Equal(t, "nil", fmt.Sprint(none), "versori.Signer(nil)")
}

// serveTokens answers projects, with 401 as often as it is told, and keeps the Authorization headers.
func serveTokens(t *testing.T, refusals int, opts ...sdk.Option) (*[]string, *versori.Client) {
	var seen []string
	_, client := serveRaw(t, func(r *http.Request) (int, string) {
		seen = append(seen, r.Header.Get("Authorization"))
		if refusals > 0 {
			refusals--
			return http.StatusUnauthorized, `{}`
		}
		return http.StatusOK, `{"projects":[]}`
	}, opts...)
	return &seen, client
}

func list(t *testing.T, client *versori.Client) {
	t.Helper()
	if _, err := client.Projects.List(t.Context(), versori.ProjectListParams{}); err != nil {
		t.Error(err)
	}
}

func TestAPIKeysAndSignedTokensGoUnderSchemesOfTheirOwn(t *testing.T) {
	t.Parallel()
	signer := newSigner(t)
	synctest.Test(t, func(t *testing.T) {
		signed, err := signer.Token("merchant-42", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			opt  sdk.Option
			want string
		}{
			"API key":          {sdk.WithToken("swo_1"), "Bearer swo_1"},
			"signed token":     {sdk.WithToken(signed.Reveal()), "JWT " + signed.Reveal()},
			"source of tokens": {sdk.WithTokenSource(signer.Source("merchant-42", time.Hour)), "JWT " + signed.Reveal()},
		} {
			seen, client := serveTokens(t, 0, c.opt)
			list(t, client)
			if !slices.Equal(*seen, []string{c.want}) {
				t.Errorf("%s: got %q, want %q", name, *seen, c.want)
			}
		}
	})
}

func TestTokensAreReplacedShortlyBeforeTheyEnd(t *testing.T) {
	t.Parallel()
	signer := newSigner(t)
	for name, c := range map[string]struct{ ttl, good, stale time.Duration }{
		"a minute before": {time.Hour, 58 * time.Minute, 59 * time.Minute},
		"or a tenth":      {time.Minute, 53 * time.Second, 54 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				seen, client := serveTokens(t, 0, sdk.WithTokenSource(signer.Source("merchant-42", c.ttl)))
				list(t, client)
				time.Sleep(c.good)
				list(t, client)
				time.Sleep(c.stale - c.good)
				list(t, client)
				time.Sleep(c.ttl + time.Hour) // long past its end
				list(t, client)
				tokens := *seen
				assert.Equal(t, "requests", len(tokens), 4)
				assert.Equal(t, "kept while good", tokens[1] == tokens[0], true)
				assert.Equal(t, "replaced", tokens[2] != tokens[1], true)
				assert.Equal(t, "replaced again", tokens[3] != tokens[2], true)
			})
		})
	}
}

func TestATokenThatIsRefusedIsMadeAnew(t *testing.T) {
	t.Parallel()
	signer := newSigner(t)
	synctest.Test(t, func(t *testing.T) {
		seen, client := serveTokens(t, 1, sdk.WithTokenSource(signer.Source("merchant-42", time.Hour)))
		list(t, client)
		assert.Equal(t, "requests", len(*seen), 2)
	})
}

func TestSourcesCanBeShared(t *testing.T) {
	t.Parallel()
	signer := newSigner(t)
	synctest.Test(t, func(t *testing.T) {
		source := signer.Source("merchant-42", time.Hour)
		seenA, a := serveTokens(t, 0, sdk.WithTokenSource(source))
		list(t, a)
		time.Sleep(time.Minute)
		seenB, b := serveTokens(t, 0, sdk.WithTokenSource(source))
		list(t, b)
		list(t, a)
		list(t, b)
		assert.Equal(t, "a keeps its token", (*seenA)[0] == (*seenA)[1], true)
		assert.Equal(t, "b keeps its own", (*seenB)[0] == (*seenB)[1] && (*seenA)[0] != (*seenB)[0], true)
	})
	valid := newSigner(t).Source("a", time.Hour).(interface{ Valid(sdk.Secret) bool }).Valid
	for _, odd := range []string{"", "a", "a.b.c", "a." + base64.RawURLEncoding.EncodeToString([]byte("[]")) + ".c", "a..c"} {
		assert.Equal(t, "odd token "+odd, valid(sdk.NewSecret(odd)), false)
	}
}
