package versoritest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// PutFlow stores a flow under its Name, in place of the one that has it, and returns what is stored. An absent ID is
// filled in: with that of the flow before it, else with a new one. A project that isn't there is made, with the
// environment production.
//
// A flow without a name, an id of organisation or project that isn't a ULID and values that JSON can't hold are problems;
// nothing is stored then, and the zero value returned.
func (s *Server) PutFlow(organisation, project string, flow versori.Flow) versori.Flow {
	stored, err := s.putFlow(organisation, project, flow)
	if err != nil {
		s.Report("PutFlow: %v", err)
		return versori.Flow{}
	}
	return stored
}

func (s *Server) putFlow(organisation, project string, flow versori.Flow) (versori.Flow, error) {
	switch {
	case flow.Name == "":
		return flow, errors.New("the flow has no name")
	case !ulid(organisation) || !ulid(project):
		return flow, fmt.Errorf("organisation %q and project %q must be ULIDs", organisation, project)
	}
	flow, err := fake.Copy(flow)
	if err != nil {
		return flow, err
	}
	store := func(p *projectRow) error {
		flow = s.storeFlow(p, flow.Name, flow)
		return nil
	}
	if s.withProject(organisation, project, store) != nil {
		if _, err := s.putProject(organisation, versori.Project{ID: project}); err != nil {
			return flow, err
		}
		_ = s.withProject(organisation, project, store)
	}
	return fake.Copy(flow)
}

// storeFlow writes a flow under a name. Without an id it gets that of the flow before it, or a new one.
func (s *Server) storeFlow(p *projectRow, name string, flow versori.Flow) versori.Flow {
	if flow.ID.Or("") == "" {
		old, _ := p.flows.Get(name)
		flow.ID = sdk.Some(s.or(old.ID.Or("")))
	}
	p.flows.Put(name, flow)
	return flow
}

// Flow is a flow as the platform has it, under the name in the path it was sent to, for checking what the code under test
// did; false if the project has none of that name.
func (s *Server) Flow(organisation, project, name string) (versori.Flow, bool) {
	var flow versori.Flow
	found := false
	_ = s.withProject(organisation, project, func(p *projectRow) error { // no project, no flow
		flow, found = p.flows.Get(name)
		return nil
	})
	if !found {
		return flow, false
	}
	flow, _ = fake.Copy(flow) // has been copied before
	return flow, true
}

// updateFlow is Flows.Update.
func (s *Server) updateFlow(p *projectRow, r *fake.Request) (any, error) {
	flow, err := bodyOf[versori.Flow](r)
	if err != nil {
		return nil, err
	}
	flow.ID = sdk.Optional[string]{} // the platform's own
	return misspell(s.storeFlow(p, r.Path("flow_name"), flow)), nil
}

// getFlow is Flows.Get.
func (s *Server) getFlow(p *projectRow, r *fake.Request) (any, error) {
	flow, ok := p.flows.Get(r.Path("flow_name"))
	if !ok {
		return nil, absent("flow", r.Path("flow_name"))
	}
	return misspell(flow), nil
}

// deleteFlow is Flows.Delete.
func (s *Server) deleteFlow(p *projectRow, r *fake.Request) (any, error) {
	if _, ok := p.flows.Delete(r.Path("flow_name")); !ok {
		return nil, absent("flow", r.Path("flow_name"))
	}
	return nil, nil
}

// listFlows is Flows.List.
func (s *Server) listFlows(p *projectRow, _ *fake.Request) (any, error) {
	list := versori.FlowList{Flows: p.flows.List()}
	for i := range list.Flows {
		list.Flows[i] = misspell(list.Flows[i])
	}
	return list, nil
}

// misspell gives each span its parent under the misspelt name as well. The stored spans stay as they are.
func misspell(flow versori.Flow) versori.Flow {
	spans := slices.Clone(flow.Spans)
	for i := range spans {
		if spans[i].ParentSpanContenxt.IsZero() {
			spans[i].ParentSpanContenxt = spans[i].ParentSpanContext
		}
	}
	flow.Spans = spans
	return flow
}
