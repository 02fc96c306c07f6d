package releasestest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

// fill puts n things of the kind that an operation lists, below the app or into what the app belongs to.
type fill func(s *releasestest.Server, app releases.AppRef, n int)

func fillApp[T releasestest.AppItem](item T) fill {
	return func(s *releasestest.Server, app releases.AppRef, n int) {
		releasestest.PutInApp(s, app, slices.Repeat([]T{item}, n)...)
	}
}

func fillWorkspace[T releasestest.WorkspaceItem](item T) fill {
	return func(s *releasestest.Server, app releases.AppRef, n int) {
		releasestest.PutInWorkspace(s, releases.WorkspaceRef{Org: app.Org, Workspace: app.Workspace}, slices.Repeat([]T{item}, n)...)
	}
}

func fillOrganization[T releasestest.OrganizationItem](item T) fill {
	return func(s *releasestest.Server, app releases.AppRef, n int) {
		releasestest.PutInOrganization(s, app.Org, slices.Repeat([]T{item}, n)...)
	}
}

func fillCaller[T releasestest.CallerItem](item T) fill {
	return func(s *releasestest.Server, _ releases.AppRef, n int) {
		releasestest.PutForCaller(s, slices.Repeat([]T{item}, n)...)
	}
}

// fills are those of every operation that lists, in the namespace ns, the thread thr, the volume vol and the tool
// instance ti.
func fills() map[string]fill {
	return map[string]fill{
		"Releases.List":           func(s *releasestest.Server, app releases.AppRef, n int) { s.Seed(app, n) },
		"Branches.List":           fillApp(releases.Branch{Name: "b"}),
		"TimelineEvents.List":     fillApp(releases.TimelineEvent{}),
		"Namespaces.List":         fillApp(releases.Namespace{Name: "n"}),
		"Messages.List":           fillApp(releases.Message{NamespaceID: sdk.Some("ns"), ThreadID: "thr"}),
		"Memories.List":           fillApp(releases.Memory{NamespaceID: "ns"}),
		"Actions.List":            fillApp(releases.Action{Name: "a"}),
		"AppTokens.List":          fillApp(releases.AppToken{}),
		"Apps.List":               fillWorkspace(releases.App{Name: "a"}),
		"Members.List":            fillWorkspace(releases.Member{}),
		"Users.List":              fillWorkspace(releases.User{}),
		"Environments.List":       fillWorkspace(releases.Environment{Name: "e", Slug: "e"}),
		"Threads.List":            fillWorkspace(releases.Thread{NamespaceID: "ns"}),
		"Artifacts.List":          fillWorkspace(releases.Artifact{NamespaceID: "ns", Name: "a"}),
		"Sources.List":            fillWorkspace(releases.Source{Name: "s"}),
		"Volumes.List":            fillWorkspace(releases.Volume{Name: "v"}),
		"Collections.List":        fillWorkspace(releases.Collection{VolumeID: "vol", Name: "c"}),
		"ToolInstances.List":      fillWorkspace(releases.ToolInstance{ToolID: "t", Name: "t"}),
		"ToolConfigProfiles.List": fillWorkspace(releases.ToolConfigProfile{ToolInstanceID: "ti"}),
		"ModelEntitlements.List":  fillWorkspace(releases.ModelEntitlement{LogicalModelID: "m"}),
		"Augmentations.List":      fillWorkspace(releases.Augmentation{Name: "a"}),
		"Workspaces.List":         fillOrganization(releases.Workspace{Name: "w"}),
		"Recipes.List":            fillOrganization(releases.Recipe{Name: "r"}),
		"ProviderAccounts.List":   fillOrganization(releases.ProviderAccount{Name: "p"}),
		"RouterPolicies.List":     fillOrganization(releases.RouterPolicy{Name: "p"}),
		"AppTokenPolicies.List":   fillOrganization(releases.AppTokenPolicy{}),
		"ApprovalPolicies.List":   fillOrganization(releases.ApprovalPolicy{Name: "p"}),
		"Commands.List":           fillOrganization(releases.Command{Name: "c"}),
		"Activities.List":         fillOrganization(releases.ActivityEntry{}),
		"Organizations.List":      fillCaller(releases.Organization{Name: "o"}),
		"Notifications.List":      fillCaller(releases.Notification{}),
	}
}

