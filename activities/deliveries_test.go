package activities_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"github.com/dengpan/dengpan/activities"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/store"
)

// endpoint is an institution's callback, as a test wants it to answer.
type endpoint struct {
	bundle

	url    string
	secret string
	guard  delivery.Guard
	later  time.Duration // how far the deliveries' clock is ahead
	status atomic.Int32
	valid  atomic.Int32 // how many callbacks came with a signature that the reference library accepts
	calls  atomic.Int32
	taking func() // is called with each callback
}

// newEndpoint issues a task to an institution that takes callbacks.
func newEndpoint(t *testing.T) *endpoint {
	t.Helper()
	e := &endpoint{
		bundle: newBundle(t, graduate()), secret: delivery.NewSecret(), guard: delivery.Guard{AllowInsecure: true}, taking: func() {},
	}
	e.status.Store(http.StatusNoContent)
	verifier, err := webhooks.NewWebhook(e.secret)
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		e.calls.Add(1)
		e.taking()
		if verifier.Verify(body, r.Header) == nil {
			e.valid.Add(1)
		}
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(int(e.status.Load()))
		if e.status.Load() != http.StatusNoContent {
			_, _ = io.WriteString(w, "ask 13800138000")
		}
	}))
	t.Cleanup(server.Close)
	e.url = server.URL
	require.NoError(t, e.Store.Read(t.Context()).SaveEndpoint(store.Endpoint{ID: uuid.NewString(), InstitutionID: trainer, URL: e.url}))
	e.sign(t, e.secret)
	e.admit(t)
	e.issue(t, "training", 1, 1, contract.EnrolmentTask)
	return e
}

// sign has a secret sign, besides those that do.
func (e *endpoint) sign(t *testing.T, secret string) {
	t.Helper()
	sealed, err := e.Keys.Seal([]byte(secret), store.SecretSeal(trainer))
	require.NoError(t, err)
	require.NoError(t, e.Store.Read(t.Context()).AddEndpointSecret(store.EndpointSecret{
		ID: uuid.NewString(), InstitutionID: trainer, Kind: store.SecretHMAC, SecretSealed: sealed, CreatedAt: time.Now(),
	}))
}

// more has many more events wait for the endpoint.
func (e *endpoint) more(t *testing.T, n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), e.bundle.url)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), `INSERT INTO outbox (id, institution_id, case_id, kind, subject_id, payload)
		SELECT gen_random_uuid(), $1, $2, 'task.extended', gen_random_uuid(), '{}' FROM generate_series(1, $3)`, trainer, e.caseID, n)
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
}

// deliveries are the activity under test.
func (e *endpoint) deliveries() *activities.Deliveries {
	return &activities.Deliveries{
		Store: e.Store, Keys: e.Keys, Schedule: delivery.Schedule{0, time.Minute}, Client: delivery.NewClient(delivery.Options{Guard: e.guard}),
		Now: func() time.Time { return time.Now().Add(e.later) },
	}
}

// deliver runs a batch.
func (e *endpoint) deliver(t *testing.T) contract.DeliverBatchReply {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	e.deliveries().Register(env)
	value, err := env.ExecuteActivity(contract.DeliverBatch.Name, contract.DeliverBatchRequest{InstitutionID: trainer})
	require.NoError(t, err)
	var reply contract.DeliverBatchReply
	require.NoError(t, value.Get(&reply))
	return reply
}

// endpoint is how the endpoint stands.
func (e *endpoint) endpoint(t *testing.T) store.Endpoint {
	t.Helper()
	is, err := e.Store.Read(t.Context()).Endpoint(trainer)
	require.NoError(t, err)
	return is
}

// count counts the events in a state.
func (e *endpoint) count(t *testing.T, states ...string) int64 {
	t.Helper()
	n, err := e.Store.Read(t.Context()).CountOutboxEvents(store.EventFilter{States: states}, 1_000_000)
	require.NoError(t, err)
	return n
}

// set pauses, disables or enables the endpoint.
func (e *endpoint) set(ctx context.Context, state, reason string) error {
	return e.Store.Tx(ctx, func(tx *store.Tx) error { return tx.SetEndpointState(trainer, state, reason) })
}

