package releases

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wharfinger/sdk"
)

// defaultUndoTimeout is how long undoing a deployment may take unless the caller says otherwise.
const defaultUndoTimeout = time.Minute

// Deployment says what [ReleasesService.Deploy] makes of an app, and how it is found to work.
type Deployment struct {
	// Tag is the tag of the new release, such as "v1.4.0". It is required.
	Tag string
	// Description is the description of the new release. Empty: none.
	Description string
	// Check looks whether the app works with the new release, which serves its traffic when Check is called. An error
	// undoes the deployment; so do a panic and a [runtime.Goexit], which then go on. The context is the caller's, and has
	// no other limit. Nil: nothing is checked.
	Check func(ctx context.Context, release *Release) error
	// UndoTimeout bounds undoing the deployment as a whole. Zero or less: one minute.
	UndoTimeout time.Duration
}

// DeploymentStep is a step of a deployment.
type DeploymentStep string

// The steps of a deployment, in order.
const (
	// DeploymentLookUp finds out which release is active before anything is done.
	DeploymentLookUp DeploymentStep = "look up"
	// DeploymentCreate creates the new release.
	DeploymentCreate DeploymentStep = "create"
	// DeploymentActivate activates it.
	DeploymentActivate DeploymentStep = "activate"
	// DeploymentCheck runs the caller's check.
	DeploymentCheck DeploymentStep = "check"
)

// DeploymentError is a deployment that has failed, and the state that it left the app in. Both Err and UndoErr are found
// by [errors.Is] and [errors.As].
type DeploymentError struct {
	// Step is the step that failed.
	Step DeploymentStep
	// Tag is the tag that the new release has or was to have.
	Tag string
	// ReleaseID is the new release, empty if none is known to have been made.
	ReleaseID string
	// PreviousID is the release that was active before, empty if none was, or if that isn't known (DeploymentLookUp).
	PreviousID string
	// ActiveID is the release that is active now: null if none is, absent if that isn't known.
	ActiveID sdk.Optional[string]
	// Err is why the step failed: the check's own error, or that of the call.
	Err error
	// UndoErr is why undoing the deployment failed. Nil: it was undone, or there was nothing to undo.
	UndoErr error
}

// Error names the tag, the step and its error, that of undoing it if there is one, and the state of the app.
func (e *DeploymentError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "releases: deploying %q: %s: %v", e.Tag, e.Step, e.Err)
	if e.UndoErr != nil {
		fmt.Fprintf(&b, "; and undoing it: %v", e.UndoErr)
	}
	b.WriteString("; " + e.state())
	return b.String()
}

// state says what the app serves.
func (e *DeploymentError) state() string {
	id, some := e.ActiveID.Get()
	switch {
	case some && id == e.ReleaseID:
		return "the new release " + id + " is active"
	case some && id == e.PreviousID:
		return "release " + id + " is active, as before"
	case some:
		return "release " + id + " is active"
	case e.ActiveID.IsNull():
		return "no release is active"
	}
	return "which release is active isn't known"
}

// Unwrap gives the step's error and, if undoing failed too, that error.
func (e *DeploymentError) Unwrap() []error {
	if e.UndoErr == nil {
		return []error{e.Err}
	}
	return []error{e.Err, e.UndoErr}
}

// Deploy creates a release of the app as it is now, activates it and checks it. If the check fails, the app goes back to
// the release that was active before; if none was, the new one is archived.
//
//	action, err := app.Releases.Deploy(ctx, releases.Deployment{Tag: "v1.4.0", Check: smokeTest})
//
// Every error is a *[DeploymentError]. When creating fails nothing is activated, and when activating is refused there is
// nothing to undo. When it is uncertain whether activating worked (no answer came, or the server failed) it is undone. A
// release that was made stays: as a draft, or archived.
//
// Undoing doesn't end with ctx: it has UndoTimeout, so that the app isn't left with a bad release because the caller gave
// up. It leaves the app alone if a third release has become active in the meantime, by somebody else. If undoing fails,
// or nobody knows whether it did, the platform is asked once more which release is active.
//
// The options hold for each of the calls, of which there are at least three: the active release is looked up first.
func (s *ReleasesService) Deploy(ctx context.Context, d Deployment, opts ...sdk.Option) (*ReleaseAction, error) {
	run := deploymentRun{releases: s, opts: opts, undoTimeout: d.UndoTimeout, failure: DeploymentError{Tag: d.Tag}}
	if run.undoTimeout <= 0 {
		run.undoTimeout = defaultUndoTimeout
	}
	if err := run.create(ctx, d); err != nil {
		return nil, err
	}
	action, err := run.activate(ctx)
	if err != nil {
		return nil, err
	}
	if d.Check != nil {
		if err := run.check(ctx, d.Check, action); err != nil {
			return nil, err
		}
	}
	return action, nil
}

