package integration_test

import (
	"database/sql"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // to ask the record directly, past the product's own code
	"github.com/stretchr/testify/require"
)

// requireRightEnd checks in the record itself that cases that went well did so once: nothing lost, nothing doubled.
func (s *system) requireRightEnd(t testing.TB, all []trainee) {
	t.Helper()
	db, err := sql.Open("pgx", s.cluster.URL("dengpan"))
	require.NoError(t, err)
	defer db.Close()
	for _, who := range all {
		// What a killed process was forwarding is somebody else's once its lease is over.
		eventually(t, time.Minute, func() bool {
			var left int
			err := db.QueryRowContext(t.Context(),
				`SELECT count(*) FROM inbox WHERE case_id = $1 AND forwarded_at IS NULL`, who.caseID).Scan(&left)
			return err == nil && left == 0
		}, func() string { return "something is left in the inbox of case " + who.caseID })
		for _, check := range []struct {
			promise string
			query   string
			want    int
		}{
			{"one outcome, and the right one", `SELECT count(*) FROM cases WHERE id = $1 AND outcome = 'mapped'`, 1},
			{"two certificates", `SELECT count(*) FROM certificates WHERE case_id = $1`, 2},
			{"five tasks", `SELECT count(*) FROM tasks WHERE case_id = $1`, 5},
			{"each answered", `SELECT count(*) FROM tasks WHERE case_id = $1 AND state = 'answered'`, 5},
			{"one answer each", `SELECT count(*) FROM task_answers a JOIN tasks t ON t.id = a.task_id WHERE t.case_id = $1`, 5},
			{"one event each", `SELECT count(*) FROM outbox WHERE case_id = $1`, 5},
			{"three marks", `SELECT count(*) FROM assessments WHERE case_id = $1`, 3},
			{"the standard's hours, once", `SELECT coalesce(sum(seconds), 0)::int / 2700 FROM hour_entries WHERE case_id = $1`, 80},
			{"credited once", `SELECT coalesce(sum(hours), 0)::int FROM ce_entries WHERE case_id = $1`, 80},
			{"no incident", `SELECT count(*) FROM incidents WHERE case_id = $1`, 0},
			{"no stage left open", `SELECT count(*) FROM case_stages WHERE case_id = $1 AND state <> 'done'`, 0},
			{"a dense timeline", `SELECT max(seq) - count(*)::int FROM case_events WHERE case_id = $1`, 0},
			{"certificates told of once", `SELECT count(*) FROM case_events WHERE case_id = $1 AND kind = 'certificate_issued'`, 2},
			{"one ending", `SELECT count(*) FROM case_events WHERE case_id = $1 AND kind = 'case_ended'`, 1},
		} {
			var got int
			require.NoError(t, db.QueryRowContext(t.Context(), check.query, who.caseID).Scan(&got))
			require.Equal(t, check.want, got, "%s: case %s", check.promise, who.caseID)
		}
	}
}
