// Command gen turns one hand-written OpenAPI document into one Go package: models with codecs, services, pagers,
// error codes, webhook accessors and the registry that the sample tests read.
//
// oapi-codegen parses the document and resolves names and types; the templates beside this file decide every line
// that is emitted. Run it through go generate in the root of the repository.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	var job Job
	flag.StringVar(&job.Document, "document", "", "the OpenAPI `file` to read")
	flag.StringVar(&job.Package, "package", "", "the Go package `name` to emit")
	flag.StringVar(&job.Out, "out", "", "the `folder` that receives the *.gen.go files")
	flag.Parse()
	if err := run(job); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// run generates the package in memory and only then replaces the files, so a failed run leaves the folder as it was.
func run(job Job) error {
	files, err := Generate(job)
	if err != nil {
		return err
	}
	return replaceGenerated(job.Out, files)
}
