package releases_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

var (
	shop     = releases.AppRef{Org: "acme", Workspace: "main", App: "shop"}
	errCheck = errors.New("the shop is closed")
)

const (
	before = "rel_before" // the release that is active before a deployment
	made   = "rel_000001" // the one that a deployment makes
	third  = "rel_third"  // one that is somebody else's
)

// deployment is a deployment of v2 to an app of a fake, where the release before may be active.
type deployment struct {
	platform *releasestest.Server
	app      *releases.ReleasesService
}

func newDeployment(t *testing.T, first bool) *deployment {
	t.Helper()
	s := releasestest.NewServer(t)
	s.Put(shop, releases.ReleaseDetail{ReleaseID: third, ReleaseTag: "v0"})
	if !first {
		s.Put(shop, releases.ReleaseDetail{ReleaseID: before, ReleaseTag: "v1", Status: releases.ReleaseStatusActive})
	}
	return &deployment{s, s.Client(sdk.WithMaxAttempts(1)).App(shop).Releases}
}

// active is the id of the release that the platform has active; empty if none is.
func (d *deployment) active() string {
	for _, id := range []string{before, made, third} {
		if r, ok := d.platform.Release(shop, id); ok && r.Status == releases.ReleaseStatusActive {
			return id
		}
	}
	return ""
}

// requests are the operations that the deployment called, without their service.
func (d *deployment) requests() string {
	var names []string
	for _, r := range d.platform.Requests() {
		names = append(names, strings.TrimPrefix(r.Operation, "Releases."))
	}
	return strings.Join(names, " ")
}

