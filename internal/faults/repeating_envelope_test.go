package faults_test

import (
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
)

func envelopes() []check {
	return []check{
		{10, "an error that comes with status 200 is an error and not repeated", errorsInDisguise},
		{10, "a result stays one whatever stands beside it", resultsStayResults},
	}
}

func errorsInDisguise(t *testing.T) {
	for platform, bodies := range map[string]map[string]string{ // by the code that each gives
		"releases": {
			"RESOURCE_NOT_FOUND": `{"error":"RESOURCE_NOT_FOUND","message":"no such release","details":{},"timestamp":"2026-03-02T09:15:27.312894","status_code":404}`,
			"NOT_NOW":            `{"error":"NOT_NOW"}`,
			"":                   `{"detail":[{"loc":["body","release_tag"],"msg":"must be given","type":"missing"}]}`,
		},
		"cargo": {
			"workflowNotFound": `{"errorMessage":"no such workflow","reason":"workflowNotFound"}`,
			"":                 `{"errorMessage":"no such workflow"}`,
		},
		"versori":   {"invalid_flow": `{"code":"invalid_flow","message":"it does not fit","fields":[]}`},
		"licensing": {"RELEASE_NOT_FOUND": `{"message":"no such release","code":"RELEASE_NOT_FOUND"}`},
		"every": {
			"?1": `{"success":false}`, "?2": `{"ok":false,"message":"no"}`, "?3": `{"success":false,"data":null,"error":{"message":"no"}}`,
			"?4": `{"errors":[{"message":"no"}],"data":null}`, "?5": `{"status":500,"title":"Internal Server Error"}`,
		},
	} {
		for code, body := range bodies {
			for _, o := range operations() {
				if platform != "every" && !strings.HasPrefix(o.name, platform) {
					continue
				}
				if !o.hasResult() && strings.HasPrefix(body, `{"code"`) {
					continue // without a result to come, a code and a message may be praise
				}
				s := serve(t, answer(200, body))
				err := o.call(t.Context(), s.clients(t))
				assert.Is(t, err, sdk.ErrInvalidResponse)
				e := assert.APIError(t, err)
				if s.count() != 1 || e.Status != 200 || e.Attempts != 1 || e.Message == "" && len(e.Fields) == 0 || string(e.Body) != body {
					t.Errorf("%s, %s: %d requests: %v", o.name, body, s.count(), err)
				}
				if platform != "every" && e.Code != code {
					t.Errorf("%s, %s: the code is %q", o.name, body, e.Code)
				}
			}
		}
	}
}

func resultsStayResults(t *testing.T) {
	for name, body := range map[string]string{
		"a result with an error of its own": anything[:len(anything)-1] + `,"error":"it once failed","errors":["x"],"success":false,"code":"x"}`,
		"a result without members":          `{}`,
		"members nobody knows":              `{"newMember":1,"another":{"error":"x"}}`,
		"an error that says nothing":        `{"error":null,"errors":[],"success":true,"status":"ok","errorMessage":""}`,
	} {
		for _, o := range operations() {
			if !o.hasResult() && strings.Contains(body, "it once failed") {
				continue // it has no result that could have an error of its own
			}
			s := serve(t, answer(200, body))
			if err := o.call(t.Context(), s.clients(t)); err != nil || s.count() != 1 {
				t.Errorf("%s, %s: %v", o.name, name, err)
			}
		}
	}
}
