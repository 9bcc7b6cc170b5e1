package api

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
)

// classOf is a class that began ten days ago and goes on for two months.
func (w *world) classOf(changes object) object {
	return merge(object{
		"ref": "2026-A", "name": "智能制造初级一班", "occupation": occupation, "level": "junior",
		"starts_on": w.day(-10), "ends_on": w.day(60), "capacity": 30,
	}, changes)
}

type shownClass struct {
	ID, Ref, Name, State string
	Size, Capacity       int
	PlacesLeft           int `json:"places_left"`
	Unfinished           int
	Members              []memberView
	Former               []formerView
	Modules              []string
	Required             float64 `json:"required_hours"`
}

func (c classroom) makeClass(changes object) string {
	c.t.Helper()
	r := c.post("/v1/classes", c.token, c.classOf(changes))
	require.Equal(c.t, http.StatusCreated, r.status, "%s", r.body)
	var made shownClass
	r.into(c.t, &made)
	return made.ID
}

func (c classroom) class(id string) shownClass {
	c.t.Helper()
	r := c.get("/v1/classes/"+id, c.token)
	require.Equal(c.t, http.StatusOK, r.status, "%s", r.body)
	var shown shownClass
	r.into(c.t, &shown)
	return shown
}

func (c classroom) join(class string, cases ...string) reply {
	return c.post("/v1/classes/"+class+"/members", c.token, object{"case_ids": cases})
}

func (c classroom) leave(class string, cases ...string) reply {
	return c.post("/v1/classes/"+class+"/members/removal", c.token, object{"case_ids": cases, "reason": "转入其他班"})
}

// joined checks how many joined or left, and had before.
func (c classroom) joined(r reply, changed, repeated int) {
	c.t.Helper()
	require.Equal(c.t, http.StatusOK, r.status, "%s", r.body)
	var answer struct{ Changed, Repeated int }
	r.into(c.t, &answer)
	require.Equal(c.t, []int{changed, repeated}, []int{answer.Changed, answer.Repeated})
}

// rosterOf is who is on a session's roster.
func (c classroom) rosterOf(session string) []string {
	c.t.Helper()
	var shown struct{ Roster []rosterView }
	c.get("/v1/sessions/"+session, c.token).into(c.t, &shown)
	var ids []string
	for _, line := range shown.Roster {
		ids = append(ids, line.Attendee)
	}
	return ids
}

func TestAClassIsMadeOnceHoweverOftenItIsSentAndRevisedWithAReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	id, unlisted := c.makeClass(nil), w.institution(unlistedID)
	before := w.counts()
	again := c.post("/v1/classes", c.token, w.classOf(nil))
	require.Equal(t, http.StatusOK, again.status, "%s", again.body)
	require.Equal(t, before, w.counts())
	for field, value := range (object{"name": "二班", "capacity": 31, "ends_on": w.day(61), "level": "senior", "notes": "x"}) {
		c.post("/v1/classes", c.token, w.classOf(object{field: value})).refused(t, http.StatusConflict, classConflict)
	}
	for field, wrong := range map[string]struct {
		value any
		code  string
	}{
		"ref": {" ", fieldFormat}, "name": {" ", fieldRequired}, "capacity": {0, fieldOutOfRange}, "occupation": {"alchemy", fieldNoOccupation},
		"level": {"supreme", fieldNoLevel}, "direction": {"sideways", fieldNoDirection}, "ends_on": {w.day(-11), fieldDateOrder},
	} {
		fields := c.post("/v1/classes", c.token, w.classOf(object{field: wrong.value})).refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Equal(t, map[string]string{field: wrong.code}, fields)
	}
	fields := w.post("/v1/classes", unlisted, w.classOf(nil)).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"occupation": fieldNotListed}, fields)
	require.Equal(t, before, w.counts())

	c.join(id, w.admitted(1, nil), w.admitted(2, nil))
	c.report([]object{w.sessionOn(object{"roster": nil, "class": "2026-A"})}, nil)
	revise := func(changes object) reply {
		return c.post("/v1/classes/"+id+"/revision", c.token, merge(object{
			"name": "一班（晚班）", "starts_on": w.day(-10), "ends_on": w.day(60), "capacity": 2, "reason": "教室较小", "notes": "电话13812345678",
		}, changes))
	}
	for field, wrong := range map[string]struct {
		value any
		code  string
	}{
		"capacity": {1, "capacity_too_small"}, "starts_on": {w.day(-1), "outside_class"}, "ends_on": {w.day(-3), "outside_class"},
		"reason": {" ", fieldRequired},
	} {
		require.Equal(t, map[string]string{field: wrong.code},
			revise(object{field: wrong.value}).refused(t, http.StatusUnprocessableEntity, validationFailed))
	}
	require.Equal(t, http.StatusOK, revise(nil).status)
	require.Equal(t, http.StatusOK, revise(nil).status)
	require.Equal(t, 1, w.audited("class.revise"), "a revision that changes nothing is none")
	shown := c.class(id)
	require.Equal(t, []any{"一班（晚班）", "running", 2, 0}, []any{shown.Name, shown.State, shown.Size, shown.PlacesLeft})
	require.NotContains(t, string(c.get("/v1/classes/"+id, c.token).body), "13812345678")
}

