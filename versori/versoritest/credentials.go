package versoritest

import (
	"cmp"
	"slices"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/versori"
)

// intake is what a call is about to store: it is settled when nothing speaks against any part of it.
type intake struct {
	*Server
	org   string
	names map[string]bool // systems and names of the connections in it
	used  []string        // states of the consents whose outcome is in it
}

func (s *Server) newIntake(org string) *intake {
	return &intake{Server: s, org: org, names: map[string]bool{}}
}

// settle uses up the consents.
func (d *intake) settle() {
	for _, state := range d.used {
		d.connectionState.consents.delete(d.org, state)
	}
}

// fitting is what the credentials of a connection must fit.
type fitting struct {
	*intake
	system  string
	allowed []versori.AuthSchemeConfig     // that the template lets connections use
	old     []versori.ConnectionCredential // of the connection so far
}

// credentials makes the credentials of a connection of what is sent: each with a scheme of its template, with what isn't
// sent of one that is there already, and with new ids for all others, whichever were sent.
func (d *intake) credentials(
	at string, t template, name string, sent, old []versori.ConnectionCredential,
) ([]versori.ConnectionCredential, error) {
	sys, _ := d.connectionState.systems.get(d.org, t.system)
	f := fitting{d, t.system, t.schemesOf(sys), old}
	made := slices.Clone(sent)
	for i := range made {
		if err := f.fit(index(at, i), &made[i]); err != nil {
			return nil, err
		}
		credential := made[i].Credential.Ptr()
		credential.Name = sdk.Some(cmp.Or(credential.Name.Or(""), name))
	}
	return made, nil
}

func (f fitting) fit(at string, pair *versori.ConnectionCredential) error {
	if err := checkNoMasks(at, pair); err != nil {
		return err
	}
	var old versori.ConnectionCredential
	same := func(p versori.ConnectionCredential) bool { return fold(p.ID) == fold(pair.ID) }
	if i := slices.IndexFunc(f.old, same); i >= 0 {
		old = f.old[i]
	}
	pair.ID = cmp.Or(old.ID, f.IDs.ULID())
	if pair.AuthSchemeConfig.IsZero() {
		pair.AuthSchemeConfig = old.AuthSchemeConfig
	}
	if pair.Credential.IsZero() {
		pair.Credential = old.Credential
	}
	scheme, credential := pair.AuthSchemeConfig.Ptr(), pair.Credential.Ptr()
	switch {
	case scheme == nil:
		return misfit(within(at, "authSchemeConfig"), "is missing")
	case credential == nil:
		return misfit(within(at, "credential"), "is missing")
	}
	if err := chooseScheme(within(at, "authSchemeConfig"), scheme, f.allowed); err != nil {
		return err
	}
	before, _ := old.Credential.Get()
	return f.fitCredential(within(at, "credential"), scheme, credential, before)
}

func checkNoMasks(at string, pair *versori.ConnectionCredential) error {
	if scheme := pair.AuthSchemeConfig.Ptr(); scheme != nil {
		if err := refuseMasks(schemeSecrets(within(at, "authSchemeConfig"), scheme)); err != nil {
			return err
		}
	}
	if credential := pair.Credential.Ptr(); credential != nil {
		return refuseMasks(credentialSecrets(within(at, "credential.data"), credential.Data.Ptr()))
	}
	return nil
}

// chooseScheme replaces a scheme by the one of the template that it means. One of the type none does everywhere.
func chooseScheme(at string, scheme *versori.AuthSchemeConfig, allowed []versori.AuthSchemeConfig) error {
	if err := checkScheme(at, scheme); err != nil {
		return err
	}
	if scheme.Type == versori.AuthSchemeTypeNone {
		return nil
	}
	for i := range allowed {
		if allowed[i].Type == scheme.Type && schemeID(&allowed[i]) == schemeID(scheme) {
			*scheme = allowed[i]
			return nil
		}
	}
	return misfit(at, "is none of the connection template's schemes")
}

