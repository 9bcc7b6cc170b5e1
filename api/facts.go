package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/policy"
	"github.com/dengpan/dengpan/progress"
	"github.com/dengpan/dengpan/store"
)

type factsBody struct {
	Applicant applicantBody `json:"applicant" doc:"The facts as they are now, all of them."`
	Reason    string        `json:"reason" minLength:"1" maxLength:"500" doc:"What is new, and what shows it."`
}

type rulesBody struct {
	Version string `json:"version" minLength:"1" maxLength:"64" doc:"The version of the rules to decide by from now on."`
	Reason  string `json:"reason" minLength:"1" maxLength:"500" doc:"Kept with the operator's name."`
}

type changeOutput struct {
	Status int
	Body   struct {
		CaseID    string `json:"case_id"`
		Forwarded bool   `json:"forwarded" doc:"False: it is kept, and the case will be told as soon as it can be."`
		Repeated  bool   `json:"repeated" doc:"The same holds already; nothing was changed."`
	}
}

// giveFacts takes what is new about an applicant: a degree, a title, years of work. A title that waits, or that the case
// ended without, is decided on them at once; what was decided before is kept.
func (s *service) giveFacts(ctx context.Context, in *idBodyInput) (*changeOutput, error) {
	body, found, err := s.bodies.facts.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	facts := body.Applicant.facts(found, later(s.today(), calendar.Real().Today(s.Now())))
	reason := reasonIn(found, body.Reason)
	return s.change(ctx, in.ID, found, func(tx *store.Tx, r *request, c *store.CaseFile) (*store.InboxItem, error) {
		switch {
		case c.Outcome != nil && *c.Outcome == progress.Mapped:
			return nil, problem(titleDecided)
		case c.Outcome != nil && *c.Outcome != progress.Certified:
			return nil, problem(alreadyEnded)
		}
		known, err := latestFacts(tx, c.Case)
		if err != nil {
			return nil, err
		}
		if same, err := sameFacts(known, facts); err != nil || same {
			return nil, err
		}
		item, err := s.insertFacts(tx, r, c.ID, facts, reason)
		if err != nil {
			return nil, err
		}
		return &item, s.auditChange(tx, r, "case.facts", "case:"+c.ID, reason, known, facts)
	})
}

// sameFacts reports whether two applicants are alike, as the record keeps them.
func sameFacts(a, b policy.Applicant) (bool, error) {
	first, err := json.Marshal(a)
	if err != nil {
		return false, fmt.Errorf("compare facts: %w", err)
	}
	second, err := json.Marshal(b)
	return bytes.Equal(first, second), err
}

// latestFacts is what was given last, taken by the case yet or not.
func latestFacts(tx *store.Tx, c store.Case) (policy.Applicant, error) {
	last, err := tx.LastCaseFacts(c.ID)
	if err != nil || last == nil {
		return c.Applicant, err
	}
	return last.Applicant, nil
}

func (s *service) insertFacts(
	tx *store.Tx, r *request, caseID string, facts policy.Applicant, reason string,
) (store.InboxItem, error) {
	return tx.InsertCaseFacts(store.CaseFacts{
		ID: uuid.NewString(), CaseID: caseID, Applicant: facts, Reason: reason, GivenBy: r.account.ID,
		GivenAt: s.Now().UTC(),
	})
}

// changeRules moves a case to another version of the rules, by an operator's decision. What was decided stays as it was
// decided, under the version it was decided by; a title that waits is decided anew.
func (s *service) changeRules(ctx context.Context, in *idBodyInput) (*changeOutput, error) {
	body, found, err := s.bodies.rules.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	rules, err := policy.ByID(body.Version)
	if err != nil || rules.Demonstration() && !s.Policy.Demonstration() {
		found.add("version", fieldUnknownValue)
	}
	return s.change(ctx, in.ID, found, func(tx *store.Tx, r *request, c *store.CaseFile) (*store.InboxItem, error) {
		before := c.PolicyVersion
		switch _, known := rules.Occupation(c.Occupation); {
		case c.Ended():
			return nil, problem(alreadyEnded)
		case before == rules.ID():
			return nil, nil
		case !known:
			found.add("version", fieldNoOccupation)
			return nil, found.err()
		}
		c.PolicyVersion = rules.ID()
		versions := map[string]any{"before": before, "after": rules.ID()}
		c.Note(c.Stage, "rules_changed", store.ActorOperator, versions)
		facts, err := latestFacts(tx, c.Case)
		if err != nil {
			return nil, err
		}
		item, err := s.insertFacts(tx, r, c.ID, facts, reason)
		if err != nil {
			return nil, err
		}
		return &item, s.auditChange(tx, r, "case.rules", "case:"+c.ID, reason,
			map[string]any{"version": before}, map[string]any{"version": rules.ID()})
	})
}

// reasonIn is the reason in a body, which must be there, without the space around it.
func reasonIn(found *faults, text string) string {
	return textIn(found, "reason", text)
}

// textIn reads a text that must say something.
func textIn(found *faults, field, text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		found.add(field, fieldRequired)
	}
	return text
}

// change makes a change to a case that its workflow is to be told of. Without an inbox item there was nothing to change.
func (s *service) change(
	ctx context.Context, caseID string, found *faults,
	apply func(*store.Tx, *request, *store.CaseFile) (*store.InboxItem, error),
) (*changeOutput, error) {
	r := requestOf(ctx)
	out := &changeOutput{Status: http.StatusOK}
	out.Body.CaseID, out.Body.Forwarded = caseID, true
	var item *store.InboxItem
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := found.err(); err != nil {
			return err
		}
		c, err := tx.OpenCase(caseID)
		if err != nil {
			return err
		}
		if item, err = apply(tx, r, c); err != nil {
			return err
		}
		return c.Save()
	})
	switch {
	case err != nil:
		return nil, err
	case item == nil:
		out.Body.Repeated = true
	case !s.forward(ctx, *item):
		out.Body.Forwarded, out.Status = false, http.StatusAccepted
	}
	return out, nil
}
