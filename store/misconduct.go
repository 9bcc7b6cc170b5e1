package store

import (
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/filter"
	"github.com/dengpan/dengpan/progress"
)

// Misconduct is what an evaluation body's staff recorded of somebody's conduct in a part of an evaluation, and what became of
// it. The account and the statement are sealed (see [MisconductSeal], [StatementSeal]).
type Misconduct struct {
	ID            string
	CaseID        string
	TaskID        string
	InstitutionID string
	ReportID      string // what was recorded at once has one
	Part          string
	Attempt       int
	Act           string
	OccurredOn    calendar.Date
	AccountSealed []byte
	Evidence      string
	State         string
	RecordedBy    string
	RecordedAt    time.Time

	ConfirmedBy  *string // the second person; of one that was dropped, who dropped it
	ConfirmedAt  *time.Time
	Confirmation string

	StatementUntil  *time.Time // nil: for how long is not known
	StatementSealed []byte
	StatedBy        *string
	StatedAt        *time.Time

	ReviewedBy *string
	ReviewedAt *time.Time
	Review     string

	DecidedBy      *string
	DecidedAt      *time.Time
	Founded        *bool
	DecisionReason string
	Citation       json.RawMessage `gorm:"type:jsonb"` // by which rule it was decided
	Voids          string
	BarredUntil    *calendar.Date // the last day on which the person may not be evaluated

	DeliveredBy  *string
	DeliveredAt  *time.Time
	DeliveredHow string

	DueAt       *time.Time // of the step that is owed; nil: it is not known, or nothing is
	EscalatedAt *time.Time
	HeldWas     progress.State // what the evaluation was that the case holds; empty when it holds none
	Suspended   bool           // a certificate was suspended for it
	ChangedAt   time.Time
	Woken       bool // its workflow knows of the last change
}

// TableName is the table of misconduct.
func (Misconduct) TableName() string { return "misconduct_cases" }

// States of misconduct.
const (
	MisconductRecorded  = "recorded"  // by one person; nothing is held yet
	MisconductDropped   = "dropped"   // the second person did not confirm it
	MisconductNoticed   = "noticed"   // confirmed, told to the trainee, and held
	MisconductReviewed  = "reviewed"  // what was recorded and stated was looked at
	MisconductDecided   = "decided"   // the trainee is to be handed the decision
	MisconductDelivered = "delivered" // all is done
)

// What misconduct voids.
const (
	VoidsPart    = "part"
	VoidsAttempt = "attempt"
)

// InsertMisconduct writes what somebody recorded. The database refuses a second that is open of the same task.
func (tx *Tx) InsertMisconduct(m Misconduct) error {
	return found(tx.db.Create(&m).Error, "write misconduct")
}

// Misconduct reads misconduct.
func (tx *Tx) Misconduct(id string) (Misconduct, error) {
	return byID[Misconduct](tx.db, id, "read misconduct")
}

// LockMisconduct reads misconduct and locks it. Its case is locked before it.
func (tx *Tx) LockMisconduct(id string) (Misconduct, error) {
	return byID[Misconduct](tx.held(), id, "lock misconduct")
}

// SaveMisconduct writes what became of misconduct that is locked.
func (tx *Tx) SaveMisconduct(m Misconduct) error {
	err := tx.db.Model(&Misconduct{}).Where("id = ?", m.ID).
		Select("*").Omit("id", "case_id", "task_id", "institution_id", "report_id", "part", "attempt", "act", "occurred_on", "account_sealed",
		"evidence", "recorded_by", "recorded_at", "held_was").
		Updates(m).Error
	return found(err, "write what became of misconduct")
}

// MisconductFilter picks misconduct; an empty field picks all.
type MisconductFilter struct {
	Within

	PersonID string // what was recorded of a person and is confirmed: nobody is told of the rest
	CaseID   string
	State    string
	Act      string
	Open     bool        // neither dropped nor delivered
	Overdue  *time.Time  // whose step was due before
	Where    filter.Expr // bound, by [MisconductFields]
	After    *Position
	Numbered Numbered
	Limit    int
}

var misconductOrders = map[string]string{
	"": "recorded_at DESC, id DESC", "recorded_at": "recorded_at, id", "due_at": "due_at, id", "-due_at": "due_at DESC NULLS LAST, id DESC",
}

