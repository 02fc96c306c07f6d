package transport

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"sync"

	"github.com/wharfinger/sdk"
)

// authorized tells whether requests carry a token.
func (s *settings) authorized() bool { return s.tokens != nil || !s.token.IsZero() }

// setCredentials takes the token, or where to get it, and refuses to send one for everyone to read.
func (s *settings) setCredentials(c *sdk.Config) error {
	switch {
	case !c.Token.IsZero():
		s.token, s.tokens, s.noToken = c.Token, nil, false
	case c.TokenSource != nil:
		s.token, s.tokens, s.noToken = sdk.Secret{}, &tokens{source: c.TokenSource}, false
	case c.NoToken:
		s.token, s.tokens, s.noToken = sdk.Secret{}, nil, true
	}
	if s.authorized() && s.base.url.Scheme == "http" && !s.plainHTTP && !loopback(s.base.url.Hostname()) {
		return fmt.Errorf("the token would go to %s in the clear: use https, or sdk.WithPlainHTTP", s.base.url.Host)
	}
	if !s.token.IsZero() && !headerValue(s.token.Reveal()) {
		return errors.New("the token holds a character that no header can carry")
	}
	return nil
}

// setHeaders makes the headers that all requests start from, so that an attempt only copies them.
func (s *settings) setHeaders(c *sdk.Config) error {
	for name, values := range c.Header {
		if err := validField(name, values); err != nil {
			return err
		}
	}
	if len(c.Header) > 0 {
		extra := make(http.Header, len(s.extra)+len(c.Header))
		for _, h := range []http.Header{s.extra, c.Header} {
			for name, values := range h {
				extra[http.CanonicalHeaderKey(name)] = values[:len(values):len(values)]
			}
		}
		s.extra = extra
	}
	if c.UserAgent != "" {
		s.app = c.UserAgent
	}
	agent := "wharfinger-go/" + sdk.Version + " (" + s.platform.Name + ")"
	if s.app != "" {
		agent += " " + s.app
	}
	if !headerValue(agent) {
		return errors.New("the name for the User-Agent header holds a character that no header can carry")
	}
	s.plainHeader = http.Header{"User-Agent": {agent}, "Accept": {jsonType}, "Accept-Encoding": {"gzip"}}
	s.header = make(http.Header, 8)
	maps.Copy(s.header, s.plainHeader)
	maps.Copy(s.header, s.extra)
	if !s.token.IsZero() {
		s.platform.authorize(s.header, s.token.Reveal())
	}
	return nil
}

// validField refuses a header field that could end its line; the error never shows the value.
func validField(name string, values []string) error {
	if !headerName(name) {
		return errors.New("a header's name is not one of a header field")
	}
	for _, v := range values {
		if !headerValue(v) {
			return fmt.Errorf("the value of header %s holds a character that no header can carry", name)
		}
	}
	return nil
}

func headerValue(v string) bool {
	for i := range len(v) {
		if c := v[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

func headerName(name string) bool {
	for i := range len(name) {
		if c := name[i]; !unreserved(c) && c != '!' && c != '#' && c != '$' && c != '&' && c != '+' && c != '^' && c != '`' && c != '|' {
			return false
		}
	}
	return name != ""
}

// tokens keeps the token of a source, and asks the source once for all who wait.
type tokens struct {
	source sdk.TokenSource

	mu     sync.Mutex
	token  sdk.Secret
	asking *asking
}

// asking is one question to the source. It ends early when nobody waits any more.
type asking struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiting int
	token   sdk.Secret
	err     error
	// panicked is what the source panicked with, for those who wait: nobody could recover from it where it was asked.
	panicked any
}

// get gives the token at hand, or waits for the source.
func (t *tokens) get(ctx context.Context) (sdk.Secret, error) {
	token, a := t.join(ctx)
	if a == nil {
		return token, nil
	}
	select {
	case <-a.done:
		if a.panicked != nil {
			panic(a.panicked)
		}
		return a.token, a.err
	case <-ctx.Done():
		t.mu.Lock()
		defer t.mu.Unlock()
		if a.waiting--; a.waiting == 0 {
			a.cancel()
			if t.asking == a {
				t.asking = nil
			}
		}
		return sdk.Secret{}, ctx.Err()
	}
}

// join gives the token at hand, or the question to wait for.
func (t *tokens) join(ctx context.Context) (sdk.Secret, *asking) {
	t.mu.Lock()
	defer t.mu.Unlock() // also if valid panics
	if !t.token.IsZero() && t.valid(t.token) {
		return t.token, nil
	}
	if t.asking == nil {
		t.asking = t.ask(ctx)
	}
	t.asking.waiting++
	return sdk.Secret{}, t.asking
}

func (t *tokens) valid(token sdk.Secret) bool {
	v, ok := t.source.(interface{ Valid(token sdk.Secret) bool })
	return !ok || v.Valid(token)
}

// ask begins a question that outlives the call that began it, since others may wait for its answer too.
func (t *tokens) ask(ctx context.Context) *asking {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	a := &asking{done: make(chan struct{}), cancel: cancel, err: errors.New("the token source never returned")}
	go func() {
		defer cancel()
		defer t.answered(a)
		defer func() { a.panicked = recover() }()
		a.token, a.err = t.source.Token(ctx)
		if a.err == nil && a.token.IsZero() {
			a.err = errors.New("the token source gave an empty token")
		}
		if a.err == nil && !headerValue(a.token.Reveal()) {
			a.err = errors.New("the token source gave a token that no header can carry")
		}
	}()
	return a
}

// answered keeps the token and wakes those who wait, however the source ended.
func (t *tokens) answered(a *asking) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.asking == a {
		t.asking = nil
		if a.err == nil && a.panicked == nil {
			t.token = a.token
		}
	}
	close(a.done)
}

// refused forgets the token that a server answered 401 to, unless it has been replaced since.
func (t *tokens) refused(token sdk.Secret) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token.Reveal() == token.Reveal() {
		t.token = sdk.Secret{}
	}
}
