package store

import (
	"time"

	"gorm.io/gorm"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/filter"
	"github.com/dengpan/dengpan/progress"
)

// What readers ask of the work: tasks that institutions owe, and incidents that operators resolve.

// TaskFilter picks tasks; an empty field picks all. Limit is the most that are read.
type TaskFilter struct {
	Within

	State     string
	Kind      string
	CaseID    string
	ClassID   string      // of a class of the task's institution
	DueBefore time.Time   // open, and due before this; zero: any
	Where     filter.Expr // bound, by [TaskFields]
	Numbered  Numbered
	Limit     int
}

// taskOrders are the orders that tasks can be asked for in.
var taskOrders = map[string]string{
	"": "seq", "issued_at": "seq", "-issued_at": "seq DESC", "due_at": "due_at, seq", "-due_at": "due_at DESC, seq DESC",
}

func (f TaskFilter) pick(q *gorm.DB) *gorm.DB {
	q = taskSearch.pick(f.located(q, "tasks"), f.Where)
	for column, value := range map[string]string{"state": f.State, "kind": f.Kind, "tasks.case_id": f.CaseID} {
		if value != "" {
			q = q.Where(column+" = ?", value)
		}
	}
	if f.ClassID != "" {
		q = q.Where(`EXISTS (SELECT 1 FROM class_members m JOIN classes k ON k.id = m.class_id
			WHERE m.class_id = ? AND m.case_id = tasks.case_id AND k.institution_id = tasks.institution_id AND `+stayed+`)`, f.ClassID)
	}
	if !f.DueBefore.IsZero() {
		q = q.Where("state = ? AND due_at < ?", TaskOpen, f.DueBefore)
	}
	return q
}

// Tasks reads a page of tasks by its number, in the order in which they were issued unless another is asked for.
func (tx *Tx) Tasks(f TaskFilter) ([]Task, error) {
	var tasks []Task
	err := f.Numbered.of(f.pick(tx.db), taskOrders, f.Limit).Find(&tasks).Error
	return tasks, found(err, "list tasks")
}

// TaskIDs reads the ids of tasks, in the same orders.
func (tx *Tx) TaskIDs(f TaskFilter) ([]string, error) {
	var ids []string
	err := f.Numbered.of(f.pick(tx.db.Model(&Task{})), taskOrders, f.Limit).Pluck("id", &ids).Error
	return ids, found(err, "list the ids of tasks")
}

// CountTasks counts the tasks that a filter picks.
func (tx *Tx) CountTasks(f TaskFilter) (int64, error) {
	var n int64
	err := f.pick(tx.db.Model(&Task{})).Count(&n).Error
	return n, found(err, "count tasks")
}

// Numbered is how people read a list: page by page, each by its number, in an order of their choice.
type Numbered struct {
	Sort string // one of the list's orders; empty: its own
	Page int    // 1 is the first; 0: the list is not read by numbers
}

// of orders and bounds a list. An order that the list does not have is its own.
func (n Numbered) of(q *gorm.DB, orders map[string]string, limit int) *gorm.DB {
	order, known := orders[n.Sort]
	if !known {
		order = orders[""]
	}
	return q.Order(order).Limit(limit).Offset(max(0, n.Page-1) * limit)
}

// Picking is a filter of a list, with its order and its bound.
type Picking interface {
	picked(q *gorm.DB) *gorm.DB
}

// IDs reads the ids of the rows that a filter picks, in its order.
func (tx *Tx) IDs(f Picking) ([]string, error) {
	var ids []string
	return ids, found(f.picked(tx.db).Pluck("id", &ids).Error, "list ids")
}

// CasesByID reads cases by their ids.
func (tx *Tx) CasesByID(ids []string) (map[string]Case, error) {
	return ofIDs(tx.db, ids, func(r Case) string { return r.ID }, "read cases")
}

// IncidentFilter picks incidents; an empty field picks all. Limit is the most that are read.
type IncidentFilter struct {
	Within

	States []string
	Cause  string
	Stage  string
	CaseID string
	Holds  bool        // only those that hold up a case
	Where  filter.Expr // bound, by [IncidentFields]
	After  *Position   // by opening, oldest first
	Limit  int

	Numbered Numbered
}

