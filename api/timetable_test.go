package api

import (
	"net/http"
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
)

// calendarAt reads a calendar file: its events by their ids.
func (w *world) calendarAt(path, token string) map[string]*ics.VEvent {
	w.t.Helper()
	got := w.get(path, token)
	require.Equal(w.t, http.StatusOK, got.status, "%s", got.body)
	require.Equal(w.t, "text/calendar; charset=utf-8", got.header.Get("Content-Type"))
	require.NotContains(w.t, string(got.body), "李老师", "who teaches is not said")
	require.NotContains(w.t, string(got.body), "王小明", "nor who comes")
	file, err := ics.ParseCalendar(strings.NewReader(string(got.body)))
	require.NoError(w.t, err)
	events := map[string]*ics.VEvent{}
	for _, e := range file.Events() {
		id, _ := strings.CutSuffix(e.Id(), "@dengpan")
		events[id] = e
	}
	return events
}

func TestAClassesSessionsAreHadAsACalendarThatKnowsWhichAreCalledOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	class := c.makeClass(nil)
	require.Equal(t, http.StatusOK, c.offer(class, nil).status)
	mine, other := w.admitted(1, nil), w.admitted(2, nil)
	c.joined(c.join(class, mine), 1, 0)
	on := func(ref string, day int) object {
		return w.sessionOn(object{"ref": ref, "roster": nil, "class": "2026-A", "opens_at": w.clock(day, "09:00"), "closes_at": w.clock(day, "12:00")})
	}
	reply := c.report([]object{on("past", -3), on("next", 2), on("off", 4)}, nil)
	require.Equal(t, 3, reply.Recorded, "%+v", reply)
	past, next, off := reply.Sessions[0].ID, reply.Sessions[1].ID, reply.Sessions[2].ID
	property := func(e *ics.VEvent, p ics.ComponentProperty) string { return e.GetProperty(p).Value }
	ofCase, ofClass := "/v1/cases/"+mine+"/calendar", "/v1/offered-classes/"+class+"/calendar"
	for _, events := range []map[string]*ics.VEvent{w.calendarAt(ofCase, w.operator), w.calendarAt(ofClass, "")} {
		require.Len(t, events, 3)
		for _, id := range []string{past, next, off} {
			require.Equal(t, []string{"0", "CONFIRMED"}, []string{property(events[id], "SEQUENCE"), property(events[id], "STATUS")})
		}
		begins, err := events[next].GetStartAt()
		require.NoError(t, err)
		require.Equal(t, w.day(2)+" 09:00", begins.In(calendar.Beijing).Format("2006-01-02 15:04"))
		require.Equal(t, "教室 1", property(events[next], "LOCATION"))
		require.Contains(t, property(events[next], "DESCRIPTION"), "智能制造初级一班\n国家开放大学\n线下")
	}

	require.Equal(t, http.StatusOK, c.post("/v1/sessions/"+off+"/voiding", c.token, object{"reason": "教室停电"}).status)
	for _, events := range []map[string]*ics.VEvent{w.calendarAt(ofCase, w.operator), w.calendarAt(ofClass, "")} {
		require.Len(t, events, 3, "a calendar that has it learns that it is called off")
		require.Equal(t, []string{"1", "CANCELLED"}, []string{property(events[off], "SEQUENCE"), property(events[off], "STATUS")})
		require.Equal(t, "（已取消）基础知识", property(events[off], "SUMMARY"))
		require.Equal(t, "0", property(events[next], "SEQUENCE"))
	}
	require.Empty(t, w.calendarAt("/v1/cases/"+other+"/calendar", w.operator), "who is in no class is expected nowhere")

	var ahead struct {
		Sessions []aheadView
		Total    int
		Listed   bool
	}
	w.get("/v1/cases/"+mine+"/sessions", w.operator).into(t, &ahead)
	require.Len(t, ahead.Sessions, 2, "what is over is not ahead")
	require.Equal(t, []any{next, off, 1, true}, []any{ahead.Sessions[0].ID, ahead.Sessions[1].ID, ahead.Total, ahead.Listed})
	require.Equal(t, []bool{false, true}, []bool{ahead.Sessions[0].Off, ahead.Sessions[1].Off})
	w.get("/v1/cases/"+other+"/sessions", w.operator).into(t, &ahead)
	require.Empty(t, ahead.Sessions)
	require.False(t, ahead.Listed)

	require.Equal(t, http.StatusOK, c.offer(class, object{"offered": false}).status)
	w.get(ofClass, "").refused(t, http.StatusNotFound, notFound)
	w.get("/v1/offered-classes/nonsense/calendar", "").refused(t, http.StatusNotFound, notFound)
}
