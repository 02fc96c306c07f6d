package versoritest_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// catalogue is a platform with n systems, named 1 to n.
func catalogue(t *testing.T, n int) *versoritest.Server {
	t.Helper()
	s := versoritest.NewServer(t)
	for i := range n {
		s.PutSystem(organisation, versori.System{Name: fmt.Sprint(i + 1), Domain: fmt.Sprintf("s%d.example", i+1)})
	}
	return s
}

func systemNames(list []versori.System) []string {
	return ids(list, func(s versori.System) string { return s.Name })
}

func TestSystemsArePagedByCursor(t *testing.T) {
	t.Parallel()
	t.Run("next leads to the end", func(t *testing.T) {
		t.Parallel()
		var names []string
		for system, err := range catalogue(t, 5).Client().Systems.All(t.Context(), versori.SystemListParams{First: 2}) {
			must(t, err)
			names = append(names, system.Name)
		}
		wantList(t, "systems", names, "1", "2", "3", "4", "5")
	})
	t.Run("prev leads back", func(t *testing.T) {
		t.Parallel()
		client := catalogue(t, 5).Client()
		first, err := client.Systems.List(t.Context(), versori.SystemListParams{First: 3})
		must(t, err)
		assert.Equal(t, "first page has one before it", first.Prev.IsZero(), true)
		last, err := client.Systems.List(t.Context(), versori.SystemListParams{First: 3, After: first.Next.Or("")})
		must(t, err)
		wantList(t, "last page", systemNames(last.Items), "4", "5")
		assert.Equal(t, "last page has one after it", last.Next.IsZero(), true)
		assert.Equal(t, "total", last.TotalCount, 5)
		back, err := client.Systems.List(t.Context(), versori.SystemListParams{First: 2, Before: last.Prev.Or("")})
		must(t, err)
		wantList(t, "page before", systemNames(back.Items), "2", "3")
	})
	t.Run("twenty are on a page that doesn't say how many", func(t *testing.T) {
		t.Parallel()
		page, err := catalogue(t, 21).Client().Systems.List(t.Context(), versori.SystemListParams{})
		must(t, err)
		assert.Equal(t, "systems", len(page.Items), 20)
	})
	t.Run("a page can be deleted before the next one is asked for", func(t *testing.T) {
		t.Parallel()
		client := catalogue(t, 5).Client()
		deleted := 0
		for system, err := range client.Systems.All(t.Context(), versori.SystemListParams{First: 2}) {
			must(t, err)
			must(t, client.Systems.Delete(t.Context(), system.ID))
			deleted++
		}
		assert.Equal(t, "deleted", deleted, 5)
	})
	t.Run("what isn't a cursor is refused", func(t *testing.T) {
		t.Parallel()
		_, err := catalogue(t, 1).Client().Systems.List(t.Context(), versori.SystemListParams{After: "1"})
		wantMisfit(t, err, "after is not a cursor of this list")
	})
	t.Run("a search has its own total", func(t *testing.T) {
		t.Parallel()
		page, err := catalogue(t, 12).Client().Systems.List(t.Context(), versori.SystemListParams{Search: "S1", First: 2})
		must(t, err)
		assert.Equal(t, "total", page.TotalCount, 4)
		wantList(t, "systems", systemNames(page.Items), "1", "10")
	})
	t.Run("an organisation without systems has an empty page", func(t *testing.T) {
		t.Parallel()
		page, err := catalogue(t, 1).Client(versori.WithOrganisation(other)).Systems.List(t.Context(), versori.SystemListParams{})
		must(t, err)
		assert.Equal(t, "total", page.TotalCount, 0)
	})
}

func TestUpdatingASystemLeavesWhatIsNotSent(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	got, err := s.client.Systems.Update(t.Context(), s.system.ID, versori.SystemUpdate{Domain: sdk.Some("")})
	must(t, err)
	assert.Equal(t, "domain", got.Domain, "")
	assert.Equal(t, "name", got.Name, "Shop")
	assert.Equal(t, "base URL", got.TemplateBaseURL, "https://api.shop.example")
	assert.Equal(t, "schemes", len(got.AuthSchemeConfigs), 2)
	assert.Equal(t, "status", s.Requests("Systems.Update")[0].Status, http.StatusCreated)
}

func TestASystemInUseIsNotDeleted(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	template := s.template("shop", false)
	err := s.client.Systems.Delete(t.Context(), s.system.ID)
	wantRefused(t, err, http.StatusConflict, "The environment "+s.environment+" uses it as shop")
	must(t, s.client.ConnectionTemplates.Delete(t.Context(), project, template))
	must(t, s.client.Systems.Delete(t.Context(), s.system.ID))
	wantMissing(t, s.client.Systems.Delete(t.Context(), s.system.ID), "There is no system "+s.system.ID)
}

