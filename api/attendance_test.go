package api

import (
	"fmt"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

// admitted registers somebody 30 days ago and admits them, as the case's first step would.
func (w *world) admitted(n int, changes object) string {
	w.t.Helper()
	r := w.register(w.operator, uuid.NewString(), registrationOf(n, changes))
	require.Equal(w.t, http.StatusCreated, r.status, "%s", r.body)
	var c struct{ ID string }
	r.into(w.t, &c)
	w.exec(`UPDATE cases SET registered_on = $2 WHERE id = $1`, c.ID, w.day(-30))
	w.exec(`UPDATE case_stages SET state = 'done' WHERE case_id = $1 AND stage = 'registration'`, c.ID)
	return c.ID
}

func (w *world) exec(statement string, args ...any) {
	w.t.Helper()
	_, err := w.sql.ExecContext(w.t.Context(), statement, args...)
	require.NoError(w.t, err)
}

// classroom is a training body with somebody who takes attendance.
type classroom struct {
	*world

	token string
}

func (w *world) classroom(institution string) classroom {
	w.t.Helper()
	c := classroom{w, w.institution(institution)}
	r := w.post("/v1/staff", c.token, object{"ref": "T01", "name": "李老师"})
	require.Contains(w.t, []int{http.StatusOK, http.StatusCreated}, r.status, "%s", r.body)
	return c
}

// clock is an instant of a day so many days from now, as an institution writes it.
func (w *world) clock(day int, hour string) string {
	return w.day(day) + "T" + hour + ":00+08:00"
}

// sessionOn is a session from nine to twelve on the day before yesterday.
func (w *world) sessionOn(changes object, roster ...string) object {
	s := object{
		"ref": "s1", "module": "基础知识", "mode": "offline", "place": "教室 1", "instructor": "T01",
		"opens_at": w.clock(-2, "09:00"), "closes_at": w.clock(-2, "12:00"), "roster": roster,
	}
	return merge(s, changes)
}

// signIn is a sign-in at that session, from nine to half past eleven.
func (w *world) signIn(attendee string, changes object) object {
	return merge(object{
		"session": "s1", "attendee": attendee, "signed_in_at": w.clock(-2, "09:00"), "signed_out_at": w.clock(-2, "11:30"),
		"reporter": "T01",
	}, changes)
}

func merge(o, changes object) object {
	maps.Copy(o, changes)
	maps.DeleteFunc(o, func(_ string, v any) bool { return v == nil })
	return o
}

type attendanceReply struct {
	Recorded, Repeated, Refused int
	Sessions                    []sessionResult
	SignIns                     []signInResult `json:"sign_ins"`
}

func (c classroom) report(sessions, signIns []object) attendanceReply {
	c.t.Helper()
	body := object{}
	if sessions != nil {
		body["sessions"] = sessions
	}
	if signIns != nil {
		body["sign_ins"] = signIns
	}
	r := c.post("/v1/attendance", c.token, body)
	require.Equal(c.t, http.StatusOK, r.status, "%s", r.body)
	var reply attendanceReply
	r.into(c.t, &reply)
	require.Equal(c.t, len(sessions)+len(signIns), reply.Recorded+reply.Repeated+reply.Refused)
	return reply
}

// credited is the seconds that stand for a case.
func (w *world) credited(caseID string) int {
	w.t.Helper()
	var seconds int
	require.NoError(w.t, w.sql.QueryRowContext(w.t.Context(), `SELECT coalesce(sum(seconds), 0) FROM hour_entries
		JOIN hour_claims ON entry_id = id WHERE case_id = $1`, caseID).Scan(&seconds))
	return seconds
}

func TestSessionsAndSignInsAreTakenOnceHoweverOftenTheyAreSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	first, second := w.admitted(1, nil), w.admitted(2, nil)
	sessions := []object{w.sessionOn(nil, first, second)}
	signIns := []object{w.signIn(first, nil), w.signIn(second, object{"absent": true, "signed_in_at": nil, "signed_out_at": nil})}
	reply := c.report(sessions, signIns)
	require.Equal(t, 3, reply.Recorded, "%+v", reply)
	require.Equal(t, "3.3", reply.SignIns[0].Hours.String(), "150 minutes, 45 to the hour, rounded down")
	require.Zero(t, *reply.SignIns[1].Hours)
	before := w.counts()
	for range 3 {
		again := c.report(sessions, signIns)
		require.Equal(t, 3, again.Repeated, "%+v", again)
		require.Equal(t, reply.Sessions[0].ID, again.Sessions[0].ID)
	}
	require.Equal(t, before, w.counts(), "a repeat changes nothing")
	require.Equal(t, 9000, w.credited(first))
	require.Zero(t, w.credited(second))
	require.Empty(t, w.relay.items[2:], "while the training is under way nobody needs to be told")

	third := w.admitted(3, nil)
	grown := c.report([]object{w.sessionOn(nil, third)}, []object{w.signIn(third, nil)})
	require.Equal(t, 2, grown.Recorded, "a roster may grow")
	require.Equal(t, 2, c.report(sessions, []object{w.signIn(first, nil)}).Repeated, "and never shrinks")
}

