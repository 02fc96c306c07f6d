package releasestest

import (
	"fmt"
	"net/http"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/releases"
)

// Invite makes an invitation for somebody and returns its token, which Registrations.GetInvitation knows from then on.
// Any other token is answered as one that isn't valid.
func (s *Server) Invite(email string) (token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	token = s.IDs.Prefixed("invite_")
	s.invitations[token] = email
	return token
}

func (s *Server) getInvitation(r *fake.Request) fake.Response {
	email, ok := s.invitations[r.Query("token")]
	return fake.JSON(http.StatusOK, releases.Invitation{Email: orNull(email), Valid: ok})
}

// checkAccess answers by the token: the one that may only read administers nothing.
func (s *Server) checkAccess(r *fake.Request) fake.Response {
	access := releases.AdminAccess{
		HasAccess:      tokenOf(r.Header) == Token,
		UserID:         sdk.Some(User),
		OrganizationID: sdk.Some(r.Query("organization_id")),
		Role:           sdk.Some("admin"),
		Message:        sdk.Null[string](),
	}
	if !access.HasAccess {
		access.Role, access.Message = sdk.Some("viewer"), sdk.Some("Only admins have access")
	}
	return fake.JSON(http.StatusOK, access)
}

// cleanUpTokens forgets the tokens that can't be used any more, in all organizations.
func (s *Server) cleanUpTokens(*fake.Request) fake.Response {
	removed := s.tokens.remove(func(t releases.AppToken) bool {
		_, revoked := t.RevokedAt.Get()
		return revoked || s.over(t.ExpiresAt)
	})
	return fake.JSON(http.StatusOK, map[string]any{"message": fmt.Sprintf("%d tokens removed", removed), "removed": removed})
}

// getPermissions answers the permissions that the platform's guide names.
func (s *Server) getPermissions(*fake.Request) fake.Response {
	return fake.JSON(http.StatusOK, map[string]any{"resources": map[string][]string{
		"workspace":     {"read", "write", "manage"},
		"apps":          {"read", "write", "manage", "delete"},
		"endpoints":     {"read", "write", "trigger"},
		"augmentations": {"read", "write", "execute"},
		"secrets":       {"read", "write", "delete"},
		"models":        {"read", "write", "manage"},
		"tools":         {"read", "write", "manage"},
		"analytics":     {"view"},
	}})
}

// listResources answers what a permission can be given for, of the types that the fake has things of; of others none.
func (s *Server) listResources(r *fake.Request) fake.Response {
	org := refOf(r)
	ref := releases.AppRef{Org: org.Org, Workspace: r.Query("workspace_id")}
	switch r.Query("resource_type") {
	case "workspace":
		return resources(s.workspaces.in(org), func(w *releases.Workspace) releases.AssignableResource {
			return releases.AssignableResource{ID: w.WorkspaceID, Name: w.Name, Description: w.Description}
		}, ref.Workspace)
	case "apps":
		return resources(s.apps.in(ref), func(a *releases.App) releases.AssignableResource {
			return releases.AssignableResource{ID: a.AppID, Name: a.Name, Description: a.Description}
		}, "")
	case "augmentations":
		return resources(s.augmentations.in(ref), func(a *releases.Augmentation) releases.AssignableResource {
			return releases.AssignableResource{ID: a.ID, Name: a.Name, Description: a.Description}
		}, "")
	case "models":
		return resources(s.entitlements.in(ref), func(e *releases.ModelEntitlement) releases.AssignableResource {
			return releases.AssignableResource{ID: e.LogicalModelID, Name: e.LogicalModelID}
		}, "")
	case "tools":
		return resources(s.tools.in(ref), func(t *releases.ToolInstance) releases.AssignableResource {
			return releases.AssignableResource{ID: t.InstanceID, Name: t.Name, Description: t.Description}
		}, "")
	}
	return fake.JSON(http.StatusOK, releases.AssignableResourceList{Resources: []releases.AssignableResource{}})
}

// resources answers a list, or the one of an id where that is given.
func resources[T any](things []T, as func(*T) releases.AssignableResource, id string) fake.Response {
	list := releases.AssignableResourceList{Resources: []releases.AssignableResource{}}
	for i := range things {
		if resource := as(&things[i]); id == "" || resource.ID == id {
			list.Resources = append(list.Resources, resource)
		}
	}
	return fake.JSON(http.StatusOK, list)
}
