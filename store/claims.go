package store

import (
	"time"

	"gorm.io/gorm"
)

// CaseGroup is the cases that one thing is the matter with: those of the incidents that a filter picks, or those behind an
// institution's endpoint.
type CaseGroup struct {
	Incidents        IncidentFilter
	BehindEndpointOf string
	Within           Within
}

// ids picks the ids of a group's cases.
func (g CaseGroup) ids(tx *Tx) *gorm.DB {
	if g.BehindEndpointOf != "" {
		return tx.untoldOf(g.BehindEndpointOf, g.Within).Select("id")
	}
	return g.Incidents.pick(tx.db.Model(&Incident{})).Where("case_id IS NOT NULL").Select("case_id")
}

// ClaimGroup puts an operator in charge of the cases of a group that nobody is in charge of, and says how many they are. It
// sets them all at once and opens no file of theirs: nothing that a case goes by depends on it.
func (tx *Tx) ClaimGroup(g CaseGroup, by string, at time.Time) (int, error) {
	res := tx.db.Exec(`UPDATE cases SET assignee = ?, assigned_at = ? WHERE id IN (
		SELECT id FROM cases WHERE assignee IS NULL AND outcome IS NULL AND id IN (?) ORDER BY id FOR NO KEY UPDATE)`, by, at, g.ids(tx))
	return int(res.RowsAffected), found(res.Error, "claim a group's cases")
}

// ReleaseGroup takes an operator out of charge of the cases of a group, and says how many they were.
func (tx *Tx) ReleaseGroup(g CaseGroup, by string) (int, error) {
	res := tx.db.Exec(`UPDATE cases SET assignee = NULL, assigned_at = NULL WHERE id IN (
		SELECT id FROM cases WHERE assignee = ? AND id IN (?) ORDER BY id FOR NO KEY UPDATE)`, by, g.ids(tx))
	return int(res.RowsAffected), found(res.Error, "release a group's cases")
}

// Charge is how many cases of a group somebody is in charge of, and how many of those are one operator's.
type Charge struct {
	Cases, Claimed, Mine int
}

// GroupCharge counts who is in charge of a group's cases.
func (tx *Tx) GroupCharge(g CaseGroup, mine string) (Charge, error) {
	var charge Charge
	err := tx.db.Raw(`SELECT count(*) AS cases, count(assignee) AS claimed, count(*) FILTER (WHERE assignee = ?) AS mine
		FROM cases WHERE id IN (?)`, mine, g.ids(tx)).Scan(&charge).Error
	return charge, found(err, "count who is in charge of a group's cases")
}
