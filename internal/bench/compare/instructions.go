package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"github.com/wharfinger/sdk/internal/bench"
)

// often is how often a job is done for a count: often enough that what the runtime does besides is lost in it.
var often = map[string]int{"get": 1000, "post": 1000, "page": 20, "items": 1}

// instructions counts the instructions of one operation of each client at each job: "get/sdk". It is the difference of a
// run with n operations and one with 2n, so that what happens once cancels out. There is no garbage collection in them:
// what that costs hangs on how much else the program keeps in memory.
func instructions() (map[string]float64, error) {
	valgrind, err := exec.LookPath("valgrind")
	if err != nil {
		return nil, errors.New("valgrind is not installed")
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	found := make(map[string]float64)
	for _, job := range bench.Jobs() {
		for _, c := range bench.Contenders() {
			name, n := job.Name+"/"+c.Name, often[job.Name]
			once, err := counted(valgrind, self, name, n)
			if err != nil {
				return nil, err
			}
			twice, err := counted(valgrind, self, name, 2*n)
			if err != nil {
				return nil, err
			}
			found[name] = float64(twice-once) / float64(n)
		}
	}
	return found, nil
}

var collected = regexp.MustCompile(`Collected : (\d+)`)

// counted runs this program under callgrind.
func counted(valgrind, self, name string, n int) (int64, error) {
	cmd := exec.Command(valgrind, "--tool=callgrind", "--callgrind-out-file=/dev/null", self, "-child", fmt.Sprintf("%s/%d", name, n))
	// Callgrind can't follow the signals by which the runtime takes a thread from a goroutine.
	cmd.Env = append(os.Environ(), "GOGC=off", "GOMAXPROCS=1", "GODEBUG=asyncpreemptoff=1")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	m := collected.FindSubmatch(out.Bytes())
	if err != nil || m == nil {
		return 0, fmt.Errorf("valgrind: %w\n%s", err, out.Bytes())
	}
	return strconv.ParseInt(string(m[1]), 10, 64)
}

// repeat does one job so often.
func repeat(spec string) error {
	part := strings.Split(spec, "/")
	if len(part) != 3 {
		return fmt.Errorf("%q is not JOB/CLIENT/NUMBER", spec)
	}
	n, err := strconv.Atoi(part[2])
	if err != nil {
		return err
	}
	job, runner, err := find(part[0], part[1])
	if err != nil {
		return err
	}
	ctx := context.Background()
	for range n {
		if err := job.Run(ctx, runner); err != nil {
			return err
		}
	}
	return nil
}

func find(job, contender string) (bench.Job, bench.Runner, error) {
	for _, j := range bench.Jobs() {
		if j.Name != job {
			continue
		}
		for _, c := range bench.Contenders() {
			if c.Name == contender {
				r, err := c.New(bench.BaseURL, bench.Stub())
				return j, r, err
			}
		}
	}
	return bench.Job{}, nil, fmt.Errorf("there is no job %s or no client %s", job, contender)
}
