package versori_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

func TestAFailedDeploymentSaysWhatThePlatformSays(t *testing.T) {
	t.Parallel()
	issue := func(title, message string, status versori.IssueStatus, seen time.Time) versori.Issue {
		return versori.Issue{
			ID: "01JTEST1SSVE00000000000000", OrganisationID: organisationID, ProjectID: projectID, EnvironmentID: productionID,
			Status: status, Reason: versori.IssueReasonError, Title: title, Message: message, Labels: map[string]string{}, Annotations: map[string]string{},
			CreatedAt: seen, LastSeenAt: seen, SeenCount: 1, Severity: sdk.Some(versori.IssueSeverityCritical),
		}
	}
	const title = "Environment failed to deploy"
	after, before := longAgo.Add(time.Minute), longAgo.Add(-time.Minute)
	for name, c := range map[string]struct {
		answer fake.Response
		want   string
	}{
		"in the issue that it raised": {fake.JSON(200, []versori.Issue{
			issue("OOM Killed", "out of memory", versori.IssueStatusOpen, after),
			issue(title, "image can't\nbe pulled", versori.IssueStatusOpen, after),
		}), ": image can't be pulled"},
		"but not of a deployment before": {fake.JSON(200, []versori.Issue{issue(title, "old", versori.IssueStatusOpen, before)}), ""},
		"nor what has been dealt with":   {fake.JSON(200, []versori.Issue{issue(title, "old", versori.IssueStatusResolved, after)}), ""},
		"or nothing":                     {fake.JSON(200, []versori.Issue{}), ""},
		"or can't be asked":              {problem(403, "no"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := serveDeployments(t, environment(versori.EnvironmentStatusRunning, "v1", 0), environment(versori.EnvironmentStatusError, "v2", 1))
			d.Handle("Issues.List", func(*fake.Request) fake.Response { return c.answer })
			_, err := d.client.Projects.DeployAndWait(t.Context(), projectID, v2(), versori.DeployAndWaitParams{})
			want := `versori: version "v2" doesn't run in environment "production": its status is error, and version "v2" is deployed` + c.want
			if err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
			query := d.Requests("Issues.List")[0].Query
			assert.Equal(t, "asked about", query.Get("environment_id"), productionID)
			assert.Equal(t, "the newest by", query.Get("search_date"), string(versori.IssueDateLastSeenAt))
		})
	}
}

func TestTheEndOfTheContextEndsTheWait(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop it")
	for name, c := range map[string]struct {
		end  func(context.Context) (context.Context, context.CancelFunc)
		want []error
	}{
		"by a deadline": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 7*time.Second)
		}, []error{context.DeadlineExceeded}},
		"by a cancellation with a cause": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(7*time.Second, func() { cancel(stop) })
			return ctx, func() { cancel(nil) }
		}, []error{context.Canceled, stop}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := serveDeployments(t, environment(versori.EnvironmentStatusRunning, "v1", 0))
				ctx, cancel := c.end(t.Context())
				defer cancel()
				began := time.Now()
				_, err := d.client.Projects.DeployAndWait(ctx, projectID, v2(), versori.DeployAndWaitParams{})
				assert.Equal(t, "time", time.Since(began), 7*time.Second)
				for _, want := range c.want {
					assert.Is(t, err, want)
				}
				var e *sdk.Error
				if !errors.As(err, &e) || e.Operation != "Projects.DeployAndWait" || !strings.Contains(e.Message, `version "v1" is deployed`) {
					t.Errorf("got %v", err)
				}
				assert.Equal(t, "looks", len(d.pauses()), 2) // after 2 and 5 s
			})
		})
	}
}

func TestALookThatStallsEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := serveDeployments(t, environment(versori.EnvironmentStatusRunning, "v1", 0))
		d.Inject("Projects.Get", fault.Pass(), fault.Delay(time.Minute))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err := d.client.Projects.DeployAndWait(ctx, projectID, v2(), versori.DeployAndWaitParams{})
		assert.Is(t, err, context.DeadlineExceeded)
		if !strings.Contains(err.Error(), `environment "production" doesn't run version "v2" yet`) {
			t.Errorf("got %v", err)
		}
	})
}

func TestADeploymentThatIsRefusedIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	d := serveDeployments(t, environment(versori.EnvironmentStatusRunning, "v1", 0))
	d.Handle("Projects.Deploy", func(*fake.Request) fake.Response {
		return problem(500, "Failed to build config json: missing connections for the following systems: shopify")
	})
	_, err := d.client.Projects.DeployAndWait(t.Context(), projectID, v2(), versori.DeployAndWaitParams{})
	assert.Is(t, err, sdk.ErrServer)
	if !strings.Contains(err.Error(), "missing connections for the following systems: shopify") {
		t.Errorf("got %v", err)
	}
	if got := operations(d.Server); !slices.Equal(got, []string{"Projects.Get", "Projects.Deploy"}) {
		t.Errorf("sent %v", got)
	}
}

func TestALookThatFailsEndsTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := serveDeployments(t, environment(versori.EnvironmentStatusRunning, "v1", 0))
		d.Inject("Projects.Get", fault.Pass(), fault.Status(503), fault.Pass(), fault.Status(404))
		_, err := d.client.Projects.DeployAndWait(t.Context(), projectID, v2(), versori.DeployAndWaitParams{})
		assert.Is(t, err, sdk.ErrNotFound)
		assert.Equal(t, "requests", len(d.Requests("Projects.Get")), 4) // 503 was repeated
	})
}

func TestAnEnvironmentThatIsDeletedEndsTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := serveDeployments(t, environment(versori.EnvironmentStatusRunning, "v1", 0))
		var gets int
		d.Handle("Projects.Get", func(*fake.Request) fake.Response {
			if gets++; gets == 1 {
				return fake.JSON(200, projectWith(environment(versori.EnvironmentStatusRunning, "v1", 0)))
			}
			return fake.JSON(200, projectWith())
		})
		_, err := d.client.Projects.DeployAndWait(t.Context(), projectID, v2(), versori.DeployAndWaitParams{})
		assert.Is(t, err, sdk.ErrNotFound)
	})
}

func TestDeployAndWaitRefusesBeforeItDeploys(t *testing.T) {
	t.Parallel()
	unnamed := v2()
	unnamed.VersionName = ""
	for name, c := range map[string]struct {
		call func(*versori.Client, context.Context) error
		want error
		sent []string
	}{
		"a version without a name": {func(c *versori.Client, ctx context.Context) error {
			_, err := c.Projects.DeployAndWait(ctx, projectID, unnamed, versori.DeployAndWaitParams{})
			return err
		}, sdk.ErrInvalidRequest, []string{}},
		"a version without an id": {func(c *versori.Client, ctx context.Context) error {
			_, err := c.Versions.DeployAndWait(ctx, projectID, "", versori.DeployAndWaitParams{})
			return err
		}, sdk.ErrInvalidRequest, []string{}},
		"a wait for nothing": {func(c *versori.Client, ctx context.Context) error {
			_, err := c.Projects.WaitForDeployment(ctx, projectID, versori.WaitForDeploymentParams{Environment: "production"})
			return err
		}, sdk.ErrInvalidRequest, []string{}},
		"one of several environments": {func(c *versori.Client, ctx context.Context) error {
			_, err := c.Projects.DeployAndWait(ctx, projectID, v2(), versori.DeployAndWaitParams{})
			return err
		}, sdk.ErrInvalidRequest, []string{"Projects.Get"}},
		"an environment that isn't there": {func(c *versori.Client, ctx context.Context) error {
			_, err := c.Projects.DeployAndWait(ctx, projectID, v2(), versori.DeployAndWaitParams{Environment: "prod"})
			return err
		}, sdk.ErrNotFound, []string{"Projects.Get"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, client := serve(t)
			s.Handle("Projects.Get", func(*fake.Request) fake.Response {
				staging := environment(versori.EnvironmentStatusDraft, "", 0)
				staging.ID, staging.Name = stagingID, "staging"
				return fake.JSON(200, projectWith(environment(versori.EnvironmentStatusRunning, "v1", 0), staging))
			})
			assert.Is(t, c.call(client, t.Context()), c.want)
			if got := operations(s); !slices.Equal(got, c.sent) {
				t.Errorf("sent %v, want %v", got, c.sent)
			}
		})
	}
}
