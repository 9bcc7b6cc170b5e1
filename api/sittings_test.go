package api

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/sitting"
	"github.com/dengpan/dengpan/store"
)

// hall is an evaluation body with the case of a trainee who waits for their evaluation.
type hall struct {
	*world

	caseID, task string
	staff        string
}

func newHall(t *testing.T) hall {
	t.Helper()
	w := newWorld(t)
	var own struct{ ID string }
	w.register(w.trainee, "own", registrationOf(1, nil)).into(t, &own)
	h := hall{world: w, caseID: own.ID, staff: w.institution(evaluationBodyID)}
	h.task = w.issue(h.caseID, contract.TheoryTask, evaluationBodyID)
	w.issue(h.caseID, contract.PracticalTask, evaluationBodyID)
	return h
}

// sittingOn is a sitting from nine to eleven, so many days from now.
func (w *world) sittingOn(day int, changes object) object {
	return merge(object{
		"ref": "n" + w.day(day), "occupations": []string{occupation}, "levels": []string{"junior"}, "venue": "海淀考点",
		"starts_at": w.clock(day, "09:00"), "ends_at": w.clock(day, "11:00"), "book_until": w.clock(day-1, "18:00"), "capacity": 1,
	}, changes)
}

// plans makes a sitting that must be made.
func (h hall) plans(day int, changes object) (view SittingView) {
	h.t.Helper()
	r := h.post("/v1/sittings", h.staff, h.sittingOn(day, changes))
	require.Equal(h.t, http.StatusCreated, r.status, "%s", r.body)
	r.into(h.t, &view)
	return view
}

type ownSittings struct {
	Asked  bool
	Booked *struct {
		Sitting  SittingView
		Agreed   bool
		MayLeave bool `json:"may_leave"`
	}
	Taken *struct {
		How     coded
		Fee     *coded
		Chooses bool
	}
	Choices []SittingView
	Checks  []DoorCheckBrief `json:"door_checks"`
}

// says has the trainee do something about their sitting that must be done.
func (h hall) says(path string, body any) (own ownSittings) {
	h.t.Helper()
	r := h.post("/v1/cases/"+h.caseID+path, h.trainee, body)
	require.Equal(h.t, http.StatusOK, r.status, "%s", r.body)
	r.into(h.t, &own)
	return own
}

func (h hall) own() (own ownSittings) {
	h.t.Helper()
	h.get("/v1/cases/"+h.caseID+"/sittings", h.trainee).into(h.t, &own)
	return own
}

func booking(of SittingView) object { return object{"sitting": of.ID} }

func (h hall) events(kind string) int {
	h.t.Helper()
	return h.count("SELECT count(*) FROM case_events WHERE case_id = $1 AND kind = $2", h.caseID, kind)
}

