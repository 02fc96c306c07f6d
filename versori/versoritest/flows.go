package versoritest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// projectKey names a project. ULIDs mean the same in capitals and small letters, so keys are in capitals.
type projectKey struct{ organisation, project string }

// flowKey names a flow, by the name in its path.
type flowKey struct {
	projectKey
	name string
}

func keyOf(organisation, project, name string) flowKey {
	return flowKey{projectKey{strings.ToUpper(organisation), strings.ToUpper(project)}, name}
}

// PutFlow stores a flow under its Name, in place of the one that has it, and returns what is stored. An absent ID is
// filled in: with that of the flow before it, else with a new one. A project that was deleted is there again.
//
// A flow without a name, an id of organisation or project that isn't a ULID and values that JSON can't hold are problems;
// nothing is stored then, and the zero value returned.
func (s *Server) PutFlow(organisation, project string, flow versori.Flow) versori.Flow {
	stored, err := s.putFlow(keyOf(organisation, project, flow.Name), flow)
	if err != nil {
		s.Report("PutFlow: %v", err)
		return versori.Flow{}
	}
	return stored
}

func (s *Server) putFlow(key flowKey, flow versori.Flow) (versori.Flow, error) {
	switch {
	case flow.Name == "":
		return flow, errors.New("the flow has no name")
	case !ulid(key.organisation) || !ulid(key.project):
		return flow, fmt.Errorf("organisation %q and project %q must be ULIDs", key.organisation, key.project)
	}
	flow, err := copyOf(flow)
	if err != nil {
		return flow, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if flow.ID.Or("") == "" {
		flow.ID = s.idFor(key)
	}
	delete(s.deleted, key.projectKey)
	s.flows[key] = flow
	return copyOf(flow)
}

// Flow is a flow as the platform has it, under the name in the path it was sent to, for checking what the code under test
// did; false if the project has none of that name.
func (s *Server) Flow(organisation, project, name string) (versori.Flow, bool) {
	s.mu.Lock()
	flow, ok := s.flows[keyOf(organisation, project, name)]
	s.mu.Unlock()
	if !ok {
		return flow, false
	}
	flow, _ = copyOf(flow) // has been copied before
	return flow, true
}

// DeleteProject removes a project with its flows: from then on it is answered with 404, until PutFlow brings it back.
func (s *Server) DeleteProject(organisation, project string) {
	key := keyOf(organisation, project, "").projectKey
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deleted[key] = true
	for flow := range s.flows {
		if flow.projectKey == key {
			delete(s.flows, flow)
		}
	}
}

// update writes a flow.
func (s *Server) update(r *fake.Request) fake.Response {
	var flow versori.Flow
	if err := r.Decode(&flow); err != nil { // can't be: the body has been checked
		return failure(http.StatusBadRequest, "The request is not valid", "The body can't be read")
	}
	key := keyOf(r.Path("organisation_id"), r.Path("project_id"), r.Path("flow_name"))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.deleted[key.projectKey] {
		return failure(http.StatusNotFound, "No such project", "There is no project "+r.Path("project_id"))
	}
	flow.ID = s.idFor(key)
	s.flows[key] = flow
	return fake.JSON(http.StatusOK, misspell(flow))
}

// idFor is the id of the flow that is there, else a new one.
func (s *Server) idFor(key flowKey) sdk.Optional[string] {
	if old, ok := s.flows[key]; ok {
		return old.ID
	}
	return sdk.Some(s.IDs.ULID())
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

// copyOf makes a flow that shares nothing with another, as it is after a way over the wire.
func copyOf(flow versori.Flow) (versori.Flow, error) {
	var copied versori.Flow
	text, err := json.Marshal(flow)
	if err == nil {
		err = json.Unmarshal(text, &copied)
	}
	if err != nil {
		return versori.Flow{}, fmt.Errorf("the flow can't be encoded: %w", err)
	}
	return copied, nil
}

// ulid says whether an id, in capitals, is one that the document's check accepts.
func ulid(id string) bool {
	return len(id) == 26 && id[0] <= '7' && strings.Trim(id, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") == ""
}