func TestDeploy(t *testing.T) {
	t.Parallel()
	fails := func(context.Context, *releases.Release) error { return errCheck }
	passes := func(context.Context, *releases.Release) error { return nil }
	lost, failed := fault.ResetAfterHandling(), fault.Status(500)
	const unknown = "?" // of an active release that the error doesn't know
	tests := []struct {
		name   string
		first  bool // no release is active before
		check  func(context.Context, *releases.Release) error
		faults map[string][]fault.Fault

		step     releases.DeploymentStep // that fails; empty: none
		matches  error                   // what errors.Is finds
		undoErr  bool
		claimed  string // ActiveID of the error; empty: null
		active   string // what the platform has active in the end; empty: nothing
		requests string
	}{
		{
			name: "succeeds when the check passes", check: passes, active: made, requests: "List Create Activate",
		},
		{
			name: "succeeds without a check", active: made, requests: "List Create Activate",
		},
		{
			name: "succeeds where no release was active", first: true, check: passes, active: made, requests: "List Create Activate",
		},
		{
			name: "makes nothing when it can't tell what is active", faults: map[string][]fault.Fault{"Releases.List": {failed}},
			step: releases.DeploymentLookUp, matches: sdk.ErrServer, claimed: unknown, active: before, requests: "List",
		},
		{
			name: "activates nothing when creating is refused", faults: map[string][]fault.Fault{"Releases.Create": {fault.Status(422)}},
			step: releases.DeploymentCreate, matches: sdk.ErrValidation, claimed: before, active: before, requests: "List Create",
		},
		{
			name: "activates nothing when the answer to creating is lost", faults: map[string][]fault.Fault{"Releases.Create": {lost}},
			step: releases.DeploymentCreate, claimed: before, active: before, requests: "List Create",
		},
		{
			name: "has nothing to undo when activating is refused", faults: map[string][]fault.Fault{"Releases.Activate": {fault.Status(403)}},
			step: releases.DeploymentActivate, matches: sdk.ErrForbidden, claimed: before, active: before, requests: "List Create Activate",
		},
		{
			name: "goes back when the answer to activating is lost", faults: map[string][]fault.Fault{"Releases.Activate": {lost}},
			step: releases.DeploymentActivate, claimed: before, active: before, requests: "List Create Activate List Rollback",
		},
		{
			name: "archives the first release when the answer to activating is lost", first: true,
			faults: map[string][]fault.Fault{"Releases.Activate": {lost}},
			step:   releases.DeploymentActivate, requests: "List Create Activate List Archive",
		},
		{
			name: "goes back when activating gives an answer that can't be read", faults: map[string][]fault.Fault{"Releases.Activate": {fault.TrailingGarbage()}},
			step: releases.DeploymentActivate, matches: sdk.ErrInvalidResponse, claimed: before, active: before,
			requests: "List Create Activate List Rollback",
		},
		{
			name: "goes back to be sure when activating takes too long", faults: map[string][]fault.Fault{"Releases.Activate": {fault.Status(408)}},
			step: releases.DeploymentActivate, claimed: before, active: before, requests: "List Create Activate List Rollback",
		},
		{
			name: "goes back to be sure when activating fails", faults: map[string][]fault.Fault{"Releases.Activate": {failed}},
			step: releases.DeploymentActivate, matches: sdk.ErrServer, claimed: before, active: before, requests: "List Create Activate List Rollback",
		},
		{
			name: "goes back without looking when it can't look", check: fails,
			faults: map[string][]fault.Fault{"Releases.List": {fault.Pass(), failed}},
			step:   releases.DeploymentCheck, matches: errCheck, claimed: before, active: before, requests: "List Create Activate List Rollback",
		},
		{
			name: "goes back when the check fails", check: fails,
			step: releases.DeploymentCheck, matches: errCheck, claimed: before, active: before, requests: "List Create Activate List Rollback",
		},
		{
			name: "archives the first release when the check fails", first: true, check: fails,
			step: releases.DeploymentCheck, matches: errCheck, requests: "List Create Activate List Archive",
		},
		{
			name: "says that the new release is active when going back fails", check: fails,
			faults: map[string][]fault.Fault{"Releases.Rollback": {fault.Status(403)}},
			step:   releases.DeploymentCheck, matches: errCheck, undoErr: true, claimed: made, active: made,
			requests: "List Create Activate List Rollback List",
		},
		{
			name: "says that the new release is active when archiving fails", first: true, check: fails,
			faults: map[string][]fault.Fault{"Releases.Archive": {fault.Status(403)}},
			step:   releases.DeploymentCheck, matches: errCheck, undoErr: true, claimed: made, active: made,
			requests: "List Create Activate List Archive List",
		},
		{
			name: "counts as undone when only the answer to going back is lost", check: fails,
			faults: map[string][]fault.Fault{"Releases.Rollback": {lost}},
			step:   releases.DeploymentCheck, matches: errCheck, claimed: before, active: before,
			requests: "List Create Activate List Rollback List",
		},
		{
			name: "counts as undone when only the answer to archiving is lost", first: true, check: fails,
			faults: map[string][]fault.Fault{"Releases.Archive": {lost}},
			step:   releases.DeploymentCheck, matches: errCheck, requests: "List Create Activate List Archive List",
		},
		{
			name: "doesn't claim to know what is active when nobody tells", check: fails,
			faults: map[string][]fault.Fault{"Releases.Rollback": {fault.Status(403)}, "Releases.List": {fault.Pass(), failed, failed}},
			step:   releases.DeploymentCheck, matches: errCheck, undoErr: true, claimed: unknown, active: made,
			requests: "List Create Activate List Rollback List",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newDeployment(t, test.first)
			for operation, faults := range test.faults {
				d.platform.Inject(operation, faults...)
			}
			action, err := d.app.Deploy(t.Context(), releases.Deployment{Tag: "v2", Description: "New.", Check: test.check})
			if got := d.requests(); got != test.requests {
				t.Errorf("called %s, want %s", got, test.requests)
			}
			if got := d.active(); got != test.active {
				t.Errorf("%q is active, want %q", got, test.active)
			}
			if test.step == "" {
				if err != nil || action.Release.ReleaseID != made || action.Release.Description.Or("") != "New." {
					t.Errorf("got %+v, %v", action, err)
				}
				return
			}
			failure := failedWith(t, action, err)
			claimed := failure.ActiveID.Or("")
			if !failure.ActiveID.IsNull() && claimed == "" {
				claimed = unknown
			}
			if failure.Step != test.step || claimed != test.claimed || (failure.UndoErr != nil) != test.undoErr {
				t.Errorf("step %q, active %q, undoing: %v: %v", failure.Step, claimed, failure.UndoErr, err)
			}
			if test.matches != nil && !errors.Is(err, test.matches) {
				t.Errorf("%v doesn't match %v", err, test.matches)
			}
			if test.undoErr && !errors.Is(err, sdk.ErrForbidden) {
				t.Errorf("%v doesn't hold why undoing failed", err)
			}
		})
	}
}

// failedWith gives the error of a deployment that has failed.
func failedWith(t *testing.T, action *releases.ReleaseAction, err error) *releases.DeploymentError {
	t.Helper()
	var failure *releases.DeploymentError
	if !errors.As(err, &failure) || action != nil {
		t.Fatalf("got %+v, %v, want a *releases.DeploymentError", action, err)
	}
	if failure.Tag != "v2" {
		t.Errorf("the tag is %q", failure.Tag)
	}
	return failure
}

