package integration_test

import (
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/identity"
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

// Whoever complains has a request's id; the log of each process knows it.
func TestARequestIsFoundFromTheInterfacesLogToTheWorkers(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{silent: true})
	const id = "complaint-0815"
	body := strings.NewReader(fmt.Sprintf(`{"name":"赵演示","id_number":%q,"occupation":"big-data","level":"junior","training_body":"ouc",
		"evaluation_body":"miit-education-exam","applicant":{"category":"in_post",
		"education":[{"degree":"bachelor","related_major":true,"full_time":true,"graduated_on":"2012-07-01"}]}}`,
		identity.Synthetic(77, born).Number()))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/v1/cases", body)
	require.NoError(t, err)
	for name, value := range map[string]string{
		"Authorization": "Bearer " + s.operator, "Content-Type": "application/json", "Idempotency-Key": "k", "X-Request-Id": id,
	} {
		request.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	content, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusCreated, answer.StatusCode, "%s", content)
	require.Contains(t, s.log(t, "api"), `"request_id":"`+id+`"`)
	require.Eventually(t, func() bool { return strings.Contains(s.log(t, "worker"), `"request_id":"`+id+`"`) }, time.Minute, 50*time.Millisecond)
	require.NotContains(t, s.log(t, "worker"), "赵演示")
}
