package integration_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever may look at a process sees its command line, and more people than one thinks its environment.
func TestNoSecretStandsInTheEnvironmentOfAProcessOrInALog(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{})
	s.register(t, 1)
	secrets := []string{s.operator}
	for _, address := range []string{s.cluster.URL("dengpan"), s.cluster.ApplicationURL("dengpan")} {
		parsed, err := url.Parse(address)
		require.NoError(t, err)
		password, there := parsed.User.Password()
		require.True(t, there)
		secrets = append(secrets, password)
	}
	for _, key := range s.apiKeys {
		secrets = append(secrets, key)
	}
	processes := map[string]int{
		"PostgreSQL": s.cluster.PID(), "Temporal": s.temporal.PID(), "API": s.api.PID(), "worker": s.worker.PID(), "institution": s.institution.PID(),
	}
	for name, pid := range processes {
		for _, file := range []string{"environ", "cmdline"} {
			shown, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
			require.NoError(t, err)
			for _, secret := range secrets {
				require.NotContains(t, string(shown), secret, "%s of %s", file, name)
			}
		}
	}
	logs, err := filepath.Glob(filepath.Join(s.logs, "*.log"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(logs), 4)
	for _, log := range logs {
		content, err := os.ReadFile(log)
		require.NoError(t, err)
		for _, secret := range secrets {
			require.NotContains(t, string(content), secret, log)
		}
	}
}

func TestTheProductRunsAsARoleThatCannotChangeTheAuditLog(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{silent: true})
	db, err := sql.Open("pgx", s.cluster.URL("dengpan"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	var all, others int
	require.NoError(t, db.QueryRowContext(t.Context(), `SELECT count(*), count(*) FILTER (WHERE usename <> 'dengpan_application')
		FROM pg_stat_activity WHERE datname = 'dengpan' AND pid <> pg_backend_pid()`).Scan(&all, &others))
	require.GreaterOrEqual(t, all, 2, "the API and the worker")
	require.Zero(t, others)
	may, err := s.store.MayChangeAudit(t.Context())
	require.NoError(t, err)
	require.False(t, may)
	require.NotContains(t, s.log(t, "api"), "could change the audit log")
}