func TestDeploySaysWhatStateTheAppIsIn(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]releases.DeploymentError{
		`releases: deploying "v2": check: the shop is closed; release r1 is active, as before`: {
			Step: releases.DeploymentCheck, ReleaseID: "r2", PreviousID: "r1", ActiveID: sdk.Some("r1"),
		},
		`releases: deploying "v2": check: the shop is closed; and undoing it: too late; the new release r2 is active`: {
			Step: releases.DeploymentCheck, ReleaseID: "r2", PreviousID: "r1", ActiveID: sdk.Some("r2"), UndoErr: errors.New("too late"),
		},
		`releases: deploying "v2": check: the shop is closed; release r3 is active`: {
			Step: releases.DeploymentCheck, ReleaseID: "r2", PreviousID: "r1", ActiveID: sdk.Some("r3"),
		},
		`releases: deploying "v2": activate: the shop is closed; no release is active`: {
			Step: releases.DeploymentActivate, ReleaseID: "r2", ActiveID: sdk.Null[string](),
		},
		`releases: deploying "v2": look up: the shop is closed; which release is active isn't known`: {
			Step: releases.DeploymentLookUp,
		},
	} {
		e.Tag, e.Err = "v2", errCheck
		if got := e.Error(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestDeployShowsTheCheckTheActiveRelease(t *testing.T) {
	t.Parallel()
	d := newDeployment(t, false)
	var seen releases.Release
	var serving string
	action, err := d.app.Deploy(t.Context(), releases.Deployment{Tag: "v2", Check: func(_ context.Context, r *releases.Release) error {
		seen, serving = *r, d.active()
		r.ReleaseTag = "changed"
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if seen.ReleaseTag != "v2" || seen.Status != releases.ReleaseStatusActive || serving != made {
		t.Errorf("the check saw %+v while %q was active", seen, serving)
	}
	if action.PreviousActiveReleaseID.Or("") != before || action.Release.ReleaseTag != "v2" {
		t.Errorf("got %+v", action)
	}
}

func TestDeployWithoutATagMakesNothing(t *testing.T) {
	t.Parallel()
	d := newDeployment(t, false)
	action, err := d.app.Deploy(t.Context(), releases.Deployment{})
	var failure *releases.DeploymentError
	if !errors.As(err, &failure) || !errors.Is(err, sdk.ErrInvalidRequest) || failure.Step != releases.DeploymentCreate || d.requests() != "List" {
		t.Errorf("got %v, %v after %s", action, err, d.requests())
	}
}

func TestDeployLeavesAThirdReleaseAlone(t *testing.T) {
	t.Parallel()
	d := newDeployment(t, false)
	action, err := d.app.Deploy(t.Context(), releases.Deployment{Tag: "v2", Check: func(ctx context.Context, _ *releases.Release) error {
		if _, err := d.app.Activate(ctx, third); err != nil {
			t.Error(err)
		}
		return errCheck
	}})
	failure := failedWith(t, action, err)
	if d.active() != third || failure.ActiveID.Or("") != third || failure.UndoErr != nil {
		t.Errorf("%q is active: %v", d.active(), err)
	}
}

// What was active when the new release took over counts, and not what was when the deployment began.
func TestDeployGoesBackToWhatItTookThePlaceOf(t *testing.T) {
	t.Parallel()
	d := newDeployment(t, false)
	inBetween := sdk.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/"+made+"/activate") {
				if _, err := d.app.Activate(t.Context(), third); err != nil {
					t.Error(err)
				}
			}
			return next.RoundTrip(r)
		})
	})
	check := func(context.Context, *releases.Release) error { return errCheck }
	action, err := d.app.Deploy(t.Context(), releases.Deployment{Tag: "v2", Check: check}, inBetween)
	if failure := failedWith(t, action, err); d.active() != third || failure.PreviousID != third {
		t.Errorf("%q is active: %v", d.active(), err)
	}
}

func TestDeployPassesItsOptionsToEachCall(t *testing.T) {
	t.Parallel()
	d := newDeployment(t, false)
	check := func(context.Context, *releases.Release) error { return errCheck }
	_, err := d.app.Deploy(t.Context(), releases.Deployment{Tag: "v2", Check: check}, sdk.WithHeader("X-Pipeline", "7"))
	if got, want := d.requests(), "List Create Activate List Rollback"; got != want {
		t.Errorf("called %s, want %s", got, want)
	}
	for _, r := range d.platform.Requests() {
		if r.Header.Get("X-Pipeline") != "7" {
			t.Errorf("%s went without the option: %v", r.Operation, err)
		}
	}
}
