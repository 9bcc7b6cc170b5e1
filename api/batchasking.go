package api

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/dengpan/dengpan/acting"
	"github.com/dengpan/dengpan/batches"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/filter"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/people"
	"github.com/dengpan/dengpan/redact"
	"github.com/dengpan/dengpan/store"
)

// How fast a batch goes, and how long it is watched, when that is not said.
const (
	usualPace  = 1200
	usualWatch = 30
)

// groupBody says which stuck cases are meant: those of one cause, stage and institution, or those behind an endpoint.
type groupBody struct {
	Cause       string `json:"cause,omitempty" maxLength:"64"`
	Stage       string `json:"stage,omitempty" enum:"registration,training,exam,evaluation,certificate,title,ce_hours"`
	Institution string `json:"institution,omitempty" maxLength:"64"`
	Filter      string `json:"filter,omitempty" maxLength:"2000" doc:"What is picked of them, as GET /v1/incidents takes it; by itself, it picks of all."`
	EndpointID  string `json:"endpoint_id,omitempty" format:"uuid" doc:"The cases whose institution could not be told, because its endpoint takes nothing. Not with the others."`
}

// batchParams is what a verb needs.
type batchParams struct {
	Institution string `json:"institution,omitempty" maxLength:"64" doc:"To reassign to."`
	Days        int    `json:"days,omitempty" minimum:"1" maximum:"365" doc:"To extend by, from when the case's turn comes."`
	Evidence    string `json:"evidence,omitempty" maxLength:"1000" doc:"What an override rests on."`
	URL         string `json:"url,omitempty" maxLength:"2048" doc:"The address that an endpoint moves to as it is resumed. It is not shown again."`
	Moved       bool   `json:"moved,omitempty" readOnly:"true" doc:"An address was given."`
}

// batchBody asks for an act on many cases.
type batchBody struct {
	Name       string      `json:"name" minLength:"1" maxLength:"100" doc:"What it is found by."`
	Reason     string      `json:"reason" minLength:"1" maxLength:"500" doc:"Kept with the operator's name."`
	LegalBasis string      `json:"legal_basis,omitempty" maxLength:"500" doc:"Of override and cancel, which a second person approves."`
	Verb       string      `json:"verb" enum:"retry,extend,reassign,override,waive,cancel,resume_endpoint" doc:"To waive is what override is here: to go on in spite of it."`
	Params     batchParams `json:"params,omitzero"`
	Group      groupBody   `json:"group"`
	Expected   int         `json:"expected" minimum:"1" doc:"How many cases they were when they were counted. If they are not any more, nothing is done."`
	PerMinute  int         `json:"per_minute,omitempty" minimum:"1" maximum:"6000" doc:"How many cases are acted on; 1200 when it is not given."`
	Watch      *int        `json:"watch_seconds,omitempty" minimum:"0" maximum:"86400" doc:"How long it is watched after the last of it moved; 30 when it is not given."`
}

// batchDraftBody asks what an act on many cases would do.
type batchDraftBody struct {
	Verb      string      `json:"verb" enum:"retry,extend,reassign,override,waive,cancel,resume_endpoint" doc:"To waive is what override is here: to go on in spite of it."`
	Params    batchParams `json:"params,omitzero"`
	Group     groupBody   `json:"group"`
	PerMinute int         `json:"per_minute,omitempty" minimum:"1" maximum:"6000"`
}

type batchPreview struct {
	Body struct {
		Count         int           `json:"count" doc:"To be sent as expected."`
		NeedsApproval bool          `json:"needs_approval" doc:"A second person must approve of it."`
		Sample        []batchSample `json:"sample" doc:"Some of the cases, the longest stuck first; of findings that are about no case, none."`
		Effects       []effectText  `json:"effects"`
	}
}

type batchSample struct {
	CaseID string    `json:"case_id"`
	Stage  coded     `json:"stage"`
	Since  time.Time `json:"since"`
}

