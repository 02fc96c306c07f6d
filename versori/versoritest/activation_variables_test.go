package versoritest_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
)

// newVariables is a shop whose project has variables, with an end user who isn't activated.
func newVariables(t *testing.T) shop {
	t.Helper()
	s := newShop(t)
	s.user("merchant-1")
	_, err := s.client.Variables.SetSchema(t.Context(), project, map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "required": []any{"channel"},
		"properties": map[string]any{
			"channel": map[string]any{"type": "string", "enum": []any{"eu", "us"}},
			"batch":   map[string]any{"type": "integer", "minimum": 1},
			"tags":    map[string]any{"type": "array", "items": map[string]any{"type": "string"}},
		},
	})
	must(t, err)
	return s
}

func (s shop) activateWith(variables map[string]any) (*versori.Activation, error) {
	s.t.Helper()
	return s.client.Activations.Create(s.t.Context(), versori.ActivationCreate{
		UserID: "merchant-1", EnvironmentID: s.environment, Connections: []versori.ActivationConnection{}, DynamicVariables: variables,
	})
}

func TestVariablesMustFitTheSchemaOfTheProject(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		variables map[string]any
		want      string
	}{
		{"a wrong type", map[string]any{"channel": "eu", "batch": "many"}, "batch value must be an integer"},
		{"a fraction for an integer", map[string]any{"channel": "eu", "batch": 1.5}, "batch value must be an integer"},
		{"a value out of range", map[string]any{"channel": "eu", "batch": 0}, "batch number must be at least 1"},
		{"a wrong item", map[string]any{"channel": "eu", "tags": []any{"a", 1}}, "tags value must be a string"},
		{"a variable that isn't there", map[string]any{"channel": "eu", "chanel": "us"}, "chanel is no variable of the project"},
		{"only the first of several faults", map[string]any{"batch": 0, "tags": 1, "x": 1}, "batch number must be at least 1"},
		{"one that is required", map[string]any{"batch": 1}, "channel is missing"},
		{"none at all", nil, "channel is missing"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newVariables(t)
			_, err := s.activateWith(test.variables)
			wantMisfit(t, err, "dynamicVariables."+test.want)
		})
	}
	t.Run("what fits", func(t *testing.T) {
		t.Parallel()
		made, err := newVariables(t).activateWith(map[string]any{"channel": "eu", "batch": 50, "tags": []any{"a"}})
		must(t, err)
		assert.Equal(t, "batch", made.DynamicVariables["batch"], any(json.Number("50")))
	})
	t.Run("a project without a schema takes any", func(t *testing.T) {
		t.Parallel()
		s := newShop(t)
		s.user("merchant-1")
		_, err := s.activateWith(map[string]any{"anything": []any{1, "two", nil}})
		must(t, err)
	})
}

func TestSettingVariablesLeavesTheOthers(t *testing.T) {
	t.Parallel()
	s := newVariables(t)
	made, err := s.activateWith(map[string]any{"channel": "eu", "batch": 50})
	must(t, err)
	ctx, client := t.Context(), s.client

	all, err := client.Activations.UpdateVariables(ctx, s.environment, made.ID, map[string]any{"tags": []any{"a"}})
	must(t, err)
	assert.Equal(t, "after a patch", fmt.Sprint(all), "map[batch:50 channel:eu tags:[a]]")
	all, err = client.Activations.SetVariable(ctx, s.environment, made.ID, "batch", versori.VariableValue{Value: 1})
	must(t, err)
	assert.Equal(t, "after setting one", fmt.Sprint(all), "map[batch:1 channel:eu tags:[a]]")

	_, err = client.Activations.UpdateVariables(ctx, s.environment, made.ID, map[string]any{"batch": 2, "channel": "de"})
	answer := assert.APIError(t, err)
	assert.Equal(t, "status", answer.Status, 400)
	_, err = client.Activations.SetVariable(ctx, s.environment, made.ID, "batch", versori.VariableValue{Value: true})
	wantMisfit(t, err, "batch value must be an integer")
	_, err = client.Activations.SetVariable(ctx, s.environment, made.ID, "size", versori.VariableValue{Value: 1})
	wantMisfit(t, err, "size is no variable of the project")
	got, err := client.Activations.Get(ctx, s.environment, made.ID)
	must(t, err)
	assert.Equal(t, "after refusals", fmt.Sprint(got.DynamicVariables), "map[batch:1 channel:eu tags:[a]]")
	_, err = client.Activations.UpdateVariables(ctx, s.environment, unknown, map[string]any{"batch": 2})
	wantMissing(t, err, "There is no activation "+unknown)
}

func TestAVariableIsNeverNull(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.user("merchant-1")
	made, err := s.activateWith(nil)
	must(t, err)
	path := "/environments/" + s.environment + "/activations/" + made.ID + "/variables/channel"
	wantMisfit(t, s.send("PUT", path, []byte(`{"value":null}`), nil), "value must not be null")
}

func TestARemovedVariableKeepsItsValue(t *testing.T) {
	t.Parallel()
	s := newVariables(t)
	made, err := s.activateWith(map[string]any{"channel": "eu", "batch": 50})
	must(t, err)
	_, err = s.client.Variables.PatchSchema(t.Context(), project, versori.VariablesSchemaPatch{
		Op: versori.VariablesSchemaOpRemove, Path: "/properties/batch",
	})
	must(t, err)
	all, err := s.client.Activations.UpdateVariables(t.Context(), s.environment, made.ID, map[string]any{"channel": "us"})
	must(t, err)
	assert.Equal(t, "variables", fmt.Sprint(all), "map[batch:50 channel:us]")
	_, err = s.client.Activations.SetVariable(t.Context(), s.environment, made.ID, "batch", versori.VariableValue{Value: 1})
	wantMisfit(t, err, "batch is no variable of the project")
}

func TestASchemaMayAllowVariablesThatItDoesNotName(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.PutProject(organisation, versori.Project{
		ID: project, Environments: []versori.ProjectEnvironment{{ID: s.environment, Name: "production"}},
		DynamicVariablesSchema: sdk.Some(map[string]any{
			"properties": map[string]any{"odd": map[string]any{"type": 7}}, "additionalProperties": map[string]any{"type": "number"},
		}),
	})
	s.user("merchant-1")
	_, err := s.activateWith(map[string]any{"other": "text"})
	wantMisfit(t, err, "dynamicVariables.other value must be a number")
	_, err = s.activateWith(map[string]any{"other": 1.5, "odd": "a schema that can't be read is not checked"})
	must(t, err)
}

func TestVariablesOfTheStaticUser(t *testing.T) {
	t.Parallel()
	s := newVariables(t)
	ctx, client := t.Context(), s.client
	_, err := client.Activations.UpdateStaticVariables(ctx, s.environment, map[string]any{"batch": 5})
	must(t, err)
	all, err := client.Activations.UpdateStaticVariables(ctx, s.environment, map[string]any{"channel": "us"})
	must(t, err)
	assert.Equal(t, "variables", fmt.Sprint(all), "map[batch:5 channel:us]")
	_, err = client.Activations.UpdateStaticVariables(ctx, s.environment, map[string]any{"batch": 0})
	wantMisfit(t, err, "batch number must be at least 1")
	static, err := client.Activations.List(ctx, s.environment, versori.ActivationListParams{Static: true})
	must(t, err)
	assert.Equal(t, "activation", fmt.Sprint(static[0].DynamicVariables), "map[batch:5 channel:us]")
	_, err = client.Activations.UpdateStaticVariables(ctx, unknown, map[string]any{"batch": 5})
	wantMissing(t, err, "There is no environment "+unknown)
}
