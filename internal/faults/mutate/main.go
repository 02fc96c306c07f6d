// Mutate shows that the fault tests can fail: it takes one protection of the client away at a time, in memory, and runs
// them. It fails if they pass all the same.
//
//	go run ./internal/faults/mutate
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// mutation is one protection: the numbers of the tests that prove it, where it stands, and what stands there without it.
type mutation struct{ protection, tests, file, from, to string }

func mutations() []mutation {
	const transport = "internal/transport/"
	return []mutation{
		{"a POST that may have arrived is not sent again", "0[23]", transport + "retry.go", "case x.safe:\n\t\t\treturn true, \"the network failed\"", "case true:\n\t\t\treturn true, \"the network failed\""},
		{"a wait that outlasts the deadline is not begun", "1[78]", transport + "retry.go", "if !x.hasTimeFor(wait) {", "if false && !x.hasTimeFor(wait) {"},
		{"a longer Retry-After than allowed ends the call", "20", transport + "retry.go", "asked > x.s.maxRetryAfter", "asked > 1000*x.s.maxRetryAfter"},
		{"the retry budget bounds repeats", "24", transport + "retry.go", "if !x.s.budget.take() {", "if x.s.budget.take(); false {"},
		{"a truncated body is a failed attempt", "11", transport + "body.go", "if err == nil || !success {", "if err == nil || !success || errors.Is(err, io.ErrUnexpectedEOF) {"},
		{"bodies are bounded", "3[89]", transport + "body.go", "if limit > 0 && int64(len(b.b)) > limit {", "if false && int64(len(b.b)) > limit {"},
		{"redirects stay within the origin", "6[12]", transport + "redirect.go", "if !x.s.crossOrigin {", "if false {"},
		{"path ids are refused that would reach elsewhere", "57", transport + "path.go", "case \".\", \"..\":", "case \"…\":"},
		{"an empty path id is refused", "57", transport + "path.go", "case \"\":\n\t\treturn fmt.Errorf(\"%s is empty\", name)", "case \"…\":\n\t\treturn fmt.Errorf(\"%s is empty\", name)"},
		{"a cursor that comes back ends the walk", "7[01]", transport + "pager.go", "if _, again := w.seen[sum]; again {", "if _, again := w.seen[sum]; again && false {"},
		{"trailing garbage is an error", "50", "internal/codec/decoder.go", "if d.pos < len(d.data) {\n\t\t\td.fail(d.pos, \"data after", "if false {\n\t\t\td.fail(d.pos, \"data after"},
		{"a refused token is refreshed once", "09", transport + "retry.go", "if x.s.tokens == nil || x.refreshed || x.left", "if x.s.tokens == nil || x.left"},
	}
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func run() error {
	folder, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	survived := 0
	for _, m := range mutations() {
		caught, first, err := try(folder, m)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", m.protection, err)
		case caught:
			fmt.Printf("caught    %-50s %s\n", m.protection, first)
		default:
			survived++
			fmt.Printf("SURVIVED  %s\n", m.protection)
		}
	}
	if survived > 0 {
		return fmt.Errorf("%d protections can be taken away without a test noticing", survived)
	}
	return nil
}

// try runs the fault tests without one protection, and gives the first test that failed.
func try(folder string, m mutation) (caught bool, first string, err error) {
	path, err := filepath.Abs(m.file)
	if err != nil {
		return false, "", err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return false, "", err
	}
	if strings.Count(string(text), m.from) != 1 {
		return false, "", fmt.Errorf("%s does not hold this text once: %q", m.file, m.from)
	}
	changed := filepath.Join(folder, filepath.Base(m.file))
	if err := os.WriteFile(changed, []byte(strings.Replace(string(text), m.from, m.to, 1)), 0o644); err != nil {
		return false, "", err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{path: changed}})
	if err != nil {
		return false, "", err
	}
	overlayFile := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(overlayFile, overlay, 0o644); err != nil {
		return false, "", err
	}
	var out bytes.Buffer
	test := exec.Command("go", "test", "-overlay", overlayFile, "-timeout", "1m", "-run", "TestFault/^("+m.tests+")_", "./internal/faults")
	test.Stdout, test.Stderr = &out, &out
	if err = test.Run(); err == nil {
		return false, "", nil
	}
	if text := out.String(); !strings.Contains(text, "FAIL") || strings.Contains(text, "[build failed]") || strings.Contains(text, "[setup failed]") {
		return false, "", fmt.Errorf("the tests did not run: %w: %s", err, text)
	}
	for line := range strings.Lines(out.String()) {
		if _, name, ok := strings.Cut(line, "--- FAIL: TestFault/"); ok {
			return true, strings.TrimSpace(name), nil
		}
	}
	return true, "the tests did not come to an end", nil
}
