package api

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/store"
)

// A course's hours come from the same attendance as a case's, and follow corrections and voidings at once.
func TestTheCEHoursOfACourseFollowItsAttendance(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := w.classroom(baseID)
	last, _ := w.lastYear()
	course := w.openCourse(base.token, object{"hours": 4})
	place := w.enrol(base.token, course, placeOf(1, nil))
	on := func(hour string) string { return fmt.Sprintf("%d-01-04T%s:00+08:00", last, hour) }
	lesson := w.sessionOn(object{
		"course": "DT-1", "module": "数据治理", "opens_at": on("09:00"), "closes_at": on("12:00"),
	}, place)
	signIn := w.signIn(place, object{"signed_in_at": on("09:00"), "signed_out_at": on("12:00")})
	reply := base.report([]object{lesson}, []object{signIn})
	require.Equal(t, 2, reply.Recorded, "%+v", reply)
	for name, bad := range map[string]struct {
		row  object
		code string
	}{
		"no course":       {merge(w.sessionOn(nil, place), object{"ref": "x", "opens_at": on("13:00"), "closes_at": on("14:00")}), "attendee_elsewhere"},
		"a case's course": {merge(w.sessionOn(nil, w.admitted(2, nil)), object{"ref": "y", "course": "DT-1"}), "attendee_unknown"},
		"after it": {
			merge(w.sessionOn(nil, place), object{
				"ref": "z", "course": "DT-1", "opens_at": fmt.Sprintf("%d-01-11T09:00:00+08:00", last),
				"closes_at": fmt.Sprintf("%d-01-11T10:00:00+08:00", last),
			}), "after_course",
		},
		"before it": {
			merge(w.sessionOn(nil, place), object{
				"ref": "b", "course": "DT-1", "opens_at": fmt.Sprintf("%d-12-29T09:00:00+08:00", last-1),
				"closes_at": fmt.Sprintf("%d-12-29T10:00:00+08:00", last-1),
			}), "before_registration",
		},
	} {
		require.Equal(t, bad.code, base.report([]object{bad.row}, nil).Sessions[0].Code, name)
	}
	ce := func() string {
		standing, err := w.store.Read(t.Context()).StandingCE(place)
		require.NoError(t, err)
		if len(standing) == 0 {
			return ""
		}
		return standing[0].Hours.String()
	}
	require.Empty(t, ce(), "nothing before the course is complete")
	w.completion(base.token, course)
	require.Equal(t, "4", ce())
	require.Equal(t, "attendee_over", base.report([]object{merge(lesson, object{"ref": "s2"})}, nil).Sessions[0].Code)

	r := base.correct("k", w.correctionOf(place, object{"signed_in_at": on("09:00"), "signed_out_at": on("10:30")}))
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	var late correctionView
	r.into(t, &late)
	require.Equal(t, store.AttendancePending, late.Status)
	require.Equal(t, "4", ce())
	r = w.post("/v1/attendance/corrections/"+late.ID+"/decision", w.operator, object{"decision": "approve", "reason": "属实"})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.Equal(t, "2", ce(), "a correction is followed at once")
	require.Equal(t, http.StatusOK, w.post("/v1/sessions/"+reply.Sessions[0].ID+"/voiding", base.token, object{"reason": "未上课"}).status)
	require.Empty(t, ce())
}
