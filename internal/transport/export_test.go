package transport

import "net/http"

// NewTransport is the transport that the calls of clients without one of the user's go over.
func NewTransport() http.RoundTripper { return newTransport().calls }
