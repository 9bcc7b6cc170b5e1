package store

import (
	"time"

	"gorm.io/gorm"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
)

// What readers ask of the work: tasks that institutions owe, and incidents that operators resolve.

// TaskFilter picks tasks; an empty field picks all. Limit is the most that are read.
type TaskFilter struct {
	Within

	State    string
	AfterSeq int64
	Limit    int
}

// Tasks reads tasks in the order in which they were issued.
func (tx *Tx) Tasks(f TaskFilter) ([]Task, error) {
	q := f.ofCases(tx.db.Order("seq").Limit(f.Limit).Where("seq > ?", f.AfterSeq))
	if f.State != "" {
		q = q.Where("state = ?", f.State)
	}
	var tasks []Task
	err := q.Find(&tasks).Error
	return tasks, found(err, "list tasks")
}

// CasesByID reads cases by their ids.
func (tx *Tx) CasesByID(ids []string) (map[string]Case, error) {
	var rows []Case
	if len(ids) > 0 {
		if err := tx.db.Find(&rows, "id IN ?", ids).Error; err != nil {
			return nil, found(err, "read cases")
		}
	}
	cases := make(map[string]Case, len(rows))
	for _, row := range rows {
		cases[row.ID] = row
	}
	return cases, nil
}

// IncidentFilter picks incidents; an empty field picks all. Limit is the most that are read.
type IncidentFilter struct {
	Within

	States []string
	Cause  string
	Stage  string
	CaseID string
	After  *Position // by opening, oldest first
	Limit  int
}

func (f IncidentFilter) pick(q *gorm.DB) *gorm.DB {
	q = f.ofCases(q).Where("state IN ?", f.States)
	for column, value := range map[string]string{"cause": f.Cause, "stage": f.Stage, "case_id": f.CaseID} {
		if value != "" {
			q = q.Where(column+" = ?", value)
		}
	}
	return q
}

// Incidents reads incidents, the longest open first.
func (tx *Tx) Incidents(f IncidentFilter) ([]Incident, error) {
	q := f.pick(tx.db.Order("opened_at, id").Limit(f.Limit))
	if f.After != nil {
		q = q.Where("(opened_at, id) > (?, ?)", f.After.At, f.After.ID)
	}
	var incidents []Incident
	err := q.Find(&incidents).Error
	return incidents, found(err, "list incidents")
}

// IncidentGroup is the incidents that have one cause, at one stage and one institution.
type IncidentGroup struct {
	Cause         contract.Cause
	Stage         progress.Stage
	InstitutionID *string
	Count         int
	Oldest        time.Time
}

// IncidentGroups counts incidents by cause, stage and institution, the largest group first.
func (tx *Tx) IncidentGroups(f IncidentFilter) ([]IncidentGroup, error) {
	var groups []IncidentGroup
	err := f.pick(tx.db.Model(&Incident{})).
		Select("cause, stage, institution_id, count(*) AS count, min(opened_at) AS oldest").
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
	latest := make(map[string]Resolution, len(rows))
	for _, row := range rows {
		latest[row.IncidentID] = row
	}
	return latest, nil
}
