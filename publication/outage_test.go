package publication_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	tlog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/dengpan/dengpan/activities"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/workflows"
)

// The workflow, the activity, the record and the register are the real ones; only time is not.
func TestAfterAnOutageOfSevenDaysEveryCertificateIsPublishedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Hour)
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(tlog.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(5 * time.Minute)
	began := w.clock()
	env.SetStartTime(began)
	w.sender.Now = func() time.Time { w.pass(env.Now().Sub(w.clock())); return w.clock() } // the registers' clock, too
	env.RegisterWorkflowWithOptions(workflows.Channel, workflow.RegisterOptions{Name: contract.ChannelWorkflow})
	(&activities.Publications{Sender: w.sender}).Register(env)
	at := func(after time.Duration, do func()) {
		env.RegisterDelayedCallback(func() {
			w.sender.Now()
			do()
			env.SignalWorkflow(contract.Wake.Name, struct{}{})
		}, after)
	}
	var issued []store.Certificate
	for after := time.Duration(0); after < 7*day; after += 13 * time.Hour {
		at(after, func() { issued = append(issued, w.issue(contract.GradeCertificate)) })
	}
	at(6*time.Hour, func() { w.tell(beijing, "behaviour", object{"down": true}) })
	at(3*day+5*time.Hour, func() { require.Empty(t, w.findings(beijing), "not before it was away for three days") })
	at(3*day+8*time.Hour, func() {})
	at(4*day, func() {
		found := w.finding(beijing)
		require.Equal(t, contract.ChannelDown, found.Cause, "one thing, however much waits behind it")
		require.WithinDuration(t, began.Add(6*time.Hour+3*day), found.OpenedAt, 14*time.Hour)
	})
	var missed int
	at(7*day, func() {
		missed = w.register(beijing).Counts["missed"]
		require.Len(t, w.register(beijing).Records, 1)
		w.tell(beijing, "behaviour", object{"lose_answers": 3, "double": true, "reorder": true, "delay": "2h"})
	})
	env.RegisterDelayedCallback(env.CancelWorkflow, 8*day)
	env.ExecuteWorkflow(contract.ChannelWorkflow, contract.ChannelInput{Channel: beijing})
	require.True(t, env.IsWorkflowCompleted())
	require.ErrorContains(t, env.GetWorkflowError(), "canceled")

	require.Less(t, missed, 7*24+40, "once an hour, and when something new came")
	held := w.register(beijing)
	require.Len(t, held.Records, len(issued))
	require.Equal(t, len(issued), held.Counts["taken"], "each was taken once")
	for _, c := range issued {
		require.Equal(t, "published", held.Records[c.ID].State)
		require.Equal(t, store.PublicationPublished, w.publication(c, beijing).State)
		require.Equal(t, store.PublicationWaiting, w.publication(c, national).State, "another channel is another's matter")
	}
	require.Empty(t, w.findings(beijing))
}
