package api

import (
	"fmt"
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/issuing/issuingtest"
	"github.com/dengpan/dengpan/store"
)

// certificateOf is the id of the latest certificate of a case.
func (w *world) certificateOf(caseID string) (id string) {
	w.t.Helper()
	require.NoError(w.t, w.sql.QueryRowContext(w.t.Context(),
		"SELECT id FROM certificates WHERE case_id = $1 ORDER BY recorded_at DESC LIMIT 1", caseID).Scan(&id))
	return id
}

// trainedBy is a certificate that an institution issued to the trainee of a case: its id and the path of its public check.
func (w *world) trainedBy(n int) (id, caseID, verify string) {
	w.t.Helper()
	caseID = w.newCase(n)
	token := w.certify(caseID, contract.TrainingCertificate, trainingBodyID, fmt.Sprintf("OUC-%d", n), "王小明", n)
	return w.certificateOf(caseID), caseID, "/verify/" + token
}

func measure(class string) object {
	return object{"reason_class": class, "reason": "as the inspection found"}
}

// asks asks for a measure, which must be taken, and returns the request.
func (w *world) asks(token, id, path string, body object) CertificateRequestView {
	w.t.Helper()
	r := w.post("/v1/certificates/"+id+"/"+path, token, body)
	require.Equal(w.t, http.StatusCreated, r.status, "%s", r.body)
	var view CertificateRequestView
	r.into(w.t, &view)
	return view
}

// decides decides on a request.
func (w *world) decides(token string, asked CertificateRequestView, decision string) reply {
	w.t.Helper()
	return w.post("/v1/certificate-requests/"+asked.ID+"/decision", token,
		object{"decision": decision, "reason": "seen", "version": asked.Version})
}

func (w *world) status(id string) (status string) {
	w.t.Helper()
	require.NoError(w.t, w.sql.QueryRowContext(w.t.Context(), "SELECT status FROM certificates WHERE id = $1", id).Scan(&status))
	return status
}

func TestACertificateIsSuspendedReinstatedAndRevokedByTwoPeopleAndThePublicIsToldAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, caseID, verify := w.trainedBy(1)
	staff, colleague := w.institution(trainingBodyID), w.institution(trainingBodyID)
	for _, step := range []struct{ path, class, asker, decider, status, event, page string }{
		{"suspensions", "under_investigation", staff, colleague, "suspended", "certificate.suspended", "证书已暂停"},
		{"reinstatements", "cleared", staff, w.operator, "valid", "certificate.reinstated", "证书有效"},
		{"revocations", "undeserved", w.operator, staff, "revoked", "certificate.revoked", "证书已撤销"},
	} {
		asked := w.asks(step.asker, id, step.path, measure(step.class))
		require.Equal(t, []any{"open", true, true}, []any{asked.State, asked.Mine, asked.Current})
		require.NotEqual(t, step.status, w.status(id), "nothing has changed yet")
		w.decides(step.asker, asked, "approve").refused(t, http.StatusConflict, secondPersonNeeded)
		r := w.decides(step.decider, asked, "approve")
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		require.Equal(t, step.status, w.status(id))
		require.Contains(t, string(w.get(verify, "").body), step.page)
		require.Equal(t, 2, w.count("SELECT count(*) FROM outbox WHERE kind = $1 AND subject_id = $2 AND institution_id IN ($3, $4)",
			step.event, id, trainingBodyID, evaluationBodyID), "who issued it and who builds on it are told")
		last := w.relay.items[len(w.relay.items)-1]
		require.Equal(t, []string{caseID, store.InboxCertificate, id}, []string{last.CaseID, last.Kind, last.SubjectID})
		w.decides(step.decider, asked, "approve").refused(t, http.StatusConflict, requestDecided)
	}

	var seen certificateDetail
	w.get("/v1/certificates/"+id, staff).into(t, &seen)
	var history []string
	for _, change := range seen.History {
		history = append(history, change.Status)
	}
	require.Equal(t, []string{"valid", "suspended", "valid", "revoked"}, history, "nothing is forgotten")
	require.Equal(t, "undeserved", seen.History[3].ReasonClass.Code)
	require.Equal(t, "as the inspection found", seen.History[3].Reason)
	require.Empty(t, seen.Measures, "nothing can be asked for about it any more")
	require.Equal(t, 6, w.count("SELECT count(*) FROM audit_entries WHERE subject = $1 AND action IN ('certificate.ask', 'certificate.approve')",
		"certificate:"+id))
	require.Equal(t, 1, w.count("SELECT count(*) FROM notices WHERE kind = 'certificate_asked' AND audience = 'operators' AND occasion = $1",
		w.lastRequest(id)))
}

