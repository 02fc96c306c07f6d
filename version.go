package sdk

// Version is this module's, as it stands in the User-Agent header.
const Version = "0.1.0"
