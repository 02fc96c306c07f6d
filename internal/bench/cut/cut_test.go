package main

import (
	"bytes"
	"os"
	"testing"
)

// TestDocumentIsThePlatforms holds that the runners are generated from what the SDK is generated from.
func TestDocumentIsThePlatforms(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile("../../../openapi/releases.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := cut(whole)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("openapi.yaml is not what would be cut from the document now: run go generate ./... in internal/bench")
	}
}