func TestACallbackIsSignedAndSentOnce(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t)
	e.sign(t, delivery.NewSecret())
	require.Equal(t, contract.DeliverBatchReply{Delivered: 1}, e.deliver(t))
	require.Equal(t, contract.DeliverBatchReply{}, e.deliver(t), "what was accepted is not sent again")
	require.EqualValues(t, 1, e.calls.Load())
	require.EqualValues(t, 1, e.valid.Load(), "the reference library verifies it, though the secret is being changed")

	events, err := e.Store.Read(t.Context()).OutboxEvents(store.EventFilter{Limit: 10})
	require.NoError(t, err)
	require.Len(t, events, 1)
	require.Equal(t, 1, events[0].Sequence, "the first of its case")
}

func TestACallbackThatFailsIsDueAgainAndThenGivenUp(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t)
	e.status.Store(http.StatusInternalServerError)
	reply := e.deliver(t)
	require.Zero(t, reply.Delivered)
	require.NotNil(t, reply.NextAt)
	require.WithinDuration(t, time.Now().Add(time.Minute), *reply.NextAt, 20*time.Second)
	require.EqualValues(t, 1, e.calls.Load())
	e.deliver(t)
	require.EqualValues(t, 1, e.calls.Load(), "not before it is due")

	e.later = 2 * time.Minute
	require.Nil(t, e.deliver(t).NextAt)
	require.EqualValues(t, 1, e.count(t, store.OutboxFailed))
	events, err := e.Store.Read(t.Context()).OutboxEvents(store.EventFilter{Limit: 10})
	require.NoError(t, err)
	attempts, err := e.Store.Read(t.Context()).DeliveryAttempts(events[0].ID)
	require.NoError(t, err)
	require.Len(t, attempts, 2)
	answer, err := e.Keys.Open(attempts[1].ResponseSealed, store.ResponseSeal(events[0].ID))
	require.NoError(t, err)
	require.Equal(t, "ask 138****8000", string(answer), "what was answered is kept, masked and sealed")
	require.Equal(t, delivery.ClassServerError, attempts[1].Error)

	e.status.Store(http.StatusOK)
	n, err := e.Store.Read(t.Context()).Redeliver(store.EventFilter{Kinds: []string{store.OutboxTaskIssued}})
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	require.Equal(t, 1, e.deliver(t).Delivered, "until somebody has it delivered once more")
}

func TestAnEndpointThatIsGoneIsNotCalledAgain(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t)
	e.status.Store(http.StatusGone)
	require.Nil(t, e.deliver(t).NextAt)
	require.Equal(t, store.StoppedGone, e.endpoint(t).StateReason)
	for _, audience := range []string{store.AudienceInstitution, store.AudienceOperators} {
		told, err := e.Store.Read(t.Context()).Notices(store.NoticeFilter{Audience: audience, Limit: 10})
		require.NoError(t, err)
		require.Len(t, told, 1)
		require.Equal(t, "endpoint_disabled", told[0].Kind)
		require.Equal(t, map[string]any{"institution": trainer, "reason": store.StoppedGone}, told[0].Params)
	}
	e.deliver(t)
	require.EqualValues(t, 1, e.calls.Load())
	require.EqualValues(t, 1, e.count(t, store.OutboxPending), "what was not taken waits for whoever enables it")
	e.status.Store(http.StatusOK)
	require.NoError(t, e.set(t.Context(), store.EndpointActive, ""))
	require.Equal(t, 1, e.deliver(t).Delivered)
}

func TestAPausedEndpointIsLeftAlone(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t)
	e.more(t, 9)
	e.taking = func() { _ = e.set(context.WithoutCancel(t.Context()), store.EndpointPaused, store.StoppedByOperator) }
	e.deliver(t)
	require.LessOrEqual(t, e.calls.Load(), int32(4), "at once, in the middle of a batch")
	paused := e.calls.Load()
	require.Equal(t, contract.DeliverBatchReply{}, e.deliver(t))
	require.Equal(t, paused, e.calls.Load())

	t.Run("but is sent what is to show whether it works", func(t *testing.T) {
		event, err := e.Store.Read(t.Context()).QueueTest(e.endpoint(t), store.OutboxPing)
		require.NoError(t, err)
		require.Equal(t, 1, e.deliver(t).Delivered)
		require.Equal(t, paused+1, e.calls.Load())
		attempts, err := e.Store.Read(t.Context()).DeliveryAttempts(event.ID)
		require.NoError(t, err)
		require.Len(t, attempts, 1, "and finds it in the log")
		e.status.Store(http.StatusInternalServerError)
		_, err = e.Store.Read(t.Context()).QueueTest(e.endpoint(t), store.OutboxTaskIssued)
		require.NoError(t, err)
		require.Nil(t, e.deliver(t).NextAt)
		require.EqualValues(t, 1, e.count(t, store.OutboxFailed), "once")
		require.Zero(t, e.endpoint(t).Failures, "which says nothing against it")
		feed, err := e.Store.Read(t.Context()).Feed(trainer, 0, 100)
		require.NoError(t, err)
		require.Len(t, feed, 10, "no test is in the feed")
	})
}