func (w *world) lastRequest(certificateID string) (id string) {
	w.t.Helper()
	require.NoError(w.t, w.sql.QueryRowContext(w.t.Context(),
		"SELECT id FROM certificate_requests WHERE certificate_id = $1 ORDER BY requested_at DESC LIMIT 1", certificateID).Scan(&id))
	return id
}

func TestWhatIsNotAllowedAboutACertificateIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, _, _ := w.trainedBy(1)
	staff, colleague, stranger := w.institution(trainingBodyID), w.institution(trainingBodyID), w.institution(otherTrainerID)
	haidian := "haidian"
	district := w.token(store.Account{Role: store.RoleOperator, District: &haidian})

	// By role, by institution and by what the certificate is.
	w.post("/v1/certificates/"+id+"/revocations", w.trainee, measure("undeserved")).refused(t, http.StatusForbidden, forbidden)
	w.post("/v1/certificates/"+id+"/revocations", district, measure("undeserved")).refused(t, http.StatusForbidden, forbidden)
	w.post("/v1/certificates/"+id+"/revocations", stranger, measure("undeserved")).refused(t, http.StatusNotFound, notFound)
	w.post("/v1/certificates/"+id+"/corrections", w.trainee, object{}).refused(t, http.StatusNotFound, notFound)
	w.post("/v1/certificates/"+id+"/reinstatements", staff, measure("cleared")).refused(t, http.StatusConflict, certificateStatus)
	require.Equal(t, map[string]string{"reason_class": "unknown_value"},
		w.post("/v1/certificates/"+id+"/suspensions", staff, measure("undeserved")).refused(t, 422, validationFailed))
	require.Equal(t, map[string]string{"reason": "required", "reason_class": "required"},
		w.post("/v1/certificates/"+id+"/suspensions", staff, object{}).refused(t, 422, validationFailed))

	// One request at a time; and who asked is the only one to take it back.
	asked := w.asks(staff, id, "suspensions", measure("result_disputed"))
	w.post("/v1/certificates/"+id+"/revocations", w.operator, measure("undeserved")).refused(t, http.StatusConflict, requestIsOpen)
	w.decides(stranger, asked, "approve").refused(t, http.StatusNotFound, notFound)
	w.decides(district, asked, "approve").refused(t, http.StatusForbidden, forbidden)
	withdraw := "/v1/certificate-requests/" + asked.ID + "/withdrawal"
	w.post(withdraw, colleague, nil).refused(t, http.StatusConflict, notTheRequester)
	require.Equal(t, http.StatusOK, w.post(withdraw, staff, nil).status)
	w.post(withdraw, staff, nil).refused(t, http.StatusConflict, requestDecided)
	require.Equal(t, "valid", w.status(id))

	// A decision is about the version that was looked at.
	asked = w.asks(staff, id, "suspensions", measure("result_disputed"))
	other := asked
	other.Version = asked.Version.Add(time.Microsecond)
	w.decides(colleague, other, "approve").refused(t, http.StatusConflict, certificateChanged)
	w.change("OUC-1", store.CertificateSuspended)
	w.decides(colleague, asked, "approve").refused(t, http.StatusConflict, certificateChanged)
	var shown CertificateRequestView
	w.get("/v1/certificate-requests/"+asked.ID, colleague).into(t, &shown)
	require.False(t, shown.Current)
	require.Equal(t, http.StatusOK, w.decides(colleague, asked, "refuse").status, "it can still be laid aside")
	require.Equal(t, 1, w.count("SELECT count(*) FROM certificate_changes WHERE certificate_id = $1 AND status = 'suspended'", id))
}

