package releasestest

import (
	"reflect"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/releases"
)

// AppItem is what [PutInApp] stores. Releases have methods of their own: [Server.Seed] and [Server.Put].
type AppItem interface {
	releases.Branch | releases.TimelineEvent | releases.Namespace | releases.Message | releases.Memory | releases.Action |
		releases.AppToken
}

// WorkspaceItem is what [PutInWorkspace] stores. An sdk.StreamEvent is one of those that Events.Stream gives.
type WorkspaceItem interface {
	releases.App | releases.Member | releases.User | releases.Environment | releases.Thread | releases.Artifact |
		releases.Source | releases.Volume | releases.Collection | releases.ToolInstance | releases.ToolConfigProfile |
		releases.ModelEntitlement | releases.Augmentation | sdk.StreamEvent
}

// OrganizationItem is what [PutInOrganization] stores.
type OrganizationItem interface {
	releases.Workspace | releases.Recipe | releases.ProviderAccount | releases.RouterPolicy | releases.AppTokenPolicy |
		releases.ApprovalPolicy | releases.Command | releases.ActivityEntry
}

// CallerItem is what [PutForCaller] stores.
type CallerItem interface {
	releases.Organization | releases.Notification
}

// PutInApp stores things of an app, new ones or in place of those that have their ids, and returns what is stored:
//
//	releasestest.PutInApp(platform, shop, releases.Branch{Name: "main"}, releases.Branch{Name: "draft"})
//
// An empty id is filled in, the ids of what the thing belongs to always are (those of the namespace, thread, volume or
// tool instance that it is listed by are the caller's to set), and so is what the document requires beyond ids. Whatever
// else is absent stays absent. What isn't in the document is a problem when it is answered.
func PutInApp[T AppItem](s *Server, ref releases.AppRef, items ...T) []T {
	if !s.validRef("PutInApp", ref) {
		return nil
	}
	return put(s, "PutInApp", ref, items)
}

// PutInWorkspace stores things of a workspace, as [PutInApp] does those of an app.
func PutInWorkspace[T WorkspaceItem](s *Server, ref releases.WorkspaceRef, items ...T) []T {
	if ref.Org == "" || ref.Workspace == "" {
		s.Report("PutInWorkspace: the workspace %+v has an empty id", ref)
		return nil
	}
	return put(s, "PutInWorkspace", releases.AppRef{Org: ref.Org, Workspace: ref.Workspace}, items)
}

// PutInOrganization stores things of an organization, as [PutInApp] does those of an app.
func PutInOrganization[T OrganizationItem](s *Server, org string, items ...T) []T {
	if org == "" {
		s.Report("PutInOrganization: the organization has an empty id")
		return nil
	}
	return put(s, "PutInOrganization", releases.AppRef{Org: org}, items)
}

// PutForCaller stores what belongs to nobody but who calls the platform, as [PutInApp] does things of an app.
func PutForCaller[T CallerItem](s *Server, items ...T) []T {
	return put(s, "PutForCaller", releases.AppRef{}, items)
}

func put[T any](s *Server, method string, ref releases.AppRef, items []T) []T {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.kinds[reflect.TypeFor[T]()].(*kind[T]) // every type of the constraints is registered, which a test checks
	s.declare(ref)
	stored := make([]T, 0, len(items))
	for _, item := range items {
		kept, err := k.put(s, ref, item)
		if err == nil {
			kept, err = fake.Copy(kept)
		}
		if err != nil {
			s.Report("%s: %v", method, err)
			continue
		}
		stored = append(stored, kept)
	}
	return stored
}

// declare enters what the ids name into the lists of apps, workspaces and organizations, unless it is there. The
// server's lock is held.
func (s *Server) declare(ref releases.AppRef) {
	workspace, org := releases.AppRef{Org: ref.Org, Workspace: ref.Workspace}, releases.AppRef{Org: ref.Org}
	if ref.App != "" {
		enter(s, s.apps, workspace, ref.App, releases.App{AppID: ref.App, Name: ref.App})
	}
	if ref.Workspace != "" {
		enter(s, s.workspaces, org, ref.Workspace, releases.Workspace{WorkspaceID: ref.Workspace, Name: ref.Workspace})
	}
	if ref.Org != "" {
		enter(s, s.organizations, releases.AppRef{}, ref.Org, releases.Organization{OrganizationID: ref.Org, Name: ref.Org})
	}
}

func enter[T any](s *Server, k *kind[T], ref releases.AppRef, id string, item T) {
	if _, ok := k.find(ref, id); !ok {
		_, _ = k.put(s, ref, item) // two texts, which can always be encoded
	}
}
