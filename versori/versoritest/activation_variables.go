package versoritest

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// variablesSchema is the JSON Schema of the variables of the project that has an environment; empty for none.
func (s *Server) variablesSchema(org, environmentID string) map[string]any {
	project, _ := s.projectOf(org, environmentID)
	return project.DynamicVariablesSchema.Or(nil)
}

// checkVariables refuses the first variable, by name, that a schema doesn't have or doesn't fit it. Where the variables
// are all that an activation has, those that the schema requires must be there.
func checkVariables(at string, schema map[string]any, variables map[string]any, all bool) error {
	properties, ok := schema["properties"].(map[string]any)
	if !ok {
		return nil // nothing is said about variables
	}
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		property, ok := properties[name]
		if !ok {
			if property, ok = schema["additionalProperties"]; !ok || property == false {
				return misfit(within(at, name), "is no variable of the project")
			}
		}
		if problem := misfitOf(property, variables[name]); problem != "" {
			return misfit(within(at, name), problem)
		}
	}
	required, _ := schema["required"].([]any)
	for _, name := range required {
		name, _ := name.(string)
		if _, ok := variables[name]; all && name != "" && !ok {
			return misfit(within(at, name), "is missing")
		}
	}
	return nil
}

// misfitOf says in what a value doesn't fit a schema; empty if it does, or if the schema is beyond us.
func misfitOf(schema, value any) string {
	var parsed openapi3.Schema
	var plain any
	if err := recode(schema, &parsed); err != nil {
		return ""
	}
	if err := recode(value, &plain); err != nil {
		return "can't be read"
	}
	err := parsed.VisitJSON(plain, openapi3.DisableSchemaErrorDetails())
	var problem *openapi3.SchemaError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &problem):
		return problem.Reason
	}
	return "doesn't fit the schema"
}

// recode makes one thing of another by way of JSON.
func recode(from, to any) error {
	text, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, to)
}

// merge adds variables to those of an activation, and answers all of them.
func (s *Server) merge(org, id string, variables map[string]any) fake.Response {
	changed, ok, _ := s.connectionState.activations.update(func(a *activation) error {
		merged := maps.Clone(a.variables)
		maps.Copy(merged, variables)
		a.variables = merged
		return nil
	}, org, id)
	if !ok {
		return missing("activation", id)
	}
	return fake.JSON(http.StatusOK, changed.variables)
}

func (s *Server) setVariable(r *fake.Request) (fake.Response, error) {
	body, err := bodyOf[versori.VariableValue](r)
	if err != nil {
		return fake.Response{}, err
	}
	found, environment, err := s.activationInPath(r)
	if err != nil {
		return fake.Response{}, err
	}
	org, name := r.Path("organisation_id"), r.Path("variable_name")
	if body.Value == nil {
		return fake.Response{}, misfit("value", "must not be null")
	}
	if err := checkVariables("", s.variablesSchema(org, environment.ID), map[string]any{name: body.Value}, false); err != nil {
		return fake.Response{}, err
	}
	return s.merge(org, found.id, map[string]any{name: body.Value}), nil
}

func (s *Server) updateVariables(r *fake.Request) (fake.Response, error) {
	found, environment, err := s.activationInPath(r)
	if err != nil {
		return fake.Response{}, err
	}
	org := r.Path("organisation_id")
	if err := checkVariables("", s.variablesSchema(org, environment.ID), r.Object(), false); err != nil {
		return fake.Response{}, err
	}
	return s.merge(org, found.id, r.Object()), nil
}

func (s *Server) updateStaticVariables(r *fake.Request) (fake.Response, error) {
	environment, err := s.environmentInPath(r)
	if err != nil {
		return fake.Response{}, err
	}
	org := r.Path("organisation_id")
	if err := checkVariables("", s.variablesSchema(org, environment.ID), r.Object(), false); err != nil {
		return fake.Response{}, err
	}
	return s.merge(org, s.staticActivation(org, environment.ID).id, r.Object()), nil
}

// copyStaticVariables gives the static user of an environment the variables of another one's.
func (s *Server) copyStaticVariables(org, fromEnvironment, toEnvironment string) {
	from := s.staticActivation(org, fromEnvironment)
	s.merge(org, s.staticActivation(org, toEnvironment).id, from.variables)
}
