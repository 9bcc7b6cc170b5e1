package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/contract"
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
}

type resolveOutput struct {
	Status int
	Body   struct {
		IncidentID    string         `json:"incident_id"`
		IncidentState string         `json:"incident_state" enum:"open,resolving,closed"`
		Applied       bool           `json:"applied"`
		Resolution    resolutionView `json:"resolution"`
	}
}

// resolve takes an operator's resolution of an incident, and answers with what became of it: applied, refused by the
// case, or still on its way (202).
func (s *service) resolve(ctx context.Context, in *idBodyInput) (*resolveOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.bodies.resolution.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	verb, params := s.checkResolution(body, found)
	var item store.InboxItem
	resolution := store.Resolution{
		ID: uuid.NewString(), IncidentID: in.ID, Verb: verb, Params: params, Reason: strings.TrimSpace(body.Reason),
		RequestedBy: r.account.ID, RequestedAt: s.Now().UTC(),
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		incident, err := tx.LockIncident(in.ID)
		if err != nil {
			return err
		}
		if err := resolvable(incident, verb, found); err != nil {
			return err
		}
		if verb == contract.Reassign && !found.has("institution") {
			if err := reassignable(tx, incident, params.Institution, s.today(), found); err != nil {
				return err
			}
		}
		if err := found.err(); err != nil {
			return err
		}
		if incident.Holds {
			item, err = tx.InsertResolution(incident, resolution)
		} else {
			err = resolveFinding(tx, incident, resolution)
		}
		if err != nil {
			return err
		}
		return s.audit(tx, r, "incident.resolve", "incident:"+incident.ID, resolution.Reason,
			map[string]any{"resolution": resolution.ID, "verb": verb, "params": params})
	})
	if err != nil {
		return nil, err
	}
	return s.outcome(ctx, resolution, item.ID != "" && s.forward(ctx, item))
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
		facts := b.Applicant.facts(found, "applicant", later(s.today(), calendar.Real().Today(s.Now())))
		params.Applicant = &facts
	}
	return verb, params
}

// resolvable says whether an incident can be resolved by a verb now.
func resolvable(i store.Incident, verb contract.Verb, found *faults) error {
	switch {
	case i.State == store.IncidentClosed:
		return problem(incidentClosed)
	case i.State == store.IncidentResolving:
		return problem(resolutionPending)
	case !found.has("verb") && !i.Cause.Allows(verb):
		return problem(verbNotAllowed, FieldError{Field: "verb", Code: verbNotAllowed})
	}
	return nil
}

// reassignable checks that an institution may take over an incident's work: listed for it today, and not the body in the
// other role. The case checks again when it carries the resolution out.
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
	code, err := listed(tx, institution, c.Occupation, c.Level, role, today)
	if code != "" {
		found.add("institution", code)
	}
	return err
}

// outcome waits a moment for the case to carry a resolution out, so that the answer is what became of it.
func (s *service) outcome(ctx context.Context, sent store.Resolution, forwarded bool) (*resolveOutput, error) {
	const patience, interval = 2 * time.Second, 50 * time.Millisecond
	tx := s.Store.Read(ctx)
	resolution, err := tx.Resolution(sent.ID)
	if forwarded {
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		until := time.Now().Add(patience)
		for err == nil && resolution.Outcome == store.ResolutionPending && time.Now().Before(until) {
			select {
			case <-ticker.C:
				resolution, err = tx.Resolution(sent.ID)
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
	}
	if err != nil {
		return nil, err
	}
	incident, err := tx.Incident(sent.IncidentID)
	if err != nil {
		return nil, err
	}
	out := &resolveOutput{Status: http.StatusOK}
	if resolution.Outcome == store.ResolutionPending {
		out.Status = http.StatusAccepted
	}
	out.Body.IncidentID, out.Body.IncidentState = incident.ID, incident.State
	out.Body.Applied = resolution.Outcome == store.ResolutionApplied
	out.Body.Resolution = viewResolution(resolution)
	return out, nil
}