func TestAClassTakesOnlyCasesItIsForAllOrNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	id, other := c.makeClass(object{"capacity": 2}), c.makeClass(object{"ref": "2026-B"})
	good, elsewhere := w.admitted(1, nil), w.admitted(2, nil)
	c.joined(c.join(other, elsewhere), 1, 0)
	ended := w.admitted(6, nil)
	w.exec(`UPDATE cases SET status = 'withdrawn', outcome = 'withdrawn', ended_at = now() WHERE id = $1`, ended)
	for name, refused := range map[string]struct{ caseID, code string }{
		"another body's":  {w.admitted(3, object{"training_body": otherTrainerID}), "attendee_unknown"},
		"unknown":         {"0190a2b4-7c1e-7d3a-9f00-000000000000", "attendee_unknown"},
		"another level":   {w.admitted(4, object{"level": "intermediate"}), "class_other_target"},
		"not admitted":    {w.newCase(5), "attendee_not_admitted"},
		"over":            {ended, "attendee_over"},
		"in another":      {elsewhere, "in_other_class"},
		"no case's id":    {"x", fieldFormat},
		"a person's name": {"王小明", fieldFormat},
	} {
		fields := c.join(id, good, refused.caseID).refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Equal(t, map[string]string{"case_ids[1]": refused.code}, fields, name)
	}
	require.Zero(t, c.class(id).Size, "all of them, or none")
	c.joined(c.join(id, good, good), 1, 1)
	c.joined(c.join(id, good), 0, 1)
	c.join(id, w.admitted(7, nil), w.admitted(8, nil)).refused(t, http.StatusConflict, classFull)
	c.joined(c.leave(id, good), 1, 0)
	c.joined(c.leave(id, good), 0, 1)
	c.leave(id, elsewhere).refused(t, http.StatusUnprocessableEntity, validationFailed)
	shown := c.class(id)
	require.Empty(t, shown.Members)
	require.Equal(t, "转入其他班", shown.Former[0].Reason)
	c.joined(c.join(other, good), 1, 0)
	require.Equal(t, 1, w.audited("class.leave"), "who left is written down once")
	require.Equal(t, 3, w.audited("class.join"))

	var candidates struct {
		Candidates []candidateView
		Total      int
	}
	c.get("/v1/classes/"+id+"/candidates", c.token).into(t, &candidates)
	require.Equal(t, 2, candidates.Total, "who is admitted, of the same target, and in no class")
	require.Equal(t, "王小明", candidates.Candidates[0].Trainee.Name)
}

