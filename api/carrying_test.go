package api

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/issuing"
)

// agreed is a request of a trainee's that the bureau agreed to.
func (w *world) agreed(caseID, kind string) PetitionView {
	w.t.Helper()
	p := w.puts("/v1/cases/"+caseID+"/requests", object{"kind": kind, "text": "请予办理"})
	return w.takes(w.operator, p.ID, "answer", object{"outcome": "agreed", "answer": "同意"})
}

// petitionAs is a petition as somebody reads it.
func (w *world) petitionAs(token, id string) (view PetitionView) {
	w.t.Helper()
	w.get("/v1/petitions/"+id, token).into(w.t, &view)
	return view
}

func TestAnAgreedMoveIsCarriedOutByTheActThatReassignsTheCaseAndTheRequestShowsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.carryActs()
	c := w.underWay()
	p := w.puts("/v1/cases/"+c+"/requests", object{"kind": "body_move", "text": "搬家了"})
	move := object{"verb": "reassign", "institution": otherTrainerID, "petition": p.ID}
	w.acts(c, move).refused(t, http.StatusConflict, petitionStep)
	w.takes(w.operator, p.ID, "answer", object{"outcome": "agreed", "answer": "同意"})
	require.Equal(t, []string{"carrying_out"}, stepsOf(w.petitionAs(w.operator, p.ID)))
	require.Empty(t, w.petitionAs(w.trainee, p.ID).Steps)

	fields := w.acts(c, object{"verb": "pause", "petition": p.ID}).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"petition": fieldConflict}, fields)
	for _, other := range []string{w.agreed(c, "identity_correction").ID} {
		fields := w.acts(c, object{"verb": "reassign", "institution": otherTrainerID, "petition": other}).
			refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Equal(t, map[string]string{"petition": fieldConflict}, fields)
	}
	w.acts(c, object{"verb": "reassign", "institution": otherTrainerID, "petition": uuid.NewString()}).refused(t, http.StatusNotFound, notFound)
	preview := w.post("/v1/cases/"+c+"/acts/preview", w.operator, merge(object{"seen": w.seen(c)}, move))
	require.Equal(t, http.StatusOK, preview.status, "%s", preview.body)
	require.Zero(t, w.count("SELECT count(*) FROM petition_carryings"))

	require.Equal(t, http.StatusOK, w.acts(c, move).status)
	require.Equal(t, otherTrainerID, w.text("SELECT training_body FROM cases WHERE id = $1", c))
	for _, reader := range []string{w.operator, w.trainee} {
		shown := w.petitionAs(reader, p.ID)
		require.Equal(t, "done", shown.Carried.State.Code)
		require.Empty(t, shown.Steps)
	}
	require.Equal(t, 1, w.audited("petition.carry_out"))
	require.Contains(t, string(w.get("/v1/me/notifications", w.trainee).body), "body_reassigned", "the trainee is told")
}

func TestAnAgreedMoveThatTheCaseRefusesMayBeCarriedOutOnceMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.underWay()
	p := w.agreed(c, "body_move")
	move := object{"verb": "reassign", "institution": otherTrainerID, "petition": p.ID}
	w.relay.set(true)
	require.Equal(t, http.StatusAccepted, w.acts(c, move).status)
	require.Equal(t, "pending", w.petitionAs(w.operator, p.ID).Carried.State.Code)
	require.Empty(t, w.petitionAs(w.operator, p.ID).Steps)
	w.exec(`UPDATE acts SET state = 'refused', refusal = 'nothing_asked', answered_at = now()`)
	require.Equal(t, "not_done", w.petitionAs(w.operator, p.ID).Carried.State.Code)
	require.Equal(t, []string{"carrying_out"}, stepsOf(w.petitionAs(w.operator, p.ID)))
	require.Equal(t, http.StatusAccepted, w.acts(c, move).status)
	require.Equal(t, 2, w.count("SELECT count(*) FROM petition_carryings"))
}

func TestAnAgreedCorrectionOfSomebodyWithoutCertificatesIsMadeAtOnceByAnotherThanWhoAgreed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.underWay()
	p := w.agreed(c, "identity_correction")
	path, second := "/v1/petitions/"+p.ID+"/record-correction", w.second()
	said := object{"name": "王晓明", "evidence": "户口簿"}
	for body, want := range map[string]map[string]string{
		"": {"evidence": fieldRequired}, "x": {whole: fieldRequired},
	} {
		sent := object{"name": "王晓明"}
		if body != "" {
			sent = object{"evidence": body}
		}
		require.Equal(t, want, w.post(path, second, sent).refused(t, http.StatusUnprocessableEntity, validationFailed))
	}
	require.Equal(t, map[string]string{"id_number": "id_length"},
		w.post(path, second, object{"id_number": "1", "evidence": "x"}).refused(t, http.StatusUnprocessableEntity, validationFailed))
	w.post(path, w.operator, said).refused(t, http.StatusConflict, otherPersonNeeded)
	shown := w.takes(second, p.ID, "record-correction", said)
	require.Equal(t, "done", shown.Carried.State.Code)
	person, err := issuing.Holder(w.store.Read(t.Context()), w.keys, w.personOf(c))
	require.NoError(t, err)
	require.Equal(t, "王晓明", person.Name)
	require.Equal(t, []int{1, 1, 1}, []int{
		w.audited("person.correct"), w.audited("petition.carry_out"), w.count("SELECT count(*) FROM case_events WHERE kind = 'identity_corrected'"),
	})
	require.NotContains(t, w.log.String(), "王晓明")
	require.Zero(t, w.count("SELECT count(*) FROM audit_entries WHERE after::text LIKE '%王晓明%'"))
	w.post(path, w.second(), said).refused(t, http.StatusConflict, petitionStep)
	_, err = w.sql.ExecContext(t.Context(), `INSERT INTO petition_carryings (id, petition_id, carried_by, carried_at)
		SELECT gen_random_uuid(), id, answered_by, now() FROM petitions WHERE id = $1`, p.ID)
	require.ErrorContains(t, err, "who agreed to it", "the record refuses one person in two places, too")
}

func TestAnAgreedCorrectionOfSomebodyWithACertificateIsCarriedOutByCorrectingIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, _ := w.known(w.trainee, 1)
	w.certify(c, contract.TrainingCertificate, trainingBodyID, "OUC-1", "王小明", 1)
	id, p := w.certificateOf(c), w.agreed(c, "identity_correction")
	w.post("/v1/petitions/"+p.ID+"/record-correction", w.second(), object{"name": "王晓明", "evidence": "户口簿"}).
		refused(t, http.StatusConflict, certificatesHeld)
	require.Contains(t, string(w.get("/v1/petitions/"+p.ID, w.operator).body), id)
	body := object{"reason_class": "legal_change", "reason": "依申请", "evidence": "户口簿", "name": "王晓明", "petition": p.ID}
	fields := w.post("/v1/certificates/"+id+"/corrections", w.operator, body).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"person_too": fieldRequired}, fields)
	asked := w.asks(w.operator, id, "corrections", merge(object{"person_too": true}, body))
	require.Equal(t, "pending", w.petitionAs(w.trainee, p.ID).Carried.State.Code)
	require.Equal(t, http.StatusOK, w.decides(w.second(), asked, "approve").status)
	require.Equal(t, "done", w.petitionAs(w.trainee, p.ID).Carried.State.Code)
	person, err := issuing.Holder(w.store.Read(t.Context()), w.keys, w.personOf(c))
	require.NoError(t, err)
	require.Equal(t, "王晓明", person.Name)
}
