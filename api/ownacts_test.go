package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/acting"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

type ownMay struct {
	Pause  ownPause
	Return OwnAct
	Move   struct {
		WhyNot  *coded `json:"why_not"`
		Class   *ownClass
		Left    int
		Classes []OfferedView
	}
}

func (w *world) mayOwn(caseID string) (may ownMay) {
	w.t.Helper()
	r := w.get("/v1/cases/"+caseID+"/own-acts", w.trainee)
	require.Equal(w.t, http.StatusOK, r.status, "%s", r.body)
	r.into(w.t, &may)
	return may
}

// underWay is the trainee's own case, admitted, that waits for its training body.
func (w *world) underWay() string {
	w.t.Helper()
	id, _ := w.known(w.trainee, 1)
	w.exec(`UPDATE cases SET registered_on = $2 WHERE id = $1`, id, w.day(-30))
	w.exec(`UPDATE case_stages SET state = 'done' WHERE case_id = $1 AND stage = 'registration'`, id)
	w.issue(id, contract.TrainingTask, trainingBodyID)
	return id
}

func TestX48ATraineePausesTheirOwnCaseUntilADayAndLetsItGoOnEarlier(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.carryActs()
	c := w.underWay()
	path := "/v1/cases/" + c
	may := w.mayOwn(c)
	require.Nil(t, may.Pause.WhyNot)
	require.Equal(t, "not_paused", may.Return.WhyNot.Code)
	require.Equal(t, []string{w.day(1), w.day(acting.Own().Pause.MostDays)}, []string{may.Pause.From.String(), may.Pause.Last.String()})
	require.Len(t, may.Pause.Reasons, 5)
	for until, code := range map[string]string{"never": fieldDate, w.day(0): fieldDatePast, w.day(acting.Own().Pause.MostDays + 1): fieldOutOfRange} {
		fields := w.post(path+"/pause", w.trainee, object{"reason": "illness", "until": until}).refused(t, http.StatusUnprocessableEntity, validationFailed)
		require.Equal(t, map[string]string{"until": code}, fields)
	}
	fields := w.post(path+"/pause", w.trainee, object{"reason": "because", "until": w.day(9)}).refused(t, http.StatusUnprocessableEntity, validationFailed)
	require.Equal(t, map[string]string{"reason": fieldUnknownValue}, fields)

	for range acting.Own().Pause.Times {
		r := w.post(path+"/pause", w.trainee, object{"reason": "illness", "until": w.day(9)})
		require.Equal(t, http.StatusOK, r.status, "%s", r.body)
		var shown struct {
			Paused   bool
			Standing string
			Pause    *pauseView
		}
		w.get(path, w.trainee).into(t, &shown)
		require.True(t, shown.Paused && shown.Pause.Own)
		require.Equal(t, []string{"illness", w.day(9)}, []string{shown.Pause.Reason.Code, shown.Pause.Until.String()})
		require.NotContains(t, shown.Standing, "经办人")
		require.Equal(t, map[string]string{whole: "case_paused"},
			w.post(path+"/pause", w.trainee, object{"reason": "work", "until": w.day(9)}).refused(t, http.StatusConflict, actNotPossible))
		require.Equal(t, "paused", string(w.queueOf(c)))
		require.Contains(t, string(w.get(path+"/waits", w.operator).body), "学员自己申请了暂停")

		require.Equal(t, http.StatusOK, w.post(path+"/resumption", w.trainee, nil).status)
		require.NotEqual(t, "paused", string(w.queueOf(c)))
	}
	require.Equal(t, "paused_often", w.mayOwn(c).Pause.WhyNot.Code)
	require.Equal(t, map[string]string{whole: "paused_often"},
		w.post(path+"/pause", w.trainee, object{"reason": "work", "until": w.day(9)}).refused(t, http.StatusConflict, actNotPossible))
	require.Equal(t, 3, w.audited("case.pause"))
	require.Equal(t, 3, w.count("SELECT count(*) FROM case_events WHERE kind = 'case_paused_own' AND actor = 'trainee'"))
	var listed struct{ Acts []ActView }
	w.get(path+"/acts", w.operator).into(t, &listed)
	require.Equal(t, "生病", listed.Acts[len(listed.Acts)-1].Reason, "operators read why, in words")
}

