package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/deadline"
	"github.com/dengpan/dengpan/filter"
)

// Deadline is a deadline that an open case has: of an institution's task, of an operator's decision on an incident or on what
// another asked for, or of the case as a whole.
type Deadline struct {
	Of            string // see package deadline
	SubjectID     string // the task, the incident, the approval or the case
	CaseID        string // empty: an approval that is about no case
	What          string // the task's kind, the incident's cause, the verb that was asked for; empty for a case
	InstitutionID string // who owes the task, or whose work an incident holds up
	GivenAt       time.Time
	Deadline      time.Time
}

// Reminder is that somebody was told of a deadline.
type Reminder struct {
	Step          string
	SubjectID     string
	Deadline      time.Time
	CaseID        *string // nil: an approval that is about no case
	InstitutionID *string
	ToldAt        time.Time
}

// DeadlineFilter picks deadlines of one kind.
type DeadlineFilter struct {
	Within

	Of string
	// Span is how long there is, for what does not keep the day it is due on itself.
	Span   time.Duration
	After  time.Time // due at or after this; zero: any
	Before time.Time // due before this; zero: any
	// Late leaves out what is in the first half of its time at an instant; zero: nothing.
	Late time.Time
	// Untold leaves out what a step was taken about already.
	Untold   string
	Subjects []string    // only of these, when there are any
	Where    filter.Expr // bound, by [DeadlineFields]; what is passed and near in it is by Now and Near
	Now      time.Time
	Near     time.Time
	Numbered Numbered
	Limit    int
}

// column is the one that deadlines are found and arranged by, because an index is on it: when it was given, where the day it is due
// on follows from that.
func (f DeadlineFilter) column() string {
	if f.Of == deadline.OfTask {
		return "deadline"
	}
	return "given_at"
}

// shift is what that column has of what is due at an instant.
func (f DeadlineFilter) shift(at time.Time) time.Time {
	if f.Of == deadline.OfTask {
		return at
	}
	return at.Add(-f.Span)
}

// order orders deadlines by their column.
func (f DeadlineFilter) order() map[string]string {
	by := f.column()
	return map[string]string{"": by + ", subject_id", "deadline": by + ", subject_id", "-deadline": by + " DESC, subject_id DESC"}
}

// running is the condition that a case is not paused. Few are, and they are looked through once.
const running = " NOT IN (SELECT id FROM cases WHERE paused_at IS NOT NULL)"

// What has a deadline, as rows of the same columns. A case that is paused has none.
var deadlineSources = map[string]string{
	deadline.OfTask: `SELECT t.id AS subject_id, t.case_id, t.kind AS what, t.institution_id, t.issued_at AS given_at, t.due_at AS deadline,
			t.district, t.training_body
		FROM tasks t
		WHERE t.state = 'open' AND t.case_id` + running + ` AND ? >= 0
			AND (?::timestamptz IS NULL OR t.due_at >= ?) AND (?::timestamptz IS NULL OR t.due_at < ?)`,
	deadline.OfIncident: `SELECT i.id AS subject_id, i.case_id, i.cause AS what, coalesce(i.institution_id, i.training_body) AS institution_id,
			i.opened_at AS given_at, i.opened_at + ? * interval '1 microsecond' AS deadline, i.district, i.training_body
		FROM incidents i
		WHERE i.state <> 'closed' AND i.holds AND i.case_id` + running + `
			AND (?::timestamptz IS NULL OR i.opened_at >= ?) AND (?::timestamptz IS NULL OR i.opened_at < ?)`,
	deadline.OfApproval: `SELECT a.id AS subject_id, coalesce(a.case_id, i.case_id) AS case_id, a.verb AS what,
			coalesce(i.institution_id, c.training_body) AS institution_id,
			a.requested_at AS given_at, a.requested_at + ? * interval '1 microsecond' AS deadline, c.district, c.training_body
		FROM approvals a LEFT JOIN incidents i ON i.id = a.incident_id LEFT JOIN cases c ON c.id = coalesce(a.case_id, i.case_id)
		WHERE a.state = 'pending'
			AND (?::timestamptz IS NULL OR a.requested_at >= ?) AND (?::timestamptz IS NULL OR a.requested_at < ?)`,
	deadline.OfCase: `SELECT c.id AS subject_id, c.id AS case_id, '' AS what, c.training_body AS institution_id,
			c.registered_at AS given_at, c.registered_at + ? * interval '1 microsecond' AS deadline, c.district, c.training_body
		FROM cases c
		WHERE c.outcome IS NULL AND c.id` + running + ` AND c.owes_kind IS DISTINCT FROM 'calendar'
			AND (?::timestamptz IS NULL OR c.registered_at >= ?) AND (?::timestamptz IS NULL OR c.registered_at < ?)`,
}

