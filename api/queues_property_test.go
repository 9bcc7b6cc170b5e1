package api

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/activities"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/queue"
	"github.com/dengpan/dengpan/store"
)

// knownOf is what is known of a case, as whoever made it so knows it: the model that the record is held against.
type knownOf struct {
	id            string
	ended, paused bool
	approval      string        // that it awaits; empty: none
	held, trouble contract.Kind // what it is stuck on; what was found of its execution
	owes          progress.PartyKind
	task          string // that its institution owes; empty: none
	told, untold  bool   // the institution knows of the task; it was found that it does not
	n             int    // facts so far, which steps are named by
}

// queue is the first of the queues, in the order that they have, that a case's standing calls for.
func (s *knownOf) queue() queue.Queue {
	calls := map[queue.Queue]bool{
		queue.Approval: s.approval != "", queue.Paused: s.paused,
		queue.Program:  s.held == contract.Program || s.trouble == contract.Program,
		queue.External: s.held == contract.External || s.trouble == contract.External || s.untold,
		queue.Overdue:  s.held == contract.Overdue, queue.Decision: s.held == contract.Business,
		queue.Institution: s.owes == progress.ByInstitution, queue.Trainee: s.owes == progress.ByTrainee,
		queue.Calendar: s.owes == progress.ByCalendar, queue.Running: true,
	}
	for _, q := range queue.All() {
		if calls[q] && !s.ended {
			return q
		}
	}
	return queue.None
}

// history is cases to which things happen, by the steps, acts and watchers that make them happen to everybody's.
type history struct {
	*world

	steps  *activities.Records
	second string
	all    []*knownOf
}

func (h *history) begin(n int) *knownOf {
	s := &knownOf{id: h.newCase(n)}
	h.file(s, func(_ *store.Tx, f *store.CaseFile) error {
		return f.Move(progress.Registration, progress.Done, nil, nil)
	})
	h.changes(s, progress.Active, "")
	return s
}

// file does something with a case's file as a step does. What is written on its timeline overtakes what awaits approval.
func (h *history) file(s *knownOf, do func(*store.Tx, *store.CaseFile) error) {
	h.t.Helper()
	require.NoError(h.t, h.store.Tx(h.t.Context(), func(tx *store.Tx) error {
		f, err := tx.OpenCase(s.id)
		if err != nil {
			return err
		}
		if err := do(tx, f); err != nil {
			return err
		}
		f.Note(progress.Training, "facts_given", store.ActorSystem, nil)
		return f.Save()
	}))
	s.approval = ""
}

// changes takes the training to a state in which somebody owes something.
func (h *history) changes(s *knownOf, state progress.State, owes progress.PartyKind) {
	h.file(s, func(_ *store.Tx, f *store.CaseFile) error {
		if owes == "" {
			return f.Move(progress.Training, state, nil, nil)
		}
		return f.Move(progress.Training, state, &progress.Party{Kind: owes}, nil)
	})
	s.owes = owes
}

// ends closes a case as its workflow does.
func (h *history) ends(s *knownOf) {
	_, err := h.steps.CloseCase(h.t.Context(), contract.CloseCaseRequest{CaseID: s.id, Outcome: string(progress.Untrained), Again: fmt.Sprint(s.n)})
	require.NoError(h.t, err)
	s.ended, s.paused, s.approval, s.held, s.task, s.untold, s.owes = true, false, "", "", "", false, ""
}

// fact is something that can happen to a case that is such that it can; what is known of it since.
type fact struct {
	can func(*knownOf) bool
	do  func(*history, *knownOf)
}

func isOpen(s *knownOf) bool    { return !s.ended }
func isAsked(s *knownOf) bool   { return s.approval != "" }
func owesNone(s *knownOf) bool  { return !s.ended && s.held == "" && s.task == "" }
func owesTask(s *knownOf) bool  { return !s.ended && s.task != "" }
func stuckOnce(s *knownOf) bool { return !s.ended && s.task == "" }

