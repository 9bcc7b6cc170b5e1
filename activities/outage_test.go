package activities_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"
	tlog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/activities"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/delivery"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/workflows"
)

// outage is an institution whose server is away for days, in time that passes only when everybody waits. The workflow, the
// activity, the record and the server are the real ones.
type outage struct {
	bundle

	t       *testing.T
	env     *testsuite.TestWorkflowEnvironment
	mu      sync.Mutex
	away    bool
	lossy   bool           // it takes what it is sent, and its answer is lost
	taken   map[string]int // how often it took each event
	calls   int
	attempt int // of the tasks of the case
}

// standardSchedule is the one that Standard Webhooks recommends.
var standardSchedule = delivery.Schedule{
	0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

func newOutage(t *testing.T) *outage {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(tlog.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	o := &outage{bundle: newBundle(t, graduate()), t: t, env: suite.NewTestWorkflowEnvironment(), taken: map[string]int{}}
	secret := delivery.NewSecret()
	verifier, err := webhooks.NewWebhook(secret)
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { o.serve(verifier, w, r) }))
	t.Cleanup(server.Close)
	sealed, err := o.Keys.Seal([]byte(secret), store.SecretSeal(trainer))
	require.NoError(t, err)
	tx := o.Store.Read(t.Context())
	require.NoError(t, tx.SaveEndpoint(store.Endpoint{ID: uuid.NewString(), InstitutionID: trainer, URL: server.URL}))
	require.NoError(t, tx.AddEndpointSecret(store.EndpointSecret{
		ID: uuid.NewString(), InstitutionID: trainer, Kind: store.SecretHMAC, SecretSealed: sealed,
	}))
	o.admit(t)
	o.env.SetTestTimeout(5 * time.Minute)
	o.env.SetStartTime(time.Now().UTC())
	o.env.RegisterWorkflowWithOptions(workflows.Endpoint, workflow.RegisterOptions{Name: contract.EndpointWorkflow})
	(&activities.Deliveries{
		Store: o.Store, Keys: o.Keys, Schedule: standardSchedule, Now: o.env.Now,
		Client: delivery.NewClient(delivery.Options{Guard: delivery.Guard{AllowInsecure: true}}),
	}).Register(o.env)
	return o
}

func (o *outage) serve(verifier *webhooks.Webhook, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.calls++
	var event delivery.Event
	switch {
	case err != nil || verifier.VerifyIgnoringTimestamp(body, r.Header) != nil || json.Unmarshal(body, &event) != nil:
		w.WriteHeader(http.StatusUnauthorized)
	case o.away:
		w.WriteHeader(http.StatusBadGateway)
	case o.lossy:
		o.taken[event.ID]++
		panic(http.ErrAbortHandler)
	default:
		o.taken[event.ID]++
		w.WriteHeader(http.StatusNoContent)
	}
}

// at has something happen so long after the start.
func (o *outage) at(after time.Duration, do func()) {
	o.env.RegisterDelayedCallback(func() {
		do()
		o.env.SignalWorkflow(contract.Wake.Name, struct{}{})
	}, after)
}

// ask asks the institution for work anew, and takes back what it was asked for before: an event, or two.
func (o *outage) ask() {
	now := o.env.Now().UTC()
	require.NoError(o.t, o.Store.Tx(o.t.Context(), func(tx *store.Tx) error {
		open, err := tx.OpenTasks(o.caseID)
		require.NoError(o.t, err)
		for _, task := range open {
			require.NoError(o.t, tx.CloseTask(task, store.TaskCancelled, "again", now))
		}
		o.attempt++
		return tx.InsertTask(store.Task{
			ID: uuid.NewString(), CaseID: o.caseID, InstitutionID: trainer, Kind: contract.EnrolmentTask, Attempt: o.attempt, Issue: 1,
			IssuedAt: now, DueAt: now.AddDate(0, 1, 0),
		})
	}))
}

