package api

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/idcheck"
	"github.com/dengpan/dengpan/idcheck/bureau"
	"github.com/dengpan/dengpan/neighbour"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// registerOf has the world's people looked up in a register that plays the authority's.
func (w *world) registerOf() (*bureau.Register, *idcheck.Watch) {
	w.t.Helper()
	secret := delivery.NewSecret()
	played, err := bureau.New(secret)
	require.NoError(w.t, err)
	server := httptest.NewServer(played)
	w.t.Cleanup(server.Close)
	register, err := idcheck.New(neighbour.Address{URL: server.URL, Secret: secret, Insecure: true})
	require.NoError(w.t, err)
	return played, &idcheck.Watch{Store: w.store, Keys: w.keys, Register: register}
}

// identityOf is what a case's page says of who its trainee is.
func (w *world) identityOf(caseID string) *identityCheckView {
	w.t.Helper()
	var c struct{ Identity *identityCheckView }
	w.get("/v1/cases/"+caseID, w.trainee).into(w.t, &c)
	return c.Identity
}

func (w *world) document(token, petition string) reply {
	w.t.Helper()
	return w.post("/v1/evidence", token,
		filing(petition, scoreSheet(5000), object{"subject_kind": "petition", "kind": "identity_document", "name": "证件.pdf"}))
}

func TestX14WhatARegisterCannotSayIsNoRefusalAndGoesOnOncePeopleHaveSeenTheDocument(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	registered := registrationOf(1, nil)
	var c struct{ ID string }
	w.register(w.trainee, "own", registered).into(t, &c)
	requests, ask := "/v1/cases/"+c.ID+"/requests", object{"kind": "identity_check", "text": "姓名有生僻字"}
	w.post(requests, w.trainee, ask).refused(t, http.StatusConflict, petitionStep)
	played, watch := w.registerOf()
	played.Name(registered["id_number"].(string), "") // it cannot say
	require.NoError(t, watch.Look(t.Context()))
	require.Equal(t, "unknown", w.identityOf(c.ID).Found.Code)
	require.Equal(t, 1, w.count("SELECT count(*) FROM notifications WHERE kind = 'identity_unverified' AND act = 'show_document' AND case_id = $1", c.ID))
	incident := w.stick(c.ID, progress.Exam, contract.IdentityUnverified, store.Incident{})
	awaits := func() string {
		return w.text("SELECT concat_ws(' ', owes_kind, owes_id) FROM cases WHERE id = $1", c.ID)
	}
	require.Equal(t, "trainee", awaits(), "they are to show their document")

	first := w.puts(requests, ask)
	require.Equal(t, []string{"identity_check", "institution"}, []string{first.Kind.Code, first.HandledBy.Code})
	require.Equal(t, first.ID, w.identityOf(c.ID).Request)
	require.Equal(t, "institution "+trainingBodyID, awaits(), "it is to look")
	w.post(requests, w.trainee, ask).refused(t, http.StatusConflict, petitionAsked)
	path, staff, others := "/v1/petitions/"+first.ID, w.institution(trainingBodyID), w.institution(evaluationBodyID)
	verified := object{"outcome": "verified", "answer": "已查看证件"}
	w.get(path, others).refused(t, http.StatusNotFound, notFound)
	require.Equal(t, map[string]string{"outcome": "document_missing"}, w.post(path+"/answer", staff, verified).refused(t, 422, validationFailed))

	stranger := w.token(store.Account{Role: store.RoleTrainee})
	for _, token := range []string{stranger, others, w.operator} {
		require.Equal(t, map[string]string{"subject_id": "unknown_subject"}, w.document(token, first.ID).refused(t, 422, validationFailed))
	}
	require.Equal(t, map[string]string{"subject_id": "unknown_subject"}, w.post("/v1/evidence", w.trainee,
		filing(c.ID, scoreSheet(5000), object{"subject_kind": "case", "kind": "other"})).refused(t, 422, validationFailed), "about a case operators file")
	var at asked
	w.document(w.trainee, first.ID).into(t, &at)
	require.Equal(t, http.StatusOK, w.sendFile(at.Upload, scoreSheet(5000)).status)
	file := "/v1/evidence/" + at.ID + "/file"
	w.get(file, others).refused(t, http.StatusNotFound, notFound)
	w.get(file, stranger).refused(t, http.StatusNotFound, notFound)
	for _, token := range []string{staff, w.trainee} {
		require.Equal(t, scoreSheet(5000), w.get(file, token).body)
		var seen struct{ Files []evidenceView }
		w.get(path, token).into(t, &seen)
		require.Len(t, seen.Files, 1)
	}
	require.Equal(t, 2, w.audited("evidence.read"))

	w.takes(staff, first.ID, "answer", object{"outcome": "not_same", "answer": "照片不是本人"})
	require.Equal(t, "not_same", w.identityOf(c.ID).Found.Code)
	require.Equal(t, "trainee", awaits())
	require.Equal(t, "open", w.text("SELECT state FROM incidents WHERE id = $1", incident), "who is refused may show another, and nothing goes on")
	w.document(w.trainee, first.ID).refused(t, 422, validationFailed)
	again := w.puts(requests, ask)
	w.document(w.trainee, again.ID).into(t, &at)
	require.Equal(t, http.StatusOK, w.sendFile(at.Upload, scoreSheet(5000)).status)
	require.Equal(t, "verified", w.takes(staff, again.ID, "answer", verified).Outcome.Code)
	require.Nil(t, w.identityOf(c.ID))
	last := w.relay.items[len(w.relay.items)-1]
	require.Equal(t, []string{c.ID, store.InboxResolution}, []string{last.CaseID, last.Kind}, "what waited for it goes on by itself")
	require.NoError(t, watch.Look(t.Context()))
	require.Equal(t, 1, played.Asked(), "what people saw is not asked about again")
}

