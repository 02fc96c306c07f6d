package faults_test

import (
	"context"
	"testing"
)

func repeating() []check {
	return []check{
		{1, "a read is repeated while the server fails, up to a bound", serverErrorsAreRepeated},
	}
}

func serverErrorsAreRepeated(t *testing.T) {
	for _, o := range operations() {
		if !o.safe() {
			continue
		}
		for _, status := range []int{500, 502, 503, 504} {
			s := serve(t, failure(status))
			wantTrouble(t, o.call(context.Background(), s.clients(t)), status, 4)
			if s.count() != 4 {
				t.Errorf("%s, %d: %d requests", o.name, status, s.count())
			}
		}
	}
	inBubble(t, func(t *testing.T) {
		s := pipe(t, stalls, failure(503), success())
		c := s.clients(t)
		for _, o := range operations() {
			t.Log(o.call(context.Background(), c))
		}
	})
}
