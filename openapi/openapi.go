// Package openapi holds the OpenAPI 3.0.3 documents that the clients of this module are generated from, one for each
// platform. They are written by hand and are the only source of truth: to change a client, change its document and
// generate again.
//
// The documents are embedded, so that fakes, tests and other tools can check requests and answers against the very
// document a client was generated from, whatever directory they run in.
package openapi

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed *.yaml
var files embed.FS

// extension is the ending of a document's file name.
const extension = ".yaml"

// Document returns the text of the named document, such as "licensing": the name of the package that is generated from
// it. The slice is the caller's own. A name that isn't among [Names] is an error, which tests as [fs.ErrNotExist].
func Document(name string) ([]byte, error) {
	text, err := files.ReadFile(name + extension)
	if err != nil {
		return nil, fmt.Errorf("openapi: no document named %q (there are %s): %w",
			name, strings.Join(Names(), ", "), fs.ErrNotExist)
	}
	return text, nil
}

// Names returns the names of all documents, sorted. Each is also the name of the package that is generated from it.
func Names() []string {
	// Reading the root of an embedded file system can't fail.
	entries, _ := files.ReadDir(".")
	names := make([]string, 0, len(entries))
	for _, entry := range entries {
		names = append(names, strings.TrimSuffix(entry.Name(), extension))
	}
	return names
}
