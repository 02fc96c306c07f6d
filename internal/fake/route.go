package fake

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// node is one segment of the tree of path templates.
type node struct {
	static map[string]*node
	params []*paramNode // those with more text around the parameter first
	rest   *routes      // a last parameter that takes several segments
	routes
}

// routes are the operations of one path, by method.
type routes map[string]*route

// paramNode is a segment with a parameter in it: {id}, or {name}.json.
type paramNode struct {
	prefix, suffix string
	next           *node
}

// route is an operation at one of its paths.
type route struct {
	op    *operation
	names []string // of the path parameters, in order
}

// add enters a path template. Two templates that match the same paths are refused for one method.
func (n *node) add(method, template string, op *operation) error {
	r := &route{op: op}
	segments := strings.Split(strings.TrimPrefix(template, "/"), "/")
	for i, segment := range segments {
		prefix, name, suffix, ok := parseSegment(segment)
		switch {
		case !ok:
			return fmt.Errorf("can't route %q: a segment can hold one parameter", template)
		case name == "":
			n = n.child(segment)
			continue
		}
		r.names = append(r.names, name)
		if i == len(segments)-1 && prefix == "" && suffix == "" && multiSegment(op, name) {
			if n.rest == nil {
				n.rest = &routes{}
			}
			return n.rest.add(method, template, r)
		}
		n = n.paramChild(prefix, suffix)
	}
	return n.routes.add(method, template, r)
}

func (rs *routes) add(method, template string, r *route) error {
	if *rs == nil {
		*rs = routes{}
	}
	if other, ok := (*rs)[method]; ok {
		return fmt.Errorf("%s %s matches the same paths as %s", method, template, other.op.ID)
	}
	(*rs)[method] = r
	return nil
}

func (n *node) child(segment string) *node {
	if n.static == nil {
		n.static = map[string]*node{}
	}
	next := n.static[segment]
	if next == nil {
		next = &node{}
		n.static[segment] = next
	}
	return next
}

func (n *node) paramChild(prefix, suffix string) *node {
	for _, p := range n.params {
		if p.prefix == prefix && p.suffix == suffix {
			return p.next
		}
	}
	p := &paramNode{prefix: prefix, suffix: suffix, next: &node{}}
	n.params = append(n.params, p)
	slices.SortStableFunc(n.params, func(a, b *paramNode) int {
		return len(b.prefix) + len(b.suffix) - len(a.prefix) - len(a.suffix)
	})
	return p.next
}

// parseSegment takes a segment of a template apart. name is empty for plain text; ok is false for two parameters.
func parseSegment(segment string) (prefix, name, suffix string, ok bool) {
	prefix, after, found := strings.Cut(segment, "{")
	if !found {
		return "", "", "", true
	}
	name, suffix, found = strings.Cut(after, "}")
	return prefix, name, suffix, found && name != "" && !strings.ContainsAny(suffix, "{}")
}

// multiSegment says whether a path parameter takes slashes as they are (x-path: segments).
func multiSegment(op *operation, name string) bool {
	for _, p := range op.params {
		if p.In == "path" && p.Name == name {
			return p.Extensions["x-path"] == "segments"
		}
	}
	return false
}

// match is the outcome of looking up a path.
type match struct {
	route  *route
	values []string // of the path parameters, unescaped
	others []string // methods that the path has, when it doesn't have the one asked for
}

// find looks up an escaped path. Plain text wins over a parameter, segment by segment from the left; a parameter is
// tried when the plain text leads nowhere for this method. An empty segment matches a parameter, so that a missing id
// is reported as such.
func (n *node) find(method, path string) match {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, segment := range segments {
		if plain, err := url.PathUnescape(segment); err == nil {
			segments[i] = plain
		}
	}
	var m match
	n.walk(method, segments, nil, &m)
	slices.Sort(m.others)
	m.others = slices.Compact(m.others)
	return m
}

func (n *node) walk(method string, segments, values []string, m *match) bool {
	if len(segments) == 0 {
		return n.routes.take(method, values, m)
	}
	head, tail := segments[0], segments[1:]
	if next := n.static[head]; next != nil && next.walk(method, tail, values, m) {
		return true
	}
	for _, p := range n.params {
		value, ok := p.cut(head)
		if ok && p.next.walk(method, tail, append(slices.Clip(values), value), m) {
			return true
		}
	}
	if n.rest == nil {
		return false
	}
	return n.rest.take(method, append(slices.Clip(values), strings.Join(segments, "/")), m)
}

func (rs routes) take(method string, values []string, m *match) bool {
	if r, ok := rs[method]; ok {
		m.route, m.values, m.others = r, values, nil
		return true
	}
	for other := range rs {
		m.others = append(m.others, other)
	}
	return false
}

// cut gives the parameter's part of a segment.
func (p *paramNode) cut(segment string) (string, bool) {
	if len(segment) < len(p.prefix)+len(p.suffix) {
		return "", false
	}
	value, ok := strings.CutPrefix(segment, p.prefix)
	if !ok {
		return "", false
	}
	return strings.CutSuffix(value, p.suffix)
}
