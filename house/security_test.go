package house_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	securityRow = regexp.MustCompile(`(?m)^\| ([0-9]+\.[0-9]+\.[0-9]+(?:, [0-9]+\.[0-9]+\.[0-9]+)*) \| (.*) \|$`)
	tested      = regexp.MustCompile("(?s)## Held, and tested\n(.*?)\n## ")
)

// The numbers are those of levels 1 and 2 of version 5.0.0.
func TestEveryRequirementOfTheStandardIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	listed, err := os.ReadFile("testdata/asvs-5.0.0-levels-1-and-2.txt")
	require.NoError(t, err)
	var answered []string
	for _, row := range securityRow.FindAllStringSubmatch(read(t, "docs/security.md"), -1) {
		answered = append(answered, strings.Split(row[1], ", ")...)
	}
	require.ElementsMatch(t, strings.Fields(string(listed)), answered)
}

func TestWhatIsSaidToBeTestedNamesATest(t *testing.T) {
	t.Parallel()
	table := tested.FindStringSubmatch(read(t, "docs/security.md"))
	require.NotNil(t, table)
	rows := securityRow.FindAllStringSubmatch(table[1], -1)
	require.Greater(t, len(rows), 30)
	for _, row := range rows {
		require.Regexp(t, testName, row[2], row[1])
	}
}
