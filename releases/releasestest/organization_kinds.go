package releasestest

import (
	"net/http"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/releases"
)

// organizationKinds are the things of one organization, and those that belong to none.
type organizationKinds struct {
	organizations *kind[releases.Organization]
	workspaces    *kind[releases.Workspace]
	recipes       *kind[releases.Recipe]
	activities    *kind[releases.ActivityEntry]
}

func (s *Server) registerOrganizationKinds() {
	s.workspaces = register(s, &kind[releases.Workspace]{
		operation: "Workspaces.List", items: "workspaces", prefix: "ws_",
		id: func(w *releases.Workspace) *string { return &w.WorkspaceID },
		keep: func(r *fake.Request, _ *releases.Workspace) bool {
			return matches(r, "organization_id", sdk.Some(r.Path("org_id")))
		},
	})
	s.recipes = register(s, &kind[releases.Recipe]{
		operation: "Recipes.List", items: "recipes", prefix: "recipe_",
		id:   func(c *releases.Recipe) *string { return &c.ID },
		keep: func(r *fake.Request, c *releases.Recipe) bool { return matches(r, "category", c.Category) },
	})
	register(s, &kind[releases.Command]{
		operation: "Commands.List", items: "commands", prefix: "command_",
		id: func(c *releases.Command) *string { return &c.ID },
		keep: func(r *fake.Request, c *releases.Command) bool {
			open := r.Query("workspace_id") != ""
			return matches(r, "category", c.Category) && (open || !c.RequiresWorkspace.Or(false))
		},
	})
	s.activities = register(s, &kind[releases.ActivityEntry]{
		operation: "Activities.List", items: "activities", prefix: "act_", newest: true,
		id: func(e *releases.ActivityEntry) *string { return &e.ID },
		keep: func(r *fake.Request, e *releases.ActivityEntry) bool {
			from, after := r.Time("start_time")
			to, before := r.Time("end_time")
			at, timed := e.Timestamp.Get()
			return (!after || timed && !at.Before(from)) && (!before || timed && !at.After(to))
		},
	})
	s.registerPolicies()
}

// getRecipe answers what the list has of a recipe: its details aren't documented.
func (s *Server) getRecipe(r *fake.Request) fake.Response {
	recipe, ok := s.recipes.find(refOf(r), r.Path("recipe_id"))
	if !ok {
		return s.notFound(r)
	}
	return fake.JSON(http.StatusOK, recipe)
}

func (s *Server) registerPolicies() {
	register(s, &kind[releases.ProviderAccount]{
		operation: "ProviderAccounts.List", items: "accounts", prefix: "provider_",
		id:    func(a *releases.ProviderAccount) *string { return &a.ProviderAccountID },
		adopt: func(a *releases.ProviderAccount, ref releases.AppRef) { a.OrgID = ref.Org },
		keep: func(r *fake.Request, a *releases.ProviderAccount) bool {
			return matches(r, "provider_type", a.ProviderType) && matches(r, "status", a.Status) && enabled(r, a.Enabled)
		},
	})
	register(s, &kind[releases.RouterPolicy]{
		operation: "RouterPolicies.List", items: "policies", prefix: "policy_",
		id:    func(p *releases.RouterPolicy) *string { return &p.PolicyID },
		adopt: func(p *releases.RouterPolicy, ref releases.AppRef) { p.OrgID = ref.Org },
		keep: func(r *fake.Request, p *releases.RouterPolicy) bool {
			return matches(r, "status", p.Status) && enabled(r, p.Enabled)
		},
	})
	register(s, &kind[releases.AppTokenPolicy]{
		operation: "AppTokenPolicies.List", items: "policies", prefix: "policy_",
		id:    func(p *releases.AppTokenPolicy) *string { return &p.PolicyID },
		adopt: func(p *releases.AppTokenPolicy, ref releases.AppRef) { p.OrganizationID = ref.Org },
	})
	register(s, &kind[releases.ApprovalPolicy]{
		operation: "ApprovalPolicies.List", items: "policies", prefix: "policy_",
		id:    func(p *releases.ApprovalPolicy) *string { return &p.PolicyID },
		adopt: func(p *releases.ApprovalPolicy, ref releases.AppRef) { p.OrganizationID = ref.Org },
		keep: func(r *fake.Request, p *releases.ApprovalPolicy) bool {
			return searched(r, p.Name, p.Description.Or(""))
		},
	})
}

func (s *Server) registerCallerKinds() {
	s.organizations = register(s, &kind[releases.Organization]{
		operation: "Organizations.List", items: "organizations", prefix: "org_",
		id:   func(o *releases.Organization) *string { return &o.OrganizationID },
		keep: func(r *fake.Request, o *releases.Organization) bool { return searched(r, o.Name) },
	})
	register(s, &kind[releases.Notification]{
		operation: "Notifications.List", items: "notifications", prefix: "ntf_", newest: true,
		id: func(n *releases.Notification) *string { return &n.NotificationID },
		keep: func(r *fake.Request, n *releases.Notification) bool {
			return matches(r, "status", n.Status) && matches(r, "category", n.Category)
		},
		beside: func(all []releases.Notification) map[string]any {
			unread := 0
			for i := range all {
				if all[i].Status.Or("") == releases.NotificationStatusUnread {
					unread++
				}
			}
			return map[string]any{"unread_count": unread}
		},
	})
}
