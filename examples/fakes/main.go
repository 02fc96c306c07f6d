// Fakes serves the four fake platforms on loopback until it is interrupted, for programs in any language: it prints the
// address and the token of each. What breaks a platform's document is printed as it happens.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/wharfinger/sdk/cargo/cargotest"
	"github.com/wharfinger/sdk/licensing/licensingtest"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
	"github.com/wharfinger/sdk/versori/versoritest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	tb := &printer{}
	defer tb.close()

	cargo := cargotest.NewServer(tb)
	cargo.PutModel("7b1f0c52-6a0e-4d0b-9f3e-2d1c4b5a6978")
	draft := cargo.PutWorkflow("")
	mechamental := releasestest.NewServer(tb)
	mechamental.Seed(releases.AppRef{Org: "acme", Workspace: "main", App: "shop"}, 30)
	versori := versoritest.NewServer(tb)
	cryptlex := licensingtest.NewServer(tb)

	for _, platform := range [][]string{
		{"cargo", cargo.URL(), cargotest.Token, "workflow " + draft.WorkflowUUID},
		{"releases", mechamental.URL(), releasestest.Token, "org acme, workspace main, app shop"},
		{"versori", versori.URL(), versoritest.Token, "organisation " + versoritest.Organisation},
		{"licensing", cryptlex.URL(), licensingtest.Token, ""},
	} {
		fmt.Printf("%-10s %s  token %s  %s\n", platform[0], platform[1], platform[2], platform[3])
	}
	fmt.Println("interrupt to stop")
	<-ctx.Done()
}

// printer takes the place of a test: it prints problems, and ends the servers.
type printer struct{ cleanups []func() }

func (p *printer) Helper() {}

func (p *printer) Errorf(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
}

func (p *printer) Cleanup(f func()) { p.cleanups = append(p.cleanups, f) }

func (p *printer) close() {
	for _, f := range p.cleanups {
		f()
	}
}