func TestATraineeBooksASittingOfTheirBodyChangesToAnotherAndGivesItUpUntilItsLimit(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	first, second := h.plans(3, nil), h.plans(5, object{"capacity": 2})
	h.plans(4, object{"levels": []string{"senior"}})
	own := h.own()
	require.True(t, own.Asked)
	require.Equal(t, []string{first.ID, second.ID}, []string{own.Choices[0].ID, own.Choices[1].ID})
	require.Len(t, own.Choices, 2, "what is for another level is not among them")

	own = h.says("/sitting", booking(first))
	require.Equal(t, []any{first.ID, true, true}, []any{own.Booked.Sitting.ID, own.Booked.Agreed, own.Booked.MayLeave})
	require.Equal(t, first.ID, h.says("/sitting", booking(first)).Booked.Sitting.ID, "a repeat changes nothing")
	require.Equal(t, 1, h.events("sitting_booked"))
	var task struct{ Sitting *sittingBrief }
	h.get("/v1/tasks/"+h.task, h.staff).into(t, &task)
	require.Equal(t, first.ID, task.Sitting.ID)
	var due time.Time
	require.NoError(t, h.sql.QueryRowContext(t.Context(), "SELECT due_at FROM tasks WHERE id = $1", h.task).Scan(&due))
	require.True(t, due.After(first.EndsAt.AddDate(0, 0, 29)), "the body has as long as marking takes after it")

	var seen struct {
		Bookings []struct {
			ID      string
			Trainee traineeView
			State   coded
			Live    bool
		}
	}
	h.get("/v1/sittings/"+first.ID, h.staff).into(t, &seen)
	require.Equal(t, "王小明", seen.Bookings[0].Trainee.Name)
	h.get("/v1/sittings/"+first.ID, h.operator).into(t, &seen)
	require.Equal(t, "王*明", seen.Bookings[0].Trainee.Name)
	require.Equal(t, 2, h.count("SELECT count(*) FROM audit_entries WHERE action = 'trainee.read' AND reason = $1", "sitting:"+first.ID))
	h.get("/v1/sittings/"+first.ID, h.institution(trainingBodyID)).refused(t, http.StatusNotFound, notFound)

	require.Equal(t, second.ID, h.says("/sitting", booking(second)).Booked.Sitting.ID)
	h.get("/v1/sittings/"+first.ID, h.staff).into(t, &seen)
	require.Equal(t, []any{"changed", false}, []any{seen.Bookings[0].State.Code, seen.Bookings[0].Live})
	own = h.says("/sitting/giving-up", nil)
	require.Nil(t, own.Booked)
	require.Nil(t, own.Taken, "the body took nothing away")
	require.Equal(t, 1, h.events("sitting_given_up"))
	h.post("/v1/cases/"+h.caseID+"/sitting/giving-up", h.trainee, nil).refused(t, http.StatusConflict, sittingNone)

	h.says("/sitting", booking(first))
	h.exec("UPDATE sittings SET book_until = now() - interval '1 minute' WHERE id = $1", first.ID)
	require.False(t, h.own().Booked.MayLeave)
	for path, body := range map[string]any{"/sitting": booking(second), "/sitting/giving-up": nil} {
		h.post("/v1/cases/"+h.caseID+path, h.trainee, body).refused(t, http.StatusConflict, sittingLate)
	}
	require.Equal(t, 3, h.count("SELECT count(*) FROM notifications WHERE kind = 'sitting_booked'"))
	require.Equal(t, 5, h.count("SELECT count(*) FROM audit_entries WHERE action IN ('sitting.book', 'sitting.give_up') AND actor <> ''"))
	require.Contains(t, string(h.post("/v1/me/export", h.trainee, nil).body), "海淀考点")

	// Once the result is there, nothing is booked any more.
	for _, kind := range []string{contract.TheoryTask, contract.PracticalTask} {
		var id string
		require.NoError(t, h.sql.QueryRowContext(t.Context(), "SELECT id FROM tasks WHERE case_id = $1 AND kind = $2", h.caseID, kind).Scan(&id))
		require.Equal(t, http.StatusOK, h.post("/v1/tasks/"+id+"/result", h.staff, h.markOf(nil)).status)
	}
	require.Equal(t, ownSittings{Choices: []SittingView{}, Checks: []DoorCheckBrief{}}, h.own())
	require.Equal(t, 1, h.count("SELECT count(*) FROM sitting_bookings WHERE ended_how = 'answered'"))
}

func TestASittingIsMadeOnceByABodyThatIsListedForItAndEachWrongFieldIsNamed(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	of := h.plans(3, nil)
	again := h.post("/v1/sittings", h.staff, h.sittingOn(3, nil))
	require.Equal(t, http.StatusOK, again.status)
	h.post("/v1/sittings", h.staff, h.sittingOn(3, object{"venue": "别处"})).refused(t, http.StatusConflict, sittingConflict)
	for name, wrong := range map[string]struct {
		token   string
		changes object
		field   string
		code    string
	}{
		"it is over":             {h.staff, object{"starts_at": h.clock(-1, "09:00"), "book_until": h.clock(-1, "08:00")}, "starts_at", fieldInstantPast},
		"it ends first":          {h.staff, object{"ends_at": h.clock(3, "08:00")}, "ends_at", fieldDateOrder},
		"booked once it began":   {h.staff, object{"book_until": h.clock(9, "10:00")}, "book_until", fieldDateOrder},
		"no instant":             {h.staff, object{"starts_at": "morning"}, "starts_at", fieldInstant},
		"nowhere":                {h.staff, object{"venue": "  "}, "venue", fieldRequired},
		"no occupation":          {h.staff, object{"occupations": []string{"alchemy"}}, "occupations[0]", fieldNoOccupation},
		"not its occupation":     {h.institution(unlistedID), nil, "occupations[0]", fieldNotListed},
		"a training body's":      {h.institution(trainingBodyID), nil, "occupations[0]", fieldNotListed},
		"for nobody":             {h.staff, object{"levels": []string{}}, "levels", fieldTooFew},
		"more than a room holds": {h.staff, object{"capacity": 301}, "capacity", fieldOutOfRange},
	} {
		fields := h.post("/v1/sittings", wrong.token, h.sittingOn(9, wrong.changes)).refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Equal(t, wrong.code, fields[wrong.field], name)
	}
	var list struct {
		Sittings []SittingView
		Total    int
	}
	h.get("/v1/sittings?page=1&state=open&level=junior&q=海淀", h.staff).into(t, &list)
	require.Equal(t, []any{1, of.ID}, []any{list.Total, list.Sittings[0].ID})
	for _, none := range []string{"state=over", "state=cancelled", "state=closed", "level=senior", "q=朝阳"} {
		h.get("/v1/sittings?page=1&"+none, h.staff).into(t, &list)
		require.Zero(t, list.Total, none)
	}
	h.get("/v1/sittings?page=1", h.institution(unlistedID)).into(t, &list)
	require.Zero(t, list.Total, "each body sees its own")
}

