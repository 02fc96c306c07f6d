package transport

// NewTransport is the transport that clients without one of the user's get.
var NewTransport = newTransport