func TestOfTwoDifferentReportsTheFirstStandsUntilItIsCorrected(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	a := w.admitted(1, nil)
	c.report([]object{w.sessionOn(nil, a)}, []object{w.signIn(a, nil)})
	for field, value := range map[string]any{
		"module": "技术应用", "place": "教室 2", "closes_at": w.clock(-2, "13:00"), "opens_at": w.clock(-2, "08:00"), "mode": "online",
	} {
		reply := c.report([]object{w.sessionOn(object{field: value}, a)}, nil)
		require.Equal(t, "session_conflict", reply.Sessions[0].Code, field)
		require.NotEmpty(t, reply.Sessions[0].Message)
	}
	for name, row := range map[string]object{
		"longer": w.signIn(a, object{"signed_out_at": w.clock(-2, "12:00")}),
		"absent": w.signIn(a, object{"absent": true, "signed_in_at": nil, "signed_out_at": nil}),
	} {
		require.Equal(t, "attendance_conflict", c.report(nil, []object{row}).SignIns[0].Code, name)
	}
	require.Equal(t, 9000, w.credited(a))
}

func TestOneBadRowHarmsNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	a, b := w.admitted(1, nil), w.admitted(2, nil)
	reply := c.report([]object{
		w.sessionOn(object{"ref": "\n", "mode": "dream"}, a), w.sessionOn(nil, a, b), {"ref": "x"},
	}, []object{
		w.signIn(a, object{"signed_in_at": 9}), w.signIn(a, nil), w.signIn(uuid.NewString(), nil), w.signIn(b, nil),
		w.signIn(b, object{"session": "s9"}),
	})
	require.Equal(t, []any{3, 0, 5}, []any{reply.Recorded, reply.Repeated, reply.Refused}, "%+v", reply)
	require.Equal(t, []string{rowRefused, rowRecorded, rowRefused},
		[]string{reply.Sessions[0].Status, reply.Sessions[1].Status, reply.Sessions[2].Status})
	require.Empty(t, reply.Sessions[0].Ref, "what is no name is not repeated")
	codes := make([]string, len(reply.SignIns))
	for i, row := range reply.SignIns {
		codes[i] = row.Code
		require.Equal(t, i, row.Index)
	}
	require.Equal(t, []string{"wrong_type", "", "not_on_roster", "", "session_unknown"}, codes)
	require.Equal(t, "signed_in_at", reply.SignIns[0].Field)
	require.Equal(t, 9000, w.credited(a))
	require.Equal(t, 9000, w.credited(b))
}

