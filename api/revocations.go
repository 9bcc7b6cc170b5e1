package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dengpan/dengpan/calendar"
	"github.com/dengpan/dengpan/certificate"
	"github.com/dengpan/dengpan/ledger"
	"github.com/dengpan/dengpan/remedy"
	"github.com/dengpan/dengpan/store"
)

// registerRevocations adds the operations that revoke many certificates of one institution.
func (s *service) registerRevocations(api huma.API) {
	const tag = "certificates"
	s.remedies.sweep = bodyFor[sweepBody](api.OpenAPI().Components.Schemas)
	sent(api, "POST /v1/certificate-revocations", tag, "Ask for an institution's certificates to be revoked, and see which they are",
		s.remedies.sweep.schema, http.StatusCreated, s.askRevocation)
	read(api, "GET /v1/certificate-revocations", tag, "Revocations of many certificates", s.listRevocations)
	read(api, "GET /v1/certificate-revocations/{id}", tag, "Such a revocation: what stands on its certificates, and how far it has come",
		s.getRevocation)
	read(api, "GET /v1/certificate-revocations/{id}/certificates", tag, "Its certificates, and what became of each", s.revocationItems)
	sent(api, "POST /v1/certificate-revocations/{id}/decision", tag, "Approve or refuse it", s.bodies.decision.schema, http.StatusOK,
		s.decideRevocation)
	op := operation("POST /v1/certificate-revocations/{id}/withdrawal", tag, "Take it back, before it is decided")
	op.Errors = append(op.Errors, http.StatusConflict)
	huma.Register(api, op, s.withdrawRevocation)
}

// sweepBody says which certificates of an institution are to be revoked: all, or of one kind, or issued in some days.
type sweepBody struct {
	Institution string  `json:"institution" minLength:"1" maxLength:"64"`
	Kind        string  `json:"kind,omitempty" enum:"training,grade,ce_base"`
	IssuedFrom  *string `json:"issued_from,omitempty" format:"date"`
	IssuedTo    *string `json:"issued_to,omitempty" format:"date"`
	ReasonClass string  `json:"reason_class" enum:"false_material,undeserved,exam_misconduct,issued_in_error"`
	Reason      string  `json:"reason" minLength:"1" maxLength:"500"`
}

// revocationView is a revocation of many certificates: what was asked for, what stands on them, and how far it has come.
type revocationView struct {
	ID          string         `json:"id"`
	Institution bodyView       `json:"institution"`
	Kind        string         `json:"kind,omitempty" enum:"training,grade,ce_base" doc:"Missing: of every kind."`
	IssuedFrom  *calendar.Date `json:"issued_from,omitempty"`
	IssuedTo    *calendar.Date `json:"issued_to,omitempty"`
	ReasonClass coded          `json:"reason_class"`
	Reason      string         `json:"reason"`
	RequestedAt time.Time      `json:"requested_at"`
	Mine        bool           `json:"mine" doc:"Who reads this asked for it, and does not decide on it."`
	State       string         `json:"state" enum:"open,approved,done,refused,withdrawn"`
	StateName   string         `json:"state_name"`
	DecidedAt   *time.Time     `json:"decided_at,omitempty"`
	Decision    string         `json:"decision_reason,omitempty"`
	FinishedAt  *time.Time     `json:"finished_at,omitempty"`
	Progress    progressView   `json:"progress"`
	Effects     sweepEffects   `json:"effects" doc:"What stands on the certificates now."`
}

// progressView is how many certificates there are, by what became of them.
type progressView struct {
	Total   int `json:"total"`
	Pending int `json:"pending"`
	Revoked int `json:"revoked"`
	Changed int `json:"changed" doc:"Not what they had been any more when their turn came: they were left alone."`
}

// sweepEffects is what stands on the certificates of a revocation.
type sweepEffects struct {
	Training    int          `json:"training" doc:"Certificates, by kind."`
	Grade       int          `json:"grade"`
	CEBase      int          `json:"ce_base"`
	Titles      int          `json:"titles" doc:"Cases that ended with a title."`
	Evaluations int          `json:"evaluations" doc:"Cases that are being evaluated."`
	Grades      int          `json:"grade_certificates" doc:"Grade certificates that hold, of the same cases."`
	CEHours     ledger.Hours `json:"ce_hours" doc:"That stand of their trainings, of all persons. They are reversed if the reason says that they were not earned."`
	Unearned    bool         `json:"unearned" doc:"The reason says so."`
}

