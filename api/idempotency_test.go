package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/authority"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// keyed sends a request with a key.
func (w *world) keyed(path, token, key string, body any) reply {
	w.t.Helper()
	return w.do(call{
		method: http.MethodPost, path: path, token: token, body: body, header: map[string]string{headerKey: key},
	})
}

// again checks that a request is answered as before.
func (w *world) again(path, token, key string, body any, before reply) {
	w.t.Helper()
	r := w.keyed(path, token, key, body)
	require.Equal(w.t, before.status, r.status, "%s", r.body)
	require.Equal(w.t, "true", r.header.Get(headerReplayed))
	require.Equal(w.t, before.header.Get("Content-Type"), r.header.Get("Content-Type"))
	require.Equal(w.t, string(before.body), string(r.body))
}

func TestEveryOperationThatIsSentTakesAKeyOrSaysThatItDoesNot(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	var described struct {
		Paths map[string]map[string]struct {
			Parameters []struct {
				Name, In string
				Required bool
			}
			Responses map[string]struct{ Headers map[string]json.RawMessage }
		}
	}
	r.get("/openapi.json", "").into(t, &described)
	sent := 0
	for _, row := range authority.Table() {
		path, isPost := strings.CutPrefix(row.Route, http.MethodPost+" ")
		if !isPost {
			continue
		}
		op := described.Paths[path]["post"]
		takes, required := false, false
		for _, p := range op.Parameters {
			if p.In == "header" && p.Name == headerKey {
				takes, required = true, p.Required
			}
		}
		require.Equal(t, !row.Public && !unkeyed[row.Route], takes, row.Route)
		require.Equal(t, needsKey[row.Route], required, row.Route)
		if !takes {
			continue
		}
		for _, code := range []string{"409", "422"} {
			require.Contains(t, op.Responses, code, row.Route)
		}
		for caller, token := range r.tokens {
			if open, _ := reaches(row, caller); !open {
				continue
			}
			// Before anything of the operation is looked at.
			c := call{method: http.MethodPost, path: r.pathOf(row, r.ownOf(row.About, caller)), token: token, body: object{}}
			c.header = map[string]string{headerKey: "a b"}
			fields := r.do(c).refused(t, http.StatusUnprocessableEntity, validationFailed)
			require.Equal(t, map[string]string{headerKey: fieldFormat}, fields, row.Route)
			sent++
		}
	}
	require.Greater(t, sent, 40)
	for route := range unkeyed {
		row, listed := authority.Of(route)
		require.True(t, listed && !row.Public, route)
	}
	for route := range repeatable {
		require.False(t, unkeyed[route] || needsKey[route], route)
	}
}

func TestWhatIsShownOnceIsShownAgainUnderTheRequestsKeyOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	body := object{"label": "payroll", "scopes": []string{"tasks"}}
	made := w.keyed("/v1/api-keys", staff, "k", body)
	require.Equal(t, http.StatusCreated, made.status, "%s", made.body)
	require.Empty(t, made.header.Get(headerReplayed))
	before := w.counts()
	w.again("/v1/api-keys", staff, "k", `{ "scopes":["tasks"], "label":"payroll" }`, made) // written otherwise, and the same
	w.keyed("/v1/api-keys", staff, "k", object{"label": "other", "scopes": []string{"tasks"}}).
		refused(t, http.StatusUnprocessableEntity, idempotencyReused)
	w.keyed("/v1/invitations", staff, "k", body).refused(t, http.StatusUnprocessableEntity, idempotencyReused)
	require.Equal(t, before, w.counts())
	require.Equal(t, http.StatusCreated, w.keyed("/v1/api-keys", w.institution(otherTrainerID), "k", body).status, "a key is its account's own")

	var shown struct{ Key string }
	made.into(t, &shown)
	require.NotEmpty(t, shown.Key)
	var kept string
	require.NoError(t, w.sql.QueryRowContext(t.Context(),
		"SELECT string_agg(encode(answer_sealed, 'escape'), ' ') FROM idempotency_keys").Scan(&kept))
	require.NotContains(t, kept, shown.Key)
	require.NotContains(t, kept, "payroll")
}

func TestARequestThatWasRefusedMayBeMendedAndSentUnderItsKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	before := w.counts()
	w.keyed("/v1/api-keys", staff, "k", object{"label": "payroll", "scopes": []string{"all"}}).
		refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, before, w.counts())
	body := object{"label": "payroll", "scopes": []string{"read"}}
	made := w.keyed("/v1/api-keys", staff, "k", body)
	require.Equal(t, http.StatusCreated, made.status, "%s", made.body)
	w.again("/v1/api-keys", staff, "k", body, made)
}

func TestARequestWithAKeyIsCarriedOutOnceHoweverManySendItAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	before := w.counts()
	made := 0
	for _, r := range w.each(20, func(int) call {
		return call{
			method: http.MethodPost, path: "/v1/invitations", token: staff, body: object{"role": "institution", "label": "desk"},
			header: map[string]string{headerKey: "same"},
		}
	}) {
		if r.status == http.StatusCreated {
			made++
			continue
		}
		r.refused(t, http.StatusConflict, idempotencyInUse)
		require.NotEmpty(t, r.header.Get("Retry-After"))
	}
	require.Positive(t, made)
	require.Equal(t, before["invitations"]+1, w.counts()["invitations"])
}

