package otel_test

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/wharfinger/sdk/examples/otel"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/releases/releasestest"
)

func ExampleTracing() {
	platform := releasestest.NewServer(nil) // a fake, which fails once
	defer platform.Close()
	shop := releases.AppRef{Org: "acme", Workspace: "main", App: "shop"}
	platform.Seed(shop, 3)
	platform.Inject("Releases.List", fault.Status(503))

	exporter := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))
	client := platform.Client(otel.Tracing(provider)...)

	ctx, span := provider.Tracer("deploy").Start(context.Background(), "look for releases")
	list, err := client.App(shop).Releases.List(ctx, releases.ReleaseListParams{})
	span.End()
	fmt.Println(len(list.Releases), "releases", err)

	for _, s := range exporter.GetSpans() {
		fmt.Printf("%s: %s, status %s, within the call %t\n", s.Name, s.SpanKind, value(s.Attributes, "http.response.status_code"),
			s.Parent.SpanID() == span.SpanContext().SpanID())
		for _, e := range s.Events {
			fmt.Printf("  %s: %s, because %s\n", e.Name, value(e.Attributes, "operation"), value(e.Attributes, "reason"))
		}
	}

	// Output:
	// 3 releases <nil>
	// HTTP GET: client, status 503, within the call true
	// HTTP GET: client, status 200, within the call true
	// look for releases: internal, status -, within the call false
	//   wait: releases Releases.List, because the service is unavailable
}

// value is an attribute's, or a dash.
func value(attributes []attribute.KeyValue, key string) string {
	for _, a := range attributes {
		if string(a.Key) == key {
			return a.Value.String()
		}
	}
	return "-"
}
