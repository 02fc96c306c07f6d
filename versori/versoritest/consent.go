package versoritest

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// consentCallback is where browsers come back to unless the request says where.
const consentCallback = "https://platform.versori.example/oauth/callback"

// consent is a consent that a URL was built for. What comes back from it works once.
type consent struct {
	system     string
	scopes     []string
	redirect   string // as it was sent
	rightOwner bool   // the client id was that of the credential
	token      string // of OAuth 1.0
}

// initialiseOAuth2 builds the URL of a consent with the authorization code grant.
func (s *Server) initialiseOAuth2(r *fake.Request) (fake.Response, error) {
	body, err := bodyOf[versori.OAuth2Initialise](r)
	if err != nil {
		return fake.Response{}, err
	}
	sys, err := s.systemInPath(r)
	if err != nil {
		return fake.Response{}, err
	}
	client, err := consentClient(sys, body.Credential)
	if err != nil {
		return fake.Response{}, err
	}
	target, err := url.Parse(body.AuthorizeURL)
	if err != nil || target.Host == "" {
		return fake.Response{}, misfit("authorizeUrl", "must be a URL")
	}
	extra, err := url.ParseQuery(body.AdditionalParams.Or(""))
	if err != nil {
		return fake.Response{}, misfit("additionalParams", "must be a URL-encoded query")
	}
	scopes := slices.Clone(body.Scopes)
	if !body.DisableOfflineAccess.Or(false) && !slices.Contains(scopes, "offline_access") {
		scopes = append(scopes, "offline_access")
	}
	state := s.IDs.Prefixed("consent-")
	query := target.Query()
	query.Set("client_id", body.ClientID)
	query.Set("response_type", "code")
	query.Set("redirect_uri", consentCallback)
	if redirect := body.RedirectURL.Or(""); redirect != "" {
		query.Set("redirect_uri", redirect)
	}
	query.Set("scope", strings.Join(scopes, " "))
	query.Set("state", state)
	if prompt, ok := body.Prompt.Get(); ok {
		query.Set("prompt", prompt)
	} else if !extra.Has("approval_prompt") {
		query.Set("prompt", "login")
	}
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		if query.Has(name) {
			return fake.Response{}, misfit("additionalParams", "has "+name+", which is set already")
		}
		query[name] = extra[name]
	}
	target.RawQuery = query.Encode()
	s.connectionState.consents.put(consent{
		system: sys.ID, scopes: scopes, redirect: body.RedirectURL.Or(""), rightOwner: client.ClientID.Or("") == body.ClientID,
	}, r.Path("organisation_id"), state)
	return fake.JSON(http.StatusOK, versori.OAuthRedirect{URL: target.String()}), nil
}

// consentClient finds the client that a consent is asked with, among the grants of the system.
func consentClient(sys system, ref versori.CredentialRef) (versori.OAuth2GrantClient, error) {
	grants := 0
	for _, scheme := range sys.AuthSchemeConfigs {
		oauth2, _ := scheme.OAuth2.Get()
		client, ok := oauth2.Grant.AuthorizationCode.Get()
		if !ok {
			continue
		}
		grants++
		if fold(client.CredentialID.Or("")) == fold(ref.ID) && fold(client.OrganisationID.Or("")) == fold(ref.OrganisationID) {
			return client, nil
		}
	}
	if grants == 0 {
		return versori.OAuth2GrantClient{}, invalidRequest("The system has no authorization code grant")
	}
	return versori.OAuth2GrantClient{}, misfit("credential.id", "names no client of the system")
}

// initialiseOAuth1 builds the URL of a consent with OAuth 1.0: the one where end users consent, with a token and the state
// that goes into the credential.
func (s *Server) initialiseOAuth1(r *fake.Request) (fake.Response, error) {
	body, err := bodyOf[versori.OAuth1Initialise](r)
	if err != nil {
		return fake.Response{}, err
	}
	sys, err := s.systemInPath(r)
	if err != nil {
		return fake.Response{}, err
	}
	endpoint, err := consentEndpoint(sys, body.Credential)
	if err != nil {
		return fake.Response{}, err
	}
	target, err := url.Parse(endpoint)
	if err != nil {
		return fake.Response{}, invalidRequest("The endpoint of the scheme is not a URL")
	}
	state, token := s.IDs.Prefixed("consent-"), s.IDs.Prefixed("oauth-token-")
	query := target.Query()
	query.Set("oauth_token", token)
	query.Set("state", state)
	target.RawQuery = query.Encode()
	s.connectionState.consents.put(consent{system: sys.ID, token: token}, r.Path("organisation_id"), state)
	return fake.JSON(http.StatusOK, versori.OAuthRedirect{URL: target.String()}), nil
}

