package house_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
)

const operations = "docs/operations.md"

// What an operator may do is a table in the code and one in the handbook.
func TestTheHandbookNamesEveryCauseWithItsVerbs(t *testing.T) {
	t.Parallel()
	rows := map[contract.Cause][]string{}
	for line := range strings.SplitSeq(read(t, operations), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 5 {
			continue
		}
		for name := range strings.FieldsSeq(cells[1]) {
			if cause := contract.Cause(strings.Trim(name, "`")); slices.Contains(contract.Causes(), cause) {
				rows[cause] = []string{strings.TrimSpace(cells[2]), strings.TrimSpace(cells[3])}
			}
		}
	}
	for _, cause := range contract.Causes() {
		verbs := make([]string, len(cause.Verbs()))
		for i, verb := range cause.Verbs() {
			verbs[i] = string(verb)
		}
		require.Equal(t, []string{string(cause.Kind()), strings.Join(verbs, ", ")}, rows[cause], "%s names %s", operations, cause)
	}
}

var setting = regexp.MustCompile(`env:"([A-Z_]+)"`)

func TestTheHandbookNamesEverySetting(t *testing.T) {
	t.Parallel()
	settings := setting.FindAllStringSubmatch(read(t, "cmd/dengpan/config.go"), -1)
	require.NotEmpty(t, settings)
	for _, match := range settings {
		require.Contains(t, read(t, operations), "| `"+match[1]+"` |")
	}
}
