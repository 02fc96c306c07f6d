//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// weight is what one program costs.
type weight struct {
	modules int
	bytes   int64
	seconds float64
	memory  int64
}

// scale is a module outside of this repository, and a build cache that holds the standard library alone.
type scale struct{ dir string }

const hello = `package main

import (
	"fmt"
	"net/http"
)

func main() { fmt.Println(http.Get("https://example.com")) }
`

func newScale() (*scale, error) {
	root, err := output("", "go", "list", "-m", "-f", "{{.Dir}}", "github.com/wharfinger/sdk")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "weight")
	if err != nil {
		return nil, err
	}
	s := &scale{dir}
	if err := s.prepare(root); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *scale) close() { _ = os.RemoveAll(s.dir) }

func (s *scale) module() string { return filepath.Join(s.dir, "consumer") }

func (s *scale) prepare(root string) error {
	if err := os.CopyFS(s.module(), os.DirFS(filepath.Join(root, ".ci", "consumer"))); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(s.module(), "hello"), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(s.module(), "hello", "main.go"), []byte(hello), 0o644); err != nil {
		return err
	}
	if _, err := output(s.module(), "go", "mod", "edit", "-replace", "github.com/wharfinger/sdk="+root); err != nil {
		return err
	}
	if _, err := output(s.module(), "go", "mod", "tidy"); err != nil {
		return err
	}
	standard, err := output(s.module(), "go", "list", "-deps", "-f", "{{if .Standard}}{{.ImportPath}}{{end}}", "./...")
	if err != nil {
		return err
	}
	_, err = s.build(filepath.Join(s.dir, "standard"), strings.Fields(standard)...)
	return err
}

// weigh builds a program with a copy of the cache, so that no program finds compiled what another needed too.
func (s *scale) weigh(name string) (weight, error) {
	cache := filepath.Join(s.dir, name)
	if err := os.CopyFS(cache, os.DirFS(filepath.Join(s.dir, "standard"))); err != nil {
		return weight{}, err
	}
	defer os.RemoveAll(cache)
	program := filepath.Join(s.dir, name+".exe")
	usage, err := s.build(cache, "-ldflags=-s -w", "-o", program, "./"+name)
	if err != nil {
		return weight{}, err
	}
	w := weight{
		seconds: float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9,
		memory:  int64(usage.Maxrss),
	}
	if runtime.GOOS != "darwin" { // where it counts bytes
		w.memory <<= 10
	}
	info, err := os.Stat(program)
	if err != nil {
		return weight{}, err
	}
	w.bytes = info.Size()
	linked, err := output("", "go", "version", "-m", program)
	for line := range strings.Lines(linked) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "dep" && f[1] != "github.com/wharfinger/sdk" {
			w.modules++
		}
	}
	return w, err
}

// build tells what building took: the seconds of all processes together, and the memory of the largest.
func (s *scale) build(cache string, args ...string) (*syscall.Rusage, error) {
	cmd := exec.Command("go", append([]string{"build", "-trimpath"}, args...)...)
	cmd.Dir, cmd.Env = s.module(), environment("GOCACHE="+cache)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("go build: %w\n%s", err, out)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return nil, fmt.Errorf("this system doesn't tell what a process took")
	}
	return usage, nil
}

func output(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, environment()
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", cmd, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// environment is one in which a C compiler makes no difference.
func environment(more ...string) []string {
	return append(append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off"), more...)
}