func TestOfManyWhoJoinAtOnceAClassTakesNoMoreThanItHoldsAndACaseIsInOneClass(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	id, other := c.makeClass(object{"capacity": 3}), c.makeClass(object{"ref": "2026-B"})
	var cases []string
	for n := range 6 {
		cases = append(cases, w.admitted(n, nil))
	}
	torn := w.admitted(7, nil)
	var wait sync.WaitGroup
	answers := make([]int, len(cases)+2)
	for i, one := range cases {
		wait.Go(func() { answers[i] = c.join(id, one).status })
	}
	wait.Go(func() { answers[6] = c.join(other, torn).status })
	wait.Go(func() { answers[7] = c.join(id, torn).status })
	wait.Wait()
	require.NotContains(t, answers, http.StatusInternalServerError)
	require.Equal(t, 3, c.class(id).Size)
	var classes int
	require.NoError(t, w.sql.QueryRowContext(t.Context(),
		`SELECT count(*) FROM class_members WHERE case_id = $1 AND left_at IS NULL`, torn).Scan(&classes))
	require.Equal(t, 1, classes)
}

func TestTheRosterOfAClassesSessionIsWhoeverIsInIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	id := c.makeClass(nil)
	first, second, guest, late := w.admitted(1, nil), w.admitted(2, nil), w.admitted(3, nil), w.admitted(4, nil)
	c.joined(c.join(id, first, second), 2, 0)
	ahead := func(ref string) object {
		return w.sessionOn(object{"ref": ref, "roster": nil, "class": "2026-A", "opens_at": w.clock(3, "09:00"), "closes_at": w.clock(3, "12:00")})
	}
	held := w.sessionOn(object{"roster": []string{guest, first}, "class": "2026-A"})
	reply := c.report([]object{held, ahead("next"), ahead("void")}, []object{w.signIn(first, nil)})
	require.Equal(t, 4, reply.Recorded, "%+v", reply)
	past, next, void := reply.Sessions[0].ID, reply.Sessions[1].ID, reply.Sessions[2].ID
	require.ElementsMatch(t, []string{first, second, guest}, c.rosterOf(past))
	require.ElementsMatch(t, []string{first, second}, c.rosterOf(next))
	require.Equal(t, http.StatusOK, c.post("/v1/sessions/"+void+"/voiding", c.token, object{"reason": "教室停电"}).status)

	c.joined(c.join(id, late), 1, 0)
	require.NotContains(t, c.rosterOf(past), late, "what was held is not attended afterwards")
	require.Contains(t, c.rosterOf(next), late)
	require.NotContains(t, c.rosterOf(void), late)
	// An absence may be known beforehand: what was reported of somebody is not taken away with them.
	absent := object{"session": "next", "attendee": second, "absent": true, "reporter": "T01"}
	require.Equal(t, 1, c.report(nil, []object{absent}).Recorded)
	c.joined(c.leave(id, first, second), 2, 0)
	require.ElementsMatch(t, []string{second, late}, c.rosterOf(next))
	require.ElementsMatch(t, []string{first, second, guest}, c.rosterOf(past))
	require.Equal(t, 9000, w.credited(first), "hours stay with the case")
	require.Equal(t, 3, c.report([]object{held, ahead("next")}, []object{w.signIn(first, nil)}).Repeated)

	for name, wrong := range map[string]struct {
		row         object
		code, field string
	}{
		"no roster":        {w.sessionOn(object{"ref": "x", "roster": nil}), fieldRequired, "roster"},
		"unknown class":    {ahead("x"), "class_unknown", "class"},
		"two kinds":        {merge(ahead("x"), object{"course": "C1"}), fieldConflict, "class"},
		"before it begins": {merge(ahead("x"), object{"opens_at": w.clock(-11, "09:00"), "closes_at": w.clock(-11, "10:00")}), "outside_class", "opens_at"},
		"after its end":    {merge(ahead("x"), object{"opens_at": w.clock(61, "09:00"), "closes_at": w.clock(61, "10:00")}), "outside_class", "closes_at"},
		"another module":   {merge(ahead("x"), object{"module": "烹饪"}), "unknown_module", "module"},
		"of no class now":  {w.sessionOn(object{"ref": "next", "opens_at": w.clock(3, "09:00"), "closes_at": w.clock(3, "12:00")}, late), "session_conflict", "ref"},
	} {
		if name == "unknown class" {
			wrong.row["class"] = "2026-Z"
		}
		result := c.report([]object{wrong.row}, nil).Sessions[0]
		require.Equal(t, []string{wrong.code, wrong.field}, []string{result.Code, result.Field}, name)
		require.NotEmpty(t, result.Message)
	}

	var listed struct{ Sessions []sessionLine }
	for query, want := range map[string][]string{
		"class=" + id: {next, void, past}, "state=upcoming": {next}, "state=void": {void}, "state=over": {past}, "state=unreported": {past},
		"state=open": nil, "page=1&sort=opens_at&class=" + id: {past, next, void}, "page=1&limit=1&class=" + id: {next},
	} {
		w.get("/v1/sessions?"+query, c.token).into(t, &listed)
		var got []string
		for _, s := range listed.Sessions {
			got = append(got, s.ID)
			require.Equal(t, "2026-A", s.Class.Ref)
		}
		require.Len(t, got, len(want), query)
		if query != "page=1&limit=1&class="+id {
			require.ElementsMatch(t, want, got, query)
		}
	}
	w.get("/v1/sessions?state=over", c.token).into(t, &listed)
	require.Equal(t, []int{3, 1}, []int{listed.Sessions[0].Listed, listed.Sessions[0].Reported})
}

