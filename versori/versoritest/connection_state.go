package versoritest

import (
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// connectionState is what the platform has of systems, connections and end users. Every row is below the organisation.
type connectionState struct {
	mu sync.Mutex // held by what reads and then writes; nothing that asks for projects is called with it

	users       rows[versori.EndUser]
	systems     rows[system]
	clients     rows[versori.OAuth2GrantClient] // of OAuth 2.0 grants, by the credential they are kept in
	actions     rows[versori.SystemAction]      // below their system
	triggers    rows[versori.SystemTrigger]     // below their system
	linked      rows[struct{}]                  // project, and the action or the trigger linked to it
	templates   rows[template]
	connections rows[connection]
	activations rows[activation]
	consents    rows[consent] // by state
}

// handleConnections registers what connects projects to systems on behalf of end users.
func (s *Server) handleConnections() {
	for operation, attempt := range map[string]func(*fake.Request) (fake.Response, error){
		"EndUsers.Create": s.createEndUser,
		"EndUsers.Get":    s.getEndUser,
		"EndUsers.Delete": s.deleteEndUser,
		"EndUsers.List":   s.listEndUsers,

		"Systems.Create":     s.createSystem,
		"Systems.Get":        s.getSystem,
		"Systems.List":       s.listSystems,
		"Systems.Update":     s.updateSystem,
		"Systems.Delete":     s.deleteSystem,
		"AuthSchemes.Upsert": s.upsertScheme,
		"AuthSchemes.Delete": s.deleteScheme,

		"SystemActions.Create":  s.createActions,
		"SystemActions.Get":     s.getAction,
		"SystemActions.List":    s.listActions,
		"SystemActions.Update":  s.updateAction,
		"SystemActions.Delete":  s.deleteAction,
		"SystemActions.Link":    s.linkActions,
		"SystemTriggers.Create": s.createTriggers,
		"SystemTriggers.List":   s.listTriggers,
		"SystemTriggers.Link":   s.linkTriggers,

		"ConnectionTemplates.Create": s.createTemplate,
		"ConnectionTemplates.List":   s.listTemplates,
		"ConnectionTemplates.Update": s.updateTemplate,
		"ConnectionTemplates.Delete": s.deleteTemplate,

		"Connections.Create":           s.createConnection,
		"Connections.Get":              s.getConnection,
		"Connections.List":             s.listConnections,
		"Connections.ListStatic":       s.listStaticConnections,
		"Connections.GetForActivation": s.getActivationConnection,
		"Connections.Update":           s.updateConnection,
		"Connections.Delete":           s.deleteConnection,
		"Connections.Link":             s.linkConnection,
		"Connections.Unlink":           s.unlinkConnection,
		"Connections.InitialiseOAuth1": s.initialiseOAuth1,
		"Connections.InitialiseOAuth2": s.initialiseOAuth2,

		"Activations.Create":                s.createActivation,
		"Activations.Get":                   s.getActivation,
		"Activations.List":                  s.listActivations,
		"Activations.ListForUser":           s.listUserActivations,
		"Activations.Delete":                s.deleteActivation,
		"Activations.SetVariable":           s.setVariable,
		"Activations.UpdateVariables":       s.updateVariables,
		"Activations.UpdateStaticVariables": s.updateStaticVariables,
	} {
		s.Handle(operation, func(r *fake.Request) fake.Response {
			answer, err := attempt(r)
			if err != nil {
				return refused(err)
			}
			return answer
		})
	}
}

// invalidRequest refuses what isn't about one member of the body.
func invalidRequest(details string) error {
	return refuse(http.StatusBadRequest, "The request is not valid", details)
}

// absent is missing as an error, for functions that find something or give up.
func absent(what, id string) error { return &refusal{missing(what, id)} }

// reason is what an error says: of a refusal what its answer does.
func reason(err error) string {
	var r *refusal
	if !errors.As(err, &r) {
		return err.Error()
	}
	body, _ := r.answer.JSON.(versori.ErrorBody)
	texts := []string{body.Details.Or(body.Message)}
	if len(body.Fields) > 0 {
		texts = nil
	}
	for _, field := range body.Fields {
		texts = append(texts, field.Field+" "+field.Message)
	}
	return strings.Join(texts, "; ")
}
