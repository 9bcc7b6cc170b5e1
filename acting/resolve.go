package acting

import (
	"errors"
	"slices"

	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/issuing"
	"github.com/dengpan/dengpan/store"
)

// Resolve asks for the resolution of an incident: of a case that is stuck, or of a finding, which holds up none and is
// resolved at once. It is idempotent by the resolution's id. One that has an approval already, because it is a part of what
// was approved as a whole, needs none of its own.
func (d Desk) Resolve(tx *store.Tx, r store.Resolution, legalBasis string) (Asked, error) {
	known, err := tx.Resolution(r.ID)
	if err == nil {
		return Asked{Resolution: &known}, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return Asked{}, err
	}
	i, err := tx.Incident(r.IncidentID)
	if err != nil {
		return Asked{}, err
	}
	var f *File
	if i.Holds { // a case is locked before its incident, by everybody
		if f, err = d.Open(tx, i.CaseID); err != nil {
			return Asked{}, err
		}
	}
	if i, err = tx.LockIncident(r.IncidentID); err != nil {
		return Asked{}, err
	}
	if err := Resolvable(i, r.Verb); err != nil {
		return Asked{}, err
	}
	if f != nil && f.PausedAt != nil {
		return Asked{}, ErrPaused
	}
	a := Asking{Verb: r.Verb, Reason: r.Reason, LegalBasis: legalBasis, By: r.RequestedBy, At: r.RequestedAt}
	switch {
	case f != nil && (r.ApprovalID != nil || r.BatchID != nil):
		if refusal, err := f.refusesResolution(i, r); err != nil {
			return Asked{}, err
		} else if refusal != "" {
			return Asked{}, &NotPossibleError{refusal}
		}
		item, err := tx.InsertResolution(i, r)
		return Asked{Resolution: &r, Incident: &i, Item: item}, err
	case f != nil:
		return f.askResolution(i, a, r)
	case r.Verb.NeedsApproval() && r.ApprovalID == nil && r.BatchID == nil:
		return askFinding(tx, i, a, r)
	}
	return Asked{Resolution: &r, Incident: &i}, resolveFinding(tx, i, r)
}

// Resolvable says whether an incident can be resolved by a verb now.
func Resolvable(i store.Incident, verb contract.Verb) error {
	switch {
	case i.State == store.IncidentClosed:
		return ErrClosed
	case i.State == store.IncidentResolving:
		return ErrResolving
	case !i.Cause.Allows(verb):
		return ErrNotAllowed
	}
	return nil
}

// askFinding asks for the resolution of an incident that holds up no case, on which a second person decides.
func askFinding(tx *store.Tx, i store.Incident, a Asking, r store.Resolution) (Asked, error) {
	approval := a.approval()
	approval.IncidentID, r.ApprovalID = &i.ID, &approval.ID
	err := tx.InsertApproval(approval)
	if store.Constraint(err) == "approvals_one_pending_incident" {
		err = ErrOpen
	}
	if err != nil {
		return Asked{}, err
	}
	return Asked{Resolution: &r, Incident: &i, Approval: &approval}, tx.InsertResolutionToApprove(r)
}

// resolveFinding does what was decided about an incident that holds up no case. What a second person was to decide about it
// is overtaken.
func resolveFinding(tx *store.Tx, i store.Incident, r store.Resolution) error {
	if open, err := tx.ApprovalOfIncident(i.ID); err != nil {
		return err
	} else if open != nil {
		if err := tx.Overtake(*open, r.RequestedAt); err != nil {
			return err
		}
	}
	if err := tx.ResolveFinding(r); err != nil {
		return err
	}
	if i.CertificateID == nil || !slices.Contains(contract.CompletionCauses(), i.Cause) {
		return nil
	}
	if r.Verb == contract.Cancel {
		_, _, err := issuing.Cancel(tx, *i.CertificateID, r.Reason, r.RequestedAt)
		return err
	}
	return tx.StartIssuance(*i.CertificateID)
}
