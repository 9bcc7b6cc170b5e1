package petition

import (
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

// askCheck asks the training body to see a document of which the register could not say whose it is. Of whom nobody doubts it
// there is nothing to ask. What waits for it in the case waits for the training body from then on.
func (d Desk) askCheck(tx *store.Tx, f *store.CaseFile, p store.Petition, text string) (store.Petition, error) {
	check, err := tx.LastIdentityCheck(p.PersonID)
	if err != nil {
		return p, err
	}
	if !check.Unverified() {
		return p, ErrState
	}
	if p, err = d.put(tx, p, text); err != nil {
		return p, err
	}
	looks := progress.Party{Kind: progress.ByInstitution, ID: f.TrainingBody}
	if err := f.Awaits(looks, contract.IdentityUnverified); err != nil {
		return p, err
	}
	return p, f.Save()
}

// shownAgain has what waits for a check wait for the trainee again, once nobody is asked to look and nobody said who they are.
func (o *opened) shownAgain() error {
	if o.Kind != store.PetitionCheck || o.State == store.PetitionAsked || o.Outcome == store.IdentityVerified {
		return nil
	}
	return o.file.Awaits(progress.Party{Kind: progress.ByTrainee}, contract.IdentityUnverified)
}

// documented refuses to say of somebody who they are without having seen an image of their document.
func (o *opened) documented(outcome string) error {
	if o.Kind != store.PetitionCheck || outcome != store.IdentityVerified {
		return nil
	}
	seen, err := o.tx.FiledEvidence(store.EvidenceFilter{SubjectKind: store.AboutPetition, SubjectID: o.ID, State: store.EvidenceComplete, Limit: 1})
	if err == nil && len(seen) == 0 {
		err = ErrNoDocument
	}
	return err
}

// Settle carries out the answer to a check: it holds of the person from then on, and what waited for it goes on if they are who they
// say. It lists what is told to their cases.
func (d Desk) Settle(tx *store.Tx, p store.Petition, by string, at time.Time) ([]store.InboxItem, error) {
	if p.Kind != store.PetitionCheck || p.State != store.PetitionAnswered {
		return nil, nil
	}
	err := tx.InsertIdentityCheck(store.IdentityCheck{PersonID: p.PersonID, Outcome: p.Outcome, PetitionID: &p.ID, CheckedAt: at})
	if err != nil || p.Outcome != store.IdentityVerified {
		return nil, err
	}
	waiting, err := tx.LockIncidentsOf(p.PersonID, contract.IdentityUnverified)
	if err != nil {
		return nil, err
	}
	items := make([]store.InboxItem, len(waiting))
	for i, incident := range waiting {
		items[i], err = tx.InsertResolution(incident, store.Resolution{
			ID: uuid.NewString(), IncidentID: incident.ID, Verb: contract.Retry, Reason: "identity.verified", RequestedBy: by, RequestedAt: at,
		})
		if err != nil {
			return nil, err
		}
	}
	return items, nil
}
