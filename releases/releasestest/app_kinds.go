package releasestest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/releases"
)

// appKinds are the things of one app, releases apart.
type appKinds struct {
	timeline   *kind[releases.TimelineEvent]
	namespaces *kind[releases.Namespace]
	actions    *kind[releases.Action]
	tokens     *kind[releases.AppToken]
}

func (s *Server) registerAppKinds() {
	register(s, &kind[releases.Branch]{
		operation: "Branches.List", items: "branches", prefix: "br_",
		id: func(b *releases.Branch) *string { return &b.BranchID },
		adopt: func(b *releases.Branch, ref releases.AppRef) {
			b.WorkspaceID, b.AppID = ref.Workspace, ref.App
		},
		keep: func(r *fake.Request, b *releases.Branch) bool { return searched(r, b.Name) },
		beside: func(all []releases.Branch) map[string]any {
			return map[string]any{"main_branch_id": mainBranch(all)}
		},
	})
	s.timeline = register(s, &kind[releases.TimelineEvent]{
		operation: "TimelineEvents.List", items: "events", prefix: "timeline ", newest: true,
		complete: func(e *releases.TimelineEvent) {
			if e.Timestamp.IsZero() {
				e.Timestamp = wireTime(s.Now())
			}
			e.Type = cmp.Or(e.Type, typeOf(e))
		},
	})
	s.namespaces = register(s, &kind[releases.Namespace]{
		operation: "Namespaces.List", items: "namespaces", prefix: "ns_",
		id: func(n *releases.Namespace) *string { return &n.NamespaceID },
		adopt: func(n *releases.Namespace, ref releases.AppRef) {
			n.WorkspaceID, n.AppID = ref.Workspace, ref.App
		},
		keep: func(r *fake.Request, n *releases.Namespace) bool { return searched(r, n.Name, n.Description.Or("")) },
	})
	register(s, &kind[releases.Message]{
		operation: "Messages.List", items: "messages", prefix: "msg_",
		id: func(m *releases.Message) *string { return &m.MessageID },
		adopt: func(m *releases.Message, ref releases.AppRef) {
			m.WorkspaceID, m.AppID = ref.Workspace, sdk.Some(ref.App)
		},
		complete: func(m *releases.Message) { m.Role = cmp.Or(m.Role, releases.MessageRoleSystem) },
		keep: func(r *fake.Request, m *releases.Message) bool {
			return m.ThreadID == r.Path("thread_id") && m.NamespaceID.Or("") == r.Path("namespace_id")
		},
		reversed: func(r *fake.Request) bool { return !r.Bool("ascending", true) },
	})
	register(s, &kind[releases.Memory]{
		operation: "Memories.List", items: "memories", prefix: "mem_",
		id:    func(m *releases.Memory) *string { return &m.MemoryID },
		adopt: func(m *releases.Memory, ref releases.AppRef) { m.WorkspaceID = ref.Workspace },
		keep: func(r *fake.Request, m *releases.Memory) bool {
			return m.NamespaceID == r.Path("namespace_id") && matches(r, "thread_id", m.ThreadID) &&
				matches(r, "memory_type", m.MemoryType) && (r.Bool("include_expired", false) || !s.over(m.ExpiresAt))
		},
	})
	s.actions = register(s, &kind[releases.Action]{
		operation: "Actions.List", items: "actions", prefix: "action_",
		id: func(a *releases.Action) *string { return &a.ActionID },
		adopt: func(a *releases.Action, ref releases.AppRef) {
			a.WorkspaceID, a.AppID = ref.Workspace, ref.App
		},
		keep: func(r *fake.Request, a *releases.Action) bool { return searched(r, a.Name, a.Description.Or("")) },
	})
	s.tokens = register(s, &kind[releases.AppToken]{
		operation: "AppTokens.List", items: "tokens", prefix: "tok_",
		id:    func(t *releases.AppToken) *string { return &t.TokenID },
		adopt: func(t *releases.AppToken, ref releases.AppRef) { t.OrgID = ref.Org },
	})
}

// mainBranch is the id of the branch that is the main one by its type, or else by its name; null if none is.
func mainBranch(all []releases.Branch) sdk.Optional[string] {
	for _, is := range []func(releases.Branch) bool{
		func(b releases.Branch) bool { return b.BranchType.Or("") == releases.BranchTypeMain },
		func(b releases.Branch) bool { return b.Name == "main" },
	} {
		if i := slices.IndexFunc(all, is); i >= 0 {
			return sdk.Some(all[i].BranchID)
		}
	}
	return sdk.Null[string]()
}

// typeOf is the type of an event by what it holds.
func typeOf(e *releases.TimelineEvent) releases.TimelineEventType {
	switch {
	case !e.Release.IsZero():
		return releases.TimelineEventTypeRelease
	case !e.Deployment.IsZero():
		return releases.TimelineEventTypeDeployment
	}
	return releases.TimelineEventTypeCommit
}

// over says whether the time of a thing is over.
func (s *Server) over(end sdk.Optional[time.Time]) bool {
	at, ok := end.Get()
	return ok && !at.After(s.Now())
}

// searched says whether one of the texts contains what the request searches for, in capitals or small letters.
func searched(r *fake.Request, texts ...string) bool {
	wanted := strings.ToLower(r.Query("search"))
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), wanted) })
}

// matches says whether a member is what a query parameter asks for. One that wasn't sent asks for nothing.
func matches[T ~string](r *fake.Request, parameter string, member sdk.Optional[T]) bool {
	wanted := r.Query(parameter)
	return wanted == "" || string(member.Or("")) == wanted
}