func TestASystemIsFreeWhenItsProjectIsGone(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.template("shop", false)
	must(t, s.client.Projects.Delete(t.Context(), project))
	must(t, s.client.Systems.Delete(t.Context(), s.system.ID))
}

func TestSchemesOfANewSystem(t *testing.T) {
	t.Parallel()
	create := func(s shop, schemes ...versori.AuthSchemeConfig) error {
		_, err := s.client.Systems.Create(t.Context(), versori.SystemCreate{Name: "New", AuthSchemeConfigs: schemes})
		return err
	}
	s := newShop(t)
	must(t, create(s, keyScheme(), basicScheme(), versori.AuthSchemeConfig{Type: versori.AuthSchemeTypeJWTBearer}))
	wantMisfit(t, create(s, keyScheme(), keyScheme()), "authSchemeConfigs[1] has the id of another scheme")
	wantMisfit(t, create(s, versori.AuthSchemeConfig{Type: versori.AuthSchemeTypeHMAC}),
		"authSchemeConfigs[0].hmac is missing beside the type hmac")
}

func TestSeedingSystems(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, organisation string
		system             versori.System
		want               string
	}{
		{"in what is no organisation", "acme", versori.System{}, `PutSystem: the organisation "acme" must be a ULID`},
		{
			"with a mask", organisation, versori.System{AuthSchemeConfigs: []versori.AuthSchemeConfig{consentScheme("******")}},
			"PutSystem: authSchemeConfigs[0].oauth2.grant.authorizationCode.clientSecret is a mask and not the secret",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, r := newRecorded(t)
			assert.Equal(t, "id", s.PutSystem(test.organisation, test.system).ID, "")
			assert.Lines(t, r.Reported(), []string{"versoritest: " + test.want})
		})
	}
	t.Run("an id that is there is replaced where it is", func(t *testing.T) {
		t.Parallel()
		s := catalogue(t, 2)
		page, err := s.Client().Systems.List(t.Context(), versori.SystemListParams{})
		must(t, err)
		s.PutSystem(organisation, versori.System{ID: page.Items[0].ID, Name: "first"})
		page, err = s.Client().Systems.List(t.Context(), versori.SystemListParams{})
		must(t, err)
		wantList(t, "systems", systemNames(page.Items), "first", "2")
	})
	t.Run("what is stored shares nothing with what was given", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		given := versori.System{Name: "Shop", AuthSchemeConfigs: []versori.AuthSchemeConfig{keyScheme()}}
		made := s.PutSystem(organisation, given)
		template := s.PutConnectionTemplate(organisation, project, "", versori.ConnectionTemplate{ID: made.ID})
		got, _ := s.System(organisation, made.ID)
		for _, system := range [][]versori.AuthSchemeConfig{
			given.AuthSchemeConfigs, made.AuthSchemeConfigs, template.AuthSchemeConfigs, got.AuthSchemeConfigs,
		} {
			system[0].APIKey.Ptr().Name = "changed"
		}
		got, _ = s.System(organisation, made.ID)
		assert.Equal(t, "name", got.AuthSchemeConfigs[0].APIKey.Ptr().Name, "X-Api-Key")
	})
	t.Run("the ids of a client are kept", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		scheme := consentScheme("s3cret")
		oauth2 := scheme.OAuth2.Ptr()
		oauth2.Grant.AuthorizationCode.Ptr().CredentialID = sdk.Some(unknown)
		oauth2.Grant.AuthorizationCode.Ptr().OrganisationID = sdk.Some(other)
		stored := s.PutSystem(organisation, versori.System{Name: "Library", AuthSchemeConfigs: []versori.AuthSchemeConfig{scheme}})
		grant := grantOf(t, stored.AuthSchemeConfigs[0])
		assert.Equal(t, "credential", grant.CredentialID, sdk.Some(unknown))
		assert.Equal(t, "organisation", grant.OrganisationID, sdk.Some(other))
		assert.Equal(t, "secret", grant.ClientSecret.Or(sdk.Secret{}).Reveal(), "s3cret")
	})
}

// grantOf is the client of a scheme with the authorization code grant.
func grantOf(t *testing.T, scheme versori.AuthSchemeConfig) versori.OAuth2GrantClient {
	t.Helper()
	oauth2, _ := scheme.OAuth2.Get()
	grant, ok := oauth2.Grant.AuthorizationCode.Get()
	if !ok {
		t.Fatal("the scheme has no authorization code grant")
	}
	return grant
}
