// Package bench races this SDK against what its users would otherwise write or generate: the same four jobs on the same
// document, over a transport that answers from memory and over loopback.
//
//	go test -bench . ./...          one benchmark for each job and runner
//	go run ./compare                all of them interleaved, as ratios to the client written by hand
//	go run ./weight                 what one typed call costs a program: modules, bytes, compile time
//
// The document is cut from the platform's own, and the clients in peers are generated from it, by the commands that stand
// beside them.
package bench

//go:generate go run ./cut ../../openapi/releases.yaml openapi.yaml