func (f MisconductFilter) pick(q *gorm.DB) *gorm.DB {
	q = misconductSearch.pick(f.ofCases(q), f.Where)
	if f.PersonID != "" {
		q = q.Where("case_id IN (SELECT id FROM cases WHERE person_id "+family+")", f.PersonID).
			Where("state NOT IN ?", []string{MisconductRecorded, MisconductDropped})
	}
	if f.CaseID != "" {
		q = q.Where("case_id = ?", f.CaseID)
	}
	if f.State != "" {
		q = q.Where("state = ?", f.State)
	}
	if f.Act != "" {
		q = q.Where("act = ?", f.Act)
	}
	if f.Open {
		q = q.Where("state NOT IN ?", []string{MisconductDropped, MisconductDelivered})
	}
	if f.Overdue != nil {
		q = q.Where("due_at < ?", *f.Overdue)
	}
	return q
}

func (f MisconductFilter) picked(q *gorm.DB) *gorm.DB {
	return f.Numbered.of(f.pick(q.Model(&Misconduct{})), misconductOrders, f.Limit)
}

// CountMisconduct counts misconduct.
func (tx *Tx) CountMisconduct(f MisconductFilter) (int64, error) {
	var n int64
	err := f.pick(tx.db.Model(&Misconduct{})).Count(&n).Error
	return n, found(err, "count misconduct")
}

// MisconductList reads misconduct, the latest first unless it is read by numbers in another order.
func (tx *Tx) MisconductList(f MisconductFilter) ([]Misconduct, error) {
	q := f.picked(tx.db)
	if f.After != nil {
		q = q.Where("(recorded_at, id) < (?, ?)", f.After.At, f.After.ID)
	}
	var all []Misconduct
	return all, found(q.Find(&all).Error, "list misconduct")
}

// holding picks misconduct that holds its case.
func holding(q *gorm.DB) *gorm.DB {
	return q.Where("state IN ?", []string{MisconductNoticed, MisconductReviewed})
}

// UndecidedMisconduct reads the oldest misconduct that holds a case; ErrNotFound when there is none.
func (tx *Tx) UndecidedMisconduct(caseID string) (Misconduct, error) {
	var m Misconduct
	err := holding(tx.db).Order("confirmed_at, id").Take(&m, "case_id = ?", caseID).Error
	return m, found(err, "look for misconduct that is not decided")
}

// HoldForMisconduct writes what a case's evaluation was when it came to be held.
func (tx *Tx) HoldForMisconduct(caseID string, was progress.State) error {
	err := holding(tx.db.Model(&Misconduct{})).Where("case_id = ? AND held_was = ''", caseID).Update("held_was", was).Error
	return found(err, "write what is held for misconduct")
}

// ReleaseFromMisconduct reads what a case was held for and no longer is, the last decided last, and writes that it is not.
func (tx *Tx) ReleaseFromMisconduct(caseID string) ([]Misconduct, error) {
	var all []Misconduct
	err := tx.db.Order("decided_at, id").Find(&all, "case_id = ? AND held_was <> '' AND founded IS NOT NULL", caseID).Error
	if err != nil || len(all) == 0 {
		return all, found(err, "read what a case was held for")
	}
	err = tx.db.Model(&Misconduct{}).Where("case_id = ? AND held_was <> '' AND founded IS NOT NULL", caseID).Update("held_was", "").Error
	return all, found(err, "release a case from misconduct")
}

// FoundMisconduct reads what was decided against a person's attempts in a case.
func (tx *Tx) FoundMisconduct(caseID string) ([]Misconduct, error) {
	var all []Misconduct
	err := tx.db.Order("decided_at, id").Find(&all, "case_id = ? AND founded", caseID).Error
	return all, found(err, "read what was decided of misconduct")
}

// BarredUntil is the last day on which a person may not be evaluated; nil when they may.
func (tx *Tx) BarredUntil(personID string, today calendar.Date) (*calendar.Date, error) {
	var m Misconduct
	err := tx.db.Order("barred_until DESC").
		Take(&m, "barred_until >= ? AND case_id IN (SELECT id FROM cases WHERE person_id "+family+")", today, personID).Error
	if err == gorm.ErrRecordNotFound { //nolint:errorlint // compared as GORM returns it
		return nil, nil //nolint:nilnil // they may
	}
	return m.BarredUntil, found(err, "look for a bar")
}

// UnwokenMisconduct reads misconduct whose workflow does not know of its last change.
func (tx *Tx) UnwokenMisconduct(limit int) ([]Misconduct, error) {
	var all []Misconduct
	err := tx.db.Order("changed_at").Limit(limit).Find(&all, "NOT woken").Error
	return all, found(err, "look for misconduct to wake")
}

// MarkMisconductWoken notes that a workflow knows of misconduct as it was read.
func (tx *Tx) MarkMisconductWoken(m Misconduct) error {
	err := tx.db.Model(&Misconduct{}).Where("id = ? AND changed_at = ?", m.ID, m.ChangedAt).Update("woken", true).Error
	return found(err, "mark misconduct")
}
