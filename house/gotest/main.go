// Command gotest runs `go test` with the arguments it is given and says what a person wants to know: one line for each
// package, everything a failing test wrote, and the attributes tests report (testing.T.Attr: a figure, a seed).
//
// It fails where `go test` would stay silent: a skipped test is a promise not checked.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// event is one line of `go test -json` (see `go doc test2json`); a build's lines name the package in ImportPath.
//
//nolint:tagliatelle // test2json's names
type event struct {
	Action     string  `json:"Action"`
	Package    string  `json:"Package"`
	ImportPath string  `json:"ImportPath"`
	Test       string  `json:"Test"`
	Output     string  `json:"Output"`
	Key        string  `json:"Key"`
	Value      string  `json:"Value"`
	Elapsed    float64 `json:"Elapsed"` // seconds
}

func main() {
	args := append([]string{"test", "-json"}, os.Args[1:]...)
	cmd := exec.Command("go", args...) //nolint:gosec,noctx // runs what the Makefile asks for, until it is done
	cmd.Stderr = os.Stderr
	events, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gotest:", err)
		os.Exit(1)
	}
	verdict, readErr := report(events, os.Stdout)
	err = cmd.Wait()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		os.Exit(exit.ExitCode())
	case err != nil || readErr != nil:
		fmt.Fprintln(os.Stderr, "gotest:", errors.Join(err, readErr))
		os.Exit(1)
	case !verdict:
		os.Exit(1)
	}
}

// report retells the events to w and reports whether every test ran and passed.
func report(events io.Reader, w io.Writer) (bool, error) {
	r := reporter{w: w, output: map[string][]string{}}
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			r.line(line)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return false, fmt.Errorf("read the events: %w", err)
		}
	}
	if len(r.skipped) > 0 {
		fmt.Fprintf(w, "\nFAIL: skipped, so not checked:\n  %s\n", strings.Join(r.skipped, "\n  "))
	}
	return !r.failed && len(r.skipped) == 0, nil
}

type reporter struct {
	w       io.Writer
	output  map[string][]string // what each test of each package wrote, until it ends
	skipped []string
	failed  bool
}

func (r *reporter) line(line []byte) {
	var e event
	if err := json.Unmarshal(line, &e); err != nil {
		_, _ = r.w.Write(line) // the go command itself speaking
		return
	}
	name := e.Package + "\x00" + e.Test
	switch e.Action {
	case "output":
		r.output[name] = append(r.output[name], e.Output)
	case "build-output":
		fmt.Fprint(r.w, e.Output)
	case "attr":
		fmt.Fprintf(r.w, "      %s: %s = %s\n", e.Test, e.Key, e.Value)
	case "skip":
		// A package without test files is reported as skipped too; that is not a test.
		if e.Test != "" {
			r.skipped = append(r.skipped, e.Package+" "+e.Test+": "+strings.TrimSpace(reason(r.output[name])))
		}
		delete(r.output, name)
	case "fail", "build-fail":
		r.failed = true
		r.tell(name)
		if e.Test == "" && e.Package != "" {
			fmt.Fprintf(r.w, "FAIL  %s  %.1fs\n", e.Package, e.Elapsed)
		}
	case "pass":
		if e.Test == "" {
			r.passed(e, r.output[name])
		}
		delete(r.output, name)
	}
}

func (r *reporter) tell(name string) {
	for _, line := range r.output[name] {
		if !strings.HasPrefix(line, "=== ") {
			fmt.Fprint(r.w, line)
		}
	}
	delete(r.output, name)
}

func (r *reporter) passed(e event, output []string) {
	cached := slices.ContainsFunc(output, func(line string) bool { return strings.Contains(line, "\t(cached)") })
	if cached {
		fmt.Fprintf(r.w, "ok    %s  (cached)\n", e.Package)
		return
	}
	fmt.Fprintf(r.w, "ok    %s  %.1fs\n", e.Package, e.Elapsed)
}

// reason is what a test said when it skipped.
func reason(output []string) string {
	for _, line := range slices.Backward(output) {
		if trimmed := strings.TrimSpace(line); trimmed != "" && !strings.HasPrefix(trimmed, "--- ") && !strings.HasPrefix(trimmed, "=== ") {
			return trimmed
		}
	}
	return "no reason given"
}
