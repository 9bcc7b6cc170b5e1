package store

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNoStatementAndNoIdleTransactionHoldsTheDatabaseForEver(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), os.Getenv("DENGPAN_TEST_DATABASE_URL"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	for _, name := range []string{"statement_timeout", "idle_in_transaction_session_timeout"} {
		var setting string
		require.NoError(t, s.db.Raw("SELECT current_setting(?)", name).Scan(&setting).Error)
		require.Equal(t, "1min", setting, name)
	}
}
