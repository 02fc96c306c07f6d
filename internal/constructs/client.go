package constructs

import (
	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/transport"
)

// New makes the services of the document's only scope, "main", for tests elsewhere of what no platform has.
func New(opts ...sdk.Option) (*Services, error) {
	platform := transport.Platform{Name: "constructs", BaseURL: "https://constructs.example", Scoped: []string{"scope_id"}}
	t, err := transport.New(platform, append([]sdk.Option{sdk.WithScope("scope_id", "main")}, opts...)...)
	if err != nil {
		return nil, err
	}
	services := newServices(t)
	return &services, nil
}
