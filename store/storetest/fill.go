package storetest

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

//go:embed fill.sql
var filling string

// Fill writes cases and incidents by the thousand, as they would lie after ten years of the programme: three of four cases
// have ended, the larger bodies have most of them, and of ten incidents six are open. The published lists must be there. It
// goes past the product, in one connection whose triggers are off: what is there is what the schema allows, at rest. Operators
// made for it see to a fifth of the cases that are stuck.
func Fill(t testing.TB, db *sql.DB, cases, incidents int) {
	t.Helper()
	require.NoError(t, fill(t.Context(), db, cases, incidents))
}

func fill(ctx context.Context, db *sql.DB, cases, incidents int) (err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	_, err = conn.ExecContext(ctx, `SELECT set_config('fill.cases', $1, false), set_config('fill.incidents', $2, false),
		set_config('session_replication_role', 'replica', false), set_config('statement_timeout', '0', false)`,
		strconv.Itoa(cases), strconv.Itoa(incidents))
	for _, statement := range []string{filling, "VACUUM ANALYZE"} {
		if err == nil {
			_, err = conn.ExecContext(ctx, statement)
		}
	}
	if err != nil {
		return fmt.Errorf("fill the record: %w", err)
	}
	_, err = conn.ExecContext(ctx, "RESET ALL")
	return err
}
