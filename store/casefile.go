package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/dengpan/dengpan/progress"
)

// CaseFile is a case opened for writing: its row is locked, so nobody else writes to the case until the transaction
// ends. What is changed in it is written by Save, with the headline derived anew.
type CaseFile struct {
	Case

	tx      *Tx
	stages  []CaseStage
	changed []progress.Stage
	events  []CaseEvent
	now     time.Time
	fresh   bool
}

// OpenCase locks a case and opens its file. The lock leaves the key free: rows that refer to the case, such as an answer
// in the inbox, can be written meanwhile, or two transactions would wait for each other.
func (tx *Tx) OpenCase(id string) (*CaseFile, error) {
	f := &CaseFile{tx: tx, now: time.Now().UTC()}
	err := tx.held().Take(&f.Case, "id = ?", id).Error
	if err != nil {
		return nil, found(err, "open a case")
	}
	f.stages, err = tx.Stages(id)
	return f, err
}

// Now is the instant of the transaction, the same for all it writes.
func (f *CaseFile) Now() time.Time { return f.now }

// State is the state of a stage.
func (f *CaseFile) State(stage progress.Stage) progress.State {
	for _, s := range f.stages {
		if s.Stage == stage {
			return s.State
		}
	}
	return progress.Pending
}

// Move takes a stage to a state. Waiting and stuck stages say who owes the next act; a waiting one also by when.
func (f *CaseFile) Move(stage progress.Stage, state progress.State, owes *progress.Party, due *time.Time) error {
	return f.move(stage, state, owes, due, progress.State.CanBecome)
}

// Reopen takes a stage back to a state that it had left.
func (f *CaseFile) Reopen(stage progress.Stage, state progress.State) error {
	return f.move(stage, state, nil, nil, progress.State.CanReopen)
}

func (f *CaseFile) move(
	stage progress.Stage, state progress.State, owes *progress.Party, due *time.Time,
	may func(progress.State, progress.State) bool,
) error {
	i := slices.IndexFunc(f.stages, func(s CaseStage) bool { return s.Stage == stage })
	if i < 0 {
		return fmt.Errorf("move stage %q: %w", stage, ErrNotFound)
	}
	s := &f.stages[i]
	if !may(s.State, state) {
		return fmt.Errorf("move stage %q: %q cannot become %q", stage, s.State, state)
	}
	if s.State != state {
		s.Since = f.now
	}
	s.State, s.DueAt, s.OwesKind, s.OwesID = state, due, nil, nil
	if owes != nil {
		s.OwesKind = &owes.Kind
		if owes.ID != "" {
			s.OwesID = &owes.ID
		}
	}
	if !slices.Contains(f.changed, stage) {
		f.changed = append(f.changed, stage)
	}
	return nil
}

// Note adds a line to the timeline.
func (f *CaseFile) Note(stage progress.Stage, kind, actor string, params map[string]any) {
	if params == nil {
		params = map[string]any{}
	}
	f.LastEvent++
	f.events = append(f.events, CaseEvent{
		CaseID: f.ID, Seq: f.LastEvent, At: f.now, Kind: kind, Stage: stage, Actor: actor, Params: params,
	})
}

// Revive opens a case again that had ended.
func (f *CaseFile) Revive() { f.Outcome, f.EndedAt = nil, nil }

// End closes the case with an outcome.
func (f *CaseFile) End(outcome progress.Outcome) {
	f.Outcome, f.EndedAt = &outcome, &f.now
	f.PausedAt, f.PausedUntil = nil, nil
}

