package house_test

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var phony = regexp.MustCompile(`(?m)^\.PHONY: (.+)$`)

// What other targets need and get by themselves; nobody types them.
var unlisted = []string{"needs", "web", "tools"}

func TestMakeHelpListsEveryTarget(t *testing.T) {
	t.Parallel()
	help, err := exec.CommandContext(t.Context(), "make", "--no-print-directory", "-C", root, "help").Output()
	require.NoError(t, err)

	declared := phony.FindStringSubmatch(read(t, "Makefile"))
	require.NotNil(t, declared)
	for target := range strings.FieldsSeq(declared[1]) {
		listed := regexp.MustCompile(`(?m)^\s+make ` + target + `\s+\S`).Match(help)
		require.NotEqual(t, slices.Contains(unlisted, target), listed, "make help and the target %s", target)
	}
	for _, promised := range []string{"help", "run", "test", "lint", "migrate", "bench"} {
		require.Regexp(t, `(?m)^\s+make `+promised+`\s`, string(help))
	}
}

func TestTheDefaultTargetIsHelp(t *testing.T) {
	t.Parallel()
	help, err := exec.CommandContext(t.Context(), "make", "--no-print-directory", "-C", root).Output()
	require.NoError(t, err)
	require.Contains(t, string(help), "make run")
}
