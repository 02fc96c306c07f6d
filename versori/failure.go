package versori

import (
	"context"
	"errors"

	"github.com/wharfinger/sdk"
)

// failure is what a helper of several calls fails with where no single call failed: it names the helper as the operation,
// so that all errors of this package can be looked into in one way. cause may be nil.
func failure(operation, message string, cause error) error {
	e := &sdk.Error{Service: "versori", Operation: operation, Message: message}
	return e.Wrap(cause)
}

// refusal is a failure before anything was sent, because of what the caller gave.
func refusal(operation, message string) error {
	return failure(operation, message, sdk.ErrInvalidRequest)
}

// ended is why a context ended: its error, and the cause that was given with it.
func ended(ctx context.Context) error {
	err := ctx.Err()
	if cause := context.Cause(ctx); cause != err {
		return errors.Join(err, cause)
	}
	return err
}
