package main

import (
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/cargo/cargotest"
	"github.com/wharfinger/sdk/licensing"
	"github.com/wharfinger/sdk/licensing/licensingtest"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// What the tour works on.
const (
	modelUUID    = "7b1f0c52-6a0e-4d0b-9f3e-2d1c4b5a6978"
	workflowUUID = "3f9d2a10-4c7b-4e8a-b6d5-0a1b2c3d4e5f"
)

var shop = releases.AppRef{Org: "acme", Workspace: "main", App: "shop"}

// platforms are the four fakes and a client for each.
type platforms struct {
	report *report

	cargoFake     *cargotest.Server
	releasesFake  *releasestest.Server
	versoriFake   *versoritest.Server
	licensingFake *licensingtest.Server

	cargo     *cargo.Client
	app       *releases.AppServices
	versori   *versori.Client
	licensing *licensing.Client
}

func startPlatforms(r *report) *platforms {
	p := &platforms{
		report:        r,
		cargoFake:     cargotest.NewServer(nil),
		releasesFake:  releasestest.NewServer(nil),
		versoriFake:   versoritest.NewServer(nil),
		licensingFake: licensingtest.NewServer(nil),
	}
	p.cargoFake.PutModel(modelUUID)
	p.cargoFake.PutWorkflow(workflowUUID)
	p.cargo = p.cargoFake.Client(r.hooks())
	p.app = p.releasesFake.Client(r.hooks()).App(shop)
	p.versori = p.versoriFake.Client(r.hooks())
	p.licensing = p.licensingFake.Client(r.hooks())
	return p
}

func (p *platforms) close() {
	p.cargoFake.Close()
	p.releasesFake.Close()
	p.versoriFake.Close()
	p.licensingFake.Close()
}

// problems are what the fakes have to say about requests and answers that break their documents.
func (p *platforms) problems() []string {
	var all []string
	for _, list := range [][]string{p.cargoFake.Problems(), p.releasesFake.Problems(), p.versoriFake.Problems(), p.licensingFake.Problems()} {
		all = append(all, list...)
	}
	return all
}
