package faults_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// check is the test of one behaviour.
type check struct {
	number int
	name   string // what holds, in a few words
	run    func(*testing.T)
}

// groups are the behaviours in the order of their numbers, each group in a file of its own.
func groups() []struct {
	title  string
	checks []check
} {
	return []struct {
		title  string
		checks []check
	}{
		{"When a request is repeated", repeating()},
		{"Waiting", waiting()},
		{"Each attempt by itself", attempts()},
		{"Resources", resources()},
		{"Reading the answer", answers()},
		{"Addresses", addresses()},
		{"Redirects and credentials", credentials()},
		{"Pages", pages()},
		{"Concurrency, clocks and the rest", rest()},
	}
}

// notApplicable are the behaviours that can't happen to a client of these platforms, and why.
var notApplicable = map[int]string{
	79: "no request of these platforms is signed with a time, so a skewed clock changes nothing",
}

func TestFault(t *testing.T) {
	t.Parallel()
	for _, group := range groups() {
		for _, c := range group.checks {
			t.Run(fmt.Sprintf("%02d %s", c.number, c.name), func(t *testing.T) {
				t.Parallel()
				c.run(t)
			})
		}
	}
}

// TestEveryFaultIsListed keeps docs/FAULTS.md, which people read, equal to the tests. UPDATE_DOCS=1 writes it.
func TestEveryFaultIsListed(t *testing.T) {
	t.Parallel()
	var page strings.Builder
	page.WriteString("# What a client survives\n\nEach line is a test: `go test -v -run 'TestFault/17' ./internal/faults`. The list is written by\n`UPDATE_DOCS=1 go test -run TestEveryFaultIsListed ./internal/faults`.\n")
	last := 0
	for _, group := range groups() {
		fmt.Fprintf(&page, "\n## %s\n\n| # | what holds |\n|--:|---|\n", group.title)
		for _, c := range group.checks {
			for last++; last < c.number; last++ {
				reason, ok := notApplicable[last]
				if !ok {
					t.Errorf("number %d has neither a test nor a reason", last)
				}
				fmt.Fprintf(&page, "| %d | does not apply: %s |\n", last, reason)
			}
			if last > c.number {
				last = c.number // several tests may share a number
			}
			fmt.Fprintf(&page, "| %d | %s |\n", c.number, c.name)
		}
	}
	if last != 84 {
		t.Errorf("the last number is %d, want 84", last)
	}
	path := filepath.Join("..", "..", "docs", "FAULTS.md")
	if os.Getenv("UPDATE_DOCS") != "" {
		if err := os.WriteFile(path, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(written) != page.String() {
		t.Errorf("%s is not what the tests say; run UPDATE_DOCS=1 go test -run TestEveryFaultIsListed ./internal/faults", path)
	}
}
