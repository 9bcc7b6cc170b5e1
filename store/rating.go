package store

import (
	"encoding/json"
	"fmt"
	"time"
)

// CourseRating is what a trainee thought of the training that they completed. Who it was is read by nobody but themselves.
type CourseRating struct {
	CaseID        string `gorm:"primaryKey"`
	InstitutionID string // that trained them
	Score         int
	Remarks       json.RawMessage `gorm:"type:jsonb"`
	RatedAt       time.Time
}

// InsertRating writes a rating, once a case.
func (tx *Tx) InsertRating(r CourseRating) error {
	if err := tx.db.Create(&r).Error; err != nil {
		return fmt.Errorf("write a rating: %w", err)
	}
	return nil
}

// RatingOf reads the rating of a case's training; ErrNotFound when it was not rated.
func (tx *Tx) RatingOf(caseID string) (CourseRating, error) {
	var r CourseRating
	err := tx.db.Take(&r, "case_id = ?", caseID).Error
	return r, found(err, "read a rating")
}
