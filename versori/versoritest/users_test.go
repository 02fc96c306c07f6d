package versoritest_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

func TestEndUsersAreFoundByEitherID(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	user := s.user("merchant/42 ö")
	for _, id := range []string{user.ID, strings.ToLower(user.ID), "merchant/42 ö"} {
		got, err := s.client.EndUsers.Get(t.Context(), id)
		must(t, err)
		assert.Equal(t, "id", got.ID, user.ID)
	}
	_, err := s.client.EndUsers.Get(t.Context(), "Merchant/42 ö")
	wantMissing(t, err, "There is no end user Merchant/42 ö")
	_, err = s.client.EndUsers.Get(t.Context(), user.ID, versori.WithOrganisation(other))
	wantMissing(t, err, "There is no end user "+user.ID)
}

func TestAnExternalIDIsTakenOnce(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	var made, refused atomic.Int32
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			_, err := s.client.EndUsers.Create(t.Context(), versori.EndUserCreate{ExternalID: "merchant-42"})
			if err == nil {
				made.Add(1)
			} else if errors.Is(err, sdk.ErrConflict) {
				refused.Add(1)
			}
		})
	}
	group.Wait()
	assert.Equal(t, "made", made.Load(), 1)
	assert.Equal(t, "refused", refused.Load(), 7)
	_, err := s.client.EndUsers.Create(t.Context(), versori.EndUserCreate{ExternalID: "merchant-42"}, versori.WithOrganisation(other))
	must(t, err)
}

func TestListingEndUsers(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	first := s.PutEndUser(organisation, versori.EndUser{ExternalID: "merchant-1", DisplayName: "Acme Ltd"})
	second := s.PutEndUser(organisation, versori.EndUser{ExternalID: "merchant-2", DisplayName: "Bolt GmbH"})
	_, err := s.client.Activations.Create(t.Context(), versori.ActivationCreate{
		UserID: second.ID, EnvironmentID: s.environment, Connections: []versori.ActivationConnection{},
	})
	must(t, err)
	tests := []struct {
		name   string
		params versori.EndUserListParams
		want   []string
	}{
		{"all of them, in the order of creation", versori.EndUserListParams{}, []string{first.ID, second.ID}},
		{"by a part of the display name", versori.EndUserListParams{Search: "acme"}, []string{first.ID}},
		{"by a part of the external id", versori.EndUserListParams{Search: "ANT-2"}, []string{second.ID}},
		{"by the id", versori.EndUserListParams{Search: first.ID}, []string{first.ID}},
		{"those who are activated", versori.EndUserListParams{Activated: sdk.Some(true), EnvironmentID: s.environment}, []string{second.ID}},
		{"those who are not", versori.EndUserListParams{Activated: sdk.Some(false), EnvironmentID: s.environment}, []string{first.ID}},
		{"by both", versori.EndUserListParams{Activated: sdk.Some(true), EnvironmentID: s.environment, Search: "acme"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			page, err := s.client.EndUsers.List(t.Context(), test.params)
			must(t, err)
			assert.Equal(t, "total", page.TotalCount, len(test.want))
			wantList(t, "end users", ids(page.Users, func(u versori.EndUser) string { return u.ID }), test.want...)
		})
	}
	for name, params := range map[string]versori.EndUserListParams{
		"activated alone": {Activated: sdk.Some(true)}, "an environment alone": {EnvironmentID: s.environment},
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			t.Parallel()
			_, err := s.client.EndUsers.List(t.Context(), params)
			wantMisfit(t, err, "activated and environment_id go together")
		})
	}
	t.Run("an environment that isn't there is refused", func(t *testing.T) {
		t.Parallel()
		_, err := s.client.EndUsers.List(t.Context(), versori.EndUserListParams{Activated: sdk.Some(true), EnvironmentID: unknown})
		wantMissing(t, err, "There is no environment "+unknown)
	})
}

func TestAnEndUserGoesWithWhatIsTheirs(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	template := s.template("shop", true)
	s.user("merchant-1")
	kept := s.user("merchant-2")
	s.connection(template, "merchant-1", "one")
	two := s.connection(template, "merchant-2", "two")
	for _, id := range []string{"merchant-1", "merchant-2"} {
		_, err := s.client.Activations.Create(t.Context(), versori.ActivationCreate{
			UserID: id, EnvironmentID: s.environment, Connections: []versori.ActivationConnection{{
				ConnectionTemplateID: template, Connection: sdk.Some(versori.ConnectionSpec{Name: "new " + id, Credentials: keyCredentials("k")}),
			}},
		})
		must(t, err)
	}
	must(t, s.client.EndUsers.Delete(t.Context(), "merchant-1"))
	_, err := s.client.EndUsers.Get(t.Context(), "merchant-1")
	wantMissing(t, err, "There is no end user merchant-1")
	active, err := s.client.Activations.List(t.Context(), s.environment, versori.ActivationListParams{})
	must(t, err)
	wantList(t, "activated", ids(active, func(a versori.Activation) string { return a.User.ID }), kept.ID)
	page, err := s.client.Connections.List(t.Context(), versori.ConnectionListParams{})
	must(t, err)
	assert.Equal(t, "connections", page.TotalCount, 2)
	assert.Equal(t, "first", page.Items[0].ID, two.ID)
	wantMissing(t, s.client.EndUsers.Delete(t.Context(), "merchant-1"), "There is no end user merchant-1")
}

func TestSeedingEndUsers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, organisation string
		user               versori.EndUser
		want               string
	}{
		{"without an external id", organisation, versori.EndUser{}, "PutEndUser: the end user has no external id"},
		{"in what is no organisation", "acme", versori.EndUser{ExternalID: "a"}, `PutEndUser: the organisation "acme" must be a ULID`},
		{
			"with an external id that is taken", organisation, versori.EndUser{ExternalID: "merchant-1"},
			`PutEndUser: the end user ` + unknown + ` has the external id "merchant-1"`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, r := newRecorded(t)
			s.PutEndUser(organisation, versori.EndUser{ID: unknown, ExternalID: "merchant-1"})
			assert.Equal(t, "id", s.PutEndUser(test.organisation, test.user).ID, "")
			assert.Lines(t, r.Reported(), []string{"versoritest: " + test.want})
		})
	}
	t.Run("an id that is there is replaced", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		user := s.PutEndUser(organisation, versori.EndUser{ExternalID: "merchant-1"})
		assert.Equal(t, "organisation", user.OrganisationID, organisation)
		user.DisplayName = "Acme"
		s.PutEndUser(organisation, user)
		got, err := s.Client().EndUsers.Get(t.Context(), "merchant-1")
		must(t, err)
		assert.Equal(t, "display name", got.DisplayName, "Acme")
	})
}
