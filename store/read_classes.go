package store

import (
	"gorm.io/gorm"

	"github.com/dengpan/dengpan/progress"
)

// What readers ask of classes and who is in them.

// ClassSizes counts who is in each class, or was until it was closed.
func (tx *Tx) ClassSizes(classIDs []string) (map[string]int, error) {
	var rows []struct {
		ClassID string
		Size    int
	}
	if len(classIDs) > 0 {
		err := tx.db.Raw("SELECT m.class_id, count(*) AS size FROM class_members m WHERE m.class_id IN ? AND "+stayed+" GROUP BY 1", classIDs).
			Scan(&rows).Error
		if err != nil {
			return nil, found(err, "count the members of classes")
		}
	}
	sizes := make(map[string]int, len(rows))
	for _, row := range rows {
		sizes[row.ClassID] = row.Size
	}
	return sizes, nil
}

// SecondsOfCases sums what stands credited to cases.
func (tx *Tx) SecondsOfCases(caseIDs []string) (map[string]int, error) {
	var rows []struct {
		CaseID  string
		Seconds int
	}
	if len(caseIDs) > 0 {
		err := tx.standing().Select("case_id, sum(seconds) AS seconds").Where("case_id IN ?", caseIDs).Group("case_id").Scan(&rows).Error
		if err != nil {
			return nil, found(err, "sum the hours of cases")
		}
	}
	sums := make(map[string]int, len(rows))
	for _, row := range rows {
		sums[row.CaseID] = row.Seconds
	}
	return sums, nil
}

// StatesOf reads the state of one stage of cases.
func (tx *Tx) StatesOf(stage progress.Stage, caseIDs []string) (map[string]progress.State, error) {
	var rows []CaseStage
	if len(caseIDs) > 0 {
		if err := tx.db.Find(&rows, "stage = ? AND case_id IN ?", stage, caseIDs).Error; err != nil {
			return nil, found(err, "read a stage of cases")
		}
	}
	states := make(map[string]progress.State, len(rows))
	for _, row := range rows {
		states[row.CaseID] = row.State
	}
	return states, nil
}

// TasksOwed reads the open tasks that an institution owes cases, in the order of their issue.
func (tx *Tx) TasksOwed(institutionID string, caseIDs []string) (map[string][]Task, error) {
	var rows []Task
	if len(caseIDs) > 0 {
		err := tx.db.Order("seq").Find(&rows, "institution_id = ? AND state = ? AND case_id IN ?", institutionID, TaskOpen, caseIDs).Error
		if err != nil {
			return nil, found(err, "read the open tasks of cases")
		}
	}
	tasks := make(map[string][]Task, len(rows))
	for _, row := range rows {
		tasks[row.CaseID] = append(tasks[row.CaseID], row)
	}
	return tasks, nil
}

// ClassCandidates reads the cases that could join a class: of its institution, occupation, direction and level, admitted, not
// yet through with their training, and in no class; of a sponsored class those who have a place in it. The page is read by its
// number; total is how many there are.
func (tx *Tx) ClassCandidates(c Class, page, limit int) (cases []Case, total int64, err error) {
	q := tx.db.Model(&Case{}).Where(`training_body = ? AND occupation = ? AND direction = ? AND level = ? AND ended_at IS NULL
		AND EXISTS (SELECT 1 FROM case_stages s WHERE s.case_id = cases.id AND s.stage = 'registration' AND s.state = 'done')
		AND EXISTS (SELECT 1 FROM case_stages s WHERE s.case_id = cases.id AND s.stage = 'training'
			AND s.state NOT IN ('done', 'failed', 'skipped'))
		AND NOT EXISTS (SELECT 1 FROM class_members m WHERE m.case_id = cases.id AND m.left_at IS NULL)
		AND (?::uuid IS NULL OR EXISTS (SELECT 1 FROM sponsored_places p WHERE p.case_id = cases.id AND p.class_id = ?))`,
		c.InstitutionID, c.Occupation, c.Direction, c.Level, c.Sponsor, c.ID).Session(&gorm.Session{})
	if err := q.Count(&total).Error; err != nil {
		return nil, 0, found(err, "count who could join a class")
	}
	err = q.Order("registered_at, id").Limit(limit).Offset((page - 1) * limit).Find(&cases).Error
	return cases, total, found(err, "read who could join a class")
}

// RosterSize is how many are on a session's roster, and of how many something was reported.
type RosterSize struct {
	SessionID string
	Listed    int
	Reported  int
}

// RosterSizes counts the rosters of sessions.
func (tx *Tx) RosterSizes(sessionIDs []string) (map[string]RosterSize, error) {
	var rows []RosterSize
	if len(sessionIDs) > 0 {
		err := tx.db.Raw(`SELECT l.session_id, count(*) AS listed, count(*) FILTER (WHERE EXISTS (SELECT 1 FROM attendance a
			WHERE a.session_id = l.session_id AND a.person_id = l.person_id)) AS reported
			FROM session_roster l WHERE l.session_id IN ? GROUP BY 1`, sessionIDs).Scan(&rows).Error
		if err != nil {
			return nil, found(err, "count rosters")
		}
	}
	return keyed(rows, func(r RosterSize) string { return r.SessionID }), nil
}
