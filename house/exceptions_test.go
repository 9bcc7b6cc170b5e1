package house_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	exceptionRow = regexp.MustCompile(`(?m)^\| (X-\d\d) \| .* \| (.*) \|$`)
	laterWork    = regexp.MustCompile(`[Pp]lanned with (trainees|classes|operators)\b`)
)

// The catalogue of what goes wrong has 52 entries. What is built is held by a test; the rest names the work that will build it.
func TestEveryExceptionNamesItsTestOrTheWorkThatWillBuildIt(t *testing.T) {
	t.Parallel()
	const known = 52
	rows := exceptionRow.FindAllStringSubmatch(read(t, "docs/exceptions.md"), -1)
	require.Len(t, rows, known)
	for i, row := range rows {
		require.Equal(t, fmt.Sprintf("X-%02d", i+1), row[1])
		require.True(t, testName.MatchString(row[2]) || laterWork.MatchString(row[2]), "%s names neither a test nor a later work", row[1])
	}
}