var happens = map[string]fact{
	"its institution is asked": {owesNone, func(h *history, s *knownOf) {
		reply, err := h.steps.IssueTasks(h.t.Context(), contract.IssueTasksRequest{
			CaseID: s.id, Stage: string(progress.Training), Kinds: []string{contract.EnrolmentTask}, Attempt: s.n, Issue: 1,
		})
		require.NoError(h.t, err)
		s.task, s.told, s.owes, s.approval = reply.Tasks[0].ID, false, progress.ByInstitution, ""
	}},
	"its institution answers": {owesTask, func(h *history, s *knownOf) {
		h.file(s, func(tx *store.Tx, f *store.CaseFile) error {
			task, err := tx.Task(s.task)
			require.NoError(h.t, err)
			require.NoError(h.t, f.CloseIncident(store.ClosedByArrival))
			require.NoError(h.t, tx.CloseTask(task, store.TaskAnswered, "", f.Now()))
			return f.Move(progress.Training, progress.Active, nil, nil)
		})
		s.task, s.held, s.untold, s.owes = "", "", false, ""
	}},
	"its institution's time is up": {
		func(s *knownOf) bool { return owesTask(s) && s.held == "" },
		func(h *history, s *knownOf) {
			_, err := h.steps.MarkOverdue(h.t.Context(), contract.MarkOverdueRequest{
				CaseID: s.id, Stage: string(progress.Training), TaskID: s.task, Round: s.n,
			})
			require.NoError(h.t, err)
			s.held, s.owes, s.approval = contract.Overdue, progress.ByOperator, ""
		},
	},
	"it waits for its trainee":    {owesNone, func(h *history, s *knownOf) { h.changes(s, progress.Waiting, progress.ByTrainee) }},
	"it waits for a day":          {owesNone, func(h *history, s *knownOf) { h.changes(s, progress.Waiting, progress.ByCalendar) }},
	"it is stuck on a decision":   {stuckOnce, sticks(contract.HoursInsufficient)},
	"it is stuck on work outside": {stuckOnce, sticks(contract.SigningFailed)},
	"a step of it has failed":     {stuckOnce, sticks(contract.StepFailed)},
	"an operator has it retried": {
		func(s *knownOf) bool { return isOpen(s) && !s.paused && (s.held != "" || s.task != "") },
		func(h *history, s *knownOf) {
			require.Equal(h.t, http.StatusOK, h.acts(s.id, object{"verb": "retry"}).status)
			switch s.held {
			case contract.Overdue:
				s.owes = progress.ByInstitution
			case contract.Business, contract.External, contract.Program:
				s.owes = ""
			}
			s.held, s.told, s.approval = "", false, ""
		},
	},
	"an operator pauses it": {
		func(s *knownOf) bool { return isOpen(s) && !s.paused },
		func(h *history, s *knownOf) {
			require.Equal(h.t, http.StatusOK, h.acts(s.id, object{"verb": "pause"}).status)
			s.paused, s.approval = true, ""
		},
	},
	"an operator lets it go on": {
		func(s *knownOf) bool { return s.paused },
		func(h *history, s *knownOf) {
			require.Equal(h.t, http.StatusOK, h.acts(s.id, object{"verb": "resume"}).status)
			s.paused, s.approval, s.told = false, "", false
		},
	},
	"an operator would give it up": {
		func(s *knownOf) bool { return isOpen(s) && s.approval == "" },
		func(h *history, s *knownOf) {
			r := h.acts(s.id, object{"verb": "cancel", "legal_basis": "京人社专技字〔2023〕91号"})
			require.Equal(h.t, http.StatusAccepted, r.status, "%s", r.body)
			var asked actAnswer
			r.into(h.t, &asked)
			s.approval = asked.Act.ApprovalID
		},
	},
	"another operator does not agree": {isAsked, func(h *history, s *knownOf) {
		require.Equal(h.t, http.StatusOK, h.decidesOn(s.approval, h.second, "reject").status)
		s.approval = ""
	}},
	"another operator agrees": {isAsked, func(h *history, s *knownOf) {
		require.Equal(h.t, http.StatusOK, h.decidesOn(s.approval, h.second, "approve").status)
		h.ends(s)
	}},
	"who asked takes it back": {isAsked, func(h *history, s *knownOf) {
		require.Equal(h.t, http.StatusOK, h.post("/v1/approvals/"+s.approval+"/withdrawal", h.operator, nil).status)
		s.approval = ""
	}},
	"its institution cannot be told": {owesTask, func(h *history, _ *knownOf) {
		require.NoError(h.t, h.store.Read(h.t.Context()).MarkUntold(trainingBodyID))
		for _, s := range h.all {
			s.untold = s.untold || s.task != "" && !s.told
		}
	}},
	"its institution takes everything": {owesTask, func(h *history, _ *knownOf) {
		h.exec("UPDATE outbox SET state = 'delivered', delivered_at = now() WHERE state <> 'delivered'")
		require.NoError(h.t, h.store.Read(h.t.Context()).MarkTold(trainingBodyID))
		for _, s := range h.all {
			s.told, s.untold = true, false
		}
	}},
	"its workflow is found failing": {isOpen, isFound(contract.Program, contract.WorkflowFailing, contract.ActivityFailing)},
	"its work is found failing":     {isOpen, isFound(contract.External, contract.ActivityFailing)},
	"nothing is found failing":      {func(*knownOf) bool { return true }, isFound("")},
	"it is over":                    {isOpen, (*history).ends},
	"it is opened again": {
		func(s *knownOf) bool { return s.ended },
		func(h *history, s *knownOf) {
			h.file(s, func(_ *store.Tx, f *store.CaseFile) error {
				f.Revive()
				return f.Reopen(progress.Training, progress.Active)
			})
			s.ended = false
		},
	},
	"somebody takes charge of it": {isOpen, func(h *history, s *knownOf) {
		require.Equal(h.t, http.StatusOK, h.post("/v1/cases/"+s.id+"/assignment", h.operator, object{"assignee": h.accountOf(h.operator)}).status)
	}},
}