func TestTheDatabaseItselfHoldsThatTwoPeopleDecideOnOneVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, _, _ := w.trainedBy(1)
	asked := w.asks(w.institution(trainingBodyID), id, "suspensions", measure("result_disputed"))
	machine := uuid.NewString()
	w.exec(`INSERT INTO accounts (id, role, institution_id, label, machine) VALUES ($1, 'institution', $2, 'payroll', true)`, machine, trainingBodyID)
	const approve = `UPDATE certificate_requests SET state = 'approved', decided_at = now(), decision_reason = 'r', decided_by = %s WHERE id = $1`
	for constraint, decider := range map[string]string{
		"certificate_requests_two_persons": "requested_by",
		"certificate_requests_people":      "'" + machine + "'",
	} {
		_, err := w.sql.ExecContext(t.Context(), fmt.Sprintf(approve, decider), asked.ID)
		require.Equal(t, constraint, store.Constraint(err), "%v", err)
	}
	w.change("OUC-1", store.CertificateSuspended)
	_, err := w.sql.ExecContext(t.Context(), fmt.Sprintf(approve, "(SELECT id FROM accounts WHERE role = 'operator' LIMIT 1)"), asked.ID)
	require.Equal(t, "certificate_requests_version", store.Constraint(err))
	for _, statement := range []string{
		"DELETE FROM certificate_requests", "UPDATE certificate_requests SET reason = 'another'",
		"UPDATE certificate_requests SET requested_by = (SELECT id FROM accounts WHERE role = 'operator' LIMIT 1)",
	} {
		_, err := w.sql.ExecContext(t.Context(), statement)
		require.Error(t, err, statement)
	}
}

func TestOfAThousandRequestsAtOnceOneIsTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, _, _ := w.trainedBy(1)
	staff := w.institution(trainingBodyID)
	var wg sync.WaitGroup
	var mu sync.Mutex
	answers := map[int]int{}
	slots := make(chan struct{}, 16)
	for range 1000 {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			r := w.post("/v1/certificates/"+id+"/suspensions", staff, measure("result_disputed"))
			mu.Lock()
			defer mu.Unlock()
			answers[r.status]++
		})
	}
	wg.Wait()
	require.Equal(t, map[int]int{http.StatusCreated: 1, http.StatusConflict: 999}, answers)
	require.Equal(t, 1, w.count("SELECT count(*) FROM certificate_requests"))
}

