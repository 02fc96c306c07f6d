package openapi_test

import (
	"encoding/json"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/wharfinger/sdk/openapi"
)

// TestDocumentedPayloadsFit holds the schemas against the payloads on the platforms' own pages, with real values for
// their placeholders. They show which members come together and how empty the insides can be.
func TestDocumentedPayloadsFit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ document, schema, payload string }{
		{"cargo", "ReleaseUpdateDraft", `{"workflowUuid": "w1", "nodes": [` + node + `], "parentUuid": "r0",
			"testRecords": [{"kind": "id", "id": "a", "data": {}}],
			"formFields": [{"slug": "a", "name": "A", "kind": "string", "description": "about a", "isRequired": true}],
			"options": {"connectorUuidsByIntegrationSlug": {}, "modelUuidsByIntegrationSlug": {}}}`},
		{"cargo", "ReleaseUpdateDraft", `{"workflowUuid": "w1", "formFields": null}`},
		{"cargo", "ReleaseResult", `{"release": {"uuid": "r1", "parentUuid": "r0", "workspaceUuid": "s1", "userUuid": "u1",
			"workflowUuid": "w1", "description": "first", "version": "1", "status": "draft", "templateSlug": "t",
			"nodes": [` + node + `],
			"formFields": [{"slug": "a", "name": "A", "kind": "string", "description": "about a", "isRequired": true}],
			"testRecords": [{"kind": "data", "id": "a", "data": {}}],
			"deployedAt": "2026-03-02T09:15:27.312Z", "createdAt": "2026-03-02T09:15:27.312Z",
			"updatedAt": "2026-03-02T09:15:27.312Z", "deletedAt": "2026-03-02T09:15:27.312Z"}}`},
		{"cargo", "PlayCreate", `{"name": "p", "modelUuid": "m1", "changeKinds": ["added"], "runCreationRule": "always",
			"description": "about p", "filter": {"conjonction": "or", "groups": [{}]},
			"sort": [{"columnSlug": "a", "kind": "asc"}], "limit": 123, "trackingColumnSlugs": ["a"],
			"schedule": {"type": "dbt", "jobId": "j1"}, "folderUuid": "f1"}`},
		{"cargo", "PlayResult", `{"play": {"uuid": "p1", "workspaceUuid": "s1", "workflowUuid": "w1", "userUuid": "u1",
			"modelUuid": "m1", "segmentUuid": "g1", "changeKinds": ["added"], "runCreationRule": "always", "name": "p",
			"description": "about p", "schedule": {"type": "watch", "temporalScheduleWorkflowId": "t1", "meta": {}},
			"isEnabled": true, "healthThreshold": 123,
			"healthAlertActions": [{"actionSlug": "a", "connectorUuid": "c1", "config": {}}], "folderUuid": "f1",
			"createdAt": "2026-03-02T09:15:27.312Z", "updatedAt": "2026-03-02T09:15:27.312Z",
			"deletedAt": "2026-03-02T09:15:27.312Z"}}`},

		{"releases", "ReleaseList", `{"total": 0, "has_more": false, "next_cursor": "c", "releases": [{` + release + `}],
			"active_release_id": "r1"}`},
		{"releases", "ReleaseCreate", `{"release_tag": "v1"}`},
		{"releases", "ReleaseDetail", `{` + release + `, "endpoints": [], "augmentations": [], "change_log": "all new",
			"previous_release_id": "r0"}`},
		{"releases", "ReleaseAction", `{"message": "done", "release": {` + release + `}, "previous_active_release_id": "r0"}`},
		{"releases", "Release", `{` + release + `}`},
		{"releases", "ErrorBody", `{"error": "AUTHENTICATION_FAILED", "message": "no", "details": {},
			"timestamp": "2025-01-01T00:00:00.000000", "status_code": 401}`},
		{"releases", "ErrorBody", `{"error": "FORBIDDEN", "message": "no", "details": {"required_permission": "a:b"},
			"timestamp": "2025-01-01T00:00:00.000000", "status_code": 403}`},
		{"releases", "ErrorBody", `{"error": "RESOURCE_NOT_FOUND", "message": "no", "details": {"resource_type": "a",
			"resource_id": "b"}, "timestamp": "2025-01-01T00:00:00.000000", "status_code": 404}`},
		{"releases", "ValidationErrorBody", `{"detail": [{"loc": ["a"], "msg": "no", "type": "b", "input": null, "ctx": {}}]}`},

		{"versori", "Flow", `{"name": "f", "description": "about f", "spans": [{` + span + `}], "id": "f1"}`},
		{"versori", "Flow", `{"name": "f", "description": "about f", "spans": [{` + span + `,
			"parentSpanContext": {"traceId": "t1", "spanId": "s0", "traceFlags": 123},
			"parentSpanContenxt": {"traceId": "t1", "spanId": "s0", "traceFlags": 123}}], "id": "f1"}`},

		{"licensing", "ReleaseUpdate", `{"name": "a", "version": "1.2.3.4", "channel": "stable", "platforms": ["linux"],
			"private": true, "notes": ""}`},
		{"licensing", "Release", software},
		{"licensing", "WebhookEvent", `{"event": "release.updated", "data": ` + software + `,
			"triggeredAt": "2019-08-24T14:15:22Z"}`},
	} {
		t.Run(c.document+"/"+c.schema, func(t *testing.T) {
			t.Parallel()
			for _, fault := range misfit(t, c.document, c.schema, c.payload) {
				t.Error(fault)
			}
		})
	}
}

