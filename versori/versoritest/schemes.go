package versoritest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// schemePart tells which member of a scheme goes with its type, the id in it, and whether it is there. The types
// jwt-bearer and secret have none.
func schemePart(scheme *versori.AuthSchemeConfig) (member, id string, ok bool) {
	switch scheme.Type {
	case versori.AuthSchemeTypeNone:
		part, ok := scheme.None.Get()
		return "none", part.ID.Or(""), ok
	case versori.AuthSchemeTypeAPIKey:
		part, ok := scheme.APIKey.Get()
		return "apiKey", part.ID, ok
	case versori.AuthSchemeTypeBasicAuth:
		part, ok := scheme.BasicAuth.Get()
		return "basicAuth", part.ID, ok
	case versori.AuthSchemeTypeOAuth2:
		part, ok := scheme.OAuth2.Get()
		return "oauth2", part.ID, ok
	case versori.AuthSchemeTypeOAuth1:
		part, ok := scheme.OAuth1.Get()
		return "oauth1", part.ID, ok
	case versori.AuthSchemeTypeHMAC:
		part, ok := scheme.HMAC.Get()
		return "hmac", part.ID, ok
	case versori.AuthSchemeTypeCertificate:
		part, ok := scheme.Certificate.Get()
		return "certificate", part.ID, ok
	}
	return "", "", true
}

// schemeID is what a scheme is called within its system: its own id, else its type.
func schemeID(scheme *versori.AuthSchemeConfig) string {
	_, id, _ := schemePart(scheme)
	return cmp.Or(id, string(scheme.Type))
}

// checkScheme refuses a scheme without the member that goes with its type, and masks.
func checkScheme(at string, scheme *versori.AuthSchemeConfig) error {
	if member, _, ok := schemePart(scheme); !ok {
		return misfit(within(at, member), "is missing beside the type "+string(scheme.Type))
	}
	if oauth2 := scheme.OAuth2.Ptr(); oauth2 != nil {
		grant := oauth2.Grant
		there := map[versori.OAuth2GrantType]bool{
			versori.OAuth2GrantTypeAuthorizationCode: !grant.AuthorizationCode.IsZero(),
			versori.OAuth2GrantTypeClientCredentials: grant.ClientCredentials != nil,
			versori.OAuth2GrantTypePassword:          !grant.Password.IsZero(),
		}
		if !there[grant.Type] {
			return misfit(within(at, "oauth2.grant."+string(grant.Type)), "is missing beside the type "+string(grant.Type))
		}
	}
	return refuseMasks(schemeSecrets(at, scheme))
}

// storeScheme checks a scheme and makes it what the platform keeps of it: its clients become credentials, and remarks on
// it are dropped, because they are the platform's to make. It gives the scheme's id.
func (s *Server) storeScheme(org, at string, scheme *versori.AuthSchemeConfig) (string, error) {
	if err := checkScheme(at, scheme); err != nil {
		return "", err
	}
	dropRemarks(scheme)
	if oauth1 := scheme.OAuth1.Ptr(); oauth1 != nil && assigned(oauth1.CredentialID.Or("")) == "" {
		oauth1.CredentialID = sdk.Some(s.IDs.ULID())
	}
	if oauth2 := scheme.OAuth2.Ptr(); oauth2 != nil {
		if err := s.storeClient(org, within(at, "oauth2.grant.authorizationCode"), oauth2.Grant.AuthorizationCode.Ptr()); err != nil {
			return "", err
		}
		if err := s.storeClient(org, within(at, "oauth2.grant.password"), oauth2.Grant.Password.Ptr()); err != nil {
			return "", err
		}
	}
	return schemeID(scheme), nil
}

// storeClient changes the credential that both ids of a client name, by what is sent of it, or makes one where neither
// is given. The client becomes what is kept.
func (s *Server) storeClient(org, at string, client *versori.OAuth2GrantClient) error {
	if client == nil {
		return nil
	}
	id, owner := assigned(client.CredentialID.Or("")), assigned(client.OrganisationID.Or(""))
	switch {
	case id == "" && owner == "":
		id, owner = s.IDs.ULID(), org
	case id == "":
		return misfit(within(at, "credentialId"), "is missing beside organisationId")
	case owner == "":
		return misfit(within(at, "organisationId"), "is missing beside credentialId")
	default:
		old, ok := s.connectionState.clients.get(owner, id)
		if !ok {
			return misfit(within(at, "credentialId"), "names no credential of the organisation")
		}
		client.ClientID = sdk.Some(client.ClientID.Or(old.ClientID.Or("")))
		client.ClientSecret = sdk.Some(client.ClientSecret.Or(old.ClientSecret.Or(sdk.Secret{})))
	}
	client.CredentialID, client.OrganisationID = sdk.Some(id), sdk.Some(owner)
	s.connectionState.clients.put(*client, owner, id)
	return nil
}

