package process_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/devstack/process"
)

func TestNoSecretOfOursIsHandedToAChild(t *testing.T) {
	for _, name := range []string{"DATABASE_URL", "DENGPAN_OWNER_DATABASE_URL", "PGPASSWORD", "SOME_api_TOKEN", "OIDC_CLIENT_SECRET"} {
		t.Setenv(name, "hush")
	}
	t.Setenv("DATABASE_URL_FILE", "/a/path")
	t.Setenv("DENGPAN_DAY", "1s")
	given := strings.Join(process.Environment(), "\n")
	require.NotContains(t, given, "hush")
	require.Contains(t, given, "DATABASE_URL_FILE=/a/path")
	require.Contains(t, given, "DENGPAN_DAY=1s")
	require.Contains(t, given, "PATH=")
}