func TestACorrectionNamesWhatIsToBePrintedAndOnlyItsReadersSeeIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	registered := w.register(w.trainee, "k", registrationOf(1, nil))
	var c struct{ ID string }
	registered.into(t, &c)
	w.certify(c.ID, contract.TrainingCertificate, trainingBodyID, "OUC-1", "王小明", 1)
	id := w.certificateOf(c.ID)
	path := "/v1/certificates/" + id + "/corrections"
	number := identity.Synthetic(7, calendar.MustParseDate("1990-05-17")).Number()
	for name, refused := range map[string]struct {
		body   object
		fields map[string]string
	}{
		"nothing":         {object{}, map[string]string{"$": "required"}},
		"no evidence":     {object{"name": "王晓明"}, map[string]string{"evidence": "required"}},
		"no name":         {object{"name": "<>", "evidence": "e"}, map[string]string{"name": "name_characters"}},
		"no number":       {object{"id_number": "110101199003070000", "evidence": "e"}, map[string]string{"id_number": "id_check_digit"}},
		"no photo":        {object{"photo": true}, map[string]string{"photo": "photo_missing"}},
		"of another kind": {object{"name": "王晓明", "evidence": "e", "reason_class": "undeserved"}, map[string]string{"reason_class": "unknown_value"}},
	} {
		body := object{"reason_class": "misprint", "reason": "the name is wrong"}
		maps.Copy(body, refused.body)
		r := w.post(path, w.trainee, body)
		require.Equal(t, refused.fields, r.refused(t, 422, validationFailed), name)
		require.NotContains(t, string(r.body), "110101199003070000")
	}
	asked := w.asks(w.trainee, id, "corrections", object{
		"reason_class": "legal_change", "reason": "renamed", "evidence": "户口簿", "name": "王晓明", "id_number": number, "person_too": true,
	})
	require.Equal(t, []string{"name", "id_number"}, asked.Fields)

	list := w.get("/v1/certificate-requests?state=open", w.institution(trainingBodyID))
	require.Contains(t, string(list.body), asked.ID)
	require.NotContains(t, string(list.body), "王晓明")
	require.NotContains(t, string(list.body), number)
	shown := w.get("/v1/certificate-requests/"+asked.ID, w.institution(trainingBodyID))
	require.Contains(t, string(shown.body), "王晓明")
	require.Contains(t, string(shown.body), "王小明", "what is printed now stands beside it")
	require.Equal(t, 1, w.count("SELECT count(*) FROM audit_entries WHERE action = 'certificate_request.read'"))
	require.NotContains(t, string(w.get("/v1/certificate-requests", w.institution(otherTrainerID)).body), asked.ID)
	require.Contains(t, string(w.get("/v1/certificate-requests", w.trainee).body), asked.ID)
	require.NotContains(t, w.log.String(), "王晓明")
	require.Zero(t, w.count("SELECT count(*) FROM audit_entries WHERE after::text LIKE '%王晓明%' OR reason LIKE '%王晓明%'"))

	require.Equal(t, http.StatusOK, w.decides(w.institution(trainingBodyID), asked, "approve").status)
	var seen certificateDetail
	w.get("/v1/certificates/"+id, w.trainee).into(t, &seen)
	require.Equal(t, "valid", seen.Status, "it holds until the other does")
	require.Equal(t, "prepared", seen.SupersededBy.Status)
	require.NotEqual(t, "OUC-1", seen.SupersededBy.Number)
	w.post(path, w.trainee, object{"reason_class": "misprint", "reason": "r", "evidence": "e", "name": "王明"}).
		refused(t, http.StatusConflict, certificateReplacing)
	next, err := w.store.Read(t.Context()).Certificate(seen.SupersededBy.ID)
	require.NoError(t, err)
	printed, err := issuing.Opened(w.keys, next)
	require.NoError(t, err)
	require.Equal(t, []string{"王晓明", number}, []string{printed.Name, printed.IDNumber})
	person, err := issuing.Holder(w.store.Read(t.Context()), w.keys, w.personOf(c.ID))
	require.NoError(t, err)
	require.Equal(t, printed, person, "the person's record is corrected with it")
	require.Equal(t, 1, w.count("SELECT count(*) FROM inbox WHERE kind = 'issuance' AND subject_id = $1", next.ID), "its issuance is begun")

	issuingtest.Complete(t, w.store, w.keys, next.ID)
	require.Equal(t, []string{"superseded", "valid"}, []string{w.status(id), w.status(next.ID)}, "in one moment")
	require.Positive(t, w.count("SELECT count(*) FROM outbox WHERE kind = 'certificate.superseded' AND subject_id = $1", id))
	require.Contains(t, next.Facts.VerifyURL, next.VerifyToken, "its code leads to itself")
	require.Equal(t, http.StatusCreated, w.register(w.operator, "again", registrationOf(1, object{"name": "王小红"})).status,
		"the number before is nobody's any more")
}

func (w *world) personOf(caseID string) (id string) {
	w.t.Helper()
	require.NoError(w.t, w.sql.QueryRowContext(w.t.Context(), "SELECT person_id FROM cases WHERE id = $1", caseID).Scan(&id))
	return id
}

func TestACertificateThatIsRevokedWhileItIsReplacedIsReplacedByNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, _, _ := w.trainedBy(1)
	staff, colleague := w.institution(trainingBodyID), w.institution(trainingBodyID)
	corrected := w.asks(staff, id, "corrections", object{"reason_class": "misprint", "reason": "r", "evidence": "e", "name": "王晓明"})
	require.Equal(t, http.StatusOK, w.decides(colleague, corrected, "approve").status)
	var seen certificateDetail
	w.get("/v1/certificates/"+id, staff).into(t, &seen)
	next := seen.SupersededBy.ID

	revoked := w.asks(staff, id, "revocations", measure("undeserved"))
	require.Equal(t, http.StatusOK, w.decides(colleague, revoked, "approve").status)
	require.Equal(t, []string{"revoked", "cancelled"}, []string{w.status(id), w.status(next)})
	require.Equal(t, 1, w.count("SELECT count(*) FROM audit_entries WHERE subject = $1 AND action = 'certificate.cancel' AND reason = 'predecessor_revoked'",
		"certificate:"+next), "and it is written down why")
}