func TestABatchThatIsNoBatchIsRefusedWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	before := w.counts()
	for name, bad := range map[string]struct {
		body   any
		status int
		fields map[string]string
	}{
		"no JSON":       {`{"sessions":`, 400, nil},
		"array":         {`[]`, 422, map[string]string{"$": "wrong_type"}},
		"null":          {`null`, 422, map[string]string{"$": "wrong_type"}},
		"unknown":       {object{"presence": []object{}}, 422, map[string]string{"presence": "unknown_field"}},
		"no list":       {object{"sign_ins": object{}}, 422, map[string]string{"sign_ins": "wrong_type"}},
		"null list":     {`{"sessions":null}`, 422, map[string]string{"sessions": "wrong_type"}},
		"too many rows": {object{"sessions": make([]object, 201)}, 422, map[string]string{"sessions": "too_many"}},
	} {
		r := c.post("/v1/attendance", c.token, bad.body)
		require.Equal(t, bad.status, r.status, name)
		if bad.fields != nil {
			p := r.problem(t)
			for _, e := range p.Errors {
				require.Equal(t, bad.fields[e.Field], e.Code, name)
			}
			require.Len(t, p.Errors, len(bad.fields), name)
		}
	}
	require.Equal(t, before, w.counts())
}

// Attack 6: credit without a roster, outside the window, or by nobody.
func TestOfflineCreditNeedsRosterWindowAndNamedReporter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	a, other := w.admitted(1, nil), w.admitted(2, nil)
	require.Equal(t, http.StatusCreated, w.post("/v1/staff", c.token, object{"ref": "T02", "name": "周老师"}).status)
	require.Equal(t, http.StatusOK, w.post("/v1/staff/T02/removal", c.token, object{"reason": "离职"}).status)
	w.classroom(otherTrainerID)
	w.post("/v1/staff", w.institution(otherTrainerID), object{"ref": "X01", "name": "吴老师"})
	reply := c.report([]object{
		w.sessionOn(nil, a), w.sessionOn(object{"ref": "online", "mode": "online"}, a),
		w.sessionOn(object{"ref": "later", "opens_at": w.clock(1, "09:00"), "closes_at": w.clock(1, "12:00")}, a),
	}, nil)
	require.Equal(t, 3, reply.Recorded, "%+v", reply)
	for name, bad := range map[string]struct {
		row         object
		code, field string
	}{
		"not on the roster":  {w.signIn(other, nil), "not_on_roster", "attendee"},
		"too early":          {w.signIn(a, object{"signed_in_at": w.clock(-2, "08:59")}), "outside_window", "signed_in_at"},
		"too late":           {w.signIn(a, object{"signed_out_at": w.clock(-2, "12:01")}), "outside_window", "signed_out_at"},
		"backwards":          {w.signIn(a, object{"signed_in_at": w.clock(-2, "11:45")}), "sign_out_first", "signed_out_at"},
		"reporter unknown":   {w.signIn(a, object{"reporter": "T99"}), "reporter_unknown", "reporter"},
		"reporter left":      {w.signIn(a, object{"reporter": "T02"}), "reporter_unknown", "reporter"},
		"reporter elsewhere": {w.signIn(a, object{"reporter": "X01"}), "reporter_unknown", "reporter"},
		"no reporter":        {w.signIn(a, object{"reporter": nil}), "required", "reporter"},
		"no sign-out":        {w.signIn(a, object{"signed_out_at": nil}), "required", "signed_out_at"},
		"absent and present": {w.signIn(a, object{"absent": true}), "conflict", "signed_in_at"},
		"no instant":         {w.signIn(a, object{"signed_in_at": "yesterday"}), "instant", "signed_in_at"},
		"of no year":         {w.signIn(a, object{"signed_in_at": "0001-01-01T00:00:00Z"}), "instant", "signed_in_at"},
		"online":             {w.signIn(a, object{"session": "online"}), "online_by_heartbeat", "session"},
		"in the future": {
			w.signIn(a, object{"session": "later", "signed_in_at": w.clock(1, "09:00"), "signed_out_at": w.clock(1, "10:00")}),
			"in_future", "signed_out_at",
		},
	} {
		row := c.report(nil, []object{bad.row}).SignIns[0]
		require.Equal(t, []string{rowRefused, bad.code, bad.field}, []string{row.Status, row.Code, row.Field}, name)
		require.NotEmpty(t, row.Message, name)
		require.NotContains(t, row.Message, "attendance.", name)
		require.NotContains(t, row.Message, "field.", name)
	}
	require.Zero(t, w.credited(a))
	require.Equal(t, rowRecorded, c.report(nil, []object{w.signIn(a, nil)}).SignIns[0].Status, "what is refused may be sent again")
}

