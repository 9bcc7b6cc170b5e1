package api

import (
	"context"
	"slices"
	"time"

	"github.com/dengpan/dengpan/acting"
	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/message"
	"github.com/dengpan/dengpan/store"
)

// ActView is what an operator did to a case, or decided about what it was stuck on. (Exported because it is embedded.)
type ActView struct {
	ID          string         `json:"id"`
	Verb        coded          `json:"verb"`
	State       string         `json:"state" enum:"awaiting_approval,pending,applied,refused,rejected,withdrawn,overtaken"`
	StateName   string         `json:"state_name"`
	Refusal     *coded         `json:"refusal,omitempty" doc:"Why the case would not have it."`
	Reason      string         `json:"reason"`
	Params      actParams      `json:"params"`
	By          auditActorView `json:"by"`
	Mine        bool           `json:"mine"`
	RequestedAt time.Time      `json:"requested_at"`
	AnsweredAt  *time.Time     `json:"answered_at,omitempty"`
	Incident    *actIncident   `json:"incident,omitempty" doc:"What the case was stuck on, if that was resolved."`
	ApprovalID  string         `json:"approval_id,omitempty" doc:"What the second person decides on."`
}

type actIncident struct {
	ID    string `json:"id"`
	Cause coded  `json:"cause"`
}

// actParams is what an act came with. Facts that a correction gives are the person's, and not shown.
type actParams struct {
	Institution *bodyView      `json:"institution,omitempty"`
	Days        int            `json:"days,omitempty"`
	Stage       *coded         `json:"stage,omitempty"`
	Until       *calendar.Date `json:"until,omitempty"`
	Evidence    string         `json:"evidence,omitempty"`
	Marks       []newMarkView  `json:"marks,omitempty"`
}

type newMarkView struct {
	Part  coded   `json:"part"`
	Score float64 `json:"score"`
}

type possibleAct struct {
	Verb          coded  `json:"verb"`
	NeedsApproval bool   `json:"needs_approval"`
	WhyNot        *coded `json:"why_not,omitempty" doc:"Why it is not possible as the case stands."`
}

type actsOutput struct {
	Body struct {
		Acts     []ActView     `json:"acts" doc:"Acts and resolutions, the latest first."`
		Possible []possibleAct `json:"possible"`
		Stages   []coded       `json:"stages" doc:"Those that the case may be returned to, as far as no certificate is in the way."`
		Seen     int           `json:"seen" doc:"The case's last_event: an act says which one it was seen with."`
	}
}

// listActs shows what was done to a case, and what may be done now.
func (s *service) listActs(ctx context.Context, in *idInput) (*actsOutput, error) {
	r, out := requestOf(ctx), &actsOutput{}
	v := reader{lang: r.lang}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		f, err := s.acting().Open(tx, in.ID)
		if err != nil {
			return err
		}
		possible, err := f.Possible()
		if err != nil {
			return err
		}
		out.Body.Seen, out.Body.Stages, out.Body.Possible = f.LastEvent, []coded{}, make([]possibleAct, len(possible))
		for i, p := range possible {
			out.Body.Possible[i] = possibleAct{Verb: v.coded("act_verb", string(p.Verb)), NeedsApproval: p.Verb.NeedsApproval()}
			out.Body.Possible[i].WhyNot = v.codedIf("field", p.Why)
		}
		for _, stage := range f.Earlier() {
			out.Body.Stages = append(out.Body.Stages, v.coded("stage", string(stage)))
		}
		out.Body.Acts, err = viewActs(tx, r, in.ID)
		return err
	})
	return out, err
}