func viewRevocation(tx *store.Tx, r *request, row store.Revocation) (revocationView, error) {
	v, err := newReader(tx, r, row.InstitutionID)
	if err != nil {
		return revocationView{}, err
	}
	sum, err := tx.RevocationSum(row.ID)
	if err != nil {
		return revocationView{}, err
	}
	return revocationView{
		ID: row.ID, Institution: v.institution(row.InstitutionID), Kind: row.Kind, IssuedFrom: row.IssuedFrom, IssuedTo: row.IssuedTo,
		ReasonClass: v.coded("certificate_reason", row.ReasonClass), Reason: row.Reason, RequestedAt: row.RequestedAt,
		Mine: row.RequestedBy == r.account.ID, State: row.State, StateName: v.say("certificate_request.state", row.State),
		DecidedAt: row.DecidedAt, Decision: row.DecisionReason, FinishedAt: row.FinishedAt,
		Progress: progressView{Total: sum.Total, Pending: sum.Pending, Revoked: sum.Revoked, Changed: sum.Changed},
		Effects: sweepEffects{
			Training: sum.Training, Grade: sum.Grade, CEBase: sum.CEBase, Titles: sum.Titles, Evaluations: sum.Evaluations,
			Grades: sum.Grades, CEHours: sum.CEHours, Unearned: certificate.Unearned(row.ReasonClass),
		},
	}, nil
}

type revocationOutput struct{ Body revocationView }

// askRevocation freezes which certificates are to be revoked, and shows what stands on them. Nothing is revoked by it.
func (s *service) askRevocation(ctx context.Context, in *bodyInput) (*revocationOutput, error) {
	r, out := requestOf(ctx), &revocationOutput{}
	body, found, err := s.remedies.sweep.read(in.RawBody)
	if err != nil {
		return nil, err
	}
	dates := dateReader{found: found, latest: s.Calendar.Today(s.Now())}
	sweep := remedy.Sweep{
		InstitutionID: body.Institution, Kind: body.Kind, From: dates.optional("issued_from", body.IssuedFrom),
		To: dates.optional("issued_to", body.IssuedTo), ReasonClass: body.ReasonClass, Reason: reasonIn(found, body.Reason),
		By: r.account.ID, At: s.moment(),
	}
	if sweep.From != nil && sweep.To != nil && sweep.To.Before(*sweep.From) {
		found.add("issued_to", fieldDateOrder)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Institution(body.Institution); errors.Is(err, store.ErrNotFound) {
			return problem(validationFailed, FieldError{Field: "institution", Code: fieldNoInstitution})
		} else if err != nil {
			return err
		}
		row, err := s.mending().AskMany(tx, sweep)
		if err != nil {
			return err
		}
		if out.Body, err = viewRevocation(tx, r, row); err != nil {
			return err
		}
		if err := s.audit(tx, r, "certificate.ask_many", "institution:"+row.InstitutionID, row.Reason, map[string]any{
			"revocation": row.ID, "kind": row.Kind, "reason_class": row.ReasonClass, "certificates": out.Body.Progress.Total,
		}); err != nil {
			return err
		}
		return s.created(ctx, nil, out.Body)
	})
	if err != nil {
		return nil, refusedRemedy(err)
	}
	return out, nil
}