// consentEndpoint is where end users consent, by the scheme whose client is kept in the credential.
func consentEndpoint(sys system, ref versori.CredentialRef) (string, error) {
	for _, scheme := range sys.AuthSchemeConfigs {
		oauth1, ok := scheme.OAuth1.Get()
		if !ok || fold(oauth1.CredentialID.Or("")) != fold(ref.ID) {
			continue
		}
		authorization, ok := oauth1.ResourceOwnerAuthorizationEndpoint.Get()
		if oauth1.TokenAuth.Or(false) || !ok || oauth1.TempCredentialEndpoint.IsZero() || oauth1.TokenEndpoint.IsZero() {
			return "", invalidRequest("The scheme needs no consent, or lacks endpoints for one")
		}
		return authorization.URL, nil
	}
	return "", misfit("credential.id", "names no client of the system")
}

// exchange turns what came back from a consent into tokens. Other credentials stay as they are.
func (d *intake) exchange(at, system string, credential *versori.Credential) error {
	data := credential.Data.Ptr()
	switch credential.Type.Or("") {
	case versori.CredentialTypeOAuth2Code:
		code, _ := data.OAuth2Code.Get()
		found, err := d.consent(within(at, "oauth2Code"), system, code.State)
		switch {
		case err != nil:
			return err
		case !found.rightOwner:
			return misfit(within(at, "oauth2Code.state"), "is of a consent with another client than the credential's")
		case code.RedirectURL.Or("") != found.redirect:
			return misfit(within(at, "oauth2Code.redirectUrl"), "is not the one that the consent was initialised with")
		case code.Code.IsZero():
			return misfit(within(at, "oauth2Code.code"), "is missing")
		}
		*credential = d.tokens(*credential, found.scopes)
	case versori.CredentialTypeOAuth1:
		verifier, _ := data.OAuth1.Get()
		found, err := d.consent(within(at, "oauth1"), system, verifier.State)
		switch {
		case err != nil:
			return err
		case verifier.OAuthToken.Reveal() != found.token:
			return misfit(within(at, "oauth1.oauthToken"), "is not the one of the consent")
		}
		credential.Type = sdk.Some(versori.CredentialTypeOAuth1Token)
		credential.Data = sdk.Some(versori.CredentialData{OAuth1Token: sdk.Some(versori.CredentialOAuth1Token{
			Token: sdk.NewSecret(d.IDs.Prefixed("token-")), TokenSecret: sdk.NewSecret(d.IDs.Prefixed("token-secret-")),
		})})
	}
	return nil
}

// consent finds the consent of a state, which this platform must have made for the system and nobody used yet.
func (d *intake) consent(at, system, state string) (consent, error) {
	found, ok := d.connectionState.consents.get(d.org, state)
	if !ok || found.system != system || slices.Contains(d.used, state) {
		return consent{}, misfit(within(at, "state"), "is not of a consent that is open")
	}
	d.used = append(d.used, state)
	return found, nil
}

// tokens makes the credential that a code is exchanged for.
func (d *intake) tokens(credential versori.Credential, scopes []string) versori.Credential {
	credential.Type, credential.Errors = sdk.Some(versori.CredentialTypeOAuth2Token), []string{}
	credential.Data = sdk.Some(versori.CredentialData{OAuth2Token: sdk.Some(versori.CredentialOAuth2Token{
		Scopes: scopes, TokenType: sdk.Some("Bearer"), ExpiresAt: sdk.Some(d.stamp().Add(time.Hour)),
		AccessToken:  sdk.Some(sdk.NewSecret(d.IDs.Prefixed("access-token-"))),
		RefreshToken: sdk.NewSecret(d.IDs.Prefixed("refresh-token-")),
	})})
	return credential
}
