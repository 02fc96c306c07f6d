package versori

import (
	"testing"

	"github.com/wharfinger/sdk/internal/samples"
)

// FuzzModels holds the codecs of this package against encoding/json.
func FuzzModels(f *testing.F) { samples.Fuzz(f, documented()) }
