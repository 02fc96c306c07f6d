package faults_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/cargo/cargotest"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/samples"
	"github.com/wharfinger/sdk/licensing"
	"github.com/wharfinger/sdk/licensing/licensingtest"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// kept tells whether an error has a body that begins so.
func kept(t *testing.T, err error, text string) bool {
	t.Helper()
	return strings.HasPrefix(string(assert.APIError(t, err).Body), text)
}

func invalidTextIsReplaced(t *testing.T) {
	wire := "{\"release_id\":\"a\xffb\",\"release_tag\":\"\\ud800\",\"created_by\":\"\xc3\x28\",\"future\":\"c\xfed\"}"
	s := serve(t, answer(200, wire))
	c := s.clients(t)
	release, err := c.app.Releases.Get(t.Context(), "rel_1")
	if err != nil {
		t.Fatal(err)
	}
	if release.ReleaseID != "a\uFFFDb" || release.ReleaseTag != "\uFFFD" || release.CreatedBy != "\uFFFD(" {
		t.Errorf("got %q, %q, %q", release.ReleaseID, release.ReleaseTag, release.CreatedBy)
	}
	if future, ok := release.Extra.Get("future"); !ok || string(future) != "\"c\xfed\"" {
		t.Errorf("an unknown member: %q", future)
	}
	var raw json.RawMessage
	if err := c.releases.Do(t.Context(), "GET", "/v1/x", nil, nil, &raw); err != nil || string(raw) != wire {
		t.Errorf("as it came: %q, %v", raw, err)
	}
}

func marksAndNull(t *testing.T) {
	for _, around := range [][2]string{{"", ""}, {"\uFEFF", ""}, {" \t\r\n", "\n\n "}, {"\uFEFF\r\n ", "\r\n"}} {
		s := serve(t, answer(200, around[0]+anything+around[1]))
		c := s.clients(t)
		for _, o := range operations() {
			if err := o.call(t.Context(), c); err != nil {
				t.Errorf("%q around the answer of %s: %v", around, o.name, err)
			}
		}
		var v map[string]any
		if err := c.cargo.Do(t.Context(), "GET", "/x", nil, nil, &v); err != nil || v["name"] != "orders" {
			t.Errorf("%q, Do: %v, %v", around, v, err)
		}
	}
	for _, body := range []string{"null", " null\n", "\uFEFFnull", "[]", `"x"`, "0", "true", "\uFEFF\uFEFF{}"} {
		s := serve(t, answer(200, body))
		for _, o := range operations() {
			if !o.hasResult() {
				continue
			}
			err := o.call(t.Context(), s.clients(t))
			assert.Is(t, err, sdk.ErrInvalidResponse)
			if e := assert.APIError(t, err); e.Status != 200 || e.Attempts != 1 || errors.Is(err, sdk.ErrEmptyBody) {
				t.Errorf("%q of %s: %v", body, o.name, err)
			}
		}
	}
}

// wantSent checks the body of a request: it must be wire with a change.
func wantSent(t *testing.T, sent []byte, wire, old, changed string) {
	t.Helper()
	want := strings.Replace(wire, old, changed, 1)
	if want == wire {
		t.Fatal("the change changes nothing")
	}
	if diff := samples.Compare([]byte(want), sent); diff != "" {
		t.Errorf("%s\nsent %s\nwant %s", diff, sent, want)
	}
}

