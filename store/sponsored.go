package store

import (
	"time"

	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/progress"
)

// SponsoredPlace is a case's place in a class that an employer sponsors, and the consent that the employer sees how it goes.
type SponsoredPlace struct {
	CaseID         string `gorm:"primaryKey"`
	ClassID        string
	Way            string
	ConsentVersion string
	GivenBy        string
	GivenAt        time.Time
	WithdrawnAt    *time.Time // since when the employer sees nothing of it
}

// How somebody came to a sponsored class.
const (
	ByCode   = "code"
	ByIntake = "intake"
)

// InsertSponsoredPlace writes a case's place. What the schema refuses has a name: class_not_agreed, class_closed,
// class_other_target, class_full.
func (tx *Tx) InsertSponsoredPlace(p SponsoredPlace) error {
	return found(tx.db.Create(&p).Error, "write a place in a sponsored class")
}

// SponsoredPlace reads a case's place in a sponsored class; ErrNotFound when it has none.
func (tx *Tx) SponsoredPlace(caseID string) (SponsoredPlace, error) {
	var p SponsoredPlace
	err := tx.db.Take(&p, "case_id = ?", caseID).Error
	return p, found(err, "read a place in a sponsored class")
}

// LockSponsoredPlace is SponsoredPlace, held until the transaction ends.
func (tx *Tx) LockSponsoredPlace(caseID string) (SponsoredPlace, error) {
	var p SponsoredPlace
	err := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Take(&p, "case_id = ?", caseID).Error
	return p, found(err, "lock a place in a sponsored class")
}

// HideFromSponsor notes that a case's person consents no more that the sponsor sees how it goes.
func (tx *Tx) HideFromSponsor(caseID string, at time.Time) error {
	err := tx.db.Model(&SponsoredPlace{}).Where("case_id = ? AND withdrawn_at IS NULL", caseID).Update("withdrawn_at", at).Error
	return found(err, "withdraw a consent")
}

// SponsoredPlaces reads the places of a class in the order in which they were given, from one of them on; total is how many
// there are.
func (tx *Tx) SponsoredPlaces(classID string, from, limit int) (places []SponsoredPlace, total int64, err error) {
	if err := tx.db.Model(&SponsoredPlace{}).Where("class_id = ?", classID).Count(&total).Error; err != nil {
		return nil, 0, found(err, "count the places of a sponsored class")
	}
	err = tx.db.Order("given_at, case_id").Offset(from).Limit(limit).Find(&places, "class_id = ?", classID).Error
	return places, total, found(err, "read the places of a sponsored class")
}

// SponsoredTaken counts the places of sponsored classes that are taken: by cases that have not ended without their training.
func (tx *Tx) SponsoredTaken(classIDs []string) (map[string]int, error) {
	var rows []struct {
		ClassID string
		Taken   int
	}
	if len(classIDs) > 0 {
		err := tx.db.Raw(`SELECT p.class_id, count(*) AS taken FROM sponsored_places p JOIN cases c ON c.id = p.case_id
			WHERE p.class_id IN ? AND (c.ended_at IS NULL OR c.outcome NOT IN ?) GROUP BY 1`, classIDs,
			[]progress.Outcome{progress.Rejected, progress.Withdrawn, progress.Untrained}).Scan(&rows).Error
		if err != nil {
			return nil, found(err, "count the places that are taken")
		}
	}
	taken := make(map[string]int, len(rows))
	for _, row := range rows {
		taken[row.ClassID] = row.Taken
	}
	return taken, nil
}

// CertificatesOfCases reads the latest certificate of a kind of each case that has one.
func (tx *Tx) CertificatesOfCases(kind string, caseIDs []string) (map[string]Certificate, error) {
	var rows []Certificate
	if len(caseIDs) > 0 {
		err := tx.db.Raw(`SELECT DISTINCT ON (case_id) * FROM certificates WHERE kind = ? AND case_id IN ? AND `+public+`
			ORDER BY case_id, recorded_at DESC`, kind, caseIDs).Scan(&rows).Error
		if err != nil {
			return nil, found(err, "read the certificates of cases")
		}
	}
	latest := make(map[string]Certificate, len(rows))
	for _, row := range rows {
		if row.CaseID != nil {
			latest[*row.CaseID] = row
		}
	}
	return latest, nil
}
