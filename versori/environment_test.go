package versori_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

func TestFindEnvironment(t *testing.T) {
	t.Parallel()
	production, staging := environment(versori.EnvironmentStatusRunning, "v1", 0), environment(versori.EnvironmentStatusDraft, "", 0)
	staging.ID, staging.Name = stagingID, "staging"
	misleading := staging
	misleading.ID, misleading.Name = "01JTESTENV1R0NMENT00000003", productionID
	for name, c := range map[string]struct {
		of   []versori.ProjectEnvironment
		find string
		want string // its id
		err  error
		says string
	}{
		"by name":                           {[]versori.ProjectEnvironment{production, staging}, "staging", stagingID, nil, ""},
		"by id":                             {[]versori.ProjectEnvironment{production, staging}, productionID, productionID, nil, ""},
		"by id in small letters":            {[]versori.ProjectEnvironment{production, staging}, strings.ToLower(stagingID), stagingID, nil, ""},
		"by name before id":                 {[]versori.ProjectEnvironment{production, misleading}, productionID, misleading.ID, nil, ""},
		"the only one":                      {[]versori.ProjectEnvironment{production}, "", productionID, nil, ""},
		"names tell capitals apart":         {[]versori.ProjectEnvironment{production}, "Production", "", sdk.ErrNotFound, `no environment "Production": it has "production"`},
		"one that isn't there":              {[]versori.ProjectEnvironment{production, staging}, "test", "", sdk.ErrNotFound, `it has "production", "staging"`},
		"one of several without a name":     {[]versori.ProjectEnvironment{production, staging}, "", "", sdk.ErrInvalidRequest, `must be named: the project has "production", "staging"`},
		"none of a project that has none":   {nil, "", "", sdk.ErrInvalidRequest, "has none"},
		"a name in a project that has none": {nil, "production", "", sdk.ErrNotFound, "it has none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, client := serve(t)
			s.Handle("Projects.Get", func(*fake.Request) fake.Response { return fake.JSON(200, projectWith(c.of...)) })
			e, err := client.Environments.Find(t.Context(), projectID, c.find)
			if c.err != nil {
				assert.Is(t, err, c.err)
				if err != nil && !strings.Contains(err.Error(), c.says) {
					t.Errorf("got %v, want %q in it", err, c.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			assert.Equal(t, "id", e.ID, c.want)
		})
	}
}

// serveConfig shows a project whose environment has this configuration, as JSON.
func serveConfig(t *testing.T, config string) (*raw, *versori.Client) {
	return serveRaw(t, func(r *http.Request) (int, string) {
		if r.Method != http.MethodGet {
			return http.StatusNoContent, ""
		}
		e := environment(versori.EnvironmentStatusRunning, "v1", 0)
		e.Config = assert.Decoded[versori.EnvironmentConfig](t, config)
		text, _ := json.Marshal(projectWith(e))
		return http.StatusOK, string(text)
	})
}

func setReplicas(n int) func(*versori.EnvironmentConfig) error {
	return func(c *versori.EnvironmentConfig) error {
		spec := c.DeploymentSpec.Or(versori.DeploymentSpec{})
		spec.Replicas = sdk.Some(n)
		c.DeploymentSpec = sdk.Some(spec)
		return nil
	}
}

func TestModifyConfigLosesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ before, after string }{
		"what is declared": {
			`{"deploymentSpec":{"replicas":1,"autoscaling":{"maxReplicas":4},"staticIP":true,"resources":{"limits":{"cpu":"500m","storage":"1Gi"}},"serviceAccountName":"robot"}}`,
			`{"deploymentSpec":{"replicas":3,"autoscaling":{"maxReplicas":4},"staticIP":true,"resources":{"limits":{"cpu":"500m","storage":"1Gi"}},"serviceAccountName":"robot"}}`,
		},
		"what isn't known": {
			`{"deploymentSpec":{"replicas":1,"region":{"zones":["a",1.50]}},"alerts":[true,null]}`,
			`{"deploymentSpec":{"replicas":3,"region":{"zones":["a",1.50]}},"alerts":[true,null]}`,
		},
		"null": {
			`{"deploymentSpec":{"replicas":1,"autoscaling":null,"staticIP":null}}`,
			`{"deploymentSpec":{"replicas":3,"autoscaling":null,"staticIP":null}}`,
		},
		"nothing there": {`{}`, `{"deploymentSpec":{"replicas":3}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, client := serveConfig(t, c.before)
			config, err := client.Environments.ModifyConfig(t.Context(), projectID, "production", setReplicas(3))
			if err != nil {
				t.Fatal(err)
			}
			assert.Equal(t, "result", config.DeploymentSpec.Or(versori.DeploymentSpec{}).Replicas, sdk.Some(3))
			if !slices.Equal(s.bodies, []string{c.after}) {
				t.Errorf("sent %s\nwant %s", s.bodies, c.after)
			}
			if !strings.HasSuffix(s.paths[0], "/environments/"+productionID+"/config") {
				t.Errorf("sent to %s", s.paths[0])
			}
		})
	}
}

func TestModifyConfigSendsNothing(t *testing.T) {
	t.Parallel()
	refuse := errors.New("not now")
	for name, c := range map[string]struct {
		change func(*versori.EnvironmentConfig) error
		err    error
	}{
		"when nothing changed":               {setReplicas(1), nil},
		"when the function returns an error": {func(c *versori.EnvironmentConfig) error { _ = setReplicas(9)(c); return refuse }, refuse},
		"when there is no function":          {nil, sdk.ErrInvalidRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, client := serveConfig(t, `{"deploymentSpec":{"replicas":1}}`)
			_, err := client.Environments.ModifyConfig(t.Context(), projectID, "production", c.change)
			assert.Is(t, err, c.err)
			assert.Equal(t, "updates", len(s.bodies), 0)
		})
	}
}

const storedFlow = `{"name":"orders","description":"Old.","spans":[{"name":"fetch","startTime":"2026-03-02T09:15:27.312Z",` +
	`"endTime":"2026-03-02T09:15:28Z","duration":688.5,"attributes":{"a":1.0},"status":{"code":0},"ended":true,"events":[],` +
	`"spanContext":{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7","traceFlags":1},"links":[]}],` +
	`"id":"01J00000000000000000000001","owner":"someone"}`

// serveFlow has one flow, or none, and answers an update with what was sent.
func serveFlow(t *testing.T, flow string) (*raw, *versori.Client) {
	return serveRaw(t, func(r *http.Request) (int, string) {
		switch {
		case r.Method != http.MethodGet:
			return http.StatusOK, ""
		case flow == "":
			return http.StatusNotFound, `{"code":"404001","message":"no such flow"}`
		}
		return http.StatusOK, flow
	})
}

func describe(text string) func(*versori.Flow) error {
	return func(f *versori.Flow) error {
		f.Description = text
		return nil
	}
}

func TestModifyFlow(t *testing.T) {
	t.Parallel()
	refuse := errors.New("not now")
	fails := func(*versori.Flow) error { return refuse }
	modify, orCreate := (*versori.FlowsService).Modify, (*versori.FlowsService).ModifyOrCreate
	for name, c := range map[string]struct {
		stored string
		call   func(*versori.FlowsService, context.Context, string, string, func(*versori.Flow) error, ...sdk.Option) (*versori.Flow, error)
		change func(*versori.Flow) error
		sent   string
		err    error
	}{
		"loses nothing":                             {storedFlow, modify, describe("New."), strings.Replace(storedFlow, "Old.", "New.", 1), nil},
		"sends nothing when nothing changed":        {storedFlow, modify, describe("Old."), "", nil},
		"creates nothing unasked":                   {"", modify, describe("New."), "", sdk.ErrNotFound},
		"creates when asked":                        {"", orCreate, describe("New."), `{"name":"orders","description":"New.","spans":[]}`, nil},
		"creates also what nobody changed":          {"", orCreate, describe(""), `{"name":"orders","description":"","spans":[]}`, nil},
		"creates nothing on an error":               {"", orCreate, fails, "", refuse},
		"sends nothing on an error":                 {storedFlow, modify, fails, "", refuse},
		"changes what is there when creating is on": {storedFlow, orCreate, describe("New."), strings.Replace(storedFlow, "Old.", "New.", 1), nil},
		"needs a function":                          {storedFlow, orCreate, nil, "", sdk.ErrInvalidRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, client := serveFlow(t, c.stored)
			flow, err := c.call(client.Flows, t.Context(), projectID, "orders", c.change)
			assert.Is(t, err, c.err)
			if err == nil && flow.Name != "orders" {
				t.Errorf("got %+v", flow)
			}
			var want []string
			if c.sent != "" {
				want = []string{c.sent}
			}
			if !slices.Equal(s.bodies, want) {
				t.Errorf("sent %s\nwant %s", s.bodies, want)
			}
		})
	}
}

func TestModifyFlowCreatesOnlyWhatIsNotThere(t *testing.T) {
	t.Parallel()
	s, client := serveRaw(t, func(*http.Request) (int, string) { return http.StatusForbidden, `{}` })
	_, err := client.Flows.ModifyOrCreate(t.Context(), projectID, "orders", describe("New."))
	assert.Is(t, err, sdk.ErrForbidden)
	assert.Equal(t, "updates", len(s.bodies), 0)
}
