package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

// daysOf is a course of an hour and a half, of 2 hours, that ended yesterday.
func (w *world) daysOf(ref string) object {
	return object{"ref": ref, "hours": 2, "starts_on": w.day(-5), "ends_on": w.day(-1)}
}

// attending opens a course at a base, enrols a person and reports their attendance at its one session.
func (w *world) attending(base, ref string, n int) (classroom, string, string, attendanceReply) {
	w.t.Helper()
	c := w.classroom(base)
	course := w.openCourse(c.token, w.daysOf(ref))
	place := w.enrol(c.token, course, placeOf(n, nil))
	reply := c.report([]object{w.sessionOn(object{"course": ref}, place)}, []object{w.signIn(place, nil)})
	return c, course, place, reply
}

func TestACourseFromItsFirstSignInToACertificateAndBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, course, place, reply := w.attending(baseID, "DT-1", 1)
	require.Equal(t, 2, reply.Recorded, "%+v", reply)
	places, _ := w.completion(c.token, course)
	require.Equal(t, "3.3", places[place].Hours.String())
	require.NotNil(t, places[place].Certificate)
	require.Equal(t, "3.3", places[place].CEHours[0].Hours.String())
	w.issuePrepared()

	// The session is voided: hours and CE hours go at once, and the certificate is questioned.
	session := reply.Sessions[0].ID
	r := w.post("/v1/sessions/"+session+"/voiding", w.operator, object{"reason": "签到不实"})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	var list struct{ Places []PlaceView }
	w.get("/v1/courses/"+course+"/places", c.token).into(t, &list)
	require.True(t, list.Places[0].Questioned)
	require.Empty(t, list.Places[0].CEHours)
	require.Zero(t, list.Places[0].Hours)
	require.Contains(t, string(w.get("/v1/courses/"+course, w.operator).body), `"questioned":1`)
}

func TestNothingIsCreditedToAYearWhileACourseIsUnderWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, course, place, _ := w.attending(baseID, "DT-1", 1)
	correction := merge(w.signIn(place, nil), object{"signed_out_at": w.clock(-2, "11:00"), "reason": "提前离开"})
	correct := func() reply {
		return w.do(call{
			method: http.MethodPost, path: "/v1/attendance/corrections", token: c.token, body: correction,
			header: map[string]string{"Idempotency-Key": uuid.NewString()},
		})
	}
	r := correct()
	require.Less(t, r.status, http.StatusBadRequest, "%s", r.body)
	require.Zero(t, w.counts()["ce_entries"])
	places, _ := w.completion(c.token, course)
	require.Equal(t, "2.6", places[place].CEHours[0].Hours.String())
	require.EqualValues(t, 1, w.counts()["ce_entries"])

	// Afterwards what is corrected is credited anew at once.
	correction["signed_out_at"] = w.clock(-2, "10:30")
	r = correct()
	require.Less(t, r.status, http.StatusBadRequest, "%s", r.body)
	var list struct{ Places []PlaceView }
	w.get("/v1/courses/"+course+"/places", c.token).into(t, &list)
	require.InDelta(t, 2, list.Places[0].CEHours[0].Hours.Float(), 0)
	require.False(t, list.Places[0].Questioned)
}

// Exception X-20 with courses: two bases, and a base and a training body, at one time.
func TestX20APersonInTwoPlacesAtOnceIsCreditedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine := w.admitted(1, nil)
	_, first, place, _ := w.attending(baseID, "DT-1", 1)
	other, second, late, reply := w.attending(otherBaseID, "DT-2", 1)
	require.Equal(t, "refused", reply.SignIns[0].Status)
	require.Equal(t, baseID, reply.SignIns[0].First.Institution.ID)
	require.Empty(t, reply.SignIns[0].First.Session, "another's session is not named")

	trainer := w.classroom(trainingBodyID)
	reply = trainer.report([]object{w.sessionOn(nil, mine)}, []object{w.signIn(mine, nil)})
	require.Equal(t, "refused", reply.SignIns[0].Status, "a class of the programme at the same time")
	require.Equal(t, "time_taken", reply.SignIns[0].Code)

	places, _ := w.completion(w.operator, first)
	require.NotNil(t, places[place].Certificate)
	places, _ = w.completion(other.token, second)
	require.Nil(t, places[late].Certificate)
	require.Empty(t, places[late].CEHours)
	var hours float64
	require.NoError(t, w.sql.QueryRowContext(t.Context(), "SELECT sum(hours) FROM ce_entries").Scan(&hours))
	require.InDelta(t, 3.3, hours, 0)
}

func TestTheListOfBasesSaysWhichMayIssue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var list struct {
		CEBases []ceBaseView `json:"ce_bases"`
	}
	w.get("/v1/institutions", "").into(t, &list)
	require.Len(t, list.CEBases, 21)
	for _, b := range list.CEBases {
		require.NotEmpty(t, b.ID)
		require.Equal(t, b.ID != unconfirmedID, b.MayIssue, b.ID)
		require.Equal(t, b.Number == nil, b.ID == unconfirmedID)
	}
}

// Lists that were loaded before bases were institutions are completed, and what a list says now holds.
func TestBasesThatWereLoadedBeforeBecomeInstitutions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec(`UPDATE ce_bases SET institution_id = NULL, may_issue = true`)
	w.exec(`DELETE FROM institution_names WHERE institution_id = $1`, unconfirmedID)
	w.exec(`DELETE FROM institutions WHERE id = $1`, unconfirmedID)
	w.exec(`ALTER TABLE list_snapshots DISABLE TRIGGER keep`)
	w.exec(`DELETE FROM list_snapshots`) // there were none yet
	w.loadLists()
	tx := w.store.Read(t.Context())
	bases, err := tx.CEBases(w.calendar.Today(time.Now()))
	require.NoError(t, err)
	for _, b := range bases {
		require.NotNil(t, b.InstitutionID, b.Name)
		at, err := tx.Institution(*b.InstitutionID)
		require.NoError(t, err)
		require.Equal(t, b.Name, at.Name)
		require.Equal(t, *b.InstitutionID != unconfirmedID, b.MayIssue)
	}
	names, err := tx.InstitutionNames([]string{baseID})
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(names[baseID], "北京"))
	_, err = tx.CEBaseOf(trainingBodyID, w.calendar.Today(time.Now()))
	require.ErrorIs(t, err, store.ErrNotFound)
}