// deploymentRun is a deployment under way. What is known so far stands in the error that it may end with.
type deploymentRun struct {
	releases    *ReleasesService
	opts        []sdk.Option
	undoTimeout time.Duration
	failure     DeploymentError
}

// fail is the error of a deployment whose state is known.
func (run *deploymentRun) fail(step DeploymentStep, err error) error {
	run.failure.Step, run.failure.Err = step, err
	return &run.failure
}

// active is the release that is active: null if none is, absent if the platform doesn't say.
func (run *deploymentRun) active(ctx context.Context) (sdk.Optional[string], error) {
	list, err := run.releases.List(ctx, ReleaseListParams{Limit: 1}, run.opts...)
	if err != nil {
		return sdk.Optional[string]{}, err
	}
	if id, ok := list.ActiveReleaseID.Get(); ok && id == "" {
		return sdk.Null[string](), nil
	}
	return list.ActiveReleaseID, nil
}

// create makes the release, once it is known what to go back to.
func (run *deploymentRun) create(ctx context.Context, d Deployment) error {
	active, err := run.active(ctx)
	if err != nil {
		return run.fail(DeploymentLookUp, err)
	}
	run.failure.ActiveID, run.failure.PreviousID = active, active.Or("")
	body := ReleaseCreate{ReleaseTag: d.Tag}
	if d.Description != "" {
		body.Description = sdk.Some(d.Description)
	}
	release, err := run.releases.Create(ctx, body, run.opts...)
	if err != nil {
		return run.fail(DeploymentCreate, err)
	}
	run.failure.ReleaseID = release.ReleaseID
	return nil
}

func (run *deploymentRun) activate(ctx context.Context) (*ReleaseAction, error) {
	action, err := run.releases.Activate(ctx, run.failure.ReleaseID, run.opts...)
	if err != nil {
		if !refused(err) {
			run.undo(ctx)
		}
		return nil, run.fail(DeploymentActivate, err)
	}
	run.failure.ActiveID = sdk.Some(run.failure.ReleaseID)
	// The platform knows better than the look before: somebody may have deployed in between.
	if previous := action.PreviousActiveReleaseID; !previous.IsZero() && previous.Or("") != run.failure.ReleaseID {
		run.failure.PreviousID = previous.Or("")
	}
	return action, nil
}

// refused says whether a call certainly did nothing: it was never sent, or answered with a refusal.
func refused(err error) bool {
	var e *sdk.Error
	if !errors.As(err, &e) {
		return false
	}
	const requestTimeout = 408 // which doesn't say how far the server got
	return e.Attempts == 0 || e.Status >= 400 && e.Status <= 499 && e.Status != requestTimeout
}

func (run *deploymentRun) check(ctx context.Context, check func(context.Context, *Release) error, action *ReleaseAction) error {
	returned := false
	defer func() {
		if !returned {
			run.undo(ctx) // and the panic goes on
		}
	}()
	release := action.Release // a copy: what the check does to it doesn't reach the caller
	err := check(ctx, &release)
	returned = true
	if err != nil {
		run.undo(ctx)
		return run.fail(DeploymentCheck, err)
	}
	return nil
}

// undo goes back to the release before, and finds out where that led.
func (run *deploymentRun) undo(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), run.undoTimeout)
	defer cancel()
	if active, other := run.takenOver(ctx); other {
		run.failure.ActiveID = active
		return
	}
	f := &run.failure
	after := sdk.Null[string]()
	var err error
	if f.PreviousID == "" {
		_, err = run.releases.Archive(ctx, f.ReleaseID, run.opts...)
	} else {
		_, err = run.releases.Rollback(ctx, f.PreviousID, run.opts...)
		after = sdk.Some(f.PreviousID)
	}
	if err == nil {
		f.ActiveID = after
		return
	}
	// A failed call may have had its effect all the same.
	f.ActiveID, _ = run.active(ctx)
	if f.ActiveID != after && !run.third(f.ActiveID) {
		f.UndoErr = err
	}
}

// takenOver says whether a third release has become active, which nothing of this deployment can have done. The look may
// take a quarter of the time: what matters is to undo.
func (run *deploymentRun) takenOver(ctx context.Context) (active sdk.Optional[string], other bool) {
	ctx, cancel := context.WithTimeout(ctx, run.undoTimeout/4)
	defer cancel()
	active, err := run.active(ctx)
	return active, err == nil && run.third(active)
}

// third says whether a release is neither the new one nor the one before.
func (run *deploymentRun) third(active sdk.Optional[string]) bool {
	id, some := active.Get()
	return some && id != run.failure.ReleaseID && id != run.failure.PreviousID
}
