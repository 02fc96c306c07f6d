package faults_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"golang.org/x/net/http2"

	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
)

func http2Endings() []check {
	return []check{
		{12, "HTTP/2 connections that end between requests go unnoticed", goAwayBetweenRequests},
		{12, "what an HTTP/2 server says it did not take is sent again", untakenStreams},
		{12, "what an HTTP/2 server may have taken is repeated only if it is safe", brokenStreams},
		{12, "a body that is sent again over HTTP/2 is the same to the last byte", bodyOverHTTP2},
		{12, "an HTTP/2 server that takes nothing is asked a bounded number of times", nothingIsTaken},
	}
}

// bodyless tells a write without a body. net/http doesn't tell why it would send such a one again, so it isn't sent again
// even where the server says that it took nothing.
func (o operation) bodyless() bool { return o.name == "releases.Activate" }

func goAwayBetweenRequests(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, o := range operations() {
			s := pipeHTTP2(t, nil, goesAway(true, http2.ErrCodeNo, success2()))
			c := s.clients(t)
			for i := range 10 {
				heard := i%2 == 1
				if heard { // else the farewell may cross the next request
					synctest.Wait()
				}
				before := s.count()
				err := o.call(t.Context(), c)
				if n := s.count() - before; n > 1 || err == nil && n != 1 || err != nil && (heard || !o.bodyless() || n != 0) {
					t.Errorf("%s, call %d: %d requests: %v", o.name, i+1, n, err)
				}
			}
			// An answer that comes after the farewell counts.
			s = pipeHTTP2(t, nil, all(goesAway(true, http2.ErrCodeNo), success2()))
			if err := o.call(t.Context(), s.clients(t)); err != nil || s.count() != 1 {
				t.Errorf("%s: %d requests: %v", o.name, s.count(), err)
			}
		}
	})
}

func untakenStreams(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for name, step := range map[string]frames{
			"refused stream": resetsStream(http2.ErrCodeRefusedStream),
			"farewell":       goesAway(false, http2.ErrCodeNo),
		} {
			for _, o := range operations() {
				s := pipeHTTP2(t, nil, step, success2())
				err := o.call(t.Context(), s.clients(t))
				if o.bodyless() {
					if e := assert.APIError(t, err); s.count() != 1 || e.Attempts != 1 || e.Status != 0 {
						t.Errorf("%s, %s: %d requests: %v", o.name, name, s.count(), err)
					}
					continue
				}
				if err != nil || s.count() != 2 {
					t.Errorf("%s, %s: %d requests: %v", o.name, name, s.count(), err)
				}
				if got := s.arrivals(); len(got) == 2 && got[0].body != got[1].body {
					t.Errorf("%s, %s: sent %q, then %q", o.name, name, got[0].body, got[1].body)
				}
			}
		}
	})
}

func brokenStreams(t *testing.T) {
	part := func(h *http2Conn, stream uint32) {
		begins(h, stream, "200")
		_ = h.f.WriteData(stream, false, []byte(anything[:20]))
	}
	inBubble(t, func(t *testing.T) {
		for name, step := range map[string]frames{
			"internal error":        resetsStream(http2.ErrCodeInternal),
			"cancelled":             resetsStream(http2.ErrCodeCancel),
			"calm down":             resetsStream(http2.ErrCodeEnhanceYourCalm),
			"protocol error":        resetsStream(http2.ErrCodeProtocol),
			"hang up":               hangsUp,
			"farewell":              all(goesAway(true, http2.ErrCodeNo), hangsUp),
			"farewell with a code":  all(goesAway(true, http2.ErrCodeInternal), hangsUp),
			"reset in the answer":   all(part, resetsStream(http2.ErrCodeInternal)),
			"hang up in the answer": all(part, hangsUp),
		} {
			for _, o := range operations() {
				s := pipeHTTP2(t, nil, step, success2())
				err := o.call(t.Context(), s.clients(t))
				if o.safe() {
					if err != nil || s.count() != 2 {
						t.Errorf("%s, %s: %d requests: %v", o.name, name, s.count(), err)
					}
					continue
				}
				e := assert.APIError(t, err)
				if s.count() != 1 || e.Attempts != 1 || e.Status != 0 && e.Status != 200 || strings.Contains(e.Message, "GetBody") {
					t.Errorf("%s, %s: %d requests: %v", o.name, name, s.count(), err)
				}
			}
		}
	})
}

func bodyOverHTTP2(t *testing.T) {
	flow := versori.Flow{Name: "orders", Description: strings.Repeat("0123456789", 30_000), Spans: []versori.Span{}}
	inBubble(t, func(t *testing.T) {
		s := pipeHTTP2(t, nil, resetsStream(http2.ErrCodeRefusedStream), goesAway(false, http2.ErrCodeNo),
			resetsStream(http2.ErrCodeInternal), success2())
		_, err := s.clients(t).versori.Flows.Update(t.Context(), project, "orders", flow)
		if err != nil || s.count() != 4 {
			t.Fatalf("%d requests: %v", s.count(), err)
		}
		for i, a := range s.arrivals() {
			if a.body != s.arrivals()[0].body || len(a.body) < 300_000 || a.header.Get("Content-Length") != s.arrivals()[0].header.Get("Content-Length") {
				t.Errorf("request %d has %d bytes, declared as %s", i+1, len(a.body), a.header.Get("Content-Length"))
			}
		}
	})
}

func nothingIsTaken(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, o := range operations() {
			s := pipeHTTP2(t, nil, resetsStream(http2.ErrCodeRefusedStream))
			err := o.call(t.Context(), s.clients(t))
			most := 4
			switch {
			case o.safe():
				most = 4 * 8 // net/http repeats each attempt up to seven times, with waits that double
			case o.bodyless():
				most = 1
			}
			if e := assert.APIError(t, err); s.count() > most || e.Attempts > 4 || e.Status != 0 {
				t.Errorf("%s: %d requests: %v", o.name, s.count(), err)
			}
			if !o.bodyless() && !strings.Contains(err.Error(), "REFUSED_STREAM") {
				t.Errorf("%s: %v", o.name, err)
			}
		}
	})
}