func (f DeadlineFilter) pick(tx *Tx) (*gorm.DB, error) {
	source, known := deadlineSources[f.Of]
	if !known {
		return nil, fmt.Errorf("list deadlines of %q: %w", f.Of, ErrNotFound)
	}
	bound := func(at time.Time) *time.Time {
		if at.IsZero() {
			return nil
		}
		at = f.shift(at)
		return &at
	}
	from, until := f.bounds()
	after, before := bound(from), bound(until)
	q := tx.db.Table("(?) AS d", gorm.Expr(source, f.Span.Microseconds(), after, after, before, before)).
		Select("d.*, ? AS of", f.Of)
	q = f.search().pick(f.located(q, "d"), f.Where)
	if len(f.Subjects) > 0 {
		q = q.Where("subject_id IN ?", f.Subjects)
	}
	if !f.Late.IsZero() {
		q = q.Where("given_at + (deadline - given_at) / 2 <= ?", f.Late)
	}
	if f.Untold != "" {
		q = q.Where(`NOT EXISTS (SELECT 1 FROM reminders r WHERE r.step = ? AND r.subject_id = d.subject_id AND r.deadline = d.deadline)`, f.Untold)
	}
	return q, nil
}

// bounds are between when things are due, as far as that is known: an index finds it. An expression says it, too.
func (f DeadlineFilter) bounds() (after, before time.Time) {
	only := func(state string) bool {
		return onlyOf(f.Where, func(t filter.Term) bool { return t.Field == "state" && len(t.Values) == 1 && hasValue(t, state) })
	}
	switch {
	case only(deadlinePassed):
		return f.After, f.Now
	case only(deadlineNear):
		return f.Now, f.Near
	}
	return f.After, f.Before
}

// DeadlineIDs reads of what the deadlines are that a filter picks, in its order.
func (tx *Tx) DeadlineIDs(f DeadlineFilter) ([]string, error) {
	q, err := f.pick(tx)
	if err != nil {
		return nil, err
	}
	var ids []string
	err = f.Numbered.of(tx.db.Table("(?) AS d", q), f.order(), f.Limit).Pluck("subject_id", &ids).Error
	return ids, found(err, "list the ids of deadlines")
}

// Deadlines reads deadlines of one kind, the earliest first.
func (tx *Tx) Deadlines(f DeadlineFilter) ([]Deadline, error) {
	q, err := f.pick(tx)
	if err != nil {
		return nil, err
	}
	var all []Deadline
	err = f.Numbered.of(q, f.order(), f.Limit).Scan(&all).Error
	return all, found(err, "list deadlines")
}

// CountDeadlines counts deadlines of one kind, up to one more than a most.
func (tx *Tx) CountDeadlines(f DeadlineFilter, most int) (int64, error) {
	q, err := f.pick(tx)
	if err != nil {
		return 0, err
	}
	n, err := tx.countUpTo(q, most)
	return n, found(err, "count deadlines")
}

// Remind notes that a step is taken about deadlines, and returns those about which it was not taken before.
func (tx *Tx) Remind(step string, at time.Time, about []Deadline) ([]Deadline, error) {
	var fresh []Deadline
	for _, d := range about {
		row := Reminder{Step: step, SubjectID: d.SubjectID, Deadline: d.Deadline, ToldAt: at}
		if d.CaseID != "" {
			row.CaseID = &d.CaseID
		}
		if d.InstitutionID != "" {
			row.InstitutionID = &d.InstitutionID
		}
		res := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
		if res.Error != nil {
			return nil, fmt.Errorf("note a reminder: %w", res.Error)
		}
		if res.RowsAffected == 1 {
			fresh = append(fresh, d)
		}
	}
	return fresh, nil
}

// RemindersOf reads who was told of the deadlines of some subjects, the earliest first.
func (tx *Tx) RemindersOf(subjects []string) (map[string][]Reminder, error) {
	told := map[string][]Reminder{}
	if len(subjects) == 0 {
		return told, nil
	}
	var rows []Reminder
	err := tx.db.Order("told_at, step").Find(&rows, "subject_id IN ?", subjects).Error
	for _, row := range rows {
		told[row.SubjectID] = append(told[row.SubjectID], row)
	}
	return told, found(err, "read who was told of deadlines")
}
