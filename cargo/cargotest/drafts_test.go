package cargotest_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/cargo/cargotest"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/samples"
)

// documentedDraft is the body of the platform's own page, with real values in place of its placeholders.
const documentedDraft = `{
	"workflowUuid": "` + workflowUUID + `",
	"nodes": [{
		"uuid": "` + startUUID + `",
		"slug": "start",
		"config": {},
		"childrenUuids": ["` + endUUID + `"],
		"fallbackOnFailure": true,
		"position": {"x": 123, "y": 123},
		"kind": "native",
		"actionSlug": "start",
		"name": "Start",
		"description": "Every run begins here.",
		"retry": {"maximumAttempts": 123, "initialInterval": 123, "backoffCoefficient": 123},
		"fallbackChildUuid": "` + endUUID + `"
	}],
	"parentUuid": "` + parentUUID + `",
	"testRecords": [{"kind": "id", "id": "record-1042", "data": {}}],
	"formFields": [{
		"slug": "domain", "name": "Domain", "kind": "string", "description": "Domain to look up.", "isRequired": true
	}],
	"options": {"connectorUuidsByIntegrationSlug": {}, "modelUuidsByIntegrationSlug": {}}
}`

// documentedDraftAnswer is the answer to it in the shape of that page.
const documentedDraftAnswer = `{
	"release": {
		"uuid": "00000000-0000-4000-8000-000000000001",
		"parentUuid": "` + parentUUID + `",
		"workspaceUuid": "6e5d4c3b-2a19-4f08-9e7d-6c5b4a392807",
		"userUuid": "1c2d3e4f-5a6b-4c7d-8e9f-0a1b2c3d4e08",
		"workflowUuid": "` + workflowUUID + `",
		"description": null,
		"version": null,
		"status": "draft",
		"templateSlug": null,
		"nodes": [{
			"uuid": "` + startUUID + `",
			"slug": "start",
			"config": {},
			"childrenUuids": ["` + endUUID + `"],
			"fallbackOnFailure": true,
			"position": {"x": 123, "y": 123},
			"kind": "native",
			"actionSlug": "start",
			"name": "Start",
			"description": "Every run begins here.",
			"retry": {"maximumAttempts": 123, "initialInterval": 123, "backoffCoefficient": 123},
			"fallbackChildUuid": "` + endUUID + `"
		}],
		"formFields": [{
			"slug": "domain", "name": "Domain", "kind": "string", "description": "Domain to look up.", "isRequired": true
		}],
		"testRecords": [{"kind": "id", "id": "record-1042", "data": {}}],
		"deployedAt": null,
		"createdAt": "2026-03-02T09:15:27.312Z",
		"updatedAt": "2026-03-02T09:15:27.313Z",
		"deletedAt": null
	}
}`

func TestTheDocumentedDraftIsAnsweredAsDocumented(t *testing.T) {
	t.Parallel()
	s := cargotest.NewServer(t)
	stopClock(s)
	s.PutWorkflow(workflowUUID)
	s.PutRelease(cargo.Release{
		UUID: parentUUID, WorkflowUUID: workflowUUID, Status: cargo.ReleaseStatusDeployed, Version: sdk.Some("1.0.0"),
	})
	result, err := s.Client().Releases.UpdateDraft(t.Context(), assert.Decoded[cargo.ReleaseUpdateDraft](t, documentedDraft))
	if err != nil {
		t.Fatal(err)
	}
	assert.JSON(t, "answer", result, documentedDraftAnswer)
	draft, _ := s.Draft(workflowUUID)
	assert.JSON(t, "what is kept", draft, assert.Encoded(t, result.Release))
	sent := s.Requests("Releases.UpdateDraft")
	if len(sent) != 1 || sent[0].Method != "PUT" || sent[0].Path != "/v1/orchestration/releases/updateDraft" {
		t.Fatalf("got %+v", sent)
	}
	if diff := samples.Compare([]byte(documentedDraft), sent[0].Body); diff != "" {
		t.Errorf("request: %s", diff)
	}
}

func TestTheDraftIsAlsoFoundUnderTheOtherPath(t *testing.T) {
	t.Parallel()
	s, client := start(t)
	var result cargo.ReleaseResult
	body := cargo.ReleaseUpdateDraft{WorkflowUUID: workflowUUID, Nodes: []cargo.Node{node(startUUID, "start")}}
	err := client.Do(t.Context(), "POST", "/orchestration/releases/draft/update", nil, body, &result)
	if err != nil || len(result.Release.Nodes) != 1 {
		t.Errorf("got %v, %v", result, err)
	}
	if n := len(s.Requests("Releases.UpdateDraft")); n != 1 {
		t.Errorf("recorded %d requests of the operation", n)
	}
}

