package api

import (
	"fmt"
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/remedy"
	"github.com/dengpan/dengpan/store"
)

// sweep asks for all that an institution issued to be revoked.
func (w *world) sweep(token string) revocationView {
	w.t.Helper()
	r := w.post("/v1/certificate-revocations", token, object{
		"institution": trainingBodyID, "kind": "training", "reason_class": "undeserved", "reason": "no lesson was held",
	})
	require.Equal(w.t, http.StatusCreated, r.status, "%s", r.body)
	var view revocationView
	r.into(w.t, &view)
	return view
}

func TestManyCertificatesAreRevokedAsTheyWereLookedAtByTwoPeopleEachOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const many = 12
	for n := range many {
		w.trainedBy(n + 1)
	}
	w.certify(w.newCase(100), contract.GradeCertificate, evaluationBodyID, "CMES-1", "王小明", 100) // another's, which stays
	colleague := w.token(store.Account{Role: store.RoleOperator})

	asked := w.sweep(w.operator)
	require.Equal(t, progressView{Total: many, Pending: many}, asked.Progress)
	require.True(t, asked.Effects.Unearned)
	require.Equal(t, many, w.count("SELECT count(*) FROM certificates WHERE status = 'valid' AND kind = 'training'"), "nothing has changed yet")
	w.post("/v1/certificate-revocations", colleague, object{
		"institution": trainingBodyID, "reason_class": "undeserved", "reason": "r",
	}).refused(t, http.StatusConflict, requestIsOpen)
	w.trainedBy(50) // issued after the look, and not among them
	w.change("OUC-3", store.CertificateSuspended)

	decide := "/v1/certificate-revocations/" + asked.ID + "/decision"
	approve := object{"decision": "approve", "reason": "seen"}
	w.post(decide, w.operator, approve).refused(t, http.StatusConflict, secondPersonNeeded)
	w.post(decide, w.institution(trainingBodyID), approve).refused(t, http.StatusForbidden, forbidden)
	require.Equal(t, http.StatusOK, w.post(decide, colleague, approve).status)
	w.post(decide, colleague, approve).refused(t, http.StatusConflict, requestDecided)
	require.Equal(t, 1, w.count("SELECT count(*) FROM certificate_revocations WHERE state = 'approved' AND started_at IS NULL"), "the relay starts it")

	desk := remedy.Desk{Keys: w.keys, Calendar: w.calendar}
	var wg sync.WaitGroup
	for range 4 { // as many processes as there may be, each of which may be killed and come again
		wg.Go(func() {
			for more := true; more; {
				var err error
				if more, err = desk.RevokeNext(t.Context(), w.store, asked.ID, time.Now().UTC()); err != nil {
					t.Errorf("revoke: %v", err)
					return
				}
			}
		})
	}
	wg.Wait()
	more, err := desk.RevokeNext(t.Context(), w.store, asked.ID, time.Now().UTC())
	require.NoError(t, err)
	require.False(t, more, "once more changes nothing")

	var done revocationView
	w.get("/v1/certificate-revocations/"+asked.ID, w.operator).into(t, &done)
	require.Equal(t, progressView{Total: many, Revoked: many - 1, Changed: 1}, done.Progress)
	require.Equal(t, "done", done.State)
	require.Equal(t, many-1, w.count("SELECT count(*) FROM certificate_changes WHERE status = 'revoked' AND request_id = $1", asked.ID))
	require.Equal(t, many-1, w.count("SELECT count(*) FROM inbox WHERE kind = 'certificate'"), "each case is told once")
	require.Equal(t, 2*(many-1), w.count("SELECT count(*) FROM outbox WHERE kind = 'certificate.revoked'"))
	require.Equal(t, []any{"suspended", "valid", "valid"}, []any{
		w.statusOf("OUC-3"), w.statusOf("OUC-50"), w.statusOf("CMES-1"),
	}, "what had changed, what came later, and what is another's is left alone")

	var page struct {
		Certificates []revocationItem
		Next         *string
	}
	w.get("/v1/certificate-revocations/"+asked.ID+"/certificates?limit=5", w.operator).into(t, &page)
	require.Len(t, page.Certificates, 5)
	require.NotNil(t, page.Next)
	w.get("/v1/certificate-revocations/"+asked.ID+"/certificates?outcome=changed", w.operator).into(t, &page)
	require.Equal(t, "OUC-3", page.Certificates[0].Certificate.Number)
}

func (w *world) statusOf(number string) (status string) {
	w.t.Helper()
	require.NoError(w.t, w.sql.QueryRowContext(w.t.Context(), "SELECT status FROM certificates WHERE number = $1", number).Scan(&status))
	return status
}

func TestARevocationOfManySaysWhatIsWrongWithIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.trainedBy(1)
	right := object{"institution": trainingBodyID, "reason_class": "undeserved", "reason": "r"}
	for field, value := range map[string]any{
		"institution": "nobody", "reason_class": "cleared", "reason": " ", "kind": "driving", "issued_from": "2999-01-01", "issued_to": "2001-01-01",
	} {
		body := object{"issued_from": "2002-01-01"}
		maps.Copy(body, right)
		body[field] = value
		r := w.post("/v1/certificate-revocations", w.operator, body)
		require.Contains(t, r.refused(t, 422, validationFailed), field)
	}
	nothing := object{"issued_to": "2001-01-01"}
	maps.Copy(nothing, right)
	w.post("/v1/certificate-revocations", w.operator, nothing).refused(t, http.StatusConflict, nothingToRevoke)
	asked := w.sweep(w.operator)
	withdraw := fmt.Sprintf("/v1/certificate-revocations/%s/withdrawal", asked.ID)
	w.post(withdraw, w.token(store.Account{Role: store.RoleOperator}), nil).refused(t, http.StatusConflict, notTheRequester)
	require.Equal(t, http.StatusOK, w.post(withdraw, w.operator, nil).status)
	for _, statement := range []string{
		"UPDATE certificate_revocation_items SET outcome = 'revoked', done_at = now()", "DELETE FROM certificate_revocations",
		"UPDATE certificate_revocations SET state = 'approved'",
	} {
		_, err := w.sql.ExecContext(t.Context(), statement)
		require.Error(t, err, statement)
	}
}
