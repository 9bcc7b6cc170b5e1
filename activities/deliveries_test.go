package activities_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
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

	secret string
	status atomic.Int32
	valid  atomic.Int32 // how many callbacks came with a signature that the reference library accepts
	calls  atomic.Int32
}

// newEndpoint issues a task to an institution that takes callbacks.
func newEndpoint(t *testing.T) *endpoint {
	t.Helper()
	e := &endpoint{bundle: newBundle(t, graduate()), secret: delivery.NewSecret()}
	e.status.Store(http.StatusNoContent)
	verifier, err := webhooks.NewWebhook(e.secret)
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		e.calls.Add(1)
		if verifier.Verify(body, r.Header) == nil {
			e.valid.Add(1)
		}
		w.WriteHeader(int(e.status.Load()))
	}))
	t.Cleanup(server.Close)
	sealed, err := e.Keys.Seal([]byte(e.secret), store.SecretSeal(trainer))
	require.NoError(t, err)
	require.NoError(t, e.Store.Read(t.Context()).SaveEndpoint(store.Endpoint{
		ID: uuid.NewString(), InstitutionID: trainer, URL: server.URL,
	}))
	require.NoError(t, e.Store.Read(t.Context()).AddEndpointSecret(store.EndpointSecret{
		ID: uuid.NewString(), InstitutionID: trainer, Kind: store.SecretHMAC, SecretSealed: sealed,
	}))
	e.admit(t)
	e.issue(t, "training", 1, 1, contract.EnrolmentTask)
	return e
}

// deliver runs a batch.
func (e *endpoint) deliver(t *testing.T) contract.DeliverBatchReply {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	(&activities.Deliveries{
		Store: e.Store, Keys: e.Keys, Schedule: delivery.Schedule{0, time.Minute},
		Client: delivery.NewClient(delivery.Options{Guard: delivery.Guard{AllowInsecure: true}}),
	}).Register(env)
	value, err := env.ExecuteActivity(contract.DeliverBatch.Name, contract.DeliverBatchRequest{InstitutionID: trainer})
	require.NoError(t, err)
	var reply contract.DeliverBatchReply
	require.NoError(t, value.Get(&reply))
	return reply
}

func TestACallbackIsSignedAndSentOnce(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t)
	require.Equal(t, contract.DeliverBatchReply{Delivered: 1}, e.deliver(t))
	require.Equal(t, contract.DeliverBatchReply{}, e.deliver(t), "what was accepted is not sent again")
	require.EqualValues(t, 1, e.calls.Load())
	require.EqualValues(t, 1, e.valid.Load(), "the reference library verifies it")
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
}

func TestAnEndpointThatIsGoneIsNotCalledAgain(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t)
	e.status.Store(http.StatusGone)
	require.Nil(t, e.deliver(t).NextAt)
}

func TestAPausedEndpointIsLeftAlone(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t)
	require.NoError(t, e.Store.Read(t.Context()).SetEndpointState(trainer, store.EndpointPaused, store.StoppedByOperator))
	require.Equal(t, contract.DeliverBatchReply{}, e.deliver(t))
	require.Zero(t, e.calls.Load())
}
