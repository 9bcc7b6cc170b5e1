package activities_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// letters are the answers of the case that were kept for an operator, by their tasks.
func (b bundle) letters(t *testing.T) map[string]store.LetterReason {
	t.Helper()
	all, err := b.Store.Read(t.Context()).Letters(store.LetterFilter{State: store.LetterOpen, Limit: 10})
	require.NoError(t, err)
	kept := map[string]store.LetterReason{}
	for _, l := range all {
		require.Nil(t, l.BodySealed)
		kept[*l.TaskID] = l.Reason
	}
	return kept
}

func TestAnAnswerThatTheCaseGoesOnWithoutIsKept(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	incident := b.overdue(t)
	open, err := b.Store.Read(t.Context()).OpenTasks(b.caseID)
	require.NoError(t, err)
	late := contract.IssuedTask{ID: open[0].ID, Kind: open[0].Kind}
	// The answer is acknowledged while the operator's decision is on its way.
	decision := b.request(t, incident, contract.Reassign, store.ResolutionParams{Institution: spare})
	enrolled := contract.EnrolmentResult{AcceptedOn: calendar.NewDate(2026, 3, 1)}
	b.answer(t, late, store.AnswerResult, enrolled)
	_, refusal := b.apply(t, decision)
	require.Empty(t, refusal)
	require.Empty(t, b.letters(t))

	again := b.issue(t, "training", 1, 2, contract.EnrolmentTask)
	require.Equal(t, map[string]store.LetterReason{late.ID: store.LetterAskedAgain}, b.letters(t))
	require.NoError(t, b.Store.Tx(t.Context(), func(tx *store.Tx) error { // an operator applies it to the second asking
		kept, err := tx.Letters(store.LetterFilter{Limit: 1})
		require.NoError(t, err)
		locked, err := tx.LockTask(again[0].ID)
		require.NoError(t, err)
		_, err = tx.InsertAnswer(locked, store.TaskAnswer{
			TaskID: locked.ID, Kind: store.AnswerResult, Body: json.RawMessage(`{"accepted_on":"2026-03-01"}`), Digest: []byte{1},
			ReceivedBy: b.account, ReceivedAt: time.Now().UTC(), LetterID: &kept[0].ID,
		})
		return err
	}))
	_, err = b.RecordEnrolment(t.Context(), b.recordRequest(again, 1))
	require.NoError(t, err)

	require.Contains(t, b.events(t), "answer_applied")
	require.NotContains(t, b.events(t), "task_answered", "it was not the institution that answered")

	training := b.issue(t, "training", 1, 1, contract.TrainingTask)
	b.answer(t, training[0], store.AnswerResult, complete())
	_, err = b.CloseCase(t.Context(), contract.CloseCaseRequest{CaseID: b.caseID, Outcome: "withdrawn"})
	require.NoError(t, err)
	require.Equal(t, map[string]store.LetterReason{
		late.ID: store.LetterAskedAgain, training[0].ID: store.LetterCaseEnded, // and not what was taken
	}, b.letters(t))
}

func TestARefusalOpensTheIncidentOfItsReason(t *testing.T) {
	t.Parallel()
	b := newBundle(t, graduate())
	b.admit(t)
	for i, refused := range []struct {
		reason string
		cause  contract.Cause
		first  contract.Verb
	}{
		{"class_full", contract.ClassFull, contract.Reassign},
		{"wrong_person", contract.WrongPerson, contract.Retry},
		{"not_our_occupation", contract.NotOurOccupation, contract.Reassign},
		{"other", contract.EnrolmentRejected, contract.Reassign},
	} {
		tasks := b.issue(t, "training", 1, i+1, contract.EnrolmentTask)
		b.answer(t, tasks[0], store.AnswerRejection, contract.Rejection{ReasonCode: refused.reason})
		reply, err := b.RecordEnrolment(t.Context(), b.recordRequest(tasks, 1))
		require.NoError(t, err)
		require.Equal(t, contract.Reissue, reply.Next)
		require.Equal(t, refused.cause, reply.Incident.Cause)
		require.Equal(t, refused.first, refused.cause.Verbs()[0])
		require.Equal(t, contract.Business, refused.cause.Kind())
		b.settle(t, *reply.Incident, contract.Retry, store.ResolutionParams{})
	}
	require.Equal(t, contract.TaskRejected, contract.Rejection{ReasonCode: "other"}.Cause(contract.ExamTask))
	require.Empty(t, b.letters(t), "a refusal was taken")
}
