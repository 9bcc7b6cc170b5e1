package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/retention"
	"github.com/dengpan/dengpan/store"
)

// numberOf is the ID number of a person of these tests.
func residentOf(n int) string {
	return identity.Synthetic(n, calendar.MustParseDate("1990-05-17")).Number()
}

// over ends a case.
func (w *world) over(caseID, outcome string) {
	w.t.Helper()
	w.exec(`UPDATE cases SET status = 'ended', outcome = $2, ended_at = now(), owes_kind = NULL, owes_id = NULL WHERE id = $1`, caseID, outcome)
}

// told registers a case of the trainee and tells everything that can be told.
func (w *world) told(n int) (caseID, personID string) {
	w.t.Helper()
	caseID, personID = w.known(w.trainee, n)
	require.Equal(w.t, http.StatusOK, w.put("/v1/me/contacts", w.trainee, reach).status)
	require.Equal(w.t, http.StatusOK, w.upload(w.trainee, mediaJPEG, portrait(w.t)).status)
	w.exec(`INSERT INTO payload_keys (workflow_id, key_sealed, created_at) VALUES ($1, '\x00', now())`, contract.CaseWorkflowID(caseID))
	return caseID, personID
}

func outcomes(d deletionView) map[string]string {
	byItem := map[string]string{}
	for _, item := range d.Items {
		byItem[item.Item] = item.Outcome
	}
	return byItem
}

func (w *world) askDeletion() deletionView {
	w.t.Helper()
	r := w.post("/v1/me/deletion-requests", w.trainee, object{"reason": "不再参加"})
	require.Equal(w.t, http.StatusCreated, r.status, "%s", r.body)
	var d deletionView
	r.into(w.t, &d)
	return d
}

func (w *world) grant(id string) deletionView {
	w.t.Helper()
	r := w.post("/v1/deletion-requests/"+id+"/decision", w.operator, object{"decision": "granted", "reason": "已核实本人"})
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
	var d deletionView
	r.into(w.t, &d)
	return d
}

func TestOfSomebodyWhoGotNothingNothingIsKeptThatNamesThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, personID := w.told(1)
	w.over(caseID, "withdrawn")
	asked := w.askDeletion()
	require.Equal(t, "pending", asked.State)
	answer := w.grant(asked.ID)
	require.Equal(t, "granted", answer.State)
	require.Equal(t, outcomes(asked), outcomes(answer), "what was announced is what was done")
	for item, want := range map[string]string{
		"contacts": "erased", "photo": "erased", "log_in": "erased", "working_data": "erased", "facts": "erased", "identity": "erased",
		"notifications": "erased", "case_record": "kept", "audit_log": "kept",
	} {
		require.Equal(t, want, outcomes(answer)[item], item)
	}
	for _, item := range answer.Items {
		require.NotEmpty(t, item.Why)
		require.NotContains(t, item.Why, "retention.", "the reason has no words")
		require.NotEmpty(t, item.By)
	}

	w.get("/v1/me/cases", w.trainee).refused(t, http.StatusUnauthorized, unauthenticated)
	require.Empty(t, w.search(w.operator, object{"id_number": residentOf(1)}))
	require.Empty(t, w.search(w.operator, object{"phone": "13800135678"}))
	require.Equal(t, "[]", w.dump("contacts"))
	require.Equal(t, "[]", w.dump("photos"))
	require.Equal(t, "[]", w.dump("notifications"))
	require.Equal(t, "[]", w.dump("person_indexes"))
	require.NotContains(t, w.dump("cases"), "bachelor")
	key, err := w.store.Read(t.Context()).PayloadKey(contract.CaseWorkflowID(caseID))
	require.NoError(t, err)
	require.Nil(t, key.KeySealed)
	r := w.post("/v1/cases/"+caseID+"/unmasking", w.operator, object{"fields": []string{"name", "id_number", "phone"}, "reason": "核对"})
	require.JSONEq(t, `{"name":"—","id_number":""}`, string(r.body))

	// What is left is readable, and names nobody.
	for _, path := range []string{
		"/v1/cases", "/v1/cases/" + caseID, "/v1/cases/" + caseID + "/events", "/v1/cases/" + caseID + "/ce-statements/2025", "/v1/deletion-requests",
	} {
		shown := w.get(path, w.operator)
		require.Equal(t, http.StatusOK, shown.status, "%s: %s", path, shown.body)
		require.NotContains(t, string(shown.body), "王")
	}
	audit := w.lastAudit("deletion.decide")
	require.Equal(t, "person:"+personID, audit.Subject)
	require.Equal(t, "已核实本人", audit.Reason)

	// Who comes back is somebody new.
	back := w.register(w.operator, "back", registrationOf(1, nil))
	require.Equal(t, http.StatusCreated, back.status, "%s", back.body)
	found := w.search(w.operator, object{"id_number": residentOf(1)})
	require.Len(t, found, 1)
	require.NotEqual(t, personID, found[0].ID)
}