// viewActs shows acts and resolutions, the latest first.
func viewActs(tx *store.Tx, r *request, caseID string) ([]ActView, error) {
	acts, err := tx.ActsOf(caseID)
	if err != nil {
		return nil, err
	}
	resolutions, incidents, err := tx.ResolutionsOf(caseID)
	if err != nil {
		return nil, err
	}
	var accounts, bodies []string
	for _, a := range acts {
		accounts, bodies = append(accounts, a.RequestedBy), append(bodies, a.Params.Institution)
	}
	for _, r := range resolutions {
		accounts, bodies = append(accounts, r.RequestedBy), append(bodies, r.Params.Institution)
	}
	v, err := newActReader(tx, r, accounts, bodies)
	if err != nil {
		return nil, err
	}
	views := make([]ActView, 0, len(acts)+len(resolutions))
	for _, a := range acts {
		views = append(views, v.act(a))
	}
	for _, r := range resolutions {
		views = append(views, v.resolution(r, incidents[r.IncidentID]))
	}
	slices.SortStableFunc(views, func(a, b ActView) int { return b.RequestedAt.Compare(a.RequestedAt) })
	return views, nil
}

// actReader shows acts: it knows the names of who did them, and of the institutions in them.
type actReader struct {
	reader

	me       string
	accounts map[string]store.Account
}

func newActReader(tx *store.Tx, r *request, accounts, institutions []string) (actReader, error) {
	v, err := newReader(tx, r, institutions...)
	if err != nil {
		return actReader{}, err
	}
	named, err := tx.AccountsOf(accounts)
	return actReader{reader: v, me: r.account.ID, accounts: named}, err
}

func (v actReader) actor(id string) auditActorView {
	return auditActorView{ID: id, Role: v.accounts[id].Role, Label: v.accounts[id].Label}
}

func (v actReader) act(a store.Act) ActView {
	view := v.shown(a.ID, v.coded("act_verb", string(a.Verb)), a.State, a.Refusal, a.Params)
	view.Reason, view.By, view.Mine = a.Reason, v.actor(a.RequestedBy), a.RequestedBy == v.me
	if a.Params.Own != "" {
		view.Reason = v.say("own_reason", a.Params.Own)
	}
	view.RequestedAt, view.AnsweredAt, view.ApprovalID = a.RequestedAt, a.AnsweredAt, deref(a.ApprovalID)
	return view
}

func (v actReader) resolution(r store.Resolution, i store.Incident) ActView {
	view := v.shown(r.ID, v.coded("verb", string(r.Verb)), r.Outcome, r.Refusal, store.ActParams{
		Institution: r.Params.Institution, Days: r.Params.Days, Evidence: r.Params.Evidence,
	})
	view.Reason, view.By, view.Mine = r.Reason, v.actor(r.RequestedBy), r.RequestedBy == v.me
	view.RequestedAt, view.ApprovalID = r.RequestedAt, deref(r.ApprovalID)
	view.Incident = &actIncident{ID: i.ID, Cause: coded{Code: string(i.Cause), Name: v.say("cause", string(i.Cause)+".title")}}
	return view
}

func (v actReader) shown(id string, verb coded, state, refusal string, p store.ActParams) ActView {
	view := ActView{ID: id, Verb: verb, State: state, StateName: v.say("act_state", state)}
	view.Refusal = v.codedIf("field", refusal)
	view.Params = actParams{Days: p.Days, Until: p.Until, Evidence: p.Evidence}
	if p.Institution != "" {
		at := v.institution(p.Institution)
		view.Params.Institution = &at
	}
	view.Params.Stage = v.codedIf("stage", string(p.Stage))
	for _, m := range p.Marks {
		view.Params.Marks = append(view.Params.Marks, newMarkView{Part: v.coded("task_kind", m.Part), Score: m.Score})
	}
	return view
}

// viewEffects says in words what an act does.
func viewEffects(tx *store.Tx, r *request, effects []acting.Effect) ([]effectLine, error) {
	var ids []string
	for _, e := range effects {
		ids = append(ids, message.Institutions(e.Params)...)
	}
	v, err := newReader(tx, r, ids...)
	if err != nil {
		return nil, err
	}
	lines := make([]effectLine, len(effects))
	for i, e := range effects {
		lines[i] = effectLine{Code: e.Code, Text: message.Text(v.lang, "effect."+e.Code, v.words(e.Params))}
	}
	return lines, nil
}
