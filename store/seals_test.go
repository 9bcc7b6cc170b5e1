package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

// A column that is missing from the list would be lost when its key is retired.
func TestEverySealedColumnOfTheSchemaIsInTheListOfSealedColumns(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	rows, err := r.sql.QueryContext(t.Context(), `SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = 'public' AND column_name LIKE '%\_sealed'`)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var there, listed []string
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		there = append(there, name)
	}
	require.NoError(t, rows.Err())
	require.NotEmpty(t, there)
	for _, column := range store.SealedColumns() {
		listed = append(listed, column.String())
	}
	require.ElementsMatch(t, there, listed)
}
