package api

import (
	"context"
	"errors"

	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/store"
)

type claimsInput struct {
	NumberedInput

	State string `query:"state" enum:"asked,proposed,agreed,refused,withdrawn"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type claimsOutput struct {
	Body struct {
		Claims []PersonClaimView `json:"claims" doc:"The latest first."`
		Total  *int64            `json:"total,omitempty" doc:"Of a page that was asked for by its number: how many there are."`
	}
}

// listClaims lists who says that they are somebody whom another account is.
func (s *service) listClaims(ctx context.Context, in *claimsInput) (*claimsOutput, error) {
	r, out := requestOf(ctx), &claimsOutput{}
	tx, filter := s.Store.Read(ctx), store.ClaimFilter{State: in.State, Numbered: store.Numbered{Page: in.Page}, Limit: in.Limit}
	var err error
	if out.Body.Total, err = in.total(&filter.Limit, func() (int64, error) { return tx.CountClaims(in.State) }); err != nil {
		return nil, err
	}
	rows, err := tx.Claims(filter)
	if err != nil {
		return nil, err
	}
	rows = rows[:min(len(rows), in.Limit)]
	out.Body.Claims = make([]PersonClaimView, len(rows))
	for i, c := range rows {
		out.Body.Claims[i] = reader{lang: r.lang}.claim(c, true)
	}
	return out, nil
}

type claimDetail struct {
	Body struct {
		PersonClaimView

		NameGiven    string         `json:"name_given" doc:"As who claims gave it."`
		NameRecorded string         `json:"name_recorded" doc:"As the record has it."`
		IDType       coded          `json:"id_type"`
		IDNumber     string         `json:"id_number" doc:"Masked."`
		Text         string         `json:"text" doc:"What who claims says."`
		Files        []evidenceView `json:"files" doc:"Images of the document."`
		Cases        []CaseSummary  `json:"cases" doc:"What stands in the person's name."`
		Held         bool           `json:"held" doc:"Another account is the person now."`
		Mine         bool           `json:"mine" doc:"The reader proposed it: another decides."`
	}
}

// getClaim shows what is to be compared. Names are shown as they are, and that they were read is written down.
func (s *service) getClaim(ctx context.Context, in *idInput) (*claimDetail, error) {
	r, out := requestOf(ctx), &claimDetail{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.Claim(in.ID)
		if err != nil {
			return err
		}
		v, b := reader{lang: r.lang}, &out.Body
		b.PersonClaimView = v.claim(c, true)
		b.Mine = c.ProposedBy != nil && *c.ProposedBy == r.account.ID
		person, err := tx.Person(c.PersonID)
		if err != nil {
			return err
		}
		if b.NameRecorded, err = people.Name(s.Keys, person); err != nil {
			return err
		}
		number, err := people.Number(s.Keys, person)
		if err != nil {
			return err
		}
		b.IDType, b.IDNumber = v.coded("id_type", person.IDType), maskDocument(person.IDType, number)
		for purpose, said := range map[string]*string{store.ClaimNameSeal(c.ID): &b.NameGiven, store.ClaimTextSeal(c.ID): &b.Text} {
			sealed := c.NameSealed
			if said == &b.Text {
				sealed = c.TextSealed
			}
			plain, err := s.Keys.Open(sealed, purpose)
			if err != nil {
				return err
			}
			*said = string(plain)
		}
		belongings, err := tx.BelongingsOf(c.PersonID)
		if err != nil {
			return err
		}
		b.Held = belongings.Account != nil && belongings.Account.ID != c.AccountID
		if b.Cases, err = summaries(tx, r, belongings.Cases); err != nil {
			return err
		}
		if b.Files, err = s.filedAbout(tx, r, store.AboutClaim, c.ID); err != nil {
			return err
		}
		return s.audit(tx, r, "person.claim_read", personSubject(c.PersonID), "", map[string]any{"claim": c.ID})
	})
	return out, err
}

// decideClaim proposes what to decide; or it decides, as the second person. What is agreed to holds when this answers: the person, and
// all that stands in their name, is the claiming account's, and the other account's no more.
func (s *service) decideClaim(ctx context.Context, in *idBodyInput) (*personClaimOutput, error) {
	r, out := requestOf(ctx), &personClaimOutput{}
	body, found, err := s.claims.decision.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	if err := found.err(); err != nil {
		return nil, err
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.LockClaim(in.ID)
		if err != nil {
			return err
		}
		if err := s.mayActOn(tx, r.account, c.PersonID); err != nil {
			return err
		}
		step, at := "propose", s.moment()
		switch {
		case c.State == store.ClaimAsked && body.Agrees:
			if err := hasDocument(tx, c); err != nil {
				return err
			}
			fallthrough
		case c.State == store.ClaimAsked:
			c.State, c.Agrees, c.Reason, c.ProposedBy, c.ProposedAt = store.ClaimProposed, &body.Agrees, reason, &r.account.ID, &at
		case c.State != store.ClaimProposed:
			return problem(requestDecided)
		case *c.ProposedBy == r.account.ID:
			return problem(otherPersonNeeded)
		case *c.Agrees != body.Agrees:
			step = "decline"
			c.State, c.Agrees, c.Reason, c.ProposedBy, c.ProposedAt = store.ClaimAsked, nil, "", nil, nil
		default:
			step = "decide"
			if err := s.settleClaim(tx, &c, r.account.ID); err != nil {
				return err
			}
		}
		out.Body = reader{lang: r.lang}.claim(c, true)
		if err := tx.SaveClaim(c); err != nil {
			return err
		}
		return s.audit(tx, r, "person.claim_"+step, personSubject(c.PersonID), reason, map[string]any{"claim": c.ID, "agrees": body.Agrees})
	})
	if err != nil {
		return nil, refusedByConstraint(err)
	}
	return out, nil
}

// hasDocument refuses to say that a person is theirs without having seen an image of their document.
func hasDocument(tx *store.Tx, c store.PersonClaim) error {
	files, err := tx.FiledEvidence(store.EvidenceFilter{SubjectKind: store.AboutClaim, SubjectID: c.ID, State: store.EvidenceComplete, Limit: 1})
	if err == nil && len(files) == 0 {
		err = problem(validationFailed, FieldError{Field: "agrees", Code: fieldNoDocument})
	}
	return err
}

// settleClaim carries out what two agreed on.
func (s *service) settleClaim(tx *store.Tx, c *store.PersonClaim, by string) error {
	at := s.moment()
	c.DecidedBy, c.DecidedAt, c.State = &by, &at, store.ClaimRefused
	if !*c.Agrees {
		return nil
	}
	c.State = store.ClaimAgreed
	claimant, err := tx.Account(c.AccountID)
	if err != nil {
		return err
	}
	if claimant.PersonID != nil || claimant.State != store.AccountActive {
		return problem(accountBound)
	}
	held, err := tx.AccountOfPerson(c.PersonID)
	switch {
	case err == nil:
		c.HeldBy = &held.ID
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	return tx.MovePerson(c.PersonID, c.HeldBy, c.AccountID)
}