func TestX30WhoBookedASittingThatIsMovedKeepsThePlaceAndAgreesOrGoesElsewhere(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	of, other := h.plans(3, nil), h.plans(8, nil)
	h.says("/sitting", booking(of))
	moved := object{
		"starts_at": h.clock(6, "14:00"), "ends_at": h.clock(6, "16:00"), "book_until": h.clock(5, "18:00"), "venue": "朝阳考点", "capacity": 1,
	}
	h.post("/v1/sittings/"+of.ID+"/revision", h.staff, merge(moved, object{"reason": " "})).refused(t, 422, validationFailed)
	r := h.post("/v1/sittings/"+of.ID+"/revision", h.staff, merge(moved, object{"reason": "停电检修"}))
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	var change struct{ Told int }
	r.into(t, &change)
	require.Equal(t, 1, change.Told)

	own := h.own()
	require.Equal(t, []any{false, true, "停电检修"}, []any{own.Booked.Agreed, own.Booked.MayLeave, own.Booked.Sitting.MoveReason})
	require.Zero(t, own.Booked.Sitting.PlacesLeft, "the place is kept")
	require.Equal(t, 1, h.count("SELECT count(*) FROM notifications WHERE kind = 'sitting_moved' AND act = 'agree_sitting'"))
	require.True(t, h.says("/sitting", booking(of)).Booked.Agreed)
	require.Equal(t, 1, h.events("sitting_agreed"))

	// What is moved again can be left at any time; the fee is kept for where they go, or paid back, as they choose.
	again := merge(moved, object{"reason": "又停电", "venue": "丰台考点"})
	require.Equal(t, http.StatusOK, h.post("/v1/sittings/"+of.ID+"/revision", h.staff, again).status)
	h.exec("UPDATE sittings SET book_until = now() - interval '1 minute' WHERE id = $1", of.ID)
	own = h.says("/sitting/giving-up", nil)
	require.Equal(t, []any{"declined", true}, []any{own.Taken.How.Code, own.Taken.Chooses})
	own = h.says("/sitting/fee", object{"fee": "refunded"})
	require.Equal(t, "refunded", own.Taken.Fee.Code)
	h.post("/v1/cases/"+h.caseID+"/sitting/fee", h.trainee, object{"fee": "kept"}).refused(t, http.StatusConflict, sittingFeeChosen)
	require.Equal(t, other.ID, h.says("/sitting", booking(other)).Booked.Sitting.ID)
	require.Equal(t, 0, h.count("SELECT count(*) FROM assessments WHERE case_id = $1", h.caseID), "it was no attempt")

	// Other places and another limit are nobody's news.
	quiet := merge(moved, object{"starts_at": h.clock(8, "09:00"), "ends_at": h.clock(8, "11:00"), "venue": "海淀考点", "capacity": 7, "reason": "r"})
	r = h.post("/v1/sittings/"+other.ID+"/revision", h.staff, quiet)
	r.into(t, &change)
	require.Zero(t, change.Told, "%s", r.body)
	require.True(t, h.own().Booked.Agreed)
}

