package institution_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/institution"
)

// scripted plays one behaviour on a task of body-a's.
func (w *world) scripted(kind, behaviour, more string, details map[string]any) *apiTask {
	w.t.Helper()
	w.script(fmt.Sprintf(`{"case_id":"c1","task_kind":%q,"attempt":1,"behaviour":%q%s}`, kind, behaviour, more))
	return w.api.issue("t1", "c1", kind, details)
}

func TestSilentNeverAnswersThatTask(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.tell("issued", w.scripted("exam", "silent", "", nil))
		w.pass(24 * time.Hour)
		require.Empty(t, w.api.sent())

		// The same attempt asked for again is another task, and is answered.
		w.api.reset("t1", "cancelled")
		w.tell("issued", w.api.issue("t2", "c1", "exam", nil))
		w.pass(time.Minute)
		w.api.taken(t, "t2")
	})
}

func TestSilentStaysSilentOverARestartAndCanBeBroken(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.tell("issued", w.scripted("exam", "silent", "", nil))
		w.pass(time.Minute)
		w.restart()
		w.pass(3 * time.Hour)
		require.Empty(t, w.api.sent())
		w.script(`{"case_id":"c1","task_kind":"exam","attempt":1,"behaviour":"normal"}`)
		w.pass(time.Second)
		w.api.taken(t, "t1")
	})
}

func TestACancelledTaskEndsASilence(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		exam := w.scripted("exam", "silent", "", nil)
		w.tell("issued", exam)
		w.pass(time.Minute)
		w.tell("cancelled", exam)
		w.script(`{"case_id":"c1","task_kind":"exam","attempt":1,"behaviour":"normal"}`)
		w.pass(3 * time.Hour)
		require.Empty(t, w.api.sent())
	})
}

func TestSlowHoldsTheCallbackOpen(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		exam := w.scripted("exam", "slow", `,"delay":"30s"`, nil)
		began := time.Now()
		require.Equal(t, http.StatusNoContent, w.tell("issued", exam))
		require.Equal(t, 30*time.Second, time.Since(began))
		require.Empty(t, w.api.sent())
		again := time.Now()
		require.Equal(t, http.StatusNoContent, w.deliver("evt-2", secretA, callbackBody("issued", exam)))
		require.Equal(t, again, time.Now(), "it is slow once")
		w.pass(time.Minute)
		require.GreaterOrEqual(t, w.api.taken(t, "t1").at.Sub(began), 30*time.Second)
	})
}

func TestError500FailsCallbacksAndActsWhenOneGetsThrough(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		exam := w.scripted("exam", "error500", `,"times":2`, nil)
		w.pass(3 * time.Hour) // polling finds the task, and must not act on it
		require.Empty(t, w.api.sent())
		require.Equal(t, http.StatusInternalServerError, w.tell("issued", exam))
		w.restart() // what is left to fail is not forgotten
		require.Equal(t, http.StatusInternalServerError, w.tell("issued", exam))
		require.Equal(t, http.StatusNoContent, w.tell("issued", exam), "the same event again is not taken for a repetition")
		w.pass(time.Minute)
		w.api.taken(t, "t1")
		require.EqualValues(t, 1, w.journal().Counters["callback_failed"], "since the restart")
	})
}

func TestError500IsForTheAttemptItNames(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.script(`{"case_id":"c1","task_kind":"exam","attempt":2,"behaviour":"error500","times":1}`)
		require.Equal(t, http.StatusNoContent, w.tell("issued", w.api.issue("t1", "c1", "exam", nil)))
		resit := w.api.issue("t2", "c1", "exam", nil)
		resit.Attempt = 2
		require.Equal(t, http.StatusInternalServerError, w.tell("issued", resit))
	})
}

