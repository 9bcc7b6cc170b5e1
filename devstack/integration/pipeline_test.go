package integration_test

import (
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/sdk/worker"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
	"github.com/dengpan/dengpan/workflows"
)

// record writes the histories of this run where the replay tests read them: go test -run Pipeline -record.
var record = flag.Bool("record", false, "record the histories for the replay tests of package workflows")

// mostEvents is what the history of a case that went well may hold. Its two signatures take six each: they are another
// process's, and nothing of them can be local.
const mostEvents = 80

func TestPipelineCarriesACaseThroughAllStages(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{})
	var refused trainee
	s.still(t, func() {
		refused = s.register(t, 3)
		s.script(t, refused, contract.EnrolmentTask, 1, "reject")
	})

	t.Run("a case that goes well ends with both certificates, a title and its hours", func(t *testing.T) {
		t.Parallel()
		who := s.register(t, 1)
		c := s.ended(t, who)
		require.Equal(t, "mapped", c["outcome"], c)
		s.requireRightEnd(t, []trainee{who})
		history := s.history(t, who)
		t.Attr("history_events", strconv.Itoa(len(history.GetEvents())))
		require.LessOrEqual(t, len(history.GetEvents()), mostEvents)
		s.keep(t, "histories/issued", history)
		s.keep(t, "deliveries/happy", s.unsealed(t, s.historyOf(t, contract.EndpointWorkflowID("miit-education-exam"))))
	})
	t.Run("who fails the exam and a part of the evaluation passes the resits", func(t *testing.T) {
		t.Parallel()
		who := s.register(t, 2)
		s.script(t, who, contract.ExamTask, 1, "fail")
		s.script(t, who, contract.TheoryTask, 1, "fail")
		c := s.ended(t, who)
		require.Equal(t, "mapped", c["outcome"], c)
		require.Len(t, c["results"], 6, "two exams, and two parts twice")
		s.keep(t, "histories/resits", s.history(t, who))
	})
	t.Run("an enrolment that is refused goes to another body once an operator says so", func(t *testing.T) {
		t.Parallel()
		stuck := s.await(t, refused, "stuck", func(c document) bool { return c["status"] == "stuck" || c["status"] == "ended" })
		require.Equal(t, "stuck", stuck["status"], "the refusal must have come before the enrolment")
		incident := stuck["incident"].(map[string]any)
		require.Equal(t, "class_full", incident["cause"])
		status, answer := s.call(t, http.MethodPost, "/v1/incidents/"+incident["id"].(string)+"/resolution", s.operator,
			document{"verb": "reassign", "institution": "cacee", "reason": "该机构满员"})
		require.Equal(t, http.StatusOK, status, answer)
		c := s.ended(t, refused)
		require.Equal(t, "mapped", c["outcome"], c)
		require.Equal(t, "cacee", c["training_body"].(map[string]any)["id"])
		s.keep(t, "histories/reassigned", s.history(t, refused))
	})
	t.Run("who withdraws keeps the hours of a training that was completed", func(t *testing.T) {
		t.Parallel()
		who := s.register(t, 4)
		s.script(t, who, contract.ExamTask, 1, "silent")
		s.task(t, who, contract.ExamTask)
		status, answer := s.call(t, http.MethodPost, "/v1/cases/"+who.caseID+"/withdrawal", who.token,
			document{"reason": "个人原因"})
		require.Contains(t, []int{http.StatusOK, http.StatusAccepted}, status, answer)
		c := s.ended(t, who)
		require.Equal(t, "withdrawn", c["status"])
		require.NotEmpty(t, c["ce_hours"])
		s.keep(t, "histories/withdrawn", s.history(t, who))
	})
	t.Run("an operator pauses a case, lets it go on, extends it, sends it back and gives it up", func(t *testing.T) {
		t.Parallel()
		who := s.register(t, 5)
		s.script(t, who, contract.ExamTask, 1, "silent")
		s.script(t, who, contract.TheoryTask, 1, "silent")
		exam := s.task(t, who, contract.ExamTask)
		s.played(t, exam) // or the next would be the one that is never answered
		s.act(t, who, document{"verb": "pause"})
		s.act(t, who, document{"verb": "resume"})
		s.act(t, who, document{"verb": "extend", "days": 30})
		s.act(t, who, document{"verb": "return", "stage": "training"})
		s.task(t, who, contract.TheoryTask) // the training and its exam were asked for again
		given, err := s.store.Read(t.Context()).Task(exam)
		require.NoError(t, err)
		require.Equal(t, store.TaskCancelled, given.State)
		s.act(t, who, document{"verb": "cancel", "legal_basis": "三（二）"})
		c := s.ended(t, who)
		require.Equal(t, "trained", c["outcome"], "it has its training certificate")
		require.NotEmpty(t, c["ce_hours"])
		s.keep(t, "histories/acted", s.history(t, who))
	})
}

// history reads what Temporal has kept of a case, and opens it.
func (s *system) history(t *testing.T, who trainee) *historypb.History {
	t.Helper()
	return s.unsealed(t, s.sealedHistory(t, who))
}

// unsealed opens what Temporal has kept of a workflow.
func (s *system) unsealed(t *testing.T, history *historypb.History) *historypb.History {
	t.Helper()
	open := func(_ *proxy.VisitPayloadsContext, sealed []*commonpb.Payload) ([]*commonpb.Payload, error) {
		return s.payloads.Codec().Decode(sealed)
	}
	require.NoError(t, proxy.VisitPayloads(t.Context(), history, proxy.VisitPayloadsOptions{Visitor: open, SkipSearchAttributes: true}))
	return history
}

// sealedHistory reads what Temporal has kept of a case, as it keeps it.
func (s *system) sealedHistory(t *testing.T, who trainee) *historypb.History {
	t.Helper()
	// The case is over in the record a moment before its workflow is.
	require.NoError(t, s.engine.GetWorkflow(t.Context(), contract.CaseWorkflowID(who.caseID), "").Get(t.Context(), nil))
	return s.historyOf(t, contract.CaseWorkflowID(who.caseID))
}

// historyOf reads the history of a workflow, as far as it has come.
func (s *system) historyOf(t *testing.T, workflow string) *historypb.History {
	t.Helper()
	var history historypb.History
	events := s.engine.GetWorkflowHistory(t.Context(), workflow, "", false,
		enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		require.NoError(t, err)
		history.Events = append(history.Events, event)
	}
	return &history
}

// keep replays a history, as a worker without its cache would, and records it when asked to.
func (s *system) keep(t *testing.T, name string, history *historypb.History) {
	t.Helper()
	replayer := worker.NewWorkflowReplayer()
	workflows.RegisterCase(replayer)
	workflows.RegisterEndpoint(replayer)
	require.NoError(t, replayer.ReplayWorkflowHistory(nil, history))
	if !*record {
		return
	}
	text, err := protojson.MarshalOptions{Indent: " "}.Marshal(history)
	require.NoError(t, err)
	// Which process of which machine did it is nobody's business in a repository.
	text = regexp.MustCompile(`"identity":\s*"[^"]*"`).ReplaceAll(text, []byte(`"identity": "recorded"`))
	path := filepath.Join("..", "..", "workflows", "testdata", name+".json")
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, text, 0o600))
}

func TestPipelineNeedsNoWorkflowCache(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{cacheSize: "0"})
	all := s.registerMany(t, 1, 4)
	for _, who := range all {
		s.ended(t, who)
	}
	s.requireRightEnd(t, all)
}