// list is one operation that lists, as the document has it.
type list struct {
	fake.Operation
	t     *testing.T
	c     *releases.Client
	items string // the member of the answer that holds them
	paged bool
}

// lists are all operations that list things. ListResources puts its list together from other kinds.
func lists(t *testing.T, s *releasestest.Server) []list {
	t.Helper()
	var found []list
	for _, o := range s.Document().Operations() {
		media := o.Spec.Responses.Status(http.StatusOK).Value.Content.Get("application/json")
		if media == nil || o.Method != http.MethodGet || !strings.HasSuffix(o.ID, ".List") {
			continue
		}
		l := list{Operation: o, t: t, c: s.Client()}
		for name, property := range media.Schema.Value.Properties {
			if property.Value.Type.Is("array") {
				l.items = name
			}
		}
		_, l.paged = o.Spec.Extensions["x-pagination"]
		found = append(found, l)
	}
	return found
}

// alone is the list on a server of its own, for a test that runs beside others.
func (l list) alone(t *testing.T) (*releasestest.Server, list) {
	t.Helper()
	s := releasestest.NewServer(t)
	l.t, l.c = t, s.Client()
	return s, l
}

// bound is a limit of the document: its maximum and its default.
func (l list) bound() (maximum, standard int) {
	for _, p := range l.Spec.Parameters {
		if p.Value.Name == "limit" {
			return int(*p.Value.Schema.Value.Max), int(p.Value.Schema.Value.Default.(float64))
		}
	}
	l.t.Fatalf("%s has no limit", l.ID)
	return 0, 0
}

// answer is any list.
type answer struct {
	Total      *int    `json:"total"`
	HasMore    *bool   `json:"has_more"`
	NextCursor *string `json:"next_cursor"`
	items      []string
}

// get asks for a page of the list of shop.
func (l list) get(query url.Values) answer {
	l.t.Helper()
	path := strings.NewReplacer("{org_id}", "acme", "{workspace_id}", "main", "{app_id}", "shop",
		"{namespace_id}", "ns", "{thread_id}", "thr", "{volume_id}", "vol", "{instance_id}", "ti").Replace(l.Path)
	if l.ID == "Users.List" || l.ID == "Augmentations.List" {
		query.Set("workspace_id", "main")
	}
	var raw json.RawMessage
	if err := l.c.Do(l.t.Context(), http.MethodGet, path, query, nil, &raw); err != nil {
		l.t.Fatal(err)
	}
	var a answer
	members := map[string]json.RawMessage{}
	var items []json.RawMessage
	for _, err := range []error{json.Unmarshal(raw, &a), json.Unmarshal(raw, &members), json.Unmarshal(members[l.items], &items)} {
		if err != nil {
			l.t.Fatalf("%v in %s", err, raw)
		}
	}
	if items == nil {
		l.t.Errorf("%s is null in %s", l.items, raw)
	}
	for _, item := range items {
		a.items = append(a.items, string(item))
	}
	return a
}

// walk reads all pages from a cursor on, and is told of each.
func (l list) walk(limit string, between func()) []string {
	l.t.Helper()
	var all []string
	query := url.Values{"limit": {limit}}
	for {
		page := l.get(query)
		all = append(all, page.items...)
		if (page.NextCursor != nil) != *page.HasMore {
			l.t.Fatalf("has_more is %v, next_cursor %v", *page.HasMore, page.NextCursor)
		}
		if !*page.HasMore {
			return all
		}
		query.Set("cursor", *page.NextCursor)
		between()
	}
}

