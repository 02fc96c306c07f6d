package releasestest_test

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

func TestPutInFillsInIDs(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	given := releases.Branch{BranchID: "br_000001", AppID: "elsewhere", WorkspaceID: "elsewhere", Name: "main"}
	stored := releasestest.PutInApp(s, shop, given, releases.Branch{Name: "feature"})
	assert.Equal(t, "id that is given", stored[0].BranchID, "br_000001")
	assert.Equal(t, "app", stored[0].AppID, "shop")
	assert.Equal(t, "workspace", stored[0].WorkspaceID, "main")
	assert.Equal(t, "id that is made", stored[1].BranchID, "br_000002")

	list := must[*releases.BranchList](t)(s.Client().App(shop).Branches.List(t.Context(), releases.BranchListParams{}))
	if !reflect.DeepEqual(list.Branches, stored) {
		t.Errorf("listed %+v\nstored %+v", list.Branches, stored)
	}
	assert.Equal(t, "main branch by its name", list.MainBranchID, sdk.Some("br_000001"))
	releasestest.PutInApp(s, shop, releases.Branch{BranchID: "br_7", Name: "trunk", BranchType: sdk.Some(releases.BranchTypeMain)})
	list = must[*releases.BranchList](t)(s.Client().App(shop).Branches.List(t.Context(), releases.BranchListParams{Search: "feature"}))
	assert.Equal(t, "main branch by its type, whatever is searched for", list.MainBranchID, sdk.Some("br_7"))
}

func TestPutInReplacesWhatHasTheID(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	releasestest.PutInWorkspace(s, mainWorkspace, releases.Source{SourceID: "a", Name: "1"}, releases.Source{SourceID: "b", Name: "2"})
	releasestest.PutInWorkspace(s, releases.WorkspaceRef{Org: "acme", Workspace: "other"}, releases.Source{SourceID: "a", Name: "far"})
	releasestest.PutInWorkspace(s, mainWorkspace, releases.Source{SourceID: "a", Name: "3"})
	list := must[*releases.SourceList](t)(s.Client().Workspace(mainWorkspace).Sources.List(t.Context(), releases.SourceListParams{}))
	assert.Equal(t, "sources", names(list.Sources, func(s releases.Source) string { return s.SourceID + s.Name }), "a3 b2")

	var seen []string // page by page, while the one that was seen is replaced
	for source, err := range s.Client().Workspace(mainWorkspace).Sources.All(t.Context(), releases.SourceListParams{Limit: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, source.SourceID)
		releasestest.PutInWorkspace(s, mainWorkspace, source)
	}
	assert.Equal(t, "places", strings.Join(seen, " "), "a b")
}

func TestPutInSharesNothing(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	given := releases.Source{Name: "n", Tags: []string{"a"}, Metadata: map[string]any{"k": "v"}}
	stored := releasestest.PutInWorkspace(s, mainWorkspace, given)
	given.Tags[0], given.Metadata["k"] = "X", "X"
	stored[0].Tags[0], stored[0].Metadata["k"] = "Y", "Y"
	list := must[*releases.SourceList](t)(s.Client().Workspace(mainWorkspace).Sources.List(t.Context(), releases.SourceListParams{}))
	assert.Equal(t, "tag", list.Sources[0].Tags[0], "a")
	assert.Equal[any](t, "metadata", list.Sources[0].Metadata["k"], "v")
}

func TestPutInKeepsWhatIsAbsentAbsent(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	releasestest.PutInWorkspace(s, mainWorkspace, releases.Volume{VolumeID: "v", Name: "n"})
	var raw json.RawMessage
	if err := s.Client().Do(t.Context(), "GET", "/v1/orgs/acme/workspaces/main/volumes", nil, nil, &raw); err != nil {
		t.Fatal(err)
	}
	assert.Equal(t, "answer", string(raw), `{"has_more":false,"next_cursor":null,"total":1,`+
		`"volumes":[{"volume_id":"v","workspace_id":"main","org_id":"acme","name":"n"}]}`)
}

func TestPutInFillsInWhatTheDocumentRequires(t *testing.T) {
	t.Parallel()
	s, _ := newApp(t)
	events := releasestest.PutInApp(s, shop,
		releases.TimelineEvent{Commit: sdk.Some(releases.TimelineCommit{CommitID: "c"})},
		releases.TimelineEvent{Release: sdk.Some(releases.TimelineRelease{ReleaseID: "r"}), Timestamp: midnight.Add(time.Hour)},
		releases.TimelineEvent{Deployment: sdk.Some(releases.TimelineDeployment{DeploymentID: "d"})})
	assert.Equal(t, "types", names(events, func(e releases.TimelineEvent) string { return string(e.Type) }), "commit release deployment")
	assert.Equal(t, "time that is filled in", events[0].Timestamp, midnight)
	assert.Equal(t, "time that is given", events[1].Timestamp, midnight.Add(time.Hour))
	assert.Equal(t, "role", releasestest.PutInApp(s, shop, releases.Message{})[0].Role, releases.MessageRoleSystem)
}

func TestPutInThatCannotBeIsReported(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		do   func(*releasestest.Server) int
		want string
	}{
		{"an app with an empty id", func(s *releasestest.Server) int {
			return len(releasestest.PutInApp(s, releases.AppRef{Org: "acme"}, releases.Branch{}))
		}, "PutInApp: the app {Org:acme Workspace: App:} has an empty id"},
		{"a workspace with an empty id", func(s *releasestest.Server) int {
			return len(releasestest.PutInWorkspace(s, releases.WorkspaceRef{Workspace: "main"}, releases.App{}))
		}, "PutInWorkspace: the workspace {Org: Workspace:main} has an empty id"},
		{"an organization with an empty id", func(s *releasestest.Server) int {
			return len(releasestest.PutInOrganization(s, "", releases.Recipe{}))
		}, "PutInOrganization: the organization has an empty id"},
		{"a value that JSON can't hold", func(s *releasestest.Server) int {
			return len(releasestest.PutInApp(s, shop, releases.Memory{Importance: sdk.Some(math.NaN())}))
		}, ""},
		{"an endpoint without a path", func(s *releasestest.Server) int { s.HandleEndpoint("/", nil); return 0 },
			"HandleEndpoint: the path is empty"},
		{"an answer of no operation", func(s *releasestest.Server) int { s.Answer("Recipes.Cook", 1); return 0 },
			`Answer: the document has no operation "Recipes.Cook"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, r := newRecorded(t)
			assert.Equal(t, "stored", test.do(s), 0)
			if test.want != "" {
				assert.Lines(t, r.Reported(), []string{"releasestest: " + test.want})
			}
			assert.Equal(t, "problems", len(s.Problems()), 1)
		})
	}
}

// Enums are open: a test can seed what a newer platform may answer.
func TestPutInOfAnUnknownValueIsAnswered(t *testing.T) {
	t.Parallel()
	s, r := newRecorded(t)
	releasestest.PutInApp(s, shop, releases.Branch{Name: "b", Status: sdk.Some(releases.BranchStatus("merged"))})
	assert.Lines(t, r.Reported(), nil)
	list := must[*releases.BranchList](t)(s.Client().App(shop).Branches.List(t.Context(), releases.BranchListParams{}))
	assert.Equal(t, "status", list.Branches[0].Status.Or(""), "merged")
	assert.Lines(t, r.Reported(), nil)
}
