// Package faults holds the tests that show what a client survives: each behaviour and fault of docs/FAULTS.md has one,
// named after its number, that drives a public method of a vendor package.
package faults