func sticks(cause contract.Cause) func(*history, *knownOf) {
	return func(h *history, s *knownOf) {
		h.stick(s.id, progress.Training, cause, store.Incident{})
		s.held, s.owes, s.approval = cause.Kind(), progress.ByOperator, ""
	}
}

func isFound(kind contract.Kind, causes ...contract.Cause) func(*history, *knownOf) {
	return func(h *history, s *knownOf) {
		troubles, workflow := make([]store.Trouble, len(causes)), contract.CaseWorkflowID(s.id)
		for i, cause := range causes {
			troubles[i] = store.Trouble{WorkflowID: workflow, Cause: cause, CaseID: s.id, Params: map[string]any{"run": uuid.NewString()}}
		}
		require.NoError(h.t, h.store.Tx(h.t.Context(), func(tx *store.Tx) error {
			_, err := tx.SettleTroubles(workflow, s.id, troubles, time.Now().UTC())
			return err
		}))
		s.trouble = kind
	}
}

// leads are what leads to each queue by itself.
var leads = map[queue.Queue][]string{
	queue.Approval: {"an operator would give it up"}, queue.Paused: {"an operator pauses it"}, queue.Program: {"a step of it has failed"},
	queue.External: {"its institution is asked", "its institution cannot be told"},
	queue.Overdue:  {"its institution is asked", "its institution's time is up"}, queue.Decision: {"it is stuck on a decision"},
	queue.Institution: {"its institution is asked"}, queue.Trainee: {"it waits for its trainee"}, queue.Calendar: {"it waits for a day"},
	queue.Running: {"nothing is found failing"},
}

// happen has something happen to a case.
func (h *history) happen(t require.TestingT, s *knownOf, what ...string) {
	for _, what := range what {
		s.n++
		happens[what].do(h, s)
		h.agree(t)
	}
}

// over ends the cases of a history, so that those of the next are by themselves.
func (h *history) over() {
	for _, s := range h.all {
		if s.n++; !s.ended {
			h.ends(s)
		}
	}
}

// agree checks that every place which says where cases stand says what is known of them.
func (h *history) agree(t require.TestingT) {
	want := map[queue.Queue][]string{}
	for _, s := range h.all {
		var waits struct{ Queue, Stuck string }
		h.get("/v1/cases/"+s.id+"/waits", h.operator).into(h.t, &waits)
		require.Equal(t, string(s.queue()), waits.Queue, "%+v", *s)
		require.Equal(t, string(s.queue().Stuck()), waits.Stuck)
		if q := s.queue(); q != queue.None {
			want[q] = append(want[q], s.id)
		}
	}
	groups := h.cases(h.operator, "group_by", "queue").Groups
	require.Len(t, groups, len(want), "a case is counted in its queue and in no other")
	for _, group := range groups {
		of := want[queue.Queue(group.Value)]
		require.Equal(t, len(of), group.Count, group.Value)
		listed := h.cases(h.operator, "filter", group.Filter)
		require.ElementsMatch(t, of, listed.ids(), group.Value)
		for _, c := range listed.Cases {
			require.Equal(t, group.Value, c.Queue)
		}
	}
}

// written checks that files and figures say it as well.
func (h *history) written(t require.TestingT) {
	want, sizes := [][]string{}, map[queue.Queue]int64{}
	for _, s := range h.all {
		if q := s.queue(); q != queue.None {
			want = append(want, []string{s.id, message.Text(message.Chinese, "queue."+string(q), nil)})
			sizes[q]++
		}
	}
	require.ElementsMatch(t, want, h.exportedRows("cases", h.operator, "filter", "status:open", "columns", "id,queue")[1:])
	counted, err := h.store.Read(h.t.Context()).QueueSizes()
	require.NoError(t, err)
	require.Equal(t, sizes, counted)
}

func TestEveryOpenCaseStandsInExactlyOneQueueByItsStateAloneAndEveryPlaceSaysWhich(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.carryActs()
	h := &history{world: w, second: w.second(), steps: &activities.Records{Store: w.store, Calendar: w.calendar, Keys: w.keys}}
	n := 0
	for _, q := range queue.All() {
		n++
		h.all = []*knownOf{h.begin(n)}
		h.happen(t, h.all[0], leads[q]...)
		require.Equal(t, q, h.all[0].queue())
		h.over()
	}
	rapid.Check(t, func(rt *rapid.T) {
		n += 2
		h.all = []*knownOf{h.begin(n), h.begin(n + 1)}
		defer h.over()
		for _, s := range h.all {
			h.happen(rt, s, leads[rapid.SampledFrom(queue.All()).Draw(rt, "from")]...)
		}
		for range rapid.IntRange(1, 4).Draw(rt, "facts") {
			s := rapid.SampledFrom(h.all).Draw(rt, "of")
			can := slices.DeleteFunc(slices.Sorted(maps.Keys(happens)), func(what string) bool { return !happens[what].can(s) })
			h.happen(rt, s, rapid.SampledFrom(can).Draw(rt, "what"))
		}
		h.written(rt)
	})
}