// Save writes what was changed, with the headline derived from the stages.
func (f *CaseFile) Save() error {
	for _, s := range f.stages {
		if !slices.Contains(f.changed, s.Stage) {
			continue
		}
		err := f.tx.db.Model(&CaseStage{}).Where("case_id = ? AND stage = ?", f.ID, s.Stage).
			Select("state", "since", "due_at", "owes_kind", "owes_id").Updates(s).Error
		if err != nil {
			return fmt.Errorf("write stage %q: %w", s.Stage, err)
		}
	}
	if len(f.events) > 0 {
		if err := f.tx.db.Create(&f.events).Error; err != nil {
			return fmt.Errorf("write the timeline: %w", err)
		}
		if err := f.tell(); err != nil {
			return err
		}
		if f.AwaitsApproval {
			if err := f.overtake(); err != nil {
				return err
			}
		}
	}
	f.headline()
	if f.Untold { // what it waits for may have changed
		var err error
		if f.Untold, err = f.tx.stillUntold(f.ID); err != nil {
			return err
		}
	}
	err := f.tx.db.Model(&Case{}).Where("id = ?", f.ID).Select("policy_version", "training_body", "evaluation_body", "applicant",
		"status", "stage", "owes_kind", "owes_id", "owes_since", "due_at", "outcome", "ended_at", "last_event", "done",
		"held", "trouble", "untold", "awaits_approval", "paused_at", "paused_until", "assignee", "assigned_at").
		Updates(f.Case).Error
	if err != nil {
		return fmt.Errorf("write the case: %w", err)
	}
	f.changed, f.events = nil, nil
	return nil
}

// bit is what a stage is among those of a case that are done.
func bit(stage progress.Stage) int { return 1 << slices.Index(progress.Stages(), stage) }

func (f *CaseFile) headline() {
	views := make([]progress.StageView, len(f.stages))
	f.Done = 0
	for i, s := range f.stages {
		if views[i] = s.View(); s.State == progress.Done {
			f.Done |= bit(s.Stage)
		}
	}
	outcome := progress.Open
	if f.Outcome != nil {
		outcome = *f.Outcome
	}
	h := progress.Derive(views, outcome)
	f.Status, f.Stage, f.OwesSince, f.DueAt = h.Status, h.Stage, h.Since, h.DueAt
	f.OwesKind, f.OwesID = nil, nil
	if h.Owes != nil {
		f.OwesKind = &h.Owes.Kind
		if h.Owes.ID != "" {
			f.OwesID = &h.Owes.ID
		}
	}
}

// caseStep is a step that was done, with what it answered.
type caseStep struct {
	CaseID string
	Step   string
	Reply  json.RawMessage `gorm:"type:jsonb"`
}

func (caseStep) TableName() string { return "case_steps" }

// StepDone reports whether a step of a case was done.
func (tx *Tx) StepDone(caseID, key string) (bool, error) {
	var n int64
	err := tx.db.Model(&caseStep{}).Where("case_id = ? AND step = ?", caseID, key).Count(&n).Error
	return n > 0, found(err, "look up a step")
}

// Once runs a step of a case at most once, in one transaction with the case's file open. A step that is run again, after
// a crash between its commit and its caller's learning of it, answers what it answered the first time.
func Once[Res any](
	ctx context.Context, s *Store, caseID, key string, run func(*Tx, *CaseFile) (Res, error),
) (Res, error) {
	var res Res
	err := s.Tx(ctx, func(tx *Tx) error {
		f, err := tx.OpenCase(caseID)
		if err != nil {
			return err
		}
		var step caseStep
		err = tx.db.Take(&step, "case_id = ? AND step = ?", caseID, key).Error
		switch {
		case err == nil:
			return json.Unmarshal(step.Reply, &res)
		case !errors.Is(err, gorm.ErrRecordNotFound):
			return fmt.Errorf("look up a step: %w", err)
		}
		if res, err = run(tx, f); err != nil {
			return err
		}
		if err := f.Save(); err != nil {
			return err
		}
		reply, err := json.Marshal(res)
		if err != nil {
			return fmt.Errorf("encode a step's reply: %w", err)
		}
		if err := tx.db.Create(&caseStep{CaseID: caseID, Step: key, Reply: reply}).Error; err != nil {
			return fmt.Errorf("write a step: %w", err)
		}
		return nil
	})
	return res, err
}
