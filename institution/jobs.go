package institution

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// job is the work on one task.
type job struct {
	player *player
	taskID string
	cancel context.CancelFunc

	delivered chan struct{} // closed when a callback about the task has got through
	once      sync.Once

	begins    date      // the day of the first lesson, of a training
	played    Behaviour // the last script played
	heldUntil time.Time // how long it holds the answer back
}

// got notes that a callback has got through.
func (j *job) got() { j.once.Do(func() { close(j.delivered) }) }

// take begins the work on a task, unless it is under way or over. It reports whether the simulator is at work at all.
func (s *Simulator) take(p *player, taskID string, byCallback bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil || s.running.Err() != nil {
		return false
	}
	j, underWay := s.jobs[taskID]
	if !underWay && !s.finished.has(taskID) {
		ctx, cancel := context.WithCancel(s.running)
		j = &job{player: p, taskID: taskID, cancel: cancel, delivered: make(chan struct{})}
		s.jobs[taskID] = j
		s.journal.note(Entry{Action: taskSeen, InstitutionID: p.ID, TaskID: taskID})
		s.work.Go(func() { s.do(ctx, j) })
	}
	if byCallback && j != nil {
		j.got()
	}
	return true
}

// drop ends the work on a task that was cancelled.
func (s *Simulator) drop(p *player, taskID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.finished.add(taskID) {
		s.journal.note(Entry{Action: taskGone, InstitutionID: p.ID, TaskID: taskID})
	}
	if j := s.jobs[taskID]; j != nil {
		j.cancel()
	}
}

// do answers a task, as the script for it has it.
func (s *Simulator) do(ctx context.Context, j *job) {
	settled := pause(ctx, s.config.Delay) && s.settle(ctx, j)
	j.cancel()
	if settled {
		s.finished.add(j.taskID)
	}
	if s.finished.has(j.taskID) { // or it was cancelled
		s.scripts.end(j.taskID)
	}
	s.mu.Lock()
	delete(s.jobs, j.taskID)
	s.mu.Unlock()
}

// settle works on a task until there is nothing left to do about it. A task that it leaves is found again by polling.
func (s *Simulator) settle(ctx context.Context, j *job) bool {
	for {
		t, settled := s.fetch(ctx, j)
		if t == nil {
			return settled
		}
		if t.Kind == training {
			j.begins = s.scripts.begin(t.ID, s.clock.today().add(1))
		}
		changed := s.scripts.watch()
		script := s.scripts.play(j.player.ID, t)
		if script.Behaviour != j.played {
			j.played, j.heldUntil = script.Behaviour, time.Time{}
		}
		held := s.hold(ctx, j, t, script, changed)
		if ctx.Err() != nil {
			return false
		}
		if !held {
			s.act(ctx, j, t, script.Behaviour)
			return ctx.Err() == nil
		}
		// The day, the task and the script may be others now.
	}
}

// fetch reads the task. There is none when it is not open or not ours, which settles it, or when our key does not hold.
func (s *Simulator) fetch(ctx context.Context, j *job) (t *task, settled bool) {
	about := Entry{InstitutionID: j.player.ID, TaskID: j.taskID}
	got, err := s.client.persist(ctx, request{key: j.player.APIKey, path: "/v1/tasks/" + j.taskID}, s.retried(about))
	if err != nil {
		return nil, false
	}
	about.Action, about.Status, about.Code = taskUnanswerable, got.status, got.code
	switch {
	case got.status == http.StatusUnauthorized || got.status == http.StatusForbidden:
		s.journal.note(about)
		return nil, false
	case got.status == http.StatusNotFound:
		about.Action = taskGone
	case !got.accepted():
	default:
		t = new(task)
		if err := json.Unmarshal(got.body, t); err != nil || t.ID != j.taskID {
			about.Code = "task_unreadable"
			break
		}
		if t.State == "open" {
			return t, false
		}
		about.Action = taskGone
	}
	s.journal.note(about)
	return nil, true
}

// retried notes an exchange that is tried again.
func (s *Simulator) retried(about Entry) func(status int) {
	return func(status int) {
		about.Action, about.Status = exchangeRetried, status
		s.journal.note(about)
	}
}

// hold keeps the answer back as the script says, and reports whether it did. It lets go when the script is replaced.
func (s *Simulator) hold(ctx context.Context, j *job, t *task, script Script, changed <-chan struct{}) bool {
	o, held := s.obstacle(j, t, script)
	if !held || closed(o.until) {
		return false
	}
	s.journal.note(entryOf(j, t, script.Behaviour, taskHeld))
	var over <-chan time.Time
	if o.wait > 0 {
		timer := time.NewTimer(o.wait)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-over:
	case <-o.until:
	case <-changed:
	case <-ctx.Done():
	}
	return true
}

// obstacle is what a script puts between a task and its answer: something to wait for, for so long at most. Without
// either it is there for good.
type obstacle struct {
	until <-chan struct{}
	wait  time.Duration
}

func (s *Simulator) obstacle(j *job, t *task, script Script) (obstacle, bool) {
	now := time.Now()
	switch script.Behaviour {
	case Silent:
		return obstacle{}, true
	case Slow:
		wait := j.until(now.Add(script.delayOr(slowFor))).Sub(now)
		return obstacle{wait: wait}, wait > 0
	case Late:
		wait := j.until(t.DueAt.Add(script.delayOr(lateBy))).Sub(now)
		return obstacle{wait: wait}, wait > 0
	case Error500, Busy, Redirect, Torrent, Gone:
		return obstacle{until: j.delivered}, script.timesLeft() > 0
	case OutOfOrder:
		if t.Kind != theory {
			return obstacle{}, false
		}
		// The part that comes second is reported first; if it does not come at all, this one does not wait past half of
		// the time it has.
		patience := script.delayOr(outOfOrderFor)
		if !t.DueAt.IsZero() {
			patience = min(patience, t.DueAt.Sub(now)/2)
		}
		wait := j.until(now.Add(patience)).Sub(now)
		return obstacle{until: s.answered.of(t.CaseID, practical, t.Attempt), wait: wait}, wait > 0
	default:
		return obstacle{}, false
	}
}

// until is the time a script holds the answer back to. It is set when the script is first played, and a deadline that is
// moved later does not move it.
func (j *job) until(t time.Time) time.Time {
	if j.heldUntil.IsZero() {
		j.heldUntil = t
	}
	return j.heldUntil
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func entryOf(j *job, t *task, b Behaviour, action string) Entry {
	return Entry{
		Action: action, InstitutionID: j.player.ID, TaskID: t.ID, CaseID: t.CaseID, Kind: t.Kind, Attempt: t.Attempt,
		Behaviour: b,
	}
}
