package store

import (
	"time"

	"github.com/google/uuid"
)

// PetitionCarrying is what carries out a request that was agreed to: an act on its case, the resolution of what that is stuck on, or
// the correction of a certificate. With none of them the person's record was corrected at once.
type PetitionCarrying struct {
	ID           string
	PetitionID   string
	ActID        *string
	ResolutionID *string
	RequestID    *string
	CarriedBy    string
	CarriedAt    time.Time

	// Became is how far that is: the state of the act, the resolution or the request.
	Became string `gorm:"->"`
}

// TableName is the table of what carries requests out.
func (PetitionCarrying) TableName() string { return "petition_carryings" }

// CarryPetition writes what carries a request out.
func (tx *Tx) CarryPetition(c PetitionCarrying) error {
	c.ID = uuid.NewString()
	return found(tx.db.Create(&c).Error, "carry a petition out")
}

// Carryings reads what last carried requests out, by request.
func (tx *Tx) Carryings(petitionIDs []string) (map[string]PetitionCarrying, error) {
	var rows []PetitionCarrying
	if len(petitionIDs) > 0 {
		err := tx.db.Raw(`SELECT DISTINCT ON (k.petition_id) k.*, coalesce(a.state, r.outcome, q.state, 'applied') AS became
			FROM petition_carryings k LEFT JOIN acts a ON a.id = k.act_id LEFT JOIN resolutions r ON r.id = k.resolution_id
			LEFT JOIN certificate_requests q ON q.id = k.request_id
			WHERE k.petition_id IN ? ORDER BY k.petition_id, k.carried_at DESC, k.id`, petitionIDs).Scan(&rows).Error
		if err != nil {
			return nil, found(err, "read what carries petitions out")
		}
	}
	return keyed(rows, func(r PetitionCarrying) string { return r.PetitionID }), nil
}

// Done reports whether it was carried out.
func (c PetitionCarrying) Done() bool { return c.Became == ActApplied || c.Became == RequestApproved }

// OnItsWay reports whether it is to be seen what becomes of it.
func (c PetitionCarrying) OnItsWay() bool {
	return c.Became == ActPending || c.Became == ActAwaiting || c.Became == RequestOpen
}