// effectText is one thing that would happen, in words.
type effectText struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// pick checks that a group is one, and reads its filter.
func (s *service) pick(found *faults, r *request, g groupBody) filter.Expr {
	alone := g.Cause == "" && g.Stage == "" && g.Institution == "" && g.Filter == ""
	switch {
	case g.EndpointID == "" && g.Cause == "" && g.Filter == "":
		found.add("group.cause", fieldRequired)
	case g.EndpointID != "" && !alone:
		found.add("group.endpoint_id", fieldConflict)
	case g.Cause != "" && contract.Cause(g.Cause).Verbs() == nil:
		found.add("group.cause", fieldUnknownValue)
	}
	of := &faults{}
	where := s.expression(of, r, FilteredInput{Filter: g.Filter}, store.IncidentFields(s.Policy))
	for _, fault := range of.list {
		found.add("group."+fault.Field, fault.Code)
	}
	return where
}

// check checks that a verb comes with what it needs, and with nothing that belongs to another.
func (p batchParams) check(verb contract.Verb, found *faults) store.BatchParams {
	p.Evidence = redact.Text(strings.TrimSpace(p.Evidence))
	for _, param := range []struct {
		field    string
		given    bool
		of       contract.Verb
		optional bool
	}{
		{"institution", p.Institution != "", contract.Reassign, false},
		{"days", p.Days != 0, contract.Extend, false},
		{"evidence", p.Evidence != "", contract.Override, false},
		{"url", p.URL != "", contract.ResumeEndpoint, true},
	} {
		switch {
		case verb == param.of && !param.given && !param.optional:
			found.add("params."+param.field, fieldRequired)
		case verb != param.of && param.given && !found.has("verb"):
			found.add("params."+param.field, fieldConflict)
		}
	}
	return store.BatchParams{
		ResolutionParams: store.ResolutionParams{Institution: p.Institution, Days: p.Days, Evidence: p.Evidence}, URL: p.URL,
	}
}

// previewBatch counts the cases that an act would be on, and says what it would do to them. It does all that asking for it
// does, and takes it back.
func (s *service) previewBatch(ctx context.Context, in *bodyInput) (*batchPreview, error) {
	r := requestOf(ctx)
	body, found, err := s.batching.preview.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	verb := acting.ResolvedBy(contract.Verb(body.Verb))
	where := s.pick(found, r, body.Group)
	params := body.Params.check(verb, found)
	if err := found.err(); err != nil {
		return nil, err
	}
	out := &batchPreview{}
	err = s.Store.Rehearse(ctx, func(tx *store.Tx) error {
		if err := s.batchable(tx, r, body.Group, params); err != nil {
			return err
		}
		asked := batches.Asked{Batch: store.Batch{
			Name: "x", Reason: "x", LegalBasis: "x", Verb: verb, Params: params, Selection: store.BatchSelection(body.Group),
			PerMinute: cmp.Or(body.PerMinute, usualPace), RequestedBy: r.account.ID, District: area(r),
		}, Expected: 1, Within: r.within(""), Where: where, At: s.moment()}
		b, err := s.batcher().Ask(tx, asked)
		out.Body.Count = 1
		if counted, other := errors.AsType[batches.CountError](err); other {
			out.Body.Count, err = counted.Count, nil
		}
		if err != nil {
			return err
		}
		return s.foresee(tx, r, b, out)
	})
	if err != nil {
		return nil, refusedBatch(err)
	}
	return out, nil
}

// foresee says in words what a batch would do.
func (s *service) foresee(tx *store.Tx, r *request, b store.Batch, out *batchPreview) error {
	v, err := newReader(tx, r, b.Params.Institution, deref(b.InstitutionID))
	if err != nil {
		return err
	}
	out.Body.Sample, out.Body.Effects = []batchSample{}, []effectText{}
	out.Body.NeedsApproval = b.Verb.NeedsApproval()
	items, err := tx.BatchItems(b.ID, "", store.Numbered{}, 5)
	if err != nil {
		return err
	}
	var ids []string
	for _, item := range items {
		if item.CaseID != "" {
			ids = append(ids, item.CaseID)
		}
	}
	cases, err := tx.CasesByID(ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		c := cases[id]
		sample := batchSample{CaseID: id, Stage: v.coded("stage", string(c.Stage)), Since: c.RegisteredAt}
		if c.OwesSince != nil {
			sample.Since = *c.OwesSince
		}
		out.Body.Sample = append(out.Body.Sample, sample)
	}
	declared, err := people.Declared(tx, s.Keys, r.account.ID)
	if err != nil {
		return err
	}
	own, findings, err := tx.BatchItemsOf(b.ID, declared)
	if err != nil {
		return err
	}
	minutes := (out.Body.Count + b.PerMinute - 1) / b.PerMinute
	say := func(code string, words map[string]any) {
		out.Body.Effects = append(out.Body.Effects, effectText{code, message.Text(v.lang, "batch.effect."+code, words)})
	}
	words := map[string]any{"n": out.Body.Count, "days": b.Params.Days}
	for name, id := range map[string]string{"to": b.Params.Institution, "institution": deref(b.InstitutionID)} {
		if id != "" {
			words[name] = v.named(id)
		}
	}
	say(string(b.Verb), words)
	if b.Params.URL != "" {
		say("moved", map[string]any{"host": hostOf(b.Params.URL)})
	}
	if b.InstitutionID == nil {
		say("pace", map[string]any{"per_minute": b.PerMinute, "minutes": minutes})
	}
	if out.Body.NeedsApproval {
		say("second_person", nil)
	}
	if findings > 0 {
		say("findings", map[string]any{"n": findings})
	}
	if own > 0 {
		say("own_cases", map[string]any{"n": own})
	}
	say("looked_at", nil)
	return nil
}