func TestTheRegisterKeepsWhoseCertificateItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, _ := w.told(1)
	w.certify(caseID, contract.TrainingCertificate, trainingBodyID, "OUC-1", "王小明", 1)
	w.certify(caseID, contract.GradeCertificate, evaluationBodyID, "G-1", "王小明", 1)
	w.over(caseID, "certified")
	answer := w.grant(w.askDeletion().ID)
	for item, want := range map[string]string{
		"contacts": "erased", "log_in": "erased", "photo": "kept", "working_data": "kept", "facts": "kept", "identity": "kept", "certificates": "kept",
	} {
		require.Equal(t, want, outcomes(answer)[item], item)
	}
	check := object{"name": "王小明", "id_number": residentOf(1), "certificate_number": "OUC-1"}
	require.Contains(t, string(w.post("/v1/verifications", "", check).body), `"found":true`)
	require.Len(t, w.search(w.operator, object{"id_number": residentOf(1)}), 1)
	require.Empty(t, w.search(w.operator, object{"phone": "13800135678"}))
	require.Contains(t, w.dump("cases"), "bachelor")
	key, err := w.store.Read(t.Context()).PayloadKey(contract.CaseWorkflowID(caseID))
	require.NoError(t, err)
	require.NotNil(t, key.KeySealed, "the case may have to be opened again")
	w.get("/v1/me/cases", w.trainee).refused(t, http.StatusUnauthorized, unauthenticated)
}

func TestNobodyIsForgottenWhileACaseIsOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, _ := w.told(1)
	w.post("/v1/me/deletion-requests", w.trainee, object{}).refused(t, http.StatusConflict, caseOpen)
	w.over(caseID, "withdrawn")
	asked := w.askDeletion()
	w.post("/v1/me/deletion-requests", w.trainee, object{}).refused(t, http.StatusConflict, deletionPending)
	require.Equal(t, http.StatusCreated, w.register(w.trainee, "again", registrationOf(1, object{"level": "senior"})).status)
	before := w.dump("contacts") + w.dump("person_indexes") + w.dump("deletion_requests")
	w.post("/v1/deletion-requests/"+asked.ID+"/decision", w.operator, object{"decision": "granted", "reason": "同意"}).
		refused(t, http.StatusConflict, caseOpen)
	require.Equal(t, before, w.dump("contacts")+w.dump("person_indexes")+w.dump("deletion_requests"))
}

func TestARequestToBeForgottenIsAnsweredOnceWithAReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, _ := w.told(1)
	w.over(caseID, "rejected")
	asked := w.askDeletion()
	path := "/v1/deletion-requests/" + asked.ID + "/decision"
	for _, bad := range []object{{}, {"decision": "granted"}, {"decision": "granted", "reason": " "}, {"decision": "later", "reason": "x"}} {
		w.post(path, w.operator, bad).refused(t, http.StatusUnprocessableEntity, validationFailed)
	}
	require.Equal(t, http.StatusOK, w.post(path, w.operator, object{"decision": "refused", "reason": "材料待核实"}).status)
	w.post(path, w.operator, object{"decision": "granted", "reason": "同意"}).refused(t, http.StatusConflict, deletionDecided)
	require.Len(t, w.search(w.operator, object{"phone": "13800135678"}), 1, "nothing was erased")
	var own struct{ Requests []deletionView }
	w.get("/v1/me/deletion-requests", w.trainee).into(t, &own)
	require.Len(t, own.Requests, 1)
	require.Equal(t, "refused", own.Requests[0].State)
	require.Equal(t, "材料待核实", own.Requests[0].Decision)
	require.Nil(t, own.Requests[0].Trainee)
	w.askDeletion() // and may be asked again
}

func TestOperatorsSeeRequestsMaskedAndPageByPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 3 {
		token := w.token(store.Account{Role: store.RoleTrainee})
		caseID, _ := w.known(token, n+1)
		w.over(caseID, "withdrawn")
		require.Equal(t, http.StatusCreated, w.post("/v1/me/deletion-requests", token, object{}).status)
	}
	var page struct {
		Requests []deletionView
		Next     *string
	}
	seen := 0
	for path := "/v1/deletion-requests?limit=2&state=pending"; path != ""; {
		r := w.get(path, w.operator)
		require.NotContains(t, string(r.body), "王小明")
		require.Contains(t, string(r.body), "王*明")
		page.Next = nil
		r.into(t, &page)
		seen += len(page.Requests)
		path = ""
		if page.Next != nil {
			path = "/v1/deletion-requests?limit=2&state=pending&after=" + *page.Next
		}
	}
	require.Equal(t, 3, seen)
	require.Equal(t, 3, w.audited("deletion.read"))
}