// What an update makes of a draft that has everything.
func TestUpdatingADraft(t *testing.T) {
	t.Parallel()
	full := cargo.ReleaseUpdateDraft{
		WorkflowUUID: workflowUUID,
		Nodes:        []cargo.Node{node(startUUID, "start"), node(endUUID, "end")},
		ParentUUID:   sdk.Some(parentUUID),
		TestRecords:  []cargo.TestRecord{{Kind: cargo.TestRecordKindID, ID: sdk.Some("record-1042")}},
		FormFields:   sdk.Some([]cargo.FormField{{Slug: "domain", Name: "Domain", Kind: cargo.FormFieldKindString}}),
	}
	type members struct {
		nodes, records int
		fields         string
		parent         string
	}
	of := func(r cargo.Release) members {
		fields, has := r.FormFields.Get()
		m := members{nodes: len(r.Nodes), records: len(r.TestRecords), parent: r.ParentUUID.Or("none"), fields: "null"}
		if has {
			m.fields = encodedSlugs(fields)
		}
		return m
	}
	for name, c := range map[string]struct {
		change cargo.ReleaseUpdateDraft
		want   members
	}{
		"members left out stay": {cargo.ReleaseUpdateDraft{}, members{2, 1, "domain", parentUUID}},
		"nodes replace all nodes": {
			cargo.ReleaseUpdateDraft{Nodes: []cargo.Node{node(endUUID, "end")}}, members{1, 1, "domain", parentUUID},
		},
		"empty lists empty": {
			cargo.ReleaseUpdateDraft{Nodes: []cargo.Node{}, TestRecords: []cargo.TestRecord{}},
			members{0, 0, "domain", parentUUID},
		},
		"form fields replace the form": {
			cargo.ReleaseUpdateDraft{FormFields: sdk.Some([]cargo.FormField{
				{Slug: "size", Name: "Size", Kind: cargo.FormFieldKindEnum, Enum: []string{"small"}},
			})},
			members{2, 1, "size", parentUUID},
		},
		"an empty form is a form": {
			cargo.ReleaseUpdateDraft{FormFields: sdk.Some([]cargo.FormField{})}, members{2, 1, "", parentUUID},
		},
		"form fields null remove the form": {
			cargo.ReleaseUpdateDraft{FormFields: sdk.Null[[]cargo.FormField]()}, members{2, 1, "null", parentUUID},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, client := start(t)
			s.PutRelease(cargo.Release{UUID: parentUUID, WorkflowUUID: workflowUUID, Status: cargo.ReleaseStatusArchived})
			before, err := client.Releases.UpdateDraft(t.Context(), full)
			if err != nil {
				t.Fatal(err)
			}
			c.change.WorkflowUUID = workflowUUID
			after, err := client.Releases.UpdateDraft(t.Context(), c.change)
			if err != nil {
				t.Fatal(err)
			}
			if got := of(after.Release); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if after.Release.UUID != before.Release.UUID || !after.Release.CreatedAt.Equal(before.Release.CreatedAt) {
				t.Errorf("it isn't the same draft: %+v, then %+v", before, after)
			}
			if !after.Release.UpdatedAt.After(before.Release.UpdatedAt) {
				t.Errorf("updatedAt was %v and is %v", before.Release.UpdatedAt, after.Release.UpdatedAt)
			}
		})
	}
}

func encodedSlugs(fields []cargo.FormField) string {
	slugs := ""
	for _, field := range fields {
		slugs += field.Slug
	}
	return slugs
}

func TestUpdatedAtIsLaterEvenWithinOneTick(t *testing.T) {
	t.Parallel()
	s, client := start(t)
	now := stopClock(s)
	draft := s.PutRelease(cargo.Release{WorkflowUUID: workflowUUID})
	if !draft.CreatedAt.Equal(now) || !draft.UpdatedAt.Equal(now) {
		t.Fatalf("made at %v, want %v", draft.CreatedAt, now)
	}
	for i := 1; i <= 3; i++ {
		result, err := client.Releases.UpdateDraft(t.Context(), cargo.ReleaseUpdateDraft{WorkflowUUID: workflowUUID})
		if err != nil {
			t.Fatal(err)
		}
		if want := now.Add(time.Duration(i) * time.Millisecond); !result.Release.UpdatedAt.Equal(want) {
			t.Errorf("update %d was at %v, want %v", i, result.Release.UpdatedAt, want)
		}
	}
	s.Advance(time.Hour)
	result, err := client.Releases.UpdateDraft(t.Context(), cargo.ReleaseUpdateDraft{WorkflowUUID: workflowUUID})
	if err != nil || !result.Release.UpdatedAt.Equal(now.Add(time.Hour)) {
		t.Errorf("an hour later: %v, %v", result, err)
	}
}

