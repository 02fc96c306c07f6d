package versoritest

import (
	"net/http"
	"slices"

	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// listVersions is Versions.List: the newest first.
func (s *Server) listVersions(p *projectRow, r *fake.Request) (any, error) {
	all := slices.Clone(p.versions)
	slices.Reverse(all)
	found, err := paged(r, all, func(v versionRow) int64 { return v.number }, true)
	if err != nil {
		return nil, err
	}
	answer := versori.VersionPage{Items: []versori.ProjectVersion{}, TotalCount: found.total, Next: found.next, Prev: found.prev}
	for _, v := range found.items {
		answer.Items = append(answer.Items, v.record)
	}
	return answer, nil
}

// createVersion is Versions.Create.
func (s *Server) createVersion(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.VersionCreate](r)
	if err != nil {
		return refused(err)
	}
	made, err := s.snapshot(place{organisation: r.Path("organisation_id"), project: r.Path("project_id")}, body)
	return answered(made, err)
}

// snapshot makes a version. Without a name it gets one.
func (s *Server) snapshot(at place, body versori.VersionCreate) (made versori.ProjectVersion, err error) {
	err = s.withProject(at.organisation, at.project, func(p *projectRow) error {
		named := func(v versionRow) bool { return v.record.Name == body.Name }
		if slices.ContainsFunc(p.versions, named) {
			return refuse(http.StatusConflict, "The version exists", "Another version of the project is named "+body.Name)
		}
		for body.Name == "" || slices.ContainsFunc(p.versions, named) {
			body.Name = s.IDs.Prefixed("version-")
		}
		made = versori.ProjectVersion{
			ID: s.IDs.ULID(), Name: body.Name, Description: body.Description, Labels: body.Labels,
			State: versori.VersionStateDraft, CreatedAt: s.stamp(),
		}
		p.versions = append(p.versions, versionRow{s.IDs.Number("version"), made, body.Files})
		return nil
	})
	return made, err
}

// versionFiles is Versions.GetFiles.
func (s *Server) versionFiles(p *projectRow, r *fake.Request) (any, error) {
	v := p.version(r.Path("version_id"))
	if v == nil {
		return nil, absent("version", r.Path("version_id"))
	}
	return versori.FileSet{Files: v.files, Labels: v.record.Labels}, nil
}
