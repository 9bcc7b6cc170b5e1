package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func retell(t *testing.T, events ...string) (bool, string) {
	t.Helper()
	var said strings.Builder
	passed, err := report(strings.NewReader(strings.Join(events, "\n")), &said)
	require.NoError(t, err)
	return passed, said.String()
}

func TestAPassingPackageIsOneLine(t *testing.T) {
	t.Parallel()
	passed, said := retell(
		t,
		`{"Action":"run","Package":"a/b","Test":"TestX"}`,
		`{"Action":"output","Package":"a/b","Test":"TestX","Output":"=== RUN   TestX\n"}`,
		`{"Action":"output","Package":"a/b","Test":"TestX","Output":"    x_test.go:3: chatter\n"}`,
		`{"Action":"pass","Package":"a/b","Test":"TestX","Elapsed":0.1}`,
		`{"Action":"output","Package":"a/b","Output":"PASS\n"}`,
		`{"Action":"pass","Package":"a/b","Elapsed":0.25}`,
	)
	require.True(t, passed)
	require.Equal(t, "ok    a/b  0.2s\n", said)
}

func TestAFailingTestIsRetoldWholly(t *testing.T) {
	t.Parallel()
	passed, said := retell(
		t,
		`{"Action":"output","Package":"a/b","Test":"TestX","Output":"=== RUN   TestX\n"}`,
		`{"Action":"output","Package":"a/b","Test":"TestX","Output":"    x_test.go:3: want 1, have 2\n"}`,
		`{"Action":"output","Package":"a/b","Test":"TestX","Output":"--- FAIL: TestX (0.10s)\n"}`,
		`{"Action":"fail","Package":"a/b","Test":"TestX","Elapsed":0.1}`,
		`{"Action":"fail","Package":"a/b","Elapsed":0.1}`,
	)
	require.False(t, passed)
	require.Equal(t, "    x_test.go:3: want 1, have 2\n--- FAIL: TestX (0.10s)\nFAIL  a/b  0.1s\n", said)
}

func TestASkippedTestFails(t *testing.T) {
	t.Parallel()
	passed, said := retell(
		t,
		`{"Action":"output","Package":"a/b","Test":"TestX","Output":"    x_test.go:3: no database\n"}`,
		`{"Action":"output","Package":"a/b","Test":"TestX","Output":"--- SKIP: TestX (0.00s)\n"}`,
		`{"Action":"skip","Package":"a/b","Test":"TestX"}`,
		`{"Action":"pass","Package":"a/b","Elapsed":0.1}`,
	)
	require.False(t, passed)
	require.Contains(t, said, "a/b TestX: x_test.go:3: no database")
}

func TestAPackageWithoutTestsIsNotASkip(t *testing.T) {
	t.Parallel()
	passed, said := retell(
		t,
		`{"Action":"output","Package":"a/b","Output":"?   \ta/b\t[no test files]\n"}`,
		`{"Action":"skip","Package":"a/b"}`,
	)
	require.True(t, passed)
	require.Empty(t, said)
}

func TestAPackageThatDoesNotCompileFails(t *testing.T) {
	t.Parallel()
	passed, said := retell(
		t,
		`{"ImportPath":"a/b","Action":"build-output","Output":"b.go:1: undefined: x\n"}`,
		`{"ImportPath":"a/b","Action":"build-fail"}`,
		`{"Action":"output","Package":"a/b","Output":"FAIL\ta/b [build failed]\n"}`,
		`{"Action":"fail","Package":"a/b","FailedBuild":"a/b"}`,
	)
	require.False(t, passed)
	require.Contains(t, said, "undefined: x")
}

func TestAFigureATestReportsIsShown(t *testing.T) {
	t.Parallel()
	_, said := retell(t, `{"Action":"attr","Package":"a/b","Test":"TestX","Key":"history_events","Value":"58"}`)
	require.Equal(t, "      TestX: history_events = 58\n", said)
}