// seedClients makes the credentials that the clients of a scheme name.
func (s *Server) seedClients(org string, scheme *versori.AuthSchemeConfig) {
	oauth2 := scheme.OAuth2.Ptr()
	if oauth2 == nil {
		return
	}
	for _, client := range []*versori.OAuth2GrantClient{oauth2.Grant.AuthorizationCode.Ptr(), oauth2.Grant.Password.Ptr()} {
		if client == nil || assigned(client.CredentialID.Or("")) == "" {
			continue
		}
		client.OrganisationID = sdk.Some(cmp.Or(assigned(client.OrganisationID.Or("")), org))
		if _, ok := s.connectionState.clients.get(client.OrganisationID.Or(""), client.CredentialID.Or("")); !ok {
			s.connectionState.clients.put(*client, client.OrganisationID.Or(""), client.CredentialID.Or(""))
		}
	}
}

func dropRemarks(scheme *versori.AuthSchemeConfig) {
	if part := scheme.None.Ptr(); part != nil {
		part.ValidationMessages = nil
	}
	if part := scheme.APIKey.Ptr(); part != nil {
		part.ValidationMessages = nil
	}
	if part := scheme.BasicAuth.Ptr(); part != nil {
		part.ValidationMessages = nil
	}
	if part := scheme.OAuth2.Ptr(); part != nil {
		part.ValidationMessages = nil
	}
	if part := scheme.OAuth1.Ptr(); part != nil {
		part.ValidationMessages = nil
	}
	if part := scheme.HMAC.Ptr(); part != nil {
		part.ValidationMessages = nil
	}
	if part := scheme.Certificate.Ptr(); part != nil {
		part.ValidationMessages = nil
	}
}

// upsertScheme stores a scheme under the id in the path, which must be the one in the body.
func (s *Server) upsertScheme(r *fake.Request) (fake.Response, error) {
	scheme, err := bodyOf[versori.AuthSchemeConfig](r)
	if err != nil {
		return fake.Response{}, err
	}
	id := r.Path("auth_scheme_config_id")
	if member, sent, ok := schemePart(&scheme); ok && sent != "" && sent != id {
		return fake.Response{}, misfit(member+".id", "is not the id in the path")
	}
	if none := scheme.None.Ptr(); none != nil {
		none.ID = sdk.Some(id)
	}
	s.connectionState.mu.Lock()
	defer s.connectionState.mu.Unlock()
	row, err := s.systemInPath(r)
	if err != nil {
		return fake.Response{}, err
	}
	if _, err := s.storeScheme(r.Path("organisation_id"), "", &scheme); err != nil {
		return fake.Response{}, err
	}
	row.AuthSchemeConfigs, row.schemeIDs = slices.Clone(row.AuthSchemeConfigs), slices.Clone(row.schemeIDs)
	if i := slices.Index(row.schemeIDs, id); i >= 0 {
		row.AuthSchemeConfigs[i] = scheme
	} else {
		row.AuthSchemeConfigs, row.schemeIDs = append(row.AuthSchemeConfigs, scheme), append(row.schemeIDs, id)
	}
	s.connectionState.systems.put(row, r.Path("organisation_id"), row.ID)
	return fake.JSON(http.StatusCreated, hideSchemes([]versori.AuthSchemeConfig{scheme})[0]), nil
}

// deleteScheme leaves connections that use the scheme as they are.
func (s *Server) deleteScheme(r *fake.Request) (fake.Response, error) {
	s.connectionState.mu.Lock()
	defer s.connectionState.mu.Unlock()
	row, err := s.systemInPath(r)
	if err != nil {
		return fake.Response{}, err
	}
	i := slices.Index(row.schemeIDs, r.Path("auth_scheme_config_id"))
	if i < 0 {
		return missing("authentication scheme", r.Path("auth_scheme_config_id")), nil
	}
	row.AuthSchemeConfigs = slices.Delete(slices.Clone(row.AuthSchemeConfigs), i, i+1)
	row.schemeIDs = slices.Delete(slices.Clone(row.schemeIDs), i, i+1)
	s.connectionState.systems.put(row, r.Path("organisation_id"), row.ID)
	return fake.NoContent(), nil
}

// assigned is an id that names something: not that of zeros, which clients send for what doesn't exist yet.
func assigned(id string) string {
	if strings.Trim(id, "0") == "" {
		return ""
	}
	return id
}

// index names an item of a list as fields of an error do.
func index(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// within names a member of a value as fields of an error do.
func within(at, member string) string { return strings.TrimPrefix(at+"."+member, ".") }
