// Package releases is a client of the MechaMental platform: above all of the releases of apps, which are created, activated,
// rolled back and archived, and of what apps are made of and run on.
//
// A [Client] comes from [New]. What belongs to an app, a workspace or an organization is reached through [Client.App],
// [Client.Workspace] and [Client.Organization], which take the ids once:
//
//	client, err := releases.New(sdk.WithToken(token))
//	app := client.App(releases.AppRef{Org: "acme", Workspace: "main", App: "shop"})
//	result, err := app.Releases.Activate(ctx, releaseID)
//
// Without options the token is read from MECHAMENTAL_API_TOKEN, and the address from MECHAMENTAL_BASE_URL where it is
// set.
//
// [ReleasesService.Deploy] creates a release, activates it, and goes back by itself if a check fails.
//
// Errors of calls are [*sdk.Error]; those of Deploy are [*DeploymentError], which holds what a call or the check failed
// with. The platform has two shapes of errors: one with a reason, which becomes Code, and one that lists what is wrong
// with a request, which becomes Fields.
package releases

import (
	"strconv"
	"strings"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/transport"
)

// AppRef names an app by the three ids that its paths start with. None may be empty.
type AppRef struct {
	Org       string // organization
	Workspace string // workspace of the organization
	App       string // app of the workspace
}

// WorkspaceRef names a workspace by the two ids that its paths start with. None may be empty.
type WorkspaceRef struct {
	Org       string // organization
	Workspace string // workspace of the organization
}

// App returns the operations of one app. It sends nothing; an empty id is refused by the first call.
func (c *Client) App(ref AppRef) *AppServices {
	s := newAppServices(c.transport.Scoped("org_id", ref.Org, "workspace_id", ref.Workspace, "app_id", ref.App))
	return &s
}

// Workspace returns the operations of one workspace. It sends nothing; an empty id is refused by the first call.
func (c *Client) Workspace(ref WorkspaceRef) *WorkspaceServices {
	s := newWorkspaceServices(c.transport.Scoped("org_id", ref.Org, "workspace_id", ref.Workspace))
	return &s
}

// Organization returns the operations of one organization. It sends nothing; an empty id is refused by the first call.
func (c *Client) Organization(id string) *OrganizationServices {
	s := newOrganizationServices(c.transport.Scoped("org_id", id))
	return &s
}

// platform is what sets MechaMental apart from the others.
func platform() transport.Platform {
	p := described()
	p.DecodeError = decodeError
	return p
}

// decodeError tells the two shapes apart by their members, not by the status.
func decodeError(e *sdk.Error) {
	p := transport.ParseProblem(e.Body)
	e.Code = p.Text("error")
	e.Message = p.Text("message")
	for _, issue := range p.Objects("detail") {
		e.Fields = append(e.Fields, sdk.FieldError{Path: location(issue), Code: issue.Text("type"), Message: issue.Text("msg")})
	}
	if e.Message == "" {
		e.Message = p.Text("detail") // other routes of such servers put one sentence there
	}
	if wait := p.Object("details").Seconds("retry_after"); wait > 0 {
		e.RetryAfter = wait
	}
}

// location turns ["body","items",0,"name"] into body.items[0].name.
func location(issue transport.Problem) string {
	var b strings.Builder
	for _, raw := range issue.List("loc") {
		text := string(raw)
		if unquoted, err := strconv.Unquote(text); err == nil {
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(unquoted)
			continue
		}
		b.WriteString("[" + text + "]")
	}
	return b.String()
}