// unknownValuesSurvive has platforms that are newer than the documents. The fakes, which close every schema, are told to
// expect what is put.
func unknownValuesSurvive(t *testing.T) {
	const parts = `"nodes":[{"uuid":"n1","slug":"start","config":{"big":12345678901234567890,"x":1.50},"childrenUuids":["n2",null],
		"fallbackOnFailure":false,"position":{"x":1,"y":2,"z":3},"kind":"quantum","spin":"up","name":null,"retry":{"jitter":0.1,"maximumAttempts":3}}],
		"formFields":[{"slug":"a","name":"A","kind":"hologram","depth":[1,{"b":null}]}],
		"testRecords":[{"kind":"telepathy","id":null,"thought":{}}]`
	cargos := cargotest.NewServer(t)
	workflow := cargos.PutWorkflow("").WorkflowUUID
	wire := `{"release":{"uuid":"r1","workflowUuid":"` + workflow + `","status":"simmering",` + parts + `}}`
	cargos.Inject("Releases.UpdateDraft", fault.Answer(200, "application/json", []byte(wire)))
	client := cargos.Client()
	got, err := client.Releases.UpdateDraft(t.Context(), cargo.ReleaseUpdateDraft{WorkflowUUID: workflow})
	if err != nil {
		t.Fatal(err)
	}
	draft := got.Release
	if draft.Status.Known() || draft.Nodes[0].Kind.Known() || draft.Nodes[0].Kind != "quantum" {
		t.Errorf("got %+v", draft)
	}
	draft.Nodes[0].Slug = "begin"
	cargos.ExpectInvalid("Releases.UpdateDraft")
	_, err = client.Releases.UpdateDraft(t.Context(), cargo.ReleaseUpdateDraft{
		WorkflowUUID: workflow, Nodes: draft.Nodes, FormFields: draft.FormFields, TestRecords: draft.TestRecords,
	})
	assert.Is(t, err, sdk.ErrValidation) // the fake's, which has seen it all
	wantSent(t, cargos.Requests()[1].Body, `{"workflowUuid":"`+workflow+`",`+parts+`}`, `"slug":"start"`, `"slug":"begin"`)

	const flow = `{"name":"orders","description":null,"colour":{"rgb":[1,2,3]},"spans":[{"name":"s","startTime":"2026-01-02T03:04:05Z","endTime":"later",
		"duration":1.5,"attributes":{"n":9007199254740993},"status":{"code":7,"why":"?"},"ended":true,"events":[],
		"spanContext":{"traceId":"t","spanId":"s","traceFlags":1,"traceState":"k=v"},"links":[{}]}]}`
	versoris := versoritest.NewServer(t)
	versoris.Inject("Flows.Update", fault.Answer(200, "application/json", []byte(flow)))
	flows := versoris.Client().Flows
	stored, err := flows.Update(t.Context(), versoritest.Project, "orders", someFlow())
	if err != nil {
		t.Fatal(err)
	}
	stored.Spans[0].Name = "step"
	versoris.ExpectInvalid("Flows.Update")
	_, err = flows.Update(t.Context(), versoritest.Project, "orders", *stored)
	assert.Is(t, err, sdk.ErrValidation)
	wantSent(t, versoris.Requests()[1].Body, flow, `"name":"s"`, `"name":"step"`)
}

// unknownVariantsSurvive loads what was stored by a newer version.
func unknownVariantsSurvive(t *testing.T) {
	const play = `{"name":"p","modelUuid":"m","changeKinds":["added","teleported"],"runCreationRule":"once","filter":{"conjonction":"nand","groups":[
		{"conjonction":"and","conditions":[{"kind":"geo","within":{"km":1.50}},{"kind":"string","columnSlug":"a","operator":"rhymesWith","values":["x"],"fuzz":1},
		{"kind":"occurrence","relatedModelUuid":"r","frequency":{"operator":"not"},"period":{"operator":"moreThan","value":0,"unit":"eon"},
		"conjonction":"or","conditions":[{"kind":"scent","notes":["rose"]}]}]}]},"mood":"good"}`
	var create cargo.PlayCreate
	if err := json.Unmarshal([]byte(play), &create); err != nil {
		t.Fatal(err)
	}
	filter, _ := create.Filter.Get()
	conditions := filter.Groups[0].Conditions
	if conditions[0].Kind() != "geo" || create.ChangeKinds[1].Known() || filter.Conjunction.Known() {
		t.Errorf("got %+v", create)
	}
	if _, err := conditions[0].AsString(); !errors.Is(err, sdk.ErrOtherVariant) {
		t.Errorf("a variant that isn't known as another: %v", err)
	}
	if known, err := conditions[1].AsString(); err != nil || known.ColumnSlug != "a" || known.Operator.Known() {
		t.Errorf("a known variant: %+v, %v", known, err)
	}
	create.Name = "q"
	s := cargotest.NewServer(t)
	s.ExpectInvalid("Plays.Create")
	_, err := s.Client().Plays.Create(t.Context(), create)
	assert.Is(t, err, sdk.ErrValidation)
	wantSent(t, s.Requests()[0].Body, play, `"name":"p"`, `"name":"q"`)

	const change = `{"channel":"nightly","rollout":{"percent":5},"notes":""}`
	var update licensing.ReleaseUpdate
	if err := json.Unmarshal([]byte(change), &update); err != nil {
		t.Fatal(err)
	}
	update.Channel = sdk.Some("beta")
	l := licensingtest.NewServer(t)
	id := l.PutRelease(licensing.Release{}).ID
	l.ExpectInvalid("Releases.Update")
	_, err = l.Client().Releases.Update(t.Context(), id, update)
	assert.Is(t, err, sdk.ErrValidation)
	wantSent(t, l.Requests()[0].Body, change, "nightly", "beta")
}

