package versoritest_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori/versoritest"
)

func TestFaultsThatNameAStatusCarryThePlatformsBody(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 403, 404, 409, 429, 500, 503} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			s := versoritest.NewServer(t)
			s.Inject("Flows.Update", fault.Status(status))
			_, err := s.Client(sdk.WithMaxAttempts(1)).Flows.Update(t.Context(), project, "orders", plainFlow("orders"))
			wantAnswer(t, err, status, fmt.Sprintf(`{"code":"%d001","message":%q}`, status, http.StatusText(status)))
			_, ok := s.Flow(organisation, project, "orders")
			assert.Equal(t, "stored", ok, false)
		})
	}
}

func TestUpdateIsRepeatedAfterFaults(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	s.Inject("Flows.Update", fault.Status(503), fault.ResetAfterHandling())
	answer := update(t, s.Client(), "orders", plainFlow("orders"))
	stored, _ := s.Flow(organisation, project, "orders")
	assert.Equal(t, "id", answer.ID, stored.ID)
	assert.Equal(t, "requests", len(s.Requests()), 3)
}
