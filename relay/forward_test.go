package relay_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/payload"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/relay"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/store/storetest"
)

// over is Temporal when a case's workflow is over, or its key is destroyed.
type over struct {
	client.Client

	why error
}

func (o over) UpdateWorkflow(context.Context, client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	return nil, o.why
}

func TestAnAnswerThatNoCaseWillTakeIsKeptByTheRelay(t *testing.T) {
	t.Parallel()
	url := storetest.NewURL(t)
	record, err := store.Open(t.Context(), storetest.Application(t, url), storetest.Keys(t))
	require.NoError(t, err)
	raw, err := sql.Open("pgx", url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, errors.Join(record.Close(), raw.Close())) })
	rules, err := policy.Load("beijing-2023", true)
	require.NoError(t, err)
	require.NoError(t, record.LoadLists(t.Context(), rules.Lists()))
	for _, ends := range []struct {
		why    error
		reason store.LetterReason
	}{
		{errors.New("workflow execution already completed"), store.LetterCaseEnded},
		{payload.ErrDestroyed, store.LetterCaseErased},
	} {
		taken, ignored := answered(t, record), answered(t, record)
		if ends.reason == store.LetterCaseEnded {
			_, err := raw.ExecContext(t.Context(), "UPDATE cases SET ended_at = now(), outcome = 'withdrawn', status = 'withdrawn'")
			require.NoError(t, err)
		}
		require.NoError(t, record.Tx(t.Context(), func(tx *store.Tx) error {
			return tx.MarkTaken([]string{taken.SubjectID}, time.Now().UTC())
		}))
		r := relay.Relay{Store: record, Temporal: over{why: ends.why}, Logger: slog.New(slog.DiscardHandler)}
		for range 2 { // forwarding an item again changes nothing
			require.NoError(t, r.Forward(t.Context(), taken))
			require.NoError(t, r.Forward(t.Context(), ignored))
		}
		letters, err := record.Read(t.Context()).Letters(store.LetterFilter{Reason: string(ends.reason), Limit: 10})
		require.NoError(t, err)
		require.Len(t, letters, 1, "what a step of the case took is none")
		require.Equal(t, ignored.SubjectID, *letters[0].TaskID)
	}
}

// answered is the message of an answer to a case.
func answered(t *testing.T, record *store.Store) (item store.InboxItem) {
	t.Helper()
	caseID, now := uuid.NewString(), time.Now().UTC()
	require.NoError(t, record.Tx(t.Context(), func(tx *store.Tx) error {
		account, _, err := tx.CreateToken(store.Account{Role: store.RoleOperator}, "test")
		if err != nil {
			return err
		}
		person, err := tx.InsertPerson(store.Person{
			ID: uuid.NewString(), IDType: store.IDTypeResident, NameSealed: []byte("x"), IDNumberSealed: []byte("x"), CreatedAt: now,
		})
		if err != nil {
			return err
		}
		_, err = tx.InsertCase(store.Case{
			ID: caseID, PersonID: person.ID, Occupation: "intelligent-manufacturing", Level: "junior", PolicyVersion: "beijing-2023",
			TrainingBody: "ouc", EvaluationBody: "cmes", RegisteredBy: account.ID, RegisteredAt: now,
			RegisteredOn: calendar.Real().Today(now),
		}, store.ActorOperator)
		if err != nil {
			return err
		}
		task := store.Task{
			ID: uuid.NewString(), CaseID: caseID, InstitutionID: "ouc", Kind: contract.EnrolmentTask, Attempt: 1, Issue: 1,
			IssuedAt: now, DueAt: now.Add(time.Hour),
		}
		if err := tx.InsertTask(task); err != nil {
			return err
		}
		item, err = tx.InsertAnswer(task, store.TaskAnswer{
			TaskID: task.ID, Kind: store.AnswerResult, Body: json.RawMessage(`{}`), Digest: []byte{1}, ReceivedBy: account.ID, ReceivedAt: now,
		})
		return err
	}))
	return item
}
