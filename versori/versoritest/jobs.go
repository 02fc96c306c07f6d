package versoritest

import (
	"time"

	"github.com/wharfinger/sdk/versori"
)

const (
	jobBegins = 2 * time.Second
	jobEnds   = 10 * time.Second
)

// job is something that the platform does by itself. It goes on each time it is looked at, and by the platform's clock:
// pending at first, running at the first look or after jobBegins, at its end at the second look or after jobEnds.
type job struct {
	started time.Time
	looks   int
	end     versori.AutomationJobStatus // completed or failed
	ended   bool
}

// startJob makes a job that comes to an end of this status.
func startJob(now time.Time, end versori.AutomationJobStatus) job { return job{started: now, end: end} }

// jobAt makes a job of a certain status, which completes if it isn't at its end yet.
func jobAt(now time.Time, status versori.AutomationJobStatus) job {
	j := startJob(now, versori.AutomationJobStatusCompleted)
	switch status {
	case versori.AutomationJobStatusRunning:
		j.looks = 1
	case versori.AutomationJobStatusCompleted, versori.AutomationJobStatusFailed:
		j.end, j.ended = status, true
	}
	return j
}

// look moves the job on by one step.
func (j *job) look() { j.looks++ }

// status is how far the job is. An end stays, whatever becomes of the clock.
func (j *job) status(now time.Time) versori.AutomationJobStatus {
	gone := now.Sub(j.started)
	switch {
	case j.ended || j.looks >= 2 || gone >= jobEnds:
		j.ended = true
		return j.end
	case j.looks == 1 || gone >= jobBegins:
		return versori.AutomationJobStatusRunning
	}
	return versori.AutomationJobStatusPending
}