func TestOnlyWhoIsTrainedThereIsOnARoster(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	a := w.admitted(1, nil)
	waiting := w.newCase(2)
	elsewhere := w.admitted(3, object{"training_body": otherTrainerID})
	over := w.admitted(4, nil)
	w.exec(`UPDATE cases SET status = 'ended', outcome = 'mapped', ended_at = now() WHERE id = $1`, over)
	reopened := w.admitted(5, nil)
	w.exec(`UPDATE cases SET status = 'ended', outcome = 'mapped', ended_at = now() WHERE id = $1`, reopened)
	w.exec(`INSERT INTO incidents (id, case_id, stage, kind, cause, state) VALUES (gen_random_uuid(), $1, 'training', 'business', 'x', 'open')`, reopened)
	for name, bad := range map[string]struct {
		row         object
		code, field string
	}{
		"nobody":              {w.sessionOn(nil, a, uuid.NewString()), "attendee_unknown", "roster[1]"},
		"of another":          {w.sessionOn(nil, elsewhere), "attendee_unknown", "roster[0]"},
		"not admitted":        {w.sessionOn(nil, waiting), "attendee_not_admitted", "roster[0]"},
		"over":                {w.sessionOn(nil, over), "attendee_over", "roster[0]"},
		"no id":               {w.sessionOn(nil, "王小明"), "format", "roster[0]"},
		"other module":        {w.sessionOn(object{"module": "太极拳"}, a), "unknown_module", "module"},
		"before the case":     {w.sessionOn(object{"opens_at": w.clock(-31, "09:00"), "closes_at": w.clock(-31, "12:00")}, a), "before_registration", "roster[0]"},
		"no place":            {w.sessionOn(object{"place": nil}, a), "required", "place"},
		"no instructor":       {w.sessionOn(object{"instructor": nil}, a), "required", "instructor"},
		"instructor unknown":  {w.sessionOn(object{"instructor": "T99"}, a), "instructor_unknown", "instructor"},
		"backwards":           {w.sessionOn(object{"closes_at": w.clock(-2, "08:00")}, a), "session_window", "closes_at"},
		"two days long":       {w.sessionOn(object{"closes_at": w.clock(0, "12:00")}, a), "session_window", "closes_at"},
		"no window":           {w.sessionOn(object{"opens_at": nil}, a), "required", "opens_at"},
		"unknown field":       {w.sessionOn(object{"hours": 8}, a), "unknown_field", "hours"},
		"course of nowhere":   {w.sessionOn(object{"course": "c1"}, a), "course_unknown", "course"},
		"mode of nowhere":     {w.sessionOn(object{"mode": "dream"}, a), "unknown_value", "mode"},
		"name of two lines":   {w.sessionOn(object{"ref": "a\nb"}, a), "format", "ref"},
		"one person twice":    {w.sessionOn(nil, a, w.admitted(1, object{"level": "intermediate"})), "person_twice", "roster[1]"},
		"the same case twice": {w.sessionOn(nil, a, a), "", ""},
	} {
		row := c.report([]object{bad.row}, nil).Sessions[0]
		require.Equal(t, []string{bad.code, bad.field}, []string{row.Code, row.Field}, name)
		if bad.code == "" {
			w.exec(`DELETE FROM session_roster`)
			w.exec(`DELETE FROM sessions`)
		}
	}
	require.Equal(t, rowRecorded, c.report([]object{w.sessionOn(nil, a, reopened)}, nil).Sessions[0].Status,
		"what is open about an ended case may be made up")
	w.exec(`UPDATE institution_roles SET valid_to = $2 WHERE institution_id = $1`, trainingBodyID, w.day(-2))
	row := c.report([]object{w.sessionOn(object{"ref": "s2"}, a)}, nil).Sessions[0]
	require.Equal(t, "not_listed_for_role", row.Code)
	row = c.report([]object{w.sessionOn(object{"ref": "s3", "opens_at": w.clock(-3, "09:00"), "closes_at": w.clock(-3, "12:00")}, a)}, nil).Sessions[0]
	require.Equal(t, rowRecorded, row.Status, "on the day before it was still listed")
}