// A time that is seeded may lie ahead of the platform's clock, and in any zone.
func TestUpdatedAtIsAnsweredInUTC(t *testing.T) {
	t.Parallel()
	s, client := start(t)
	at := stopClock(s).Add(time.Hour).In(time.FixedZone("", 3600))
	s.PutRelease(cargo.Release{WorkflowUUID: workflowUUID, UpdatedAt: at})
	var answer struct{ Release map[string]json.RawMessage }
	body := cargo.ReleaseUpdateDraft{WorkflowUUID: workflowUUID}
	if err := client.Do(t.Context(), "PUT", "/orchestration/releases/updateDraft", nil, body, &answer); err != nil {
		t.Fatal(err)
	}
	if got := string(answer.Release["updatedAt"]); got != `"2026-03-02T10:15:27.313Z"` {
		t.Errorf("updated at %s", got)
	}
}

func TestUpdatesOfADraftThatAreRefused(t *testing.T) {
	t.Parallel()
	with := func(change func(*cargo.ReleaseUpdateDraft)) cargo.ReleaseUpdateDraft {
		body := cargo.ReleaseUpdateDraft{WorkflowUUID: workflowUUID, Nodes: []cargo.Node{node(startUUID, "start")}}
		change(&body)
		return body
	}
	const deployed, other, foreign = "deployed-only", "other", "release-of-another-workflow"
	for name, c := range map[string]struct {
		body cargo.ReleaseUpdateDraft
		code string
	}{
		"an unknown workflow": {
			with(func(b *cargo.ReleaseUpdateDraft) { b.WorkflowUUID = "nope" }), cargo.CodeWorkflowNotFound,
		},
		"a workflow without a draft": {
			with(func(b *cargo.ReleaseUpdateDraft) { b.WorkflowUUID = deployed }), cargo.CodeDraftReleaseNotFound,
		},
		"an unknown parent": {
			with(func(b *cargo.ReleaseUpdateDraft) { b.ParentUUID = sdk.Some("nope") }), cargo.CodeInvalidParent,
		},
		"a parent of another workflow": {
			with(func(b *cargo.ReleaseUpdateDraft) { b.ParentUUID = sdk.Some(foreign) }), cargo.CodeInvalidParent,
		},
		"itself as parent": {
			with(func(b *cargo.ReleaseUpdateDraft) { b.ParentUUID = sdk.Some("the-draft") }), cargo.CodeInvalidParent,
		},
		"an unknown model in the options": {
			with(func(b *cargo.ReleaseUpdateDraft) {
				b.Options = sdk.Some(cargo.ReleaseOptions{ModelUUIDsByIntegrationSlug: map[string]string{"hubspot": "nope"}})
			}),
			cargo.CodeFailedToReconciliateNodes,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := cargotest.NewServer(t)
			before := s.PutRelease(cargo.Release{UUID: "the-draft", WorkflowUUID: workflowUUID})
			s.PutRelease(cargo.Release{WorkflowUUID: deployed, Status: cargo.ReleaseStatusDeployed})
			s.PutRelease(cargo.Release{UUID: foreign, WorkflowUUID: other, Status: cargo.ReleaseStatusDeployed})
			result, err := s.Client().Releases.UpdateDraft(t.Context(), c.body)
			assert.Refusal(t, err, 400, c.code, "")
			if result != nil || !errors.Is(err, sdk.ErrValidation) {
				t.Errorf("got %v, %v", result, err)
			}
			after, _ := s.Draft(workflowUUID)
			assert.JSON(t, "the draft", after, assert.Encoded(t, before))
		})
	}
}

