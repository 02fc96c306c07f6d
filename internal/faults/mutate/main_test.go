package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestProtectionsStandInTheCode notices when code has moved on from what is taken out of it: trying takes minutes, and is
// done by hand.
func TestProtectionsStandInTheCode(t *testing.T) {
	t.Parallel()
	for _, m := range mutations() {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", m.file))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), m.from); n != 1 {
			t.Errorf("%s: %s holds it %d times: %q", m.protection, m.file, n, m.from)
		}
	}
}