func TestDuplicateSendsTheSameAnswerTenTimes(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.tell("issued", w.scripted("exam", "duplicate", "", nil))
		w.pass(time.Minute)
		w.api.taken(t, "t1")
		repeated := 0
		for _, entry := range w.journal().Entries {
			if entry.Code == "repeated" {
				repeated++
			}
		}
		require.Equal(t, 9, repeated)
	})
}

func TestOutOfOrderReportsThePracticalPartFirst(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		theory := w.scripted("theory", "out_of_order", "", nil)
		practical := w.api.issue("t2", "c1", "practical", nil)
		w.tell("issued", theory)
		w.pass(4 * time.Second)
		require.Empty(t, w.api.sent())
		w.tell("issued", practical)
		w.pass(2 * time.Second)
		sent := w.api.sent()
		require.Len(t, sent, 2)
		require.Equal(t, []string{"t2", "t1"}, []string{sent[0].task, sent[1].task})
	})
}

func TestOutOfOrderDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.tell("issued", w.scripted("theory", "out_of_order", "", nil))
		w.pass(12 * time.Second)
		w.api.taken(t, "t1")
	})
}

func TestOutOfOrderSendsALaterResultBeforeTheOneThatIsDue(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.tell("issued", w.scripted("enrolment", "out_of_order", "", map[string]any{"required_hours": 8}))
		w.pass(time.Minute)
		sent := w.api.sent()
		require.Len(t, sent, 2)
		require.Contains(t, sent[0].body, "completed_modules")
		require.Equal(t, "task_kind_mismatch", sent[0].code)
		require.JSONEq(t, `{"accepted_on":"2026-03-20"}`, w.api.taken(t, "t1").body)
	})
}

func TestWrongScoreIsFollowedByARightOne(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.tell("issued", w.scripted("exam", "wrong_score", "", nil))
		w.pass(time.Minute)
		sent := w.api.sent()
		require.Len(t, sent, 2)
		require.JSONEq(t, `{"score":101,"absent":false,"held_on":"2026-03-20"}`, sent[0].body)
		require.Equal(t, http.StatusUnprocessableEntity, sent[0].status)
		require.NotEqual(t, sent[0].idempotency, sent[1].idempotency)
		require.GreaterOrEqual(t, *w.score("t1").Score, 60)
		require.EqualValues(t, 1, w.journal().Counters["misstep_refused"])
	})
}

func TestWrongScoreOfATrainingIsContentThatTheStandardDoesNotKnow(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.tell("issued", w.scripted("training", "wrong_score", "", map[string]any{"required_hours": 16}))
		w.pass(time.Minute)
		require.Len(t, w.api.sent(), 2)
		require.Equal(t, http.StatusUnprocessableEntity, w.api.sent()[0].status)
		w.api.taken(t, "t1")
	})
}

func TestWrongInstitutionAnswersWithAnothersKeyFirst(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.tell("issued", w.scripted("practical", "wrong_institution", "", nil))
		w.pass(time.Minute)
		sent := w.api.sent()
		require.Len(t, sent, 2)
		require.Equal(t, "key-b", sent[0].key)
		require.Equal(t, http.StatusNotFound, sent[0].status)
		require.Equal(t, "key-a", w.api.taken(t, "t1").key)
	})
}

func TestAMisstepThatIsTakenIsReported(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.api.keys["key-b"] = "body-a" // an API that does not tell institutions apart
		w.tell("issued", w.scripted("exam", "wrong_institution", "", nil))
		w.pass(time.Minute)
		require.EqualValues(t, 1, w.journal().Counters["misstep_taken"])
		require.Contains(t, w.log.String(), `level=WARN msg="simulated institution" action=misstep_taken`)
	})
}

func TestLateAnswersAfterTheDeadline(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		exam := w.scripted("exam", "late", "", nil)
		w.tell("issued", exam)
		w.pass(time.Minute)
		require.Empty(t, w.api.sent())
		// A deadline that is moved meanwhile does not make it later still.
		w.api.mu.Lock()
		exam.DueAt = exam.DueAt.Add(24 * time.Hour)
		w.api.mu.Unlock()
		w.pass(time.Minute)
		w.api.taken(t, "t1")
	})
}