// askBatch freezes the cases of a group and has them acted on, or waits for a second person first.
func (s *service) askBatch(ctx context.Context, in *bodyInput) (*batchOutput, error) {
	r := requestOf(ctx)
	body, found, err := s.batching.asking.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	verb := acting.ResolvedBy(contract.Verb(body.Verb))
	where := s.pick(found, r, body.Group)
	params := body.Params.check(verb, found)
	b := store.Batch{
		Name: redact.Text(strings.TrimSpace(body.Name)), Reason: reasonIn(found, body.Reason),
		LegalBasis: redact.Text(strings.TrimSpace(body.LegalBasis)), Verb: verb, Params: params, Selection: store.BatchSelection(body.Group),
		PerMinute: cmp.Or(body.PerMinute, usualPace), WatchSeconds: usualWatch, RequestedBy: r.account.ID, District: area(r),
	}
	if body.Watch != nil {
		b.WatchSeconds = *body.Watch
	}
	switch {
	case b.Name == "" && !found.has("name"):
		found.add("name", fieldRequired)
	case verb.NeedsApproval() && b.LegalBasis == "":
		found.add("legal_basis", fieldRequired)
	case !verb.NeedsApproval() && b.LegalBasis != "" && !found.has("verb"):
		found.add("legal_basis", fieldConflict)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	var out *batchOutput
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := s.batchable(tx, r, body.Group, params); err != nil {
			return err
		}
		asked, err := s.batcher().Ask(tx, batches.Asked{Batch: b, Expected: body.Expected, Within: r.within(""), Where: where, At: s.moment()})
		if err != nil {
			return err
		}
		if out, err = viewBatch(tx, r, asked); err != nil {
			return err
		}
		err = s.audit(tx, r, "batch.ask", "batch:"+asked.ID, asked.Reason, map[string]any{
			"verb": asked.Verb, "group": asked.Selection, "cases": asked.Counted, "state": asked.State, "legal_basis": asked.LegalBasis,
		})
		if err != nil {
			return err
		}
		return s.created(ctx, nil, out.Body)
	})
	return out, refusedBatch(err)
}

// batchable checks that what a batch names is there, and within the caller's reach.
func (s *service) batchable(tx *store.Tx, r *request, g groupBody, params store.BatchParams) error {
	if params.Institution != "" {
		if _, err := tx.Institution(params.Institution); errors.Is(err, store.ErrNotFound) {
			return problem(validationFailed, FieldError{Field: "params.institution", Code: fieldNoInstitution})
		} else if err != nil {
			return err
		}
	}
	if g.EndpointID == "" {
		return nil
	}
	e, err := tx.EndpointByID(g.EndpointID)
	if err == nil {
		err = institutionWithin(tx, r, e.InstitutionID)
	}
	if p, outside := errors.AsType[*Problem](err); errors.Is(err, store.ErrNotFound) || outside && p.Code == validationFailed {
		return problem(validationFailed, FieldError{Field: "group.endpoint_id", Code: fieldUnknownEndpoint})
	}
	return err
}

// area is the district that an operator is of; nil for operators of the city.
func area(r *request) *string {
	if district := r.account.Caller().District; district != "" {
		return &district
	}
	return nil
}
