package versoritest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// everyDraftOperation calls each operation on what a project is made of: files, versions, variables and flows.
func everyDraftOperation(t *testing.T, s *versoritest.Server) {
	t.Helper()
	ctx, client := t.Context(), s.Client()
	must(t, client.Files.Update(ctx, project, fileSet("a.ts", "a", "b.ts", "b")))
	must(t, client.Files.Patch(ctx, project, fileSet("b.ts", "B")))
	draft, err := client.Files.Get(ctx, project)
	must(t, err)
	wantFiles(t, draft.Files, "a.ts", "a", "b.ts", "B")
	checked, err := client.Files.Validate(ctx, project, fileSet("a.ts", "a"))
	must(t, err)
	assert.Equal(t, "success", checked.Validation.Success, true)

	made, err := client.Versions.Create(ctx, project, versori.VersionCreate{Name: "v1", Files: draft.Files, Labels: map[string]string{"commit": "c"}})
	must(t, err)
	assert.Equal(t, "state", made.State, versori.VersionStateDraft)
	kept, err := client.Versions.GetFiles(ctx, project, made.ID)
	must(t, err)
	wantFiles(t, kept.Files, "a.ts", "a", "b.ts", "B")
	assert.Equal(t, "label", kept.Labels["commit"], "c")
	page, err := client.Versions.List(ctx, project, versori.VersionListParams{})
	must(t, err)
	assert.Equal(t, "versions", page.TotalCount, 1)
	_, err = client.Versions.Deploy(ctx, project, made.ID, versori.VersionDeployParams{})
	must(t, err)

	schema, err := client.Variables.SetSchema(ctx, project, channelSchema())
	must(t, err)
	wantJSON(t, schema, `{"properties":{"channel":{"type":"string"}},"required":["channel"],"type":"object"}`)
	_, err = client.Variables.PatchSchema(ctx, project, versori.VariablesSchemaPatch{Op: versori.VariablesSchemaOpRemove, Path: "/required/0"})
	must(t, err)
	schema, err = client.Variables.GetSchema(ctx, project)
	must(t, err)
	wantJSON(t, schema, `{"properties":{"channel":{"type":"string"}},"required":[],"type":"object"}`)

	update(t, client, "orders", ordersFlow())
	flow, err := client.Flows.Get(ctx, project, "orders")
	must(t, err)
	assert.Equal(t, "misspelt parent is missing", flow.Spans[1].ParentSpanContenxt.IsZero(), false)
	flows, err := client.Flows.List(ctx, project)
	must(t, err)
	assert.Equal(t, "flows", len(flows.Flows), 1)
	assert.Equal(t, "misspelt parent is missing", flows.Flows[0].Spans[1].ParentSpanContenxt.IsZero(), false)
	must(t, client.Flows.Delete(ctx, project, "orders"))
	wantStatus(t, client.Flows.Delete(ctx, project, "orders"), 404)
	_, err = client.Flows.Get(ctx, project, "orders")
	wantStatus(t, err, 404)
}

// fileSet makes files of names and contents.
func fileSet(pairs ...string) versori.FileSet {
	set := versori.FileSet{Labels: map[string]string{}}
	for pair := range slices.Chunk(pairs, 2) {
		set.Files = append(set.Files, versori.File{Filename: pair[0], Content: pair[1]})
	}
	return set
}

func wantFiles(t *testing.T, got []versori.File, pairs ...string) {
	t.Helper()
	var all []string
	for _, file := range got {
		all = append(all, file.Filename, file.Content)
	}
	if !slices.Equal(all, pairs) {
		t.Errorf("got files %q, want %q", all, pairs)
	}
}

func wantJSON(t *testing.T, got any, want string) {
	t.Helper()
	text, err := json.Marshal(got)
	must(t, err)
	assert.Equal(t, "JSON", string(text), want)
}

func channelSchema() map[string]any {
	return map[string]any{
		"type": "object", "required": []string{"channel"},
		"properties": map[string]any{"channel": map[string]any{"type": "string"}},
	}
}

