package versoritest_test

import (
	"strings"
	"testing"

	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// TestProjectRequestsOfTheVendorsTool sends requests as the vendor's command line tool does: environments by name in the
// query, configurations whole, no body where it has none to send.
func TestProjectRequestsOfTheVendorsTool(t *testing.T) {
	t.Parallel()
	const (
		projects = "/o/" + organisation + "/projects"
		ours     = projects + "/" + project
	)
	tests := []struct {
		name, method, target, body string
		status                     int
		answer                     string // part of it
	}{
		{
			"deploys files", "PUT", ours + "/deploy?project_env=production",
			`{"files":[{"content":"{\"name\":\"shop\"}\n","filename":"package.json"},{"content":"export {};\n","filename":"src/index.ts"}],` +
				`"labels":{},"versionDescription":"first","versionName":"v2.0.0"}`,
			200, `"name":"v2.0.0"`,
		},
		{
			"deploys files under a name of the platform's", "PUT", ours + "/deploy?project_env=production",
			`{"files":[],"labels":{},"versionName":""}`, 200, `"name":"version-000001"`,
		},
		{
			"deploys a version without a body", "PUT", ours + "/versions/VERSION/deploy?project_env=staging", "", 200, `"status":"running"`,
		},
		{"lists versions", "GET", ours + "/versions?first=20", "", 200, `"name":"v1"`},
		{
			"writes a configuration", "PUT", "/o/" + organisation + "/environments/" + versoritest.Environment + "/config",
			`{"deploymentSpec":{"autoscaling":{"maxReplicas":6},"replicas":3,"resources":{},"staticIP":true}}`, 204, "",
		},
		{
			"moves an environment", "PUT", ours + "/environments/execution-pools?project_env=production",
			`{"executionPool":"gcp-us1-1"}`, 200, `"executionPool":"gcp-us1-1"`,
		},
		{
			"promotes an environment", "POST", ours + "/environments/sync",
			`{"sourceEnvName":"production","targetEnvName":"staging"}`, 200, `"name":"staging","status":"running"`,
		},
		{"lists starred projects", "GET", projects + "?starred=true", "", 200, `{"projects":[]}`},
		{"stars a project", "PUT", ours + "/star", "", 204, ""},
		{"takes a star that isn't there", "DELETE", ours + "/star", "", 204, ""},
		{"changes one setting", "PUT", ours, `{"settings":{"codingChatVersion":"v2"}}`, 200, `"codingChatVersion":"v2"`},
		{
			"writes the variables", "PUT", ours + "/variables",
			`{"type":"object","properties":{"shop":{"type":"string","enum":["eu","us"]}},"required":["shop"]}`, 200, `"enum":["eu","us"]`,
		},
		{
			"reads a window of logs, the oldest first", "GET",
			ours + "/logs?end=2126-03-02T10%3A00%3A00.000Z&first=500&order=asc&project_env=production&start=2020-03-02T09%3A00%3A00.000Z",
			"", 200, `"message":"Version v1 is deployed to production"`,
		},
		{
			"calls a webhook", "POST", ours + "/environments/call?project_env=production",
			`{"urlPath":"/orders","method":"POST","headers":{"X-Shop":["acme","b"]},"query":{"tag":["a","b"]},"body":"e30="}`,
			200, `"body":"e30="`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := versoritest.NewServer(t)
			s.SetRollout(0, 0)
			deployed, _ := deploy(t, s, "v1").DeployedVersion.Get()
			_, err := s.Client().Environments.Clone(t.Context(), project, versori.EnvironmentClone{OldEnvName: "production", NewEnvName: "staging"})
			must(t, err)
			status, answer := sendAsTool(t, s, test.method, strings.ReplaceAll(test.target, "VERSION", deployed.ID), test.body)
			if status != test.status || !strings.Contains(answer, test.answer) {
				t.Errorf("got %d %s\nwant %d %s", status, answer, test.status, test.answer)
			}
		})
	}
}
