package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

// correctionOf is a correction of the sign-in at the session s1: until ten.
func (w *world) correctionOf(attendee string, changes object) object {
	return merge(w.signIn(attendee, object{"signed_out_at": w.clock(-2, "10:00"), "reason": "看错了签到表"}), changes)
}

func (c classroom) correct(key string, body object) reply {
	c.t.Helper()
	return c.do(call{
		method: http.MethodPost, path: "/v1/attendance/corrections", token: c.token, body: body,
		header: map[string]string{"Idempotency-Key": key},
	})
}

// attended is a session ten or two days ago that a case attended from nine to half past eleven.
func (c classroom) attended(caseID, ref string, day int) string {
	c.t.Helper()
	window := object{"ref": ref, "opens_at": c.clock(day, "09:00"), "closes_at": c.clock(day, "12:00")}
	reply := c.report([]object{c.sessionOn(window, caseID)}, []object{c.signIn(caseID, object{
		"session": ref, "signed_in_at": c.clock(day, "09:00"), "signed_out_at": c.clock(day, "11:30"),
	})})
	require.Equal(c.t, 2, reply.Recorded, "%+v", reply)
	return reply.Sessions[0].ID
}

func TestACorrectionInTimeCountsAtOnceAndItsRetryChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	a := w.admitted(1, nil)
	c.attended(a, "s1", -2)
	c.post("/v1/attendance/corrections", c.token, w.correctionOf(a, nil)).refused(t, http.StatusBadRequest, idempotencyRequired)
	r := c.correct("k1", w.correctionOf(a, nil))
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	var shown correctionView
	r.into(t, &shown)
	require.Equal(t, "counted", shown.Status)
	require.Equal(t, []string{w.clock(-2, "11:30"), w.clock(-2, "10:00")}, []string{
		shown.Before.SignedOutAt.In(beijing()).Format(time.RFC3339), shown.After.SignedOutAt.In(beijing()).Format(time.RFC3339),
	})
	require.Equal(t, 3600, w.credited(a))
	require.Equal(t, http.StatusCreated, c.correct("k2", w.correctionOf(a, object{"signed_out_at": w.clock(-2, "11:00")})).status)
	before := w.counts()
	again := c.correct("k1", w.correctionOf(a, nil))
	require.Equal(t, http.StatusCreated, again.status)
	require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
	require.Equal(t, before, w.counts(), "an old correction that is sent again does not undo a newer one")
	require.Equal(t, 7200, w.credited(a))
	c.correct("k1", w.correctionOf(a, object{"reason": "x"})).refused(t, http.StatusUnprocessableEntity, idempotencyReused)
}

func beijing() *time.Location { return time.FixedZone("", 8*60*60) }

// Exception X-02, as institutions and operators meet it.
func TestX02ALateCorrectionWaitsForAnOperator(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	a := w.admitted(1, nil)
	c.attended(a, "s1", -10)
	late := w.correctionOf(a, object{"signed_in_at": w.clock(-10, "09:00"), "signed_out_at": w.clock(-10, "12:00")})
	r := c.correct("k1", late)
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	var shown correctionView
	r.into(t, &shown)
	require.Equal(t, "pending", shown.Status)
	require.Equal(t, 9000, w.credited(a))
	require.Equal(t, map[string]string{"attendee": "correction_pending"},
		c.correct("k2", late).refused(t, http.StatusConflict, attendanceConflict))

	decision := "/v1/attendance/corrections/" + shown.ID + "/decision"
	approval := object{"decision": "approve", "reason": "纸质签到表为证"}
	for _, token := range []string{c.token, w.trainee} {
		w.post(decision, token, approval).refused(t, http.StatusForbidden, forbidden)
	}
	require.Contains(t, w.post(decision, w.operator, object{"decision": "maybe", "reason": "x"}).
		refused(t, http.StatusUnprocessableEntity, validationFailed), "decision")
	require.Contains(t, w.post(decision, w.operator, object{"decision": "approve", "reason": " "}).
		refused(t, http.StatusUnprocessableEntity, validationFailed), "reason")
	w.post("/v1/attendance/corrections/"+uuid.NewString()+"/decision", w.operator, approval).refused(t, http.StatusNotFound, notFound)

	var page struct{ Corrections []correctionView }
	w.get("/v1/attendance/corrections?state=pending", w.operator).into(t, &page)
	require.Len(t, page.Corrections, 1)
	require.Equal(t, shown.After, page.Corrections[0].After)
	require.Equal(t, shown.Before, page.Corrections[0].Before)
	require.Equal(t, a, page.Corrections[0].Attendee)
	page.Corrections = nil
	w.get("/v1/attendance/corrections", w.institution(otherTrainerID)).into(t, &page)
	require.Empty(t, page.Corrections, "each sees its own")

	r = w.post(decision, w.operator, approval)
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.Equal(t, 10800, w.credited(a))
	require.Equal(t, map[string]string{"$": "decided_before"}, w.post(decision, w.operator, approval).refused(t, http.StatusConflict, attendanceConflict))
	w.get("/v1/attendance/corrections?state=counted", c.token).into(t, &page)
	require.Equal(t, "纸质签到表为证", page.Corrections[0].DecisionReason)
	require.Equal(t, []int{1, 1}, []int{w.audited("attendance.correct"), w.audited("attendance.approve")})
}