func TestX48WhatAnOperatorPausedATraineeDoesNotLetGoOnAndTheOtherWayRoundAnOperatorDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.carryActs()
	c := w.underWay()
	path := "/v1/cases/" + c
	require.Equal(t, http.StatusOK, w.post(path+"/pause", w.trainee, object{"reason": "family", "until": w.day(9)}).status)
	require.Equal(t, http.StatusOK, w.acts(c, object{"verb": "resume"}).status)
	require.Equal(t, http.StatusOK, w.acts(c, object{"verb": "pause"}).status)
	require.Equal(t, "not_own_pause", w.mayOwn(c).Return.WhyNot.Code)
	require.Equal(t, map[string]string{whole: "not_own_pause"}, w.post(path+"/resumption", w.trainee, nil).refused(t, http.StatusConflict, actNotPossible))
	require.Equal(t, "paused", string(w.queueOf(c)))

	// While the case cannot be told, it is said that it was not yet.
	require.Equal(t, http.StatusOK, w.acts(c, object{"verb": "resume"}).status)
	require.Equal(t, http.StatusOK, w.post(path+"/pause", w.trainee, object{"reason": "family", "until": w.day(9)}).status)
	w.relay.set(true)
	r := w.post(path+"/resumption", w.trainee, nil)
	require.Equal(t, http.StatusAccepted, r.status, "%s", r.body)
	require.Contains(t, string(r.body), `"done":false`)
}

func TestATraineeChangesToAnotherClassOfTheirBodyInOneMomentAndTheirHoursStay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	from, to, third := c.inviting(object{"ref": "F", "starts_on": w.day(-10)}),
		c.inviting(object{"ref": "T", "name": "周末二班", "starts_on": w.day(-10)}), c.inviting(object{"ref": "U"})
	mine := w.underWay()
	require.Equal(t, "in_no_class", w.mayOwn(mine).Move.WhyNot.Code)
	c.joined(c.join(from, mine), 1, 0)
	c.report([]object{w.sessionOn(object{"class": "F"}), w.sessionOn(object{
		"ref": "ahead", "class": "F", "opens_at": w.clock(3, "09:00"), "closes_at": w.clock(3, "12:00"),
	}), w.sessionOn(object{"ref": "other", "class": "T", "opens_at": w.clock(4, "09:00"), "closes_at": w.clock(4, "12:00")})},
		[]object{w.signIn(mine, nil)})
	before := w.credited(mine)
	require.Positive(t, before)

	may := w.mayOwn(mine).Move
	require.Equal(t, []any{from, 2}, []any{may.Class.ID, may.Left})
	var others []string
	for _, class := range may.Classes {
		others = append(others, class.ID)
	}
	require.ElementsMatch(t, []string{to, third}, others)

	path := "/v1/cases/" + mine + "/class"
	r := w.post(path, w.trainee, object{"class": to, "class_offer": 1})
	require.Equal(t, http.StatusOK, r.status, "%s", r.body)
	require.Equal(t, before, w.credited(mine), "what was booked is the trainee's")
	require.Empty(t, c.class(from).Members)
	require.Len(t, c.class(to).Members, 1)
	require.Equal(t, "moved", c.class(from).Former[0].How.Code)
	require.Empty(t, c.rosterOf(w.text("SELECT id FROM sessions WHERE ref = 'ahead'")))
	require.Equal(t, []string{mine}, c.rosterOf(w.text("SELECT id FROM sessions WHERE ref = 'other'")))
	require.Equal(t, 1, w.count("SELECT count(*) FROM class_places WHERE class_id = $1 AND case_id = $2 AND state = 'joined' AND offer = 1", to, mine),
		"what was agreed to is kept")
	require.Equal(t, 1, w.audited("class.move"))
	require.Equal(t, 1, w.count("SELECT count(*) FROM case_events WHERE kind = 'class_changed' AND case_id = $1", mine))

	require.Equal(t, http.StatusOK, w.post(path, w.trainee, object{"class": from, "class_offer": 1}).status)
	require.Equal(t, "moved_often", w.mayOwn(mine).Move.WhyNot.Code)
	require.Equal(t, map[string]string{"class": "moved_often"},
		w.post(path, w.trainee, object{"class": to, "class_offer": 1}).refused(t, http.StatusUnprocessableEntity, validationFailed))
}

