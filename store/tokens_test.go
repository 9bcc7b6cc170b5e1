package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/store"
)

// machine makes an account of a machine of an institution, and a key for it.
func (r *record) machine(label string, scopes ...authority.KeyScope) (store.AccessToken, string) {
	r.t.Helper()
	at := "ouc"
	var key store.AccessToken
	var secret string
	r.write(func(tx *store.Tx) error {
		a, err := tx.CreateAccount(store.Account{Role: store.RoleInstitution, InstitutionID: &at, Label: label, Machine: true})
		if err != nil {
			return err
		}
		key, secret, err = tx.CreateAPIKey(store.AccessToken{AccountID: a.ID, Label: label, Scopes: scopes, CreatedBy: &r.account})
		return err
	})
	return key, secret
}

func TestAKeySaysWhatItMayBeUsedForAndThatItWasUsed(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	key, secret := r.machine("payroll", authority.KeyTasks, authority.KeyRead)
	a, err := r.store.Read(t.Context()).AccountByToken(secret)
	require.NoError(t, err)
	require.Equal(t, []authority.KeyScope{authority.KeyTasks, authority.KeyRead}, a.Caller().Key)
	require.Equal(t, key.AccountID, a.ID)
	keys, err := r.store.Read(t.Context()).APIKeys("ouc")
	require.NoError(t, err)
	require.Len(t, keys, 1)
	require.NotNil(t, keys[0].LastUsedAt)
	require.Zero(t, keys[0].LastUsedAt.Second(), "to the minute")
	require.WithinDuration(t, time.Now(), *keys[0].LastUsedAt, 2*time.Minute)
	others, err := r.store.Read(t.Context()).APIKeys("istic")
	require.NoError(t, err)
	require.Empty(t, others)
	var stored string
	require.NoError(t, r.sql.QueryRowContext(t.Context(), "SELECT row_to_json(t)::text FROM access_tokens t WHERE id = $1", key.ID).Scan(&stored))
	require.NotContains(t, stored, secret)
}

func TestATokenWithoutScopesIsNoKey(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	at := "ouc"
	var token string
	r.write(func(tx *store.Tx) (err error) {
		_, token, err = tx.CreateToken(store.Account{Role: store.RoleInstitution, InstitutionID: &at}, "test")
		return err
	})
	a, err := r.store.Read(t.Context()).AccountByToken(token)
	require.NoError(t, err)
	require.Nil(t, a.Caller().Key)
}

func TestAMachineIsNamedOnceAnInstitutionUntilItsLastKeyIsRevoked(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	key, _ := r.machine("payroll", authority.KeyRead)
	const insert = "INSERT INTO accounts (id, role, institution_id, label, machine) VALUES (gen_random_uuid(), $1, $2, $3, true)"
	r.refused("accounts_one_machine_per_label", insert, "institution", "ouc", "payroll")
	r.refused("accounts_machine_of_institution", insert, "operator", nil, "payroll")
	r.refused("accounts_machine_of_institution", insert, "institution", "ouc", "")
	r.write(func(tx *store.Tx) error {
		k, err := tx.LockAPIKey(key.ID)
		require.NoError(t, err)
		return tx.RevokeAPIKey(k, time.Now().UTC())
	})
	_, err := r.sql.ExecContext(t.Context(), insert, "institution", "ouc", "payroll")
	require.NoError(t, err)
}

func TestAClosedAccountHasNoWayIn(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	key, secret := r.machine("payroll", authority.KeyRead)
	limits := store.SessionLimits{Idle: time.Hour, Lifetime: time.Hour}
	now := time.Now().UTC()
	r.write(func(tx *store.Tx) error {
		require.NoError(t, tx.SaveWebSession(store.WebSession{
			ID: key.ID, AccountID: key.AccountID, Method: store.MethodLocal, Browser: "x", Data: []byte{1}, CreatedAt: now, LastSeenAt: now,
		}, "session", limits))
		return tx.CloseAccount(key.AccountID, now)
	})
	_, err := r.store.Read(t.Context()).AccountByToken(secret)
	require.ErrorIs(t, err, store.ErrNotFound)
	_, err = r.store.Read(t.Context()).WebSession("session", now, limits)
	require.ErrorIs(t, err, store.ErrNotFound)
	keys, err := r.store.Read(t.Context()).APIKeys("")
	require.NoError(t, err)
	require.False(t, keys[0].Live(now))
}

func TestAnInvitationThatWasTakenBackIsNotAccepted(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	var i store.Invitation
	var token string
	r.write(func(tx *store.Tx) (err error) {
		i, token, err = tx.Invite(store.Invitation{
			Role: store.RoleOperator, Label: "desk 1", InvitedBy: r.account, InvitedAt: loginNow, ExpiresAt: loginNow.Add(time.Hour),
		})
		require.NoError(t, err)
		return tx.RevokeInvitation(i.ID, loginNow)
	})
	_, err := r.store.Read(t.Context()).InvitationByToken(token, loginNow)
	require.ErrorIs(t, err, store.ErrNotFound)
	r.refused("invitations_one_end", "UPDATE invitations SET accepted_at = now(), accepted_by = $2 WHERE id = $1", i.ID, r.account)
}
