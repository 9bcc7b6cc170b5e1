package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

func TestX40WhoCheckedACertificateBeforeItWasRevokedIsListedToOperators(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	held, fallen := w.issued(w.newCase(1), "B-1", nil), w.issued(w.newCase(2), "B-2", nil)
	w.becomes(fallen.id, store.CertificateRevoked)
	check := func(token string) {
		sheet := w.sheetOf(token, []any{held.form.Get("name"), held.form.Get("id_number"), "B-1"},
			[]any{held.form.Get("name"), held.form.Get("id_number"), "B-1"}, []any{fallen.form.Get("name"), fallen.form.Get("id_number"), "B-2"})
		r := w.post("/v1/bulk-checks", token, object{"purpose": "subsidy", "reason": "申领补贴核验", "content": sheet})
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	}
	check(w.institution(trainingBodyID))
	check(w.operator)
	type answer struct {
		Reliance []relianceView
		Total    int64
		Relying  []relyingView
	}
	ask := func(query string) (a answer) {
		w.get("/v1/certificate-reliance"+query, w.operator).into(t, &a)
		return a
	}
	require.Zero(t, ask("").Total, "who checks what was revoked before is told so at once")

	w.becomes(held.id, store.CertificateRevoked)
	check(w.institution(otherTrainerID))
	all := ask("")
	require.Equal(t, int64(2), all.Total, "one line for a check and a certificate, however often it stands in the sheet")
	require.Len(t, all.Relying, 2)
	theirs := ask("?institution=" + trainingBodyID)
	require.Equal(t, int64(1), theirs.Total)
	one := theirs.Reliance[0]
	require.Equal(t, []string{trainingBodyID, "subsidy", "申领补贴核验", held.id, "B-1"},
		[]string{one.Institution.ID, one.Purpose.Code, one.Reason, one.Certificate.ID, one.Certificate.Number})
	require.Equal(t, []any{1, trainingBodyID}, []any{theirs.Relying[0].Certificates, theirs.Relying[0].Institution.ID})
	require.Equal(t, int64(2), ask("?certificate="+held.id+"&reason_class="+one.Revoked.Class.Code).Total)
	require.Zero(t, ask("?certificate="+fallen.id).Total)
	require.Len(t, ask("?limit=1&page=2").Reliance, 1)
	w.get("/v1/certificate-reliance", w.institution(trainingBodyID)).refused(t, http.StatusForbidden, forbidden)
}