func TestABadCorrectionIsRefusedByFieldAndChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	a, b := w.admitted(1, nil), w.admitted(2, nil)
	c.attended(a, "s1", -2)
	c.report([]object{w.sessionOn(nil, b)}, nil)
	other := w.institution(otherTrainerID)
	before := w.counts()
	for name, bad := range map[string]struct {
		body        object
		code, field string
	}{
		"no reason":      {w.correctionOf(a, object{"reason": " "}), "required", "reason"},
		"nothing there":  {w.correctionOf(b, nil), "nothing_to_correct", "attendee"},
		"the same":       {w.correctionOf(a, object{"signed_out_at": w.clock(-2, "11:30")}), "nothing_changed", "signed_in_at"},
		"outside":        {w.correctionOf(a, object{"signed_out_at": w.clock(-2, "12:30")}), "outside_window", "signed_out_at"},
		"by nobody":      {w.correctionOf(a, object{"reporter": "T99"}), "reporter_unknown", "reporter"},
		"no session":     {w.correctionOf(a, object{"session": "s9"}), "session_unknown", "session"},
		"no attendee":    {w.correctionOf("x", nil), "format", "attendee"},
		"not on it":      {w.correctionOf(uuid.NewString(), nil), "not_on_roster", "attendee"},
		"both":           {w.correctionOf(a, object{"absent": true}), "conflict", "signed_in_at"},
		"unknown field":  {w.correctionOf(a, object{"hours": 3}), "unknown_field", "hours"},
		"another's room": {w.correctionOf(a, nil), "session_unknown", "session"},
	} {
		at := c
		if name == "another's room" {
			at = classroom{w, other}
		}
		r := at.correct("key-"+bad.code+bad.field, bad.body)
		require.Equal(t, http.StatusUnprocessableEntity, r.status, "%s: %s", name, r.body)
		p := r.problem(t)
		found := map[string]string{}
		for _, e := range p.Errors {
			require.NotContains(t, e.Message, "attendance.", name)
			found[e.Field] = e.Code
		}
		require.Equal(t, bad.code, found[bad.field], "%s: %s", name, r.body)
	}
	require.Equal(t, before, w.counts())
	require.Equal(t, 9000, w.credited(a))
}

func TestAVoidedSessionTakesItsHoursBackAndTellsTheCases(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	a, b := w.admitted(1, nil), w.admitted(2, nil)
	first := c.attended(a, "s1", -2)
	second := c.attended(b, "s2", -3)
	w.exec(`UPDATE case_stages SET state = 'done' WHERE case_id = $1 AND stage = 'training'`, b)
	why := object{"reason": "教室停电，课未上成"}
	for id, token := range map[string]string{first: w.institution(otherTrainerID), uuid.NewString(): w.operator, "x": c.token} {
		w.post("/v1/sessions/"+id+"/voiding", token, why).refused(t, http.StatusNotFound, notFound)
	}
	w.post("/v1/sessions/"+first+"/voiding", w.trainee, why).refused(t, http.StatusForbidden, forbidden)
	w.post("/v1/sessions/"+first+"/voiding", c.token, object{"reason": ""}).refused(t, http.StatusUnprocessableEntity, validationFailed)
	told := len(w.relay.items)
	require.Equal(t, http.StatusOK, w.post("/v1/sessions/"+first+"/voiding", c.token, why).status)
	require.Len(t, w.relay.items, told)
	require.Zero(t, w.credited(a))
	r := w.post("/v1/sessions/"+second+"/voiding", w.operator, why)
	require.JSONEq(t, `{"session_id":"`+second+`","persons":1,"minutes":150,"repeated":false}`, string(r.body))
	require.Len(t, w.relay.items, told+1)
	require.Equal(t, []string{b, store.InboxHours, second},
		[]string{w.relay.items[told].CaseID, w.relay.items[told].Kind, w.relay.items[told].SubjectID})
	r = w.post("/v1/sessions/"+second+"/voiding", w.operator, why)
	require.Contains(t, string(r.body), `"repeated":true`)
	w.post("/v1/sessions/"+second+"/voiding", w.operator, object{"reason": "x"}).refused(t, http.StatusConflict, attendanceConflict)
	require.Equal(t, 2, w.audited("session.void"))
	require.Equal(t, "session_voided", c.report([]object{w.sessionOn(nil, b)}, nil).Sessions[0].Code)

	var shown struct {
		SessionView
		Roster []rosterView
	}
	w.get("/v1/sessions/"+second, c.token).into(t, &shown)
	require.Equal(t, "教室停电，课未上成", shown.VoidReason)
	require.Equal(t, b, shown.Roster[0].Attendee)
	require.Zero(t, shown.Roster[0].Minutes)
	require.Len(t, shown.Roster[0].Reports, 1)
}