// A registration that found the person before the erasure, and writes its case after it.
func TestARegistrationThatWasUnderWayDoesNotBringBackWhoWasErased(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, personID := w.told(1)
	w.over(caseID, "withdrawn")
	c, err := w.store.Read(t.Context()).Case(caseID)
	require.NoError(t, err)
	holding, registered := make(chan struct{}), make(chan error, 1)
	go func() {
		<-holding
		registered <- w.store.Tx(t.Context(), func(tx *store.Tx) error {
			fresh := c
			fresh.ID, fresh.Level, fresh.Outcome, fresh.EndedAt = w.newID(), "senior", nil, nil
			_, err := tx.InsertCase(fresh, store.ActorOperator)
			return err
		})
	}()
	require.NoError(t, w.store.Tx(t.Context(), func(tx *store.Tx) error {
		held, err := tx.HoldPerson(personID)
		require.NoError(t, err)
		require.False(t, held.Open)
		close(holding)
		w.awaitLockWaiter()
		return tx.EraseIdentity(personID, []byte("x"), []byte("y"), time.Now())
	}))
	require.Equal(t, "person_erased", store.Constraint(<-registered))
}

// awaitLockWaiter waits until some other session waits for a lock.
func (w *world) awaitLockWaiter() {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		var n int
		err := w.sql.QueryRowContext(w.t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&n)
		return err == nil && n > 0
	}, time.Minute, 5*time.Millisecond)
}

func TestAnExportHasEverythingThatIsKeptOfAPersonAndNothingOfAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, personID := w.told(1)
	other := w.newCase(2)
	task := w.issue(caseID, contract.EnrolmentTask, trainingBodyID)
	w.certify(caseID, contract.TrainingCertificate, trainingBodyID, "OUC-1", "王小明", 1)
	require.Equal(t, http.StatusOK, w.post("/v1/cases/"+caseID+"/unmasking", w.operator, object{"fields": []string{"phone"}, "reason": "电话通知"}).status)
	r := w.post("/v1/me/export", w.trainee, nil)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	for _, own := range []string{
		"王小明", residentOf(1), "+8613800135678", "wang.xiaoming@example.com", "中关村", caseID, task, "OUC-1", "bachelor", "person.unmask", "电话通知",
	} {
		require.Contains(t, string(r.body), own)
	}
	require.NotContains(t, string(r.body), other)
	require.NotContains(t, string(r.body), residentOf(2))
	require.NotContains(t, string(r.body), "_sealed")
	require.NotContains(t, string(r.body), "hash")
	var view exportView
	r.into(t, &view)
	require.Len(t, view.Sections, len(store.ExportSections()))
	require.NotEmpty(t, view.Person.Photo)
	for _, section := range view.Sections {
		require.False(t, strings.HasPrefix(section.Name, "export."), "%s has no name", section.Code)
		require.True(t, strings.HasPrefix(string(section.Rows), "["), section.Code)
	}
	require.Equal(t, "person:"+personID, w.lastAudit("person.export").Subject)
	empty := w.token(store.Account{Role: store.RoleTrainee})
	w.post("/v1/me/export", empty, nil).refused(t, http.StatusConflict, personUnknown)
}

// The tables that hold something of people, and are in no export: why.
var notExported = map[string]string{
	"invitations":        "of staff, who are no trainees",
	"duty_declarations":  "of staff and operators, likewise: whom they may not act on",
	"inspection_entries": "of inspectors and institutions' staff, likewise",
}

func TestEveryTableThatHoldsSomethingOfAPersonIsInTheExport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	exported := map[string]bool{}
	for _, section := range store.ExportSections() {
		for _, table := range section.Tables {
			exported[table] = true
		}
	}
	rows, err := w.sql.QueryContext(t.Context(), `SELECT DISTINCT table_name FROM information_schema.columns WHERE table_schema = 'public'
		AND column_name IN ('person_id', 'case_id', 'place_id', 'account_id', 'watch_id')`)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	n := 0
	for rows.Next() {
		var table string
		require.NoError(t, rows.Scan(&table))
		require.True(t, exported[table] || notExported[table] != "", "%s holds something of people, and is in no part of an export", table)
		n++
	}
	require.NoError(t, rows.Err())
	require.Greater(t, n, 20)
}

func TestEveryRuleOfRetentionIsCarriedOut(t *testing.T) {
	t.Parallel()
	carriedOut := []string{
		retention.Contacts, retention.Photo, retention.LogIn, retention.WorkingData, retention.Evidence, retention.Facts, retention.Identity,
		retention.Notifications,
	}
	for _, rule := range retention.Rules() {
		if len(rule.Keep) == 0 || rule.Keep[0] != retention.Always {
			require.Contains(t, carriedOut, rule.Item, "erased on paper only")
		}
	}
}
