package sdk_test

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "put the examples into README.md")

// The programs in README.md are files of examples/, which the build compiles. This test keeps the two the same; after a
// change of an example, go test -run TestREADME -update . in this folder renews the page.
func TestREADMEShowsTheExamplesAsTheyAre(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)<!-- (examples/[a-z]+/main\\.go) -->\n```go\n(.*?)```\n")
	shown := 0
	renewed := block.ReplaceAllStringFunc(string(page), func(found string) string {
		parts := block.FindStringSubmatch(found)
		program, err := os.ReadFile(parts[1])
		if err != nil {
			t.Fatal(err)
		}
		shown++
		at := strings.Index(string(program), "package main\n")
		if at < 0 {
			t.Fatalf("%s has no package clause", parts[1])
		}
		body := string(program)[at:]
		if parts[2] != body && !*update {
			t.Errorf("%s differs from what README.md shows; run go test -run TestREADME -update .", parts[1])
		}
		return "<!-- " + parts[1] + " -->\n```go\n" + body + "```\n"
	})
	if shown != 4 {
		t.Errorf("README.md shows %d programs, want one for each platform", shown)
	}
	if *update && renewed != string(page) {
		if err := os.WriteFile("README.md", []byte(renewed), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
