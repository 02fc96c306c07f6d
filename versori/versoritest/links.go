package versoritest

import "github.com/wharfinger/sdk/versori"

// links is what projects ask and tell the part of the platform that has their connections, which sets it when it
// registers its handlers; what isn't set isn't asked or told. No lock is held meanwhile, and projects may be looked at.
type links struct {
	// missingConnections names the systems that an environment uses by templates which aren't dynamic and have no
	// connection. It can't be deployed while there are some.
	missingConnections func(organisation, environmentID string) []string
	// copyTemplates links the systems of one environment to another one too, without their connections.
	copyTemplates func(organisation, fromEnvironmentID, toEnvironmentID string)
	// copyStaticVariables gives the static user of one environment the variables of another one's.
	copyStaticVariables func(organisation, fromEnvironmentID, toEnvironmentID string)
	// environmentGone hears of an environment that was deleted, by itself or with its project.
	environmentGone func(organisation, environmentID string)
}

// environmentsGone tells the other parts of the platform what was deleted.
func (s *Server) environmentsGone(organisation string, environmentIDs ...string) {
	for _, id := range environmentIDs {
		if tell := s.links.environmentGone; tell != nil {
			tell(organisation, id)
		}
		s.unlinkEnvironment(id)
	}
}

// deployFailed raises the platform's own issue of a deployment that came to nothing.
func (s *Server) deployFailed(target place, reason string) {
	s.raiseIssue(target.organisation, target.project, target.environment, versori.IssueSeverityCritical, "Environment failed to deploy", reason)
}