// score is the score that was taken for a task.
func (w *world) score(id string) (got struct {
	Score  *int   `json:"score"`
	Absent bool   `json:"absent"`
	HeldOn string `json:"held_on"`
},
) {
	w.t.Helper()
	require.NoError(w.t, json.Unmarshal([]byte(w.api.taken(w.t, id).body), &got))
	return got
}

func TestFailReportsAScoreBelowThePassMark(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.tell("issued", w.scripted("exam", "fail", "", nil))
		resit := w.api.issue("t2", "c1", "exam", nil)
		resit.Attempt = 2
		w.tell("issued", resit)
		w.pass(time.Minute)
		require.Less(t, *w.score("t1").Score, 60)
		require.GreaterOrEqual(t, *w.score("t2").Score, 60, "the resit is passed")
	})
}

func TestAbsentReportsNoScore(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.tell("issued", w.scripted("theory", "absent", "", nil))
		w.pass(time.Minute)
		require.Nil(t, w.score("t1").Score)
		require.True(t, w.score("t1").Absent)
		require.Equal(t, "2026-03-20", w.score("t1").HeldOn)
	})
}

func TestRejectSendsTheTaskBack(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.tell("issued", w.scripted("enrolment", "reject", "", nil))
		w.pass(time.Minute)
		got := w.api.taken(t, "t1")
		require.Equal(t, "rejection", got.path)
		require.JSONEq(t, `{"reason_code":"class_full"}`, got.body)
	})
}

func TestShortHoursReportsTheRestWhenAskedAgain(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		asked := map[string]any{"required_hours": 80, "modules": []string{"基础", "实务"}, "recorded_hours": 0}
		w.tell("issued", w.scripted("training", "short_hours", "", asked))
		w.pass(30 * time.Second)
		hours, modules := w.training("t1")
		require.InDelta(t, 44, hours, 0)
		require.Equal(t, []string{"基础"}, modules)

		asked["recorded_hours"], asked["missing_modules"] = 44, []string{"实务"}
		w.tell("issued", w.api.issue("t2", "c1", "training", asked))
		w.pass(30 * time.Second)
		hours, modules = w.training("t2")
		require.InDelta(t, 80, hours, 0, "with what was attended before")
		require.Equal(t, []string{"实务"}, modules)
	})
}

// training is the hours that were reported until now, and the content of a task's result.
func (w *world) training(id string) (hours float64, modules []string) {
	w.t.Helper()
	var got struct {
		CompletedModules []string `json:"completed_modules"`
	}
	require.NoError(w.t, json.Unmarshal([]byte(w.api.taken(w.t, id).body), &got))
	w.api.mu.Lock()
	defer w.api.mu.Unlock()
	for _, s := range w.api.signIns {
		hours += s.hours()
	}
	return hours, got.CompletedModules
}

func TestALessonIsReportedWhenItIsOver(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.tell("issued", w.api.issue("t1", "c1", "training", map[string]any{"required_hours": 24}))
		w.pass(2600 * time.Millisecond) // the task is looked at on the day after it was issued
		require.Empty(t, w.api.signIns, "the first lesson is on the day after that, until four")
		w.pass(100 * time.Millisecond)
		require.Len(t, w.api.signIns, 1)
		require.Empty(t, w.api.sent())
		w.pass(2 * time.Second)
		hours, _ := w.training("t1")
		require.InDelta(t, 24, hours, 0)
		require.Equal(t, 3, w.api.reports, "one a day")
		require.EqualValues(t, 2, w.journal().Counters["staff_named"], "once each")
	})
}

