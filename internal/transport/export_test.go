package transport

import "net/http"

// NewTransport is the transport that the calls of clients without one of the user's go over.
func NewTransport() http.RoundTripper { return newTransport().calls }

// RoomForBodies is how large the buffer is that the next answer's body would be read into.
func RoomForBodies(c *Client) int { return cap(c.s.shared.buffer().b) }
