package up

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/devstack/demo"
	"github.com/dengpan/dengpan/devstack/files"
	"github.com/dengpan/dengpan/devstack/stack"
	"github.com/dengpan/dengpan/devstack/testbed"
)

// TestMain lets this test program be the stack's own services.
func TestMain(m *testing.M) {
	stack.RunRole()
	os.Exit(m.Run())
}

// What `make run` promises: every case of the demonstration ends as it is meant to, the next run finds
// the data, and no process is left behind.
func TestTheDemonstrationReachesItsEndsAndIsThereTheNextDay(t *testing.T) {
	t.Parallel()
	dir := testbed.Folder(t)
	// By a path in the folder, so that its processes can be told from others.
	program := filepath.Join(dir, "bin", "dengpan")
	require.NoError(t, os.Mkdir(filepath.Dir(program), 0o755))
	require.NoError(t, os.Symlink(testbed.Program(t), program))
	options := parse(t, "--dir", dir, "--program", program, "--exit-when-done", "--plain",
		"--api-address", testbed.Address(t), "--worker-address", testbed.Address(t), "--signer-address", testbed.Address(t), "--institution-address", testbed.Address(t),
		"--temporal-address", testbed.Address(t), "--temporal-ui-address", testbed.Address(t), "--provider-address", testbed.Address(t), "--mail-address", testbed.Address(t), "--registry-address", testbed.Address(t), "--sms-address", testbed.Address(t), "--bureau-address", testbed.Address(t))
	options.DatabaseURL, options.TemporalAddress = "", ""

	before := time.Now()
	require.NoError(t, Run(t.Context(), options)) // it also fails when a case ends otherwise than meant
	t.Logf("thirty cases took %s", time.Since(before).Round(time.Second))
	first := recorded(t, dir)
	require.Len(t, first.Trainees, 30)
	for _, trainee := range first.Trainees {
		require.NotEmpty(t, trainee.CaseID, trainee.Name)
	}
	require.Empty(t, processesNaming(t, dir))

	before = time.Now()
	require.NoError(t, Run(t.Context(), options))
	require.Less(t, time.Since(before), time.Minute, "the cases were taken in anew")
	require.Equal(t, first, recorded(t, dir))
	require.Empty(t, processesNaming(t, dir))
}

func recorded(t *testing.T, dir string) demo.Record {
	t.Helper()
	path := filepath.Join(dir, demo.RecordFile)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it holds tokens")
	var record demo.Record
	require.NoError(t, files.ReadJSON(path, &record))
	return record
}

// processesNaming lists the processes whose command line or working directory has the folder in it.
func processesNaming(t *testing.T, dir string) []string {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*")
	require.NoError(t, err)
	var found []string
	for _, process := range all {
		command, _ := os.ReadFile(filepath.Join(process, "cmdline"))
		where, _ := os.Readlink(filepath.Join(process, "cwd"))
		if strings.Contains(string(command)+where, dir) {
			found = append(found, strings.ReplaceAll(string(command), "\x00", " "))
		}
	}
	return found
}