func TestX30ASittingThatIsCancelledCostsNoAttemptAndItsTraineesChooseAnotherAndWhatBecomesOfTheFee(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	of, other := h.plans(3, nil), h.plans(8, nil)
	h.says("/sitting", booking(of))
	h.exec("UPDATE tasks SET due_at = now() + interval '1 minute' WHERE case_id = $1", h.caseID)
	require.Equal(t, http.StatusOK, h.post("/v1/sittings/"+of.ID+"/cancellation", h.staff, object{"reason": "考点水管爆裂"}).status)
	own := h.own()
	require.Nil(t, own.Booked)
	require.Equal(t, []any{"cancelled", true}, []any{own.Taken.How.Code, own.Taken.Chooses})
	require.Equal(t, 1, h.count("SELECT count(*) FROM notifications WHERE kind = 'sitting_cancelled' AND act = 'choose_sitting'"))
	require.Equal(t, 2, h.count("SELECT count(*) FROM tasks WHERE case_id = $1 AND state = 'open' AND due_at > now() + interval '1 day'", h.caseID),
		"the body has as much time anew")
	require.Equal(t, 2, h.events("deadline_extended"), "for the booking, and now")

	h.post("/v1/cases/"+h.caseID+"/sitting", h.trainee, booking(of)).refused(t, http.StatusConflict, sittingCancelled)
	own = h.says("/sitting", booking(other))
	require.Equal(t, other.ID, own.Booked.Sitting.ID)
	require.Equal(t, 1, h.count("SELECT count(*) FROM sitting_bookings WHERE fee = 'kept' AND ended_how = 'cancelled'"), "who goes to another keeps it")
	h.post("/v1/sittings/"+of.ID+"/cancellation", h.staff, object{"reason": "r"}).refused(t, http.StatusConflict, sittingCancelled)
	revision := h.sittingOn(3, object{"reason": "r"})
	for _, gone := range []string{"ref", "occupations", "levels"} {
		delete(revision, gone)
	}
	h.post("/v1/sittings/"+of.ID+"/revision", h.staff, revision).refused(t, http.StatusConflict, sittingCancelled)
	require.Equal(t, 0, h.count("SELECT count(*) FROM assessments WHERE case_id = $1", h.caseID))
}

func TestOfManyWhoBookTheLastPlaceAtOnceOneHasIt(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	of := h.plans(3, nil)
	const many = 6
	cases := []string{h.caseID}
	for n := 2; n <= many; n++ {
		cases = append(cases, h.newCase(n))
		h.issue(cases[n-1], contract.TheoryTask, evaluationBodyID)
	}
	by := sitting.Doer{Account: h.accountOf(h.trainee), At: time.Now().UTC()}
	refused := make([]error, many)
	var together sync.WaitGroup
	for i, id := range cases {
		together.Go(func() {
			refused[i] = h.store.Tx(t.Context(), func(tx *store.Tx) error {
				_, err := sitting.Desk{Calendar: h.calendar}.Book(tx, id, of.ID, by)
				return err
			})
		})
	}
	together.Wait()
	had := 0
	for _, err := range refused {
		if err == nil {
			had++
			continue
		}
		require.ErrorIs(t, err, sitting.ErrFull)
	}
	require.Equal(t, 1, had)

	// Nor has a sitting fewer places than are booked.
	h.exec("UPDATE sittings SET capacity = 2 WHERE id = $1", of.ID)
	require.NoError(t, h.store.Tx(t.Context(), func(tx *store.Tx) error {
		_, err := sitting.Desk{Calendar: h.calendar}.Book(tx, cases[(slices.Index(refused, nil)+1)%many], of.ID, by)
		return err
	}))
	plan := h.sittingOn(3, object{"reason": "r"})
	for _, fixed := range []string{"ref", "occupations", "levels"} {
		delete(plan, fixed)
	}
	h.post("/v1/sittings/"+of.ID+"/revision", h.staff, plan).refused(t, http.StatusConflict, sittingFull)
}

func TestX19NobodyBooksASittingWhileTheyAreElsewhere(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	of := h.plans(3, object{"capacity": 5})
	h.exec(`INSERT INTO sessions (id, institution_id, ref, module, mode, opens_at, closes_at, announced_by)
		SELECT gen_random_uuid(), $1, 'S', 'M', 'online', $2::timestamptz, $2::timestamptz + interval '2 hours', id FROM accounts LIMIT 1`,
		trainingBodyID, of.StartsAt.Add(time.Hour))
	h.exec(`INSERT INTO session_roster (session_id, person_id, case_id) SELECT s.id, c.person_id, c.id FROM sessions s, cases c WHERE c.id = $1`, h.caseID)
	h.post("/v1/cases/"+h.caseID+"/sitting", h.trainee, booking(of)).refused(t, http.StatusConflict, sittingOverlaps)
	h.exec("UPDATE sessions SET opens_at = opens_at + interval '1 hour', closes_at = closes_at + interval '1 hour'")
	h.says("/sitting", booking(of)) // one after the other

	foreign := h.plans(4, nil)
	h.exec("ALTER TABLE sittings DISABLE TRIGGER keeps_history")
	h.exec("UPDATE sittings SET institution_id = $1 WHERE id = $2", unlistedID, foreign.ID)
	h.post("/v1/cases/"+h.caseID+"/sitting", h.trainee, booking(foreign)).refused(t, http.StatusConflict, sittingNotForCase)
	fields := h.post("/v1/cases/"+h.caseID+"/sitting", h.trainee, object{"sitting": h.caseID}).refused(t, 422, validationFailed)
	require.Equal(t, map[string]string{"sitting": fieldUnknownValue}, fields)
}

