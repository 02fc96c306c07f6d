package versori

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/wharfinger/sdk"
)

const (
	firstDeploymentPause = 2 * time.Second
	maxDeploymentPause   = 15 * time.Second
)

// DeployAndWaitParams tells where to deploy, and how to wait.
type DeployAndWaitParams struct {
	// Environment names the environment, by its name or its id. It may be empty where the project has only one.
	Environment string
	// Interval is the first pause between two looks; zero or less: 2 s. Each further one is half as long again, up to 15 s, or up
	// to Interval if that is longer.
	Interval time.Duration
}

// WaitForDeploymentParams tells what is waited for, and how. VersionName or VersionID must be given.
type WaitForDeploymentParams struct {
	// Environment names the environment, by its name or its id. It may be empty where the project has only one.
	Environment string
	// VersionName is the name of the version that is to run.
	VersionName string
	// VersionID is its id. If both are given, both must fit.
	VersionID string
	// Before is the environment as it was before the deployment, if that is known. An environment that was in error, or
	// suspended, and is still as it was, is then given time to change. Without it error is a failure at once.
	Before *ProjectEnvironment
	// Interval is the first pause between two looks; zero or less: 2 s. Each further one is half as long again, up to 15 s, or up
	// to Interval if that is longer.
	Interval time.Duration
}

// DeploymentError is a deployment that has failed: the environment is in error, or was suspended, or the version was
// found to be one that can't run. Waiting longer would not help.
type DeploymentError struct {
	// ProjectID is the project.
	ProjectID string
	// Version is what was to run: the name of the version or, if only that was known, its id.
	Version string
	// Environment is the environment as it was found, with its Status and what is deployed there now.
	Environment ProjectEnvironment
	// Message is what the platform said about it in the issue it raised ("Environment failed to deploy"); empty if none
	// was found. It is text of the platform's.
	Message string
}

// Error names the environment, its state, the version and, if there is one, the platform's message.
func (e *DeploymentError) Error() string {
	text := fmt.Sprintf("versori: version %q doesn't run in environment %q: %s", e.Version, e.Environment.Name, stateOf(&e.Environment))
	if e.Message != "" {
		text += ": " + strings.Join(strings.Fields(e.Message), " ")
	}
	return text
}

// DeployAndWait deploys files as [ProjectsService.Deploy] does and waits until the environment runs them. The version
// must have a name, by which it is told from what runs there before: an environment is running all along while another
// version takes its place.
//
// Its errors are those of Deploy; a *[DeploymentError] if the deployment fails later; and, when ctx ends, one that says
// how far the deployment was and matches the context's error. Bound it by ctx: there is no other limit. Whatever happens
// to the wait, the deployment goes on. Deploy is never repeated: if it fails without an answer, the deployment may be
// under way all the same, and [ProjectsService.WaitForDeployment] can tell.
//
// The options hold for each of the calls, of which there are at least two: the project is looked at before as well.
func (s *ProjectsService) DeployAndWait(ctx context.Context, projectID string, body ProjectDeploy, params DeployAndWaitParams, opts ...sdk.Option) (*ProjectEnvironment, error) {
	const operation = "Projects.DeployAndWait"
	if body.VersionName == "" {
		return nil, refusal(operation, "the version needs a name, to be told from what runs already")
	}
	w := deploymentWait{operation: operation, projects: s, projectID: projectID, opts: opts}
	w.target = WaitForDeploymentParams{VersionName: body.VersionName, Environment: params.Environment, Interval: params.Interval}
	return w.deploy(ctx, func(environment string) (*Project, error) {
		return s.Deploy(ctx, projectID, body, ProjectDeployParams{Environment: environment}, opts...)
	})
}

