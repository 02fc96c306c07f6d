// Package sdk holds the words that all Wharfinger clients share: options, errors, optional members, secrets and hooks.
//
// It knows no platform. A client comes from one of the vendor packages, and everything here serves all four of them:
//
//	client, err := licensing.New(sdk.WithToken(os.Getenv("CRYPTLEX_TOKEN")), sdk.WithMaxElapsed(time.Minute))
//
// # Options
//
// One type, [Option], serves both a client and a single call. A call's options are laid over the client's for that call
// alone. An option with a value that can't be meant gives an error from New or from the call, before anything is sent.
//
// # Models
//
// One type serves both directions. Members that may be left out or be null are [Optional]; what a model doesn't declare, or
// can't hold, is kept in its [Extra] and sent back. Copying a model is safe; comparing two with == isn't possible.
//
// Reading is lenient: null is taken for any member, times with or without a zone (then UTC), and enum values, members and
// shapes that are new are kept. Writing is strict: what the platform requires must be there before a request is sent.
//
// # Errors
//
// Every error that a call returns is an [*Error]: the server's answer decoded, or, with Status 0, what kept the call
// from getting one. Sentinels such as [ErrNotFound] and [ErrRateLimited] work with [errors.Is], and so do
// [context.Canceled] and [context.DeadlineExceeded], also where a call was cancelled while it waited to repeat a request:
// such an error has both the server's status and the context's error.
//
// # Repeats
//
// A request is repeated only where that can do no harm: reading, replacing and deleting after a failure of the network
// or a status of 408, 425, 429, 500, 502, 503 and 504; anything else only if it never left this machine, if the server
// says over HTTP/2 that it did nothing with it, or if the server itself asked for it by 429, or by 503 with Retry-After.
// See [WithMaxAttempts], [WithBackoff], [WithMaxRetryAfter], [WithMaxElapsed], [WithAttemptTimeout] and
// [WithRetryBudget].
//
// # Secrets
//
// Tokens are [Secret] values: no formatting verb, log line or error shows them. They are sent to the origin of the base
// URL alone, and over plain http to loopback alone, unless [WithPlainHTTP] says otherwise.
package sdk
