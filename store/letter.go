package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/dengpan/dengpan/filter"
)

// LetterReason is why no case could take what an institution sent.
type LetterReason string

// The reasons.
const (
	LetterTaskUnknown    LetterReason = "task_unknown"    // no task is called so
	LetterTaskForeign    LetterReason = "task_foreign"    // it is another institution's
	LetterSecondOpinion  LetterReason = "second_opinion"  // the task has a different answer
	LetterTaskCancelled  LetterReason = "task_cancelled"  // the task was taken back
	LetterTaskReassigned LetterReason = "task_reassigned" // it was given to another institution
	LetterAskedAgain     LetterReason = "asked_again"     // it was acknowledged, and the work asked for again before it was taken up
	LetterCaseEnded      LetterReason = "case_ended"      // the case is over
	LetterCaseErased     LetterReason = "case_erased"     // the case's person was forgotten
)

// States of a letter.
const (
	LetterOpen      = "open"
	LetterApplied   = "applied"
	LetterDiscarded = "discarded"
)

// Letter is an answer that an institution sent in good form and no case could take. It is kept until an operator decides.
type Letter struct {
	ID            string
	InstitutionID string
	AccountID     string
	Kind          string // of the answer
	NamedTask     string // as the sender named it
	TaskID        *string
	Reason        LetterReason
	BodySealed    []byte // for LetterSeal; nil when the answer was acknowledged and stands with its task
	Digest        []byte
	Times         int
	ReceivedAt    time.Time
	LastAt        time.Time
	State         string
	AppliedTo     *string
	ResolvedBy    *string
	ResolvedAt    *time.Time
	Resolution    string
}

// TableName is the table of letters.
func (Letter) TableName() string { return "dead_letters" }

// ErrLettersFull says that an institution has as many open letters as it may have.
var ErrLettersFull = errors.New("too many letters wait for a decision")

// KeepLetter keeps a letter, or counts it when the same came before. An institution has at most so many that are open.
func (tx *Tx) KeepLetter(l Letter, most int) (kept Letter, fresh bool, err error) {
	err = tx.db.Exec("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", "letters/"+l.InstitutionID).Error
	if err != nil {
		return kept, false, fmt.Errorf("lock an institution's letters: %w", err)
	}
	res := tx.db.Raw(`UPDATE dead_letters SET times = times + 1, last_at = ? WHERE institution_id = ? AND named_task = ? AND digest = ?
		RETURNING *`, l.ReceivedAt, l.InstitutionID, l.NamedTask, l.Digest).Scan(&kept)
	if res.Error != nil || res.RowsAffected > 0 {
		return kept, false, found(res.Error, "count a letter")
	}
	open, err := tx.CountLetters(LetterFilter{Within: Within{InstitutionID: l.InstitutionID}, State: LetterOpen})
	if err != nil {
		return kept, false, err
	}
	if open >= int64(most) {
		return kept, false, ErrLettersFull
	}
	l.Times, l.LastAt, l.State = 1, l.ReceivedAt, LetterOpen
	if err := tx.db.Create(&l).Error; err != nil {
		return l, true, fmt.Errorf("keep a letter: %w", err)
	}
	return l, true, tx.tellOfLetters(l.InstitutionID, l.ReceivedAt)
}

