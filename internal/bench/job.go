package bench

import (
	"context"
	"fmt"
)

// Runner is a client at work. What the methods give back comes out of what the client decoded, so that none can leave
// work out unnoticed.
type Runner interface {
	// Get reads one release and gives its tag.
	Get(ctx context.Context, id string) (tag string, err error)
	// Page reads one page of PageSize releases from cursor on, empty for the first.
	Page(ctx context.Context, cursor string) (Tally, error)
	// All reads all releases by cursor.
	All(ctx context.Context) (Tally, error)
	// Create sends a tag and a description, and gives the id of the release that was made.
	Create(ctx context.Context, tag, description string) (id string, err error)
}

// Tally is what came of reading releases.
type Tally struct {
	Items     int
	Numbers   int // the sum of the numbers of all
	Described int // how many have a description
	Activated int // how many have been activated
}

func (t *Tally) add(number int, described, activated bool) {
	t.Items++
	t.Numbers += number
	if described {
		t.Described++
	}
	if activated {
		t.Activated++
	}
}

// Job is one of the things that a runner is measured at.
type Job struct {
	Name string
	What string
	// Run does the job once and reports a result that isn't right.
	Run func(ctx context.Context, r Runner) error
}

// Jobs are the four jobs.
func Jobs() []Job {
	return []Job{
		{"get", "one small get", get},
		{"post", "a post with a body", post},
		{"page", "a page of 200 items", page},
		{"items", "10,000 items by cursor", items},
	}
}

func get(ctx context.Context, r Runner) error {
	tag, err := r.Get(ctx, releaseID)
	return check(tag, releaseTag, err)
}

func post(ctx context.Context, r Runner) error {
	id, err := r.Create(ctx, releaseTag, description)
	return check(id, releaseID, err)
}

func page(ctx context.Context, r Runner) error {
	tally, err := r.Page(ctx, "")
	return check(tally, expected(1), err)
}

func items(ctx context.Context, r Runner) error {
	tally, err := r.All(ctx)
	return check(tally, expected(Pages), err)
}

func check[T comparable](got, want T, err error) error {
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("the result is %v, not %v", got, want)
	}
	return nil
}
