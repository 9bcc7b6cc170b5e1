package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

func TestWhatProvesTheFactsOfARegistrationIsFiledWithItsDraftAndBecomesTheCases(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	content, other := scoreSheet(5000), w.token(store.Account{Role: store.RoleTrainee})
	draft := w.draftOf(w.accountOf(w.trainee))
	proof := func(kind string) object {
		return filing(draft, content, object{"subject_kind": "draft", "kind": kind, "name": "证明.pdf"})
	}
	file := func(kind string) string {
		at := w.askFor(w.trainee, proof(kind))
		require.Equal(t, http.StatusOK, w.sendFile(at.Upload, content).status)
		return at.ID
	}
	degree, mistaken := file("proof_of_education"), file("proof_of_work")
	unsent := w.askFor(w.trainee, proof("proof_of_title")).ID
	w.post("/v1/evidence", other, proof("proof_of_education")).refused(t, http.StatusUnprocessableEntity, validationFailed)
	w.get("/v1/evidence/"+degree+"/file", other).refused(t, http.StatusNotFound, notFound)
	require.Equal(t, http.StatusOK, w.post("/v1/evidence/"+mistaken+"/removal", w.trainee, object{"reason": "传错了"}).status)
	var filed struct{ Files []evidenceView }
	w.get("/v1/me/registration-drafts/"+draft+"/files", w.trainee).into(t, &filed)
	require.Len(t, filed.Files, 1)
	require.Equal(t, "证明.pdf", filed.Files[0].Name)

	var c struct{ ID string }
	w.exec("UPDATE registration_drafts SET photo_sealed = NULL WHERE id = $1", draft)
	w.register(w.trainee, "sent", registrationOf(1, object{"draft": draft})).into(t, &c)
	require.Equal(t, c.ID, w.text("SELECT subject_id FROM evidence WHERE id = $1 AND subject_kind = 'case'", degree))
	require.Equal(t, content, w.get("/v1/evidence/"+degree+"/file", w.operator).body)
	var list struct{ Evidence []evidenceView }
	w.get("/v1/evidence?subject_kind=case&subject_id="+c.ID, w.operator).into(t, &list)
	require.Len(t, list.Evidence, 1)
	require.Equal(t, "学员", list.Evidence[0].Institution.Name)
	_, err := w.sql.ExecContext(t.Context(), "UPDATE evidence SET subject_id = gen_random_uuid() WHERE id = $1", degree)
	require.ErrorContains(t, err, "fixed", "what is a case's stays so")
	w.post("/v1/evidence/"+unsent+"/completion", w.trainee, nil).refused(t, http.StatusNotFound, notFound)
}
