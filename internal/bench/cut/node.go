package main

import (
	"iter"

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
