package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/acting"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/registering"
	"github.com/dengpan/dengpan/store"
)

// resolutionBody is what an operator decides about an incident.
type resolutionBody struct {
	Verb        string         `json:"verb" enum:"retry,override,reassign,extend,correct,cancel"`
	Reason      string         `json:"reason" minLength:"1" maxLength:"500" doc:"Kept with the operator's name."`
	Institution string         `json:"institution,omitempty" maxLength:"64" doc:"To reassign to."`
	Days        int            `json:"days,omitempty" minimum:"1" maximum:"365" doc:"To extend by, from now."`
	Applicant   *applicantBody `json:"applicant,omitempty" doc:"To correct the facts to, all of them."`
	Evidence    string         `json:"evidence,omitempty" maxLength:"1000" doc:"What an override rests on."`
	LegalBasis  string         `json:"legal_basis,omitempty" maxLength:"500" doc:"To override or cancel: the text that it rests on. A second person decides."`
}

type resolveOutput struct {
	Status int
	Body   struct {
		IncidentID    string         `json:"incident_id"`
		IncidentState string         `json:"incident_state" enum:"open,resolving,closed"`
		Applied       bool           `json:"applied"`
		Resolution    resolutionView `json:"resolution"`
		Approval      *ApprovalView  `json:"approval,omitempty" doc:"What the second person decides on."`
	}
}

// resolve takes an operator's resolution of an incident, and answers with what became of it: applied, refused by the
// case, or still on its way or waiting for a second person (202).
func (s *service) resolve(ctx context.Context, in *idBodyInput) (*resolveOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.bodies.resolution.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	verb, params := s.checkResolution(body, found)
	basis := strings.TrimSpace(body.LegalBasis)
	resolution := store.Resolution{
		ID: uuid.NewString(), IncidentID: in.ID, Verb: verb, Params: params, Reason: strings.TrimSpace(body.Reason),
		RequestedBy: r.account.ID, RequestedAt: s.moment(),
	}
	var asked acting.Asked
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		incident, err := tx.Incident(in.ID)
		if err != nil {
			return err
		}
		if !found.has("verb") {
			if err := acting.Resolvable(incident, verb); err != nil {
				return err
			}
		}
		if verb == contract.Reassign && !found.has("institution") {
			if err := reassignable(tx, incident, params.Institution, s.today(), found); err != nil {
				return err
			}
		}
		if err := found.err(); err != nil {
			return err
		}
		if asked, err = s.acting().Resolve(tx, resolution, basis); err != nil {
			return err
		}
		after := map[string]any{"resolution": resolution.ID, "verb": verb, "params": params}
		if asked.Approval != nil {
			after["approval"], after["legal_basis"] = asked.Approval.ID, basis
		}
		return s.audit(tx, r, "incident.resolve", "incident:"+incident.ID, resolution.Reason, after)
	})
	if err != nil {
		return nil, refusedAct(err)
	}
	return s.outcome(ctx, asked)
}

// checkResolution checks that a verb comes with what it needs, and with nothing that belongs to another.
func (s *service) checkResolution(b resolutionBody, found *faults) (contract.Verb, store.ResolutionParams) {
	verb := contract.Verb(b.Verb)
	params := store.ResolutionParams{
		Institution: b.Institution, Days: b.Days, Evidence: strings.TrimSpace(b.Evidence),
	}
	if strings.TrimSpace(b.Reason) == "" {
		found.add("reason", fieldRequired)
	}
	if based := strings.TrimSpace(b.LegalBasis) != ""; based != verb.NeedsApproval() && !found.has("verb") {
		found.add("legal_basis", map[bool]string{true: fieldConflict, false: fieldRequired}[based])
	}
	for _, param := range []struct {
		field string
		given bool
		of    contract.Verb
	}{
		{"institution", b.Institution != "", contract.Reassign},
		{"days", b.Days != 0, contract.Extend},
		{"applicant", b.Applicant != nil, contract.Correct},
		{"evidence", params.Evidence != "", contract.Override},
	} {
		switch {
		case verb == param.of && !param.given:
			found.add(param.field, fieldRequired)
		case verb != param.of && param.given && !found.has("verb"):
			found.add(param.field, fieldConflict)
		}
	}
	if b.Applicant != nil {
		facts := b.Applicant.facts(found, later(s.today(), calendar.Real().Today(s.Now())))
		params.Applicant = &facts
	}
	return verb, params
}

// reassignable checks that an institution may take over an incident's work: listed for it today, not the body in the
// other role, and not to evaluate whom it had trained. The case checks again when it carries the resolution out.
func reassignable(
	tx *store.Tx, i store.Incident, institution string, today calendar.Date, found *faults,
) error {
	c, err := tx.Case(i.CaseID)
	if err != nil {
		return err
	}
	role := i.Role()
	if _, other := c.Body(role); institution == other {
		found.add("institution", fieldSameBody)
		return nil
	}
	code, err := registering.Listed(tx, institution, c.Occupation, c.Level, role, today)
	if code == "" && err == nil && role == policy.RoleEvaluation {
		var trained bool
		if trained, err = tx.TrainedBy(c.PersonID, institution, c.Occupation); trained {
			code = fieldTrainedBy
		}
	}
	if code != "" {
		found.add("institution", code)
	}
	return err
}

// outcome waits a moment for the case to carry a resolution out, so that the answer is what became of it.
func (s *service) outcome(ctx context.Context, asked acting.Asked) (*resolveOutput, error) {
	tx := s.Store.Read(ctx)
	if asked.Item.ID != "" && s.forward(ctx, asked.Item) {
		err := s.settled(ctx, func() (string, error) {
			r, err := tx.Resolution(asked.Resolution.ID)
			return r.Outcome, err
		})
		if err != nil {
			return nil, err
		}
	}
	resolution, err := tx.Resolution(asked.Resolution.ID)
	if err != nil {
		return nil, err
	}
	incident, err := tx.Incident(resolution.IncidentID)
	if err != nil {
		return nil, err
	}
	out := &resolveOutput{Status: http.StatusOK}
	if resolution.Outcome == store.ResolutionPending || asked.Approval != nil {
		out.Status = http.StatusAccepted
	}
	out.Body.IncidentID, out.Body.IncidentState = incident.ID, incident.State
	out.Body.Applied = resolution.Outcome == store.ResolutionApplied
	out.Body.Resolution = viewResolution(resolution)
	if asked.Approval != nil {
		approval, err := tx.Approval(asked.Approval.ID)
		if err != nil {
			return nil, err
		}
		views, err := viewApprovals(tx, requestOf(ctx), approval)
		if err != nil {
			return nil, err
		}
		out.Body.Approval = &views[0]
	}
	return out, nil
}