// KeepUntaken keeps as letters the answers that a case acknowledged and will not take up any more.
func (tx *Tx) KeepUntaken(caseID string, reason LetterReason, at time.Time) error {
	var kept []Letter
	err := tx.db.Raw(`INSERT INTO dead_letters (id, institution_id, account_id, kind, named_task, task_id, reason, digest, received_at, last_at)
		SELECT gen_random_uuid(), k.institution_id, a.received_by, a.kind, a.task_id, k.id, ?, a.digest, a.received_at, a.received_at
		FROM task_answers a JOIN tasks k ON k.id = a.task_id WHERE k.case_id = ? AND a.taken_at IS NULL
		ON CONFLICT ON CONSTRAINT dead_letters_once DO NOTHING RETURNING id::text, institution_id`, reason, caseID).Scan(&kept).Error
	if err != nil {
		return fmt.Errorf("keep answers that were not taken: %w", err)
	}
	after, err := json.Marshal(map[string]any{"reason": reason})
	if err != nil {
		return fmt.Errorf("keep answers that were not taken: %w", err)
	}
	for _, l := range kept {
		err := tx.Audit(AuditEntry{
			Actor: ActorSystem, Action: "letter.keep", Subject: "letter:" + l.ID, Reason: string(reason), After: after, At: at,
		})
		if err == nil {
			err = tx.tellOfLetters(l.InstitutionID, at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// NoticeLetters is the kind of notice that there are letters to decide on.
const NoticeLetters = "letters_waiting"

// tellOfLetters tells operators that letters of an institution wait for them, once a day.
func (tx *Tx) tellOfLetters(institutionID string, at time.Time) error {
	return tx.InsertNotice(Notice{
		Audience: AudienceOperators, InstitutionID: &institutionID, Kind: NoticeLetters,
		Occasion: institutionID + "/" + at.UTC().Format(time.DateOnly), Params: map[string]any{"institution": institutionID},
	})
}

// MarkTaken notes that a step of a case took the answers to these tasks into the record.
func (tx *Tx) MarkTaken(taskIDs []string, at time.Time) error {
	err := tx.db.Model(&TaskAnswer{}).Where("task_id IN ? AND taken_at IS NULL", taskIDs).Update("taken_at", at).Error
	return found(err, "mark answers as taken")
}

// Letter reads a letter.
func (tx *Tx) Letter(id string) (Letter, error) {
	return byID[Letter](tx.db, id, "read a letter")
}

// LockLetter reads a letter, and holds it until the transaction ends.
func (tx *Tx) LockLetter(id string) (Letter, error) {
	return byID[Letter](tx.held(), id, "lock a letter")
}

// ResolveLetter writes what was decided about a letter, and tells the institution. about is what it may know of its task.
func (tx *Tx) ResolveLetter(l Letter, about OutboxPayload) error {
	err := tx.db.Model(&Letter{}).Where("id = ? AND state = ?", l.ID, LetterOpen).Updates(map[string]any{
		"state": l.State, "applied_to": l.AppliedTo, "resolved_by": l.ResolvedBy, "resolved_at": l.ResolvedAt, "resolution": l.Resolution,
	}).Error
	if err != nil {
		return fmt.Errorf("resolve a letter: %w", err)
	}
	kind := OutboxAnswerDiscarded
	if l.State == LetterApplied {
		kind = OutboxAnswerApplied
	}
	about.LetterID = l.ID
	return tx.QueueAnswer(l.InstitutionID, kind, about, *l.ResolvedAt)
}

// LetterFilter picks letters; an empty field picks all. Limit is the most that are read.
type LetterFilter struct {
	Within

	State  string
	Reason string
	Where  filter.Expr // bound, by [LetterFields]
	After  *Position   // by arrival, oldest first
	Limit  int

	Numbered Numbered
}

// letterOrders are the orders that letters can be asked for in.
var letterOrders = map[string]string{
	"": "received_at, id", "received_at": "received_at, id", "-received_at": "received_at DESC, id DESC",
}

func (f LetterFilter) pick(q *gorm.DB) *gorm.DB {
	q = letterSearch.pick(f.ofLetters(q), f.Where)
	for column, value := range map[string]string{"state": f.State, "reason": f.Reason} {
		if value != "" {
			q = q.Where(column+" = ?", value)
		}
	}
	return q
}

func (f LetterFilter) picked(q *gorm.DB) *gorm.DB {
	return f.Numbered.of(f.pick(q.Model(&Letter{})), letterOrders, f.Limit)
}

// Letters reads letters, those that came first before others unless another order is asked for.
func (tx *Tx) Letters(f LetterFilter) ([]Letter, error) {
	q := f.picked(tx.db)
	if f.After != nil {
		q = q.Where("(received_at, id) > (?, ?)", f.After.At, f.After.ID)
	}
	var letters []Letter
	err := q.Find(&letters).Error
	return letters, found(err, "list letters")
}

// CountLetters counts the letters that a filter picks.
func (tx *Tx) CountLetters(f LetterFilter) (int64, error) {
	var n int64
	err := f.pick(tx.db.Model(&Letter{})).Count(&n).Error
	return n, found(err, "count letters")
}