func TestARestartedInstitutionReportsNothingTwiceAndFinishes(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.tell("issued", w.api.issue("t1", "c1", "training", map[string]any{"required_hours": 40}))
		w.pass(4800 * time.Millisecond)
		require.Len(t, w.api.signIns, 3)
		w.restart()
		w.pass(time.Minute)
		hours, _ := w.training("t1")
		require.InDelta(t, 40, hours, 0)
		require.Len(t, w.api.held, 5, "the timetable is the same")
		require.Zero(t, w.journal().Counters["attendance_refused"])
	})
}

// A demonstration's days pass only while it runs: the next run counts them from another instant.
func TestATimetableIsKeptThoughTheCalendarIsAnother(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.tell("issued", w.api.issue("t1", "c1", "training", map[string]any{"required_hours": 40}))
		w.pass(4800 * time.Millisecond)
		w.stop()
		w.pass(time.Hour)
		w.api.calendar.AnchorWall, w.api.calendar.AnchorDate = time.Now(), calendar.NewDate(2026, time.March, 25)
		w.start()
		w.pass(time.Minute)
		hours, _ := w.training("t1")
		require.InDelta(t, 40, hours, 0)
		require.Len(t, w.api.held, 5)
	})
}

func TestWhatPassedWhileNobodyWasAtWorkIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.tell("issued", w.scripted("training", "late", "", map[string]any{"required_hours": 160}))
		w.pass(50 * time.Second)
		require.Zero(t, w.api.reports, "late attendance")
		w.pass(20 * time.Second)
		hours, _ := w.training("t1")
		require.InDelta(t, 160, hours, 0)
		require.Equal(t, 1, w.api.reports)
	})
}

func TestALessonThatIsNotCreditedIsMadeUpForOnAnotherDay(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.api.refusals = 2
		w.tell("issued", w.api.issue("t1", "c1", "training", map[string]any{"required_hours": 24, "modules": []string{"基础"}}))
		w.pass(time.Minute)
		hours, modules := w.training("t1")
		require.InDelta(t, 24, hours, 0)
		require.Equal(t, []string{"基础"}, modules)
		require.EqualValues(t, 2, w.journal().Counters["attendance_refused"])
	})
}

func TestATrainingOfWhichNothingCountsIsGivenUp(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.api.refusals = 1 << 20
		w.tell("issued", w.api.issue("t1", "c1", "training", map[string]any{"required_hours": 24, "modules": []string{"基础"}}))
		w.pass(time.Minute)
		hours, modules := w.training("t1")
		require.Zero(t, hours)
		require.Empty(t, modules)
	})
}

func TestAttendanceIsSentAgainWhenTheAPIsClockIsBehind(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.api.behind = 400 * time.Millisecond
		w.tell("issued", w.api.issue("t1", "c1", "training", map[string]any{"required_hours": 16}))
		w.pass(time.Minute)
		hours, _ := w.training("t1")
		require.InDelta(t, 16, hours, 0)
		require.Len(t, w.api.held, 2, "nothing had to be made up for")
	})
}

func TestATrainingThatIsTakenAwayIsLeft(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		asked := w.api.issue("t1", "c1", "training", map[string]any{"required_hours": 40})
		w.tell("issued", asked)
		w.pass(3800 * time.Millisecond)
		require.Len(t, w.api.signIns, 2)
		w.tell("cancelled", asked)
		w.pass(time.Minute)
		require.Len(t, w.api.signIns, 2)

		// And when nobody tells: what it reports is refused.
		asked = w.api.issue("t2", "c2", "training", map[string]any{"required_hours": 40})
		w.tell("issued", asked)
		w.pass(3800 * time.Millisecond)
		require.Len(t, w.api.signIns, 4)
		w.api.mu.Lock()
		asked.institution = "body-b"
		w.api.mu.Unlock()
		w.pass(time.Minute)
		require.Len(t, w.api.signIns, 4)
		require.Empty(t, w.api.sent())
		require.EqualValues(t, 1, w.journal().Counters["attendance_refused"])
	})
}