// run lets the endpoint's workflow work for so long.
func (o *outage) run(length time.Duration) {
	o.env.RegisterDelayedCallback(o.env.CancelWorkflow, length)
	o.env.ExecuteWorkflow(contract.EndpointWorkflow, contract.EndpointInput{InstitutionID: trainer})
	require.True(o.t, o.env.IsWorkflowCompleted())
	require.ErrorContains(o.t, o.env.GetWorkflowError(), "canceled")
}

func (o *outage) set(away, lossy bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.away, o.lossy = away, lossy
}

// polled is what the institution finds when it polls instead.
func (o *outage) polled() []string {
	require.NoError(o.t, o.Store.LineUp(o.t.Context(), trainer))
	events, err := o.Store.Read(o.t.Context()).Feed(trainer, 0, 10_000)
	require.NoError(o.t, err)
	ids := make([]string, len(events))
	for i, event := range events {
		require.Equal(o.t, i+1, event.Sequence, "all are of one case")
		ids[i] = event.ID
	}
	return ids
}

func TestAfterAnOutageOfSevenDaysNothingIsMissing(t *testing.T) {
	t.Parallel()
	const hour, day = time.Hour, 24 * time.Hour
	o := newOutage(t)
	o.at(0, o.ask) // is taken
	o.at(hour, func() { o.set(false, true); o.ask() })
	o.at(hour+time.Second, func() { o.set(true, false) })
	for after := 2 * hour; after < 7*day; after += 9 * hour {
		o.at(after, o.ask)
	}
	var stopped store.Endpoint
	o.at(7*day, func() {
		var err error
		stopped, err = o.Store.Read(t.Context()).Endpoint(trainer)
		require.NoError(t, err)
		o.set(false, false)
		require.NoError(t, o.Store.Tx(t.Context(), func(tx *store.Tx) error {
			waiting, err := tx.CatchUp(stopped)
			require.NoError(t, err)
			require.EqualValues(t, len(o.polled())-1, waiting, "all but what was taken, what was given up included")
			return tx.SetEndpointState(trainer, store.EndpointActive, "")
		}))
	})
	before := o.file(t)
	o.run(8 * day)

	require.Equal(t, store.StoppedFailing, stopped.StateReason)
	require.WithinDuration(t, stopped.FailingSince.Add(5*day), stopped.StateSince, hour)
	for _, audience := range []string{store.AudienceInstitution, store.AudienceOperators} {
		told, err := o.Store.Read(t.Context()).Notices(store.NoticeFilter{Audience: audience, Limit: 10})
		require.NoError(t, err)
		require.Len(t, told, 2, "that it fails, and that it was disabled")
	}
	polled := o.polled()
	require.Greater(t, len(polled), 30)
	require.ElementsMatch(t, polled, slices.Collect(maps.Keys(o.taken)), "callbacks and polling tell the same")
	for id, times := range o.taken {
		require.LessOrEqual(t, times, 2, "at most once too often: %s", id)
	}
	require.Equal(t, before, o.file(t), "nobody had to touch the case")
	require.Less(t, o.calls, 5*24*6+100)
}

func TestAThousandTasksBehindADeadEndpointAreOneStuckThing(t *testing.T) {
	t.Parallel()
	const n, hour = 1000, time.Hour
	o := newOutage(t)
	e := endpoint{bundle: o.bundle}
	e.more(t, n)
	o.set(true, false)
	var calls int
	o.at(12*hour, func() {
		o.mu.Lock()
		calls = o.calls
		o.mu.Unlock()
		waiting, err := o.Store.Read(t.Context()).WaitingBehind(store.Within{})
		require.NoError(t, err)
		require.Len(t, waiting, 1)
		require.Equal(t, n, waiting[0].Count)
		require.NoError(t, e.set(t.Context(), store.EndpointDisabled, store.StoppedByOperator))
		o.set(false, false)
	})
	o.at(20*hour, func() {
		require.Empty(t, o.taken)
		require.NoError(t, e.set(t.Context(), store.EndpointActive, ""))
	})
	o.run(20*hour + time.Minute)
	require.Less(t, calls, 12*5, "a handful of attempts an hour")
	require.Len(t, o.taken, n)
	waiting, err := o.Store.Read(t.Context()).WaitingBehind(store.Within{})
	require.NoError(t, err)
	require.Empty(t, waiting)
}