// fitCredential checks a credential against its scheme, and makes it what the platform keeps of it.
func (f fitting) fitCredential(
	at string, scheme *versori.AuthSchemeConfig, credential *versori.Credential, old versori.Credential,
) error {
	if fold(credential.ID) != fold(old.ID) {
		old = versori.Credential{}
	}
	credential.ID = cmp.Or(old.ID, f.IDs.ULID())
	credential.OrganisationID = cmp.Or(assigned(credential.OrganisationID), f.org)
	if credential.Data.IsZero() && credential.Type.Or(old.Type.Or("")) == old.Type.Or("") {
		credential.Type, credential.Data = old.Type, old.Data
	}
	if credential.Type.IsZero() {
		credential.Type = sdk.Some(dataType(credential.Data.Ptr()))
	}
	kind, _ := credential.Type.Get()
	if takes := credentialTypes(scheme); takes != nil && !slices.Contains(takes, kind) {
		return misfit(within(at, "type"), "must be "+string(takes[0])+" for the scheme")
	}
	if kind != versori.CredentialTypeNone && !hasData(credential.Data.Ptr(), kind) {
		return misfit(within(at, "data"), "has no member for the type "+string(kind))
	}
	return f.exchange(within(at, "data"), f.system, credential)
}

// credentialTypes are the types of credentials that a scheme takes, the one to send first; nil for any.
func credentialTypes(scheme *versori.AuthSchemeConfig) []versori.CredentialType {
	switch scheme.Type {
	case versori.AuthSchemeTypeNone:
		return []versori.CredentialType{versori.CredentialTypeNone}
	case versori.AuthSchemeTypeAPIKey:
		return []versori.CredentialType{versori.CredentialTypeString}
	case versori.AuthSchemeTypeBasicAuth:
		return []versori.CredentialType{versori.CredentialTypeBasicAuth}
	case versori.AuthSchemeTypeCertificate:
		return []versori.CredentialType{versori.CredentialTypeCertificate}
	case versori.AuthSchemeTypeOAuth1:
		if oauth1, _ := scheme.OAuth1.Get(); oauth1.TokenAuth.Or(false) {
			return []versori.CredentialType{versori.CredentialTypeOAuth1Token}
		}
		return []versori.CredentialType{versori.CredentialTypeOAuth1, versori.CredentialTypeOAuth1Token}
	case versori.AuthSchemeTypeOAuth2:
		oauth2, _ := scheme.OAuth2.Get()
		switch oauth2.Grant.Type {
		case versori.OAuth2GrantTypeClientCredentials:
			return []versori.CredentialType{versori.CredentialTypeOAuth2Client}
		case versori.OAuth2GrantTypePassword:
			return []versori.CredentialType{versori.CredentialTypeOAuth2Password}
		case versori.OAuth2GrantTypeAuthorizationCode:
			return []versori.CredentialType{versori.CredentialTypeOAuth2Code, versori.CredentialTypeOAuth2Token}
		}
	}
	return nil
}

// hasData says whether the member of a credential that goes with its type is there.
func hasData(data *versori.CredentialData, kind versori.CredentialType) bool {
	if data == nil {
		return false
	}
	return map[versori.CredentialType]bool{
		versori.CredentialTypeBinary:         !data.Binary.IsZero(),
		versori.CredentialTypeString:         !data.String.IsZero(),
		versori.CredentialTypeBasicAuth:      !data.BasicAuth.IsZero(),
		versori.CredentialTypeOAuth2Client:   !data.OAuth2Client.IsZero(),
		versori.CredentialTypeOAuth2Token:    !data.OAuth2Token.IsZero(),
		versori.CredentialTypeOAuth2Code:     !data.OAuth2Code.IsZero(),
		versori.CredentialTypeOAuth2Password: !data.OAuth2Password.IsZero(),
		versori.CredentialTypeCertificate:    !data.Certificate.IsZero(),
		versori.CredentialTypeOAuth1:         !data.OAuth1.IsZero(),
		versori.CredentialTypeOAuth1Token:    !data.OAuth1Token.IsZero(),
	}[kind]
}

// dataType is the type that a credential without one is of: that of the member which is there.
func dataType(data *versori.CredentialData) versori.CredentialType {
	for _, kind := range []versori.CredentialType{
		versori.CredentialTypeBinary, versori.CredentialTypeString, versori.CredentialTypeBasicAuth, versori.CredentialTypeOAuth2Client,
		versori.CredentialTypeOAuth2Token, versori.CredentialTypeOAuth2Code, versori.CredentialTypeOAuth2Password,
		versori.CredentialTypeCertificate, versori.CredentialTypeOAuth1, versori.CredentialTypeOAuth1Token,
	} {
		if hasData(data, kind) {
			return kind
		}
	}
	return versori.CredentialTypeNone
}
