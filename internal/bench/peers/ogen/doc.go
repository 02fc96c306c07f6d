// Package ogen is ogen's client of the document, with its default settings.
package ogen

//go:generate go tool ogen --target . --package ogen --config config.yaml --clean ../../openapi.yaml
