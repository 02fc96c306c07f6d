package releasestest

import (
	"maps"
	"slices"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/releases"
)

// workspaceKinds are the things of one workspace.
type workspaceKinds struct {
	apps          *kind[releases.App]
	environments  *kind[releases.Environment]
	threads       *kind[releases.Thread]
	sources       *kind[releases.Source]
	tools         *kind[releases.ToolInstance]
	entitlements  *kind[releases.ModelEntitlement]
	augmentations *kind[releases.Augmentation]
	stream        *kind[sdk.StreamEvent]
}

func (s *Server) registerWorkspaceKinds() {
	s.apps = register(s, &kind[releases.App]{
		operation: "Apps.List", items: "apps", prefix: "app_",
		id:    func(a *releases.App) *string { return &a.AppID },
		adopt: func(a *releases.App, ref releases.AppRef) { a.WorkspaceID = ref.Workspace },
		keep:  func(r *fake.Request, a *releases.App) bool { return searched(r, a.Name, a.Description.Or("")) },
		show:  s.showApp,
	})
	s.environments = register(s, &kind[releases.Environment]{
		operation: "Environments.List", items: "environments", prefix: "env_",
		id: func(e *releases.Environment) *string { return &e.EnvironmentID },
		adopt: func(e *releases.Environment, ref releases.AppRef) {
			e.OrgID, e.WorkspaceID = ref.Org, ref.Workspace
		},
		show: s.showEnvironment,
	})
	s.entitlements = register(s, &kind[releases.ModelEntitlement]{
		operation: "ModelEntitlements.List", items: "entitlements", prefix: "ent_",
		id: func(e *releases.ModelEntitlement) *string { return &e.EntitlementID },
		adopt: func(e *releases.ModelEntitlement, ref releases.AppRef) {
			e.OrgID, e.WorkspaceID = ref.Org, ref.Workspace
		},
		keep: func(r *fake.Request, e *releases.ModelEntitlement) bool { return enabled(r, e.Enabled) },
	})
	s.augmentations = register(s, &kind[releases.Augmentation]{
		operation: "Augmentations.List", items: "augmentations", prefix: "aug_", workspace: "workspace_id",
		id:    func(a *releases.Augmentation) *string { return &a.ID },
		adopt: func(a *releases.Augmentation, ref releases.AppRef) { a.WorkspaceID = ref.Workspace },
		keep:  func(r *fake.Request, a *releases.Augmentation) bool { return matches(r, "app_id", a.AppID) },
	})
	s.stream = register(s, &kind[sdk.StreamEvent]{
		prefix: "evt_",
		id:     func(e *sdk.StreamEvent) *string { return &e.ID },
	})
	s.registerPeople()
	s.registerContents()
	s.registerTools()
}

func (s *Server) registerPeople() {
	register(s, &kind[releases.Member]{
		operation: "Members.List", items: "members", prefix: "usr_",
		id: func(m *releases.Member) *string { return &m.UserID },
		adopt: func(m *releases.Member, ref releases.AppRef) {
			m.OrgID, m.WorkspaceID = sdk.Some(ref.Org), ref.Workspace
		},
	})
	register(s, &kind[releases.User]{
		operation: "Users.List", items: "users", prefix: "usr_", workspace: "workspace_id",
		id: func(u *releases.User) *string { return &u.UserID },
		keep: func(r *fake.Request, u *releases.User) bool {
			return searched(r, u.FullName.Or(""), u.Username.Or(""), u.Email.Or(""))
		},
	})
}