func copiesAreApart(t *testing.T) {
	s := serve(t, answer(200, `{"name":"orders","spans":[{"name":"s","hue":1}],"future":1,"description":null}`))
	flow, err := s.clients(t).versori.Flows.Update(t.Context(), project, "orders", someFlow())
	if err != nil {
		t.Fatal(err)
	}
	before, err := json.Marshal(flow)
	if err != nil {
		t.Fatal(err)
	}
	other := *flow
	other.Extra.Set("future", json.RawMessage("2"))
	other.Extra.Delete("nothing")
	other.Extra.Set("more", json.RawMessage("3"))
	other.Description = "text"
	other.Spans = append([]versori.Span(nil), other.Spans...)
	other.Spans[0].Extra.Delete("hue")
	after, err := json.Marshal(flow)
	if err != nil || string(before) != string(after) {
		t.Errorf("a change to a copy made %s of %s (%v)", after, before, err)
	}
	changed, err := json.Marshal(other)
	if err != nil {
		t.Fatal(err)
	}
	if diff := samples.Compare([]byte(`{"name":"orders","spans":[{"name":"s"}],"future":2,"more":3,"description":"text"}`), changed); diff != "" {
		t.Errorf("the copy: %s in %s", diff, changed)
	}
}

// oddTimesAreKept puts each odd time among good ones, in a member that must be there and in one that may be absent.
func oddTimesAreKept(t *testing.T) {
	const good = `{"release_id":"good","created_at":"2026-01-02T03:04:05Z","activated_at":"2026-01-02T03:04:05Z"}`
	for _, odd := range []string{
		`""`, "null", "0", "1767323045", "1767323045000", "-1", "1e400", "true", "{}", `["2026-01-02"]`, `"yesterday"`, `"2026-01-02"`, `"2026-13-01T00:00:00Z"`,
		`"2026-02-30T00:00:00Z"`, `"2026-01-02T25:00:00Z"`, `"2026-01-02T23:59:60Z"`, `"0000-00-00T00:00:00Z"`, `"Fri, 02 Jan 2026 03:04:05 GMT"`, `"2026-01-02T03:04:05Z "`,
	} {
		wire := `{"total":3,"has_more":false,"next_cursor":null,"releases":[` + good + `,{"release_id":"odd","created_at":` + odd + `,"activated_at":` + odd + `},` + good + `]}`
		s := serve(t, answer(200, wire))
		list, err := s.clients(t).app.Releases.List(t.Context(), releases.ReleaseListParams{})
		if err != nil {
			t.Errorf("%s: %v", odd, err)
			continue
		}
		release := list.Releases[1]
		_, has := release.ActivatedAt.Get()
		if release.ReleaseID != "odd" || !release.CreatedAt.IsZero() || has || release.ActivatedAt.IsNull() != (odd == "null") || list.Releases[2].CreatedAt.IsZero() {
			t.Errorf("%s: got %v and %v", odd, release.CreatedAt, release.ActivatedAt)
		}
		if raw, ok := release.Extra.Deviation("created_at"); !ok || string(raw) != odd {
			t.Errorf("%s: kept %s", odd, raw)
		}
		again, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		if diff := samples.Compare([]byte(wire), again); diff != "" {
			t.Errorf("%s: %s", odd, diff)
		}
		release.CreatedAt = time.Unix(0, 0).UTC()
		if again, err = json.Marshal(release); err != nil || !strings.Contains(string(again), `"created_at":"1970-01-01T00:00:00Z"`) {
			t.Errorf("%s: a time of the user's own: %s, %v", odd, again, err)
		}
	}
}

func timesAreRead(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-01-02T03:04:05Z": at, "2026-01-02T03:04:05+00:00": at, "2026-01-02T04:34:05+01:30": at, "2026-01-02t03:04:05z": at,
		"2026-01-02 03:04:05Z": at, "2026-01-02T03:04:05": at, "2026-01-02T03:04:05.000": at, "2026-01-02T03:04:05+0000": at, "2026-01-02T05:04:05+02": at,
		"2026-01-02T03:04:05.123456789Z": at.Add(123456789), "2026-01-02T03:04:05.5": at.Add(500 * time.Millisecond), "2026-01-02T03:04:05,25Z": at.Add(250 * time.Millisecond),
		"2026-01-02T03:04:05.1234567891Z": at.Add(123456789), "0001-01-01T00:00:01Z": time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC), "2024-02-29T00:00:00Z": time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
	} {
		s := serve(t, answer(200, fmt.Sprintf(`{"created_at":%q,"activated_at":%q}`, text, text)))
		release, err := s.clients(t).app.Releases.Get(t.Context(), "rel_1")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if activated, ok := release.ActivatedAt.Get(); !release.CreatedAt.Equal(want) || !ok || !activated.Equal(want) {
			t.Errorf("%s: got %v and %v, want %v", text, release.CreatedAt, release.ActivatedAt, want)
		}
	}
}
