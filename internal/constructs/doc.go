// Package constructs is generated from a small document that holds every construct the generator knows. It is the golden
// output of the generator's tests, and its own tests call what is generated, against a server that checks each exchange
// with the document.
package constructs
