package constructs

import (
	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/transport"
)

// WithScope names the document's only scope, which all of its paths start with.
func WithScope(id string) sdk.Option { return sdk.WithScope("scope_id", id) }

func platform() transport.Platform { return described() }