// incidentOrders are the orders that incidents can be asked for in.
var incidentOrders = map[string]string{"": "opened_at, id", "since": "opened_at, id", "-since": "opened_at DESC, id DESC"}

func (f IncidentFilter) pick(q *gorm.DB) *gorm.DB {
	q = incidentSearch.pick(f.located(q, "incidents"), f.Where)
	if len(f.States) > 0 {
		q = q.Where("state IN ?", f.States)
	}
	if f.Holds {
		q = q.Where("holds")
	}
	for column, value := range map[string]string{"cause": f.Cause, "stage": f.Stage, "case_id": f.CaseID} {
		if value != "" {
			q = q.Where(column+" = ?", value)
		}
	}
	return q
}

// Incidents reads incidents, the longest open first.
func (tx *Tx) Incidents(f IncidentFilter) ([]Incident, error) {
	var incidents []Incident
	err := tx.planned(func(tx *Tx) error {
		q := f.Numbered.of(f.pick(tx.db), incidentOrders, f.Limit)
		if f.After != nil {
			q = q.Where("(opened_at, id) > (?, ?)", f.After.At, f.After.ID)
		}
		return q.Find(&incidents).Error
	})
	return incidents, found(err, "list incidents")
}

// IncidentIDs reads the ids of incidents, in the same orders.
func (tx *Tx) IncidentIDs(f IncidentFilter) ([]string, error) {
	var ids []string
	err := f.Numbered.of(f.pick(tx.db.Model(&Incident{})), incidentOrders, f.Limit).Pluck("id", &ids).Error
	return ids, found(err, "list the ids of incidents")
}

// CountIncidents counts the incidents that a filter picks, up to one more than a most.
func (tx *Tx) CountIncidents(f IncidentFilter, most int) (int64, error) {
	var n int64
	err := tx.planned(func(tx *Tx) (err error) {
		n, err = tx.countUpTo(f.pick(tx.db.Model(&Incident{})), most)
		return err
	})
	return n, found(err, "count incidents")
}

// IncidentGroup is the incidents that have one cause, at one stage and one institution.
type IncidentGroup struct {
	Cause         contract.Cause
	Stage         progress.Stage
	InstitutionID *string
	Count         int
	Cases         int // that they hold up
	Claimed       int // of which somebody is in charge
	Mine          int // of which the reader is
	Oldest        time.Time
}

// IncidentGroups counts incidents by cause, stage and institution, the largest group first, and of how many of their cases
// somebody is in charge, or one operator.
func (tx *Tx) IncidentGroups(f IncidentFilter, mine string) ([]IncidentGroup, error) {
	var groups []IncidentGroup
	err := f.pick(tx.db.Model(&Incident{})).
		Joins("LEFT JOIN (SELECT id AS claimed_id, assignee FROM cases WHERE assignee IS NOT NULL) AS claims ON claimed_id = case_id").
		Select(`cause, stage, institution_id, count(*) AS count, count(*) FILTER (WHERE holds) AS cases,
			count(claimed_id) FILTER (WHERE holds) AS claimed, count(*) FILTER (WHERE holds AND assignee = ?) AS mine,
			min(opened_at) AS oldest`, mine).
		Group("cause, stage, institution_id").Order("count DESC, oldest, cause, stage, institution_id").
		Limit(f.Limit).Scan(&groups).Error
	return groups, found(err, "group incidents")
}

// LatestResolutions reads the latest resolution of each of these incidents that has one.
func (tx *Tx) LatestResolutions(incidentIDs []string) (map[string]Resolution, error) {
	var rows []Resolution
	if len(incidentIDs) > 0 {
		err := tx.db.Order("requested_at").Find(&rows, "incident_id IN ?", incidentIDs).Error
		if err != nil {
			return nil, found(err, "read resolutions")
		}
	}
	return keyed(rows, func(r Resolution) string { return r.IncidentID }), nil
}
