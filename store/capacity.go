package store

import (
	"time"

	"github.com/dengpan/dengpan/contract"
)

// Capacity is how many open cases an institution says it can carry at once, in a role for an occupation and level. The latest
// declaration holds; who has declared nothing has none.
type Capacity struct {
	ID            int64 `gorm:"->"`
	InstitutionID string
	Role          string
	Occupation    string
	Level         string
	Places        int
	DeclaredBy    string
	DeclaredAt    time.Time
}

// TableName is the table of capacities.
func (Capacity) TableName() string { return "institution_capacities" }

// DeclareCapacity writes what an institution says it can carry.
func (tx *Tx) DeclareCapacity(rows []Capacity) error {
	return found(tx.db.Create(&rows).Error, "write a declared capacity")
}

// CarriedCapacity is a declared capacity, and how much of it is in use.
type CarriedCapacity struct {
	Capacity

	Carried int // open cases in which the institution's part is not over
}

// Free is how many more cases an institution can take.
func (c CarriedCapacity) Free() int { return max(0, c.Places-c.Carried) }

// carried counts the open cases of a declaration in which the institution's part is not over.
const carried = `SELECT count(*) FROM cases c JOIN case_stages s ON s.case_id = c.id AND s.stage = CASE d.role WHEN 'training' THEN 'exam' ELSE 'evaluation' END
	WHERE c.outcome IS NULL AND c.occupation = d.occupation AND c.level = d.level AND s.state NOT IN ('done', 'failed', 'skipped')
	AND d.institution_id = CASE d.role WHEN 'training' THEN c.training_body ELSE c.evaluation_body END`

// CapacityOf reads what institutions can carry, and carry: one institution's, or for an empty id everybody's in a role.
func (tx *Tx) CapacityOf(institutionID, role string) ([]CarriedCapacity, error) {
	var all []CarriedCapacity
	err := tx.db.Raw(`SELECT d.*, (`+carried+`) AS carried FROM (
			SELECT DISTINCT ON (institution_id, role, occupation, level) * FROM institution_capacities
			WHERE (@institution = '' OR institution_id = @institution) AND (@role = '' OR role = @role)
			ORDER BY institution_id, role, occupation, level, id DESC) d
		ORDER BY d.institution_id, d.role, d.occupation, d.level`,
		map[string]any{"institution": institutionID, "role": role}).Scan(&all).Error
	return all, found(err, "read what institutions can carry")
}

// OpenWork is an open case whose next work an institution would be asked for.
type OpenWork struct {
	CasePosition

	ClassID   string // the class that the case is in; empty: none
	LastEvent int
	Incident  string // what holds it up; empty: nothing
}

// OpenWorkOf reads the open cases of an institution with the class that each is in, in the order of classes and ids.
func (tx *Tx) OpenWorkOf(institutionID string) ([]OpenWork, error) {
	var all []OpenWork
	err := tx.db.Raw(`
		SELECT c.id, c.occupation, c.level, c.training_body, c.evaluation_body, c.last_event, r.state AS registration, x.state AS exam,
		       e.state AS evaluation, g.state AS certificate, coalesce(m.class_id::text, '') AS class_id, coalesce(i.id::text, '') AS incident,
		       EXISTS (SELECT 1 FROM tasks t WHERE t.case_id = c.id AND t.institution_id = c.training_body AND t.kind = @training) AS began
		FROM cases c
		     JOIN case_stages r ON r.case_id = c.id AND r.stage = 'registration'
		     JOIN case_stages x ON x.case_id = c.id AND x.stage = 'exam'
		     JOIN case_stages e ON e.case_id = c.id AND e.stage = 'evaluation'
		     JOIN case_stages g ON g.case_id = c.id AND g.stage = 'certificate'
		     LEFT JOIN class_members m ON m.case_id = c.id AND m.left_at IS NULL
		     LEFT JOIN incidents i ON i.case_id = c.id AND i.holds AND i.state <> 'closed'
		WHERE c.outcome IS NULL AND (c.training_body = @id OR c.evaluation_body = @id) ORDER BY class_id, c.id`,
		map[string]any{"id": institutionID, "training": contract.TrainingTask}).Scan(&all).Error
	return all, found(err, "read the open cases of an institution")
}
