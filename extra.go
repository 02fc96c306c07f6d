package sdk

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"
)

// Extra keeps what a server sent and a model has no field for, so that reading
// a model, changing it and sending it back loses nothing: the members that the
// platform's document doesn't know, and the few odd values that a declared field
// can't hold (see [Extra.Deviate]).
//
// The zero value is empty and ready. A copy of a model has an Extra of its own:
// Set and Delete on one never show in the other, from whichever goroutine. The
// raw bytes are shared between copies: like those of a string they must never be
// changed in place; use Set.
type Extra struct {
	// No model can be compared with ==: what would be compared of this one is an
	// address, and a member that a platform adds later may be a slice.
	_ [0]func()
	// The newest node of a list whose nodes never change once made. A copy shares
	// the list as it was; whoever adds to it afterwards does so in front of it.
	head *extraNode
}

type extraNode struct {
	name string
	raw  json.RawMessage
	prev *extraNode
	// count is how many nodes there are from this one on, limit how many there may
	// be before those that are hidden by newer ones are dropped.
	count, limit int32
	kind         extraKind
}

type extraKind uint8

const (
	extraMember    extraKind = iota // an unknown member
	extraRaw                        // a declared member that couldn't be read
	extraNull                       // a declared member that was null
	extraMissing                    // a declared member that wasn't there
	extraForgotten                  // hides all of the above
)

// extraLimit is the number of nodes that is never worth tidying up.
const extraLimit = 32

// Get returns the raw JSON of the unknown member called name. The bytes must not
// be changed.
func (x *Extra) Get(name string) (json.RawMessage, bool) {
	for n := x.first(); n != nil; n = n.prev {
		if n.name != name {
			continue
		}
		switch n.kind {
		case extraMember:
			return n.raw, true
		case extraForgotten:
			return nil, false
		}
	}
	return nil, false
}

// Set adds or replaces the unknown member called name, which is sent with the
// model from then on. raw must be one JSON value and must not be changed
// afterwards; nil stands for null. What isn't JSON is refused when the model is
// encoded. A name that the model has a field for is ignored when the field is
// sent.
func (x *Extra) Set(name string, raw json.RawMessage) {
	if len(raw) == 0 {
		raw = json.RawMessage("null")
	}
	x.push(extraNode{name: name, raw: raw[:len(raw):len(raw)], kind: extraMember})
}

// Delete forgets the unknown member called name, and also the deviation of a
// declared member of that name. It does nothing when there is none.
func (x *Extra) Delete(name string) {
	if !x.mayHold(name) {
		return
	}
	x.push(extraNode{name: strings.Clone(name), kind: extraForgotten})
	if x.head.count <= extraLimit {
		x.tidy()
	}
}

// mayHold reports whether name is kept, or whether the list is too long for
// looking: a document that has a name a million times is read in linear time.
func (x *Extra) mayHold(name string) bool {
	n := x.first()
	for range extraLimit {
		if n == nil || n.name == name {
			break
		}
		n = n.prev
	}
	return n != nil
}

// Len returns the number of unknown members.
func (x *Extra) Len() int {
	n := 0
	for _, node := range x.visible() {
		if node.kind == extraMember {
			n++
		}
	}
	return n
}

// All ranges over the unknown members in the order received; one that was set
// again stands where it was set last. The bytes must not be changed. Changing x
// meanwhile doesn't disturb the range.
func (x *Extra) All() iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		for _, n := range x.visible() {
			if n.kind == extraMember && !yield(n.name, n.raw) {
				return
			}
		}
	}
}

// IsZero reports whether nothing at all is kept: no unknown member and no
// deviation.
func (x *Extra) IsZero() bool { return x == nil || x.head == nil }

// Deviate keeps what the server sent for the declared member called name when
// its field can't say it: null for a plain field, a time or base64 that can't be
// read, or, with raw nil, nothing for a required member. Encoding the model gives
// the same again for as long as the field has its zero value. It is for the
// generated code; raw must not be changed afterwards.
func (x *Extra) Deviate(name string, raw json.RawMessage) {
	switch {
	case raw == nil:
		x.push(extraNode{name: name, kind: extraMissing})
	case string(raw) == "null":
		x.push(extraNode{name: name, kind: extraNull})
	default:
		x.push(extraNode{name: name, raw: raw[:len(raw):len(raw)], kind: extraRaw})
	}
}

// Deviation returns what [Extra.Deviate] kept for the declared member called
// name. raw is nil when the member wasn't there at all. It answers the question
// why a field is zero: a date of "0000-00-00" for example is found here. The
// bytes must not be changed.
func (x *Extra) Deviation(name string) (raw json.RawMessage, ok bool) {
	for n := x.first(); n != nil; n = n.prev {
		if n.name != name {
			continue
		}
		switch n.kind {
		case extraRaw, extraMissing:
			return n.raw, true
		case extraNull:
			return json.RawMessage("null"), true
		case extraForgotten:
			return nil, false
		}
	}
	return nil, false
}

func (x *Extra) first() *extraNode {
	if x == nil {
		return nil
	}
	return x.head
}

// push puts a node in front: constant time, whatever there is already, so that
// a document with a million unknown members is read in linear time.
func (x *Extra) push(n extraNode) {
	if x == nil {
		return
	}
	n.prev, n.count, n.limit = x.head, 1, extraLimit
	if x.head != nil {
		n.count, n.limit = x.head.count+1, x.head.limit
	}
	x.head = &n
	if n.count > n.limit {
		x.tidy()
	}
}

// tidy builds the list anew without the nodes that newer ones hide.
func (x *Extra) tidy() {
	nodes := x.visible()
	limit := max(extraLimit, 2*int32(len(nodes)))
	x.head = nil
	for i, n := range nodes {
		c := *n
		c.prev, c.count, c.limit = x.head, int32(i+1), limit
		x.head = &c
	}
}

// visible returns the nodes that no newer one hides, oldest first.
func (x *Extra) visible() []*extraNode {
	head := x.first()
	if head == nil {
		return nil
	}
	hidden := head.hides
	if head.count > extraLimit/2 {
		hidden = hiddenBySet(head.count)
	}
	nodes := make([]*extraNode, 0, head.count)
	for n := head; n != nil; n = n.prev {
		if !hidden(n) && n.kind != extraForgotten {
			nodes = append(nodes, n)
		}
	}
	slices.Reverse(nodes)
	return nodes
}

// hides reports whether a node of the list that begins at head and is newer than
// n hides n. A member and a deviation of one name live side by side.
func (head *extraNode) hides(n *extraNode) bool {
	for newer := head; newer != n; newer = newer.prev {
		if newer.name == n.name && (newer.kind == extraForgotten || (newer.kind == extraMember) == (n.kind == extraMember)) {
			return true
		}
	}
	return false
}

// hiddenBySet answers what hides answers, for long lists: it must be asked for
// every node, newest first.
func hiddenBySet(count int32) func(*extraNode) bool {
	type key struct {
		name   string
		member bool
	}
	seen := make(map[key]struct{}, count)
	return func(n *extraNode) bool {
		k := key{n.name, n.kind == extraMember}
		_, hidden := seen[k]
		seen[k] = struct{}{}
		if n.kind == extraForgotten {
			seen[key{n.name, true}] = struct{}{}
		}
		return hidden
	}
}
