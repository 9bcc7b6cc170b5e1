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
	NotOf            []string // people whose cases nobody is put in charge of
}

// ids picks the ids of a group's cases.
func (g CaseGroup) ids(tx *Tx) *gorm.DB {
	if g.BehindEndpointOf != "" {
		return tx.untoldOf(g.BehindEndpointOf, g.Within).Select("id")
	}
	return g.Incidents.pick(tx.db.Model(&Incident{})).Where("case_id IS NOT NULL").Select("case_id")
}

// ClaimGroup puts an operator in charge of the cases of a group that nobody is in charge of, and says how many they are.
func (tx *Tx) ClaimGroup(g CaseGroup, by, reason string, at time.Time) (int, error) {
	free := tx.db.Where("assignee IS NULL AND outcome IS NULL AND id IN (?)", g.ids(tx))
	if len(g.NotOf) > 0 {
		free = free.Where("person_id NOT IN ?", g.NotOf)
	}
	return tx.handOver(free, CaseAssignment{Assignee: &by, AssignedBy: by, AssignedAt: at, Reason: reason})
}

// ReleaseGroup takes an operator out of charge of the cases of a group, and says how many they were.
func (tx *Tx) ReleaseGroup(g CaseGroup, by, reason string, at time.Time) (int, error) {
	theirs := tx.db.Where("assignee = ? AND id IN (?)", by, g.ids(tx))
	return tx.handOver(theirs, CaseAssignment{AssignedBy: by, AssignedAt: at, Reason: reason})
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
