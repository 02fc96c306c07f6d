// Package ogen is ogen's client of the document, without its server and without tracing, which
// would cost it some 6,000 instructions a call.
package ogen

//go:generate go tool ogen --target . --package ogen --config config.yaml --clean ../../openapi.yaml