func TestAClassIsClosedOnceNothingIsLeftToDoInIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	id := c.makeClass(nil)
	done, behind := w.admitted(1, nil), w.admitted(2, nil)
	c.joined(c.join(id, done, behind), 2, 0)
	w.exec(`UPDATE case_stages SET state = 'done' WHERE case_id = $1 AND stage = 'training'`, done)
	ahead := c.report([]object{w.sessionOn(object{
		"roster": nil, "class": "2026-A", "opens_at": w.clock(3, "09:00"), "closes_at": w.clock(3, "12:00"),
	})}, nil).Sessions[0].ID
	closing := func() reply { return c.post("/v1/classes/"+id+"/closing", c.token, object{"reason": "课程结束"}) }
	unfinished := func(code, field string) {
		require.Equal(t, map[string]string{field: code}, closing().refused(t, http.StatusConflict, classUnfinished))
	}
	unfinished("member_unfinished", "members")
	require.Equal(t, 1, c.class(id).Unfinished)
	c.joined(c.leave(id, behind), 1, 0)
	exam := w.issue(done, contract.ExamTask, trainingBodyID)
	unfinished("member_unfinished", "members")
	require.Equal(t, exam, c.class(id).Members[0].Tasks[0].ID)
	w.exec(`UPDATE tasks SET state = 'answered', closed_at = now() WHERE id = $1`, exam)
	unfinished("sessions_ahead", "sessions")
	require.Equal(t, http.StatusOK, c.post("/v1/sessions/"+ahead+"/voiding", c.token, object{"reason": "不再举行"}).status)
	require.Equal(t, http.StatusOK, closing().status)
	before := w.counts()
	require.Equal(t, http.StatusOK, closing().status, "closed again, it is as it was")
	require.Equal(t, before, w.counts())
	shown := c.class(id)
	require.Equal(t, []any{"closed", 1, 1, 1}, []any{shown.State, shown.Size, len(shown.Members), len(shown.Former)})

	c.join(id, behind).refused(t, http.StatusConflict, classClosed)
	c.leave(id, done).refused(t, http.StatusConflict, classClosed)
	refused := c.report([]object{w.sessionOn(object{"ref": "s9", "roster": nil, "class": "2026-A"})}, nil).Sessions[0]
	require.Equal(t, "class_closed", refused.Code)
	c.joined(c.join(c.makeClass(object{"ref": "2026-C"}), done, behind), 2, 0)
}

