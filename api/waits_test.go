package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// moved takes the stage of a case to a state.
func (o casework) moved(id string, change func(*store.CaseFile) error) {
	o.t.Helper()
	require.NoError(o.t, o.store.Tx(o.t.Context(), func(tx *store.Tx) error {
		f, err := tx.OpenCase(id)
		if err != nil {
			return err
		}
		if err := change(f); err != nil {
			return err
		}
		return f.Save()
	}))
}

func TestEveryConditionThatACaseWaitsForSaysWhatIsMissingAndWhoCanMoveIt(t *testing.T) {
	t.Parallel()
	o := newCasework(t)
	task := o.issue(o.caseID, contract.TrainingTask, trainingBodyID)
	o.moved(o.caseID, func(f *store.CaseFile) error {
		due := f.Now().Add(time.Hour)
		return f.Move(progress.Training, progress.Waiting, &progress.Party{Kind: progress.ByInstitution, ID: trainingBodyID}, &due)
	})
	got := o.waits(o.caseID)
	require.Equal(t, "institution", got.Queue)
	require.Empty(t, got.Stuck)
	require.Len(t, got.Waits, 1)
	wait := got.Waits[0]
	require.Equal(t, []string{"task", task, "training"}, []string{wait.Code, wait.TaskID, wait.Stage})
	require.Equal(t, "institution", wait.Who.Kind)
	require.Contains(t, fmt.Sprint(wait.Missing), "80")
	require.NotNil(t, wait.Since)
	require.NotNil(t, wait.Until)
	require.NotEmpty(t, wait.Citation.Document)
	require.Contains(t, wait.Next.Text, "没有回调地址")

	w := o.world
	w.endpoint(w.institution(trainingBodyID))
	next := o.waits(o.caseID).Waits[0].Next
	require.Contains(t, next.Text, "尚未送达")
	require.NotNil(t, next.At, "when it is sent again")
	w.exec("UPDATE endpoints SET state = 'paused', state_reason = 'by_operator'")
	require.Contains(t, o.waits(o.caseID).Waits[0].Next.Text, "停止接收")
}

func TestACaseWhoseEnrolmentIsOwedWaitsForThatAlone(t *testing.T) {
	t.Parallel()
	o := newCasework(t)
	task := o.issue(o.caseID, contract.EnrolmentTask, trainingBodyID)
	o.moved(o.caseID, func(f *store.CaseFile) error {
		body := &progress.Party{Kind: progress.ByInstitution, ID: trainingBodyID}
		return errors.Join(f.Move(progress.Registration, progress.Done, nil, nil), f.Move(progress.Training, progress.Waiting, body, nil))
	})
	waits := o.waits(o.caseID).Waits
	require.Len(t, waits, 1)
	require.Equal(t, []string{"task", task, "training"}, []string{waits[0].Code, waits[0].TaskID, waits[0].Stage})
}

func TestACaseThatIsStuckSaysWhyInTheWordsOfTheDecisionBehindIt(t *testing.T) {
	t.Parallel()
	o := newCasework(t)
	rules := o.config.Policy
	facts, day := store.Case{}, calendar.MustParseDate("2026-03-01")
	d := rules.MayJoin(facts.Applicant, occupation, "junior", day)
	o.exec(`INSERT INTO decisions (id, case_id, kind, policy_version, as_of, inputs, outcome, body, decided_at)
		VALUES (gen_random_uuid(), $1, 'admission', $2, $3, '{}', $4, $5, now())`, o.caseID, rules.ID(), day.String(), string(d.Outcome), jsonOf(t, d))
	id := o.stick(o.caseID, progress.Registration, contract.EligibilityNotMet, store.Incident{})
	got := o.waits(o.caseID)
	require.Equal(t, []string{"decision", "business"}, []string{got.Queue, got.Stuck})
	require.Len(t, got.Waits, 1)
	require.Equal(t, []string{"incident", id, "operator"}, []string{got.Waits[0].Code, got.Waits[0].IncidentID, got.Waits[0].Who.Kind})
	require.NotEmpty(t, got.Waits[0].Missing)
	require.NotEmpty(t, got.Waits[0].Citation.Document)
	require.Nil(t, got.Waits[0].Next, "nothing happens by itself")
}

func TestWhatHoldsAWholeCaseStandsFirstAmongWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	o := newCasework(t)
	until := calendar.MustParseDate("2027-01-04")
	o.stick(o.caseID, progress.Training, contract.TaskOverdue, store.Incident{})
	o.moved(o.caseID, func(f *store.CaseFile) error {
		now := f.Now()
		f.AwaitsApproval, f.PausedAt, f.PausedUntil, f.Trouble = true, &now, &until, contract.Program
		return nil
	})
	got := o.waits(o.caseID)
	require.Equal(t, "approval", got.Queue)
	var codes []string
	for _, wait := range got.Waits {
		require.NotEmpty(t, wait.Title)
		require.NotNil(t, wait.Who, wait.Code)
		codes = append(codes, wait.Code)
	}
	require.Equal(t, []string{"approval", "paused", "execution", "incident"}, codes)
	require.Contains(t, got.Waits[1].Next.Text, "2027-01-04")
}

func TestACaseThatOnlyTimeKeepsSaysTheDayAndOneThatHasEndedWaitsForNothing(t *testing.T) {
	t.Parallel()
	o := newCasework(t)
	day := time.Now().Add(100 * 24 * time.Hour).UTC().Truncate(time.Second)
	o.moved(o.caseID, func(f *store.CaseFile) error {
		return f.Move(progress.Title, progress.Waiting, &progress.Party{Kind: progress.ByCalendar}, &day)
	})
	got := o.waits(o.caseID)
	require.Len(t, got.Waits, 1)
	require.Equal(t, "calendar", got.Waits[0].Code)
	require.True(t, day.Equal(*got.Waits[0].Next.At))
	o.end(o.caseID, "withdrawn")
	got = o.waits(o.caseID)
	require.Empty(t, got.Queue)
	require.Empty(t, got.Waits)
}

func jsonOf(t *testing.T, value any) string {
	t.Helper()
	content, err := json.Marshal(value)
	require.NoError(t, err)
	return string(content)
}
