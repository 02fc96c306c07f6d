package versoritest_test

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

const (
	organisation = versoritest.Organisation
	project      = versoritest.Project
	other        = "01JTEST0THER00000000000000"
)

func TestUpdate(t *testing.T) {
	t.Parallel()
	t.Run("a new name makes a flow with an id", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		answer := update(t, s.Client(), "sync-orders", ordersFlow())
		stored, ok := s.Flow(organisation, project, "sync-orders")
		assert.Equal(t, "stored", ok, true)
		assert.Equal(t, "id", answer.ID, sdk.Some("01J00000000000000000000001"))
		assert.Equal(t, "stored id", stored.ID, answer.ID)
		want := ordersFlow()
		want.ID = answer.ID
		if !reflect.DeepEqual(stored, want) {
			t.Errorf("stored %+v\nwant   %+v", stored, want)
		}
	})
	t.Run("an update replaces everything but the id", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		first := update(t, s.Client(), "orders", ordersFlow())
		second := update(t, s.Client(), "orders", plainFlow("orders"))
		assert.Equal(t, "id", second.ID, first.ID)
		assert.Equal(t, "description", second.Description, "A flow.")
		assert.Equal(t, "spans", len(second.Spans), 0)
		stored, _ := s.Flow(organisation, project, "orders")
		if !reflect.DeepEqual(stored, *second) {
			t.Errorf("stored %+v\nwant   %+v", stored, *second)
		}
	})
	t.Run("the same body twice leaves the same flow", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		first := update(t, s.Client(), "orders", ordersFlow())
		if second := update(t, s.Client(), "orders", ordersFlow()); !reflect.DeepEqual(first, second) {
			t.Errorf("got %+v\nthen %+v", first, second)
		}
	})
	t.Run("an id that is sent has no effect", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		flow := plainFlow("orders")
		flow.ID = sdk.Some("01JAAAAAAAAAAAAAAAAAAAAAAA")
		first := update(t, s.Client(), "orders", flow)
		assert.Equal(t, "id", first.ID, sdk.Some("01J00000000000000000000001"))
		assert.Equal(t, "id after another one", update(t, s.Client(), "orders", flow).ID, first.ID)
	})
	t.Run("a flow is stored under the name in the path", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		update(t, s.Client(), "path", plainFlow("body"))
		stored, ok := s.Flow(organisation, project, "path")
		assert.Equal(t, "stored under the name in the path", ok, true)
		assert.Equal(t, "name", stored.Name, "body")
		_, ok = s.Flow(organisation, project, "body")
		assert.Equal(t, "stored under the name in the body", ok, false)
	})
	t.Run("names are kept apart by project and organisation", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		s.PutProject(other, versori.Project{ID: project})
		s.PutProject(organisation, versori.Project{ID: other})
		ids := map[string]bool{}
		ids[update(t, s.Client(), "orders", plainFlow("orders")).ID.Or("")] = true
		ids[update(t, s.Client(), "orders", plainFlow("orders"), versori.WithOrganisation(other)).ID.Or("")] = true
		answer, err := s.Client().Flows.Update(t.Context(), other, "orders", plainFlow("orders"))
		if err != nil {
			t.Fatal(err)
		}
		ids[answer.ID.Or("")] = true
		assert.Equal(t, "ids", len(ids), 3)
		for _, key := range [][2]string{{organisation, project}, {other, project}, {organisation, other}} {
			if stored, ok := s.Flow(key[0], key[1], "orders"); !ok || !ids[stored.ID.Or("")] {
				t.Errorf("%v: got %+v, %v", key, stored, ok)
			}
		}
	})
	t.Run("ids mean the same in small letters", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		first := update(t, s.Client(), "orders", plainFlow("orders"))
		second, err := s.Client(versori.WithOrganisation(strings.ToLower(organisation))).
			Flows.Update(t.Context(), strings.ToLower(project), "orders", plainFlow("orders"))
		if err != nil {
			t.Fatal(err)
		}
		assert.Equal(t, "id", second.ID, first.ID)
	})
	t.Run("names that need escaping are kept as they are", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		const name = "größe/50% ?x=1"
		update(t, s.Client(), name, plainFlow(name))
		if _, ok := s.Flow(organisation, project, name); !ok {
			t.Error("the flow is stored under another name")
		}
	})
	t.Run("a parent is answered under both names and stored as it is sent", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		answer := update(t, s.Client(), "orders", ordersFlow())
		parent := ordersFlow().Spans[1].ParentSpanContext
		assert.Equal(t, "first span has none", answer.Spans[0].ParentSpanContenxt.IsZero(), true)
		if got := answer.Spans[1]; !reflect.DeepEqual(got.ParentSpanContext, parent) || !reflect.DeepEqual(got.ParentSpanContenxt, parent) {
			t.Errorf("got %v and %v, want %v", got.ParentSpanContext, got.ParentSpanContenxt, parent)
		}
		stored, _ := s.Flow(organisation, project, "orders")
		assert.Equal(t, "stored", stored.Spans[1].ParentSpanContenxt.IsZero(), true)
	})
	t.Run("what came can be sent back", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		answer := update(t, s.Client(), "orders", ordersFlow())
		if again := update(t, s.Client(), "orders", *answer); !reflect.DeepEqual(again, answer) {
			t.Errorf("got %+v\nthen %+v", answer, again)
		}
	})
	t.Run("a signed token is good too", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		update(t, s.Client(sdk.WithToken(versoritest.SignedToken)), "orders", plainFlow("orders"))
		assert.Equal(t, "header", s.Requests()[0].Header.Get("Authorization"), "JWT [redacted]")
	})
}