func TestAnInstitutionTouchesNobodyElsesSessionsOrStaff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, stranger := w.classroom(trainingBodyID), w.classroom(otherTrainerID)
	a := w.admitted(1, nil)
	c.report([]object{w.sessionOn(nil, a)}, nil)
	require.Equal(t, "session_unknown", stranger.report(nil, []object{w.signIn(a, nil)}).SignIns[0].Code)
	require.Equal(t, "attendee_unknown", stranger.report([]object{w.sessionOn(nil, a)}, nil).Sessions[0].Code)
	w.post("/v1/staff", c.token, object{"ref": "T05", "name": "郑老师"})
	w.post("/v1/staff/T05/removal", stranger.token, object{"reason": "x"}).refused(t, http.StatusNotFound, notFound)
	require.NotContains(t, string(w.get("/v1/staff", stranger.token).body), "郑")
	body := object{"sign_ins": []object{w.signIn(a, nil)}}
	for _, token := range []string{w.trainee, w.operator} {
		w.post("/v1/attendance", token, body).refused(t, http.StatusForbidden, forbidden)
	}
	w.post("/v1/attendance", "", body).refused(t, http.StatusUnauthorized, unauthenticated)
	require.Zero(t, w.credited(a))
}

func TestStaffAreNamedOnceAndTheirNamesAreSealed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.institution(trainingBodyID)
	named := object{"ref": "T01", "name": "李老师"}
	require.Equal(t, http.StatusCreated, w.post("/v1/staff", token, named).status)
	require.Equal(t, http.StatusOK, w.post("/v1/staff", token, named).status, "again")
	w.post("/v1/staff", token, object{"ref": "T01", "name": "周老师"}).refused(t, http.StatusConflict, staffConflict)
	for field, bad := range map[string]any{"ref": "a/b", "name": "\x01"} {
		fields := w.post("/v1/staff", token, merge(object{"ref": "T02", "name": "周老师"}, object{field: bad})).
			refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Contains(t, fields, field)
	}
	var n int
	require.NoError(t, w.sql.QueryRowContext(t.Context(), `SELECT count(*) FROM staff WHERE position('老师'::bytea IN name_sealed) > 0`).Scan(&n))
	require.Zero(t, n)
	require.Contains(t, string(w.get("/v1/staff", token).body), "李老师")
	require.Equal(t, 1, w.audited("staff.read"))
	w.post("/v1/staff/T01/removal", token, object{"reason": " "}).refused(t, http.StatusUnprocessableEntity, validationFailed)
	w.post("/v1/staff/T09/removal", token, object{"reason": "离职"}).refused(t, http.StatusNotFound, notFound)
	require.Equal(t, http.StatusOK, w.post("/v1/staff/T01/removal", token, object{"reason": "离职"}).status)
	require.Equal(t, http.StatusOK, w.post("/v1/staff/T01/removal", token, object{"reason": "离职"}).status, "again")
	require.Equal(t, 1, w.audited("staff.remove"))
	w.post("/v1/staff", token, named).refused(t, http.StatusConflict, staffConflict)
}