func TestADraftIsNotWhatRuns(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.SetRollout(0, 0)
	ctx, client := t.Context(), s.Client()
	must(t, client.Files.Update(ctx, project, fileSet("draft.ts", "draft")))
	deployed, err := client.Projects.Deploy(ctx, project, release("v1"), versori.ProjectDeployParams{})
	must(t, err)
	wantFiles(t, deployed.CurrentFiles.Files, "draft.ts", "draft")
	wantFiles(t, deployed.Environments[0].Files, "src/index.ts", "// v1\n")
	must(t, client.Files.Update(ctx, project, versori.FileSet{Files: []versori.File{}, Labels: map[string]string{}}))
	now, err := client.Projects.Get(ctx, project)
	must(t, err)
	assert.Equal(t, "draft files", len(now.CurrentFiles.Files), 0)
	wantFiles(t, now.Environments[0].Files, "src/index.ts", "// v1\n")
}

func TestWhatValidationFindsIsNoError(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.OnBuild(func(files []versori.File) error {
		return errors.New("TS2322 in " + files[0].Filename)
	})
	checked, err := s.Client().Files.Validate(t.Context(), project, fileSet("a.ts", "a"))
	must(t, err)
	assert.Equal(t, "success", checked.Validation.Success, false)
	assert.Equal(t, "output", checked.Validation.Output, "TS2322 in a.ts\n")
	assert.Equal(t, "environment", checked.Environment, "production")
	draft, err := s.Client().Files.Get(t.Context(), project)
	must(t, err)
	assert.Equal(t, "draft files", len(draft.Files), 0)
}

func TestPagesOfVersions(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	ctx, client := t.Context(), s.Client()
	for n := range 5 {
		_, err := client.Versions.Create(ctx, project, versori.VersionCreate{Name: fmt.Sprint("v", n), Files: []versori.File{}})
		must(t, err)
	}
	var names []string
	pages := 0
	for page, err := range client.Versions.Pages(ctx, project, versori.VersionListParams{First: 2}) {
		must(t, err)
		pages++
		assert.Equal(t, "total", page.TotalCount, 4+pages) // which a version that came meanwhile adds to
		for _, v := range page.Items {
			names = append(names, v.Name)
		}
		_, err = client.Versions.Create(ctx, project, versori.VersionCreate{Name: fmt.Sprint("new", pages), Files: []versori.File{}})
		must(t, err)
	}
	assert.Equal(t, "pages", pages, 3)
	assert.Equal(t, "newest first", fmt.Sprint(names), "[v4 v3 v2 v1 v0]")

	last, err := client.Versions.List(ctx, project, versori.VersionListParams{First: 4})
	must(t, err)
	last, err = client.Versions.List(ctx, project, versori.VersionListParams{First: 4, After: last.Next.Or("")})
	must(t, err)
	assert.Equal(t, "next", last.Next.Or(""), "")
	back, err := client.Versions.List(ctx, project, versori.VersionListParams{First: 4, Before: last.Prev.Or("")})
	must(t, err)
	assert.Equal(t, "first again", back.Items[0].Name, "new3")
	assert.Equal(t, "prev", back.Prev.Or(""), "")
	_, err = client.Versions.List(ctx, project, versori.VersionListParams{After: "nothing"})
	wantStatus(t, err, 400)
}

func TestNamesOfVersionsAreUnique(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	ctx, client := t.Context(), s.Client()
	create := func() error {
		_, err := client.Versions.Create(ctx, project, versori.VersionCreate{Name: "v1", Files: []versori.File{}})
		return err
	}
	must(t, create())
	if err := create(); !errors.Is(err, sdk.ErrConflict) {
		t.Errorf("got %v, want a conflict", err)
	}
	_, err := client.Projects.Deploy(ctx, project, release("v1"), versori.ProjectDeployParams{})
	wantStatus(t, err, 409)
	for range 2 { // without a name the platform makes one up
		_, err = client.Projects.Deploy(ctx, project, release(""), versori.ProjectDeployParams{})
		must(t, err)
	}
	page, err := client.Versions.List(ctx, project, versori.VersionListParams{})
	must(t, err)
	assert.Equal(t, "versions", page.TotalCount, 3)
	assert.Equal(t, "made up twice", page.Items[0].Name == page.Items[1].Name, false)
}