// TestPageLimitsAreKept holds request bodies against the limits that the platforms' pages state.
func TestPageLimitsAreKept(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, document, schema, payload string }{
		{"update without a workflow", "cargo", "ReleaseUpdateDraft", `{}`},
		{"play without a name", "cargo", "PlayCreate", `{"modelUuid": "m", "changeKinds": [], "runCreationRule": "once"}`},
		{"play with an unknown kind of change", "cargo", "PlayCreate",
			`{"name": "p", "modelUuid": "m", "changeKinds": ["moved"], "runCreationRule": "once"}`},
		{"condition of an unknown kind", "cargo", "FilterCondition", `{"kind": "colour", "columnSlug": "a"}`},
		{"release without a tag", "releases", "ReleaseCreate", `{"description": "d"}`},
		{"flow without spans", "versori", "Flow", `{"name": "f", "description": "d"}`},
		{"empty name", "licensing", "ReleaseUpdate", `{"name": ""}`},
		{"empty channel", "licensing", "ReleaseUpdate", `{"channel": ""}`},
		{"version of one number", "licensing", "ReleaseUpdate", `{"version": "2"}`},
		{"version of five numbers", "licensing", "ReleaseUpdate", `{"version": "1.2.3.4.5"}`},
		{"version with a label", "licensing", "ReleaseUpdate", `{"version": "1.2.3-beta"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if len(misfit(t, c.document, c.schema, c.payload)) == 0 {
				t.Errorf("%s %s accepts %s", c.document, c.schema, c.payload)
			}
		})
	}
}

const (
	node = `{"uuid": "n1", "slug": "start", "config": {}, "childrenUuids": ["n2"], "fallbackOnFailure": true,
		"position": {"x": 123, "y": 123}, "kind": "native", "actionSlug": "start", "name": "Start",
		"description": "about it", "retry": {"maximumAttempts": 123, "initialInterval": 123, "backoffCoefficient": 123},
		"fallbackChildUuid": "n3"}`
	release = `"release_id": "r1", "app_id": "a1", "workspace_id": "w1", "org_id": "o1", "release_tag": "v1",
		"release_number": 0, "status": "draft", "description": "first", "endpoint_count": 0, "augmentation_count": 0,
		"activated_at": "2025-01-01T00:00:00Z", "activated_by": "u1", "created_at": "2025-01-01T00:00:00Z",
		"created_by": "u1"`
	span = `"name": "s", "startTime": "2023-11-07T05:31:56Z", "endTime": "2023-11-07T05:31:56Z", "duration": 123,
		"attributes": {}, "status": {}, "ended": true,
		"events": [{"name": "e", "timestamp": "2023-11-07T05:31:56Z", "attributes": {}}],
		"spanContext": {"traceId": "t1", "spanId": "s1", "traceFlags": 123}`
	software = `{"id": "r1", "createdAt": "2019-08-24T14:15:22Z", "updatedAt": "2019-08-24T14:15:22Z", "name": "a",
		"channel": "stable", "version": "1.2", "platforms": ["linux"], "notes": "n", "totalFiles": 0,
		"publishedAt": "2019-08-24T14:15:22Z", "files": [{"id": "f1", "createdAt": "2019-08-24T14:15:22Z",
		"updatedAt": "2019-08-24T14:15:22Z", "name": "a.zip", "url": "u", "size": 0, "downloads": 0, "extension": ".zip",
		"checksum": "c", "secured": true, "published": true, "releaseId": "r1", "releaseName": "a"}], "published": true,
		"private": true, "archived": true, "productId": "p1", "tenantId": "t1"}`
)

// misfit returns what in a payload doesn't fit a schema, undeclared members included.
func misfit(t *testing.T, document, schema, payload string) []string {
	t.Helper()
	text, err := openapi.Document(document)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal([]byte(payload), &value); err != nil {
		t.Fatal(err)
	}
	ref := doc.Components.Schemas[schema]
	if ref == nil {
		t.Fatalf("%s has no schema %s", document, schema)
	}
	l := &linter{}
	l.example(schema, ref, value)
	var faults []string
	for _, f := range l.findings {
		faults = append(faults, f.problem)
	}
	return faults
}
