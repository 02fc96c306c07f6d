// Package samples runs recorded payloads through the Go types that carry them: a test helper of the vendor packages.
package samples

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Codec decodes a payload as one Go type and encodes it again.
type Codec func(payload []byte) ([]byte, error)

// Package is what a vendor package can carry.
type Package struct {
	Name       string // of the Go package, and of the folder below the samples
	Operations []Operation
	Events     map[string]Codec // by webhook event
}

// Operation is one operation of the document.
type Operation struct {
	ID, Method, Path  string
	Aliases           []string // "METHOD path"
	Request, Response Codec    // nil where there is no JSON body
	Errors            map[int]Codec
}

// Entry is one line of a manifest.
type Entry struct {
	File, Method, Path, Role, Event string
	Status                          int
}

// Run reads the folder that SDK_SAMPLES names and requires of every sample with an operation that decoding and encoding
// it loses and changes nothing. It prints one line for each sample and one with the counts (go test shows them with -v).
// Without the variable it skips.
func Run(t *testing.T, p Package) {
	root := os.Getenv("SDK_SAMPLES")
	if root == "" {
		t.Skip("SDK_SAMPLES names no folder")
	}
	if !filepath.IsAbs(root) {
		t.Fatalf("SDK_SAMPLES=%s: tests run in the folder of their package, so the path must be absolute", root)
	}
	if err := p.run(root, os.Stdout, func(loss string) { t.Error(loss) }); err != nil {
		t.Fatal(err)
	}
}

// run prints what it did with each sample, and calls lost for each that isn't kept whole.
func (p Package) run(root string, out io.Writer, lost func(string)) error {
	folder, entries, err := manifest(filepath.Join(root, p.Name))
	if err != nil {
		return err
	}
	var decoded, kept, unknown int
	for _, e := range entries {
		if !slices.Contains([]string{"request", "response", "error", "webhook"}, e.Role) {
			lost(fmt.Sprintf("%s: the role %q is unknown", e.File, e.Role))
			continue
		}
		codec, why := p.codec(e)
		if codec == nil {
			unknown++
			fmt.Fprintf(out, "%s: no operation: %s\n", e.File, why)
			continue
		}
		original, err := os.ReadFile(filepath.Join(folder, e.File))
		if err != nil {
			lost(err.Error())
			continue
		}
		if e.Role == "request" {
			if original = captured(original); string(original) == "null" {
				unknown++
				fmt.Fprintf(out, "%s: no operation: the captured request has no body\n", e.File)
				continue
			}
		}
		again, err := codec(original)
		if err != nil {
			lost(fmt.Sprintf("%s: %s: %v", e.File, e.label(), err))
			continue
		}
		decoded++
		if diff := Compare(original, again); diff != "" {
			lost(fmt.Sprintf("%s: %s: %s", e.File, e.label(), diff))
			continue
		}
		kept++
		fmt.Fprintf(out, "%s: %s: kept whole\n", e.File, e.label())
	}
	fmt.Fprintf(out, "samples: %d decoded, %d kept whole, %d without an operation\n", decoded, kept, unknown)
	return nil
}

// manifest reads the list of samples, from the folder or from its subfolder samples.
func manifest(folder string) (string, []Entry, error) {
	for _, at := range []string{folder, filepath.Join(folder, "samples")} {
		text, err := os.ReadFile(filepath.Join(at, "manifest.json"))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return "", nil, err
		}
		var entries []Entry
		if err := json.Unmarshal(text, &entries); err != nil {
			return "", nil, fmt.Errorf("%s: %w", filepath.Join(at, "manifest.json"), err)
		}
		return at, entries, nil
	}
	return "", nil, fmt.Errorf("%s: no manifest.json there or in samples/", folder)
}

// captured takes the body out of a request that was recorded with its method, target and headers around it.
func captured(sample []byte) []byte {
	members := map[string]json.RawMessage{}
	if json.Unmarshal(sample, &members) != nil || len(members) != 4 {
		return sample
	}
	for _, name := range []string{"method", "target", "headers", "body"} {
		if _, ok := members[name]; !ok {
			return sample
		}
	}
	return members["body"]
}

func (e Entry) label() string {
	if e.Role == "webhook" {
		return "webhook " + e.Event
	}
	return e.Role + " of " + e.Method + " " + e.Path
}

// codec finds the Go type of an entry; nil where the document doesn't have it, with the reason.
func (p Package) codec(e Entry) (Codec, string) {
	if e.Role == "webhook" {
		return p.Events[e.Event], "event " + e.Event + " is not in the document"
	}
	for _, op := range p.Operations {
		if !op.matches(e) {
			continue
		}
		switch e.Role {
		case "request":
			return op.Request, op.ID + " has no JSON request body"
		case "response":
			return op.Response, op.ID + " has no JSON answer"
		default: // error
			if codec := op.Errors[e.Status]; codec != nil {
				return codec, ""
			}
			if codec := op.Errors[0]; codec != nil {
				return codec, ""
			}
			return op.anyError(), op.ID + " documents no error body"
		}
	}
	return nil, e.Method + " " + e.Path + " is not in the document"
}

func (op Operation) matches(e Entry) bool {
	if strings.EqualFold(op.Method, e.Method) && shape(op.Path) == shape(e.Path) {
		return true
	}
	for _, alias := range op.Aliases {
		method, path, _ := strings.Cut(alias, " ")
		if strings.EqualFold(method, e.Method) && shape(path) == shape(e.Path) {
			return true
		}
	}
	return false
}

// shape makes paths comparable whatever their parameters are called.
func shape(path string) string {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for i, s := range segments {
		if strings.HasPrefix(s, "{") {
			segments[i] = "{}"
		}
	}
	return strings.Join(segments, "/")
}

// anyError serves a sample whose status is not documented: platforms use one shape for most of them.
func (op Operation) anyError() Codec {
	for _, status := range []int{404, 403, 400, 401, 500} {
		if codec := op.Errors[status]; codec != nil {
			return codec
		}
	}
	return nil
}

// RoundTrip is the Codec of T.
func RoundTrip[T any](payload []byte) ([]byte, error) {
	var v T
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("decoding as %T: %w", v, err)
	}
	again, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encoding %T: %w", v, err)
	}
	return again, nil
}

// RoundTripEvent is the Codec of a webhook delivery: the envelope E and, inside it, the data D.
func RoundTripEvent[E, D any](payload []byte) ([]byte, error) {
	envelope, err := RoundTrip[E](payload)
	if err != nil {
		return nil, err
	}
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(envelope, &members); err != nil {
		return nil, err
	}
	if members["data"], err = RoundTrip[D](members["data"]); err != nil {
		return nil, err
	}
	return json.Marshal(members)
}