func TestEveryListIsEmptyUnlessFilled(t *testing.T) {
	t.Parallel()
	s := releasestest.NewServer(t)
	for _, l := range lists(t, s) {
		if page := l.get(url.Values{}); len(page.items) != 0 || page.Total != nil && *page.Total != 0 {
			t.Errorf("%s: got %+v", l.ID, page)
		}
	}
}

func TestEveryListHasWhatIsPutIntoIt(t *testing.T) {
	t.Parallel()
	s := releasestest.NewServer(t)
	assert.Equal(t, "lists of the document", len(lists(t, s)), len(fills()))
	for _, l := range lists(t, s) {
		put := fills()[l.ID]
		if put == nil {
			t.Errorf("%s: there is nothing to put into it", l.ID)
			continue
		}
		t.Run(l.ID, func(t *testing.T) {
			t.Parallel()
			s, l := l.alone(t)
			put(s, shop, 3)
			page := l.get(url.Values{})
			if len(page.items) != 3 || page.Total != nil && *page.Total != 3 || page.HasMore != nil && *page.HasMore {
				t.Errorf("got %+v", page)
			}
		})
	}
}

func TestNoListHasWhatBelongsElsewhere(t *testing.T) {
	t.Parallel()
	s := releasestest.NewServer(t)
	for _, l := range lists(t, s) {
		for name, elsewhere := range map[string]releases.AppRef{
			"{app_id}":       {Org: "acme", Workspace: "main", App: "other"},
			"{workspace_id}": {Org: "acme", Workspace: "other", App: "shop"},
			"{org_id}":       {Org: "other", Workspace: "main", App: "shop"},
		} {
			if !strings.Contains(l.Path, name) {
				continue
			}
			t.Run(l.ID+" "+name, func(t *testing.T) {
				t.Parallel()
				s, l := l.alone(t)
				fills()[l.ID](s, elsewhere, 2)
				if page := l.get(url.Values{}); len(page.items) != 0 {
					t.Errorf("got %+v", page)
				}
			})
		}
	}
}

func TestEveryPagedListKeepsToTheDocument(t *testing.T) {
	t.Parallel()
	s := releasestest.NewServer(t)
	for _, l := range lists(t, s) {
		if !l.paged {
			continue
		}
		t.Run(l.ID, func(t *testing.T) {
			t.Parallel()
			s, l := l.alone(t)
			maximum, standard := l.bound()
			count := maximum + 1
			fills()[l.ID](s, shop, count)
			first := l.get(url.Values{})
			if len(first.items) != standard || *first.Total != count || !*first.HasMore {
				t.Errorf("without a limit: %d of %d, want %d of %d", len(first.items), *first.Total, standard, count)
			}
			if largest := l.get(url.Values{"limit": {strconv.Itoa(maximum)}}); len(largest.items) != maximum {
				t.Errorf("with the largest limit: %d, want %d", len(largest.items), maximum)
			}
			s.ExpectInvalid(l.ID, l.ID)
			for _, limit := range []int{0, maximum + 1} {
				path := strings.NewReplacer("{", "", "}", "").Replace(l.Path)
				query := url.Values{"limit": {strconv.Itoa(limit)}, "workspace_id": {"main"}}
				if l.ID != "Users.List" && l.ID != "Augmentations.List" {
					query.Del("workspace_id")
				}
				if err := l.c.Do(t.Context(), http.MethodGet, path, query, nil, nil); assert.APIError(t, err).Status != 422 {
					t.Errorf("limit %d: %v", limit, err)
				}
			}
		})
		t.Run(l.ID+" while things come", func(t *testing.T) {
			t.Parallel()
			s, l := l.alone(t)
			fills()[l.ID](s, shop, 7)
			all := l.get(url.Values{}).items
			got := l.walk("3", func() { fills()[l.ID](s, shop, 1) })
			if !slices.Equal(got[:min(7, len(got))], all) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(all, "\n"))
			}
			if slices.Sort(got); len(slices.Compact(got)) != len(got) {
				t.Error("a thing was listed twice")
			}
		})
	}
}
