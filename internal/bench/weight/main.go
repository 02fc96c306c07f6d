//go:build unix

// Command weight measures what one typed call costs a program, with each vendor package: the modules it links, the bytes
// it adds to a program that only uses net/http, and what compiling it takes when nothing but the standard library has been
// compiled before.
//
//	go run -C internal/bench ./weight
//
// It ends with status 1 if anything is beyond its limit. Seconds of a busy machine are longer ones; -seconds=false leaves
// them out of the judgement. The programs are those in .ci/consumer.
package main

import (
	"flag"
	"fmt"
	"os"
)

// limit is the most that a program may cost.
type limit struct {
	modules int
	bytes   int64   // stripped, over hello
	seconds float64 // of all processors together
	memory  int64   // bytes, of the largest process
}

// cargo is the package with the most code; the others must do with half.
var limits = map[string]limit{
	"cargo":     {6, 1_500_000, 15, 700_000_000},
	"releases":  {6, 1_500_000, 7.5, 350_000_000},
	"versori":   {6, 1_500_000, 7.5, 350_000_000},
	"licensing": {6, 1_500_000, 7.5, 350_000_000},
}

func main() {
	judgeSeconds := flag.Bool("seconds", true, "fail for the seconds too")
	flag.Parse()
	ok, err := run(*judgeSeconds)
	if err != nil {
		fmt.Fprintln(os.Stderr, "weight:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

func run(judgeSeconds bool) (ok bool, err error) {
	s, err := newScale()
	if err != nil {
		return false, err
	}
	defer s.close()
	hello, err := s.weigh("hello")
	if err != nil {
		return false, err
	}
	fmt.Printf("A program that only uses net/http has %.2f MB.\n\n", float64(hello.bytes)/1e6)
	fmt.Println("| program | modules | stripped, over that | compile | peak memory |\n|---|--:|--:|--:|--:|")
	ok = true
	for _, name := range []string{"cargo", "releases", "versori", "licensing"} {
		w, err := s.weigh(name)
		if err != nil {
			return false, err
		}
		w.bytes -= hello.bytes
		fmt.Printf("| %s | %d | %.2f MB | %.1f CPU s | %d MB |\n", name, w.modules, float64(w.bytes)/1e6, w.seconds, w.memory/1e6)
		most := limits[name]
		if w.modules > most.modules || w.bytes > most.bytes || w.memory > most.memory || judgeSeconds && w.seconds > most.seconds {
			fmt.Fprintf(os.Stderr, "weight: %s is beyond %d modules, %.2f MB, %.1f CPU s or %d MB\n",
				name, most.modules, float64(most.bytes)/1e6, most.seconds, most.memory/1e6)
			ok = false
		}
	}
	return ok, nil
}