// DeployAndWait deploys a version that is there, as [VersionsService.Deploy] does, and waits until the environment runs
// it. Everything that [ProjectsService.DeployAndWait] says holds here too. That a version which runs already has been
// deployed anew can't be seen: the wait is then over when the call is.
func (s *VersionsService) DeployAndWait(ctx context.Context, projectID, versionID string, params DeployAndWaitParams, opts ...sdk.Option) (*ProjectEnvironment, error) {
	const operation = "Versions.DeployAndWait"
	if versionID == "" {
		return nil, refusal(operation, "the id of the version is empty")
	}
	w := deploymentWait{operation: operation, projects: &ProjectsService{s.client}, projectID: projectID, opts: opts}
	w.target = WaitForDeploymentParams{VersionID: versionID, Environment: params.Environment, Interval: params.Interval}
	return w.deploy(ctx, func(environment string) (*Project, error) {
		return s.Deploy(ctx, projectID, versionID, VersionDeployParams{Environment: environment}, opts...)
	})
}

// WaitForDeployment waits until an environment runs a version, whoever deployed it: after [ProjectsService.Deploy],
// [VersionsService.Deploy] or [EnvironmentsService.Sync]. It looks at the project at once, and then again and again
// until ctx ends.
//
// The version counts as running when the environment has the status running and says that this version is deployed. A
// failure is a *[DeploymentError]: the status is error, the version is marked as failed, or the environment is suspended
// while it is waited for. States that this version of the SDK doesn't know are waited out. A look that fails, after the
// client's own repeats, ends the wait.
func (s *ProjectsService) WaitForDeployment(ctx context.Context, projectID string, params WaitForDeploymentParams, opts ...sdk.Option) (*ProjectEnvironment, error) {
	const operation = "Projects.WaitForDeployment"
	if params.VersionName == "" && params.VersionID == "" {
		return nil, refusal(operation, "neither name nor id of the version is given")
	}
	w := deploymentWait{operation: operation, projects: s, projectID: projectID, target: params, opts: opts}
	project, err := s.Get(ctx, projectID, opts...)
	if err != nil {
		return nil, err
	}
	return w.until(ctx, project)
}

// deploymentWait is one wait for a deployment.
type deploymentWait struct {
	operation string
	projects  *ProjectsService
	projectID string
	target    WaitForDeploymentParams
	opts      []sdk.Option

	active bool // the environment was seen to be neither suspended nor in error
}

// deploy notes how things are, deploys, and waits.
func (w *deploymentWait) deploy(ctx context.Context, deploy func(environment string) (*Project, error)) (*ProjectEnvironment, error) {
	project, err := w.projects.Get(ctx, w.projectID, w.opts...)
	if err != nil {
		return nil, err
	}
	before, err := project.Environment(w.target.Environment)
	if err != nil {
		return nil, err
	}
	w.target.Before, w.target.Environment = before, before.ID
	if project, err = deploy(before.Name); err != nil {
		return nil, err
	}
	return w.until(ctx, project)
}

// until looks at the project, and at what becomes of it, until the wait is over.
func (w *deploymentWait) until(ctx context.Context, project *Project) (*ProjectEnvironment, error) {
	pause := w.pauses()
	w.active = w.target.Before != nil && !down(w.target.Before)
	for {
		environment, err := project.Environment(w.target.Environment)
		if err != nil {
			return nil, err
		}
		done, failed := w.look(environment)
		switch {
		case done:
			found := *environment // which lets go of the project
			return &found, nil
		case failed:
			return nil, w.failed(ctx, environment)
		}
		if err := sleep(ctx, pause()); err != nil {
			return nil, w.ended(environment, err)
		}
		if project, err = w.projects.Get(ctx, w.projectID, w.opts...); err != nil {
			if ctx.Err() != nil {
				return nil, w.ended(environment, err)
			}
			return nil, err
		}
	}
}