func TestOneFlowForManyUpdatesAtOnce(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	client := s.Client()
	ids := make([]string, 16)
	var group sync.WaitGroup
	for i := range ids {
		group.Go(func() {
			answer, err := client.Flows.Update(t.Context(), project, "orders", ordersFlow())
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = answer.ID.Or("")
			s.Flow(organisation, project, "orders")
		})
	}
	group.Wait()
	for _, id := range ids {
		assert.Equal(t, "id", id, ids[0])
	}
}

func TestDeletedProject(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.PutFlow(organisation, project, plainFlow("orders"))
	s.PutFlow(organisation, other, plainFlow("orders"))
	s.DeleteProject(organisation, project)
	_, ok := s.Flow(organisation, project, "orders")
	assert.Equal(t, "flow of the deleted project", ok, false)
	_, ok = s.Flow(organisation, other, "orders")
	assert.Equal(t, "flow of another project", ok, true)
	_, err := s.Client().Flows.Update(t.Context(), project, "orders", plainFlow("orders"))
	wantAnswer(t, err, 404, `{"code":"404001","message":"No such project","details":"There is no project `+project+`"}`)

	s.PutFlow(organisation, project, plainFlow("invoices"))
	update(t, s.Client(), "orders", plainFlow("orders"))
}

func TestPutFlow(t *testing.T) {
	t.Parallel()
	t.Run("an id that is given is kept", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		flow := ordersFlow()
		flow.ID = sdk.Some("01JNAK8Q6Z7N3X5V2B9T0KMCRE")
		if stored := s.PutFlow(organisation, project, flow); !reflect.DeepEqual(stored, flow) {
			t.Errorf("got  %+v\nwant %+v", stored, flow)
		}
		assert.Equal(t, "id after an update", update(t, s.Client(), flow.Name, ordersFlow()).ID, flow.ID)
		flow.ID = sdk.Optional[string]{}
		assert.Equal(t, "id after another one", s.PutFlow(organisation, project, flow).ID, sdk.Some("01JNAK8Q6Z7N3X5V2B9T0KMCRE"))
	})
	t.Run("what is stored shares nothing with what was given", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		given := ordersFlow()
		returned := s.PutFlow(organisation, project, given)
		given.Spans[0].Attributes["http.request.method"] = "PUT"
		returned.Spans[0].Attributes["http.request.method"] = "POST"
		stored, _ := s.Flow(organisation, project, given.Name)
		stored.Spans[0].Attributes["http.request.method"] = "DELETE"
		stored, _ = s.Flow(organisation, project, given.Name)
		assert.Equal(t, "attribute", stored.Spans[0].Attributes["http.request.method"], any("GET"))
	})
	t.Run("a flow without spans has an empty list of them", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		assert.Equal(t, "spans are nil", s.PutFlow(organisation, project, versori.Flow{Name: "orders"}).Spans == nil, false)
	})
}

func TestSeedingThatCannotBeIsReported(t *testing.T) {
	t.Parallel()
	bad := plainFlow("orders")
	bad.Spans = []versori.Span{{Duration: math.NaN()}}
	tests := []struct {
		name, organisation, project string
		flow                        versori.Flow
		want                        string
	}{
		{"a flow without a name", organisation, project, versori.Flow{}, "PutFlow: the flow has no name"},
		{
			"an organisation that isn't a ULID", "acme", project, plainFlow("orders"),
			`PutFlow: organisation "acme" and project "` + project + `" must be ULIDs`,
		},
		{
			"a project that isn't a ULID", organisation, "01JTESTPROJECT000000000000", plainFlow("orders"),
			`PutFlow: organisation "` + organisation + `" and project "01JTESTPROJECT000000000000" must be ULIDs`,
		},
		{"a value that JSON can't hold", organisation, project, bad, "PutFlow: the value can't be encoded: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, r := newRecorded(t)
			stored := s.PutFlow(test.organisation, test.project, test.flow)
			if !reflect.DeepEqual(stored, versori.Flow{}) {
				t.Errorf("got %+v", stored)
			}
			lines := r.Reported()
			if len(lines) != 1 || !strings.HasPrefix(lines[0], "versoritest: "+test.want) {
				t.Errorf("got %q, want %q", lines, test.want)
			}
		})
	}
}

func TestMembersThatTheDocumentDoesNotHaveAreRefused(t *testing.T) {
	t.Parallel()
	s, r := newRecorded(t)
	flow := plainFlow("orders")
	flow.Extra.Set("colour", json.RawMessage(`"red"`))
	_, err := s.Client().Flows.Update(t.Context(), project, "orders", flow)
	wantAnswer(t, err, 400, `{"code":"400001","message":"The request is not valid",`+
		`"fields":[{"field":"colour","message":"is not in the document"}]}`)
	assert.Lines(t, r.Reported(), []string{"versoritest: PUT Flows.Update: body /colour is not in the document"})
}
