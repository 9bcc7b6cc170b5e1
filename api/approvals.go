package api

import (
	"context"
	"time"

	"github.com/dengpan/dengpan/acting"
	"github.com/dengpan/dengpan/contract"
	"github.com/dengpan/dengpan/store"
)

// approvalDecisionBody is what a second person decides, and which case they saw.
type approvalDecisionBody struct {
	Decision string `json:"decision" enum:"approve,reject"`
	Reason   string `json:"reason" minLength:"1" maxLength:"500"`
	Seen     int    `json:"seen" minimum:"0" doc:"The seen of the approval, as it was shown. A case that has changed since is not decided on."`
}

// ApprovalView is what somebody asked for and somebody else decides on. (Exported because it is embedded.)
type ApprovalView struct {
	ID          string          `json:"id"`
	Verb        coded           `json:"verb"`
	CaseID      string          `json:"case_id,omitempty"`
	Stage       *coded          `json:"stage,omitempty" doc:"Where the case stands."`
	Incident    *actIncident    `json:"incident,omitempty"`
	Act         *ActView        `json:"act,omitempty" doc:"What is asked for."`
	Reason      string          `json:"reason"`
	LegalBasis  string          `json:"legal_basis"`
	Seen        int             `json:"seen" doc:"Of the case that was asked about: its last_event. Sent with the decision."`
	Current     bool            `json:"current" doc:"What it is about has not changed since."`
	By          auditActorView  `json:"by"`
	Mine        bool            `json:"mine" doc:"Who reads this asked for it, and does not decide on it."`
	RequestedAt time.Time       `json:"requested_at"`
	State       string          `json:"state" enum:"pending,approved,rejected,withdrawn,overtaken"`
	StateName   string          `json:"state_name"`
	DecidedBy   *auditActorView `json:"decided_by,omitempty"`
	DecidedAt   *time.Time      `json:"decided_at,omitempty"`
	Decision    string          `json:"decision_reason,omitempty"`
}