func TestARequestWhoseAnswerWasLostInACrashIsNotCarriedOutAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	trainer := w.institution(trainingBodyID)
	body := object{"accepted_on": w.today()}
	task := "/v1/tasks/" + w.issue(w.newCase(1), contract.EnrolmentTask, trainingBodyID) + "/result"
	withdrawal := "/v1/cases/" + w.newCase(2) + "/withdrawal"
	// Each dies between its commit and its answer.
	w.relay.then = func(store.InboxItem) { panic("killed") }
	require.Equal(t, http.StatusInternalServerError, w.keyed(task, trainer, "k", body).status)
	require.Equal(t, http.StatusInternalServerError, w.keyed(withdrawal, w.operator, "k", object{"reason": "x"}).status)
	require.Equal(t, http.StatusInternalServerError, w.register(w.operator, "r", registrationOf(3, nil)).status)
	w.relay.then = nil
	before := w.counts()

	// What the record knows by the sender's own names is looked up.
	r := w.keyed(task, trainer, "k", body)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	var taken answerView
	r.into(t, &taken)
	require.True(t, taken.Repeated)
	w.again(task, trainer, "k", body, r)
	w.keyed(task, trainer, "k", object{"accepted_on": w.day(-1)}).refused(t, http.StatusUnprocessableEntity, idempotencyReused)
	// What was answered in the same transaction is answered.
	registered := w.register(w.operator, "r", registrationOf(3, nil))
	require.Equal(t, http.StatusCreated, registered.status, "%s", registered.body)
	require.Equal(t, "true", registered.header.Get(headerReplayed))
	require.Contains(t, registered.header.Get("Location"), "/v1/cases/")
	require.Equal(t, "application/json", registered.header.Get("Content-Type"))
	// Anything else may be under way still, and later is known to be lost.
	w.keyed(withdrawal, w.operator, "k", object{"reason": "x"}).refused(t, http.StatusConflict, idempotencyInUse)
	w.exec("UPDATE idempotency_keys SET created_at = created_at - interval '1 minute'")
	w.keyed(withdrawal, w.operator, "k", object{"reason": "x"}).refused(t, http.StatusConflict, idempotencyLost)
	w.keyed(withdrawal, w.operator, "k", object{"reason": "y"}).refused(t, http.StatusUnprocessableEntity, idempotencyReused)
	require.Equal(t, before, w.counts())
}

func TestAnAnswerThatIsShownOnceIsCommittedWithWhatItIsAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	made := w.keyed("/v1/api-keys", staff, "k", object{"label": "payroll", "scopes": []string{"read"}})
	require.Equal(t, http.StatusCreated, made.status, "%s", made.body)
	apart := func(key string) (n int) {
		require.NoError(t, w.sql.QueryRowContext(t.Context(), `SELECT count(*) FROM idempotency_keys WHERE key = $1 AND xmin NOT IN
			(SELECT xmin FROM access_tokens UNION SELECT xmin FROM invitations UNION SELECT xmin FROM endpoint_secrets)`, key).Scan(&n))
		return n
	}
	require.Zero(t, apart("k"), "written by a transaction of its own")
	var key struct{ ID string }
	made.into(t, &key)
	rotated := w.keyed("/v1/api-keys/"+key.ID+"/rotation", staff, "r", object{})
	require.Equal(t, http.StatusCreated, rotated.status, "%s", rotated.body)
	invited := w.keyed("/v1/invitations", staff, "i", object{"role": "institution", "label": "desk"})
	require.Equal(t, http.StatusCreated, invited.status, "%s", invited.body)
	endpoint := w.keyed("/v1/endpoints", staff, "e", object{"url": "https://example.com/hook"})
	require.Equal(t, http.StatusCreated, endpoint.status, "%s", endpoint.body)
	require.Zero(t, apart("r")+apart("i")+apart("e"))
	w.again("/v1/api-keys/"+key.ID+"/rotation", staff, "r", object{}, rotated)
	w.again("/v1/invitations", staff, "i", object{"role": "institution", "label": "desk"}, invited)
}

func TestKeysAreForgottenAfterADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.institution(trainingBodyID)
	send := func(key string) reply {
		r := w.keyed("/v1/staff", staff, key, object{"ref": uuid.NewString(), "name": "张三"})
		require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
		return r
	}
	send("first")
	w.exec("UPDATE idempotency_keys SET created_at = $1", time.Now().Add(-store.IdempotencyRemembered+time.Minute))
	forget := func() int64 {
		n, err := w.store.Read(t.Context()).ForgetKeysBefore(time.Now().Add(-store.IdempotencyRemembered), 100)
		require.NoError(t, err)
		return n
	}
	require.Zero(t, forget())
	w.exec("UPDATE idempotency_keys SET created_at = $1", time.Now().Add(-store.IdempotencyRemembered-time.Minute))
	send("second")
	require.EqualValues(t, 1, forget())
	send("first")
}
