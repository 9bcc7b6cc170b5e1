package activities_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dengpan/dengpan/batches"
	"github.com/dengpan/dengpan/callbacks"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/queue"
	"github.com/dengpan/dengpan/store"
)

// queue is where the case of the endpoint's task stands.
func (e *endpoint) queue(t *testing.T) queue.Queue {
	t.Helper()
	return e.file(t).Queue
}

func TestACaseWhoseInstitutionCannotBeToldIsStuckOnWorkOutsideUntilItWasTold(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t)
	patient := e.endpoint(t)
	patient.Schedule = []int{0, 60, 60, 60}
	require.NoError(t, e.Store.Read(t.Context()).SaveEndpoint(patient))
	require.Equal(t, queue.Institution, e.queue(t))
	e.status.Store(http.StatusServiceUnavailable)
	for range 2 {
		e.deliver(t)
		e.later += 20 * time.Minute
	}
	require.Equal(t, queue.Institution, e.queue(t), "an endpoint that fails now and then is not down")
	e.deliver(t)
	require.Equal(t, queue.External, e.queue(t))

	require.NoError(t, e.set(t.Context(), store.EndpointActive, ""))
	require.Equal(t, queue.External, e.queue(t), "that it is tried again tells the institution nothing")
	e.status.Store(http.StatusNoContent)
	require.Equal(t, 1, e.deliver(t).Delivered)
	require.Equal(t, queue.Institution, e.queue(t))
}

func TestACaseThatWasAnsweredOrIsToBeFetchedIsUntoldNoMore(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t)
	require.NoError(t, e.set(t.Context(), store.EndpointDisabled, store.StoppedByOperator))
	e.deliver(t)
	require.True(t, e.file(t).Untold)

	require.NoError(t, e.Store.Tx(t.Context(), func(tx *store.Tx) error {
		is, err := tx.LockEndpoint(trainer)
		require.NoError(t, err)
		_, err = callbacks.Enable(tx, is, store.StoppedByOperator, false)
		return err
	}))
	require.False(t, e.file(t).Untold, "the operator leaves it to the institution to fetch it")

	require.NoError(t, e.set(t.Context(), store.EndpointDisabled, store.StoppedByOperator))
	e.deliver(t)
	require.True(t, e.file(t).Untold)
	open, err := e.Store.Read(t.Context()).OpenTasks(e.caseID)
	require.NoError(t, err)
	e.answer(t, contract.IssuedTask{ID: open[0].ID, Kind: open[0].Kind}, store.AnswerResult, contract.EnrolmentResult{})
	_, err = e.MarkOverdue(t.Context(), contract.MarkOverdueRequest{CaseID: e.caseID, Stage: "training", TaskID: open[0].ID, Round: 1})
	require.NoError(t, err)
	require.False(t, e.file(t).Untold, "an institution that polls has answered")
}

func TestABatchResumesAnEndpointAndTheCasesBehindItAreClearedOnceTheInstitutionWasTold(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t)
	e.status.Store(http.StatusGone)
	e.deliver(t)
	require.True(t, e.file(t).Untold)
	desk := batches.Desk{Keeper: callbacks.Keeper{Keys: e.Keys, Guard: e.guard}}
	now := time.Now().UTC()
	var b store.Batch
	require.NoError(t, e.Store.Tx(t.Context(), func(tx *store.Tx) error {
		var err error
		b, err = desk.Ask(tx, batches.Asked{Batch: store.Batch{
			Name: "n", Reason: "已换地址", Verb: contract.ResumeEndpoint, Selection: store.BatchSelection{EndpointID: e.endpoint(t).ID},
			Params: store.BatchParams{URL: e.url + "/again"}, PerMinute: 60, RequestedBy: e.account,
		}, Expected: 1, At: now})
		return err
	}))
	go1 := func(later time.Duration) (contract.Turn, store.BatchSum) {
		now = now.Add(later)
		reply, err := desk.Go(t.Context(), e.Store, b.ID, func() time.Time { return now })
		require.NoError(t, err)
		sums, err := e.Store.Read(t.Context()).BatchSums([]string{b.ID})
		require.NoError(t, err)
		return reply, sums[b.ID]
	}
	_, sum := go1(0)
	require.Equal(t, 1, sum.Acted, "an endpoint that was enabled is no outcome")
	require.Equal(t, store.EndpointActive, e.endpoint(t).State)
	require.Equal(t, e.url+"/again", e.endpoint(t).URL)
	e.status.Store(http.StatusNoContent)
	require.Equal(t, 1, e.deliver(t).Delivered)
	reply, sum := go1(time.Second)
	require.Equal(t, 1, sum.Cleared)
	require.True(t, reply.Over)
	entries, err := e.Store.Read(t.Context()).AuditEntries(store.AuditFilter{Action: "endpoint.resume", Limit: 2})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.NotContains(t, string(entries[0].After), e.url, "an address may hold a token")
}
