package versori

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/wharfinger/sdk"
)

// signingKeyIssuer is what the platform knows a signing key by, before its id.
const signingKeyIssuer = "https://versori.com/sk/"

// Signer makes tokens with a signing key of the organisation, such as for its end users: a token whose subject is an
// external id lets its bearer manage that end user's own activations and nothing else. Clients send such tokens under the
// scheme JWT by themselves.
//
// A Signer is safe for concurrent use. It never shows its key when formatted or logged.
type Signer struct {
	keyID string
	key   *rsa.PrivateKey
}

// NewSigner reads the private key of a signing key, in PEM as the platform gives it ("PRIVATE KEY", PKCS #8), and takes
// the id that the platform gave to the signing key. It must be an RSA key of at least 2048 bits. Errors don't quote it.
func NewSigner(keyID string, privateKeyPEM []byte) (*Signer, error) {
	if keyID == "" || strings.ContainsAny(keyID, "/?# \t\r\n") {
		return nil, errors.New("versori: the id of the signing key is empty, or is no id")
	}
	key, err := parseSigningKey(privateKeyPEM)
	if err != nil {
		return nil, fmt.Errorf("versori: the signing key %w", err)
	}
	return &Signer{keyID: keyID, key: key}, nil
}

func parseSigningKey(text []byte) (*rsa.PrivateKey, error) {
	block, rest := pem.Decode(text)
	switch {
	case block == nil && bytes.Contains(text, []byte(`\n`)):
		return nil, errors.New(`is not in PEM: its line breaks are written as \n`)
	case block == nil:
		return nil, errors.New("is not in PEM")
	case block.Type != "PRIVATE KEY":
		return nil, errors.New(`is not a PEM block "PRIVATE KEY" (PKCS #8)`)
	case strings.TrimSpace(string(rest)) != "":
		return nil, errors.New("has something after its PEM block")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("can't be parsed as PKCS #8") // what err says could be part of the key
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("is not an RSA key")
	}
	if key.N.BitLen() < 2048 {
		return nil, errors.New("has fewer than 2048 bits")
	}
	return key, nil
}

// Token makes a token for a subject, the external id of an end user, that is good for ttl from now on, in whole seconds.
// Zero means an hour.
func (s *Signer) Token(subject string, ttl time.Duration) (sdk.Secret, error) {
	switch {
	case s == nil || s.key == nil:
		return sdk.Secret{}, errors.New("versori: the signer has no key; make it by NewSigner")
	case subject == "":
		return sdk.Secret{}, errors.New("versori: the token has no subject")
	case ttl == 0:
		ttl = time.Hour
	case ttl < time.Second:
		return sdk.Secret{}, fmt.Errorf("versori: a token can't be good for %v", ttl)
	}
	now := time.Now()
	claims, err := json.Marshal(tokenClaims{
		Issuer: signingKeyIssuer + s.keyID, Subject: subject, IssuedAt: now.Unix(), Expires: now.Add(ttl).Unix(),
	})
	if err != nil {
		return sdk.Secret{}, fmt.Errorf("versori: encoding a token: %w", err)
	}
	encoding := base64.RawURLEncoding
	signed := encoding.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + encoding.EncodeToString(claims)
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(nil, s.key, crypto.SHA256, digest[:])
	if err != nil {
		return sdk.Secret{}, fmt.Errorf("versori: signing a token: %w", err)
	}
	return sdk.NewSecret(signed + "." + encoding.EncodeToString(signature)), nil
}

// tokenClaims is what a token says.
type tokenClaims struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	IssuedAt int64  `json:"iat"`
	Expires  int64  `json:"exp"`
}

// Source makes tokens for a subject as a client needs them, each good for ttl, and has them replaced shortly before they
// end: after nine tenths of their time, or a minute before the end if that is later.
//
//	client, err := versori.New(sdk.WithTokenSource(signer.Source("merchant-42", time.Hour)), versori.WithOrganisation(id))
//
// A subject or a ttl that can't be right is an error of the calls that need a token.
func (s *Signer) Source(subject string, ttl time.Duration) sdk.TokenSource {
	return &signedTokens{s, subject, ttl}
}

// signedTokens is a source of tokens. It keeps none, so that several clients can share it.
type signedTokens struct {
	signer  *Signer
	subject string
	ttl     time.Duration
}

// Token makes a token.
func (t *signedTokens) Token(context.Context) (sdk.Secret, error) {
	return t.signer.Token(t.subject, t.ttl)
}

// Valid reports whether a token of this source is good for a while yet.
func (t *signedTokens) Valid(token sdk.Secret) bool {
	parts := strings.Split(token.Reveal(), ".")
	if len(parts) != 3 {
		return false
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims tokenClaims
	if err != nil || json.Unmarshal(text, &claims) != nil {
		return false
	}
	lifetime := time.Duration(claims.Expires-claims.IssuedAt) * time.Second
	return time.Until(time.Unix(claims.Expires, 0)) > min(lifetime/10, time.Minute)
}

// Format writes the id of the signing key for every verb.
func (s *Signer) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.shown()) }

// LogValue gives log/slog the id of the signing key.
func (s *Signer) LogValue() slog.Value { return slog.StringValue(s.shown()) }

func (s *Signer) shown() string {
	if s == nil {
		return "versori.Signer(nil)"
	}
	return "versori.Signer(" + s.keyID + ")"
}
