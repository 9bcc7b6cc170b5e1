package house_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatAMachineLacksForTheTestsIsNamed(t *testing.T) {
	t.Parallel()
	said, err := needs(t)
	require.Error(t, err)
	for _, missing := range []string{"chromium-headless-shell", "poppler-utils", "qpdf", "openssl", "softhsm2", "gcc"} {
		require.Regexp(t, `missing: .*\b`+missing+`\b`, said)
	}
}

func TestTheTestsMakeDoWithABrowserThatHasWindows(t *testing.T) {
	t.Parallel()
	readers := []string{"pdfsig", "qpdf", "openssl", "softhsm2-util", "cc"}
	said, err := needs(t, append(readers, "chromium")...)
	require.NoError(t, err, said)
	require.Contains(t, said, "missing: chromium-headless-shell")
	said, err = needs(t, append(readers, "chromium-headless-shell")...)
	require.NoError(t, err, said)
	require.NotContains(t, said, "chromium")
	_, err = needs(t, readers...)
	require.Error(t, err)
}

// needs asks what is missing on a machine that has what the product needs, some programs and nothing else, and nothing to
// install more with.
func needs(t *testing.T, programs ...string) (said string, err error) {
	t.Helper()
	bare := t.TempDir()
	for _, program := range []string{"sh", "go", "node", "npm", "awk", "cut", "dirname", "id", "sed", "tr"} {
		path, err := exec.LookPath(program)
		require.NoError(t, err)
		require.NoError(t, os.Symlink(path, filepath.Join(bare, program)))
	}
	for _, program := range programs {
		require.NoError(t, os.Symlink("/bin/true", filepath.Join(bare, program)))
	}
	script := exec.CommandContext(t.Context(), filepath.Join(root, "deploy", "needs"), "test")
	script.Env = append(os.Environ(), "PATH="+bare, "DENGPAN_CHROMIUM=", "DATABASE_URL=postgres://elsewhere/")
	output, err := script.CombinedOutput()
	return string(output), err
}
