package store

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/dengpan/dengpan/contract"
)

// Findings are incidents that hold up no case: what is found about a certificate, or about a channel that certificates are
// published on. Each closes by itself when it is no longer found, or when an operator accepts it.

// ClosedByVanishing is how a finding closes that is no longer found.
const ClosedByVanishing = "vanishing"

// OpenFinding opens an incident that holds up no case, unless one of the same cause, certificate, channel and
// workflow is open already: fresh says whether it is new. Its parameters are those of the first.
func (tx *Tx) OpenFinding(about Incident, at time.Time) (id string, fresh bool, err error) {
	about.ID, about.Kind, about.State, about.OpenedAt = uuid.NewString(), about.Cause.Kind(), IncidentOpen, at
	about.Holds = false
	if about.Params == nil {
		about.Params = map[string]any{}
	}
	const same = "cause = ? AND coalesce(certificate_id::text, '') = ? AND channel = ? AND workflow_id = ? AND NOT holds AND state <> 'closed'"
	certificate := ""
	if about.CertificateID != nil {
		certificate = *about.CertificateID
	}
	res := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&about)
	if res.Error != nil {
		return "", false, fmt.Errorf("write a finding: %w", res.Error)
	}
	if res.RowsAffected == 1 {
		return about.ID, true, nil
	}
	var there Incident
	err = tx.db.Take(&there, same, about.Cause, certificate, about.Channel, about.WorkflowID).Error
	return there.ID, false, found(err, "read a finding")
}

// CloseFindings closes the open incidents of a cause that hold up no case: of a certificate, or of none when it is nil, and
// of a channel. It says how many there were.
func (tx *Tx) CloseFindings(cause contract.Cause, certificateID *string, channel, by string, at time.Time) (int64, error) {
	q := tx.db.Model(&Incident{}).Where("cause = ? AND channel = ? AND NOT holds AND state <> ?", cause, channel, IncidentClosed)
	if certificateID == nil {
		q = q.Where("certificate_id IS NULL")
	} else {
		q = q.Where("certificate_id = ?", *certificateID)
	}
	res := q.Updates(map[string]any{"state": IncidentClosed, "closed_at": at, "closed_by": by})
	return res.RowsAffected, found(res.Error, "close findings")
}

// ResolveFinding writes what an operator decided about an incident that holds up no case, which closes it. What it is about is
// done again, if that is what was decided.
func (tx *Tx) ResolveFinding(r Resolution) error {
	r.Outcome = ResolutionApplied
	// One that a second person approved was written when it was asked for.
	if err := tx.db.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, DoUpdates: clause.AssignmentColumns([]string{"outcome"})}).
		Create(&r).Error; err != nil {
		return fmt.Errorf("write a resolution: %w", err)
	}
	res := tx.db.Model(&Incident{}).Where("id = ? AND NOT holds AND state = ?", r.IncidentID, IncidentOpen).
		Updates(map[string]any{"state": IncidentClosed, "closed_at": r.RequestedAt, "closed_by": ClosedByResolution})
	if res.Error != nil || res.RowsAffected == 0 || r.Verb != contract.Retry {
		return found(res.Error, "close a finding")
	}
	about, err := tx.Incident(r.IncidentID)
	if err != nil {
		return err
	}
	if about.Cause == contract.ActivityFailing {
		return tx.retryExecution(about, r)
	}
	return tx.retryPublication(about, r.RequestedAt)
}