// Each of these is refused once, whatever comes of the training otherwise.
func TestAttendanceThatCannotBeIsFollowedByTheRightOne(t *testing.T) {
	t.Parallel()
	for behaviour, code := range map[string]string{
		"wrong_score": "sign_out_first", "outside_window": "outside_window", "claims_twice": "time_taken",
		"wrong_institution": "attendee_unknown",
	} {
		t.Run(behaviour, func(t *testing.T) {
			t.Parallel()
			inWorld(t, func(w *world) {
				w.tell("issued", w.scripted("training", behaviour, "", map[string]any{"required_hours": 16}))
				w.pass(time.Minute)
				hours, _ := w.training("t1")
				require.InDelta(t, 16, hours, 0)
				entries := w.journal().Entries
				require.True(t, slices.ContainsFunc(entries, func(e institution.Entry) bool {
					return e.Action == "misstep_refused" && e.Code == code
				}), "%+v", entries)
				require.Zero(t, w.journal().Counters["misstep_taken"])
			})
		})
	}
}

func TestDuplicateSendsTheSameAttendanceTenTimes(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.tell("issued", w.scripted("training", "duplicate", "", map[string]any{"required_hours": 16}))
		w.pass(time.Minute)
		hours, _ := w.training("t1")
		require.InDelta(t, 16, hours, 0)
		require.Equal(t, 20, w.api.reports)
	})
}

func TestCallbacksFailInEveryWayThatSendersMustStand(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		for i, c := range []struct {
			behaviour string
			status    int
		}{{"busy", 429}, {"redirect", 307}, {"torrent", 500}, {"gone", 410}} {
			kind := []string{"enrolment", "exam", "theory", "practical"}[i]
			w.script(fmt.Sprintf(`{"case_id":"c1","task_kind":%q,"attempt":1,"behaviour":%q}`, kind, c.behaviour))
			task := w.api.issue(c.behaviour, "c1", kind, nil)
			require.Equal(t, c.status, w.tell("issued", task), c.behaviour)
			w.pass(time.Minute)
			require.Len(t, w.api.sent(), i, "%s: what did not get through is not known", c.behaviour)
			require.Equal(t, http.StatusNoContent, w.tell("issued", task), c.behaviour)
			w.pass(time.Minute)
			w.api.taken(t, c.behaviour)
		}
	})
}

func TestASecondOpinionContradictsTheFirstAndIsRefused(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.tell("issued", w.scripted("exam", "second_opinion", "", nil))
		w.pass(time.Minute)
		sent := w.api.sent()
		require.Len(t, sent, 2)
		require.NotEqual(t, sent[0].body, sent[1].body)
		require.Equal(t, "result_conflict", sent[1].code)
		require.EqualValues(t, 1, w.journal().Counters["misstep_refused"])
	})
}

func TestAnAnswerToATaskThatNobodyIssuedComesBeforeTheRightOne(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.tell("issued", w.scripted("exam", "unknown_task", "", nil))
		w.pass(time.Minute)
		sent := w.api.sent()
		require.Len(t, sent, 2)
		require.Equal(t, http.StatusNotFound, sent[0].status)
		require.NotEqual(t, "t1", sent[0].task)
		w.api.taken(t, "t1")
	})
}

func TestTasksAreSentBackForEveryReason(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		for i, reason := range []string{"class_full", "wrong_person", "not_our_occupation"} {
			behaviour := []string{"reject", "reject_person", "reject_occupation"}[i]
			kind := []string{"enrolment", "training", "exam"}[i]
			w.script(fmt.Sprintf(`{"case_id":"c1","task_kind":%q,"attempt":1,"behaviour":%q}`, kind, behaviour))
			w.tell("issued", w.api.issue(behaviour, "c1", kind, nil))
			w.pass(time.Minute)
			require.JSONEq(t, fmt.Sprintf(`{"reason_code":%q}`, reason), w.api.taken(t, behaviour).body)
		}
	})
}