func TestX14TheRegisterIsAskedOnceOfAPersonAndWhileItIsAwayNobodyIsFoundToBeAnything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one := registrationOf(1, nil)
	caseID := w.newCase(1)
	played, watch := w.registerOf()
	for _, manner := range []bureau.Manner{bureau.Away, bureau.Mad} {
		played.Behave(manner)
		require.Error(t, watch.Look(t.Context()))
		require.Zero(t, w.count("SELECT count(*) FROM identity_checks"))
	}
	played.Behave(bureau.Polite)
	before := played.Asked()
	require.NoError(t, watch.Look(t.Context()))
	require.Equal(t, before, played.Asked(), "of whom nothing was understood it is not asked again at once")
	watch.Now = func() time.Time { return time.Now().Add(time.Hour) }
	for range 2 {
		require.NoError(t, watch.Look(t.Context()))
	}
	require.Equal(t, before+1, played.Asked())
	require.Equal(t, 1, w.count("SELECT count(*) FROM identity_checks WHERE outcome = 'matches'"))
	require.Zero(t, w.count("SELECT count(*) FROM case_events WHERE kind = 'identity_unverified'"))
	// Whoever's name or number was corrected is another question.
	played.Name(one["id_number"].(string), "王晓明")
	w.exec("UPDATE persons SET corrected_at = now() + interval '2 hours'")
	watch.Now = func() time.Time { return time.Now().Add(3 * time.Hour) }
	require.NoError(t, watch.Look(t.Context()))
	require.Equal(t, 1, w.count("SELECT count(*) FROM case_events WHERE kind = 'identity_unverified' AND case_id = $1", caseID))
	require.NotContains(t, w.dump("identity_checks"), "王")

	other, err := idcheck.New(neighbour.Address{URL: "http://127.0.0.1:1", Secret: delivery.NewSecret(), Insecure: true})
	require.NoError(t, err)
	_, err = other.Ask(t.Context(), idcheck.Question{ID: "x", Name: "王小明", Number: "1"})
	require.NotContains(t, err.Error(), "王")
	_, err = idcheck.New(neighbour.Address{URL: "http://register.example.cn/checks", Secret: delivery.NewSecret()})
	require.ErrorContains(t, err, "https://")
}

func TestX14OneOfWhomTheRegisterSaysWhatNobodyUnderstandsIsInNobodysWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, second := registrationOf(1, nil), registrationOf(2, nil)
	w.newCase(1)
	caseID := w.newCase(2)
	played, watch := w.registerOf()
	upsets := first["id_number"].(string)
	played.Upset(upsets, true)
	played.Name(second["id_number"].(string), "")
	err := watch.Look(t.Context())
	upset := w.text("SELECT person_id FROM cases WHERE id <> $1", caseID)
	require.ErrorContains(t, err, "check "+upset)
	require.NotContains(t, err.Error(), first["name"])
	require.NotContains(t, err.Error(), upsets)
	require.Equal(t, "unknown", w.text("SELECT outcome FROM identity_checks"), "who stands behind is asked about in the same round")

	played.Upset(upsets, false)
	require.NoError(t, watch.Look(t.Context()))
	require.Equal(t, 1, w.count("SELECT count(*) FROM identity_checks"), "who upsets it is left alone for an hour")
	watch.Now = func() time.Time { return time.Now().Add(time.Hour) }
	require.NoError(t, watch.Look(t.Context()))
	require.Equal(t, 1, w.count("SELECT count(*) FROM identity_checks WHERE outcome = 'matches' AND person_id = $1", upset))

	played.Behave(bureau.Away)
	w.exec("UPDATE persons SET corrected_at = now() + interval '2 hours'")
	watch.Now = func() time.Time { return time.Now().Add(3 * time.Hour) }
	require.Error(t, watch.Look(t.Context()))
	played.Behave(bureau.Polite)
	require.NoError(t, watch.Look(t.Context()), "that it was away is nobody's own trouble, and nobody is left alone for it")
	require.Equal(t, 4, w.count("SELECT count(*) FROM identity_checks"))
}