func (s *Server) registerContents() {
	s.threads = register(s, &kind[releases.Thread]{
		operation: "Threads.List", items: "threads", prefix: "thr_",
		id:    func(t *releases.Thread) *string { return &t.ThreadID },
		adopt: func(t *releases.Thread, ref releases.AppRef) { t.WorkspaceID = ref.Workspace },
		keep:  func(r *fake.Request, t *releases.Thread) bool { return t.NamespaceID == r.Path("namespace_id") },
	})
	register(s, &kind[releases.Artifact]{
		operation: "Artifacts.List", items: "artifacts", prefix: "art_",
		id:    func(a *releases.Artifact) *string { return &a.ArtifactID },
		adopt: func(a *releases.Artifact, ref releases.AppRef) { a.WorkspaceID = ref.Workspace },
		keep: func(r *fake.Request, a *releases.Artifact) bool {
			types := r.Strings("artifact_types")
			return a.NamespaceID == r.Path("namespace_id") && matches(r, "thread_id", a.ThreadID) &&
				(len(types) == 0 || slices.Contains(types, a.ArtifactType.Or(""))) &&
				(r.Bool("include_expired", false) || !s.over(a.ExpiresAt) && !a.IsExpired.Or(false))
		},
		show: func(a *releases.Artifact, _ releases.AppRef) {
			if s.over(a.ExpiresAt) {
				a.IsExpired = sdk.Some(true)
			}
		},
	})
	s.sources = register(s, &kind[releases.Source]{
		operation: "Sources.List", items: "sources", prefix: "src_",
		id:    func(c *releases.Source) *string { return &c.SourceID },
		adopt: func(c *releases.Source, ref releases.AppRef) { c.WorkspaceID = ref.Workspace },
		keep: func(r *fake.Request, c *releases.Source) bool {
			ofWorkspace := c.NamespaceID.Or("") == "" && r.Bool("include_parent_scopes", false)
			return (ofWorkspace || matches(r, "namespace_id", c.NamespaceID)) && matches(r, "scope", c.SourceScope) &&
				matches(r, "status", c.ProcessingStatus) && containsAll(c.Tags, r.Strings("tags"))
		},
	})
	register(s, &kind[releases.Volume]{
		operation: "Volumes.List", items: "volumes", prefix: "vol_",
		id: func(v *releases.Volume) *string { return &v.VolumeID },
		adopt: func(v *releases.Volume, ref releases.AppRef) {
			v.OrgID, v.WorkspaceID = ref.Org, ref.Workspace
		},
		keep: func(r *fake.Request, v *releases.Volume) bool { return matches(r, "environment_id", v.EnvironmentID) },
	})
	register(s, &kind[releases.Collection]{
		operation: "Collections.List", items: "collections", prefix: "col_",
		id:    func(c *releases.Collection) *string { return &c.CollectionID },
		adopt: func(c *releases.Collection, ref releases.AppRef) { c.WorkspaceID = ref.Workspace },
		keep:  func(r *fake.Request, c *releases.Collection) bool { return c.VolumeID == r.Path("volume_id") },
	})
}

func (s *Server) registerTools() {
	s.tools = register(s, &kind[releases.ToolInstance]{
		operation: "ToolInstances.List", items: "instances", prefix: "ti_",
		id:    func(t *releases.ToolInstance) *string { return &t.InstanceID },
		adopt: func(t *releases.ToolInstance, ref releases.AppRef) { t.WorkspaceID = ref.Workspace },
	})
	register(s, &kind[releases.ToolConfigProfile]{
		operation: "ToolConfigProfiles.List", items: "profiles", prefix: "profile_",
		id: func(p *releases.ToolConfigProfile) *string { return &p.ProfileID },
		adopt: func(p *releases.ToolConfigProfile, ref releases.AppRef) {
			p.OrgID, p.WorkspaceID = ref.Org, ref.Workspace
		},
		keep: func(r *fake.Request, p *releases.ToolConfigProfile) bool {
			return p.ToolInstanceID == r.Path("instance_id")
		},
	})
}

// showApp writes what follows from the releases of an app.
func (s *Server) showApp(a *releases.App, ref releases.AppRef) {
	ref.App = a.AppID
	a.ActiveReleaseID, a.TotalReleases = sdk.Null[string](), sdk.Some(0)
	held := s.held[ref]
	if held == nil {
		return
	}
	a.ActiveReleaseID, a.TotalReleases = held.activeID(), sdk.Some(len(held.releases))
	for i := range held.releases {
		if at := held.releases[i].CreatedAt; i == 0 || at.After(a.LastReleaseAt.Or(at)) {
			a.LastReleaseAt = sdk.Some(at)
		}
	}
}

// showEnvironment adds the active releases of all apps to what is deployed in a default environment.
func (s *Server) showEnvironment(e *releases.Environment, ref releases.AppRef) {
	deployed := map[string]string{}
	maps.Copy(deployed, e.ActiveDeployments)
	for app, held := range s.held {
		if active := held.active(); active != nil && within(app, ref) && e.IsDefault.Or(false) {
			deployed[app.App] = active.ReleaseID
		}
	}
	e.ActiveDeployments = deployed
}

// enabled says whether a thing is in force, if only such are asked for.
func enabled(r *fake.Request, member sdk.Optional[bool]) bool {
	return member.Or(false) || !r.Bool("enabled_only", false)
}

func containsAll(have, wanted []string) bool {
	return !slices.ContainsFunc(wanted, func(text string) bool { return !slices.Contains(have, text) })
}
