package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/tools/imports"
)

// marker starts a new output file inside the text that the templates emit; the same name may come back later.
var marker = regexp.MustCompile(`(?m)^//file: (\S+)\n`)

// packageDoc is the file whose text is the package's comment, and so stands before the package clause.
const packageDoc = "doc.gen.go"

var (
	generatedLine = regexp.MustCompile(`(?m)^// Code generated .*$`)
	packageClause = regexp.MustCompile(`(?m)^package \w+$`)
)

// splitFiles cuts the rendered text at its markers. What stands before the first marker is the head that every file
// gets: the generated-code line, the package clause and all imports, of which each file keeps those it uses.
func splitFiles(source string) (map[string][]byte, error) {
	cuts := marker.FindAllStringSubmatchIndex(source, -1)
	if len(cuts) == 0 {
		return nil, fmt.Errorf("the templates emitted no //file: marker")
	}
	head := source[:cuts[0][0]]
	bodies := map[string]string{}
	for i, cut := range cuts {
		end := len(source)
		if i+1 < len(cuts) {
			end = cuts[i+1][0]
		}
		bodies[source[cut[2]:cut[3]]] += source[cut[1]:end]
	}
	files := map[string][]byte{}
	for name, body := range bodies {
		if strings.TrimSpace(body) == "" {
			continue
		}
		text := head + body
		if name == packageDoc {
			text = generatedLine.FindString(head) + "\n\n" + strings.TrimSpace(body) + "\n" + packageClause.FindString(head) + "\n"
		}
		formatted, err := imports.Process(name, []byte(text), &imports.Options{Comments: true, TabIndent: true, TabWidth: 8})
		if err != nil {
			return nil, fmt.Errorf("formatting %s: %w\n%s", name, err, numbered(text))
		}
		files[name] = formatted
	}
	return files, nil
}

// numbered helps whoever broke a template to find the line that gofmt names.
func numbered(text string) string {
	var b strings.Builder
	for i, line := range strings.Split(text, "\n") {
		fmt.Fprintf(&b, "%5d  %s\n", i+1, line)
	}
	return b.String()
}

// replaceGenerated writes the files and removes generated ones that no longer come out.
func replaceGenerated(folder string, files map[string][]byte) error {
	for _, pattern := range []string{"*.gen.go", "*_gen_test.go"} {
		old, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			return err
		}
		for _, path := range old {
			if _, keep := files[filepath.Base(path)]; keep {
				continue
			}
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