func TestX37FilesOfBothSidesGoWithAComplaintAndEachSideSeesItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseID, _ := w.marked(80, 3)
	asked := w.puts("/v1/complaints", object{"institution": trainingBodyID, "case_id": caseID, "topic": "fees", "text": "多收费"})
	staff, content := w.institution(trainingBodyID), scoreSheet(5000)
	receipt := object{"subject_kind": "petition", "kind": "other", "name": "收据.pdf"}
	files := func(token string) (n int) {
		var seen struct{ Files []evidenceView }
		w.get("/v1/petitions/"+asked.ID, token).into(t, &seen)
		return len(seen.Files)
	}
	send := func(token string) {
		at := w.askFor(token, filing(asked.ID, content, receipt))
		require.Equal(t, http.StatusOK, w.sendFile(at.Upload, content).status)
	}
	send(w.trainee)
	w.post("/v1/evidence", staff, filing(asked.ID, content, receipt)).refused(t, 422, validationFailed)
	w.takes(w.operator, asked.ID, "hearing", nil)
	send(staff)
	theirs := w.text("SELECT id FROM evidence WHERE institution_id IS NULL AND subject_id = $1", asked.ID)
	w.post("/v1/evidence/"+theirs+"/removal", staff, object{"reason": "x"}).refused(t, http.StatusConflict, evidenceCited)
	require.Equal(t, []int{1, 2, 2}, []int{files(w.trainee), files(staff), files(w.operator)}, "what the institution states is not the trainee's to read")
	w.takes(staff, asked.ID, "statement", object{"statement": "已退"})
	w.post("/v1/evidence", staff, filing(asked.ID, content, receipt)).refused(t, 422, validationFailed)
}

func TestX37TheCityMayHoldTheCaseOfAComplaintUntilItIsAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.carryActs()
	caseID, _ := w.marked(80, 3)
	w.exec("UPDATE institutions SET district = 'haidian' WHERE id = $1", trainingBodyID)
	district, reason := "haidian", object{"reason": "须先查明"}
	bureau := w.token(store.Account{Role: store.RoleOperator, District: &district})
	paused := func() bool {
		return w.count("SELECT count(*) FROM cases WHERE id = $1 AND paused_at IS NOT NULL", caseID) == 1
	}
	complain := func() PetitionView {
		return w.puts("/v1/complaints", object{"institution": trainingBodyID, "case_id": caseID, "topic": "conduct", "text": "x"})
	}
	asked := complain()
	path := "/v1/petitions/" + asked.ID
	require.Equal(t, http.StatusForbidden, w.post(path+"/pause", bureau, reason).status, "the city says so, not a district")
	require.True(t, w.takes(w.operator, asked.ID, "pause", reason).Paused)
	require.True(t, paused())
	w.post(path+"/pause", w.operator, reason).refused(t, http.StatusConflict, petitionStep)
	require.False(t, w.takes(bureau, asked.ID, "answer", object{"outcome": "founded", "answer": "已责成改正"}).Paused)
	require.False(t, paused(), "it goes on once the complaint is answered")

	again := complain()
	w.takes(w.operator, again.ID, "pause", reason)
	require.Equal(t, http.StatusOK, w.acts(caseID, object{"verb": "resume", "reason": "先行恢复", "seen": w.seen(caseID)}).status)
	require.Equal(t, "withdrawn", w.takes(w.trainee, again.ID, "withdrawal", nil).State.Code, "what somebody let go before is left alone")
	none := w.puts("/v1/complaints", object{"institution": trainingBodyID, "topic": "refund", "text": "x"})
	w.post("/v1/petitions/"+none.ID+"/pause", w.operator, reason).refused(t, http.StatusConflict, petitionStep)
}
