package releasestest

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/releases"
)

// kind is what the platform has of one kind of thing, and how it lists them.
type kind[T any] struct {
	operation string // that lists them; empty: none does
	items     string // the member of its answer that holds them
	newest    bool   // the newest comes first, else the oldest
	workspace string // the query parameter that names their workspace, where the path doesn't

	id       func(*T) *string             // nil: they have none
	prefix   string                       // of the ids that are made for those that come without
	adopt    func(*T, releases.AppRef)    // writes the ids of what it belongs to
	complete func(*T)                     // fills in what else the document requires
	keep     func(*fake.Request, *T) bool // whether a list has it; nil: always
	show     func(*T, releases.AppRef)    // writes what follows from other things, as it is answered
	beside   func(all []T) map[string]any // more members of the answer, from all that the path leads to
	reversed func(*fake.Request) bool     // whether the request turns the order round; nil: never

	table fake.Table[row[T]]
}

// row is one thing. Its place never changes, not even when it is replaced.
type row[T any] struct {
	key   string
	place int
	ref   releases.AppRef // what it belongs to; the ids below its level are empty
	item  T
}

// register makes a kind known to the functions that seed, and has its operation handled.
func register[T any](s *Server, k *kind[T]) *kind[T] {
	s.kinds[reflect.TypeFor[T]()] = k
	if k.operation != "" {
		s.handle(k.operation, k.list)
	}
	return k
}

// put stores a thing, in place of the one that has its id. It shares nothing with what was given. The server's lock is
// held.
func (k *kind[T]) put(s *Server, ref releases.AppRef, item T) (T, error) {
	item, err := fake.Copy(item)
	if err != nil {
		return item, err
	}
	if k.adopt != nil {
		k.adopt(&item, ref)
	}
	if k.complete != nil {
		k.complete(&item)
	}
	s.places++
	entry := row[T]{key: k.key(s, ref, &item), place: s.places, ref: ref, item: item}
	if old, ok := k.table.Get(entry.key); ok {
		entry.place = old.place
	}
	k.table.Put(entry.key, entry)
	return item, nil
}

// key names a thing in the table. One without an id gets one, if its kind has ids at all.
func (k *kind[T]) key(s *Server, ref releases.AppRef, item *T) string {
	if k.id == nil {
		return rowKey(ref, s.IDs.Prefixed(k.prefix))
	}
	id := k.id(item)
	for *id == "" {
		made := s.IDs.Prefixed(k.prefix)
		if _, taken := k.table.Get(rowKey(ref, made)); !taken {
			*id = made
		}
	}
	return rowKey(ref, *id)
}

func rowKey(ref releases.AppRef, id string) string {
	return strings.Join([]string{ref.Org, ref.Workspace, ref.App, id}, "\x00")
}

// find is the thing of an id; false if there is none.
func (k *kind[T]) find(ref releases.AppRef, id string) (T, bool) {
	entry, ok := k.table.Get(rowKey(ref, id))
	return entry.item, ok
}

// in gives what belongs to an organization, a workspace or an app, by how much of the reference is given.
func (k *kind[T]) in(ref releases.AppRef) []T {
	var list []T
	for _, entry := range k.table.Select(func(entry row[T]) bool { return within(entry.ref, ref) }) {
		list = append(list, entry.item)
	}
	return list
}

// remove removes the things that it is true for, and says how many there were.
func (k *kind[T]) remove(gone func(T) bool) int {
	rows := k.table.Select(func(entry row[T]) bool { return gone(entry.item) })
	for _, entry := range rows {
		k.table.Delete(entry.key)
	}
	return len(rows)
}

// within says whether what belongs to ref belongs to outer too. Ids that outer leaves empty may be any.
func within(ref, outer releases.AppRef) bool {
	return (outer.Org == "" || outer.Org == ref.Org) &&
		(outer.Workspace == "" || outer.Workspace == ref.Workspace) &&
		(outer.App == "" || outer.App == ref.App)
}

// list answers one page, or all where the document has no pages.
func (k *kind[T]) list(r *fake.Request) fake.Response {
	outer := refOf(r)
	if k.workspace != "" {
		outer.Workspace = r.Query(k.workspace)
	}
	all := k.table.Select(func(entry row[T]) bool { return within(entry.ref, outer) })
	rows := slices.DeleteFunc(slices.Clone(all), func(entry row[T]) bool { return k.keep != nil && !k.keep(r, &entry.item) })
	down := k.newest
	if k.reversed != nil && k.reversed(r) {
		down = !down
	}
	if down {
		slices.Reverse(rows)
	}
	page, refusal := cut(r, rows, func(entry row[T]) int { return entry.place }, down)
	if refusal != nil {
		return *refusal
	}
	body := map[string]any{k.items: k.shown(page.items)}
	if k.beside != nil {
		maps.Copy(body, k.beside(k.shown(all)))
	}
	declared := r.Operation.Spec.Responses.Status(http.StatusOK).Value.Content.Get("application/json").Schema.Value
	for name, value := range map[string]any{"total": page.total, "has_more": page.more, "next_cursor": page.next()} {
		if declared.Properties[name] != nil {
			body[name] = value
		}
	}
	return fake.JSON(http.StatusOK, body)
}

// shown gives things as they are answered.
func (k *kind[T]) shown(rows []row[T]) []T {
	items := make([]T, len(rows))
	for i, entry := range rows {
		items[i] = entry.item
		if k.show != nil {
			k.show(&items[i], entry.ref)
		}
	}
	return items
}

// refOf is what the path names.
func refOf(r *fake.Request) releases.AppRef {
	return releases.AppRef{Org: r.Path("org_id"), Workspace: r.Path("workspace_id"), App: r.Path("app_id")}
}
