package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

func (*world) now() time.Time { return time.Now().UTC() }

func (*world) newID() string { return uuid.NewString() }

// accountOf is the account of a token.
func (w *world) accountOf(token string) string {
	w.t.Helper()
	a, err := w.store.Read(w.t.Context()).AccountByToken(token)
	require.NoError(w.t, err)
	return a.ID
}

func (w *world) accounts(query, token string) (ids []string, next *string) {
	w.t.Helper()
	var answer struct {
		Accounts []AccountRow
		Next     *string
	}
	r := w.get("/v1/accounts"+query, token)
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
	r.into(w.t, &answer)
	for _, a := range answer.Accounts {
		ids = append(ids, a.ID)
	}
	return ids, answer.Next
}

func TestAccountsAreListedByRoleInstitutionAndStateAndPageByPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.token(store.Account{Role: store.RoleAdministrator})
	first, second, other := w.institution(trainingBodyID), w.institution(trainingBodyID), w.institution(otherTrainerID)
	ids, next := w.accounts("?role=institution", admin)
	require.Equal(t, []string{w.accountOf(first), w.accountOf(second), w.accountOf(other)}, ids)
	require.Nil(t, next)
	ids, _ = w.accounts("?institution="+otherTrainerID, admin)
	require.Equal(t, []string{w.accountOf(other)}, ids)
	own, _ := w.accounts("?institution="+otherTrainerID, first)
	require.Equal(t, []string{w.accountOf(first), w.accountOf(second)}, own, "an institution sees its own, whatever it asks for")
	ids, next = w.accounts("?role=institution&limit=2", admin)
	require.Len(t, ids, 2)
	rest, none := w.accounts("?role=institution&limit=2&after="+*next, admin)
	require.Equal(t, []string{w.accountOf(other)}, rest)
	require.Nil(t, none)
	ids, _ = w.accounts("?state=closed", admin)
	require.Empty(t, ids)
	require.Equal(t, map[string]string{"role": "unknown_value"},
		w.get("/v1/accounts?role=x", admin).refused(t, http.StatusUnprocessableEntity, validationFailed))
}

func TestWhoseAccountIsClosedIsOutAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.token(store.Account{Role: store.RoleAdministrator})
	id := w.accountOf(w.operator)
	path := "/v1/accounts/" + id + "/closing"
	require.Equal(t, map[string]string{"reason": "required"},
		w.post(path, admin, object{"reason": "  "}).refused(t, http.StatusUnprocessableEntity, validationFailed))
	require.Equal(t, http.StatusOK, w.get("/v1/cases", w.operator).status)
	var closed struct {
		State    string
		Repeated bool
	}
	w.post(path, admin, object{"reason": "离职"}).into(t, &closed)
	require.Equal(t, "closed", closed.State)
	require.False(t, closed.Repeated)
	w.get("/v1/cases", w.operator).refused(t, http.StatusUnauthorized, unauthenticated)
	w.post(path, admin, object{"reason": "x"}).into(t, &closed)
	require.True(t, closed.Repeated)
	var audited int
	require.NoError(t, w.sql.QueryRowContext(t.Context(),
		"SELECT count(*) FROM audit_entries WHERE action = 'account.close' AND reason = '离职' AND subject = $1", "account:"+id).Scan(&audited))
	require.Equal(t, 1, audited)
}

func TestNobodyClosesTheirOwnAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, token := range []string{w.token(store.Account{Role: store.RoleAdministrator}), w.institution(trainingBodyID)} {
		w.post("/v1/accounts/"+w.accountOf(token)+"/closing", token, object{"reason": "x"}).refused(t, http.StatusConflict, ownAccount)
	}
}

func TestOfTwoAdministratorsWhoCloseEachOtherOneStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.token(store.Account{Role: store.RoleAdministrator}), w.token(store.Account{Role: store.RoleAdministrator})
	idA, idB := w.accountOf(a), w.accountOf(b)
	// Both are let in, and meet at the accounts, which somebody holds until they do.
	hold, err := w.sql.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = hold.ExecContext(t.Context(), "SELECT FROM accounts WHERE role = 'administrator' FOR UPDATE")
	require.NoError(t, err)
	statuses := make(chan int, 2)
	go func() { statuses <- w.post("/v1/accounts/"+idB+"/closing", a, object{"reason": "x"}).status }()
	go func() { statuses <- w.post("/v1/accounts/"+idA+"/closing", b, object{"reason": "x"}).status }()
	require.Eventually(t, func() bool {
		var waiting int
		err := w.sql.QueryRowContext(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
		return err == nil && waiting == 2
	}, time.Minute, 10*time.Millisecond)
	require.NoError(t, hold.Rollback())
	require.ElementsMatch(t, []int{http.StatusOK, http.StatusUnauthorized}, []int{<-statuses, <-statuses})
	var open int
	require.NoError(t, w.sql.QueryRowContext(t.Context(),
		"SELECT count(*) FROM accounts WHERE role = 'administrator' AND state = 'active'").Scan(&open))
	require.Equal(t, 1, open)
}
