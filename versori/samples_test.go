package versori

import (
	"testing"

	"github.com/wharfinger/sdk/internal/samples"
)

// TestSamples runs recorded payloads, where SDK_SAMPLES names a folder of them, through the types of this package.
func TestSamples(t *testing.T) { samples.Run(t, documented()) }