func TestHoursThatComeInAfterTheTrainingAreToldToTheCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	a := w.admitted(1, nil)
	w.exec(`UPDATE case_stages SET state = 'done' WHERE case_id = $1 AND stage = 'training'`, a)
	reply := c.report([]object{w.sessionOn(nil, a)}, []object{w.signIn(a, nil)})
	last := w.relay.items[len(w.relay.items)-1]
	require.Equal(t, []string{a, store.InboxHours, reply.Sessions[0].ID}, []string{last.CaseID, last.Kind, last.SubjectID})
	c.report(nil, []object{w.signIn(a, nil)})
	require.Equal(t, last.ID, w.relay.items[len(w.relay.items)-1].ID, "a repeat is no news")

	w.relay.set(true)
	reply = c.report([]object{w.sessionOn(object{"ref": "s2", "opens_at": w.clock(-3, "09:00"), "closes_at": w.clock(-3, "12:00")}, a)},
		[]object{w.signIn(a, object{"session": "s2", "signed_in_at": w.clock(-3, "09:00"), "signed_out_at": w.clock(-3, "10:00")})})
	require.Equal(t, 2, reply.Recorded)
	item, err := w.store.Read(t.Context()).InboxItemOf(store.InboxHours, reply.Sessions[0].ID)
	require.NoError(t, err, "it is kept for the relay")
	require.Nil(t, item.ForwardedAt)
	require.WithinDuration(t, time.Now(), item.CreatedAt, time.Minute)
}

// Exception X-20, and attack 2, as institutions meet them.
func TestX20TheSameHoursClaimedTwiceAreRefusedWithAPointerToTheFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	here, there := w.classroom(trainingBodyID), w.classroom(otherTrainerID)
	a, b := w.admitted(1, nil), w.admitted(1, object{"training_body": otherTrainerID, "level": "intermediate"})
	here.report([]object{w.sessionOn(nil, a)}, []object{w.signIn(a, nil)})
	elsewhere := w.sessionOn(object{"module": "专业知识", "opens_at": w.clock(-2, "11:00"), "closes_at": w.clock(-2, "13:00")}, b)
	signIn := w.signIn(b, object{"signed_in_at": w.clock(-2, "11:00"), "signed_out_at": w.clock(-2, "13:00")})
	row := there.report([]object{elsewhere}, []object{signIn}).SignIns[0]
	require.Equal(t, "time_taken", row.Code, "%+v", row)
	require.Equal(t, trainingBodyID, row.First.Institution.ID)
	require.Empty(t, row.First.Session, "the other's sessions are its own affair")
	var entry int64
	require.NoError(t, w.sql.QueryRowContext(t.Context(), `SELECT id FROM hour_entries WHERE case_id = $1`, a).Scan(&entry))
	require.Equal(t, entry, row.First.Entry)
	require.Zero(t, w.credited(b))

	own := here.report([]object{w.sessionOn(object{"ref": "s2"}, a)}, []object{w.signIn(a, object{"session": "s2"})}).SignIns[0]
	require.Equal(t, []string{"time_taken", "s1"}, []string{own.Code, own.First.Session})
	signIn["signed_in_at"] = w.clock(-2, "11:30")
	require.Equal(t, rowRecorded, there.report(nil, []object{signIn}).SignIns[0].Status, "one after the other is no overlap (X-19)")
	require.Equal(t, 5400, w.credited(b))
}

// Attack 3, as institutions meet it.
func TestWhatIsAboveTheDaysCapIsRecordedAndNotCredited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	a := w.admitted(1, nil)
	var sessions, signIns []object
	for i, hours := range [][2]string{{"08:00", "12:00"}, {"12:00", "16:00"}, {"16:00", "20:00"}} {
		window := object{"ref": fmt.Sprint(i), "opens_at": w.clock(-2, hours[0]), "closes_at": w.clock(-2, hours[1])}
		sessions = append(sessions, w.sessionOn(window, a))
		signIns = append(signIns, w.signIn(a, object{
			"session": fmt.Sprint(i), "signed_in_at": w.clock(-2, hours[0]), "signed_out_at": w.clock(-2, hours[1]),
		}))
	}
	rows := c.report(sessions, signIns).SignIns
	require.Equal(t, []string{"", codeDailyCap, codeDailyCap}, []string{rows[0].Code, rows[1].Code, rows[2].Code})
	require.Equal(t, []string{"5.3", "2.6", "0"}, []string{rows[0].Hours.String(), rows[1].Hours.String(), rows[2].Hours.String()})
	require.Equal(t, 6*3600, w.credited(a))
	require.Equal(t, 6, c.report(sessions, signIns).Repeated)
}