func TestPatchesOfAVariablesSchema(t *testing.T) {
	t.Parallel()
	object := map[string]any{"type": "string"}
	const add, replace, remove = versori.VariablesSchemaOpAdd, versori.VariablesSchemaOpReplace, versori.VariablesSchemaOpRemove
	tests := []struct {
		name  string
		patch versori.VariablesSchemaPatch
		want  string // empty: refused
	}{
		{
			"the value itself", versori.VariablesSchemaPatch{Op: add, Path: "/properties/region", Value: object},
			`{"properties":{"channel":{"type":"string"},"region":{"type":"string"}},"required":["channel"],"type":"object"}`,
		},
		{
			"the value with its name around it, as the platform's page has it",
			versori.VariablesSchemaPatch{Op: add, Path: "/properties/region", Value: map[string]any{"region": object}},
			`{"properties":{"channel":{"type":"string"},"region":{"type":"string"}},"required":["channel"],"type":"object"}`,
		},
		{
			"a variable less leaves the rest", versori.VariablesSchemaPatch{Op: remove, Path: "/properties/channel"},
			`{"properties":{},"required":["channel"],"type":"object"}`,
		},
		{
			"another value", versori.VariablesSchemaPatch{Op: replace, Path: "/properties/channel", Value: map[string]any{"type": "integer"}},
			`{"properties":{"channel":{"type":"integer"}},"required":["channel"],"type":"object"}`,
		},
		{
			"a name that needs escaping", versori.VariablesSchemaPatch{Op: add, Path: "/properties/a~1b~0c", Value: object},
			`{"properties":{"a/b~c":{"type":"string"},"channel":{"type":"string"}},"required":["channel"],"type":"object"}`,
		},
		{
			"an entry of a list at its end", versori.VariablesSchemaPatch{Op: add, Path: "/required/-", Value: object},
			`{"properties":{"channel":{"type":"string"}},"required":["channel",{"type":"string"}],"type":"object"}`,
		},
		{"nothing to replace", versori.VariablesSchemaPatch{Op: replace, Path: "/properties/region", Value: object}, ""},
		{"nothing to remove", versori.VariablesSchemaPatch{Op: remove, Path: "/properties/region"}, ""},
		{"nothing to add to", versori.VariablesSchemaPatch{Op: add, Path: "/nothing/region", Value: object}, ""},
		{"behind the end of a list", versori.VariablesSchemaPatch{Op: remove, Path: "/required/1"}, ""},
		{"into a text", versori.VariablesSchemaPatch{Op: add, Path: "/type/a", Value: object}, ""},
		{"a path without its slash", versori.VariablesSchemaPatch{Op: remove, Path: "properties"}, ""},
		{"nothing to put there", versori.VariablesSchemaPatch{Op: add, Path: "/properties/region"}, ""},
		{"something that is no schema", versori.VariablesSchemaPatch{Op: add, Path: "/type", Value: object}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := versoritest.NewServer(t)
			before, err := s.Client().Variables.SetSchema(t.Context(), project, channelSchema())
			must(t, err)
			got, err := s.Client().Variables.PatchSchema(t.Context(), project, test.patch)
			if test.want == "" {
				wantStatus(t, err, 400)
				now, err := s.Client().Variables.GetSchema(t.Context(), project)
				must(t, err)
				assert.Equal(t, "schema", fmt.Sprint(now), fmt.Sprint(before))
				return
			}
			must(t, err)
			wantJSON(t, got, test.want)
		})
	}
}

func TestASchemaOfNoVariables(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	ctx, client := t.Context(), s.Client()
	schema, err := client.Variables.GetSchema(ctx, project)
	must(t, err)
	wantJSON(t, schema, `{}`)
	schema, err = client.Variables.PatchSchema(ctx, project, versori.VariablesSchemaPatch{
		Op: versori.VariablesSchemaOpAdd, Path: "/properties/region", Value: map[string]any{"maximum": json.Number("9007199254740993")},
	})
	must(t, err)
	wantJSON(t, schema, `{"properties":{"region":{"maximum":9007199254740993}},"type":"object"}`)
	_, err = client.Variables.SetSchema(ctx, project, nil)
	must(t, err)
	found, err := client.Projects.Get(ctx, project)
	must(t, err)
	assert.Equal(t, "variables are null", found.DynamicVariablesSchema.IsNull(), true)
	_, err = client.Variables.SetSchema(ctx, project, map[string]any{"type": "string"})
	wantStatus(t, err, 400)
	_, err = client.Variables.SetSchema(ctx, project, map[string]any{"properties": []string{}})
	wantStatus(t, err, 400)
}
