package api

import (
	"fmt"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

func TestAPhotoThatIsSentHasItsCaseGoOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, _ := w.known(w.trainee, 1)
	waiting := w.stick(mine, progress.Certificate, contract.PhotoMissing, store.Incident{})
	another := w.stick(w.newCase(2), progress.Certificate, contract.PhotoMissing, store.Incident{})
	w.relay.set(true) // what is not told at once is told later
	require.Equal(t, http.StatusOK, w.upload(w.trainee, mediaJPEG, portrait(t)).status)
	tx := w.store.Read(t.Context())
	incident, err := tx.Incident(waiting)
	require.NoError(t, err)
	require.Equal(t, store.IncidentResolving, incident.State)
	latest, err := tx.LatestResolutions([]string{waiting})
	require.NoError(t, err)
	require.Equal(t, contract.Retry, latest[waiting].Verb)
	item, err := tx.InboxItemOf(store.InboxResolution, latest[waiting].ID)
	require.NoError(t, err)
	require.Equal(t, incident.CaseID, item.CaseID)
	incident, err = tx.Incident(another)
	require.NoError(t, err)
	require.Equal(t, store.IncidentOpen, incident.State, "it is not their photo")
	require.Equal(t, http.StatusOK, w.upload(w.trainee, mediaJPEG, portrait(t)).status, "another photo resolves nothing twice")
	require.EqualValues(t, 1, w.counts()["resolutions"])
}

func TestACertificateThatIsReportedIsOfADayAndHasItsFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	c := w.newCase(1)
	task := w.issue(c, contract.ExamTask, trainingBodyID)
	file := w.filed(token, task, scoreSheet(1000))
	elsewhere := w.filed(token, w.issue(c, contract.TrainingTask, trainingBodyID), scoreSheet(1000))
	for name, bad := range map[string]struct {
		change object
		faults map[string]string
	}{
		"tomorrow":             {object{"certificate_issued_on": w.day(1)}, map[string]string{"certificate_issued_on": fieldDateFuture}},
		"before the exam":      {object{"certificate_issued_on": w.day(-1)}, map[string]string{"certificate_issued_on": fieldDateOrder}},
		"no day":               {object{"certificate_issued_on": "2026-02-30"}, map[string]string{"certificate_issued_on": fieldDate}},
		"another task's file":  {object{"certificate_file": elsewhere}, map[string]string{"certificate_file": fieldNoEvidence}},
		"of no certificate":    {object{"certificate_number": "", "certificate_issued_on": w.today(), "certificate_file": file}, map[string]string{"certificate_issued_on": fieldConflict, "certificate_file": fieldConflict}},
		"with a failing score": {object{"score": 10}, map[string]string{"certificate_number": fieldConflict}},
	} {
		body := w.markOf(object{"certificate_number": "OUC-1"})
		maps.Copy(body, bad.change)
		require.Equal(t, bad.faults, w.post("/v1/tasks/"+task+"/result", token, body).refused(t, http.StatusUnprocessableEntity, validationFailed), name)
	}
	sent := w.markOf(object{"certificate_number": "OUC-1", "certificate_issued_on": w.today(), "certificate_file": file})
	for range 2 {
		r := w.post("/v1/tasks/"+task+"/result", token, sent)
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	}
	answer, err := w.store.Read(t.Context()).Answer(task)
	require.NoError(t, err)
	mark, err := contract.Decode[contract.MarkResult](answer.Body)
	require.NoError(t, err)
	require.Equal(t, []string{"OUC-1", w.today(), file}, []string{mark.CertificateNumber, mark.CertificateIssuedOn.String(), mark.CertificateFile})
	w.post("/v1/evidence/"+file+"/removal", token, object{"reason": "传错了"}).refused(t, http.StatusConflict, evidenceCited)
}

func TestWhatHoldsUpACertificateThatNoCaseWaitsForIsResolvedByAnOperator(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := w.institution(baseID)
	last, _ := w.lastYear()
	course := w.openCourse(base, object{"hours": 4})
	place := w.enrol(base, course, placeOf(1, nil))
	require.NoError(t, w.attend(baseID, place, fmt.Sprintf("%d-01-04", last), 4))
	places, _ := w.completion(base, course)
	found, err := w.store.Read(t.Context()).IssuedCertificates(store.CertificateFilter{Status: store.CertificatePrepared, Limit: 2})
	require.NoError(t, err)
	require.Len(t, found, 1)
	id := found[0].ID
	hold := func() (incident string) {
		require.NoError(t, w.store.Tx(t.Context(), func(tx *store.Tx) (err error) {
			incident, _, err = tx.OpenFinding(store.Incident{
				Cause: contract.GlyphMissing, CertificateID: &id, InstitutionID: new(baseID), Params: map[string]any{"field": "name"},
			}, time.Now().UTC())
			return err
		}))
		return incident
	}
	issuances := w.counts()["inbox"]
	r := w.post("/v1/incidents/"+hold()+"/resolution", w.operator, object{"verb": "retry", "reason": "字体已更换"})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.Equal(t, issuances+1, w.counts()["inbox"], "its workflow is woken")
	require.Equal(t, places[place].Certificate.Number, found[0].Number)

	w.approves(w.post("/v1/incidents/"+hold()+"/resolution", w.operator, object{"verb": "cancel", "reason": "姓名有误", "legal_basis": "附件五"}),
		w.second())
	c, err := w.store.Read(t.Context()).Certificate(id)
	require.NoError(t, err)
	require.Equal(t, store.CertificateCancelled, c.Status)
	places, _ = w.completion(base, course)
	require.NotEqual(t, found[0].Number, places[place].Certificate.Number, "completed again, another is prepared")
}
