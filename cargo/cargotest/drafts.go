package cargotest

import (
	"net/http"
	"slices"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/internal/fake"
)

// updateDraft is Releases.UpdateDraft.
func (s *Server) updateDraft(r *fake.Request) fake.Response {
	var body cargo.ReleaseUpdateDraft
	if err := r.Decode(&body); err != nil {
		return refusal(http.StatusBadRequest, "", err.Error())
	}
	if found := draftMisfits(r.Object()); !found.none() {
		return refusal(http.StatusBadRequest, "", found.message())
	}
	var draft cargo.Release
	_, ok, err := s.workflows.Update(body.WorkflowUUID, func(releases *[]cargo.Release) (err error) {
		i := at(*releases, cargo.ReleaseStatusDraft)
		if i < 0 {
			return reason(cargo.CodeDraftReleaseNotFound)
		}
		if draft, err = s.changed((*releases)[i], *releases, &body); err != nil {
			return err
		}
		*releases = slices.Clone(*releases)
		(*releases)[i] = draft
		return nil
	})
	if !ok {
		err = reason(cargo.CodeWorkflowNotFound)
	}
	if err != nil {
		return refuse(err)
	}
	return fake.JSON(http.StatusOK, cargo.ReleaseResult{Release: draft})
}

func draftMisfits(body map[string]any) *misfits {
	var m misfits
	each(body["nodes"], "nodes", m.node)
	each(body["formFields"], "formFields", m.formField)
	each(body["testRecords"], "testRecords", m.testRecord)
	return &m
}

// changed gives a draft with a change applied. Nothing that draft points to is changed in place.
func (s *Server) changed(draft cargo.Release, all []cargo.Release, change *cargo.ReleaseUpdateDraft) (cargo.Release, error) {
	if parent, ok := change.ParentUUID.Get(); ok {
		isParent := func(r cargo.Release) bool { return r.UUID == parent && r.UUID != draft.UUID }
		if !slices.ContainsFunc(all, isParent) {
			return draft, reason(cargo.CodeInvalidParent)
		}
		draft.ParentUUID = sdk.Some(parent)
	}
	if change.Nodes != nil {
		draft.Nodes = withNulls(change.Nodes)
	}
	if change.TestRecords != nil {
		draft.TestRecords = change.TestRecords
	}
	if !change.FormFields.IsZero() {
		draft.FormFields = change.FormFields
	}
	if options, ok := change.Options.Get(); ok {
		for _, model := range options.ModelUUIDsByIntegrationSlug {
			if _, ok := s.models.Get(model); !ok {
				return draft, reason(cargo.CodeFailedToReconciliateNodes)
			}
		}
		draft.Nodes = connected(draft.Nodes, options.ConnectorUUIDsByIntegrationSlug)
	}
	draft.UpdatedAt = s.stamp(draft.UpdatedAt)
	return draft, nil
}

// withNulls gives nodes as the platform answers them: these members are always there.
func withNulls(nodes []cargo.Node) []cargo.Node {
	nodes = slices.Clone(nodes)
	for i := range nodes {
		node := &nodes[i]
		node.Name = orNull(node.Name)
		node.Description = orNull(node.Description)
		node.FallbackChildUUID = orNull(node.FallbackChildUUID)
	}
	return nodes
}

// connected gives nodes of which those that name only an integration have the connector given for it.
func connected(nodes []cargo.Node, connectors map[string]string) []cargo.Node {
	nodes = slices.Clone(nodes)
	for i := range nodes {
		node := &nodes[i]
		if _, has := node.ConnectorUUID.Get(); has || node.Kind != cargo.NodeKindConnector {
			continue
		}
		if connector, ok := connectors[node.IntegrationSlug.Or("")]; ok {
			node.ConnectorUUID = sdk.Some(connector)
		}
	}
	return nodes
}
