package store_test

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

var errRolledBack = errors.New("rolled back")

// slot is a task that a case can be asked for; one transaction at a time writes it.
type slot struct{ institution, caseID, kind string }

// writing is a transaction that has written, and waits to be told how it ends.
type writing struct {
	slot   slot
	before store.Task // of the slot; of no id when there was none
	task   store.Task
	commit chan bool
	ended  chan error
}

// overlap is a record that is written in transactions which overlap, while an institution polls it.
type overlap struct {
	*record

	free    map[slot]store.Task // each slot's task; one that is being written is not here
	running []writing
	issued  []string // tasks of the institution that polls, as they were committed
	events  []string // what it has polled
	tasks   []string
	last    store.Mark
	issue   store.Mark
}

const pollingBody = "ouc"

func newOverlap(t *testing.T) *overlap {
	t.Helper()
	o := &overlap{record: newRecord(t), free: map[slot]store.Task{}}
	for level, institution := range map[string]string{"junior": pollingBody, "intermediate": pollingBody, "senior": "istic"} {
		c := o.open(level)
		for _, kind := range []string{contract.EnrolmentTask, contract.TrainingTask, contract.ExamTask} {
			o.free[slot{institution, c.ID, kind}] = store.Task{}
		}
	}
	return o
}

// begin has a transaction write as a case's step does: what was asked for is cancelled, and asked for again.
func (o *overlap) begin(t *rapid.T) {
	free := slices.SortedFunc(maps.Keys(o.free), func(a, b slot) int {
		return cmp.Or(cmp.Compare(a.institution, b.institution), cmp.Compare(a.caseID, b.caseID), cmp.Compare(a.kind, b.kind))
	})
	if len(free) == 0 {
		return
	}
	s := rapid.SampledFrom(free).Draw(t, "slot")
	now := time.Now().UTC()
	w := writing{
		slot: s, before: o.free[s], commit: make(chan bool), ended: make(chan error, 1),
		task: store.Task{
			ID: uuid.NewString(), CaseID: s.caseID, InstitutionID: s.institution, Kind: s.kind, Attempt: o.free[s].Attempt + 1, Issue: 1,
			IssuedAt: now, DueAt: now.Add(time.Hour),
		},
	}
	delete(o.free, s)
	written := make(chan struct{})
	go func() {
		w.ended <- o.store.Tx(o.t.Context(), func(tx *store.Tx) error {
			var err error
			if w.before.ID != "" {
				err = tx.CloseTask(w.before, store.TaskCancelled, "superseded", now)
			}
			err = errors.Join(err, tx.InsertTask(w.task))
			close(written)
			if err == nil && !<-w.commit {
				err = errRolledBack
			}
			return err
		})
	}()
	<-written
	o.running = append(o.running, w)
}

// end ends any of the transactions that are under way: the last to begin may be the first.
func (o *overlap) end(t *rapid.T, commits bool) {
	if len(o.running) == 0 {
		return
	}
	i := rapid.IntRange(0, len(o.running)-1).Draw(t, "which")
	w := o.running[i]
	o.running = slices.Delete(o.running, i, i+1)
	w.commit <- commits
	err := <-w.ended
	if !commits {
		require.ErrorIs(t, err, errRolledBack)
		o.free[w.slot] = w.before
		return
	}
	require.NoError(t, err)
	o.free[w.slot] = w.task
	if w.slot.institution == pollingBody {
		o.issued = append(o.issued, w.task.ID)
	}
}

// lineUpAtOnce has several processes give positions at once.
func (o *overlap) lineUpAtOnce(t *rapid.T) {
	ended := make(chan error)
	for range 3 {
		go func() { ended <- o.store.LineUp(o.t.Context(), "") }()
	}
	for range 3 {
		require.NoError(t, <-ended)
	}
}

// poll reads a page of each feed on from where it was, and says whether there was anything.
func (o *overlap) poll(t *rapid.T, limit int) bool {
	ctx := o.t.Context()
	require.NoError(t, o.store.LineUp(ctx, pollingBody))
	tx := o.store.Read(ctx)
	events, err := tx.Feed(pollingBody, o.last.Position, limit)
	require.NoError(t, err)
	for _, event := range events {
		o.events, o.last = append(o.events, event.ID), event.Mark()
	}
	tasks, err := tx.IssuedTasks(store.TaskFilter{Within: store.Within{InstitutionID: pollingBody}, Limit: limit}, o.issue.Position)
	require.NoError(t, err)
	for _, task := range tasks {
		o.tasks, o.issue = append(o.tasks, task.ID), task.Mark()
	}
	for _, mark := range []store.Mark{o.last, o.issue} {
		stands, err := tx.Marked(mark)
		require.NoError(t, err)
		require.True(t, stands)
	}
	return len(events)+len(tasks) > 0
}

// Whatever the order in which transactions begin and are committed, whoever polls, and whenever: each event and each task is
// read once, and they are what callbacks tell.
func TestWhoeverReadsOnFromACursorMissesNothingAndGetsNothingTwice(t *testing.T) {
	t.Parallel()
	o := newOverlap(t)
	rapid.Check(t, func(t *rapid.T) {
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"begin", "begin", "commit", "roll back", "poll", "relay"}).Draw(t, "step") {
			case "begin":
				o.begin(t)
			case "commit":
				o.end(t, true)
			case "roll back":
				o.end(t, false)
			case "poll":
				o.poll(t, rapid.IntRange(1, 3).Draw(t, "limit"))
			case "relay":
				o.lineUpAtOnce(t)
			}
		}
		for len(o.running) > 0 {
			o.end(t, true)
		}
		for o.poll(t, 50) {
		}
		due, err := o.store.Read(o.t.Context()).DueEvents(store.DueQuery{InstitutionID: pollingBody, Now: time.Now().Add(time.Minute), Limit: 1_000_000})
		require.NoError(t, err)
		told := make([]string, len(due))
		for i, event := range due {
			told[i] = event.ID
		}
		require.Len(t, told, len(o.events))
		written, err := o.store.Read(o.t.Context()).CountOutboxEvents(store.EventFilter{Within: store.Within{InstitutionID: pollingBody}}, len(o.events)+1)
		require.NoError(t, err)
		require.Len(t, o.events, int(written))
		require.ElementsMatch(t, told, o.events)
		require.ElementsMatch(t, o.issued, o.tasks)
	})
}
