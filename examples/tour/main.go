// Tour shows the four clients at work, against fakes of their platforms that it starts in process: calls to each of them,
// a walk through 450 releases, a repeated failure, an error of each shape and a webhook.
//
//	go run ./examples/tour              a table
//	go run ./examples/tour -json        one JSON object for each call
//	go run ./examples/tour -live NAME   the reading calls of one platform, against the real one
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	asJSON := flag.Bool("json", false, "print one JSON object for each call")
	live := flag.String("live", "", "call the real `platform`: cargo, releases, versori or licensing")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, *asJSON, *live)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "tour:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, asJSON bool, live string) error {
	report := &report{out: out, asJSON: asJSON}
	defer report.flush()
	if live != "" {
		return liveTour(ctx, report, live)
	}
	p := startPlatforms(report)
	defer p.close()
	for _, part := range []struct {
		title string
		run   func(context.Context, *platforms) error
	}{
		{"Calls to each platform", callEach},
		{"450 releases, page by page", walk},
		{"A failure that is repeated", repeated},
		{"An error of each shape", errorShapes},
		{"A webhook, from the update to the handler", webhook},
	} {
		report.part(part.title)
		if err := part.run(ctx, p); err != nil {
			return fmt.Errorf("%s: %w", part.title, err)
		}
	}
	if problems := p.problems(); len(problems) > 0 {
		return fmt.Errorf("the fakes found what breaks their documents: %q", problems)
	}
	return nil
}
