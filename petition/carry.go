package petition

import (
	"slices"

	"github.com/dengpan/dengpan/store"
)

// What is agreed to and then carried out.
var carried = []string{store.PetitionIdentity, store.PetitionBodyMove}

// Agreed reports whether a petition was agreed to, and is something that is then carried out.
func Agreed(p store.Petition) bool {
	return p.State == store.PetitionAnswered && p.Outcome == "agreed" && slices.Contains(carried, p.Kind)
}

// Carry writes what carries out a petition of a kind about a case. It is agreed to, neither done nor on its way, and the account's.
func (d Desk) Carry(tx *store.Tx, account store.Account, kind, caseID string, c store.PetitionCarrying) (store.Petition, error) {
	p, err := tx.LockPetition(c.PetitionID)
	switch {
	case err != nil:
		return p, err
	case p.Kind != kind || p.CaseID == nil || *p.CaseID != caseID:
		return p, ErrNotCarried
	case !Handles(p, account):
		return p, ErrNotHandler
	case !Agreed(p):
		return p, ErrState
	}
	last, err := tx.Carryings([]string{p.ID})
	if err != nil {
		return p, err
	}
	if was, is := last[p.ID]; is && (was.Done() || was.OnItsWay()) {
		return p, ErrState
	}
	return p, tx.CarryPetition(c)
}
