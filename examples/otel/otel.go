// Package otel shows how the requests of a client become OpenTelemetry spans. It is a module of its own, so that the SDK
// doesn't depend on OpenTelemetry.
package otel

import (
	"context"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/wharfinger/sdk"
)

// Tracing gives the options of a client whose work shows in traces: each attempt is a span of its own, which otelhttp
// makes, and each wait between two attempts an event of the span that the call's context carries.
//
// otelhttp's spans have the whole URL, with ids and query; neither the token nor a body is in them.
func Tracing(provider trace.TracerProvider) []sdk.Option {
	traced := func(next http.RoundTripper) http.RoundTripper {
		return otelhttp.NewTransport(next, otelhttp.WithTracerProvider(provider))
	}
	wait := func(ctx context.Context, e sdk.Event) {
		trace.SpanFromContext(ctx).AddEvent("wait", trace.WithAttributes(
			attribute.String("operation", e.Service+" "+e.Operation),
			attribute.String("reason", e.Reason),
			attribute.Float64("seconds", e.Wait.Seconds()),
		))
	}
	return []sdk.Option{sdk.WithMiddleware(traced), sdk.WithHooks(sdk.Hooks{Wait: wait})}
}