func TestAnEndpointThatIsOverloadedIsLeftAloneAndNothingElseIsCharged(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t)
	require.NoError(t, e.Store.Read(t.Context()).SaveEndpoint(store.Endpoint{
		ID: uuid.NewString(), InstitutionID: trainer, URL: e.url, Schedule: []int{0, 60, 36000},
	}))
	e.more(t, 50)
	e.status.Store(http.StatusServiceUnavailable)
	reply := e.deliver(t)
	first := e.calls.Load()
	require.LessOrEqual(t, first, int32(4), "what was under way, and nothing else")
	require.Equal(t, e.endpoint(t).NotBefore.UTC(), reply.NextAt.UTC())
	events, err := e.Store.Read(t.Context()).OutboxEvents(store.EventFilter{Limit: 100})
	require.NoError(t, err)
	charged := 0
	for _, event := range events {
		charged += event.Charged
		require.Equal(t, store.OutboxPending, event.State)
	}
	require.EqualValues(t, first, charged)

	for range delivery.ProbeAfter {
		e.later += 20 * time.Minute
		e.deliver(t)
	}
	before := e.calls.Load()
	e.later += 20 * time.Minute
	e.deliver(t)
	require.Equal(t, before+1, e.calls.Load(), "after a few failures a single event is tried at a time")
	waiting, err := e.Store.Read(t.Context()).WaitingBehind(store.Within{})
	require.NoError(t, err)
	require.Len(t, waiting, 1, "all that waits is one row")
	require.EqualValues(t, e.count(t, store.OutboxPending), waiting[0].Count)

	e.status.Store(http.StatusNoContent)
	e.later += 20 * time.Minute
	delivered := e.deliver(t).Delivered
	require.Equal(t, waiting[0].Count, delivered, "once one is taken the rest goes at once, however long it was to wait")
	told, err := e.Store.Read(t.Context()).Notices(store.NoticeFilter{Audience: store.AudienceInstitution, Limit: 10})
	require.NoError(t, err)
	require.Len(t, told, 1, "the institution was told once")
}

// What an operator allows is looked up for each batch.
func TestAHostThatIsAllowedIsReached(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t)
	e.guard = delivery.Guard{}
	host, port, err := delivery.HostPort(e.url)
	require.NoError(t, err)
	require.NoError(t, e.Store.Read(t.Context()).SaveEndpoint(store.Endpoint{
		ID: uuid.NewString(), InstitutionID: trainer, URL: "https" + e.url[len("http"):], Schedule: []int{0, 0, 0},
	}))
	last := func() string {
		e.later += time.Hour
		e.deliver(t)
		events, err := e.Store.Read(t.Context()).OutboxEvents(store.EventFilter{Limit: 1})
		require.NoError(t, err)
		attempts, err := e.Store.Read(t.Context()).LastAttempts([]string{events[0].ID})
		require.NoError(t, err)
		return attempts[events[0].ID].Error
	}
	require.Equal(t, delivery.ClassPort, last())
	allowed := store.AllowedHost{ID: uuid.NewString(), Host: host, Port: port, Reason: "a test", AllowedBy: e.account}
	fresh, err := e.Store.Read(t.Context()).InsertAllowedHost(allowed)
	require.NoError(t, err)
	require.True(t, fresh)
	require.Equal(t, delivery.ClassTLS, last(), "it is reached, and speaks no TLS")
	removed, err := e.Store.Read(t.Context()).RemoveAllowedHost(allowed.ID, e.account, time.Now())
	require.NoError(t, err)
	require.True(t, removed)
	require.Equal(t, delivery.ClassPort, last())
}
