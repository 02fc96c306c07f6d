// Command cut makes openapi.yaml, the document that every runner is generated from: the release operations of the
// platform's own document, with the components that they refer to and without the prose.
//
//	go generate ./...
package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"gopkg.in/yaml.v3"
)

const tag = "Releases"

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: cut FROM TO")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "cut:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	out, err := cut(data)
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	return os.WriteFile(to, out, 0o644)
}

// cut keeps what the operations of one tag need.
func cut(data []byte) ([]byte, error) {
	var file yaml.Node
	if err := yaml.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	whole := file.Content[0]
	root := &yaml.Node{Kind: yaml.MappingNode}
	for _, name := range []string{"openapi", "info", "servers", "security"} {
		put(root, name, bare(member(whole, name)))
	}
	paths := &yaml.Node{Kind: yaml.MappingNode}
	for name, item := range members(member(whole, "paths")) {
		if kept := operations(item); kept != nil {
			put(paths, name, bare(kept))
		}
	}
	put(root, "paths", paths)
	components := member(whole, "components")
	kept, err := reachable(components, references(paths))
	if err != nil {
		return nil, err
	}
	put(kept, "securitySchemes", bare(member(components, "securitySchemes")))
	put(root, "components", kept)

	var b bytes.Buffer
	b.WriteString("# Cut from openapi/releases.yaml by internal/bench/cut. DO NOT EDIT.\n")
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(root); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// operations gives a path's parameters and its operations with the tag, nil if there are none.
func operations(item *yaml.Node) *yaml.Node {
	kept := &yaml.Node{Kind: yaml.MappingNode}
	found := false
	for name, value := range members(item) {
		tags := member(value, "tags")
		if tags == nil {
			put(kept, name, value) // the parameters
		} else if tags.Content[0].Value == tag {
			put(kept, name, value)
			found = true
		}
	}
	if !found {
		return nil
	}
	return kept
}

// reachable gives the components that refs lead to, in the order of the document.
func reachable(components *yaml.Node, refs []string) (*yaml.Node, error) {
	wanted := make(map[string]bool)
	for len(refs) > 0 {
		ref := refs[0]
		refs = refs[1:]
		if wanted[ref] {
			continue
		}
		wanted[ref] = true
		kind, name, _ := strings.Cut(strings.TrimPrefix(ref, "#/components/"), "/")
		node := member(member(components, kind), name)
		if node == nil {
			return nil, fmt.Errorf("%s leads nowhere", ref)
		}
		refs = append(refs, references(node)...)
	}
	kept := &yaml.Node{Kind: yaml.MappingNode}
	for kind, all := range members(components) {
		some := &yaml.Node{Kind: yaml.MappingNode}
		for name, node := range members(all) {
			if wanted["#/components/"+kind+"/"+name] {
				put(some, name, bare(node))
			}
		}
		if len(some.Content) > 0 {
			put(kept, kind, some)
		}
	}
	return kept, nil
}

// references lists what stands in $ref anywhere below node.
func references(node *yaml.Node) []string {
	var refs []string
	for name, value := range members(node) {
		if name == "$ref" {
			refs = append(refs, value.Value)
		}
	}
	for _, child := range node.Content {
		refs = append(refs, references(child)...)
	}
	return refs
}
