package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/signing"
	"github.com/dengpan/dengpan/store"
)

func TestAKeyThatSignedIsKnownForGoodAndAWithdrawalIsNotTakenBack(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	const id = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	owner := "ouc"
	key := store.SigningKey{
		ID: id, Owner: &owner, Algorithm: "SM2-SM3", Subject: "国家开放大学", Chain: "PEM",
		NotBefore: time.Now().UTC(), NotAfter: time.Now().UTC().AddDate(1, 0, 0), RegisteredAt: time.Now().UTC(),
	}
	_, known, err := r.store.Read(t.Context()).KnownKey(id)
	require.NoError(t, err)
	require.False(t, known)
	for _, fresh := range []bool{true, false} {
		r.write(func(tx *store.Tx) error {
			wrote, err := tx.RegisterSigningKey(key)
			require.Equal(t, fresh, wrote)
			return err
		})
	}
	says := func() signing.KnownKey {
		says, known, err := r.store.Read(t.Context()).KnownKey(id)
		require.NoError(t, err)
		require.True(t, known)
		return says
	}
	require.Equal(t, signing.KnownKey{Owner: "ouc"}, says())
	for _, fresh := range []bool{true, false} {
		r.write(func(tx *store.Tx) error {
			wrote, err := tx.WithdrawSigningKey(id, "the token was stolen", store.ActorSystem, time.Now().UTC())
			require.Equal(t, fresh, wrote)
			return err
		})
	}
	require.Equal(t, signing.KnownKey{Owner: "ouc", Withdrawn: true}, says())
	all, err := r.store.Read(t.Context()).SigningKeys()
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.NotNil(t, all[0].WithdrawnAt)

	require.Error(t, r.store.Tx(t.Context(), func(tx *store.Tx) error {
		stranger := "nobody"
		key.ID, key.Owner = "0"+id[1:], &stranger
		_, err := tx.RegisterSigningKey(key)
		return err
	}), "a key belongs to an institution that there is")
}
