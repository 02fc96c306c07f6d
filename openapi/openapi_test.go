package openapi_test

import (
	"errors"
	"io/fs"
	"slices"
	"testing"

	"github.com/wharfinger/sdk/openapi"
)

func TestNamesAreThePackages(t *testing.T) {
	t.Parallel()
	want := []string{"cargo", "licensing", "releases", "versori"}
	if got := openapi.Names(); !slices.Equal(got, want) {
		t.Errorf("Names() = %v, want %v", got, want)
	}
}

func TestDocumentIsTheCallersOwn(t *testing.T) {
	t.Parallel()
	first, err := openapi.Document("cargo")
	if err != nil {
		t.Fatal(err)
	}
	clear(first)
	second, err := openapi.Document("cargo")
	if err != nil {
		t.Fatal(err)
	}
	if len(second) == 0 || second[0] == 0 {
		t.Error("a change of one caller's copy reached the next caller")
	}
}

func TestUnknownDocumentIsAnError(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "cargo.yaml", "../go", "/cargo", "nothing"} {
		if _, err := openapi.Document(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Document(%q): error %v, want fs.ErrNotExist", name, err)
		}
	}
}

// TestDocumentsKeepTheConventions prints one line for each fault: file, place, what is wrong.
func TestDocumentsKeepTheConventions(t *testing.T) {
	t.Parallel()
	for _, name := range openapi.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := openapi.Document(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range lint(name+".yaml", text) {
				t.Error(f)
			}
		})
	}
}