// look judges an environment, and remembers what it has seen.
func (w *deploymentWait) look(e *ProjectEnvironment) (done, failed bool) {
	version, deployed := e.DeployedVersion.Get()
	ours := deployed && w.isTarget(&version)
	switch {
	case ours && version.State == VersionStateFailed, e.Status == EnvironmentStatusError:
		return false, w.active || !w.unchanged(e)
	case e.Status == EnvironmentStatusRunning && ours:
		return true, false
	case e.Status == EnvironmentStatusSuspended:
		// One that is suspended at first is about to be started. One that runs, or is being started, has been stopped.
		return false, w.active
	}
	w.active = true
	return false, false
}

func (w *deploymentWait) isTarget(v *ProjectVersion) bool {
	return (w.target.VersionID == "" || strings.EqualFold(v.ID, w.target.VersionID)) &&
		(w.target.VersionName == "" || v.Name == w.target.VersionName)
}

// unchanged tells whether the state of an environment may be the one from before the deployment.
func (w *deploymentWait) unchanged(e *ProjectEnvironment) bool {
	b := w.target.Before
	return b != nil && b.Status == e.Status && b.UpdatedAt.Equal(e.UpdatedAt) &&
		b.DeployedVersion.Or(ProjectVersion{}).ID == e.DeployedVersion.Or(ProjectVersion{}).ID
}

func down(e *ProjectEnvironment) bool {
	return e.Status == EnvironmentStatusError || e.Status == EnvironmentStatusSuspended
}

func (w *deploymentWait) version() string {
	if w.target.VersionName != "" {
		return w.target.VersionName
	}
	return w.target.VersionID
}

func (w *deploymentWait) failed(ctx context.Context, e *ProjectEnvironment) error {
	return &DeploymentError{ProjectID: w.projectID, Version: w.version(), Environment: *e, Message: w.reason(ctx, e)}
}

// reason looks for what the platform has to say: an environment has no message, but the issue that the platform raises
// does. Not finding it, or not being allowed to look, changes nothing about the failure.
func (w *deploymentWait) reason(ctx context.Context, e *ProjectEnvironment) string {
	issues, err := (&IssuesService{w.projects.client}).List(ctx, IssueListParams{
		ProjectID: w.projectID, EnvironmentID: e.ID, SearchDate: IssueDateLastSeenAt,
	}, w.opts...)
	if err != nil {
		return ""
	}
	for _, issue := range issues {
		if issue.Title != failedToDeploy || issue.Status != IssueStatusOpen && issue.Status != IssueStatusAcked {
			continue
		}
		if b := w.target.Before; b != nil && !issue.LastSeenAt.After(b.UpdatedAt) {
			continue // of an earlier deployment
		}
		return issue.Message
	}
	return ""
}

// failedToDeploy is the title of the issues that the platform raises for deployments.
const failedToDeploy = "Environment failed to deploy"

// ended says how far the deployment was when the context ended.
func (w *deploymentWait) ended(e *ProjectEnvironment, cause error) error {
	return failure(w.operation, fmt.Sprintf("environment %q doesn't run version %q yet: %s", e.Name, w.version(), stateOf(e)), cause)
}

// stateOf is the state of an environment in words.
func stateOf(e *ProjectEnvironment) string {
	text := "its status is " + string(e.Status)
	if e.Status == "" {
		text = "it has no status"
	}
	if version, ok := e.DeployedVersion.Get(); ok {
		text += fmt.Sprintf(", and version %q is deployed", version.Name)
		if version.State == VersionStateFailed {
			text += ", which has failed"
		}
	}
	return text
}

// pauses gives the pauses one after the other.
func (w *deploymentWait) pauses() (next func() time.Duration) {
	pause := w.target.Interval
	if pause <= 0 {
		pause = firstDeploymentPause
	}
	longest := max(maxDeploymentPause, pause)
	return func() time.Duration {
		now := pause
		pause = min(pause+pause/2, longest)
		return now
	}
}

// sleep waits, unless ctx ends before; then it gives the reason.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ended(ctx)
	}
}