// These pass the document, whose schemas are flat; the platform tells the kinds apart.
func TestMembersThatDoNotFitTheKindAreRefused(t *testing.T) {
	t.Parallel()
	graph := func(members string) string {
		return `{"workflowUuid":"` + workflowUUID + `","nodes":[{"uuid":"a","slug":"a","config":{},"childrenUuids":[],` +
			`"fallbackOnFailure":false,"position":{"x":0,"y":0},` + members + `}]}`
	}
	with := func(member string) string { return `{"workflowUuid":"` + workflowUUID + `",` + member + `}` }
	for name, c := range map[string]struct{ body, message string }{
		"a native node with a tool":         {graph(`"kind":"native","actionSlug":"end","toolUuid":"t"`), "unrecognized_keys: toolUuid"},
		"a native node without an action":   {graph(`"kind":"native"`), "nodes.0.actionSlug: Required"},
		"a connector node without its two":  {graph(`"kind":"connector"`), "nodes.0.actionSlug: Required; nodes.0.integrationSlug: Required"},
		"a connector node with an agent":    {graph(`"kind":"connector","actionSlug":"a","integrationSlug":"i","agentUuid":"g"`), "unrecognized_keys: agentUuid"},
		"a tool node with an action":        {graph(`"kind":"tool","toolUuid":"t","actionSlug":"a"`), "unrecognized_keys: actionSlug"},
		"an agent node with a tool":         {graph(`"kind":"agent","agentUuid":"g","toolUuid":"t"`), "unrecognized_keys: toolUuid"},
		"an enum field without its values":  {with(`"formFields":[{"slug":"s","name":"S","kind":"enum"}]`), "formFields.0.enum: Required"},
		"a text field with values":          {with(`"formFields":[{"slug":"s","name":"S","kind":"string","enum":["a"]}]`), "unrecognized_keys: enum"},
		"a field within an array field":     {with(`"formFields":[{"slug":"s","name":"S","kind":"array","fields":[{"slug":"t","name":"T","kind":"array"}]}]`), "formFields.0.fields.0.fields: Required"},
		"a test record without its id":      {with(`"testRecords":[{"kind":"id"}]`), "testRecords.0.id: Required"},
		"a made-up test record with an id":  {with(`"testRecords":[{"kind":"data","data":{},"id":"r"}]`), "unrecognized_keys: id"},
		"a made-up test record and no data": {with(`"testRecords":[{"kind":"data"}]`), "testRecords.0.data: Required"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, client := start(t)
			err := client.Do(t.Context(), "PUT", "/orchestration/releases/updateDraft", nil, json.RawMessage(c.body), nil)
			assert.Refusal(t, err, 400, "", c.message)
		})
	}
}

func TestNodesOfEveryKindAreTaken(t *testing.T) {
	t.Parallel()
	s, client := start(t)
	connector := node("c", "c")
	connector.Kind, connector.IntegrationSlug, connector.ActionSlug = cargo.NodeKindConnector, sdk.Some("clearbit"), sdk.Some("enrich")
	own := connector
	own.UUID, own.ConnectorUUID = "o", sdk.Some("of-its-own")
	tool := node("t", "t")
	tool.Kind, tool.ActionSlug, tool.ToolUUID = cargo.NodeKindTool, sdk.Optional[string]{}, sdk.Some("tool")
	agent := node("g", "g")
	agent.Kind, agent.ActionSlug, agent.TemplateSlug = cargo.NodeKindAgent, sdk.Optional[string]{}, sdk.Some("template")
	result, err := client.Releases.UpdateDraft(t.Context(), cargo.ReleaseUpdateDraft{
		WorkflowUUID: workflowUUID,
		Nodes:        []cargo.Node{node(startUUID, "start"), connector, own, tool, agent},
		Options: sdk.Some(cargo.ReleaseOptions{
			ConnectorUUIDsByIntegrationSlug: map[string]string{"clearbit": "from-the-options"},
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"none", "from-the-options", "of-its-own", "none", "none"} {
		node := result.Release.Nodes[i]
		if got := node.ConnectorUUID.Or("none"); got != want {
			t.Errorf("node %d has the connector %q, want %q", i, got, want)
		}
		if !node.Name.IsNull() || !node.Description.IsNull() || !node.FallbackChildUUID.IsNull() {
			t.Errorf("node %d lacks nulls: %s", i, assert.Encoded(t, node))
		}
	}
	// What was answered, nulls included, can be sent again.
	again, err := client.Releases.UpdateDraft(t.Context(), cargo.ReleaseUpdateDraft{
		WorkflowUUID: workflowUUID, Nodes: result.Release.Nodes,
	})
	if err != nil {
		t.Fatal(err)
	}
	assert.JSON(t, "nodes sent again", again.Release.Nodes, assert.Encoded(t, result.Release.Nodes))
	if problems := s.Problems(); len(problems) > 0 {
		t.Errorf("problems: %q", problems)
	}
}
