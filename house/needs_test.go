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
	// A machine that has what the product needs and nothing else, and nothing to install more with.
	bare := t.TempDir()
	for _, program := range []string{"sh", "go", "node", "npm", "awk", "cut", "dirname", "id", "sed", "tr"} {
		path, err := exec.LookPath(program)
		require.NoError(t, err)
		require.NoError(t, os.Symlink(path, filepath.Join(bare, program)))
	}
	needs := exec.CommandContext(t.Context(), filepath.Join(root, "deploy", "needs"), "test")
	needs.Env = append(os.Environ(), "PATH="+bare, "DENGPAN_CHROMIUM=", "DATABASE_URL=postgres://elsewhere/")
	said, err := needs.CombinedOutput()
	require.Error(t, err)
	for _, missing := range []string{"chromium", "poppler-utils", "qpdf", "openssl", "softhsm2", "gcc"} {
		require.Regexp(t, `missing: .*\b`+missing+`\b`, string(said))
	}
}
