package versori

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/wharfinger/sdk"
)

// Environment finds an environment of the project by its name or, if none has it as a name, by its id: some calls ask for
// the one and some for the other. The empty string finds the only environment of a project that has just one.
//
// The error for one that isn't there names those that are, and matches [sdk.ErrNotFound]. The result points into p.
func (p *Project) Environment(environment string) (*ProjectEnvironment, error) {
	const operation = "Project.Environment"
	if environment == "" {
		if len(p.Environments) != 1 {
			return nil, refusal(operation, "the environment must be named: the project has "+p.environmentNames())
		}
		return &p.Environments[0], nil
	}
	for i := range p.Environments {
		if p.Environments[i].Name == environment {
			return &p.Environments[i], nil
		}
	}
	for i := range p.Environments {
		if strings.EqualFold(p.Environments[i].ID, environment) {
			return &p.Environments[i], nil
		}
	}
	message := fmt.Sprintf("the project has no environment %q: it has %s", environment, p.environmentNames())
	return nil, failure(operation, message, sdk.ErrNotFound)
}

func (p *Project) environmentNames() string {
	if len(p.Environments) == 0 {
		return "none"
	}
	names := make([]string, len(p.Environments))
	for i, e := range p.Environments {
		names[i] = strconv.Quote(e.Name)
	}
	return strings.Join(names, ", ")
}

// Find gets an environment by its name or its id; see [Project.Environment]. The platform has no call for a single
// environment, so this gets the project, with all files of its draft and of its deployments.
//
// It is the way from a name to the id that other calls take:
//
//	production, err := client.Environments.Find(ctx, projectID, "production")
//	activations, err := client.Activations.List(ctx, production.ID, versori.ActivationListParams{})
func (s *EnvironmentsService) Find(ctx context.Context, projectID, environment string, opts ...sdk.Option) (*ProjectEnvironment, error) {
	project, err := (&ProjectsService{s.client}).Get(ctx, projectID, opts...)
	if err != nil {
		return nil, err
	}
	found, err := project.Environment(environment)
	if err != nil {
		return nil, err
	}
	copied := *found // which lets go of the project
	return &copied, nil
}

// ModifyConfig changes the configuration of an environment, named by its name or its id. It reads what is there, lets
// change work on it, and sends the whole, because [EnvironmentsService.UpdateConfig] resets what is left out. What this
// version of the SDK doesn't know is sent back as it came.
//
//	_, err := client.Environments.ModifyConfig(ctx, projectID, "production", func(c *versori.EnvironmentConfig) error {
//		spec := c.DeploymentSpec.Or(versori.DeploymentSpec{})
//		spec.Replicas = sdk.Some(3)
//		c.DeploymentSpec = sdk.Some(spec)
//		return nil
//	})
//
// Nothing is sent if change leaves everything as it was, or returns an error, which is returned as it is. The result is
// the configuration that holds then. The platform has no check of versions here: of two changes at the same time the
// later one wins, and the earlier one is lost.
func (s *EnvironmentsService) ModifyConfig(ctx context.Context, projectID, environment string, change func(*EnvironmentConfig) error, opts ...sdk.Option) (*EnvironmentConfig, error) {
	if change == nil {
		return nil, refusal("Environments.ModifyConfig", "there is no function to change the configuration")
	}
	found, err := s.Find(ctx, projectID, environment, opts...)
	if err != nil {
		return nil, err
	}
	config := &found.Config
	changed, err := modify(config, change)
	if err != nil {
		return nil, err
	}
	if changed {
		if err := s.UpdateConfig(ctx, found.ID, *config, opts...); err != nil {
			return nil, err
		}
	}
	return config, nil
}

// modify lets change work on v, and tells whether it did something that would be seen on the wire.
func modify[T any](v *T, change func(*T) error) (changed bool, err error) {
	before, err := json.Marshal(v)
	if err != nil {
		return false, err
	}
	if err := change(v); err != nil {
		return false, err
	}
	after, err := json.Marshal(v)
	if err != nil {
		// What JSON can't say is for the call to refuse, which names the member.
		return true, nil
	}
	return !bytes.Equal(before, after), nil
}
