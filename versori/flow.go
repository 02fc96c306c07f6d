package versori

import (
	"context"
	"errors"

	"github.com/wharfinger/sdk"
)

// Modify changes a flow: it gets the flow, lets change work on it, and sends the whole, because [FlowsService.Update]
// keeps nothing of the old flow. What this version of the SDK doesn't know is sent back as it came. A flow that isn't
// there is an error that matches [sdk.ErrNotFound]; [FlowsService.ModifyOrCreate] makes one.
//
// Nothing is sent if change leaves everything as it was, or returns an error, which is returned as it is. The result is
// the flow as it is then. The platform has no check of versions here: of two changes at the same time the later one wins,
// and the earlier one is lost.
func (s *FlowsService) Modify(ctx context.Context, projectID, flowName string, change func(*Flow) error, opts ...sdk.Option) (*Flow, error) {
	return s.modify(ctx, "Flows.Modify", projectID, flowName, change, false, opts)
}

// ModifyOrCreate does what [FlowsService.Modify] does, and where there is no such flow gives change one that has the name
// and no spans. It is created then, whatever change does, unless change returns an error.
func (s *FlowsService) ModifyOrCreate(ctx context.Context, projectID, flowName string, change func(*Flow) error, opts ...sdk.Option) (*Flow, error) {
	return s.modify(ctx, "Flows.ModifyOrCreate", projectID, flowName, change, true, opts)
}

func (s *FlowsService) modify(ctx context.Context, operation, projectID, flowName string, change func(*Flow) error, create bool, opts []sdk.Option) (*Flow, error) {
	if change == nil {
		return nil, refusal(operation, "there is no function to change the flow")
	}
	flow, err := s.Get(ctx, projectID, flowName, opts...)
	absent := create && errors.Is(err, sdk.ErrNotFound)
	switch {
	case absent:
		flow = &Flow{Name: flowName, Spans: []Span{}}
	case err != nil:
		return nil, err
	}
	changed, err := modify(flow, change)
	if err != nil {
		return nil, err
	}
	if !changed && !absent {
		return flow, nil
	}
	return s.Update(ctx, projectID, flowName, *flow, opts...)
}
