package api

import (
	"context"
	"errors"
	"slices"

	"github.com/dengpan/dengpan/acting"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/identity"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/petition"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/remedy"
	"github.com/dengpan/dengpan/store"
)

// What a trainee asked for and the bureau agreed to is carried out by what operators do anyhow: the case is given to another training
// body, or a certificate is corrected and the person's record with it. Such an act names the request; that it does is written with it.

// carriesMove writes that an act on a case carries out its trainee's request for another training body, if it names one.
func (s *service) carriesMove(tx *store.Tx, r *request, petitionID, caseID string, asked acting.Asked) error {
	if petitionID == "" {
		return nil
	}
	c, err := tx.Case(caseID)
	if err != nil {
		return err
	}
	if store.RoleIn(c.Stage) != policy.RoleTraining { // its evaluation body would be another
		return petition.ErrNotCarried
	}
	carrying := store.PetitionCarrying{PetitionID: petitionID}
	if asked.Act != nil {
		carrying.ActID = &asked.Act.ID
	} else {
		carrying.ResolutionID = &asked.Resolution.ID
	}
	return s.carries(tx, r, store.PetitionBodyMove, caseID, carrying)
}

// carriesCorrection writes that the correction of a certificate carries out its holder's request, if it names one.
func (s *service) carriesCorrection(tx *store.Tx, r *request, petitionID string, asked store.CertificateRequest) error {
	if petitionID == "" {
		return nil
	}
	c, err := tx.Certificate(asked.CertificateID)
	if err != nil {
		return err
	}
	return s.carries(tx, r, store.PetitionIdentity, deref(c.CaseID), store.PetitionCarrying{PetitionID: petitionID, RequestID: &asked.ID})
}

func (s *service) carries(tx *store.Tx, r *request, kind, caseID string, c store.PetitionCarrying) error {
	c.CarriedBy, c.CarriedAt = r.account.ID, s.moment()
	p, err := s.petitioning().Carry(tx, r.account, kind, caseID, c)
	if err != nil {
		return err
	}
	return s.auditPetition(tx, r, "carry_out", p, "")
}

// recordBody corrects whom the record says a trainee is. What is left out stays.
type recordBody struct {
	Name     string `json:"name,omitempty" maxLength:"200"`
	IDNumber string `json:"id_number,omitempty" maxLength:"64" doc:"Of the document that the person is known by."`
	Evidence string `json:"evidence" minLength:"1" maxLength:"500" doc:"What it rests on."`
}

// correctRecord carries out a request for a correction of somebody who holds no certificate yet: nothing has to be issued anew, so the
// record is corrected at once. Who agreed to the request is one person, and who does this another.
func (s *service) correctRecord(ctx context.Context, in *idBodyInput) (*petitionOutput, error) {
	body, found, err := s.petitions.record.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	evidence := textIn(found, "evidence", body.Evidence)
	proposal := remedy.Proposal{}
	if body.Name == "" && body.IDNumber == "" {
		found.add(whole, fieldRequired)
	}
	if body.Name != "" {
		proposal.Name, err = identity.ParseName(body.Name)
		if fault, wrong := errors.AsType[identity.Fault](err); wrong {
			found.add("name", string(fault))
		}
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	return s.petitionStep(ctx, "carry_out", evidence, func(tx *store.Tx, r *request) (store.Petition, []store.InboxItem, error) {
		p, err := tx.Petition(in.ID)
		switch {
		case err != nil:
			return p, nil, err
		case p.Kind != store.PetitionIdentity:
			return p, nil, petition.ErrState
		case p.AnsweredBy != nil && *p.AnsweredBy == r.account.ID:
			return p, nil, petition.ErrSame
		}
		f, err := tx.OpenCase(*p.CaseID)
		if err != nil {
			return p, nil, err
		}
		held, err := tx.CertificatesOfPerson(p.PersonID)
		if err != nil {
			return p, nil, err
		}
		if slices.ContainsFunc(held, holds) {
			return p, nil, problem(certificatesHeld)
		}
		person, err := tx.Person(p.PersonID)
		if err != nil {
			return p, nil, err
		}
		if body.IDNumber != "" {
			document, err := identity.ParseDocumentOn(people.DocumentType(person.IDType), body.IDNumber, calendar.Real().Today(s.Now()))
			if fault, wrong := errors.AsType[identity.Fault](err); wrong {
				return p, nil, problem(validationFailed, FieldError{Field: "id_number", Code: string(fault)})
			}
			proposal.IDNumber = document.Number()
		}
		at := s.moment()
		p, err = s.petitioning().Carry(tx, r.account, store.PetitionIdentity, deref(p.CaseID), store.PetitionCarrying{
			PetitionID: p.ID, CarriedBy: r.account.ID, CarriedAt: at,
		})
		if err != nil {
			return p, nil, err
		}
		err = s.mending().CorrectRecord(tx, remedy.Record{
			PersonID: p.PersonID, Document: person.IDType, Proposal: proposal, By: r.account.ID, Reason: evidence, At: at,
		})
		if errors.Is(err, remedy.ErrTaken) {
			err = problem(personClaimed)
		}
		if err != nil {
			return p, nil, err
		}
		f.Note(f.Stage, "identity_corrected", store.ActorOperator, nil)
		return p, nil, f.Save()
	})
}

// toCorrect lists the certificates that say whom a trainee is whose record is to be corrected, to who may do that.
func toCorrect(tx *store.Tx, r *request, p store.Petition, steps []petitionStepOption) ([]certificateBrief, error) {
	carries := func(o petitionStepOption) bool { return o.Step == "carrying_out" }
	if p.Kind != store.PetitionIdentity || !slices.ContainsFunc(steps, carries) {
		return nil, nil
	}
	all, err := tx.CertificatesOfPerson(p.PersonID)
	var held []certificateBrief
	for _, c := range all {
		if certificate.Correction.Of(c.Status) {
			held = append(held, reader{lang: r.lang}.certificateBrief(c))
		}
	}
	return held, err
}

// holds reports whether a certificate says whom it is made out to: it holds, or is about to.
func holds(c store.Certificate) bool {
	return c.Status == store.CertificateValid || c.Status == store.CertificateSuspended || c.Status == store.CertificatePrepared
}