type revocationsInput struct {
	After string `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit int    `query:"limit" minimum:"1" maximum:"50" default:"20"`
}

type revocationsOutput struct {
	Body struct {
		Revocations []revocationView `json:"revocations"`
		Next        *string          `json:"next" doc:"The after of the next page; null when there is none."`
	}
}

// listRevocations lists revocations of many, the latest first.
func (s *service) listRevocations(ctx context.Context, in *revocationsInput) (*revocationsOutput, error) {
	r, found := requestOf(ctx), &faults{}
	after := position(found, in.After)
	if err := found.err(); err != nil {
		return nil, err
	}
	tx, out := s.Store.Read(ctx), &revocationsOutput{}
	rows, err := tx.Revocations(after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	rows, out.Body.Next = upTo(in.Limit, rows, func(r store.Revocation) (time.Time, string) { return r.RequestedAt, r.ID })
	out.Body.Revocations = make([]revocationView, len(rows))
	for i, row := range rows {
		if out.Body.Revocations[i], err = viewRevocation(tx, r, row); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *service) getRevocation(ctx context.Context, in *idInput) (*revocationOutput, error) {
	tx, out := s.Store.Read(ctx), &revocationOutput{}
	row, err := tx.Revocation(in.ID)
	if err != nil {
		return nil, err
	}
	out.Body, err = viewRevocation(tx, requestOf(ctx), row)
	return out, err
}

type revocationItemsInput struct {
	ID      string `path:"id"`
	Outcome string `query:"outcome" enum:"pending,revoked,changed"`
	After   string `query:"after" format:"uuid" doc:"The next of the page before."`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// revocationItem is a certificate of a revocation, and what became of it.
type revocationItem struct {
	Certificate certificateBrief `json:"certificate"`
	Outcome     string           `json:"outcome" enum:"pending,revoked,changed"`
	DoneAt      *time.Time       `json:"done_at,omitempty"`
}

type revocationItemsOutput struct {
	Body struct {
		Certificates []revocationItem `json:"certificates"`
		Next         *string          `json:"next" doc:"The after of the next page; null when there is none."`
	}
}

// revocationItems lists the certificates of a revocation.
func (s *service) revocationItems(ctx context.Context, in *revocationItemsInput) (*revocationItemsOutput, error) {
	tx, out := s.Store.Read(ctx), &revocationItemsOutput{}
	rows, err := tx.RevocationItems(in.ID, in.Outcome, in.After, in.Limit+1)
	if err != nil {
		return nil, err
	}
	if len(rows) > in.Limit {
		rows = rows[:in.Limit]
		out.Body.Next = &rows[in.Limit-1].CertificateID
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.CertificateID
	}
	about, err := tx.CertificatesByID(ids)
	if err != nil {
		return nil, err
	}
	v := reader{lang: requestOf(ctx).lang}
	out.Body.Certificates = make([]revocationItem, len(rows))
	for i, row := range rows {
		out.Body.Certificates[i] = revocationItem{
			Certificate: v.certificateBrief(about[row.CertificateID]), Outcome: row.Outcome, DoneAt: row.DoneAt,
		}
	}
	return out, nil
}

// decideRevocation approves or refuses what somebody else asked for. What is approved is carried out by its workflow.
func (s *service) decideRevocation(ctx context.Context, in *idBodyInput) (*revocationOutput, error) {
	r := requestOf(ctx)
	body, err := s.readDecision(in.RawBody)
	if err != nil {
		return nil, err
	}
	return s.onRevocation(ctx, "certificate."+body.Decision+"_many", body.Reason, func(tx *store.Tx) (store.Revocation, error) {
		return s.mending().DecideMany(tx, remedy.Decision{
			ID: in.ID, Approve: body.approves(), Reason: body.Reason, By: r.account.ID, At: s.moment(),
		})
	})
}

func (s *service) withdrawRevocation(ctx context.Context, in *idInput) (*revocationOutput, error) {
	return s.onRevocation(ctx, "certificate.withdraw_many", "", func(tx *store.Tx) (store.Revocation, error) {
		return s.mending().WithdrawMany(tx, in.ID, requestOf(ctx).account.ID, s.moment())
	})
}

// onRevocation does something to a revocation, writes who did it, and shows how it is then.
func (s *service) onRevocation(
	ctx context.Context, action, reason string, do func(*store.Tx) (store.Revocation, error),
) (*revocationOutput, error) {
	r, out := requestOf(ctx), &revocationOutput{}
	err := s.Store.Tx(ctx, func(tx *store.Tx) error {
		row, err := do(tx)
		if err != nil {
			return err
		}
		if out.Body, err = viewRevocation(tx, r, row); err != nil {
			return err
		}
		return s.audit(tx, r, action, "institution:"+row.InstitutionID, reason, map[string]any{"revocation": row.ID, "state": row.State})
	})
	if err != nil {
		return nil, refusedRemedy(err)
	}
	return out, nil
}
