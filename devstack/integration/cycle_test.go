package integration_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A point of a certificate's cycle is a write of one of its steps. Before it commits, the step is caught in its middle, and a
// kill undoes it; as it commits, a kill falls between it and the next step: it is done, and nobody knows.
type point struct{ table, event, of, when string }

var points = func() (all []point) {
	for _, write := range []struct{ table, event, of string }{
		{"certificates", "INSERT", "NEW.case_id"},
		{"certificate_documents", "INSERT", "(SELECT case_id FROM certificates WHERE id = NEW.certificate_id)"},
		{"certificate_documents", "UPDATE", "(SELECT case_id FROM certificates WHERE id = NEW.certificate_id)"},
		{"outbox", "INSERT", "CASE NEW.kind WHEN 'certificate.issued' THEN NEW.case_id END"},
	} {
		for _, when := range []string{"within", "after"} {
			all = append(all, point{write.table, write.event, write.of, when})
		}
	}
	return all
}()

// TestTheCycleIsKilledBetweenEveryTwoSteps has one case wait at each point of the cycle of its first certificate, and kills the
// worker and the signer while it does.
func TestTheCycleIsKilledBetweenEveryTwoSteps(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{})
	db := s.database(t)
	_, err := db.ExecContext(t.Context(), `
		CREATE TABLE gates (n int PRIMARY KEY, case_id uuid NOT NULL);
		GRANT SELECT ON gates TO PUBLIC;
		CREATE FUNCTION pass_gate(at int, of uuid) RETURNS void LANGUAGE plpgsql AS $$
		BEGIN
			IF EXISTS (SELECT FROM gates WHERE n = at AND case_id = of) THEN
				PERFORM pg_advisory_xact_lock_shared(4711, at);
			END IF;
		END $$`)
	require.NoError(t, err)
	holder, err := db.Conn(t.Context())
	require.NoError(t, err)
	var all []trainee
	s.still(t, func() {
		all = s.registerMany(t, 1, len(points))
		for n, p := range points {
			_, err := holder.ExecContext(t.Context(), "SELECT pg_advisory_lock(4711, $1)", n)
			require.NoError(t, err)
			s.plantGate(t, db, n, p, all[n])
		}
	})
	for struck := 0; struck < len(points); {
		var waiting []int
		eventually(t, 10*time.Minute, func() bool {
			waiting = s.waitingAtGates(t, db)
			return len(waiting) > 0
		}, func() string { return "no case waits at its point" })
		s.worker.Kill9()
		s.signer.Kill9()
		for _, n := range waiting {
			_, err := holder.ExecContext(t.Context(), "SELECT pg_advisory_unlock(4711, $1)", n)
			require.NoError(t, err)
		}
		struck += len(waiting)
		require.NoError(t, s.worker.Start(t.Context()))
		require.NoError(t, s.signer.Start(t.Context()))
	}
	require.NoError(t, holder.Close())
	for _, who := range all {
		s.ended(t, who)
	}
	s.requireRightEnd(t, all)
}

// plantGate has a case wait at a point, as long as its gate is shut.
func (s *system) plantGate(t *testing.T, db *sql.DB, n int, p point, who trainee) {
	t.Helper()
	name := fmt.Sprintf("gate_%d", n)
	trigger := "CREATE TRIGGER " + name + " BEFORE " + p.event + " ON " + p.table
	if p.when == "after" {
		trigger = "CREATE CONSTRAINT TRIGGER " + name + " AFTER " + p.event + " ON " + p.table + " DEFERRABLE INITIALLY DEFERRED"
	}
	for _, statement := range []string{
		fmt.Sprintf("INSERT INTO gates VALUES (%d, '%s')", n, who.caseID),
		fmt.Sprintf("CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pass_gate(%d, %s); RETURN NEW; END $$", name, n, p.of),
		trigger + " FOR EACH ROW EXECUTE FUNCTION " + name + "()",
	} {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
}

// waitingAtGates are the shut gates that something waits at.
func (s *system) waitingAtGates(t *testing.T, db *sql.DB) (waiting []int) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(),
		`SELECT DISTINCT objid::int FROM pg_locks WHERE locktype = 'advisory' AND classid = 4711 AND NOT granted`)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var n int
		require.NoError(t, rows.Scan(&n))
		waiting = append(waiting, n)
	}
	require.NoError(t, rows.Err())
	return waiting
}
