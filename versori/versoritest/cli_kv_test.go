package versoritest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// TestKVRequestsOfTheVendorsTool sends requests as the vendor's command line tool does: signed tokens under the scheme JWT,
// no Accept where it wants no answer, the slashes of keys as they are, options that are there and empty.
func TestKVRequestsOfTheVendorsTool(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, method, target, body string
		status                     int
		answer                     string // part of it
	}{
		{"lists the stores", "GET", "/o/ORG/store", "", 200, `"name":"PROJECT_` + project + `"`},
		{
			"lists entries of a user with every condition", "POST", "/store/STORE/kv/list",
			`{"selector":{"prefix":["users","42"],"after":"CURSOR","filter":{"createdAfter":"2026-01-01T00:00:00Z",` +
				`"metadata":{"status":"failed"}}},"options":{"limit":50,"reverse":true}}`,
			200, `{"data":[],"pagination":{"nextCursor":"","prevCursor":""}}`,
		},
		{
			"lists what a workflow keeps for one user", "POST", "/store/STORE/kv/list",
			`{"selector":{"prefix":["` + organisation + `","` + project + `","production",` +
				`"73475cb40a568e8da8a045ced110137e159f890ac4da883b6b17dc651b3a8049"]},"options":{}}`,
			200, `"data":[]`,
		},
		{"counts", "POST", "/store/STORE/kv/count", `{"selector":{"prefix":["cursor"]}}`, 200, `{"count":1}`},
		{"gets a key", "GET", "/store/STORE/kv/cursor/orders", "", 200, `"value":"{\"last\":1042}"`},
		{"gets a key that needs escaping", "GET", "/store/STORE/kv/a%20b/c%3Fd/%C3%A9", "", 200, `"value":null`},
		{
			"sets a key on a condition", "PUT", "/store/STORE/kv/cursor/orders",
			`{"value":"{\"last\":1043}","options":{"ifNotExists":true}}`, 200, `{"ok":false,"versionstamp":"","committed":false}`,
		},
		{"deletes a key", "DELETE", "/store/STORE/kv/cursor/orders", `{"options":{}}`, 200, `{"status":"ok"}`},
		{"acknowledges an issue", "PATCH", "/o/ORG/issues/ISSUE", `{"status":"acked"}`, 200, `"status":"acked"`},
		{"lists channels", "GET", "/o/ORG/notification_channels", "", 200, `"items":[{`},
		{"deletes a channel", "DELETE", "/o/ORG/notification_channels/CHANNEL", "", 204, ""},
		{
			"links an environment", "POST", "/projects/PROJECT/notifications",
			`{"channel_id":"CHANNEL","environment_id":"ENVIRONMENT","name":"ops (production)"}`, 201, `"name":"ops (production)"`,
		},
		{
			"links an environment with filters", "POST", "/projects/PROJECT/notifications",
			`{"channel_id":"CHANNEL","environment_id":"ENVIRONMENT","name":"ops","filters":{"severities":["critical"],` +
				`"title":"deploy","titleMatchCase":true}}`,
			201, `"channelName":"ops"`,
		},
		{"unlinks an environment", "DELETE", "/projects/PROJECT/notifications/LINK?env_id=ENVIRONMENT", "", 204, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, store := newStore(t)
			s.PutKVEntry(store, versori.KVEntry{Key: []string{"cursor", "orders"}, Value: []byte(`"{\"last\":1042}"`)})
			s.PutKVEntry(store, versori.KVEntry{Key: []string{"a b", "c?d", "é"}})
			s.PutKVEntry(store, versori.KVEntry{Key: []string{"last"}})
			page := listKV(t, s, store, twoEntries("", "", false))
			channel := s.PutNotificationChannel(versori.NotificationChannel{Name: "ops", Config: mailTo("ops@example.com")})
			fill := strings.NewReplacer(
				"ORG", organisation, "STORE", store, "PROJECT_", "PROJECT_", "PROJECT", project, "ENVIRONMENT", watched,
				"CURSOR", page.Pagination.NextCursor, "CHANNEL", channel.ID, "ISSUE", s.PutIssue(versori.Issue{}).ID,
				"LINK", linkTo(t, s, channel.ID, versori.NotificationFilters{}),
			)
			status, answer := sendAsTool(t, s, test.method, fill.Replace(test.target), fill.Replace(test.body))
			if status != test.status || !strings.Contains(answer, test.answer) {
				t.Errorf("got %d %s\nwant %d %s", status, answer, test.status, test.answer)
			}
		})
	}
}

// sendAsTool sends a request past the client, with the headers of the vendor's tool.
func sendAsTool(t *testing.T, s *versoritest.Server, method, target, body string) (status int, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.URL()+target, strings.NewReader(body))
	must(t, err)
	request.Header.Set("Authorization", "JWT "+versoritest.SignedToken)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if method != http.MethodDelete {
		request.Header.Set("Accept", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	text, err := io.ReadAll(response.Body)
	must(t, err)
	must(t, response.Body.Close())
	return response.StatusCode, string(text)
}
