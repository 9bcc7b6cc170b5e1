package store_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

var loginNow = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

const aHash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA"

func TestALogInIsOneAccountsHoweverItIsCapitalised(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	r.write(func(tx *store.Tx) error {
		return tx.InsertCredential(store.Credential{AccountID: r.account, Login: "Wang.Ming", PasswordHash: aHash, ChangedAt: loginNow})
	})
	c, err := r.store.Read(t.Context()).CredentialByLogin("wang.ming")
	require.NoError(t, err)
	require.Equal(t, r.account, c.AccountID)
	const insert = "INSERT INTO credentials VALUES ($1, $2, $3, now())"
	var other string
	r.write(func(tx *store.Tx) error {
		a, err := tx.CreateAccount(store.Account{Role: store.RoleTrainee})
		other = a.ID
		return err
	})
	r.refused("credentials_one_login", insert, other, "wang.MING", aHash)
	for _, login := range []string{"13800138000", "11010519491231002X", "a@example.org", "ab"} {
		r.refused("credentials_login_check", insert, other, login, aHash)
	}
	r.refused("credentials_password_hash_check", insert, other, "other", "in clear")
}

func TestALogInIsLockedAfterFailuresWhetherAnybodyHasItOrNot(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	const most, span, forget = 3, time.Minute, time.Hour
	attempt := func(at time.Time) (until *time.Time) {
		r.write(func(tx *store.Tx) (err error) {
			until, err = tx.CountLoginAttempt("nobody", at, forget, func(failures int) time.Duration {
				if failures < most {
					return 0
				}
				return span
			})
			return err
		})
		return until
	}
	for range most {
		require.Nil(t, attempt(loginNow))
	}
	until := attempt(loginNow)
	require.NotNil(t, until)
	require.True(t, until.Equal(loginNow.Add(span)))
	require.Nil(t, attempt(loginNow.Add(span)), "the lock ends")
	require.NotNil(t, attempt(loginNow.Add(span+time.Second)), "one more failure locks again")
	r.write(func(tx *store.Tx) error { return tx.ForgetLoginFailures("NOBODY") })
	require.Nil(t, attempt(loginNow.Add(span+time.Second)))
}

func TestARecoveryCodeIsUsedOnce(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	r.write(func(tx *store.Tx) error {
		require.NoError(t, tx.SaveRecoveryCodes(r.account, []string{"one", "two"}))
		for i, want := range []bool{true, false} {
			good, err := tx.UseRecoveryCode(r.account, "one", loginNow)
			require.NoError(t, err)
			require.Equal(t, want, good, i)
		}
		good, err := tx.UseRecoveryCode(uuid.NewString(), "two", loginNow)
		require.False(t, good, "another account's")
		return err
	})
}

func TestASessionEndsWhenIdleWhenOldAndWhenRevoked(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	limits := store.SessionLimits{Idle: 30 * time.Minute, Lifetime: 2 * time.Hour}
	fresh := func(token string) store.WebSession {
		s := store.WebSession{
			ID: uuid.NewString(), AccountID: r.account, Method: store.MethodLocal, Browser: "Firefox · Linux", Data: []byte{1},
			CreatedAt: loginNow, LastSeenAt: loginNow,
		}
		r.write(func(tx *store.Tx) error { return tx.SaveWebSession(s, token, limits) })
		return s
	}
	seen := func(token string, after time.Duration) error {
		_, err := r.store.Read(t.Context()).WebSession(token, loginNow.Add(after), limits)
		return err
	}
	fresh("idle")
	require.NoError(t, seen("idle", 29*time.Minute))
	require.NoError(t, seen("idle", 58*time.Minute), "it was seen meanwhile")
	require.ErrorIs(t, seen("idle", 89*time.Minute), store.ErrNotFound)
	fresh("old")
	for after := time.Duration(0); after < limits.Lifetime; after += 20 * time.Minute {
		require.NoError(t, seen("old", after))
	}
	require.ErrorIs(t, seen("old", limits.Lifetime), store.ErrNotFound)
	s := fresh("revoked")
	r.write(func(tx *store.Tx) error {
		require.ErrorIs(t, tx.RevokeWebSession(uuid.NewString(), s.ID), store.ErrNotFound, "another account's")
		return tx.RevokeWebSession(r.account, s.ID)
	})
	require.ErrorIs(t, seen("revoked", 0), store.ErrNotFound)
}

func TestAnInvitationIsAcceptedOnceAndNotTooLate(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	var i store.Invitation
	var token string
	r.write(func(tx *store.Tx) (err error) {
		i, token, err = tx.Invite(store.Invitation{
			Role: store.RoleOperator, Label: "desk 1", InvitedBy: r.account, InvitedAt: loginNow, ExpiresAt: loginNow.Add(time.Hour),
		})
		return err
	})
	r.write(func(tx *store.Tx) error {
		_, err := tx.InvitationByToken(token, loginNow.Add(time.Hour))
		require.ErrorIs(t, err, store.ErrNotFound, "it has expired")
		_, err = tx.InvitationByToken(token, loginNow)
		require.NoError(t, err)
		require.NoError(t, tx.AcceptInvitation(i.ID, r.account, loginNow))
		_, err = tx.InvitationByToken(token, loginNow)
		require.ErrorIs(t, err, store.ErrNotFound, "it was accepted")
		return nil
	})
}
