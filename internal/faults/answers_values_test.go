package faults_test

import (
	"io"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/licensing"
	"github.com/wharfinger/sdk/versori"
)

// kept tells whether an error has a body that begins so.
func kept(t *testing.T, err error, text string) bool {
	t.Helper()
	return strings.HasPrefix(string(apiError(t, err).Body), text)
}

// sayOn writes text again and again until the other side has enough.
func (c *conn) sayOn(text string) {
	for range 2048 {
		if _, err := io.WriteString(c, text); err != nil {
			return
		}
	}
}

func softwareChange() licensing.ReleaseUpdate {
	return licensing.ReleaseUpdate{Channel: sdk.Some("beta")}
}

func someFlow() versori.Flow { return versori.Flow{Name: "orders", Spans: []versori.Span{}} }
