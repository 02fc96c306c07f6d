package versoritest

import (
	"maps"
	"net/http"
	"slices"

	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// getFiles is Files.Get.
func (s *Server) getFiles(p *projectRow, _ *fake.Request) (any, error) {
	return p.record.CurrentFiles, nil
}

// updateFiles is Files.Update.
func (s *Server) updateFiles(p *projectRow, r *fake.Request) (any, error) {
	body, err := bodyOf[versori.FileSet](r)
	if err != nil {
		return nil, err
	}
	p.record.CurrentFiles, p.record.UpdatedAt = body, s.stamp()
	return nil, nil
}

// patchFiles is Files.Patch.
func (s *Server) patchFiles(p *projectRow, r *fake.Request) (any, error) {
	body, err := bodyOf[versori.FileSet](r)
	if err != nil {
		return nil, err
	}
	draft := versori.FileSet{Files: slices.Clone(p.record.CurrentFiles.Files), Labels: map[string]string{}}
	maps.Copy(draft.Labels, p.record.CurrentFiles.Labels)
	maps.Copy(draft.Labels, body.Labels)
	for _, file := range body.Files {
		i := slices.IndexFunc(draft.Files, func(f versori.File) bool { return f.Filename == file.Filename })
		if i < 0 {
			draft.Files = append(draft.Files, file)
			continue
		}
		draft.Files[i] = file
	}
	p.record.CurrentFiles, p.record.UpdatedAt = draft, s.stamp()
	return nil, nil
}

// validateFiles is Files.Validate.
func (s *Server) validateFiles(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.FileSet](r)
	if err != nil {
		return refused(err)
	}
	found, ok := s.project(r.Path("organisation_id"), r.Path("project_id"))
	if !ok {
		return missing("project", r.Path("project_id"))
	}
	result := versori.ValidationResult{ProjectID: found.ID}
	if len(found.Environments) > 0 {
		result.Environment = found.Environments[0].Name
	}
	begin := s.stamp()
	if fault := s.builds(body.Files); fault != nil {
		result.Validation.Error, result.Validation.Output = "exit status 1", fault.Error()+"\n"
	}
	result.Validation.Success = result.Validation.Error == ""
	result.Validation.Timestamp = s.stamp()
	result.Validation.Duration = result.Validation.Timestamp.Sub(begin).String()
	return fake.JSON(http.StatusOK, result)
}