func TestTasksAndClassesAreListedByClassStateAndText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	id, planned := c.makeClass(nil), c.makeClass(object{"ref": "2026-B", "name": "冬季班", "starts_on": w.day(10)})
	first, second := w.admitted(1, nil), w.admitted(2, nil)
	c.joined(c.join(id, first), 1, 0)
	task := w.issue(first, contract.TrainingTask, trainingBodyID)
	w.issue(second, contract.TrainingTask, trainingBodyID)
	theory := w.issue(first, contract.TheoryTask, evaluationBodyID)
	tasks := func(path, token string) []TaskView {
		var listed struct{ Tasks []TaskView }
		r := w.get(path, token)
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		r.into(t, &listed)
		return listed.Tasks
	}
	of := tasks("/v1/tasks?class="+id, c.token)
	require.Len(t, of, 1)
	require.Equal(t, task, of[0].ID)
	require.Equal(t, classBrief{ID: id, Ref: "2026-A", Name: "智能制造初级一班"}, *of[0].Class)
	require.Len(t, tasks("/v1/tasks?page=1&class="+id, w.operator), 1)
	require.Nil(t, tasks("/v1/tasks", c.token)[1].Class)
	require.Empty(t, tasks("/v1/tasks?class="+id, w.institution(evaluationBodyID)), "a class is its own institution's")
	theirs := tasks("/v1/tasks", w.institution(evaluationBodyID))
	require.Equal(t, theory, theirs[0].ID)
	require.Nil(t, theirs[0].Class)
	w.get("/v1/tasks?class=x", c.token).refused(t, http.StatusUnprocessableEntity, validationFailed)

	for query, want := range map[string][]string{
		"": {id, planned}, "state=running": {id}, "state=planned": {planned}, "state=closed": nil, "q=" + "%E5%86%AC": {planned},
		"q=2026-a": {id}, "page=1&sort=-starts_on": {planned, id}, "page=2&limit=1": {planned}, "level=senior": nil, "occupation=big-data": nil,
	} {
		var listed struct{ Classes []ClassView }
		r := w.get("/v1/classes?"+query, c.token)
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		r.into(t, &listed)
		var got []string
		for _, class := range listed.Classes {
			got = append(got, class.ID)
		}
		require.Equal(t, want, got, query)
	}
	var page struct{ Next string }
	w.get("/v1/classes?limit=1", c.token).into(t, &page)
	require.Contains(t, string(w.get("/v1/classes?limit=1&after="+page.Next, c.token).body), planned)
}

func TestAClassIsNamedToItsInstitutionAndEachReadingIsWrittenDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	id := c.makeClass(nil)
	one, gone := w.admitted(1, nil), w.admitted(2, nil)
	c.joined(c.join(id, one, gone), 2, 0)
	session := c.report([]object{w.sessionOn(object{"roster": nil, "class": "2026-A"})}, []object{w.signIn(one, nil)}).Sessions[0].ID
	shown := c.class(id)
	there := shown.Members[slices.IndexFunc(shown.Members, func(m memberView) bool { return m.CaseID == one })]
	require.Equal(t, "王小明", there.Trainee.Name)
	require.Contains(t, there.Trainee.IDNumberMasked, "****")
	require.Equal(t, "3.3", there.Hours.String())
	require.InDelta(t, shown.Required, float64(*there.Missing+there.Hours)/10, 0.001)
	require.NotEmpty(t, shown.Modules)
	require.Equal(t, 2, w.audited("trainee.read"), "a line for each person")
	var named struct{ Roster []namedLine }
	w.get("/v1/sessions/"+session+"/roster", c.token).into(t, &named)
	require.Len(t, named.Roster, 2)
	require.Equal(t, "王小明", named.Roster[0].Trainee.Name)
	require.Equal(t, 4, w.audited("trainee.read"))

	require.NotContains(t, string(w.get("/v1/classes/"+id, w.operator).body), "王小明")
	require.Equal(t, 6, w.audited("trainee.read"), "masked or not")
	w.get("/v1/sessions/"+session+"/roster", w.operator).refused(t, http.StatusForbidden, forbidden)
	theirs := w.institution(otherTrainerID)
	for _, path := range []string{"", "/candidates"} {
		w.get("/v1/classes/"+id+path, theirs).refused(t, http.StatusNotFound, notFound)
	}
	// Whose training was given to another body is not named to the old one any more.
	w.exec(`UPDATE cases SET training_body = $2 WHERE id = $1`, gone, otherTrainerID)
	var names []string
	for _, m := range c.class(id).Members {
		names = append(names, m.Trainee.Name)
	}
	require.ElementsMatch(t, []string{"王小明", maskName("王小明")}, names)
	require.NotContains(t, fmt.Sprint(w.log), "王小明")
}
