package supervision

import (
	"errors"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/directory"
	"github.com/dengpan/dengpan/store"
)

// Answer is what the institution says of a finding: how it was put right. One that was escalated stays so.
func (d Desk) Answer(id, words, evidence string) (store.Inspection, error) {
	i, f, err := d.finding(id, store.FindingOpen, store.FindingEscalated)
	if err != nil {
		return i, err
	}
	if f.State == store.FindingOpen {
		f.State = store.FindingAnswered
	}
	return i, errors.Join(
		d.Tx.SaveFinding(f),
		d.note(store.InspectionEntry{
			InspectionID: i.ID, FindingID: &f.ID, Kind: "answered", Actor: "institution", Words: words, Evidence: evidence,
		}),
		d.audit("finding.answer", "finding:"+id, words, map[string]any{"evidence": evidence}),
		d.tell(store.AudienceOperators, i.InstitutionID, "finding_answered", id+":"+d.At.Format("20060102150405"), map[string]any{"n": f.Number}))
}

// Accept says that a finding is put right. With the last of them the inspection is closed.
func (d Desk) Accept(id, reason string) (store.Inspection, error) {
	i, f, err := d.finding(id, store.FindingAnswered, store.FindingEscalated)
	if err != nil {
		return i, err
	}
	f.State = store.FindingAccepted
	err = errors.Join(d.Tx.SaveFinding(f), d.settled(i, f, "accepted", reason, nil))
	if err != nil {
		return i, err
	}
	all, err := d.Tx.FindingsOf(i.ID)
	if err != nil {
		return i, err
	}
	for _, other := range all {
		if other.State != store.FindingAccepted {
			return i, nil
		}
	}
	i.State = store.InspectionClosed
	return i, errors.Join(
		d.Tx.SaveInspection(i),
		d.note(store.InspectionEntry{InspectionID: i.ID, Kind: "closed", Words: reason}))
}

// Return says that an answer does not do, and by when a better one is owed.
func (d Desk) Return(id, reason string, due calendar.Date) (store.Inspection, error) {
	i, f, err := d.finding(id, store.FindingAnswered)
	if err != nil {
		return i, err
	}
	f.State, f.DueOn = store.FindingOpen, due
	return i, errors.Join(d.Tx.SaveFinding(f), d.settled(i, f, "returned", reason, &due))
}

// Extend gives the institution until a later day.
func (d Desk) Extend(id, reason string, due calendar.Date) (store.Inspection, error) {
	i, f, err := d.finding(id, store.FindingOpen, store.FindingEscalated)
	if err != nil {
		return i, err
	}
	f.DueOn = due
	return i, errors.Join(d.Tx.SaveFinding(f), d.settled(i, f, "extended", reason, &due))
}

// Escalate proposes to the city bureau that the institution be suspended because of a finding.
func (d Desk) Escalate(id, reason, legalBasis string) (store.Inspection, error) {
	i, f, err := d.finding(id, store.FindingOpen, store.FindingAnswered)
	if err != nil {
		return i, err
	}
	f.State = store.FindingEscalated
	proposal := store.SuspensionProposal{
		ID: uuid.NewString(), InstitutionID: i.InstitutionID, FindingID: f.ID, Reason: reason, LegalBasis: legalBasis,
		ProposedBy: d.Actor, ProposedAt: d.At,
	}
	if err := d.Tx.InsertProposal(proposal); err != nil {
		if store.Constraint(err) == store.ProposalOneOpen {
			err = ErrProposed
		}
		return i, err
	}
	return i, errors.Join(
		d.Tx.SaveFinding(f),
		d.settled(i, f, "escalated", reason, nil),
		d.tell(store.AudienceOperators, i.InstitutionID, "suspension_proposed", proposal.ID, nil))
}

// settled notes what was decided on a finding, and tells the institution.
func (d Desk) settled(i store.Inspection, f store.Finding, how, reason string, due *calendar.Date) error {
	return errors.Join(
		d.note(store.InspectionEntry{InspectionID: i.ID, FindingID: &f.ID, Kind: how, Words: reason, DueOn: due}),
		d.audit("finding."+how, "finding:"+f.ID, reason, map[string]any{"due_on": f.DueOn, "state": f.State}),
		d.tell(store.AudienceInstitution, i.InstitutionID, "finding_"+how, f.ID+":"+d.At.Format("20060102150405"), map[string]any{"n": f.Number}))
}

// Decide approves or rejects a proposal to suspend an institution. Who made it has no say in it. What is approved is a
// suspension like any other: an institution that is suspended already stays so for the reason that it is.
func (d Desk) Decide(id string, approve bool, reason string, until *calendar.Date) (store.SuspensionProposal, error) {
	p, err := d.Tx.LockProposal(id)
	switch {
	case err != nil:
		return p, err
	case p.State != store.ProposalOpen:
		return p, ErrDecided
	case p.ProposedBy == d.Actor:
		return p, ErrOwn
	}
	p.State, p.DecidedBy, p.DecidedAt, p.DecisionReason = store.ProposalRejected, &d.Actor, &d.At, reason
	action := "suspension.reject"
	if approve {
		p.State, action = store.ProposalApproved, "suspension.approve"
		_, err := d.directory().Suspend(p.InstitutionID, directory.Terms{Reason: p.Reason, LegalBasis: p.LegalBasis, PlannedUntil: until})
		if err != nil {
			return p, err
		}
	}
	return p, errors.Join(d.Tx.SettleProposal(p), d.audit(action, "suspension_proposal:"+id, reason, map[string]any{"institution": p.InstitutionID}))
}
