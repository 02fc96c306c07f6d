package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/wharfinger/sdk"
)

// report prints the calls that it is told of as a hook of all clients.
type report struct {
	out    io.Writer
	asJSON bool

	mu   sync.Mutex
	rows []row
	note []string
}

// row is one call.
type row struct {
	Service    string  `json:"service"`
	Operation  string  `json:"operation"`
	Method     string  `json:"method"`
	Path       string  `json:"path"`
	Status     int     `json:"status"`
	Attempts   int     `json:"attempts"`
	DurationMS float64 `json:"duration_ms"`
}

// hooks is the option that lets a client tell the report of its calls.
func (r *report) hooks() sdk.Option {
	return sdk.WithHooks(sdk.Hooks{Outcome: func(_ context.Context, e sdk.Event) {
		r.call(row{e.Service, e.Operation, e.Method, e.Path, e.Status, e.Attempt, float64(e.Elapsed) / float64(time.Millisecond)})
	}})
}

func (r *report) call(c row) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asJSON {
		_ = json.NewEncoder(r.out).Encode(c)
		return
	}
	r.rows = append(r.rows, c)
}

// say adds a line below the calls of the part; only people read it.
func (r *report) say(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.note = append(r.note, fmt.Sprintf(format, args...))
}

// part prints what the part before has gathered, and the heading of the next.
func (r *report) part(title string) {
	r.flush()
	if !r.asJSON {
		fmt.Fprintf(r.out, "%s\n%s\n", title, strings.Repeat("─", len([]rune(title))))
	}
}

func (r *report) flush() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asJSON {
		return
	}
	table := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', 0)
	for _, c := range r.rows {
		attempts := ""
		if c.Attempts > 1 {
			attempts = fmt.Sprintf("  (%d attempts)", c.Attempts)
		}
		fmt.Fprintf(table, "  %s\t%s\t%d\t%6.1f ms\t%s %s%s\n", c.Service, c.Operation, c.Status, c.DurationMS, c.Method, short(c.Path), attempts)
	}
	_ = table.Flush()
	for _, line := range r.note {
		fmt.Fprintln(r.out, "  →", line)
	}
	if len(r.rows)+len(r.note) > 0 {
		fmt.Fprintln(r.out)
	}
	r.rows, r.note = nil, nil
}

// short leaves out the ids that every path of a platform starts with.
func short(path string) string {
	path = strings.Replace(path, "/v1/orgs/{org_id}/workspaces/{workspace_id}/apps/{app_id}", "…", 1)
	return strings.Replace(path, "/o/{organisation_id}/projects/{project_id}", "…", 1)
}
