package versoritest_test

import (
	"reflect"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
)

func TestNamesInBracesBecomeParameters(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	given := versori.SystemParameter{
		Name: "orderId", In: versori.SystemParameterLocationPath, Required: true, Type: versori.SystemParameterTypeInteger,
	}
	query := versori.SystemParameter{Name: "shopId", In: versori.SystemParameterLocationQuery, Type: versori.SystemParameterTypeString}
	got, err := s.client.SystemActions.Create(t.Context(), s.system.ID, versori.SystemActionCreate{Actions: []versori.SystemActionSpec{{
		Name: "Get line", Type: versori.SystemActionTypeHTTP, Method: versori.HTTPMethodGET,
		Path: "/shops/{shopId}/orders/{orderId}/lines/{line}", Parameters: []versori.SystemParameter{given, query},
	}}})
	must(t, err)
	path := func(name string) versori.SystemParameter {
		return versori.SystemParameter{
			Name: name, In: versori.SystemParameterLocationPath, Required: true, Type: versori.SystemParameterTypeString,
		}
	}
	want := []versori.SystemParameter{given, query, path("shopId"), path("line")}
	if !reflect.DeepEqual(got[0].Parameters, want) {
		t.Errorf("got  %v\nwant %v", got[0].Parameters, want)
	}
}

func (s shop) actions(names ...string) []versori.SystemAction {
	s.t.Helper()
	var body versori.SystemActionCreate
	for _, name := range names {
		body.Actions = append(body.Actions, versori.SystemActionSpec{
			Name: name, Type: versori.SystemActionTypeHTTP, Method: versori.HTTPMethodGET, Path: "/" + name,
		})
	}
	made, err := s.client.SystemActions.Create(s.t.Context(), s.system.ID, body)
	must(s.t, err)
	return made
}

func (s shop) linkedActions() []string {
	s.t.Helper()
	page, err := s.client.SystemActions.List(s.t.Context(), s.system.ID, versori.SystemActionListParams{ProjectID: project})
	must(s.t, err)
	return ids(page.Actions, func(a versori.SystemAction) string { return a.Name })
}

func TestLinksAddUp(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	made := s.actions("a", "b", "c")
	wantList(t, "linked at first", s.linkedActions())
	must(t, s.client.SystemActions.Link(t.Context(), s.system.ID, project, []string{made[0].ID}))
	must(t, s.client.SystemActions.Link(t.Context(), s.system.ID, project, []string{made[2].ID, made[0].ID}))
	wantList(t, "linked", s.linkedActions(), "a", "c")
	page, err := s.client.SystemActions.List(t.Context(), s.system.ID, versori.SystemActionListParams{})
	must(t, err)
	assert.Equal(t, "all", page.TotalCount, 3)

	err = s.client.SystemActions.Link(t.Context(), s.system.ID, project, []string{made[1].ID, unknown})
	wantMisfit(t, err, "[1] names no action of the system")
	wantList(t, "linked after a refusal", s.linkedActions(), "a", "c")
	must(t, s.client.SystemActions.Delete(t.Context(), s.system.ID, made[0].ID))
	wantList(t, "linked after a deletion", s.linkedActions(), "c")
}

func TestNewActionsAreLinkedToTheProjectInTheBody(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	body := versori.SystemActionCreate{ProjectID: sdk.Some(project), Actions: []versori.SystemActionSpec{
		{Name: "a", Type: versori.SystemActionTypeGraphQL, Method: versori.HTTPMethodPOST, Path: "/graphql"},
	}}
	_, err := s.client.SystemActions.Create(t.Context(), s.system.ID, body)
	must(t, err)
	wantList(t, "linked", s.linkedActions(), "a")

	body.ProjectID = sdk.Some(unknown)
	_, err = s.client.SystemActions.Create(t.Context(), s.system.ID, body)
	wantMisfit(t, err, "projectId names no project")
	triggers := versori.SystemTriggerCreate{ProjectID: sdk.Some(project), Triggers: []versori.SystemTriggerSpec{
		{Name: "order-paid", Method: versori.HTTPMethodPOST},
	}}
	_, err = s.client.SystemTriggers.Create(t.Context(), s.system.ID, triggers)
	must(t, err)
	page, err := s.client.SystemTriggers.List(t.Context(), s.system.ID, versori.SystemTriggerListParams{ProjectID: project})
	must(t, err)
	wantList(t, "triggers", ids(page.Triggers, func(t versori.SystemTrigger) string { return t.Name }), "order-paid")
}

func TestAnUpdateTakesTheWholeAction(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	action := s.actions("a")[0]
	action.Name, action.Description = "b", sdk.Some("Changed")
	got, err := s.client.SystemActions.Update(t.Context(), s.system.ID, action.ID, action)
	must(t, err)
	if !reflect.DeepEqual(*got, action) {
		t.Errorf("got  %v\nwant %v", *got, action)
	}
	moved := action
	moved.SystemID = unknown
	_, err = s.client.SystemActions.Update(t.Context(), s.system.ID, action.ID, moved)
	wantMisfit(t, err, "systemId is not the system in the path")
	moved = action
	moved.ID = unknown
	_, err = s.client.SystemActions.Update(t.Context(), s.system.ID, action.ID, moved)
	wantMisfit(t, err, "id is not the id in the path")
}

func TestActionsThatAreNotThere(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx, client, action := t.Context(), s.client, s.actions("a")[0]
	rival := s.PutSystem(organisation, versori.System{Name: "Rival"})
	_, err := client.SystemActions.Get(ctx, rival.ID, action.ID)
	wantMissing(t, err, "There is no action "+action.ID)
	_, err = client.SystemActions.Get(ctx, unknown, action.ID)
	wantMissing(t, err, "There is no system "+unknown)
	_, err = client.SystemActions.Update(ctx, rival.ID, action.ID, action)
	wantMissing(t, err, "There is no action "+action.ID)
	wantMissing(t, client.SystemActions.Delete(ctx, rival.ID, action.ID), "There is no action "+action.ID)
	_, err = client.SystemActions.List(ctx, s.system.ID, versori.SystemActionListParams{ProjectID: unknown})
	wantMissing(t, err, "There is no project "+unknown)
	wantMissing(t, client.SystemActions.Link(ctx, s.system.ID, unknown, []string{action.ID}), "There is no project "+unknown)
	err = client.SystemTriggers.Link(ctx, s.system.ID, project, []string{action.ID})
	wantMisfit(t, err, "[0] names no trigger of the system")
}
