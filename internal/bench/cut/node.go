package main

import (
	"iter"
	"strings"

	"gopkg.in/yaml.v3"
)

// members ranges over the names and values of a mapping; anything else has none.
func members(node *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		if node == nil || node.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			if !yield(node.Content[i].Value, node.Content[i+1]) {
				return
			}
		}
	}
}

// member gives the value of one name, nil if there is none.
func member(node *yaml.Node, name string) *yaml.Node {
	for n, value := range members(node) {
		if n == name {
			return value
		}
	}
	return nil
}

func put(node *yaml.Node, name string, value *yaml.Node) {
	node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, value)
}

// bare gives a copy without what says nothing to a generator: prose, examples and the members of this project's own.
func bare(node *yaml.Node) *yaml.Node {
	plain := *node
	plain.Content = nil
	if node.Kind != yaml.MappingNode {
		for _, child := range node.Content {
			plain.Content = append(plain.Content, bare(child))
		}
		return &plain
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if name, value := node.Content[i], node.Content[i+1]; !isProse(name.Value, value, node) {
			plain.Content = append(plain.Content, name, bare(value))
		}
	}
	return &plain
}

func isProse(name string, value, parent *yaml.Node) bool {
	switch name {
	case "description": // a property of that name is no scalar, and a response needs one
		return value.Kind == yaml.ScalarNode && member(parent, "content") == nil
	case "summary", "externalDocs", "example", "examples":
		return true
	}
	return strings.HasPrefix(name, "x-")
}
