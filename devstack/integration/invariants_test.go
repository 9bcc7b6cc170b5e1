package integration_test

import (
	"database/sql"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // to ask the record directly, past the product's own code
	"github.com/stretchr/testify/require"
)

// check is a number that the record must hold of a case.
type check struct {
	promise string
	query   string
	want    int
}

// requireRightEnd checks in the record itself that cases that went well did so once: nothing lost, nothing doubled.
func (s *system) requireRightEnd(t testing.TB, all []trainee) {
	t.Helper()
	db := s.database(t)
	for _, who := range all {
		// What a killed process was forwarding is somebody else's once its lease is over.
		eventually(t, time.Minute, func() bool {
			var left int
			err := db.QueryRowContext(t.Context(),
				`SELECT count(*) FROM inbox WHERE case_id = $1 AND forwarded_at IS NULL`, who.caseID).Scan(&left)
			return err == nil && left == 0
		}, func() string { return "something is left in the inbox of case " + who.caseID })
		requireAll(t, db, who, []check{
			{"one outcome, and the right one", `SELECT count(*) FROM cases WHERE id = $1 AND outcome = 'mapped'`, 1},
			{"two certificates", `SELECT count(*) FROM certificates WHERE case_id = $1`, 2},
			{"both valid", `SELECT count(*) FROM certificates WHERE case_id = $1 AND status = 'valid'`, 2},
			{"a signed document each", `SELECT count(*) FROM certificate_documents d JOIN certificates c ON c.id = d.certificate_id
				WHERE c.case_id = $1 AND d.state = 'signed'`, 2},
			{"prepared once, issued once", `SELECT count(*) FROM certificate_changes h JOIN certificates c ON c.id = h.certificate_id
				WHERE c.case_id = $1`, 4},
			{"no number for nothing", `SELECT (SELECT sum(last) FROM certificate_numbers)::int - count(*)::int FROM certificates
				WHERE $1::uuid IS NOT NULL`, 0},
			{"their issuers told once each", `SELECT count(*) FROM outbox WHERE case_id = $1 AND kind = 'certificate.issued'`, 2},
			{"five tasks", `SELECT count(*) FROM tasks WHERE case_id = $1`, 5},
			{"each answered", `SELECT count(*) FROM tasks WHERE case_id = $1 AND state = 'answered'`, 5},
			{"one answer each", `SELECT count(*) FROM task_answers a JOIN tasks t ON t.id = a.task_id WHERE t.case_id = $1`, 5},
			{"one event each", `SELECT count(*) FROM outbox WHERE case_id = $1 AND kind LIKE 'task.%'`, 5},
			{"three marks", `SELECT count(*) FROM assessments WHERE case_id = $1`, 3},
			{"attendance taken once", `SELECT count(*) FROM attendance JOIN session_roster USING (session_id, person_id)
				WHERE case_id = $1`, 10},
			// A calendar as fast as this one may pass a deadline while something is killed. That fails nobody, and is over
			// with the answer.
			{"it was stuck on nothing but time", `SELECT count(*) FROM incidents WHERE case_id = $1 AND holds AND cause <> 'task_overdue'`, 0},
			{"and is stuck no more", `SELECT count(*) FROM incidents WHERE case_id = $1 AND holds AND state <> 'closed'`, 0},
			{"no stage left open", `SELECT count(*) FROM case_stages WHERE case_id = $1 AND state <> 'done'`, 0},
			{"a dense timeline", `SELECT max(seq) - count(*)::int FROM case_events WHERE case_id = $1`, 0},
			{"certificates told of once", `SELECT count(*) FROM case_events WHERE case_id = $1 AND kind = 'certificate_issued'`, 2},
			{"one ending", `SELECT count(*) FROM case_events WHERE case_id = $1 AND kind = 'case_ended'`, 1},
		})
		s.requireLedger(t, who, 80)
	}
}

// requireLedger checks in the record itself that a case's hours are what they should be, and rest on what they should.
func (s *system) requireLedger(t testing.TB, who trainee, hours int) {
	t.Helper()
	requireAll(t, s.database(t), who, []check{
		{"the standard's hours stand", `SELECT coalesce(sum(seconds), 0)::int / 2700 FROM hour_entries
			JOIN hour_claims ON entry_id = id WHERE case_id = $1`, hours},
		{"and are the sum of all entries", `SELECT coalesce(sum(seconds), 0)::int / 2700 FROM hour_entries WHERE case_id = $1`, hours},
		{"each entry rests on a session and evidence, and somebody vouches", `SELECT count(*) FROM hour_entries
			WHERE case_id = $1 AND (session_id IS NULL OR jsonb_array_length(evidence) = 0 OR reporter = '')`, 0},
		{"no instant twice", `SELECT count(*) FROM hour_claims a JOIN hour_claims b USING (person_id)
			JOIN hour_entries e ON e.id = a.entry_id
			WHERE e.case_id = $1 AND a.entry_id < b.entry_id AND a.during && b.during`, 0},
		{"no day beyond its cap", `SELECT count(*) FROM (SELECT 1 FROM hour_entries JOIN hour_claims ON entry_id = id
			WHERE case_id = $1 GROUP BY session_date HAVING sum(seconds) > 8 * 2700) beyond`, 0},
		{"credited once", `SELECT coalesce(sum(hours), 0)::int FROM ce_entries WHERE case_id = $1`, hours},
	})
}

// database is the record, to be asked directly.
func (s *system) database(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", s.cluster.URL("dengpan"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func requireAll(t testing.TB, db *sql.DB, who trainee, checks []check) {
	t.Helper()
	for _, check := range checks {
		var got int
		require.NoError(t, db.QueryRowContext(t.Context(), check.query, who.caseID).Scan(&got), check.promise)
		if got != check.want {
			require.Equal(t, check.want, got, "%s: case %s, which was stuck on %q", check.promise, who.caseID, stuckOn(t, db, who))
		}
	}
}

// stuckOn is what a case was ever stuck on, and where.
func stuckOn(t testing.TB, db *sql.DB, who trainee) (causes string) {
	t.Helper()
	require.NoError(t, db.QueryRowContext(t.Context(), `SELECT coalesce(string_agg(stage || ': ' || cause || ' ' || params, '; '), '')
		FROM incidents WHERE case_id = $1`, who.caseID).Scan(&causes))
	return causes
}
