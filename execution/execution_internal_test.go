package execution

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/dengpan/dengpan/contract"
)

// pointsOf reads the points of the history of a real case, as it was recorded.
func pointsOf(t *testing.T, name string) []Point {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "workflows", "testdata", "histories", name+".json"))
	require.NoError(t, err)
	var history historypb.History
	require.NoError(t, protojson.Unmarshal(content, &history))
	read := reading{open: &Service{Open: converter.GetDefaultDataConverter()}}
	for _, event := range history.GetEvents() {
		read.take(event)
	}
	return read.found()
}

func TestARunCanBeTakenBackToEveryStageThatItsHistoryHas(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"issued":    {"start", "registration", "training", "exam", "evaluation", "certificate", "title", "first_failure"},
		"withdrawn": {"start", "registration", "training", "exam", "first_failure"},
	} {
		points := pointsOf(t, name)
		to := make([]string, len(points))
		for i, p := range points {
			to[i] = p.To
			require.Positive(t, p.Event)
			if i > 0 {
				require.GreaterOrEqual(t, p.Event, points[i-1].Event, "%s: %s", name, p.To)
				require.LessOrEqual(t, p.Again.Steps, points[i-1].Again.Steps, "the later, the less is done again")
			}
		}
		require.Equal(t, want, to, name)
	}
	issued := pointsOf(t, "issued")
	require.Equal(t, Again{Messages: 5, Steps: issued[0].Again.Steps, Activities: 2}, issued[0].Again, "five answers, two signatures")
	require.Zero(t, issued[len(issued)-1].Again.Messages, "nothing is told after the last task")
}

func TestAStageThatWasBegunAgainIsGoneBackToWhereItBeganLast(t *testing.T) {
	t.Parallel()
	at := func(name, to string) (event int64) {
		for _, p := range pointsOf(t, name) {
			if p.To == to {
				event = p.Event
			}
		}
		return event
	}
	require.Greater(t, at("voided", "training"), at("voided", "registration"))
	require.Greater(t, at("voided", "exam"), at("voided", "training"))
}

func TestWhatIsWrongIsToldFromHowWorkAndTheWorkflowAre(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	well := View{WorkflowID: "case/c", RunID: "r", Running: true}
	with := func(change func(*View)) View {
		v := well
		change(&v)
		return v
	}
	waits := Activity{ID: "5", Type: "SignCertificate", State: "scheduled", Attempt: 1, Since: ago(10 * time.Second)}
	lies, failing, paused, ill := waits, waits, waits, waits
	lies.Since = ago(time.Minute)
	failing.Attempt, failing.Failing, failing.Failure = 3, TimedOut, "StartToClose"
	paused.State, paused.Failing, paused.Attempt = "paused", Failed, 4
	ill.Attempt, ill.Failing, ill.Failure = 2, Failed, "张三 is no type"
	taken := lies
	taken.Taken = &now
	for what, c := range map[string]struct {
		v    View
		want []contract.Cause
	}{
		"all is well":               {well, nil},
		"work was just asked for":   {with(func(v *View) { v.Activities = []Activity{waits} }), nil},
		"work lies about":           {with(func(v *View) { v.Activities = []Activity{lies} }), []contract.Cause{contract.ActivityFailing}},
		"work is under way":         {with(func(v *View) { v.Activities = []Activity{taken} }), nil},
		"work fails":                {with(func(v *View) { v.Activities = []Activity{waits, failing} }), []contract.Cause{contract.ActivityFailing}},
		"an operator holds it":      {with(func(v *View) { v.Activities = []Activity{paused} }), nil},
		"its task fails for once":   {with(func(v *View) { v.Task = &Task{Attempt: 2} }), nil},
		"its task fails":            {with(func(v *View) { v.Task = &Task{Attempt: 3, Failing: Panicked} }), []contract.Cause{contract.WorkflowFailing}},
		"an operator holds all":     {with(func(v *View) { v.Task, v.PausedAt = &Task{Failing: Panicked}, &now }), nil},
		"it is over":                {with(func(v *View) { v.Activities, v.Running = []Activity{failing}, false }), nil},
		"both its task and work do": {with(func(v *View) { v.Task, v.Activities = &Task{Failing: Panicked}, []Activity{ill} }), []contract.Cause{contract.WorkflowFailing, contract.ActivityFailing}},
	} {
		var causes []contract.Cause
		for _, trouble := range c.v.troubles(now) {
			causes = append(causes, trouble.Cause)
			require.Equal(t, "c", trouble.CaseID)
			require.Equal(t, "r", trouble.Params["run"])
			require.NotContains(t, trouble.Params, "message")
			if trouble.Params["attempt"] == 2 {
				require.NotContains(t, trouble.Params, "type", "only names of types are kept of a failure")
			}
		}
		require.Equal(t, c.want, causes, what)
	}
}

func TestWhatTemporalReportsOfAWorkflowsProgramHasACode(t *testing.T) {
	t.Parallel()
	for cause, want := range map[string]string{
		"cause=WorkflowTaskFailedCauseNonDeterministicError":          Nondeterministic,
		"cause=WorkflowTaskFailedCauseWorkflowWorkerUnhandledFailure": Panicked,
		"cause=WorkflowTaskTimedOutCauseStartToClose":                 TimedOut,
		"cause=WorkflowTaskFailedCauseGrpcMessageTooLarge":            Failed,
	} {
		require.Equal(t, want, taskFailure([]string{"category=WorkflowTaskFailed", cause}))
	}
	require.Empty(t, taskFailure(nil))
}

func TestOperatorsAreSentToTheHistoryOfTheVeryRun(t *testing.T) {
	t.Parallel()
	s := Service{Namespace: "dengpan", UI: "https://temporal.example.cn/"}
	v := View{WorkflowID: "case/4b1", RunID: "r1"}
	require.Equal(t, "https://temporal.example.cn/namespaces/dengpan/workflows/case%2F4b1/r1/history", s.Link(v))
	s.UI = ""
	require.Empty(t, s.Link(v))
}