// late has the hall's case be stuck because its evaluation is overdue.
func (h hall) late(cause contract.Cause) (incident string) {
	h.t.Helper()
	h.exec("UPDATE tasks SET issued_at = now() - interval '2 hours', due_at = now() - interval '1 hour' WHERE case_id = $1", h.caseID)
	body := evaluationBodyID
	return h.stick(h.caseID, progress.Evaluation, cause, store.Incident{
		TaskID: &h.task, InstitutionID: &body, Params: map[string]any{"task": contract.TheoryTask, "institution": body, "due": h.today()},
	})
}

func TestABookingEndsAnOverdueIncidentAndNoOther(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	late := h.late(contract.TaskOverdue)
	of := h.plans(3, nil)
	h.says("/sitting", booking(of))

	var c struct {
		Status   string
		DueAt    time.Time `json:"due_at"`
		Incident *struct{ ID string }
	}
	h.get("/v1/cases/"+h.caseID, h.trainee).into(t, &c)
	require.Equal(t, "waiting", c.Status)
	require.Nil(t, c.Incident)
	require.True(t, c.DueAt.After(of.EndsAt))
	require.Equal(t, 1, h.count("SELECT count(*) FROM incidents WHERE id = $1 AND state = 'closed' AND closed_by = 'more_time'", late))
	require.Equal(t, 1, h.events("overdue_over"))
	require.Equal(t, 1, h.count(`SELECT count(*) FROM audit_entries WHERE action = 'incident.more_time' AND subject = $1
		AND actor = (SELECT booked_by::text FROM sitting_bookings WHERE case_id = $2)`, "case:"+h.caseID, h.caseID))
	require.Equal(t, 1, h.count("SELECT count(*) FROM inbox WHERE kind = 'prolonged' AND subject_id = $1", late), "its case is told")

	h.says("/sitting/giving-up", nil)
	other := h.late(contract.IdentityPending)
	h.says("/sitting", booking(of))
	require.Equal(t, 1, h.count("SELECT count(*) FROM incidents WHERE id = $1 AND state = 'open'", other))
	require.Equal(t, 1, h.events("overdue_over"))
}

func TestABodyIsToldOfEachBookingChangeAndGivingUpOfItsSittingsByIDsOnly(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	first, second := h.plans(3, nil), h.plans(5, nil)
	h.says("/sitting", booking(first))
	h.says("/sitting", booking(first)) // a repeat changes nothing
	h.says("/sitting", booking(second))
	h.exec("UPDATE sitting_bookings SET state = 'moved' WHERE state = 'booked'")
	h.says("/sitting", booking(second)) // agreed to
	h.says("/sitting/giving-up", nil)

	var feed struct{ Events []delivery.Event }
	h.get("/v1/events?limit=200", h.staff).into(t, &feed)
	var told [][]string
	for _, e := range feed.Events {
		if !strings.HasPrefix(e.Type, "sitting.") {
			continue
		}
		require.Equal(t, delivery.EventData{
			CaseID: h.caseID, SittingID: e.Data.SittingID, BookingID: e.Data.BookingID, Sequence: e.Data.Sequence,
		}, e.Data, "it has ids, and nothing of a person")
		require.NotEmpty(t, e.Data.BookingID)
		told = append(told, []string{e.Type, e.Data.SittingID})
	}
	require.Equal(t, [][]string{
		{store.OutboxSittingBooked, first.ID},
		{store.OutboxSittingGivenUp, first.ID},
		{store.OutboxSittingBooked, second.ID},
		{store.OutboxSittingBooked, second.ID},
		{store.OutboxSittingGivenUp, second.ID},
	}, told)
	require.Zero(t, h.count("SELECT count(*) FROM outbox WHERE kind LIKE 'sitting.%' AND institution_id <> $1", evaluationBodyID))
}