func TestATraineeChangesOnlyToAClassThatIsOfferedForThemAndHasAPlaceLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, other := w.classroom(trainingBodyID), w.classroom(otherTrainerID)
	from := c.inviting(object{"ref": "F"})
	full, hidden := c.inviting(object{"ref": "L", "capacity": 1}), c.makeClass(object{"ref": "H"})
	senior, elsewhere := c.inviting(object{"ref": "S", "level": "senior"}), other.inviting(object{"ref": "E"})
	mine := w.underWay()
	c.joined(c.join(from, mine), 1, 0)
	c.joined(c.join(full, w.admitted(2, nil)), 1, 0)
	path := "/v1/cases/" + mine + "/class"
	before := w.counts()
	for _, want := range []struct {
		class       string
		offer       int
		status      int
		field, code string
	}{
		{from, 1, http.StatusUnprocessableEntity, "class", "in_this_class"},
		{hidden, 1, http.StatusUnprocessableEntity, "class", "class_not_offered"},
		{senior, 1, http.StatusUnprocessableEntity, "class", "class_other_target"},
		{elsewhere, 1, http.StatusUnprocessableEntity, "class", "class_unknown"},
		{uuid.NewString(), 1, http.StatusUnprocessableEntity, "class", "class_unknown"},
		{senior, 2, http.StatusUnprocessableEntity, "class_offer", "offer_changed"},
		{full, 1, http.StatusConflict, "class", classFull},
	} {
		code := validationFailed
		if want.status == http.StatusConflict {
			code = want.code
		}
		fields := w.post(path, w.trainee, object{"class": want.class, "class_offer": want.offer}).refused(t, want.status, code)
		require.Equal(t, map[string]string{want.field: want.code}, fields)
	}
	require.Equal(t, before, w.counts())
	require.Len(t, c.class(from).Members, 1, "nobody has lost their place over a class that they could not join")

	w.exec(`UPDATE case_stages SET state = 'done' WHERE case_id = $1 AND stage = 'training'`, mine)
	require.Equal(t, "training_over", w.mayOwn(mine).Move.WhyNot.Code)
}

func TestAPlaceThatIsKeptForACaseIsGivenBackWhenAnotherIsChosen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.classroom(trainingBodyID)
	from, to := c.inviting(object{"ref": "F"}), c.inviting(object{"ref": "T"})
	r := w.register(w.trainee, "k", registrationOf(1, object{"class": from, "class_offer": 1}))
	require.Equal(t, http.StatusCreated, r.status, "%s", r.body)
	var made struct{ ID string }
	r.into(t, &made)
	require.Equal(t, from, w.mayOwn(made.ID).Move.Class.ID)
	require.Equal(t, http.StatusOK, w.post("/v1/cases/"+made.ID+"/class", w.trainee, object{"class": to, "class_offer": 1}).status)
	require.Equal(t, []int{0, 1}, []int{w.count("SELECT class_places_taken($1)", from), w.count("SELECT class_places_taken($1)", to)})
	require.NoError(t, w.store.Tx(t.Context(), func(tx *store.Tx) error {
		place, err := tx.PlaceOfCase(made.ID)
		require.Equal(t, to, place.ClassID)
		require.WithinDuration(t, time.Now(), place.HeldAt, time.Minute)
		return err
	}))
}
