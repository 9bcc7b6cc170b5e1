package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

func TestAKeyThatIsDestroyedStaysDestroyedAndOnRecord(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	r.write(func(tx *store.Tx) error {
		first, err := tx.InsertPayloadKey("case/1", []byte("sealed"))
		require.NoError(t, err)
		require.True(t, first)
		first, err = tx.InsertPayloadKey("case/1", []byte("another"))
		require.NoError(t, err)
		require.False(t, first, "a workflow has one")
		return tx.DestroyPayloadKey("case/1", time.Now().UTC())
	})
	r.refused("payload_keys_destroyed_whole", "INSERT INTO payload_keys VALUES ('case/2', NULL, now(), NULL)")
	r.refused("payload_keys_destroyed_whole", "INSERT INTO payload_keys VALUES ('case/2', 'sealed', now(), now())")
	for _, statement := range []string{
		"UPDATE payload_keys SET key_sealed = 'sealed', destroyed_at = NULL", "DELETE FROM payload_keys", "TRUNCATE payload_keys",
	} {
		_, err := r.sql.ExecContext(t.Context(), statement)
		require.Error(t, err, statement)
	}
	key, err := r.store.Read(t.Context()).PayloadKey("case/1")
	require.NoError(t, err)
	require.Nil(t, key.KeySealed)
}