func TestACasesHoursShowEveryLineAndWhatItRestsOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	require.Equal(t, http.StatusCreated, w.register(w.trainee, "mine", registrationOf(1, nil)).status)
	var mine struct{ Cases []CaseSummary }
	w.get("/v1/me/cases", w.trainee).into(t, &mine)
	a := mine.Cases[0].ID
	w.exec(`UPDATE cases SET registered_on = $2 WHERE id = $1`, a, w.day(-30))
	w.exec(`UPDATE case_stages SET state = 'done' WHERE case_id = $1 AND stage = 'registration'`, a)
	c.attended(a, "s1", -2)
	c.correct("k", w.correctionOf(a, nil))
	for _, token := range []string{w.trainee, w.operator} {
		var shown struct {
			Hours          float64
			Minutes        float64
			MinutesPerHour int `json:"minutes_per_hour"`
			Lines          []hourLine
		}
		r := w.get("/v1/cases/"+a+"/hours", token)
		r.into(t, &shown)
		require.Equal(t, []float64{1.3, 60}, []float64{shown.Hours, shown.Minutes})
		require.Equal(t, 45, shown.MinutesPerHour)
		require.Len(t, shown.Lines, 3)
		first, contra, now := shown.Lines[0], shown.Lines[1], shown.Lines[2]
		require.Equal(t, []any{false, contra.Entry, "看错了签到表", 150.}, []any{first.Stands, *first.ReversedBy, first.Reason, first.Minutes})
		require.Equal(t, []any{false, first.Entry, -150.}, []any{contra.Stands, *contra.Reverses, contra.Minutes})
		require.Equal(t, []any{true, "T01", 60.}, []any{now.Stands, now.Reporter, now.Minutes})
		require.Len(t, now.Evidence, 1)
		require.Equal(t, time.Hour, now.Evidence[0].Length())
		require.NotEmpty(t, now.Evidence[0].First, "it names the report")
		require.NotContains(t, string(r.body), "李老师")
	}
	w.get("/v1/cases/"+a+"/hours", w.token(store.Account{Role: store.RoleTrainee})).refused(t, http.StatusNotFound, notFound)
	w.get("/v1/cases/"+a+"/hours", c.token).refused(t, http.StatusForbidden, forbidden)
}

func TestSessionsAreReadPageByPageAndEachInstitutionReadsItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	a, b := w.admitted(1, nil), w.admitted(2, nil)
	for day, ref := range map[int]string{-2: "s2", -3: "s3", -4: "s4"} {
		c.attended(a, ref, day)
	}
	id := c.attended(b, "s5", -5)
	type page struct {
		Sessions []SessionView
		Next     *string
	}
	refs := func(query, token string) (refs []string) {
		for after := ""; ; {
			var p page
			r := w.get("/v1/sessions?limit=2"+query+after, token)
			require.Equal(t, http.StatusOK, r.status, "%s", r.body)
			r.into(t, &p)
			for _, s := range p.Sessions {
				refs = append(refs, s.Ref)
			}
			if p.Next == nil {
				return refs
			}
			after = "&after=" + *p.Next
		}
	}
	require.Equal(t, []string{"s2", "s3", "s4", "s5"}, refs("", c.token), "the latest first")
	require.Equal(t, []string{"s3", "s4"}, refs("&from="+w.day(-4)+"&to="+w.day(-3), w.operator))
	require.Equal(t, []string{"s5"}, refs("&attendee="+b, w.operator))
	require.Empty(t, refs("", w.institution(otherTrainerID)))
	require.Empty(t, refs("&institution="+trainingBodyID, w.institution(otherTrainerID)))
	require.Empty(t, refs("&institution="+otherTrainerID, w.operator))
	w.get("/v1/sessions/"+id, w.institution(otherTrainerID)).refused(t, http.StatusNotFound, notFound)
	w.get("/v1/sessions/"+id, w.trainee).refused(t, http.StatusForbidden, forbidden)
	for query, field := range map[string]string{"attendee=x": "attendee", "from=2026-02-30": "from", "after=x": "after"} {
		require.Contains(t, w.get("/v1/sessions?"+query, w.operator).refused(t, http.StatusUnprocessableEntity, validationFailed), field)
	}
}