type approvalsInput struct {
	NumberedInput
	FilteredInput

	State  string `query:"state" enum:"pending,approved,rejected,withdrawn,overtaken"`
	Verb   string `query:"verb" enum:"waive,override,cancel"`
	CaseID string `query:"case_id" format:"uuid"`
	Whose  string `query:"whose" enum:"mine,others" doc:"What the reader asked for, or what they may decide on."`
	Sort   string `query:"sort" enum:"requested_at,-requested_at" doc:"The order of numbered pages."`
	After  string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type approvalsOutput struct {
	Body struct {
		Approvals []ApprovalView `json:"approvals"`
		Next      *string        `json:"next" doc:"The after of the next page; null when there is none."`
		Total     *int64         `json:"total,omitempty" doc:"How many there are, when a page is asked for by its number."`
	}
}

// listApprovals lists what waits for a second person, and what was decided, the latest first.
func (s *service) listApprovals(ctx context.Context, in *approvalsInput) (*approvalsOutput, error) {
	r, found := requestOf(ctx), &faults{}
	filter := store.ApprovalFilter{
		Within: r.within(""), State: in.State, Verb: contract.Verb(in.Verb), CaseID: in.CaseID, After: position(found, in.After),
		Limit: in.Limit, Numbered: in.numbered(found, in.Sort, in.After),
		Where: s.expression(found, r, in.FilteredInput, store.ApprovalFields()),
	}
	switch in.Whose {
	case "mine":
		filter.RequestedBy = r.account.ID
	case "others":
		filter.Except = r.account.ID
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	tx, out := s.Store.Read(ctx), &approvalsOutput{}
	total, err := in.total(&filter.Limit, func() (int64, error) { return tx.CountApprovals(filter) })
	if err != nil {
		return nil, err
	}
	out.Body.Total = total
	rows, err := tx.Approvals(filter)
	if err != nil {
		return nil, err
	}
	rows, out.Body.Next = upTo(in.Limit, rows, func(a store.Approval) (time.Time, string) { return a.RequestedAt, a.ID })
	out.Body.Approvals, err = viewApprovals(tx, r, rows...)
	return out, err
}

func viewApprovals(tx *store.Tx, r *request, rows ...store.Approval) ([]ApprovalView, error) {
	about, err := tx.ApprovalSubjects(rows)
	if err != nil {
		return nil, err
	}
	var accounts, bodies []string
	for _, row := range rows {
		accounts = append(accounts, row.RequestedBy)
		if row.DecidedBy != nil {
			accounts = append(accounts, *row.DecidedBy)
		}
		if of := about.Resolutions[row.ID]; of.Params.Institution != "" {
			bodies = append(bodies, of.Params.Institution)
		}
	}
	v, err := newActReader(tx, r, accounts, bodies)
	if err != nil {
		return nil, err
	}
	views := make([]ApprovalView, len(rows))
	for i, row := range rows {
		views[i] = v.approval(row, about)
	}
	return views, nil
}

func (v actReader) approval(a store.Approval, about store.ApprovalSubjects) ApprovalView {
	view := ApprovalView{
		ID: a.ID, Verb: v.coded("act_verb", string(a.Verb)), CaseID: deref(a.CaseID), Reason: a.Reason, LegalBasis: a.LegalBasis, Seen: a.Seen,
		Current: true, By: v.actor(a.RequestedBy), Mine: a.RequestedBy == v.me, RequestedAt: a.RequestedAt, State: a.State,
		StateName: v.say("approval_state", a.State), DecidedAt: a.DecidedAt, Decision: a.DecisionReason,
	}
	if a.DecidedBy != nil {
		by := v.actor(*a.DecidedBy)
		view.DecidedBy = &by
	}
	if a.CaseID != nil {
		c := about.Cases[*a.CaseID]
		stage := v.coded("stage", string(c.Stage))
		view.Stage, view.Current = &stage, c.LastEvent == a.Seen
	}
	if a.IncidentID != nil {
		i := about.Incidents[*a.IncidentID]
		if a.Verb == contract.Override {
			view.Verb = v.coded("verb", string(a.Verb))
		}
		view.Incident = &actIncident{ID: i.ID, Cause: coded{Code: string(i.Cause), Name: v.say("cause", string(i.Cause)+".title")}}
		view.Current = view.Current && i.State == store.IncidentOpen
	}
	if act, is := about.Acts[a.ID]; is {
		shown := v.act(act)
		view.Act = &shown
	} else if of, is := about.Resolutions[a.ID]; is {
		shown := v.resolution(of, about.Incidents[of.IncidentID])
		view.Act = &shown
	}
	return view
}

type approvalDetail struct {
	Body struct {
		ApprovalView
		Effects []effectLine `json:"effects" doc:"What it would do as things stand; empty once it is decided."`
	}
}

// getApproval shows what somebody asked for, and what it would do now.
func (s *service) getApproval(ctx context.Context, in *idInput) (*approvalDetail, error) {
	r, tx := requestOf(ctx), s.Store.Read(ctx)
	row, err := tx.Approval(in.ID)
	if err != nil {
		return nil, err
	}
	views, err := viewApprovals(tx, r, row)
	if err != nil {
		return nil, err
	}
	out := &approvalDetail{}
	out.Body.ApprovalView, out.Body.Effects = views[0], []effectLine{}
	if row.State != store.ApprovalPending || !views[0].Current {
		return out, nil
	}
	preview, err := s.acting().PreviewOf(ctx, s.Store, row.ID)
	if err != nil {
		return nil, err
	}
	out.Body.Effects, err = viewEffects(tx, r, preview.Effects)
	return out, err
}

type approvalOutput struct{ Body ApprovalView }

// decideApproval approves or rejects what somebody else asked for. What is approved is on its way when this answers.
func (s *service) decideApproval(ctx context.Context, in *idBodyInput) (*approvalOutput, error) {
	r, out := requestOf(ctx), &approvalOutput{}
	body, found, err := s.acts.approval.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	reason := reasonIn(found, body.Reason)
	if err := found.err(); err != nil {
		return nil, err
	}
	var done acting.Decided
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		done, err = s.acting().Decide(tx, acting.Decision{
			ID: in.ID, Approve: body.Decision == "approve", Reason: reason, Seen: body.Seen, By: r.account.ID, At: s.moment(),
		})
		if err != nil {
			return err
		}
		out.Body, err = s.decided(tx, r, done.Approval, reason)
		return err
	})
	if err != nil {
		return nil, refusedAct(err)
	}
	if done.Approval.State == store.ApprovalOvertaken { // that is kept, and this decision is not
		return nil, problem(approvalOvertaken)
	}
	for _, item := range done.Items {
		if !s.forward(ctx, item) {
			break
		}
	}
	return out, nil
}

// decided writes into the audit log what became of an approval, with what was asked for before, and shows it.
func (s *service) decided(tx *store.Tx, r *request, a store.Approval, reason string) (ApprovalView, error) {
	views, err := viewApprovals(tx, r, a)
	if err != nil {
		return ApprovalView{}, err
	}
	subject := "approval:" + a.ID
	if a.CaseID != nil {
		subject = "case:" + *a.CaseID
	}
	asked := map[string]any{"state": store.ApprovalPending, "requested_by": a.RequestedBy, "reason": a.Reason, "legal_basis": a.LegalBasis}
	became := map[string]any{"approval": a.ID, "verb": a.Verb, "state": a.State}
	return views[0], s.auditChange(tx, r, "approval."+a.State, subject, reason, asked, became)
}

// withdrawApproval takes back what the caller asked for.
func (s *service) withdrawApproval(ctx context.Context, in *idInput) (*approvalOutput, error) {
	r, out := requestOf(ctx), &approvalOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		done, err := s.acting().Withdraw(tx, in.ID, r.account.ID, s.moment())
		if err != nil {
			return err
		}
		out.Body, err = s.decided(tx, r, done.Approval, "")
		return err
	})
	if err != nil {
		return nil, refusedAct(err)
	}
	return out, nil
}
